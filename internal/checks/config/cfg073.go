package config

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG073 = &rule.Rule{
	ID:       "CFG073",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Users may change an attribute that decides on their rights",
	Doc: `A user may write every mutable attribute that the app client may write, and a client without WriteAttributes may write them
		all. A custom attribute that is named after a right (admin, role, tenant, plan …) is then a right that users give
		themselves with one UpdateUserAttributes call. List in WriteAttributes what users may change, make the attribute
		immutable, or use groups, which only an administrator changes.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html",
			"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html",
		},
		CWE:    []string{"CWE-269", "CWE-915"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1098"},
	},
	Types: []string{"AWS::Cognito::UserPool"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			for _, attr := range r.Get("Schema").Items() {
				name, ok := attr.Get("Name").Known()
				if !ok || !namesRight(name) || attr.Get("DeveloperOnlyAttribute").IsTrue() == value.Yes || attr.Get("Mutable").IsFalse() == value.Yes {
					continue
				}
				for client := range p.App.OfType("AWS::Cognito::UserPoolClient") {
					if p.App.Target(client.Get("UserPoolId")) != r {
						continue
					}
					allowed := client.Get("WriteAttributes")
					open := written(allowed).Not().Or(allowed.Contains("custom:" + name))
					if f := reportRight(p, open, r, client, attr, name); f != nil {
						break // one client is enough
					}
				}
			}
		}
	},
}

func reportRight(p *rule.Pass, open value.Tri, pool, client *app.Resource, attr *value.Value, name string) *rule.Finding {
	return p.Decide(open, pool, attr.Get("Name"),
		"users of %s may set their own custom:%s through %s; list in its WriteAttributes what users may change", rule.Name(pool), name, rule.Name(client)).
		Step(client.Span, "%s may write it", rule.Name(client))
}

// namesRight tells whether an attribute is named after a right.
func namesRight(name string) bool {
	return slices.ContainsFunc(nameWords(name), func(w string) bool {
		switch w {
		case "admin", "isadmin", "administrator", "role", "roles", "group", "groups", "permission", "permissions", "tenant", "tenantid", "scope", "scopes",
			"plan", "tier", "privilege", "privileges", "superuser", "organization", "organisation", "org", "staff", "internal", "balance", "credits":
			return true
		}
		return false
	})
}
