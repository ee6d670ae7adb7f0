package sls

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A restAPI is the REST API that the http events of the service make together.
type restAPI struct {
	id        *node // of the API: made here, or one that is there
	methods   []string
	resources map[string]*node // by path
	cors      []*corsPlan
	byPath    map[string]*corsPlan
	deployed  string // logical id of the deployment
}

// A route is one http event, its short forms written long.
type route struct {
	event
	f            *function
	machine      *machine // that the route starts, in the place of a function
	path, method string
	name         string // of its path in logical ids
	integration  string
	auth         *authorizer
	request      *node
	response     *node
}

// apiSetting is a setting of provider.apiGateway.
func (s *service) apiSetting(keys ...string) *node {
	return s.setting(append([]string{"apiGateway"}, keys...)...)
}

// compileRest makes the REST API with everything that its routes need.
func (s *service) compileRest() {
	routes := s.routes()
	if len(routes) == 0 {
		return
	}
	span := routes[0].span
	s.rest.id = s.apiSetting("restApiId")
	if s.rest.id == nil {
		s.rest.id = ref(span, "ApiGatewayRestApi")
		s.makeRestAPI(span)
	}
	s.restResources(routes)
	for _, r := range routes {
		s.authorize(r)
	}
	for _, r := range routes {
		s.method(r)
	}
	s.preflight()
	for _, r := range routes {
		s.restPermission(r)
	}
	s.deployment(span)
	s.usage(span)
	s.restStage(span)
}

// routes reads the http events of all functions.
func (s *service) routes() []*route {
	var out []*route
	for _, f := range s.functions {
		for _, e := range f.events {
			if e.kind != "http" {
				continue
			}
			if r := s.route(f, e); r != nil {
				out = append(out, r)
			}
		}
	}
	return append(out, s.machineRoutes()...)
}

// from is the setting that the route was made from.
func (r *route) from() string {
	if r.machine != nil {
		return r.machine.from()
	}
	return r.f.from()
}

func (s *service) route(f *function, e event) *route {
	r := &route{event: e, f: f}
	path, method := e.get("path"), e.get("method")
	if !plain(e.n) { // "GET /path"
		m, p, _ := strings.Cut(strings.TrimSpace(shown(e.n)), " ")
		if path, method = nil, source.NewString(m, e.n.Span); strings.TrimSpace(p) != "" {
			path = source.NewString(strings.TrimSpace(p), e.n.Span)
		}
	}
	if path == nil || method == nil {
		s.missing(f, e, "path and method")
		return nil
	}
	r.path = strings.TrimSuffix(strings.TrimPrefix(shown(path), "/"), "/")
	r.method = strings.ToLower(shown(method))
	if r.method == "*" {
		r.method = "any"
	}
	r.name = normalPath(r.path)
	switch kind := strings.ReplaceAll(strings.ToUpper(text(e.get("integration"))), "-", "_"); kind {
	case "LAMBDA":
		r.integration = "AWS"
	case "LAMBDA_PROXY", "":
		r.integration = "AWS_PROXY"
		if kind == "" && truthy(e.get("async")) {
			r.integration = "AWS"
		}
	default:
		r.integration = kind
	}
	r.request, r.response = e.get("request"), e.get("response")
	s.known(r.request, "http.request", words("contentHandling method parameters passThrough schema schemas template uri"))
	s.known(r.response, "http.response", words("contentHandling headers statusCodes template transferMode"))
	if n := e.get("authorizer"); truthy(n) {
		r.auth = s.authorizer(r, n)
	}
	if n := e.get("cors"); truthy(n) {
		s.cors(r, n)
	}
	return r
}

// makeRestAPI makes the API itself.
func (s *service) makeRestAPI(span source.Span) {
	endpoint := source.NewString("EDGE", span)
	if n := s.setting("endpointType"); n.Is(source.StringNode) {
		endpoint = source.NewString(strings.ToUpper(n.Text), n.Span)
	} else if n != nil {
		endpoint = n
	}
	props := obj(span, "Name", s.apiName(s.setting("apiName"), s.apiSetting("shouldStartNameWithService"), span),
		"BinaryMediaTypes", s.apiSetting("binaryMediaTypes"), "DisableExecuteApiEndpoint", s.apiSetting("disableDefaultEndpoint"),
		"EndpointConfiguration", obj(span, "Types", list(span, endpoint), "VpcEndpointIds", s.setting("vpcEndpointIds")),
		"Tags", s.tagList(s.setting("tags")), "ApiKeySourceType", s.apiSetting("apiKeySourceType"),
		"MinimumCompressionSize", s.apiSetting("minimumCompressionSize"), "Description", s.apiSetting("description"),
		"SecurityPolicy", s.apiSetting("endpoint", "securityPolicy"), "EndpointAccessMode", s.apiSetting("endpoint", "accessMode"))
	if p := first(s.apiSetting("resourcePolicy"), s.setting("resourcePolicy")); p != nil {
		set(props, "Policy", obj(p.Span, "Version", "2012-10-17", "Statement", p))
	}
	s.add(span, "provider", "ApiGatewayRestApi", "AWS::ApiGateway::RestApi", props)
}

