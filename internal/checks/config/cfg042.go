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
		MaximumRetryAttempts or MaximumRecordAgeInSeconds and give an OnFailure destination, so that what is passed over is kept. The
		mappings of one application are one finding.`,
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
		var unbound []*app.Resource
		for r := range p.Resources() {
			from, _ := p.App.Lookup(r.Get("EventSourceArn"))
			if from == nil || !isStream(from) {
				continue
			}
			bounded := value.No
			for _, key := range []string{"MaximumRetryAttempts", "MaximumRecordAgeInSeconds"} {
				bound := r.Get(key)
				bounded = bounded.Or(written(bound).And(bound.Is("-1").Not()))
			}
			switch bounded {
			case value.Unknown:
				p.Undecided(r, value.NewAbsent(r.Span), "it cannot be decided whether %s gives a bad record up", rule.Name(r))
			case value.No:
				unbound = append(unbound, r)
			}
		}
		if len(unbound) == 0 {
			return
		}
		f := p.Report(unbound[0], unbound[0].Span, "one bad record stops %s %s until it expires; set MaximumRetryAttempts and an OnFailure destination",
			plural(len(unbound), "the event source mapping", "the event source mappings"), rule.Names(unbound))
		for _, r := range unbound[1:] {
			f.Step(r.Span, "%s has no bound either", rule.Name(r))
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
