package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG002 = &rule.Rule{
	ID:       "CFG002",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Any website may send requests with the visitor's credentials",
	Doc: `With AllowCredentials, browsers send cookies and HTTP credentials along with cross-origin requests. Together with an
		origin that matches every site, any page that a signed-in user visits can act as that user and read the answers. Name
		the origins that need it, or switch credentials off. CORS with "*" and without credentials is no defect by itself: an
		open answer may be read by anyone anyway.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
		},
		CWE:   []string{"CWE-942", "CWE-346"},
		OWASP: []string{"A6:2017", "A5:2017"},
	},
	Types: []string{"AWS::Lambda::Url", "AWS::ApiGatewayV2::Api"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			cors := r.Get("Cors")
			if r.Type == "AWS::ApiGatewayV2::Api" {
				cors = r.Get("CorsConfiguration")
			}
			if cors.Kind() != value.Map {
				continue
			}
			origins := cors.Get("AllowOrigins")
			every := origins.Contains("*").Or(origins.Contains("https://*")).Or(origins.Contains("http://*"))
			p.Decide(every.And(cors.Get("AllowCredentials").IsTrue()), r, origins,
				"%s lets every website send requests with the visitor's credentials; name the origins that may", rule.Name(r))
		}
	},
}
