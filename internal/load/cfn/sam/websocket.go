package sam

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

const webSocketTag = "websocketapi:createdBy"

// webSocket expands AWS::Serverless::WebSocketApi: the API with a route, an
// integration and a permission for each of its Routes.
func (x *expansion) webSocket(d *decl) {
	for _, name := range []string{"Auth", "Domain", "Routes"} {
		if v := d.prop(name); v != nil {
			set(d.props, name, x.resolver.values(v))
		}
	}
	w := &socketRun{x: x, d: d, auth: d.prop("Auth"), routes: d.prop("Routes")}
	w.validate()
	api := d.main("AWS::ApiGatewayV2::Api")
	api.attrs = d.attrs(kept)
	api.copyProps(d, "ApiKeySelectionExpression", "Description", "DisableExecuteApiEndpoint", "DisableSchemaValidation",
		"IpAddressType", "RouteSelectionExpression")
	api.set("Name", d.id).set("Name", d.prop("Name")).set("ProtocolType", "WEBSOCKET")
	tags := clone(d.prop("Tags"))
	if !truthy(tags) {
		tags = source.NewMap(d.span)
	}
	set(tags, webSocketTag, source.NewString("SAM", d.span))
	api.set("Tags", tags)
	w.list = []*resource{api}
	w.addRoutes()
	w.list = append(w.list, x.domainV2(d, webSocketTag)...)
	w.stage()
	w.authorizer()
	w.spread(tags)
	x.add(w.list...)
}

// socketRun is the expansion of one WebSocket API.
type socketRun struct {
	x        *expansion
	d        *decl
	auth     *node
	routes   *node
	list     []*resource
	routeIDs []string
}

func (w *socketRun) validate() {
	d, x := w.d, w.x
	if w.routes != nil && !truthy(w.routes) {
		x.refuse(d.at("Routes"), "should have at least one route")
	}
	if ip := d.prop("IpAddressType"); ip != nil && !isFn(ip) && text(ip) != "ipv4" && text(ip) != "dualstack" {
		x.refuse(d.at("IpAddressType"), "should be ipv4 or dualstack")
	}
	if tls := get(d.prop("Domain"), "MutualTlsAuthentication"); truthy(tls) {
		x.refuse(d.at("Domain").at("MutualTlsAuthentication", tls), "does not work for WebSocket APIs")
	}
	if text(d.prop("StageName")) == defaultPath {
		x.refuse(d.at("StageName"), "cannot be %s for WebSocket APIs", defaultPath)
	}
	if !truthy(w.auth) {
		w.auth = nil
		return
	}
	p := d.at("Auth")
	if !w.routes.Has("$connect") {
		x.refuse(p, "works only with a $connect route")
	}
	typ := get(w.auth, "AuthType")
	at := p.at("AuthType", typ)
	switch strings.ToUpper(text(typ)) {
	case "":
		x.refuse(at, "is required beside other settings of Auth")
	case "CUSTOM":
		if !truthy(w.auth.Get("AuthArn")) {
			x.refuse(p.at("AuthArn", w.auth.Get("AuthArn")), "is required when AuthType is CUSTOM")
		}
	case "AWS_IAM", "NONE":
		if len(w.auth.Fields) > 1 {
			x.refuse(at, "%s allows no other settings of Auth", typ.Text)
		}
	default:
		x.refuse(at, "should be AWS_IAM, CUSTOM or NONE")
	}
}

// routeName is what a route adds to logical ids, "" if its key is not valid.
func routeName(key string) string {
	name := key
	switch key {
	case "$connect", "$disconnect", "$default":
		name = key[1:]
	}
	if !alnum(name) {
		return ""
	}
	return strings.ToUpper(name[:1]) + strings.ToLower(name[1:])
}

func (w *socketRun) addRoutes() {
	if !isMap(w.routes) {
		return
	}
	for _, f := range w.routes.Fields {
		p := w.d.at("Routes").at(f.Key, f.Value)
		name := routeName(f.Key)
		if name == "" {
			w.x.refuse(p, "the key of a route consists of letters and digits, or is $connect, $disconnect or $default")
			continue
		}
		if w.x.wantMap(p, f.Value) {
			w.route(p, f, w.d.id+name)
		}
	}
}

