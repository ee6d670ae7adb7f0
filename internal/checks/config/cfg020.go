package config

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var CFG020 = &rule.Rule{
	ID:       "CFG020",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "API routes take requests from anyone",
	Doc: `A route without an authoriser runs its function, or calls its service, for anyone on the internet; whatever the function
		does with its role is then done for strangers. Set an authoriser on the route, or a default one on the API. The open
		routes of one API are one finding: high, or medium where all of them only read. Preflight requests, mocks, sign-in pages
		and health probes are left out, and so are private APIs and APIs whose policy keeps everybody else out.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html",
		},
		CWE:    []string{"CWE-306", "CWE-862"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"},
	Check: func(p *rule.Pass) {
		for x := range p.App.APIs() {
			open, unknown := openRoutes(x)
			kept := narrowed(x)
			switch {
			case kept == value.Yes:
			case len(open) > 0 && kept == value.Unknown:
				p.Undecided(x.Resource, value.NewAbsent(x.Span), "it cannot be decided whether %s keeps strangers from its open routes (%s)", rule.Name(x.Resource), labels(open))
			case len(open) > 0:
				reportOpen(p, x, open)
			case len(unknown) > 0:
				p.Undecided(x.Resource, unknown[0].Auth.Value, "it cannot be decided whether %s of %s asks who is calling", unknown[0].Label(), rule.Name(x.Resource))
			}
		}
	},
}

func reportOpen(p *rule.Pass, x app.API, open []app.Route) {
	at := open[0].Span
	var f *rule.Finding
	switch {
	case x.Kind() == app.WebSocket:
		f = p.Report(x.Resource, at, "%s lets anyone connect; set an authoriser on $connect", rule.Name(x.Resource))
	case len(open) == 1:
		f = p.Report(x.Resource, at, "%s of %s takes requests from anyone; set an authoriser", open[0].Label(), rule.Name(x.Resource))
	default:
		f = p.Report(x.Resource, at, "%d routes of %s take requests from anyone (%s); set an authoriser", len(open), rule.Name(x.Resource), labels(open))
	}
	if x.Kind() != app.WebSocket && !slices.ContainsFunc(open, isWrite) {
		f.As(rule.Medium)
	}
	seen := map[source.Span]bool{at: true}
	for _, r := range open {
		if !seen[r.Span] {
			f.Step(r.Span, "%s asks nobody who is calling", r.Label())
		}
		seen[r.Span] = true
	}
}
