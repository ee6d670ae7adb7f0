package iam

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM007 = &rule.Rule{
	ID:       "IAM007",
	Area:     rule.IAM,
	Severity: rule.Critical,
	Since:    "0.1",
	Title:    "Any AWS account may assume the role",
	Doc: `A trust policy with Principal "*" and no condition on who calls lets every AWS customer become the role, with one call and
		no trace in the caller's account. An external id alone narrows it to those who know the id. Name the accounts or roles, or
		require the organisation with aws:PrincipalOrgID.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"},
		CWE:    []string{"CWE-284", "CWE-732"},
		OWASP:  []string{"A5:2017", "A2:2017"},
		ATTACK: []string{"T1078.004", "T1199"},
	},
	Types: []string{"AWS::IAM::Role"},
	Check: func(p *rule.Pass) {
		trusts(p, func(role *app.Resource, doc *policy.Document, s *policy.Statement) {
			switch rule.Open(doc, role.Type)[s] {
			case value.Yes:
				p.Report(role, rule.PrincipalSpan(s), "any AWS account may assume %s; name the accounts or roles, or require aws:PrincipalOrgID", who(p, role))
			case value.Unknown:
				at := value.NewAbsent(rule.PrincipalSpan(s))
				if s.Principal != nil && len(s.Principal.Open) > 0 {
					at = s.Principal.Open[0]
				}
				p.Undecided(role, at, "it cannot be decided whether any AWS account may assume %s", who(p, role))
			}
		})
	},
}
