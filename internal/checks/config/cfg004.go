package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG004 = &rule.Rule{
	ID:       "CFG004",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Deployment copies a secret into a function's environment",
	Doc: `CloudFormation replaces {{resolve:secretsmanager:…}} by the secret itself when it deploys. In an environment variable
		the secret then lies in plain text in the function's configuration, where lambda:GetFunctionConfiguration shows it and
		where rotation does not reach it: the function goes on with the old one until the next deployment. Put the secret's name
		into the environment and read it at run time.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
		},
		CWE:    []string{"CWE-526", "CWE-312"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1552"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			for _, f := range r.Get("Environment", "Variables").Fields() {
				if dynamicSecret(f.Value) {
					p.Report(r, f.Value.Span(), "%s gets a secret in plain text in its environment variable %s, because CloudFormation resolves the reference; pass the secret's name and read it at run time",
						rule.Name(r), f.Key)
				}
			}
		}
	},
}
