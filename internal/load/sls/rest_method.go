package sls

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// An authorizer decides who may call a route of the REST API.
type authorizer struct {
	span     source.Span
	typ      string // as written, in capitals
	name     *node
	arn      *node // of the function or user pool
	id       *node // of an authorizer that is there
	function *function
	external bool // the permission is somebody else's
	config   *node
}

var poolARN = regexp.MustCompile(`^arn:[a-zA-Z-]*:cognito-idp`)

func (a *authorizer) cognito() bool {
	return a.typ == "COGNITO_USER_POOLS" || a.arn.IsScalar() && poolARN.MatchString(a.arn.Text)
}

// authorizer reads the authoriser of a route in all its forms: a function's
// name, an ARN, aws_iam, an id, or a map of these.
func (s *service) authorizer(r *route, n *node) *authorizer {
	a := &authorizer{span: n.Span}
	fn := ""
	switch {
	case n.Is(source.StringNode) && strings.EqualFold(n.Text, "aws_iam"):
		a.typ = "AWS_IAM"
	case n.Is(source.StringNode) && !strings.Contains(n.Text, ":"):
		fn, a.name = n.Text, n
	case !plain(n): // an ARN, or one that is not known
		a.arn = n
		a.name = arnName(n)
	default:
		s.known(n, "http.authorizer", words("arn authorizerId claims identitySource identityValidationExpression managedExternally name resultTtlInSeconds scopes type"))
		a.config = n
		a.typ = strings.ToUpper(text(n.Get("type")))
		a.external = truthy(n.Get("managedExternally"))
		switch {
		case a.typ != "" && get(n, "authorizerId") != nil:
			a.id = n.Get("authorizerId")
		case a.typ == "AWS_IAM":
		case get(n, "arn") != nil:
			a.arn, a.name = n.Get("arn"), get(n, "name")
			if a.name == nil {
				a.name = arnName(a.arn)
			}
		case text(n.Get("name")) != "":
			fn, a.name = text(n.Get("name")), n.Get("name")
		default:
			s.problem(n.Span, "the authorizer of the route %s %s names neither a function nor an ARN; who may call it is not known", r.method, r.path)
			a.id = s.unknown("authorizer of "+r.method+" "+r.path, n.Span)
			a.typ = "REQUEST"
		}
	}
	if fn == "" {
		return a
	}
	if a.function = s.byName[fn]; a.function == nil {
		s.problem(n.Span, "the authorizer %s of the route %s %s is no function of the service", quote(fn), r.method, r.path)
		a.arn = s.unknown("function "+fn, n.Span)
		return a
	}
	a.arn = a.function.target(n.Span)
	return a
}

// arnName is the name that an authoriser gets from the ARN of its function.
func arnName(n *node) *node {
	return source.NewString(afterLast(afterLast(shown(n), ":"), "-"), n.Span)
}

func (a *authorizer) logicalID() string { return normal(shown(a.name)) + "ApiGatewayAuthorizer" }

// authorize makes the route's authoriser, unless it is there.
func (s *service) authorize(r *route) {
	a := r.auth
	if a == nil || a.arn == nil {
		return
	}
	props := obj(a.span, "Name", a.name, "RestApiId", s.rest.id, "AuthorizerResultTtlInSeconds", get(a.config, "resultTtlInSeconds"),
		"IdentityValidationExpression", get(a.config, "identityValidationExpression"))
	if a.config != nil && !props.Has("AuthorizerResultTtlInSeconds") {
		set(props, "AuthorizerResultTtlInSeconds", value(a.span, 300))
	}
	identity := get(a.config, "identitySource")
	if identity == nil && !(a.typ == "REQUEST" && text(get(a.config, "resultTtlInSeconds")) == "0") {
		identity = source.NewString("method.request.header.Authorization", a.span)
	}
	set(props, "IdentitySource", identity)
	if a.cognito() {
		set(props, "Type", source.NewString("COGNITO_USER_POOLS", a.span))
		set(props, "ProviderARNs", list(a.span, a.arn))
	} else {
		typ := a.typ
		if typ == "" {
			typ = "TOKEN"
		}
		set(props, "Type", source.NewString(typ, a.span))
		set(props, "AuthorizerUri", lambdaURI(a.span, a.arn))
	}
	depends := ""
	if a.function != nil {
		depends = a.function.aliasID
	}
	s.add(a.span, r.from(), a.logicalID(), "AWS::ApiGateway::Authorizer", props, depends)
}

// lambdaURI is how API Gateway addresses a function.
func lambdaURI(span source.Span, target *node) *node {
	return cat(span, "arn:", ref(span, "AWS::Partition"), ":apigateway:", ref(span, "AWS::Region"), ":lambda:path/2015-03-31/functions/",
		target, "/invocations")
}

