package app

import (
	"iter"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// An API is an AWS::ApiGateway::RestApi or an AWS::ApiGatewayV2::Api.
type API struct{ *Resource }

// An APIKind tells the three kinds of APIs apart.
type APIKind uint8

// The kinds of APIs.
const (
	REST APIKind = iota + 1
	HTTP
	WebSocket
)

func (k APIKind) String() string { return [...]string{"", "REST", "HTTP", "WebSocket"}[k] }

// AsAPI views r as an API.
func AsAPI(r *Resource) API { return API{of(r, "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")} }

// APIs iterates the application's REST, HTTP and WebSocket APIs.
func (a *App) APIs() iter.Seq[API] {
	return views(a, AsAPI, "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
}

// Kind is REST, HTTP or WebSocket.
func (x API) Kind() APIKind {
	switch {
	case x.Resource == nil:
		return 0
	case x.Type == "AWS::ApiGateway::RestApi":
		return REST
	case x.Get("ProtocolType").Is("WEBSOCKET") == value.Yes:
		return WebSocket
	}
	return HTTP
}

// Stages are the API's stages. A REST deployment that names a stage makes one
// that is no resource; see Deployments.
func (x API) Stages() []Stage {
	var out []Stage
	for _, c := range x.children("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage") {
		out = append(out, Stage{c.Resource})
	}
	return out
}

// Deployments are the API's deployments.
func (x API) Deployments() []*Resource {
	return resources(x.children("AWS::ApiGateway::Deployment", "AWS::ApiGatewayV2::Deployment"))
}

// Authorizers are the authorisers that resources declare; those of an OpenAPI
// body are in the routes that use them.
func (x API) Authorizers() []Authorizer {
	var out []Authorizer
	for _, c := range x.children(authorizerTypes...) {
		out = append(out, Authorizer{c.Resource})
	}
	return out
}

// Policies are the API's resource policies; only REST APIs can have one.
func (x API) Policies() []Attached {
	if x.Resource == nil {
		return nil
	}
	return x.App.PolicyDocumentsOn(x.Resource)
}

// Private tells whether only VPC endpoints reach the API.
func (x API) Private() value.Tri {
	if x.Kind() != REST {
		return value.No
	}
	return x.Get("EndpointConfiguration", "Types").Contains("PRIVATE")
}

// Endpoints are the VPC endpoints of a private API.
func (x API) Endpoints() *value.Value { return x.Get("EndpointConfiguration", "VpcEndpointIds") }

// ExecuteDisabled is DisableExecuteApiEndpoint, false by default.
func (x API) ExecuteDisabled() *value.Value { return x.orBool(false, "DisableExecuteApiEndpoint") }

// CORS is the CorsConfiguration of an HTTP API, or what its body says in
// x-amazon-apigateway-cors, under the same keys.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-cors-configuration.html
func (x API) CORS() *value.Value {
	body := x.Get("Body", "x-amazon-apigateway-cors")
	if x.Get("CorsConfiguration").Exists() != value.No || body.Kind() != value.Map {
		return x.Get("CorsConfiguration")
	}
	fields := slices.Clone(body.Fields())
	for i, f := range fields {
		if f.Key != "" {
			fields[i].Key = strings.ToUpper(f.Key[:1]) + f.Key[1:]
		}
	}
	return value.NewMap(fields, body.Span())
}

// A Stage is an AWS::ApiGateway::Stage or an AWS::ApiGatewayV2::Stage.
type Stage struct{ *Resource }

// AsStage views r as a stage.
func AsStage(r *Resource) Stage {
	return Stage{of(r, "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage")}
}

// StageName is the stage's name.
func (s Stage) StageName() *value.Value { return s.Get("StageName") }

// Variables are the stage variables.
func (s Stage) Variables() *value.Value {
	if v := s.Get("Variables"); v.Exists() != value.No {
		return v
	}
	return s.Get("StageVariables")
}

// AccessLogs is where access logs go.
func (s Stage) AccessLogs() *value.Value {
	if v := s.Get("AccessLogSetting"); v.Exists() != value.No {
		return v
	}
	return s.Get("AccessLogSettings")
}

// Tracing is TracingEnabled of a REST stage, false by default.
func (s Stage) Tracing() *value.Value { return s.orBool(false, "TracingEnabled") }

// WebACLs are the associations that put a web ACL before the stage.
func (s Stage) WebACLs() []Child { return s.children("AWS::WAFv2::WebACLAssociation") }

var authorizerTypes = []string{"AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer"}

// An Authorizer is an AWS::ApiGateway::Authorizer or an
// AWS::ApiGatewayV2::Authorizer.
type Authorizer struct{ *Resource }

// AsAuthorizer views r as an authoriser.
func AsAuthorizer(r *Resource) Authorizer { return Authorizer{of(r, authorizerTypes...)} }

// Authorizers iterates the application's authorisers.
func (a *App) Authorizers() iter.Seq[Authorizer] { return views(a, AsAuthorizer, authorizerTypes...) }

// Kind is how the authoriser decides.
func (z Authorizer) Kind() AuthKind {
	if z.Resource == nil {
		return AuthUnknown
	}
	if z.Type == "AWS::ApiGatewayV2::Authorizer" {
		return authKind(z.Get("AuthorizerType"))
	}
	return authKind(z.Get("Type"))
}

// API is the API that the authoriser belongs to.
func (z Authorizer) API() API {
	if z.Resource == nil {
		return API{}
	}
	key := "RestApiId"
	if z.Type == "AWS::ApiGatewayV2::Authorizer" {
		key = "ApiId"
	}
	r, _ := z.App.Lookup(z.Get(key), "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
	return API{r}
}

// Functions are the functions that the authoriser calls.
func (z Authorizer) Functions() []Target { return targets(z.Resource, "AuthorizerUri") }

// TTL is how long a decision is kept, in seconds: 300 by default for REST
// APIs, 0 for others.
func (z Authorizer) TTL() *value.Value {
	if z.Resource != nil && z.Type == "AWS::ApiGateway::Authorizer" {
		return z.orNumber(300, "AuthorizerResultTtlInSeconds")
	}
	return z.orNumber(0, "AuthorizerResultTtlInSeconds")
}

// Routes are the routes that use the authoriser.
func (z Authorizer) Routes() []Route {
	if z.Resource == nil {
		return nil
	}
	index := z.App.routes()
	var out []Route
	for _, i := range index.used[z.Resource] {
		out = append(out, index.all[i])
	}
	return out
}

// authKind reads the name of an authorisation or authoriser type.
func authKind(v *value.Value) AuthKind {
	s, ok := v.Known()
	if !ok {
		return AuthUnknown
	}
	switch s {
	case "NONE":
		return AuthNone
	case "AWS_IAM":
		return AuthIAM
	case "COGNITO_USER_POOLS":
		return AuthCognito
	case "JWT":
		return AuthJWT
	case "CUSTOM", "TOKEN", "REQUEST":
		return AuthLambda
	}
	return AuthUnknown
}
