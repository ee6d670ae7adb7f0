package config

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// openByDesign matches the last part of paths that must answer before anybody
// has signed in, or that hold nothing: sign-in itself, and probes.
var openByDesign = regexp.MustCompile(`(?i)^/?(.*/)?(log-?in|sign-?in|sign-?up|sign-?out|log-?out|register|auth|oauth2?|authorize|callback|token|refresh|forgot-?password|reset-?password|health|healthz|health-?check|ping|status|version|favicon\.ico|robots\.txt|\.well-known/.*)$`)

// isEntry tells whether the route runs something for its caller: neither a
// CORS preflight nor a mock, nor one that is open by design.
func isEntry(r app.Route) bool {
	if r.Method == "OPTIONS" || r.Integration.Type.IsFold("MOCK") == value.Yes {
		return false
	}
	path, known := r.Path.Known()
	return !known || !openByDesign.MatchString(strings.TrimSuffix(path, "/"))
}

// isWrite tells whether the route is for changing something.
func isWrite(r app.Route) bool { return r.Method != "GET" && r.Method != "HEAD" }

// narrowed tells whether the network or the API's own policy keeps everybody
// out: a private endpoint, or a policy that names callers.
func narrowed(x app.API) value.Tri {
	out := x.Private()
	for _, doc := range apiPolicies(x) {
		open := value.No
		for _, lets := range rule.Open(doc, x.Type) {
			open = open.Or(lets)
		}
		out = out.Or(open.Not())
	}
	return out
}

// apiPolicies are the policies of an API, in its own property or in its body.
func apiPolicies(x app.API) []*policy.Document {
	var out []*policy.Document
	add := func(v *value.Value) {
		if doc, _ := policy.Parse(v); doc != nil && len(doc.Statements) > 0 {
			out = append(out, doc)
		}
	}
	for _, attached := range x.Policies() {
		add(attached.Document)
	}
	add(x.Get("Body", "x-amazon-apigateway-policy"))
	return out
}

// labels are the routes as messages list them.
func labels(routes []app.Route) string {
	var words []string
	for _, r := range routes {
		words = append(words, r.Label())
	}
	return rule.Enumerate(words, 4)
}

// openRoutes are the API's routes that ask nobody who is calling, as far as
// that is certain, and those of which it is not known.
func openRoutes(x app.API) (open, unknown []app.Route) {
	for _, r := range x.Routes() {
		switch {
		case !isEntry(r):
		case r.Auth.Kind == app.AuthNone:
			open = append(open, r)
		case r.Auth.Kind == app.AuthUnknown:
			unknown = append(unknown, r)
		}
	}
	if x.Kind() == app.WebSocket {
		open = connecting(open)
	}
	return open, unknown
}

// connecting leaves of a WebSocket API's routes the one that lets callers in.
func connecting(routes []app.Route) []app.Route {
	for _, r := range routes {
		if r.Path.Equal(value.Lit("$connect")) == value.Yes {
			return []app.Route{r}
		}
	}
	if len(routes) > 1 {
		return routes[:1]
	}
	return routes
}
