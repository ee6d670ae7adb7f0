package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG040 = &rule.Rule{
	ID:       "CFG040",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Queue may hand out a message again before the function is done with it",
	Doc: `While a function works on a message, the queue hides it for the visibility timeout only. Where that is less than six times
		the function's timeout (AWS's advice, which leaves room for retries after throttling), a throttled message can be handed
		out a second time: orders are booked twice, mails sent twice, and load grows exactly when the function is slow. Raise
		VisibilityTimeout or lower the function's Timeout. Below the function's own timeout the finding is of medium severity.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"},
		CWE:   []string{"CWE-837", "CWE-362"},
		OWASP: []string{"A6:2017"},
	},
	Types: []string{"AWS::Lambda::EventSourceMapping"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			queue, _ := p.App.Lookup(r.Get("EventSourceArn"))
			fn := functionOf(p.App, r.Get("FunctionName"))
			if queue == nil || fn == nil || queue.Type != "AWS::SQS::Queue" {
				continue
			}
			visibility := queue.Get("VisibilityTimeout").Or(value.NewNumber("30", queue.Span))
			timeout := fn.Get("Timeout").Or(value.NewNumber("3", fn.Span))
			hidden, ok1 := visibility.Int()
			works, ok2 := timeout.Int()
			if !ok1 || !ok2 {
				open := visibility
				if ok1 {
					open = timeout
				}
				p.Undecided(queue, open, "it cannot be decided whether %s hides messages long enough for %s", rule.Name(queue), rule.Name(fn))
				continue
			}
			if hidden >= 6*works {
				continue
			}
			f := p.Report(queue, visibility.Span(), "%s hides a message for %d s, and %s may work on it for %d s; raise VisibilityTimeout to %d s",
				rule.Name(queue), hidden, rule.Name(fn), works, 6*works).
				Step(timeout.Span(), "the timeout of %s is %d s", rule.Name(fn), works)
			if hidden < works {
				f.As(rule.Medium)
			}
		}
	},
}
