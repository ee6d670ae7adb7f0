package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG041 = &rule.Rule{
	ID:       "CFG041",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "One bad message keeps a queue's function busy",
	Doc: `A queue that feeds a function and has no dead-letter queue gives a message that fails back again and again until it
		expires, after four days by default. Whoever may send one malformed message makes the function run for days and, in a
		FIFO queue, stops everything behind it. Set a RedrivePolicy with a dead-letter queue.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
		},
		CWE:    []string{"CWE-834", "CWE-755"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1499"},
	},
	Types: []string{"AWS::Lambda::EventSourceMapping"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			queue, _ := p.App.Lookup(r.Get("EventSourceArn"))
			if queue == nil || queue.Type != "AWS::SQS::Queue" {
				continue
			}
			redrive := queue.Get("RedrivePolicy")
			f := p.Decide(written(redrive).Not(), queue, value.NewAbsent(queue.Span),
				"%s has no dead-letter queue, so a message that fails comes back until it expires; set a RedrivePolicy", rule.Name(queue)).
				Step(r.Span, "%s feeds it to a function", rule.Name(r))
			if fifo := queue.Get("FifoQueue").IsTrue(); f != nil && !f.Undecided() && fifo == value.Yes {
				f.As(rule.Medium).Step(queue.Get("FifoQueue").Span(), "in a FIFO queue it blocks its group")
			}
		}
	},
}
