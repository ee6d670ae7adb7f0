package sls

import (
	"regexp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// An httpAPI is the HTTP API that the httpApi events of the service make
// together.
type httpAPI struct {
	id          *node
	authorizers map[string]*httpAuthorizer
}

type httpAuthorizer struct {
	id  string // logical id
	typ string // "request" or "jwt"
}

// httpSetting is a setting of provider.httpApi.
func (s *service) httpSetting(keys ...string) *node {
	return s.setting(append([]string{"httpApi"}, keys...)...)
}

var httpForm = regexp.MustCompile(`^(?i)(\*|ANY|GET|POST|PUT|PATCH|OPTIONS|HEAD|DELETE)\s+(/\S*)$`)

// compileHTTP makes the HTTP API with everything that its routes need.
func (s *service) compileHTTP() {
	var events []*function
	var methods []string
	var span source.Span
	for _, f := range s.functions {
		for _, e := range f.events {
			if e.kind == "httpApi" {
				if len(events) == 0 {
					span = e.span
				}
				if len(events) == 0 || events[len(events)-1] != f {
					events = append(events, f)
				}
				m, _, _ := s.httpRoute(f, e)
				methods = append(methods, m)
			}
		}
	}
	if len(events) == 0 {
		return
	}
	s.http.id = s.httpSetting("id")
	if s.http.id == nil {
		s.http.id = ref(span, "HttpApi")
		s.makeHTTPAPI(span, methods)
	}
	s.httpAuthorizers()
	for _, f := range events {
		integration := "HttpApiIntegration" + normal(f.key)
		payload := first(f.get("httpApi", "payload"), s.httpSetting("payload"), source.NewString("2.0", f.span))
		s.add(f.span, f.from(), integration, "AWS::ApiGatewayV2::Integration", obj(f.span, "ApiId", s.http.id, "IntegrationType", "AWS_PROXY",
			"IntegrationUri", f.target(f.span), "PayloadFormatVersion", payload, "TimeoutInMillis", 30000), f.aliasID)
		s.allow(f, normal(f.key)+"LambdaPermissionHttpApi", f.span, "apigateway.amazonaws.com", arn(f.span, "execute-api", s.http.id, "/*"))
		for _, e := range f.events {
			if e.kind == "httpApi" {
				s.makeHTTPRoute(f, e, integration)
			}
		}
	}
}

// httpRoute is the method and path of an event; both are "*" for the default
// route.
func (s *service) httpRoute(f *function, e event) (method, path string, ok bool) {
	if plain(e.n) {
		method, path = strings.ToUpper(shown(e.get("method"))), shown(e.get("path"))
	} else if t := strings.TrimSpace(shown(e.n)); t == "*" {
		method, path = "*", "*"
	} else if m := httpForm.FindStringSubmatch(t); m != nil {
		method, path = strings.ToUpper(m[1]), m[2]
	}
	if path == "*" && (method == "" || method == "*") {
		return "*", "*", true
	}
	if method == "*" {
		method = "ANY"
	}
	return method, path, method != "" && path != ""
}

func (s *service) makeHTTPAPI(span source.Span, methods []string) {
	props := obj(span, "Name", s.apiName(s.httpSetting("name"), s.httpSetting("shouldStartNameWithService"), span),
		"Description", s.httpSetting("description"), "ProtocolType", "HTTP", "DisableExecuteApiEndpoint", s.httpSetting("disableDefaultEndpoint"),
		"Tags", s.setting("tags"), "CorsConfiguration", s.httpCORS(methods))
	s.add(span, "provider", "HttpApi", "AWS::ApiGatewayV2::Api", props)
	stage := obj(span, "ApiId", ref(span, "HttpApi"), "StageName", "$default", "AutoDeploy", true, "Tags", s.setting("tags"))
	metrics := s.httpSetting("metrics")
	if metrics == nil {
		metrics = source.NewBool(false, span)
	}
	set(stage, "DefaultRouteSettings", obj(span, "DetailedMetricsEnabled", metrics))
	depends := ""
	if logs := s.setting("logs", "httpApi"); truthy(logs) {
		depends = "HttpApiLogGroup"
		s.add(logs.Span, "provider", depends, "AWS::Logs::LogGroup", s.logGroupProps(logs.Span, cat(logs.Span, "/aws/http-api/", s.out.Stack), nil, nil))
		format := first(get(logs, "format"), source.NewString(`{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","routeKey":"$context.routeKey","status":"$context.status"}`, logs.Span))
		set(stage, "AccessLogSettings", obj(logs.Span, "DestinationArn", getAtt(logs.Span, depends, "Arn"), "Format", format))
	}
	s.add(span, "provider", "HttpApiStage", "AWS::ApiGatewayV2::Stage", stage, depends)
	s.output("HttpApiId", ref(span, "HttpApi"))
	s.output("HttpApiUrl", cat(span, "https://", ref(span, "HttpApi"), ".execute-api.", ref(span, "AWS::Region"), ".", ref(span, "AWS::URLSuffix")))
}

func (s *service) httpCORS(methods []string) *node {
	n := s.httpSetting("cors")
	if !truthy(n) {
		return nil
	}
	span := n.Span
	if isFn(n) {
		return n
	}
	s.known(n, "provider.httpApi.cors", words("allowCredentials allowedHeaders allowedMethods allowedOrigins exposedResponseHeaders maxAge"))
	or := func(key string, otherwise []string) *node {
		if v := get(n, key); truthy(v) {
			return source.NewList(v.Span, items(v)...)
		}
		return value(span, otherwise)
	}
	all := []string{"OPTIONS"}
	for _, m := range methods {
		each := []string{m}
		if m == "*" || m == "ANY" {
			each = []string{"GET", "POST", "PUT", "PATCH", "OPTIONS", "HEAD", "DELETE"}
		}
		for _, one := range each {
			if one != "" && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return obj(span, "AllowCredentials", get(n, "allowCredentials"), "AllowHeaders", or("allowedHeaders", append(urlHeaders[:5:5], "X-Amz-User-Agent", urlHeaders[5])),
		"AllowMethods", or("allowedMethods", all), "AllowOrigins", or("allowedOrigins", []string{"*"}),
		"ExposeHeaders", get(n, "exposedResponseHeaders"), "MaxAge", get(n, "maxAge"))
}

// httpAuthorizers makes the authorisers of provider.httpApi.
func (s *service) httpAuthorizers() {
	s.http.authorizers = map[string]*httpAuthorizer{}
	all := s.httpSetting("authorizers")
	if isNone(all) {
		return
	}
	if !plain(all) {
		s.unread(all, "provider.httpApi.authorizers")
		return
	}
	for _, f := range all.Fields {
		n := f.Value
		s.known(n, "an authorizer", words("audience enableSimpleResponses functionArn functionName identitySource issuerUrl managedExternally name payloadVersion resultTtlInSeconds type"))
		name := first(get(n, "name"), source.NewString(f.Key, f.KeySpan))
		a := &httpAuthorizer{id: "HttpApiAuthorizer" + normal(shown(name)), typ: text(n.Get("type"))}
		s.http.authorizers[f.Key] = a
		props := obj(f.KeySpan, "ApiId", s.http.id, "Name", name, "IdentitySource", source.NewList(spanOf(n.Get("identitySource"), f.KeySpan), items(get(n, "identitySource"))...))
		depends := ""
		if a.typ == "request" {
			target := get(n, "functionArn")
			if other := s.byName[text(n.Get("functionName"))]; target == nil && other != nil {
				target, depends = other.target(f.KeySpan), other.aliasID
			}
			if target == nil {
				s.problem(f.KeySpan, "the authorizer %s names no function of the service and no ARN", f.Key)
				target = s.unknown("function of authorizer "+f.Key, f.KeySpan)
			}
			set(props, "AuthorizerType", source.NewString("REQUEST", f.KeySpan))
			set(props, "EnableSimpleResponses", get(n, "enableSimpleResponses"))
			set(props, "AuthorizerResultTtlInSeconds", get(n, "resultTtlInSeconds"))
			set(props, "AuthorizerPayloadFormatVersion", first(get(n, "payloadVersion"), source.NewString("2.0", f.KeySpan)))
			set(props, "AuthorizerUri", lambdaURI(f.KeySpan, target))
			if !truthy(n.Get("managedExternally")) {
				s.add(f.KeySpan, "provider", normal(shown(name))+"LambdaAuthorizerPermissionHttpApi", "AWS::Lambda::Permission",
					obj(f.KeySpan, "FunctionName", target, "Action", "lambda:InvokeFunction", "Principal", "apigateway.amazonaws.com",
						"SourceArn", arn(f.KeySpan, "execute-api", s.http.id, "/*")), depends)
			}
		} else {
			set(props, "AuthorizerType", source.NewString("JWT", f.KeySpan))
			set(props, "JwtConfiguration", obj(f.KeySpan, "Audience", source.NewList(f.KeySpan, items(get(n, "audience"))...), "Issuer", get(n, "issuerUrl")))
		}
		s.add(f.KeySpan, "provider", a.id, "AWS::ApiGatewayV2::Authorizer", props, depends)
	}
}

func (s *service) makeHTTPRoute(f *function, e event, integration string) {
	method, path, ok := s.httpRoute(f, e)
	if !ok {
		s.missing(f, e, "path and method")
		return
	}
	key, id := method+" "+path, "HttpApiRoute"+normalPath(method+" "+path)
	if path == "*" {
		key, id = "$default", "HttpApiRouteDefault"
	}
	props := obj(e.span, "ApiId", s.http.id, "RouteKey", key, "Target", cat(e.span, "integrations/", ref(e.span, integration)))
	if a := e.get("authorizer"); truthy(a) {
		s.authorizeHTTP(props, key, a)
	}
	s.add(e.span, f.from(), id, "AWS::ApiGatewayV2::Route", props, integration)
}

func (s *service) authorizeHTTP(props *node, key string, a *node) {
	name, typ := text(a), ""
	var id *node
	if plain(a) {
		s.known(a, "httpApi.authorizer", words("id name scopes type"))
		name, typ, id = text(a.Get("name")), text(a.Get("type")), get(a, "id")
		set(props, "AuthorizationScopes", get(a, "scopes"))
	}
	if id == nil && typ != "aws_iam" {
		if known := s.http.authorizers[name]; known != nil {
			typ, id = known.typ, ref(a.Span, known.id)
		} else {
			s.problem(a.Span, "the authorizer %s of the route %s is not among provider.httpApi.authorizers; who may call it is not known", quote(shown(a)), key)
			id = s.unknown("authorizer "+name, a.Span)
		}
	}
	kind := "JWT"
	switch typ {
	case "request":
		kind = "CUSTOM"
	case "aws_iam":
		kind, id = "AWS_IAM", nil
	}
	set(props, "AuthorizationType", source.NewString(kind, a.Span))
	set(props, "AuthorizerId", id)
}
