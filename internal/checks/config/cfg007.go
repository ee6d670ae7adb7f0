package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG007 = &rule.Rule{
	ID:       "CFG007",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Recursive-loop detection is switched off",
	Doc: `Lambda stops a function that calls itself through SQS, SNS or S3 after about 16 rounds. RecursiveLoop Allow switches that
		off: a mistake, or an attacker who may write to the trigger, makes the function run without end, at the account's
		expense and until its concurrency is used up. Remove the setting; a design that needs recursion is better made with a
		state machine.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"},
		CWE:    []string{"CWE-674", "CWE-770"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1499"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			loop := r.Get("RecursiveLoop")
			p.Decide(loop.Is("Allow"), r, loop, "%s may trigger itself without end (RecursiveLoop Allow); remove the setting", rule.Name(r))
		}
	},
}
