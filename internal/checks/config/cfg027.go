package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG027 = &rule.Rule{
	ID:       "CFG027",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Nobody records who calls the API",
	Doc: `Without access logs there is no record of who called which route from where: an attack is neither seen nor can it be
		reconstructed, because a function's own log tells nothing of requests that were refused. Set a destination for access
		logs on the stage. The stages of one application are one finding; private APIs and APIs without a route in the sources
		are left out.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html",
		},
		CWE:   []string{"CWE-778"},
		OWASP: []string{"A10:2017"},
	},
	Types: []string{"AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"},
	Check: func(p *rule.Pass) {
		var silent []*app.Resource
		for x := range p.App.APIs() {
			if len(x.Routes()) == 0 || x.Private() != value.No {
				continue
			}
			for _, s := range x.Stages() {
				logs := s.AccessLogs()
				switch written(logs) {
				case value.No:
					silent = append(silent, s.Resource)
				case value.Unknown:
					p.Undecided(s.Resource, logs, "it cannot be decided whether %s records who calls", rule.Name(s.Resource))
				}
			}
		}
		if len(silent) == 0 {
			return
		}
		f := p.Report(silent[0], silent[0].Span, "%s %s %s no access log, so nobody sees who calls; set its destination",
			plural(len(silent), "the stage", "the stages"), rule.Names(silent), plural(len(silent), "has", "have"))
		for _, r := range silent[1:] {
			f.Step(r.Span, "%s has no access log either", rule.Name(r))
		}
	},
}
