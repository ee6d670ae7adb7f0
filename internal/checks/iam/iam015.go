package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM015 = &rule.Rule{
	ID:       "IAM015",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Identity may assume any role that trusts its account",
	Doc: `sts:AssumeRole on every resource makes the identity a member of every role, in this and other accounts, that trusts the
		account as a whole; deployment and administration roles often do. Name the roles in Resource.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html"},
		CWE:    []string{"CWE-269", "CWE-732"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1550.001", "T1078.004"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		lesser(p, func(holder *app.Resource, list []grant) {
			var hits []hit
			for _, g := range list {
				for _, i := range g.Action.Items {
					name := i.Text.Map(strings.ToLower)
					if _, whole := wholeService(i); !whole && strings.HasPrefix(name.String(), "sts:") && name.Glob(value.Lit("sts:assumerole")) == value.Yes {
						hits = append(hits, g.found(i.String(), i, i)) // sts:* is another rule's
					}
				}
			}
			judge(p, holder, hits, 2, "%s may assume every role that trusts its account (%s on every role); name the roles")
		})
	},
}
