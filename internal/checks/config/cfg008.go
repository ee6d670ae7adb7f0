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
		CWE:   []string{"CWE-755", "CWE-778"},
		OWASP: []string{"A10:2017"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			kept := written(r.Get("DeadLetterConfig", "TargetArn"))
			var source *app.Use
			for _, u := range usersOf(p.App, r) {
				switch {
				case u.By.Type == "AWS::Lambda::EventInvokeConfig":
					kept = kept.Or(written(u.By.Get("DestinationConfig", "OnFailure", "Destination")))
				case source == nil && asynchronous(p.App, r, u):
					source = &u
				}
			}
			if source == nil {
				continue
			}
			p.Decide(kept.Not(), r, value.NewAbsent(r.Span),
				"%s loses the events of %s that it fails on; add a failure destination or a dead-letter queue", rule.Name(r), rule.Name(source.By)).
				Step(source.Value.Span(), "%s starts it asynchronously", rule.Name(source.By))
		}
	},
}

// asynchronous tells whether the use is a subscription whose events Lambda
// keeps for the function and then drops.
func asynchronous(a *app.App, fn *app.Resource, u app.Use) bool {
	isTarget := func(list []*value.Value, key string) bool {
		for _, t := range list {
			if functionOf(a, t.Get(key)) == fn {
				return true
			}
		}
		return false
	}
	switch u.By.Type {
	case "AWS::S3::Bucket":
		return isTarget(u.By.Get("NotificationConfiguration", "LambdaConfigurations").Items(), "Function")
	case "AWS::SNS::Subscription":
		return u.By.Get("Protocol").Is("lambda") == value.Yes
	case "AWS::SNS::Topic":
		return isTarget(u.By.Get("Subscription").Items(), "Endpoint")
	case "AWS::Events::Rule":
		return u.By.Get("EventPattern").Exists() == value.Yes && isTarget(u.By.Get("Targets").Items(), "Arn")
	}
	return false
}
