package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG042 = &rule.Rule{
	ID:       "CFG042",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "One bad record stops a stream's function",
	Doc: `A mapping of a Kinesis or DynamoDB stream tries a batch that fails again until its records expire, up to a day or longer,
		and meanwhile the shard stands still: one record that a user can write stops the processing of all. Bound it with
		MaximumRetryAttempts or MaximumRecordAgeInSeconds and give an OnFailure destination, so that what is passed over is kept.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
		},
		CWE:    []string{"CWE-755", "CWE-834"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1499"},
	},
	Types: []string{"AWS::Lambda::EventSourceMapping"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			source, _ := p.App.Lookup(r.Get("EventSourceArn"))
			if source == nil || !isStream(source) {
				continue
			}
			bounded := value.No
			for _, key := range []string{"MaximumRetryAttempts", "MaximumRecordAgeInSeconds"} {
				bound := r.Get(key)
				bounded = bounded.Or(written(bound).And(bound.Is("-1").Not()))
			}
			p.Decide(bounded.Not(), r, value.NewAbsent(r.Span),
				"%s tries a bad record of %s until it expires, and the shard waits; set MaximumRetryAttempts and an OnFailure destination",
				rule.Name(r), rule.Name(source))
		}
	},
}

func isStream(r *app.Resource) bool {
	switch r.Type {
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Kinesis::Stream":
		return true
	}
	return false
}
