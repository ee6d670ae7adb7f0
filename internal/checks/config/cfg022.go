package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG022 = &rule.Rule{
	ID:       "CFG022",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Nothing slows down callers of an open API",
	Doc: `Without limits of its own a stage shares the account's limit of 10,000 requests a second with every other API of the
		region. Where anyone may call, one caller can use that up, start as many functions as the account may run, and make the
		bill. Set a rate and burst limit on the stage, reserve concurrency for the functions behind the open routes, or put a web
		ACL with a rate rule, or one that lets in only what it names, before the stage. Only APIs with open routes are looked at.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html",
		},
		CWE:    []string{"CWE-770", "CWE-799"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1499"},
	},
	Types: []string{"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"},
	Check: func(p *rule.Pass) {
		for x := range p.App.APIs() {
			open, unknown := openRoutes(x)
			closed, list, why := narrowed(x), open, value.NewAbsent(x.Span)
			if len(open) == 0 && len(unknown) > 0 { // whether a route is open decides
				closed, list, why = closed.Or(value.Unknown), unknown, unknown[0].Auth.Value
			}
			if len(list) == 0 {
				continue
			}
			slowed := value.Yes
			for i := range list {
				slowed = slowed.And(list[i].Bounded())
			}
			p.Decide(slowed.Or(closed).Not(), x.Resource, why,
				"anyone may call %s at any rate; set a rate and burst limit on its stage", rule.Name(x.Resource)).
				Step(list[0].Span, "%s is open to anyone", list[0].Label())
		}
	},
}