// method makes the method of a route.
func (s *service) method(r *route) {
	params := source.NewMap(r.span)
	required := false
	for _, p := range r.parameters() {
		v := p.Value
		if plain(v) {
			v = first(v.Get("required"), source.NewBool(!isFalse(v.Get("required")), v.Span))
		}
		required = required || truthy(v)
		set(params, p.Key, v)
	}
	id := methodID(r.name, r.method)
	props := obj(r.span, "HttpMethod", strings.ToUpper(r.method), "RequestParameters", params, "ResourceId", s.restResource(r, r.path),
		"RestApiId", s.rest.id, "OperationName", r.get("operationId"), "ApiKeyRequired", s.private(r), "Integration", s.integration(r))
	m := s.add(r.span, r.from(), id, "AWS::ApiGateway::Method", props, r.f.aliasID)
	if r.machine == nil {
		m.depend(normal(r.f.key) + "LambdaPermissionApiGateway")
	}
	s.methodAuthorization(r, m)
	s.validation(r, props, required)
	if r.integration == "AWS" || r.integration == "HTTP" || r.integration == "MOCK" {
		set(props, "MethodResponses", list(r.span, obj(r.span, "StatusCode", "200")))
	}
	s.rest.methods = append(s.rest.methods, id)
}

func (s *service) private(r *route) *node {
	n := r.get("private")
	if isFn(n) {
		return n
	}
	return source.NewBool(truthy(n), spanOf(n, r.span))
}

func (s *service) methodAuthorization(r *route, m *resource) {
	a := r.auth
	kind := "NONE"
	var id *node
	switch {
	case a == nil:
	case a.typ == "AWS_IAM":
		kind = "AWS_IAM"
	case a.id != nil:
		kind, id = a.typ, a.id
		if kind == "TOKEN" || kind == "REQUEST" {
			kind = "CUSTOM"
		}
	default:
		kind, id = "CUSTOM", ref(a.span, a.logicalID())
		if a.cognito() {
			kind = "COGNITO_USER_POOLS"
		}
		m.depend(a.logicalID())
	}
	span := r.span
	if a != nil {
		span = a.span
		if scopes := get(a.config, "scopes"); kind == "COGNITO_USER_POOLS" && scopes != nil {
			set(m.props, "AuthorizationScopes", scopes)
		}
	}
	set(m.props, "AuthorizationType", source.NewString(kind, span))
	set(m.props, "AuthorizerId", id)
}

// parameters are the parameters of the request under API Gateway's names.
func (r *route) parameters() []source.Field {
	var out []source.Field
	for _, l := range []struct{ key, name string }{{"querystrings", "querystring"}, {"paths", "path"}, {"headers", "header"}} {
		if n := get(r.request, "parameters", l.key); plain(n) {
			for _, f := range n.Fields {
				out = append(out, source.Field{Key: "method.request." + l.name + "." + f.Key, KeySpan: f.KeySpan, Value: f.Value})
			}
		}
	}
	return out
}

// integration is what stands behind a route: the function, or an address.
func (s *service) integration(r *route) *node {
	if r.machine != nil {
		return s.machineIntegration(r)
	}
	span := r.span
	out := obj(span, "Type", r.integration, "IntegrationHttpMethod", "POST", "TimeoutInMillis", first(r.get("timeoutInMillis"), s.apiSetting("timeoutInMillis")))
	switch r.integration {
	case "AWS", "AWS_PROXY":
		set(out, "Uri", lambdaURI(span, r.f.target(span)))
	case "HTTP", "HTTP_PROXY":
		set(out, "Uri", get(r.request, "uri"))
		method := r.method
		if m := text(get(r.request, "method")); m != "" {
			method = m
		}
		set(out, "IntegrationHttpMethod", source.NewString(strings.ToUpper(method), span))
		if c := r.get("connectionType"); c != nil {
			set(out, "ConnectionType", source.NewString(strings.ReplaceAll(strings.ToUpper(text(c)), "-", "_"), c.Span))
			set(out, "ConnectionId", r.get("connectionId"))
		}
	case "MOCK":
	default:
		s.problem(span, "the integration %s of the route %s %s is not one that remit knows", quote(r.integration), r.method, r.path)
	}
	if r.integration == "AWS" || r.integration == "HTTP" || r.integration == "MOCK" {
		set(out, "PassthroughBehavior", get(r.request, "passThrough"))
		if r.integration == "AWS" && !out.Has("PassthroughBehavior") {
			set(out, "PassthroughBehavior", source.NewString("NEVER", span))
		}
		set(out, "RequestTemplates", get(r.request, "template"))
		set(out, "ContentHandling", get(r.request, "contentHandling"))
	}
	mapped := source.NewMap(span)
	if r.integration != "AWS_PROXY" {
		for _, p := range r.parameters() {
			from := source.NewString(p.Key, p.KeySpan)
			if plain(p.Value) {
				from = first(p.Value.Get("mappedValue"), from)
			}
			set(mapped, "integration."+strings.TrimPrefix(p.Key, "method."), from)
		}
	}
	if truthy(r.get("async")) {
		set(mapped, "integration.request.header.X-Amz-Invocation-Type", source.NewString("'Event'", span))
	}
	if len(mapped.Fields) > 0 {
		set(out, "RequestParameters", mapped)
	}
	if t := get(r.response, "transferMode"); t != nil {
		set(out, "ResponseTransferMode", t)
	}
	return out
}
