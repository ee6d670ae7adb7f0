package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG025 = &rule.Rule{
	ID:       "CFG025",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "API answers beside its own domain",
	Doc: `An API with a custom domain still answers under its execute-api address, which anyone can find in certificates' logs,
		pages and mistakes. Whatever stands before the domain is passed by there: mutual TLS (then the finding is of high
		severity, because client certificates are not asked for), a CDN with a web ACL, rate limits. Set
		DisableExecuteApiEndpoint. Private APIs and WebSocket APIs are left out.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html",
		},
		CWE:    []string{"CWE-288", "CWE-420"},
		OWASP:  []string{"A6:2017", "A2:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGatewayV2::ApiMapping"},
	Check: func(p *rule.Pass) {
		done := map[*app.Resource]bool{}
		for m := range p.Resources() {
			id := m.Get("RestApiId")
			if id.Exists() == value.No {
				id = m.Get("ApiId")
			}
			r, _ := p.App.Lookup(id, "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
			if r == nil || done[r] || app.AsAPI(r).Kind() == app.WebSocket || app.AsAPI(r).Private() != value.No {
				continue
			}
			done[r] = true
			disabled := app.AsAPI(r).ExecuteDisabled()
			domain, _ := p.App.Lookup(m.Get("DomainName"), "AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")
			mutual := domain.Get("MutualTlsAuthentication").Exists() == value.Yes
			f := p.Decide(disabled.IsTrue().Not(), r, disabled, "%s answers under its execute-api address beside its domain; set DisableExecuteApiEndpoint", rule.Name(r)).
				Step(m.Span, "the domain is mapped here")
			if f != nil && mutual && !f.Undecided() {
				f.As(rule.High).Step(domain.Get("MutualTlsAuthentication").Span(), "only the domain asks for client certificates")
			}
		}
	},
}
