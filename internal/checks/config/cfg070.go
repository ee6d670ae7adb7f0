package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG070 = &rule.Rule{
	ID:       "CFG070",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Anybody may sign up",
	Doc: `Unless AllowAdminCreateUserOnly is true, anyone on the internet can make an account in the user pool with one call, without
		any page of the application. Every route whose only check is "has a token of this pool" is then open to everybody: signed-in
		means no more than anonymous. For employees or known customers switch it off; for a public service keep it, authorise by
		group or owner in every function, or check who signs up in a PreSignUp trigger (with one, the rule keeps quiet).`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-admin-create-user-policy.html",
			"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html",
		},
		CWE:    []string{"CWE-287", "CWE-863"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1136.003", "T1078.004"},
	},
	Types: []string{"AWS::Cognito::UserPool"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			only := r.Get("AdminCreateUserConfig", "AllowAdminCreateUserOnly")
			open := only.IsTrue().Not().And(written(r.Get("LambdaConfig", "PreSignUp")).Not())
			at := only
			if only.Exists() == value.No {
				at = value.NewAbsent(r.Span)
			}
			p.Decide(open, r, at, "anybody may sign up to %s, so being signed in proves nothing; set AllowAdminCreateUserOnly, or check who signs up", rule.Name(r))
		}
	},
}
