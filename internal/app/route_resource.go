package app

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// methods reads the routes that AWS::ApiGateway::Method resources declare.
func (x API) methods() []Route {
	var out []Route
	for _, c := range x.children("AWS::ApiGateway::Method") {
		m := c.Resource
		method, _ := m.Get("HttpMethod").Known()
		r := Route{
			API: x.Resource, In: m, Method: strings.ToUpper(method), Path: x.resourcePath(m.Get("ResourceId"), 0),
			Auth: x.resourceAuth(m), Span: m.Span, Sure: c.Sure.And(m.Exists),
		}
		v := m.Get("Integration")
		r.Integration = Integration{
			Type: v.Get("Type"), URI: v.Get("Uri"), Role: v.Get("Credentials"), Templates: v.Get("RequestTemplates"),
			Parameters: v.Get("RequestParameters"), Connection: v.Get("ConnectionId"), Span: v.Span(),
		}
		x.resolve(&r.Integration, nil)
		r.Validation = x.methodValidation(m)
		out = append(out, r)
	}
	return out
}

// resourcePath joins the path parts up to the API's root.
func (x API) resourcePath(id *value.Value, depth int) value.Text {
	if depth > 64 {
		return value.Hole("a path that contains itself")
	}
	if ref, ok := id.Ref(); ok && ref.Resource == x.ID {
		return value.Lit("/") // RootResourceId
	}
	r, _ := x.App.Lookup(id, "AWS::ApiGateway::Resource")
	if r == nil {
		return value.Hole("path of " + id.Str())
	}
	parent := x.resourcePath(r.Get("ParentId"), depth+1)
	if parent.Equal(value.Lit("/")) != value.Yes {
		parent = value.Concat(parent, value.Lit("/"))
	}
	return value.Concat(parent, r.Get("PathPart").Text())
}

// resourceAuth reads AuthorizationType, AuthorizerId and ApiKeyRequired, which
// methods and routes share.
func (x API) resourceAuth(r *Resource) Authorization {
	v := r.orText("NONE", "AuthorizationType")
	out := Authorization{Kind: authKind(v), Value: v, APIKey: r.orBool(false, "ApiKeyRequired").IsTrue(), Scopes: r.Get("AuthorizationScopes")}
	if v.Kind() == value.Unresolved {
		out.Kind = agreedKind(v)
	}
	if x.Kind() == HTTP { // HTTP APIs have no API keys
		out.APIKey = value.No
	}
	if id := r.Get("AuthorizerId"); id.Exists() != value.No {
		out.Authorizer, _ = x.App.Lookup(id, authorizerTypes...)
		if out.Authorizer != nil {
			out.Name = out.Authorizer.Get("Name").Str()
		}
	}
	if out.Kind == AuthNone && out.APIKey == value.Yes {
		out.Kind, out.Value = AuthAPIKey, r.Get("ApiKeyRequired")
	}
	return out
}

// agreedKind is the kind that all branches of a condition give.
func agreedKind(v *value.Value) AuthKind {
	kind, first := AuthUnknown, true
	collect(v, func(c *value.Value) {
		k := authKind(c)
		if c.Exists() == value.No {
			k = AuthNone
		}
		if !first && k != kind {
			k = AuthUnknown
		}
		kind, first = k, false
	})
	return kind
}

func (x API) methodValidation(m *Resource) Validation {
	id := m.Get("RequestValidatorId")
	out := Validation{Body: value.No, Parameters: value.No, Model: m.Get("RequestModels"), Span: id.Span()}
	if id.Exists() == value.No {
		return out
	}
	v, _ := x.App.Lookup(id, "AWS::ApiGateway::RequestValidator")
	if v == nil {
		out.Body, out.Parameters = value.Unknown, value.Unknown
		return out
	}
	out.Body = v.orBool(false, "ValidateRequestBody").IsTrue()
	out.Parameters = v.orBool(false, "ValidateRequestParameters").IsTrue()
	return out
}

// routeResources reads the routes of AWS::ApiGatewayV2::Route resources, and
// the one that an API with a Target makes for itself.
func (x API) routeResources() []Route {
	var out []Route
	for _, c := range x.children("AWS::ApiGatewayV2::Route") {
		r := x.keyed(c.Get("RouteKey").Text(), c.Span)
		r.In, r.Auth, r.Sure = c.Resource, x.resourceAuth(c.Resource), c.Sure.And(c.Exists)
		r.Integration = x.routeIntegration(c.Get("Target"))
		out = append(out, r)
	}
	if target := x.Get("Target"); target.Exists() != value.No {
		r := x.keyed(x.orText("$default", "RouteKey").Text(), target.Span())
		none := value.NewText(value.Lit("NONE"), x.Span).AsDefault(x.Span)
		r.In, r.Sure, r.Auth = x.Resource, x.Exists, Authorization{Kind: AuthNone, Value: none, APIKey: value.No}
		r.Integration = Integration{URI: target, Role: x.Get("CredentialsArn"), Span: target.Span()}
		x.resolve(&r.Integration, nil)
		out = append(out, r)
	}
	x.connectAuth(out)
	return out
}

// keyed makes a route of a route key: "GET /orders", "$default", "$connect".
func (x API) keyed(key value.Text, span source.Span) Route {
	r := Route{API: x.Resource, Path: key, Span: span, Validation: Validation{Body: value.No, Parameters: value.No}}
	if x.Kind() == WebSocket {
		return r
	}
	if method, path, ok := cut(key, " "); ok {
		if m, known := method.Known(); known {
			r.Method, r.Path = strings.ToUpper(m), path
		}
	}
	return r
}

// connectAuth gives the routes of a WebSocket API the authorisation of
// $connect: only a connection is authorised, its messages never are.
func (x API) connectAuth(routes []Route) {
	if x.Kind() != WebSocket {
		return
	}
	var gate *Authorization
	for _, c := range routes {
		if c.Path.Equal(value.Lit("$connect")) != value.Yes {
			continue
		}
		auth := c.Auth
		if c.Sure != value.Yes || gate != nil && gate.Kind != auth.Kind { // without $connect everybody connects
			auth = Authorization{Value: auth.Value, APIKey: value.Unknown}
		}
		gate = &auth
	}
	if gate == nil {
		return
	}
	for i := range routes {
		if r := &routes[i]; r.Auth.Kind == AuthNone && r.Path.Equal(value.Lit("$connect")) != value.Yes {
			r.Auth = *gate
		}
	}
}

// routeIntegration finds the integration that a route's target names:
// "integrations/ID".
func (x API) routeIntegration(target *value.Value) Integration {
	out := Integration{URI: nil, Span: target.Span()}
	var r *Resource
	for _, ref := range target.Refs() {
		if t := x.App.Project.Resource(ref.Resource); t != nil && t.Type == "AWS::ApiGatewayV2::Integration" {
			r = t
		}
	}
	if r == nil {
		return out
	}
	out = Integration{
		Type: r.Get("IntegrationType"), URI: r.Get("IntegrationUri"), Role: r.Get("CredentialsArn"), Templates: r.Get("RequestTemplates"),
		Parameters: r.Get("RequestParameters"), Connection: r.Get("ConnectionId"), Span: r.Span,
	}
	x.resolve(&out, r.Get("IntegrationSubtype"))
	return out
}
