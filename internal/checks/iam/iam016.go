package iam

import (
	"github.com/remit-security/remit/internal/rule"
)

var IAM016 = &rule.Rule{
	ID:       "IAM016",
	Area:     rule.IAM,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Many functions share one role",
	Doc: `A role that several functions share holds what all of them together need, so each may do what only one has to: a flaw in
		the least important reaches as far as a flaw in the most important. Give each function its own role (SAM makes one
		for each that names none). Three functions or more count; roles that allow nothing but logs and traces do not.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"},
		CWE:    []string{"CWE-272", "CWE-653"},
		OWASP:  []string{"A5:2017", "A6:2017"},
		ATTACK: []string{"T1078.004"},
	},
	Types: []string{"AWS::IAM::Role"},
	Check: func(p *rule.Pass) {
		const many = 3
		for r := range p.Resources() {
			fns := rule.FunctionsOf(p.App, r)
			if len(fns) < many || harmless(r) {
				continue
			}
			f := p.Report(r, r.Span, "%s is shared by %d functions (%s), so each may do what all need; give each its own", rule.Name(r), len(fns), rule.Names(fns))
			for _, fn := range fns {
				f.Step(fn.Get("Role").Span(), "%s uses it", rule.Name(fn))
			}
		}
	},
}
