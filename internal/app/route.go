package app

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Route is one way into an API: a method of a REST API, a route of an HTTP
// or WebSocket API, whether an OpenAPI body or resources declare it.
type Route struct {
	// API is the AWS::ApiGateway::RestApi or AWS::ApiGatewayV2::Api.
	API *Resource
	// In is the resource that declares the route: the API itself for a body.
	In *Resource
	// Method is in upper case: GET, POST, ANY … ; empty for WebSocket APIs
	// and where it is not known.
	Method string
	// Path is the path, "/orders/{id}", or the route key of a WebSocket API,
	// "$connect"; "$default" takes everything.
	Path        value.Text
	Auth        Authorization
	Integration Integration
	// Validation is what a REST API checks of a request before it calls the
	// integration.
	Validation Validation
	Span       source.Span
	// Sure is Unknown where it is not known whether the route exists.
	Sure value.Tri
}

// Label is how messages call the route: "POST /order".
func (r Route) Label() string {
	if r.Method == "" {
		return r.Path.String()
	}
	return r.Method + " " + r.Path.String()
}

// An AuthKind is how an API decides whether a caller may use a route. The zero
// value is AuthUnknown: what is not known never counts as protected.
type AuthKind uint8

// The kinds of authorisation.
const (
	AuthUnknown AuthKind = iota
	AuthNone
	AuthIAM
	AuthCognito
	AuthJWT
	AuthLambda
	AuthAPIKey // an API key and nothing else
)

func (k AuthKind) String() string {
	return [...]string{"unknown", "none", "IAM", "Cognito", "JWT", "Lambda", "API key"}[k]
}

// An Authorization says who may use a route.
type Authorization struct {
	Kind AuthKind
	// Value decides, with its span: AuthorizationType, an element of
	// security, or a default at the span of what lacks it.
	Value *value.Value
	// Authorizer is the authoriser as a resource, where it is one; of an
	// OpenAPI body Name and Scheme are its name and definition.
	Authorizer *Resource
	Name       string
	Scheme     *value.Value
	// Scopes are the scopes that a token needs.
	Scopes *value.Value
	// APIKey tells whether an API key is asked for.
	APIKey value.Tri
}

// Open tells whether anybody who reaches the API may use the route. An API key
// identifies and does not authorise, so a route with nothing else is open.
func (a Authorization) Open() value.Tri {
	switch a.Kind {
	case AuthUnknown:
		return value.Unknown
	case AuthNone, AuthAPIKey:
		return value.Yes
	}
	return value.No
}

// Span is where the authorisation is decided.
func (a Authorization) Span() source.Span { return a.Value.Span() }

// An Integration is what a route calls.
type Integration struct {
	// Type is AWS_PROXY, AWS, HTTP_PROXY, HTTP or MOCK.
	Type *value.Value
	// URI is what it calls as written.
	URI *value.Value
	// Functions are the functions that it calls.
	Functions []Target
	// Service and Action are the AWS service that it calls directly:
	// "dynamodb" and "PutItem", "sqs" and "SendMessage"; Resource is the
	// queue, topic, table or state machine, where it is known.
	Service, Action string
	Resource        *Resource
	// Role is the role that it calls with.
	Role *value.Value
	// Templates and Parameters are what maps the request.
	Templates, Parameters *value.Value
	// Connection is the VPC link of a private integration.
	Connection *value.Value
	Span       source.Span
}

// A Validation says which parts of a request a REST API checks.
type Validation struct {
	Body, Parameters value.Tri
	// Model is the body's schema, absent without one.
	Model *value.Value
	Span  source.Span
}

// A routeIndex holds the routes of an application; those of an API lie
// together.
type routeIndex struct {
	all []Route
	of  map[*Resource][2]int // from and to, by API
	// used are the routes of an authoriser, by their places.
	used map[*Resource][]int
}

// Routes are the routes of all APIs of the application, in the order of their
// APIs, spans and labels.
func (a *App) Routes() []Route { return a.routes().all }

func (a *App) routes() *routeIndex {
	a.routesOnce.Do(func() {
		x := &routeIndex{of: map[*Resource][2]int{}, used: map[*Resource][]int{}}
		for api := range a.APIs() {
			from := len(x.all)
			x.all = append(x.all, api.read()...)
			x.of[api.Resource] = [2]int{from, len(x.all)}
		}
		for i, r := range x.all {
			if z := r.Auth.Authorizer; z != nil {
				x.used[z] = append(x.used[z], i)
			}
		}
		a.routesIndex = x
	})
	return a.routesIndex
}

// Routes are the routes of the API.
func (x API) Routes() []Route {
	if x.Resource == nil {
		return nil
	}
	index := x.App.routes()
	at := index.of[x.Resource]
	return index.all[at[0]:at[1]:at[1]]
}

// read finds the routes of the API.
func (x API) read() []Route {
	var out []Route
	if body := x.Get("Body"); body.Exists() != value.No {
		out = append(out, x.openAPI(body)...)
	}
	if x.Kind() == REST {
		out = append(out, x.methods()...)
	} else {
		out = append(out, x.routeResources()...)
	}
	slices.SortStableFunc(out, func(a, b Route) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Label(), b.Label()))
	})
	return out
}

// routesKnown reports whether all routes of the API could be read.
func (x API) routesKnown() bool {
	if x.Get("BodyS3Location").Exists() != value.No {
		return false
	}
	return !slices.ContainsFunc(x.Routes(), func(r Route) bool {
		return r.Span == r.Auth.Value.Span() && r.Auth.Kind == AuthUnknown && r.Sure == value.Unknown
	})
}
