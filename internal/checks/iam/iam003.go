package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM003 = &rule.Rule{
	ID:       "IAM003",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Identity may hand any role to a service",
	Doc: `iam:PassRole on every role lets the identity start a function, task or instance with the strongest role of the account
		and act through it. Name the roles in Resource, and with iam:PassedToService the service that may get them; with that
		condition alone the rule keeps quiet.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"},
		CWE:    []string{"CWE-269", "CWE-266"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1548.005", "T1098"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		lesser(p, func(holder *app.Resource, list []grant) {
			for _, g := range list {
				if !g.allows() || g.NotAction.Present || !g.everywhere() {
					continue
				}
				for _, i := range g.Action.Items {
					name := strings.ToLower(i.String())
					if name == "iam:*" || !strings.HasPrefix(name, "iam:") || i.Text.Map(strings.ToLower).Glob(value.Lit("iam:passrole")) != value.Yes {
						continue // iam:* is another rule's
					}
					p.Report(holder, i.Span, "%s may hand any role of the account to a service (%s on every role); name the roles", who(p, holder), i)
					return
				}
			}
		})
	},
}
