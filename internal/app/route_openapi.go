package app

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// anyMethod is how OpenAPI bodies write a route for every method.
const anyMethod = "x-amazon-apigateway-any-method"

// httpMethods are the keys of a path item that are operations.
var httpMethods = map[string]string{
	"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS",
	"head": "HEAD", "patch": "PATCH", "trace": "TRACE", anyMethod: "ANY",
}

// openAPI reads the routes of a body in OpenAPI 2 or 3.
func (x API) openAPI(body *value.Value) []Route {
	var out []Route
	collect(body, func(doc *value.Value) {
		if doc.Kind() == value.Unresolved || doc.Kind() == value.String {
			out = append(out, x.unknownRoute(doc))
			return
		}
		sure := x.Exists
		if body.Kind() == value.Unresolved {
			sure = value.Unknown
		}
		d := document{api: x, doc: doc}
		collect(doc.Get("paths"), func(paths *value.Value) {
			if paths.Kind() == value.Unresolved {
				out = append(out, x.unknownRoute(paths))
				return
			}
			for _, p := range paths.Fields() {
				out = append(out, d.path(p, sure)...)
			}
		})
	})
	return out
}

// unknownRoute stands for the routes of a body that could not be read.
func (x API) unknownRoute(v *value.Value) Route {
	return Route{API: x.Resource, In: x.Resource, Path: v.Text(), Auth: Authorization{Value: v}, Span: v.Span(), Sure: value.Unknown}
}

// A document is one OpenAPI body.
type document struct {
	api API
	doc *value.Value
}

func (d document) path(p value.Field, sure value.Tri) []Route {
	var out []Route
	branches := 0
	collect(p.Value, func(*value.Value) { branches++ })
	collect(p.Value, func(item *value.Value) {
		s := sure
		if branches > 1 {
			s = value.Unknown
		}
		for _, f := range item.Fields() {
			method := httpMethods[strings.ToLower(f.Key)]
			if method == "" || f.Value.Exists() == value.No {
				continue
			}
			n := 0
			collect(f.Value, func(*value.Value) { n++ })
			collect(f.Value, func(op *value.Value) {
				if op.Exists() == value.No {
					return
				}
				r := d.operation(p.Key, method, f.KeySpan, op)
				r.Sure = s
				if n > 1 {
					r.Sure = value.Unknown
				}
				out = append(out, r)
			})
		}
	})
	return out
}

func (d document) operation(path, method string, span source.Span, op *value.Value) Route {
	if path == "/$default" && d.api.Kind() == HTTP { // as exported and as SAM writes it
		path = "$default"
		if method == "ANY" {
			method = ""
		}
	}
	return Route{
		API:         d.api.Resource,
		In:          d.api.Resource,
		Method:      method,
		Path:        value.Lit(path),
		Auth:        d.authorization(span, op),
		Integration: d.integration(op),
		Validation:  d.validation(op),
		Span:        span,
	}
}

// authorization reads the security of an operation. Where an operation has
// none, HTTP APIs take the document's own; REST APIs ignore it in OpenAPI 2.0,
// and for OpenAPI 3 AWS does not say.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
func (d document) authorization(span source.Span, op *value.Value) Authorization {
	security := op.Get("security")
	auth := op.Get("x-amazon-apigateway-auth", "type")
	root := d.doc.Get("security")
	switch {
	case security.Exists() != value.No:
	case auth.Exists() != value.No:
		return Authorization{Kind: operationKind(auth), Value: auth, APIKey: value.No}
	case root.Exists() != value.No && d.api.Kind() == HTTP:
		security = root
	case root.Exists() != value.No && d.doc.Get("swagger").Exists() == value.No:
		return Authorization{Value: root}
	default:
		none := value.NewText(value.Lit("NONE"), span).AsDefault(span)
		return Authorization{Kind: AuthNone, Value: none, APIKey: value.No}
	}
	if security.Kind() == value.Unresolved {
		return Authorization{Value: security}
	}
	out := d.required(security)
	if auth.Exists() != value.No && (out.Kind == AuthNone || out.Kind == AuthAPIKey) {
		if kind := operationKind(auth); kind != AuthNone { // beside an API key
			out.Kind, out.Value, out.Name, out.Scheme = kind, auth, "", nil
		}
	}
	return out
}

// operationKind reads the type of x-amazon-apigateway-auth.
func operationKind(v *value.Value) AuthKind {
	switch {
	case v.IsFold("NONE") == value.Yes:
		return AuthNone
	case v.IsFold("AWS_IAM") == value.Yes:
		return AuthIAM
	}
	return authKind(v)
}

