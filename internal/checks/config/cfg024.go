package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG024 = &rule.Rule{
	ID:       "CFG024",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Authoriser's answer counts longer or wider than it should",
	Doc: `API Gateway keeps what a Lambda authoriser answered and does not ask again for the same identity source. Kept for longer
		than 15 minutes, a token that was revoked or a right that was withdrawn goes on working for up to an hour: low. In an
		HTTP API the kept answer counts for every route of the authoriser unless $context.routeKey is among its identity sources:
		a caller who may use one route may then use all of them, whatever the function would have said: medium. Lower
		AuthorizerResultTtlInSeconds, and add $context.routeKey where the authoriser decides by route.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html",
		},
		CWE:    []string{"CWE-613", "CWE-863"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1550.001"},
	},
	Types: []string{"AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer"},
	Check: func(p *rule.Pass) {
		const long = 900
		for z := range p.App.Authorizers() {
			if z.Kind() != app.AuthLambda {
				continue
			}
			ttl := z.TTL()
			seconds, known := ttl.Int()
			if !known {
				p.Undecided(z.Resource, ttl, "it cannot be decided how long an answer of %s counts", rule.Name(z.Resource))
				continue
			}
			routes := z.Routes()
			sources := z.Get("IdentitySource")
			switch {
			case seconds > 0 && z.Type == "AWS::ApiGatewayV2::Authorizer" && len(routes) > 1 && sources.Contains("$context.routeKey") == value.No:
				f := p.Report(z.Resource, ttl.Span(), "an answer of %s for one route counts for all %d routes for %d s; add $context.routeKey to its identity sources, or do not keep answers",
					rule.Name(z.Resource), len(routes), seconds).As(rule.Medium)
				f.Step(sources.Span(), "the identity sources are %s", identitySources(sources))
			case seconds > long:
				p.Report(z.Resource, ttl.Span(), "an answer of %s counts for %d s, so what is revoked goes on working; keep answers for at most %d s",
					rule.Name(z.Resource), seconds, long)
			}
		}
	},
}

func identitySources(v *value.Value) string {
	var words []string
	for _, i := range v.Items() {
		words = append(words, i.Str())
	}
	return rule.Enumerate(words, 3)
}
