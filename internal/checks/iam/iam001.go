package iam

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM001 = &rule.Rule{
	ID:       "IAM001",
	Area:     rule.IAM,
	Severity: rule.Critical,
	Since:    "0.1",
	Title:    "Identity may do everything in the account",
	Doc: `Action "*" on Resource "*", or the managed policy AdministratorAccess, makes every flaw of what runs with the role a
		takeover of the account: one injection in a function is an administrator. IAMFullAccess comes to the same, because it
		gives itself the rest, and PowerUserAccess reads and deletes everything but identities. Grant the actions that the code
		calls, on the resources that it calls them on.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
		},
		CWE:    []string{"CWE-250", "CWE-269"},
		OWASP:  []string{"A5:2017", "A6:2017"},
		ATTACK: []string{"T1078.004", "T1098"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		grants(p, func(holder *app.Resource, list []grant) {
			for _, g := range list {
				switch g.admin() {
				case value.Yes:
					p.Report(g.in, g.Action.Span, "%s may do everything in the account (%s allows * on *); grant what is called", who(p, holder), g.Name())
					return
				case value.Unknown:
					p.Undecided(g.in, g.unknown(), "it cannot be decided whether %s may do everything in the account (%s)", who(p, holder), g.Name())
					return
				}
			}
		})
		for r := range p.Resources() {
			admin := adminPolicy(r)
			var open *value.Value
			for _, arn := range r.Get("ManagedPolicyArns").Items() {
				if open == nil && mayBeAdmin(arn) {
					open = arn
				}
				switch name := rule.ManagedPolicyName(arn); {
				case name == "":
				case name == admin && name == "IAMFullAccess":
					p.Report(r, arn.Span(), "%s may give itself everything in the account (%s); grant what is called", who(p, r), name)
					admin = "reported"
				case name == admin:
					p.Report(r, arn.Span(), "%s may do everything in the account (%s); grant what is called", who(p, r), name)
					admin = "reported"
				case name == "PowerUserAccess" && admin == "":
					p.Report(r, arn.Span(), "%s may read, change and delete everything but identities (%s); grant what is called", who(p, r), name).As(rule.High)
				}
			}
			if open != nil && admin == "" {
				p.Undecided(r, open, "it cannot be decided whether %s may do everything in the account", who(p, r))
			}
		}
	},
}
