package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG093 = &rule.Rule{
	ID:       "CFG093",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Logs are kept for ever",
	Doc: `A log group without RetentionInDays keeps everything for good: personal data that functions log outlives every deletion
		period, and the bill grows. Set a period that serves investigations, such as 90 or 365 days. Only log groups that the
		templates declare are looked at; those of one application are one finding.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"},
		CWE:   []string{"CWE-459"},
		OWASP: []string{"A3:2017"},
	},
	Types: []string{"AWS::Logs::LogGroup"},
	Check: func(p *rule.Pass) {
		var kept []*app.Resource
		for r := range p.Resources() {
			days := r.Get("RetentionInDays")
			switch written(days) {
			case value.No:
				kept = append(kept, r)
			case value.Unknown:
				p.Undecided(r, days, "it cannot be decided whether %s is kept for ever", rule.Name(r))
			}
		}
		if len(kept) == 0 {
			return
		}
		f := p.Report(kept[0], kept[0].Span, "%s %s %s kept for ever; set RetentionInDays", plural(len(kept), "the log group", "the log groups"), rule.Names(kept), plural(len(kept), "is", "are"))
		for _, r := range kept[1:] {
			f.Step(r.Span, "%s has no period either", rule.Name(r))
		}
	},
}
