package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG012 = &rule.Rule{
	ID:       "CFG012",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Open function URL has no bound on what it costs",
	Doc: `A function URL has no throttling of its own. Where anyone may call it, the function's reserved concurrency is the only
		bound: without one, a flood of requests uses up the concurrency of the whole account, stops its other functions, and is
		billed. Set ReservedConcurrentExecutions on the function.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
		},
		CWE:    []string{"CWE-770"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1499"},
	},
	Types: []string{"AWS::Lambda::Url"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			fn := functionOf(p.App, r.Get("TargetFunctionArn"))
			if fn == nil {
				continue
			}
			auth := r.Get("AuthType")
			open := auth.Is("NONE")
			why := value.NewAbsent(fn.Span)
			if open == value.Unknown {
				why = auth
			}
			p.Decide(open.And(written(fn.Get("ReservedConcurrentExecutions")).Not()), fn, why,
				"%s can be called by anyone at any rate; set ReservedConcurrentExecutions", rule.Name(fn)).
				Step(auth.Span(), "its URL takes requests from anyone")
		}
	},
}
