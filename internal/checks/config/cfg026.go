package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG026 = &rule.Rule{
	ID:       "CFG026",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Whole requests and answers are written to the log",
	Doc: `Data tracing writes the full bodies and headers of requests and answers to CloudWatch Logs: passwords, tokens and personal
		data lie there for everyone who may read logs, for as long as the log group keeps them. AWS advises against it in
		production. Set DataTraceEnabled to false; access logs with a chosen format serve to follow requests.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"},
		CWE:    []string{"CWE-532"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1552"},
	},
	Types: []string{"AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			settings := append([]*value.Value{r.Get("DefaultRouteSettings")}, r.Get("MethodSettings").Items()...)
			trace, on := firstOf(settings, func(s *value.Value) value.Tri { return s.Get("DataTraceEnabled").IsTrue() })
			p.Decide(on, r, trace.Get("DataTraceEnabled"), "%s writes whole requests and answers to its log; set DataTraceEnabled to false", rule.Name(r))
		}
	},
}
