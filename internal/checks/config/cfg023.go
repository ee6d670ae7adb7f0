package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var CFG023 = &rule.Rule{
	ID:       "CFG023",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Authoriser is declared and no route uses it",
	Doc: `An authoriser protects only the routes that name it. One that is declared and used by none shows that somebody meant the
		API to be protected and that it is not: often DefaultAuthorizer is missing, or the routes of an OpenAPI body lack their
		security. Use it on the routes, or remove it. APIs without any route in the sources are left out.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html",
			"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-controlling-access-to-apis.html",
		},
		CWE:    []string{"CWE-862", "CWE-561"},
		OWASP:  []string{"A2:2017", "A6:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"},
	Check: func(p *rule.Pass) {
		for x := range p.App.APIs() {
			routes := x.Routes()
			if len(routes) == 0 {
				continue
			}
			named, known := map[string]bool{}, true
			for _, r := range routes {
				named[r.Auth.Name] = true
				known = known && r.Auth.Kind != app.AuthUnknown
			}
			report := func(name string, at source.Span) {
				if known {
					p.Report(x.Resource, at, "no route of %s uses its authoriser %s; set it on the routes or remove it", rule.Name(x.Resource), name)
				} else {
					p.Undecided(x.Resource, value.NewAbsent(at), "it cannot be decided whether a route of %s uses its authoriser %s", rule.Name(x.Resource), name)
				}
			}
			for _, z := range x.Authorizers() {
				if len(z.Routes()) == 0 && !named[z.Get("Name").Str()] {
					report(z.Label(), z.Span)
				}
			}
			for _, schemes := range []*value.Value{x.Get("Body", "securityDefinitions"), x.Get("Body", "components", "securitySchemes")} {
				for _, s := range schemes.Fields() {
					authorises := s.Value.Get("x-amazon-apigateway-authtype").Exists() == value.Yes || s.Value.Get("x-amazon-apigateway-authorizer").Exists() == value.Yes
					if authorises && !named[s.Key] {
						report(s.Key, s.KeySpan)
					}
				}
			}
		}
	},
}
