package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG061 = &rule.Rule{
	ID:       "CFG061",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "A deployment may delete all users' accounts",
	Doc: `Nothing brings a deleted user pool back: accounts, passwords and factors are gone, and every user has to sign up again. A
		change of some properties, a renamed logical id or a deleted stack is enough. Set DeletionProtection to ACTIVE, or a
		DeletionPolicy of Retain. Tables have their own rule, because their recovery covers deletion too.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html"},
		CWE:    []string{"CWE-693"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1485", "T1531"},
	},
	Types: []string{"AWS::Cognito::UserPool"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			on := r.Get("DeletionProtection")
			kept := on.Is("ACTIVE").Or(retained(r))
			p.Decide(kept.Not(), r, on, "a deployment may delete all accounts of %s; set DeletionProtection to ACTIVE", rule.Name(r))
		}
	},
}

// retained tells whether the resource outlives its stack.
func retained(r *app.Resource) value.Tri {
	return r.DeletionPolicy.OneOf("Retain", "RetainExceptOnCreate")
}
