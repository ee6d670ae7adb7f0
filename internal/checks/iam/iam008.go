package iam

import (
	"regexp"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
)

var IAM008 = &rule.Rule{
	ID:       "IAM008",
	Area:     rule.IAM,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Another account may assume the role without an external id",
	Doc: `A trust in the whole of another account, without an external id, an organisation or a principal's ARN, lets everyone in that
		account who may assume roles become this one; where the account is a vendor's, another of its customers may get the vendor
		to do so for them (the confused deputy). Require sts:ExternalId for vendors, aws:PrincipalOrgID for own accounts, or name
		the role that may assume it.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html", "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"},
		CWE:    []string{"CWE-441", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1199"},
	},
	Types: []string{"AWS::IAM::Role"},
	Check: func(p *rule.Pass) {
		trusts(p, func(role *app.Resource, _ *policy.Document, s *policy.Statement) {
			if s.HasCondition || len(s.OpenCondition) > 0 {
				return
			}
			for _, i := range principals(s, "AWS") {
				m := wholeAccount.FindStringSubmatch(i.String())
				if m == nil || i.Maybe {
					continue
				}
				p.Report(role, i.Span, "everyone in the account %s may assume %s; require sts:ExternalId or aws:PrincipalOrgID, or name a role", m[1], who(p, role)).
					Assuming("%s is not the account of this application", m[1])
			}
		})
	},
}

var wholeAccount = regexp.MustCompile(`^(?:arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):iam::)?(\d{12})(?::root)?$`)
