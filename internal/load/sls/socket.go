package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A socketAPI is the web socket API that the websocket events of the service
// make together.
type socketAPI struct{ id *node }

// compileSockets makes the web socket API with everything that its routes
// need.
func (s *service) compileSockets() {
	var routes []string
	var span source.Span
	for _, f := range s.functions {
		for _, e := range f.events {
			if e.kind != "websocket" {
				continue
			}
			if s.sockets.id == nil {
				span = e.span
				s.makeSocketAPI(span)
			}
			if s.apiSetting("websocketApiId") == nil {
				s.grantOnce(f, "sockets", span, []string{"execute-api:ManageConnections"},
					list(span, cat(span, "arn:", ref(span, "AWS::Partition"), ":execute-api:*:*:*/@connections/*")))
			}
			if id := s.socketRoute(f, e); id != "" {
				routes = append(routes, id)
			}
		}
	}
	if s.sockets.id == nil {
		return
	}
	id := "WebsocketsDeployment"
	props := obj(span, "ApiId", s.sockets.id, "Description", s.setting("websocketsDescription"))
	if s.apiSetting("websocketApiId") != nil {
		set(props, "StageName", s.stage)
	} else {
		set(s.made["WebsocketsDeploymentStage"].props, "DeploymentId", ref(span, id))
	}
	s.add(span, "provider", id, "AWS::ApiGatewayV2::Deployment", props, routes...)
	s.output("ServiceEndpointWebsocket", cat(span, "wss://", s.sockets.id, ".execute-api.", ref(span, "AWS::Region"), ".",
		ref(span, "AWS::URLSuffix"), "/", s.stage))
}

func (s *service) makeSocketAPI(span source.Span) {
	if own := s.apiSetting("websocketApiId"); own != nil {
		s.sockets.id = own
		return
	}
	id := "WebsocketsApi"
	s.sockets.id = ref(span, id)
	name := s.setting("websocketsApiName")
	if name == nil {
		name = cat(span, s.stage, "-", s.name, "-websockets")
	}
	s.add(span, "provider", id, "AWS::ApiGatewayV2::Api", obj(span, "Name", name, "ProtocolType", "WEBSOCKET", "Tags", s.setting("tags"),
		"RouteSelectionExpression", first(s.setting("websocketsApiRouteSelectionExpression"), source.NewString("$request.body.action", span)),
		"Description", s.setting("websocketsDescription")))
	stage := obj(span, "ApiId", s.sockets.id, "StageName", s.stage)
	s.add(span, "provider", "WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", stage)
	logs := s.setting("logs", "websocket")
	if !truthy(logs) {
		return
	}
	s.known(logs, "logs.websocket", words("accessLogging executionLogging format fullExecutionData level"))
	level := first(get(logs, "level"), source.NewString("INFO", logs.Span))
	if isFalse(get(logs, "executionLogging")) {
		level = source.NewString("OFF", logs.Span)
	}
	set(stage, "DefaultRouteSettings", obj(logs.Span, "DataTraceEnabled", !isFalse(get(logs, "fullExecutionData")), "LoggingLevel", level))
	group := "WebsocketsLogGroup"
	s.add(logs.Span, "provider", group, "AWS::Logs::LogGroup", s.logGroupProps(logs.Span, cat(logs.Span, "/aws/websocket/", s.name, "-", s.stage), nil, nil))
	if !isFalse(get(logs, "accessLogging")) {
		set(stage, "AccessLogSettings", obj(logs.Span, "DestinationArn", arn(logs.Span, "logs", "log-group:", ref(logs.Span, group)),
			"Format", first(get(logs, "format"), source.NewString("$context.identity.sourceIp $context.eventType $context.routeKey $context.requestId", logs.Span))))
	}
	s.gatewayLogs(logs.Span)
}

// socketRoute makes a route with its integration and permission, and gives its
// logical id.
func (s *service) socketRoute(f *function, e event) string {
	route := e.main("route")
	if route == nil {
		s.missing(f, e, "route")
		return ""
	}
	span := e.span
	integration := normal(f.key) + "WebsocketsIntegration"
	s.add(span, f.from(), integration, "AWS::ApiGatewayV2::Integration", obj(span, "ApiId", s.sockets.id, "IntegrationType", "AWS_PROXY",
		"IntegrationUri", lambdaURI(span, f.target(span))), f.aliasID)
	id := routeKey(shown(route)) + "WebsocketsRoute"
	props := obj(span, "ApiId", s.sockets.id, "RouteKey", route, "AuthorizationType", "NONE", "Target", cat(span, "integrations/", ref(span, integration)),
		"RouteResponseSelectionExpression", e.get("routeResponseSelectionExpression"))
	s.add(span, f.from(), id, "AWS::ApiGatewayV2::Route", props)
	if e.get("routeResponseSelectionExpression") != nil {
		s.add(span, f.from(), id+"Response", "AWS::ApiGatewayV2::RouteResponse", obj(span, "ApiId", s.sockets.id, "RouteId", ref(span, id), "RouteResponseKey", "$default"))
	}
	s.allow(f, normal(f.key)+"LambdaPermissionWebsockets", span, "apigateway.amazonaws.com", nil)
	if a := e.get("authorizer"); truthy(a) {
		s.authorizeSocket(f, props, a)
	}
	return id
}

func (s *service) authorizeSocket(f *function, props *node, a *node) {
	target, name, identity := a, a, (*node)(nil)
	if plain(a) {
		s.known(a, "websocket.authorizer", words("arn identitySource name"))
		target, name, identity = get(a, "arn"), get(a, "name"), get(a, "identitySource")
		if target == nil {
			target = name
		}
	}
	depends := ""
	switch other := s.byName[text(target)]; {
	case other != nil:
		target, depends = other.target(a.Span), other.aliasID
	case target.IsScalar() && !strings.Contains(target.Text, ":"), target == nil:
		s.problem(a.Span, "the authorizer %s of the function %s is no function of the service", quote(shown(a)), f.key)
		target = s.unknown("function "+shown(a), a.Span)
	}
	if t := text(name); name == nil || strings.Contains(t, ":") {
		name = source.NewString(afterLast(shown(target), ":"), a.Span)
	}
	if identity == nil {
		identity = value(a.Span, []string{"route.request.header.Auth"})
	}
	id := normal(shown(name)) + "WebsocketsAuthorizer"
	s.add(a.Span, f.from(), id, "AWS::ApiGatewayV2::Authorizer", obj(a.Span, "ApiId", s.sockets.id, "Name", name, "AuthorizerType", "REQUEST",
		"AuthorizerUri", lambdaURI(a.Span, target), "IdentitySource", identity), depends)
	s.add(a.Span, f.from(), normal(shown(name))+"LambdaPermissionWebsockets", "AWS::Lambda::Permission", obj(a.Span, "FunctionName", target,
		"Action", "lambda:InvokeFunction", "Principal", "apigateway.amazonaws.com"), depends)
	set(props, "AuthorizationType", source.NewString("CUSTOM", a.Span))
	set(props, "AuthorizerId", ref(a.Span, id))
}
