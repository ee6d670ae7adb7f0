package iam

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
)

var IAM012 = &rule.Rule{
	ID:       "IAM012",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Policy allows everything but a few things",
	Doc: `Allow with NotAction grants every action of AWS that is not listed, including those of services that do not exist yet, and
		with NotResource every resource that is not listed. Such a policy is close to an administrator's. List what is granted;
		NotAction and NotResource belong into Deny statements.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"},
		CWE:    []string{"CWE-250", "CWE-732"},
		OWASP:  []string{"A5:2017", "A6:2017"},
		ATTACK: []string{"T1078.004"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		lesser(p, func(holder *app.Resource, list []grant) {
			for _, g := range list {
				not := g.NotAction
				sure := g.allows().And(g.everywhere())
				say := "%s may do everything but %s (Allow with NotAction); list what is granted"
				if !not.Present {
					not, sure = g.NotResource, g.allows()
					say = "%s may use everything but %s (Allow with NotResource); list the resources"
				}
				if not.Present {
					judge(p, holder, []hit{{items(not), policy.Item{Span: not.Span}, sure, g.unknown()}}, 1, say)
				}
			}
		})
	},
}

func items(l policy.List) string {
	var words []string
	for _, i := range l.Items {
		words = append(words, i.String())
	}
	return rule.Enumerate(words, 3)
}
