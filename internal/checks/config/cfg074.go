package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG074 = &rule.Rule{
	ID:       "CFG074",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Identity pool gives AWS credentials to anybody",
	Doc: `With AllowUnauthenticatedIdentities, anyone who knows the pool's id, which stands in the web page, gets temporary AWS
		credentials of the unauthenticated role without signing in. Whatever that role may do is public. Switch it off, or keep
		the role to the few actions that a visitor needs on named resources.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html"},
		CWE:    []string{"CWE-306", "CWE-287"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1078.004"},
	},
	Types: []string{"AWS::Cognito::IdentityPool"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			guests := r.Get("AllowUnauthenticatedIdentities")
			f := p.Decide(guests.IsTrue(), r, guests, "%s gives AWS credentials to anybody; set AllowUnauthenticatedIdentities to false", rule.Name(r))
			for a := range p.App.OfType("AWS::Cognito::IdentityPoolRoleAttachment") {
				if role := p.App.Target(a.Get("Roles", "unauthenticated")); role != nil && p.App.Target(a.Get("IdentityPoolId")) == r {
					f.Step(a.Get("Roles", "unauthenticated").Span(), "they are those of %s", rule.Name(role))
				}
			}
		}
	},
}