// apiName is the name of an API: what the provider says, else the stage and
// the service, in the order that it asks for.
func (s *service) apiName(own, service *node, span source.Span) *node {
	if own != nil {
		return own
	}
	if truthy(service) {
		return joinedBy(span, "-", s.name, s.stage)
	}
	return joinedBy(span, "-", s.stage, s.name)
}

// restResources makes a resource for every part of every path that is not
// there already.
func (s *service) restResources(routes []*route) {
	s.rest.resources = map[string]*node{}
	root := s.apiSetting("restApiRootResourceId")
	if root == nil {
		root = getAtt(routes[0].span, "ApiGatewayRestApi", "RootResourceId")
		if s.apiSetting("restApiId") != nil {
			root = s.unknown("apiGateway.restApiRootResourceId", s.apiSetting("restApiId").Span)
		}
	}
	s.rest.resources[""] = root
	switch own := s.apiSetting("restApiResources"); {
	case plain(own):
		for _, f := range own.Fields {
			s.rest.resources[strings.Trim(f.Key, "/")] = f.Value
		}
	case isList(own):
		for _, it := range own.Items {
			s.rest.resources[strings.Trim(text(it.Get("path")), "/")] = it.Get("resourceId")
		}
	}
	for _, r := range routes {
		s.restResource(r, r.path)
	}
}

// restResource is the resource of a path, made with those above it.
func (s *service) restResource(r *route, path string) *node {
	cut := strings.Split(path, "/")
	const deepest = 100
	if len(cut) > deepest {
		s.problem(r.span, "the path of the http event has more than %d parts; the route is not read in full", deepest)
		cut = cut[:deepest]
	}
	parent := s.rest.resources[""]
	for i := range cut {
		key := strings.Join(cut[:i+1], "/")
		if key == "" {
			continue
		}
		if known := s.rest.resources[key]; known != nil {
			parent = known
			continue
		}
		id := "ApiGatewayResource" + normalPath(key)
		s.add(r.span, r.from(), id, "AWS::ApiGateway::Resource", obj(r.span, "ParentId", parent, "PathPart", cut[i], "RestApiId", s.rest.id))
		parent = ref(r.span, id)
		s.rest.resources[key] = parent
	}
	return parent
}

// restPermission lets the API call the route's function, and its authoriser.
func (s *service) restPermission(r *route) {
	where := arn(r.span, "execute-api", s.rest.id, "/*/*")
	if r.machine == nil {
		s.allow(r.f, normal(r.f.key)+"LambdaPermissionApiGateway", r.span, "apigateway.amazonaws.com", where)
	}
	a := r.auth
	if a == nil || a.arn == nil || a.cognito() || a.external || isNone(a.name) {
		return
	}
	id := normal(shown(a.name)) + "LambdaPermissionApiGateway"
	if s.made[id] != nil {
		return
	}
	s.add(a.span, r.from(), id, "AWS::Lambda::Permission", obj(a.span, "FunctionName", a.arn, "Action", "lambda:InvokeFunction",
		"Principal", "apigateway.amazonaws.com", "SourceArn", where))
}

// deployment makes the deployment; its stage is part of it.
func (s *service) deployment(span source.Span) {
	s.rest.deployed = "ApiGatewayDeployment"
	slices.Sort(s.rest.methods)
	s.add(span, "provider", s.rest.deployed, "AWS::ApiGateway::Deployment", obj(span, "RestApiId", s.rest.id,
		"StageName", first(s.apiSetting("stage"), s.stage), "Description", s.apiSetting("description")), slices.Compact(s.rest.methods)...)
	s.output("ServiceEndpoint", cat(span, "https://", s.rest.id, ".execute-api.", ref(span, "AWS::Region"), ".", ref(span, "AWS::URLSuffix"), "/", s.stage))
}

