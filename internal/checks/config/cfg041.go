package config

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
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
		FIFO queue, stops everything behind it. Set a RedrivePolicy with a dead-letter queue. The queues
		of one application are one finding, of medium severity where one is FIFO.`,
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
		var lacking []*app.Resource
		severity := rule.Low
		for r := range p.Resources() {
			queue, _ := p.App.Lookup(r.Get("EventSourceArn"), "AWS::SQS::Queue")
			if queue == nil || slices.Contains(lacking, queue) {
				continue
			}
			redrive := queue.Get("RedrivePolicy")
			switch written(redrive) {
			case value.Unknown:
				p.Undecided(queue, redrive, "it cannot be decided whether %s has a dead-letter queue", rule.Name(queue))
			case value.No:
				lacking = append(lacking, queue)
				if queue.Get("FifoQueue").IsTrue() == value.Yes {
					severity = rule.Medium
				}
			}
		}
		if len(lacking) == 0 {
			return
		}
		f := p.Report(lacking[0], lacking[0].Span, "a message that fails in %s %s comes back until it expires; set a RedrivePolicy with a dead-letter queue",
			plural(len(lacking), "the queue", "the queues"), rule.Names(lacking)).As(severity)
		for _, q := range lacking[1:] {
			f.Step(q.Span, "%s has no dead-letter queue either", rule.Name(q))
		}
	},
}
