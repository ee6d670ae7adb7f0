package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG001 = &rule.Rule{
	ID:       "CFG001",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Function URL takes requests from anyone",
	Doc: `A function URL with AuthType NONE is a public HTTPS endpoint: no authoriser, no throttling, no web application
		firewall stands before the function, and whoever finds the address runs its code. Use AuthType AWS_IAM and let callers
		sign their requests (CloudFront does so with an origin access control), or put an API with an authoriser before the
		function. A webhook that must be open has to check the sender's signature in its code before anything else.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"},
		CWE:    []string{"CWE-306"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::Lambda::Url"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			auth := r.Get("AuthType")
			name := rule.Name(r)
			if f := functionOf(p.App, r.Get("TargetFunctionArn")); f != nil {
				name = "the URL of " + rule.Name(f)
			}
			p.Decide(auth.Is("NONE"), r, auth,
				"%s takes requests from anyone (AuthType NONE); use AWS_IAM, or an API with an authoriser before it", name)
		}
	},
}
