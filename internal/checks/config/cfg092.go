package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG092 = &rule.Rule{
	ID:       "CFG092",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Nothing records what an express workflow did",
	Doc: `Executions of an express state machine leave no history unless it logs: what ran, with which input, and why it failed is
		gone at once. Set LoggingConfiguration with the level ERROR or ALL. Standard workflows keep their history for ninety days
		and are left out.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"},
		CWE:   []string{"CWE-778"},
		OWASP: []string{"A10:2017"},
	},
	Types: []string{"AWS::StepFunctions::StateMachine"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			level := r.Get("LoggingConfiguration", "Level").Or(value.NewText(value.Lit("OFF"), r.Span))
			off := level.Is("OFF").Or(written(r.Get("LoggingConfiguration", "Destinations")).Not())
			at := level
			if level.IsDefault() {
				at = value.NewAbsent(r.Span)
			}
			p.Decide(r.Get("StateMachineType").Is("EXPRESS").And(off), r, at, "nothing records what %s did; set its LoggingConfiguration", rule.Name(r))
		}
	},
}
