package duty

import (
	"fmt"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

const (
	restAPI = "AWS::ApiGateway::RestApi"
	httpAPI = "AWS::ApiGatewayV2::Api"
	apiDocs = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
)

func apiDuties() []Duty {
	return []Duty{
		byAWS("api-edge", "Run the endpoint and absorb floods on the network", "API Gateway runs the endpoint and AWS Shield Standard protects it", apiDocs+"security.html "+shield, "SC-5", restAPI, httpAPI),
		{
			ID: "api-tls", Title: "Encrypt requests on the way", Types: []string{restAPI, httpAPI},
			Doc: `API Gateway takes only TLS on its own addresses; those of REST APIs still take TLS 1.0 unless SecurityPolicy says otherwise.
				With a domain of the customer's, its certificate and TLS policy are the customer's, and the API's own address stays open
				beside it unless it is switched off.`,
			Refs:   Refs{AWS: []string{apiDocs + "apigateway-security-policies.html", apiDocs + "rest-api-disable-default-endpoint.html"}, OWASP: "A3:2017", NIST: "SC-8"},
			States: decided(Provided), Compute: apiTLS,
		},
		{
			ID: "api-authorization", Title: "Authorise every route", Types: []string{restAPI, httpAPI},
			Doc:    "AWS checks callers only where a route names an authoriser, IAM or a user pool. A route that names none moves the duty into the code behind it. An API key identifies and does not authorise.",
			Refs:   Refs{AWS: []string{apiDocs + "apigateway-control-access-to-api.html"}, Lens: "SEC 1", FSBP: "APIGateway.8", OWASP: "A2:2017", NIST: "AC-3"},
			States: decided(NA), Compute: apiAuthorization,
		},
		{
			ID: "api-callers", Title: "Let only known accounts and networks reach the API", Types: []string{restAPI},
			Doc:    "A resource policy, and a private endpoint, say from where an API can be reached. A private API needs one that names its VPC endpoints.",
			Refs:   Refs{AWS: []string{apiDocs + "apigateway-resource-policies.html"}, Lens: "SEC 2", OWASP: "A5:2017", NIST: "AC-4, SC-7"},
			States: decided(NA, Manual), Compute: apiCallers,
		},
		{
			ID: "api-throttling", Title: "Throttle requests", Types: []string{restAPI, httpAPI},
			Doc:    "Without limits of its own an API takes all requests that the account's quota allows, and the functions behind it pay for them.",
			Refs:   Refs{AWS: []string{apiDocs + "api-gateway-request-throttling.html"}, Lens: "REL 1", NIST: "SC-5"},
			States: decided(), Compute: apiThrottling,
		},
		{
			ID: "api-validation", Title: "Validate requests before the code runs", Types: []string{restAPI},
			Doc:    "A REST API can check bodies against a model and parameters for presence. What it does not check, the code must.",
			Refs:   Refs{AWS: []string{apiDocs + "api-gateway-method-request-validation.html"}, Lens: "SEC 3", OWASP: "A1:2017", NIST: "SI-10"},
			States: decided(NA), Compute: apiValidation,
		},
		{
			ID: "api-web-acl", Title: "Filter requests with a web ACL", Types: []string{restAPI},
			Doc:    "A web ACL before the stage takes known attacks and floods of single callers. HTTP APIs can have one only on a CloudFront distribution before them.",
			Refs:   Refs{AWS: []string{apiDocs + "apigateway-control-access-aws-waf.html"}, FSBP: "APIGateway.4", OWASP: "A1:2017", NIST: "AC-4(21), SC-5"},
			States: decided(NA), Compute: apiWebACL,
		},
		{
			ID: "api-access-logs", Title: "Log who called what", Types: []string{restAPI, httpAPI},
			Doc:    "Access logs say who called which route, from where, and with what result. They are off unless a stage names where they go.",
			Refs:   Refs{AWS: []string{apiDocs + "set-up-logging.html"}, FSBP: "APIGateway.9", OWASP: "A10:2017", NIST: "AU-2, AU-12"},
			States: decided(), Compute: apiAccessLogs,
		},
		{
			ID: "api-origins", Title: "Name the web origins that may call the API", Types: []string{httpAPI},
			Doc:    "CORS with the origin * lets scripts of every site read the answers. Without CORS browsers allow none.",
			Refs:   Refs{AWS: []string{apiDocs + "http-api-cors.html"}, OWASP: "A6:2017", NIST: "AC-4"},
			States: decided(),
			Compute: func(v *View) Answer {
				origins := app.AsAPI(v.Resource).CORS().Get("AllowOrigins")
				return decide(origins.Contains("*").Not(), "CorsConfiguration.AllowOrigins", origins, "no wildcard origin may read the answers", "scripts of every site may read the answers")
			},
		},
	}
}

func apiTLS(v *View) Answer {
	api := app.AsAPI(v.Resource)
	off := api.ExecuteDisabled()
	for _, u := range v.App.Users(v.Resource) {
		switch u.By.Type {
		case "AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::BasePathMappingV2", "AWS::ApiGatewayV2::ApiMapping":
			return decide(off.IsTrue(), "DisableExecuteApiEndpoint", off, "the API is reached only by the customer's domain, whose TLS policy is the customer's",
				"the API has a domain of the customer's, and its own address stays open beside it").by(Shared)
		}
	}
	if api.Kind() != app.REST {
		return provided("the API's own address takes only TLS 1.2 or newer")
	}
	p := v.Get("SecurityPolicy")
	switch {
	case set(p) == value.No && api.Private() == value.Yes:
		return provided("a private API takes only TLS 1.2 or newer")
	case set(p) == value.No && api.Private() == value.No:
		return unmet("the API's own address still takes TLS 1.0, its default; set SecurityPolicy", prop("SecurityPolicy", p)).by(Shared)
	}
	return decide(current(p), "SecurityPolicy", p, "the API's own address takes only TLS 1.2 or newer", "the API's own address still takes TLS 1.0").by(Shared)
}

// current tells whether a security policy refuses TLS 1.0: all but the oldest
// do.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
func current(policy *value.Value) value.Tri {
	if set(policy) == value.No {
		return value.Unknown
	}
	return policy.Is("TLS_1_0").Not()
}

func apiAuthorization(v *View) Answer {
	routes := app.AsAPI(v.Resource).Routes()
	var open, maybe, closed []Place
	n := 0
	for _, r := range routes {
		if r.Method == "OPTIONS" {
			continue // browsers ask without credentials before they call
		}
		if app.AsAPI(v.Resource).Kind() == app.WebSocket && r.Path.Equal(value.Lit("$connect")) == value.No {
			continue // a WebSocket is authorised when it connects
		}
		n++
		p := at(spanOr(r.Span, r.Auth.Span()), "%s", r.Label())
		switch r.Auth.Open().And(r.Sure) {
		case value.Yes:
			open = append(open, p)
		case value.Unknown:
			maybe = append(maybe, p)
		default:
			closed = append(closed, p)
		}
	}
	switch {
	case n == 0 && len(routes) == 0:
		return notApplicable("the sources give the API no route")
	case len(open) > 0:
		return unmet(fmt.Sprintf("anyone who reaches the API may use %d of %s", len(open), rule.Count(n, "route", "routes")), open...)
	case len(maybe) > 0:
		return unknown(fmt.Sprintf("it cannot be decided whether %d of %d routes are open", len(maybe), n), nil, maybe...)
	}
	return met(fmt.Sprintf("%d of %s authorise their callers", n, rule.Count(n, "route", "routes")), first(closed, 6)...)
}

func apiCallers(v *View) Answer {
	api := app.AsAPI(v.Resource)
	x := audienceIn(v.Resource, api.Policies())
	switch api.Private() {
	case value.Unknown:
		return unknown("it cannot be decided whether the API is private", v.Get("EndpointConfiguration", "Types"), prop("EndpointConfiguration.Types", v.Get("EndpointConfiguration", "Types")))
	case value.No:
		if len(x.read) == 0 {
			return notApplicable("the API is meant for the internet; who may call which route is the routes' matter")
		}
		return x.keepOut("the API")
	}
	if len(x.read) == 0 {
		return unmet("the API is private and has no policy that names its VPC endpoints", prop("Policy", v.Get("Policy")))
	}
	return x.keepOut("the private API")
}

func apiThrottling(v *View) Answer {
	api := app.AsAPI(v.Resource)
	routes := api.Routes()
	if len(routes) == 0 {
		out, where := limited(api.Throttles(), value.Unknown)
		return throttled(v, out, where, nil)
	}
	out := value.Yes
	var where *value.Value
	var open []Place
	for _, r := range routes {
		t, rate := limited(r.Throttles(), r.Auth.APIKey)
		if t == value.No {
			open = append(open, at(spanOr(r.Span, v.Span), "%s", r.Label()))
		}
		if where == nil || t != value.Yes && out == value.Yes {
			where = rate
		}
		out = out.And(t)
	}
	return throttled(v, out, where, open)
}

// limited tells whether one of the limits is a rate of its own. Those of a
// usage plan bind only requests with an API key.
func limited(list []app.Throttle, key value.Tri) (out value.Tri, rate *value.Value) {
	out = value.No
	for _, t := range list {
		one := positive(t.Rate)
		if t.PerKey() {
			one = one.And(key)
		}
		if one != value.No && out != value.Yes {
			rate = t.Rate
		}
		out = out.Or(one)
	}
	return out, rate
}

func throttled(v *View, out value.Tri, where *value.Value, open []Place) Answer {
	switch out {
	case value.Yes:
		return met("limits of the API's own hold for every route", prop("rate limit", where))
	case value.No:
		if n := len(app.AsAPI(v.Resource).Routes()); n > len(open) {
			return unmet(fmt.Sprintf("nothing but the account's quota limits %d of %s", len(open), rule.Count(n, "route", "routes")), open...)
		}
		return unmet("no stage limits requests, so the API takes all that the account's quota allows", here(v.Resource))
	}
	return unknown("it cannot be decided whether requests are limited", where, prop("rate limit", where))
}

func apiValidation(v *View) Answer {
	var without, maybe, with []Place
	n := 0
	for _, r := range app.AsAPI(v.Resource).Routes() {
		if r.Method == "OPTIONS" || r.Method == "GET" || r.Method == "HEAD" || r.Method == "DELETE" {
			continue
		}
		n++
		p := at(spanOr(r.Span, r.Validation.Span), "%s", r.Label())
		switch r.Validation.Body.And(set(r.Validation.Model)) {
		case value.No:
			without = append(without, p)
		case value.Unknown:
			maybe = append(maybe, p)
		default:
			with = append(with, p)
		}
	}
	switch {
	case n == 0:
		return notApplicable("no route takes a body")
	case len(without) > 0:
		return unmet(fmt.Sprintf("nothing but the code checks the body at %d of %s that take one", len(without), rule.Count(n, "route", "routes")), without...)
	case len(maybe) > 0:
		return unknown("it cannot be decided whether all bodies are checked", nil, maybe...)
	}
	return met(fmt.Sprintf("%d of %s that take a body check it against a model", n, rule.Count(n, "route", "routes")), first(with, 6)...)
}

func apiWebACL(v *View) Answer {
	api := app.AsAPI(v.Resource)
	if api.Private() == value.Yes {
		return notApplicable("the API is private")
	}
	out := value.No
	var where []Place
	for _, s := range api.Stages() {
		for _, c := range s.WebACLs() {
			out = out.Or(c.Sure.And(c.Exists))
			where = append(where, here(c.Resource))
		}
	}
	for a := range v.App.OfType("AWS::WAFv2::WebACLAssociation") {
		if len(where) == 0 && names(a.Get("ResourceArn"), v.Resource) {
			out, where = out.Or(a.Exists), append(where, here(a))
		}
	}
	switch out {
	case value.Yes:
		return met("a web ACL filters requests", where...)
	case value.Unknown:
		return unknown("it cannot be decided whether a web ACL is before the API", nil, where...)
	}
	return unmet("no web ACL of the sources is before the API", here(v.Resource))
}

// names reports whether a value, an ARN put together of parts, refers to the
// resource.
func names(v *value.Value, r *app.Resource) bool {
	found := false
	v.Walk(func(part *value.Value) bool {
		for _, ref := range part.Refs() {
			found = found || ref.Resource == r.ID
		}
		return !found
	})
	return found
}

func apiAccessLogs(v *View) Answer {
	stages := app.AsAPI(v.Resource).Stages()
	if len(stages) == 0 {
		return unmet("the sources declare no stage, so none logs", here(v.Resource))
	}
	out := value.Yes
	var dark []Place
	for _, s := range stages {
		t := set(s.AccessLogs())
		out = out.And(t)
		if t != value.Yes {
			dark = append(dark, prop("AccessLogSetting", s.AccessLogs()))
		}
	}
	switch out {
	case value.Yes:
		return met("every stage logs accesses", here(stages[0].Resource))
	case value.No:
		return unmet("a stage logs no accesses", dark...)
	}
	return unknown("it cannot be decided whether every stage logs accesses", nil, dark...)
}

func authorizerDuties() []Duty {
	types := []string{"AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer"}
	return []Duty{
		{
			ID: "authorizer-used", Title: "Use the authoriser that is declared", Types: types,
			Doc:    "An authoriser protects only the routes that name it.",
			Refs:   Refs{AWS: []string{apiDocs + "apigateway-use-lambda-authorizer.html"}, Lens: "SEC 1", OWASP: "A2:2017", NIST: "AC-3"},
			States: []State{Met, Unmet}, Compute: authorizerUsed,
		},
		{
			ID: "authorizer-cache", Title: "Keep decisions no longer than they hold", Types: types,
			Doc:    "A decision of a Lambda authoriser that is kept outlives the token that it was made of; one that is kept for several routes must be made for all of them.",
			Refs:   Refs{AWS: []string{apiDocs + "configure-api-gateway-lambda-authorization.html"}, Lens: "SEC 1", OWASP: "A2:2017", NIST: "AC-3(8)"},
			States: decided(Provided), Compute: authorizerCache,
		},
	}
}

func authorizerUsed(v *View) Answer {
	routes := app.AsAuthorizer(v.Resource).Routes()
	var by []Place
	for _, r := range routes[:min(len(routes), 6)] {
		by = append(by, at(spanOr(r.Auth.Span(), r.Span), "%s", r.Label()))
	}
	if n := len(routes); n > 0 {
		return met(rule.Count(n, "route uses", "routes use")+" the authoriser", by...)
	}
	return unmet("no route uses the authoriser", here(v.Resource))
}

// fiveMinutes is API Gateway's own default for REST APIs.
const fiveMinutes = 300

func authorizerCache(v *View) Answer {
	z := app.AsAuthorizer(v.Resource)
	switch z.Kind() {
	case app.AuthCognito, app.AuthJWT:
		return provided("API Gateway checks the token itself on every request")
	}
	ttl := z.TTL()
	n, ok := ttl.Int()
	if !ok {
		return unknown("it is not known how long decisions are kept", ttl, prop("AuthorizerResultTtlInSeconds", ttl))
	}
	return decide(value.Of(n <= fiveMinutes), "AuthorizerResultTtlInSeconds", ttl, fmt.Sprintf("decisions are kept for %d seconds", n), fmt.Sprintf("decisions are kept for %d seconds, longer than five minutes", n))
}

func domainDuties() []Duty {
	types := []string{"AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"}
	return []Duty{{
		ID: "domain-tls", Title: "Take only current versions of TLS", Types: types,
		Doc:    "A domain of the customer's moves the TLS policy to the customer. TLS 1.0, the old default for edge endpoints, is broken.",
		Refs:   Refs{AWS: []string{apiDocs + "apigateway-custom-domain-tls-version.html"}, OWASP: "A3:2017", NIST: "SC-8, SC-13"},
		States: decided(), Compute: domainTLS,
	}}
}

func domainTLS(v *View) Answer {
	if v.Type == "AWS::ApiGateway::DomainName" {
		p := v.Get("SecurityPolicy")
		if set(p) == value.No {
			return unknown("no security policy is named, and AWS does not say which one holds then; set SecurityPolicy", nil, prop("SecurityPolicy", p))
		}
		return decide(current(p), "SecurityPolicy", p, "the domain takes only TLS 1.2 or newer", "the domain still takes TLS 1.0")
	}
	out, where := value.Yes, v.Get("DomainNameConfigurations")
	for _, c := range where.Items() {
		p := c.Get("SecurityPolicy")
		if set(p) == value.No {
			continue // HTTP and WebSocket APIs know only TLS 1.2 and newer
		}
		if t := current(p); t != value.Yes {
			out, where = out.And(t), p
		}
	}
	return decide(out, "SecurityPolicy", where, "the domain takes only TLS 1.2 or newer", "the domain still takes TLS 1.0")
}
