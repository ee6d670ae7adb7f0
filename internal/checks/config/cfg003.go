package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG003 = &rule.Rule{
	ID:       "CFG003",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Secret stands in a function's environment",
	Doc: `A literal secret in an environment variable is in the template, in its history, in every copy of it, and in the answer
		of lambda:GetFunctionConfiguration, which read-only roles hold. One injection or one library that prints the environment
		gives it away. Keep the secret in Secrets Manager or as a SecureString parameter, put its name into the environment, and
		read it at start. A variable counts by its name (password, token, api key …) or by the form of its value; names and
		ARNs of secrets, paths of parameters and placeholders do not. The value is never shown.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
			"https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html",
		},
		CWE:    []string{"CWE-798", "CWE-526"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1552.001"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			for _, f := range r.Get("Environment", "Variables").Fields() {
				if what, ok := secretLiteral(f.Key, f.Value); ok {
					p.Report(r, f.Value.Span(), "%s has %s in its environment variable %s; keep it in Secrets Manager and read it at start",
						rule.Name(r), what, f.Key)
				}
			}
		}
	},
}
