package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG030 = &rule.Rule{
	ID:       "CFG030",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "API passes requests on over plain HTTP",
	Doc: `A route that passes requests to an http:// address on the internet sends what its callers sent, tokens and bodies
		included, in the clear, and takes the answer from whoever stands in between. Use https://. Integrations through a VPC
		link stay inside the network and are left out.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html"},
		CWE:    []string{"CWE-319"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1557", "T1040"},
	},
	Types: []string{"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"},
	Check: func(p *rule.Pass) {
		for x := range p.App.APIs() {
			var first *rule.Finding
			for _, r := range x.Routes() {
				i := r.Integration
				plain := i.URI.Text().HasPrefix("http://")
				if i.Connection.Exists() != value.No || plain == value.No || i.Type.IsFold("HTTP").Or(i.Type.IsFold("HTTP_PROXY")) == value.No {
					continue
				}
				if plain == value.Unknown {
					p.Undecided(x.Resource, i.URI, "it cannot be decided whether %s of %s passes requests on over plain HTTP", r.Label(), rule.Name(x.Resource))
					continue
				}
				if first != nil {
					first.Step(i.URI.Span(), "%s does too", r.Label())
					continue
				}
				first = p.Report(x.Resource, i.URI.Span(), "%s of %s passes requests on over plain HTTP; use https", r.Label(), rule.Name(x.Resource))
			}
		}
	},
}