func (w *socketRun) route(p place, f source.Field, base string) {
	d, span, conf := w.d, f.KeySpan, f.Value
	function := get(conf, "FunctionArn")
	w.x.wantGiven(p.at("FunctionArn", function), function)
	r := d.make(base+"Route", "AWS::ApiGatewayV2::Route", span)
	r.set("RouteKey", f.Key).set("ApiId", ref(span, d.id))
	for _, k := range []string{"ApiKeyRequired", "ModelSelectionExpression", "OperationName", "RequestModels", "RouteResponseSelectionExpression"} {
		r.set(k, get(conf, k))
	}
	if params := get(conf, "RequestParameters"); truthy(params) {
		if f.Key != "$connect" {
			w.x.refuse(p.at("RequestParameters", params), "works only for the route $connect")
		}
		r.set("RequestParameters", params)
	}
	r.set("Target", obj(span, "Fn::Join", list(span, "/", list(span, "integrations", ref(span, base+"Integration")))))
	if w.auth != nil && f.Key == "$connect" {
		switch text(w.auth.Get("AuthType")) {
		case "CUSTOM":
			r.set("AuthorizationType", "CUSTOM").set("AuthorizerId", ref(span, d.id+"ConnectAuthorizer"))
		case "AWS_IAM":
			r.set("AuthorizationType", "AWS_IAM")
		default:
			r.set("AuthorizationType", "NONE")
		}
	}
	integ := d.make(base+"Integration", "AWS::ApiGatewayV2::Integration", span)
	integ.set("ApiId", ref(span, d.id)).set("IntegrationType", "AWS_PROXY").set("TimeoutInMillis", get(conf, "IntegrationTimeout"))
	integ.set("IntegrationUri", sub(span, "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations",
		"FunctionArn", orNull(function, span)))
	perm := d.make(base+"Permission", "AWS::Lambda::Permission", span)
	perm.set("Action", "lambda:InvokeFunction").set("FunctionName", function).set("Principal", "apigateway.amazonaws.com")
	arn := "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${" + d.id + ".ApiId}/"
	if stage := w.stageName(); isStr(stage) {
		perm.set("SourceArn", sub(span, arn+stage.Text+"/"+f.Key))
	} else {
		perm.set("SourceArn", sub(span, arn+"${__StageName__}/"+f.Key, "__StageName__", stage))
	}
	w.routeIDs = append(w.routeIDs, r.id)
	w.list = append(w.list, r, integ, perm)
}

func (w *socketRun) stageName() *node {
	if n := w.d.prop("StageName"); n != nil {
		return n
	}
	return source.NewString("default", w.d.span)
}

func (w *socketRun) stage() {
	d, name := w.d, w.stageName()
	id := d.id + text(name) + "Stage"
	if text(name) == "default" {
		id = d.id + "DefaultStage"
	}
	s := d.make(id, "AWS::ApiGatewayV2::Stage", d.spanOf("StageName"))
	s.set("ApiId", ref(s.span, d.id)).set("StageName", name).set("AutoDeploy", true).set("Tags", obj(s.span, webSocketTag, "SAM"))
	s.copyProps(d, "StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings")
	if truthy(d.prop("RouteSettings")) && len(w.routeIDs) > 0 {
		s.dependOn(w.routeIDs...)
	}
	w.x.part(d.id, "Stage", s.id)
	w.list = append(w.list, s)
}

// authorizer builds the Lambda authorizer of the $connect route.
func (w *socketRun) authorizer() {
	if text(w.auth.Get("AuthType")) != "CUSTOM" || !w.routes.Has("$connect") {
		return
	}
	d, span := w.d, w.auth.Span
	arn := get(w.auth, "AuthArn")
	if !truthy(arn) {
		return
	}
	a := d.make(d.id+"ConnectAuthorizer", "AWS::ApiGatewayV2::Authorizer", span)
	a.set("ApiId", ref(span, d.id)).set("AuthorizerType", "REQUEST").set("AuthorizerCredentialsArn", get(w.auth, "InvokeRole")).
		set("IdentitySource", get(w.auth, "IdentitySource")).set("Name", a.id)
	a.set("AuthorizerUri", sub(span, "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${AuthArn}/invocations", "AuthArn", arn))
	if n := get(w.auth, "Name"); truthy(n) {
		a.set("Name", n)
	}
	w.list = append(w.list, a)
	if !truthy(w.auth.Get("InvokeRole")) {
		w.list = append(w.list, authorizerPermission(d, d.id+"AuthorizerPermission", span, "${AWS::Partition}", arn))
	}
}

// spread propagates tags, which these types take as a map.
func (w *socketRun) spread(tags *node) {
	given := w.d.prop("Tags")
	if !isTrue(w.d.prop("PropagateTags")) || !truthy(given) {
		return
	}
	for _, r := range w.list {
		if r != nil && r.has("Tags") {
			r.set("Tags", tags)
		}
	}
}
