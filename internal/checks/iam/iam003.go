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
			var hits []hit
			for _, g := range list {
				for _, i := range g.Action.Items {
					name := i.Text.Map(strings.ToLower)
					if _, whole := wholeService(i); !whole && strings.HasPrefix(name.String(), "iam:") && name.Glob(value.Lit("iam:passrole")) == value.Yes {
						hits = append(hits, g.found(i.String(), i, i)) // iam:* is another rule's
					}
				}
			}
			judge(p, holder, hits, 2, "%s may hand any role of the account to a service (%s on every role); name the roles")
		})
	},
}