// usage makes API keys and usage plans.
func (s *service) usage(span source.Span) {
	keys, plan := first(s.apiSetting("apiKeys"), s.setting("apiKeys")), first(s.apiSetting("usagePlan"), s.setting("usagePlan"))
	if keys == nil && plan == nil {
		return
	}
	named := map[string]bool{}
	if isList(plan) {
		for _, p := range plan.Items {
			if plain(p) && len(p.Fields) > 0 {
				name := p.Fields[0].Key
				named[name] = true
				s.usagePlan(p.Span, name, p.Fields[0].Value)
			}
		}
	} else {
		s.usagePlan(spanOf(first(plan, keys), span), "", plan)
	}
	number := 0
	for _, k := range items(keys) {
		if plain(k) && len(k.Fields) > 0 && named[k.Fields[0].Key] {
			for i, one := range items(k.Fields[0].Value) {
				s.apiKey(one, k.Fields[0].Key, i+1)
			}
			continue
		}
		number++
		s.apiKey(k, "", number)
	}
}

func (s *service) usagePlan(span source.Span, name string, plan *node) {
	var label any = joinedBy(span, "-", s.name, s.stage)
	if name != "" {
		label = joinedBy(span, "-", s.name, name, s.stage)
	}
	props := obj(span, "ApiStages", list(span, obj(span, "ApiId", s.rest.id, "Stage", s.stage)), "UsagePlanName", label)
	if q := get(plan, "quota"); plain(q) {
		set(props, "Quota", obj(q.Span, "Limit", get(q, "limit"), "Offset", get(q, "offset"), "Period", get(q, "period")))
	}
	if t := get(plan, "throttle"); plain(t) {
		set(props, "Throttle", obj(t.Span, "BurstLimit", get(t, "burstLimit"), "RateLimit", get(t, "rateLimit")))
	}
	s.add(span, "provider", "ApiGatewayUsagePlan"+upperFirst(name), "AWS::ApiGateway::UsagePlan", props, s.rest.deployed)
}

func (s *service) apiKey(k *node, plan string, number int) {
	props := obj(k.Span, "Enabled", true, "StageKeys", list(k.Span, obj(k.Span, "RestApiId", s.rest.id, "StageName", s.stage)))
	if plain(k) {
		for _, p := range []string{"enabled", "name", "value", "description", "customerId"} {
			set(props, upperFirst(p), get(k, p))
		}
	} else {
		set(props, "Name", k)
	}
	suffix := upperFirst(plan) + value(k.Span, number).Text
	s.add(k.Span, "provider", "ApiGatewayApiKey"+suffix, "AWS::ApiGateway::ApiKey", props, s.rest.deployed)
	s.add(k.Span, "provider", "ApiGatewayUsagePlanKey"+suffix, "AWS::ApiGateway::UsagePlanKey", obj(k.Span, "KeyId", ref(k.Span, "ApiGatewayApiKey"+suffix),
		"KeyType", "API_KEY", "UsagePlanId", ref(k.Span, "ApiGatewayUsagePlan"+upperFirst(plan))))
}

// restStage is what the framework sets on the stage after deployment, since
// the stage is made by the deployment: logs, tracing, metrics and tags. It
// stands in the model as the deployment's StageDescription.
func (s *service) restStage(span source.Span) {
	logs := s.setting("logs", "restApi")
	desc := source.NewMap(span)
	if truthy(s.setting("tracing", "apiGateway")) {
		set(desc, "TracingEnabled", source.NewBool(true, s.setting("tracing", "apiGateway").Span))
	}
	if truthy(s.apiSetting("metrics")) {
		set(desc, "MetricsEnabled", source.NewBool(true, s.apiSetting("metrics").Span))
	}
	set(desc, "Tags", s.tagList(s.setting("stackTags"), s.setting("tags")))
	if truthy(logs) {
		s.known(logs, "logs.restApi", words("accessLogging executionLogging level fullExecutionData format role roleManagedExternally"))
		if !isFalse(get(logs, "executionLogging")) {
			set(desc, "LoggingLevel", first(get(logs, "level"), source.NewString("INFO", logs.Span)))
			set(desc, "DataTraceEnabled", source.NewBool(!isFalse(get(logs, "fullExecutionData")), logs.Span))
		}
		if !isFalse(get(logs, "accessLogging")) {
			s.add(logs.Span, "provider", "ApiGatewayLogGroup", "AWS::Logs::LogGroup",
				s.logGroupProps(logs.Span, cat(logs.Span, "/aws/api-gateway/", s.name, "-", s.stage), nil, nil))
			set(desc, "AccessLogSetting", obj(logs.Span, "DestinationArn", getAtt(logs.Span, "ApiGatewayLogGroup", "Arn"),
				"Format", first(get(logs, "format"), source.NewString("$context.requestId $context.identity.sourceIp $context.httpMethod $context.resourcePath $context.status", logs.Span))))
			s.gatewayLogs(logs.Span)
		}
	}
	if len(desc.Fields) > 0 {
		set(s.made[s.rest.deployed].props, "StageDescription", desc)
	}
}