// required reads a list of security requirements.
func (d document) required(security *value.Value) Authorization {
	out := Authorization{Kind: AuthNone, Value: security, APIKey: value.No}
	for _, requirement := range security.Items() {
		if requirement.Kind() == value.Unresolved {
			return Authorization{Value: requirement}
		}
		for _, f := range requirement.Fields() {
			d.require(&out, f)
		}
	}
	return out
}

// require adds one named scheme to the authorisation.
func (d document) require(out *Authorization, f value.Field) {
	scheme := d.scheme(f.Key)
	kind := AuthNone
	if scheme.Exists() != value.No {
		kind = schemeKind(scheme)
	} else if f.Key != "NONE" {
		kind = AuthUnknown // a name that the body does not define
	}
	if kind == AuthAPIKey && d.api.Kind() == HTTP {
		return // HTTP APIs have no API keys
	}
	if kind == AuthAPIKey {
		out.APIKey = value.Yes
		if out.Kind == AuthNone {
			out.Kind, out.Name, out.Scheme = AuthAPIKey, f.Key, scheme
		}
		return
	}
	if kind == AuthNone || out.Kind != AuthNone && out.Kind != AuthAPIKey {
		return
	}
	out.Kind, out.Name, out.Scheme, out.Scopes = kind, f.Key, scheme, f.Value
	for _, z := range d.api.Authorizers() {
		if z.Get("Name").Is(f.Key) == value.Yes {
			out.Authorizer = z.Resource
		}
	}
}

func (d document) scheme(name string) *value.Value {
	if s := d.doc.Get("components", "securitySchemes", name); s.Exists() != value.No {
		return s
	}
	return d.doc.Get("securityDefinitions", name)
}

// schemeKind tells what a security scheme asks for.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
func schemeKind(scheme *value.Value) AuthKind {
	authorizer := scheme.Get("x-amazon-apigateway-authorizer", "type")
	authtype := scheme.Get("x-amazon-apigateway-authtype")
	if s, ok := authorizer.Known(); ok && authorizer.Exists() == value.Yes {
		switch strings.ToLower(s) {
		case "token", "request":
			return AuthLambda
		case "cognito_user_pools":
			return AuthCognito
		case "jwt":
			return AuthJWT
		}
	}
	if s, ok := authtype.Known(); ok && authtype.Exists() == value.Yes {
		switch strings.ToLower(s) {
		case "awssigv4":
			return AuthIAM
		case "cognito_user_pools":
			return AuthCognito
		case "custom":
			return AuthLambda
		}
	}
	if authorizer.Exists() == value.No && authtype.Exists() == value.No && scheme.Get("type").IsFold("apiKey") == value.Yes {
		if scheme.Get("name").IsFold("x-api-key") == value.Yes {
			return AuthAPIKey
		}
		return AuthNone // documentation only; API Gateway makes nothing of it
	}
	return AuthUnknown
}

func (d document) integration(op *value.Value) Integration {
	v := op.Get("x-amazon-apigateway-integration")
	if ref, ok := v.Get("$ref").Known(); ok {
		if name, ok := strings.CutPrefix(ref, "#/components/x-amazon-apigateway-integrations/"); ok {
			v = d.doc.Get("components", "x-amazon-apigateway-integrations", name)
		}
	}
	if v.Exists() == value.No {
		return Integration{Span: v.Span()}
	}
	i := Integration{
		Type: v.Get("type"), URI: v.Get("uri"), Role: v.Get("credentials"), Templates: v.Get("requestTemplates"),
		Parameters: v.Get("requestParameters"), Connection: v.Get("connectionId"), Span: v.Span(),
	}
	d.api.resolve(&i, v.Get("integrationSubtype"))
	return i
}

// validation reads which validator applies and what it checks.
func (d document) validation(op *value.Value) Validation {
	name := op.Get("x-amazon-apigateway-request-validator")
	if name.Exists() == value.No {
		name = d.doc.Get("x-amazon-apigateway-request-validator")
	}
	out := Validation{Body: value.No, Parameters: value.No, Model: op.Get("requestBody", "content"), Span: name.Span()}
	for _, p := range op.Get("parameters").Items() {
		if p.Get("in").Is("body") == value.Yes {
			out.Model = p.Get("schema")
		}
	}
	if name.Exists() == value.No {
		return out
	}
	key, ok := name.Known()
	if !ok {
		out.Body, out.Parameters = value.Unknown, value.Unknown
		return out
	}
	v := d.doc.Get("x-amazon-apigateway-request-validators", key)
	out.Body, out.Parameters = v.Get("validateRequestBody").IsTrue(), v.Get("validateRequestParameters").IsTrue()
	return out
}
