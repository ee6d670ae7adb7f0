package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG021 = &rule.Rule{
	ID:       "CFG021",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "An API key is all that protects routes",
	Doc: `API keys meter and identify callers; they are no credentials. They stand in the pages and applications that use them, do
		not expire, say nothing of the user, and AWS advises against authorising by them. Add an authoriser to the routes and keep
		the key for the usage plan. The routes of one API are one finding.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-keys.html",
		},
		CWE:    []string{"CWE-287", "CWE-798"},
		OWASP:  []string{"A2:2017"},
		ATTACK: []string{"T1078", "T1190"},
	},
	Types: []string{"AWS::ApiGateway::RestApi"},
	Check: func(p *rule.Pass) {
		for x := range p.App.APIs() {
			var keyed []app.Route
			for _, r := range x.Routes() {
				if isEntry(r) && r.Auth.Kind == app.AuthAPIKey {
					keyed = append(keyed, r)
				}
			}
			if len(keyed) == 0 || narrowed(x) == value.Yes {
				continue
			}
			f := p.Report(x.Resource, keyed[0].Span, "an API key is all that protects %s of %s; add an authoriser", labels(keyed), rule.Name(x.Resource))
			for _, r := range keyed[1:] {
				f.Step(r.Span, "%s asks for nothing but an API key", r.Label())
			}
		}
	},
}
