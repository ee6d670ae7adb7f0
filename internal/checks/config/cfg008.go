package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG008 = &rule.Rule{
	ID:       "CFG008",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Events that a function fails on are lost",
	Doc: `Lambda tries an asynchronous event three times and then throws it away. Where uploads, messages or application events
		start a function, an attacker, or one malformed input, makes work disappear without a trace. Give the function a failure
		destination (EventInvokeConfig) or a dead-letter queue. Scheduled functions are left out: the next run makes up for the
		last one.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"},
		CWE:   []string{"CWE-755"},
		OWASP: []string{"A6:2017"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			f := app.AsFunction(r)
			kept := written(f.DeadLetter())
			for _, c := range f.InvokeConfigs() {
				kept = kept.Or(written(c.Get("DestinationConfig", "OnFailure", "Destination")))
			}
			for _, e := range p.App.Entries(f) {
				if e.Sure != value.Yes || !keepsForNobody(e.Kind) {
					continue
				}
				from := e.In
				if e.Source != nil {
					from = e.Source
				}
				p.Decide(kept.Not(), r, value.NewAbsent(r.Span),
					"%s loses the events of %s that it fails on; add a failure destination or a dead-letter queue", rule.Name(r), rule.Name(from)).
					Step(e.Span, "%s starts it asynchronously", rule.Name(from))
				break
			}
		}
	},
}

// keepsForNobody tells whether Lambda itself keeps the entry's events for the
// function, and drops them after its last try.
func keepsForNobody(k app.EntryKind) bool {
	switch k {
	case app.EntryBucket, app.EntryTopic, app.EntryRule, app.EntryIoT, app.EntryMail:
		return true
	}
	return false
}
