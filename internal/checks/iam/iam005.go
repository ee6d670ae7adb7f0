package iam

import (
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

var IAM005 = &rule.Rule{
	ID:       "IAM005",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Role has managed policies that are far broader than its task",
	Doc: `AWS's policies of full access are made for people who administer a service. On a function's role they cover every bucket,
		table, queue or function of the account, and mostly the right to change policies and to delete. Whoever gets the function
		to run something else has all of that. Write a policy with the actions that the code calls, or use a SAM policy template
		with the resource's name. The policies of one role are one finding, as severe as the broadest.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
			"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html",
		},
		CWE:    []string{"CWE-250", "CWE-272"},
		OWASP:  []string{"A5:2017", "A6:2017"},
		ATTACK: []string{"T1078.004", "T1530"},
	},
	Types: []string{"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			if adminPolicy(r) != "" {
				continue
			}
			var words []string
			var found []broad
			var at []source.Span
			severity := rule.Low
			for _, arn := range r.Get("ManagedPolicyArns").Items() {
				if !arn.Text().IsEmpty() && blank(policy.Item{Text: arn.Text(), Refs: arn.Refs()}) {
					p.Undecided(r, arn, "it cannot be decided which policy %s has", who(p, r))
				}
				b, ok := broadPolicy(arn)
				if !ok {
					continue
				}
				words = append(words, b.name)
				found, at = append(found, b), append(at, arn.Span())
				severity = max(severity, b.severity)
			}
			switch len(found) {
			case 0:
				continue
			case 1:
				p.Report(r, at[0], "%s may %s (%s); grant the actions that are called, on the resources that are used", who(p, r), found[0].effect, found[0].name).As(severity)
			default:
				f := p.Report(r, at[0], "%s has %s, which cover every resource of their services; grant the actions that are called", who(p, r), rule.Enumerate(words, 5)).As(severity)
				for i, b := range found {
					f.Step(at[i], "%s: may %s", b.name, b.effect)
				}
			}
		}
	},
}
