package sam

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// apiLink is a REST API as an event sees it.
type apiLink struct {
	entry *entry
	props *node
	stage string // what its stage's name adds to logical ids
}

// linkAPI finds the REST API of an event.
func (e *event) linkAPI() *apiLink {
	id := apiID(e.prop("RestApiId"))
	if !isStr(id) {
		return nil // reported with the implicit API
	}
	api := e.x.entries[id.Text]
	if api == nil {
		return nil
	}
	props := api.node.Get("Properties")
	if props == nil {
		props = source.NewMap(api.key.KeySpan)
	}
	p := place{resource: api.id, span: api.key.KeySpan}
	if !e.x.wantMap(p.at("Properties", props), props) {
		return nil
	}
	l := &apiLink{entry: api, props: props, stage: "Stage"}
	if s := props.Get("StageName"); isStr(s) {
		if s.Text == "" {
			e.x.refuse(p.at("StageName", s), "should not be empty")
		}
		l.stage = s.Text
	}
	return l
}

var (
	restPathParam = regexp.MustCompile(`\{([a-zA-Z0-9._-]+\+?|proxy\+)\}`)
	httpPathParam = regexp.MustCompile(`\{([a-zA-Z0-9._-]+|proxy\+)\}`)
)

// apiEvent adds a route of a REST API that calls the function.
func (f *functionRun) apiEvent(e *event) []*resource {
	path, method := e.prop("Path"), e.prop("Method")
	if !isStr(path) || !isStr(method) {
		return nil
	}
	l := e.linkAPI()
	if l == nil {
		return nil
	}
	verb := strings.ToUpper(method.Text)
	if strings.EqualFold(method.Text, "any") {
		verb = "*"
	}
	arn := sub(e.span, f.x.arn("execute-api", "${__ApiId__}/${__Stage__}/"+verb+wildcardPath(path.Text, restPathParam)),
		"__ApiId__", e.prop("RestApiId"), "__Stage__", "*")
	p := f.permission(e, "apigateway.amazonaws.com", e.lid, l.stage, arn, nil)
	r := &restRoute{x: f.x, e: e, l: l, route: route{place: e.place, path: path.Text, method: strings.ToLower(method.Text), condition: f.d.condition()}}
	r.route.place.span, r.stage = e.span, source.NewString(l.stage, e.span)
	if f.x.managed[l.entry.id] || truthy(l.props.Get("MergeDefinitions")) {
		r.addFunction(f)
	}
	r.override()
	return []*resource{p}
}

func wildcardPath(path string, param *regexp.Regexp) string {
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return param.ReplaceAllString(path, "*")
}

// restRoute writes one event's route into the definition of a REST API.
type restRoute struct {
	x     *expansion
	e     *event
	l     *apiLink
	ed    *editor
	route route
	stage *node // of the ARNs in a resource policy
}

// open finds the editor: that of the API, or one of an empty definition whose
// route is merged into the API's own afterwards.
func (r *restRoute) open() bool {
	body := r.l.props.Get("DefinitionBody")
	if isNone(body) {
		return false
	}
	if truthy(r.l.props.Get("MergeDefinitions")) {
		r.ed = r.x.newEditor(r.l.entry.id, skeleton(typeAPI, r.e.span), false)
	} else {
		r.ed = r.x.editor(r.l.entry)
	}
	if r.ed == nil {
		return false
	}
	if r.ed.integrated(r.route.path, r.route.method) {
		r.x.refuse(r.e.place.at("Path", r.e.prop("Path")), "the method %s of the path %s is defined more than once", r.route.method, r.route.path)
		return false
	}
	return true
}

// functionURI is what API Gateway calls to run the function.
func (f *functionRun) functionURI(e *event, partition, version, action string) *node {
	name := f.d.id + ".Arn"
	if f.alias != nil {
		name = f.alias.id
	}
	return sub(e.span, "arn:"+partition+":apigateway:${AWS::Region}:lambda:path/"+version+"/functions/${"+name+"}/"+action)
}

func (r *restRoute) addFunction(f *functionRun) {
	parameters := r.parameters()
	if !r.open() {
		return
	}
	e := r.e
	version, action := "2015-03-31", "invocations"
	streaming := text(e.prop("ResponseTransferMode")) == "RESPONSE_STREAM"
	if streaming {
		version, action = "2021-11-15", "response-streaming-invocations"
	}
	uri := f.functionURI(e, r.x.partition, version, action)
	if r.route.condition != "" {
		uri = when(e.span, r.route.condition, uri, nil)
	}
	integ := obj(e.span, "type", "aws_proxy", "httpMethod", "POST", "uri", uri)
	if streaming {
		set(integ, "responseTransferMode", value(e.span, "STREAM"))
	}
	if c := r.credentials(); c != nil {
		set(integ, "credentials", c)
	}
	if t := e.prop("TimeoutInMillis"); truthy(t) {
		set(integ, "timeoutInMillis", t)
	}
	r.ed.integrate(r.route, integ, source.NewMap(e.span))
	if auth := e.prop("Auth"); truthy(auth) {
		r.authorize(auth)
	}
	r.model()
	for _, p := range parameters {
		r.addParameter(p)
	}
	if truthy(r.l.props.Get("MergeDefinitions")) {
		r.merge()
	}
}

// credentials are whose rights the integration runs with when IAM authorises.
func (r *restRoute) credentials() *node {
	auth, api := r.e.prop("Auth"), r.l.props.Get("Auth")
	if truthy(api) && !r.x.wantMap((place{resource: r.l.entry.id, span: r.l.entry.key.KeySpan}).at("Auth", api), api) {
		return nil
	}
	if text(auth.Get("Authorizer")) != "AWS_IAM" && (text(api.Get("DefaultAuthorizer")) != "AWS_IAM" || truthy(auth)) {
		return nil
	}
	role := func(n *node) *node {
		if n.Has("InvokeRole") && !truthy(n.Get("InvokeRole")) {
			return source.NewString("NONE", n.Span)
		}
		return n.Get("InvokeRole")
	}
	given := role(auth)
	if given == nil {
		given = role(api)
	}
	switch {
	case given == nil:
		return source.NewString("arn:"+r.x.partition+":iam::*:user/*", r.e.span)
	case text(given) == "CALLER_CREDENTIALS":
		return source.NewString("arn:"+r.x.partition+":iam::*:user/*", given.Span)
	case text(given) == "NONE":
		return nil
	}
	return given
}

// authorize applies an event's Auth to its method.
func (r *restRoute) authorize(auth *node) {
	api := r.l.props.Get("Auth")
	if truthy(api) && !r.x.resolved[r.l.entry.id] {
		api = r.x.resolver.values(api)
		set(r.l.props, "Auth", api)
		r.x.resolved[r.l.entry.id] = true
	}
	p := r.e.at("Auth")
	name := get(auth, "Authorizer")
	if truthy(name) && !r.checkAuthorizer(p, name, api) {
		name = nil
	}
	scopes := get(auth, "AuthorizationScopes")
	if truthy(scopes) {
		r.x.wantList(p.at("AuthorizationScopes", scopes), scopes)
		if !truthy(auth.Get("Authorizer")) {
			r.x.refuse(p.at("AuthorizationScopes", scopes), "works only with an Authorizer")
		}
	}
	key := get(auth, "ApiKeyRequired")
	if key != nil && !truthy(key) && !truthy(api.Get("ApiKeyRequired")) {
		r.x.refuse(p.at("ApiKeyRequired", key), "can be false only if the API %s requires a key by default", r.l.entry.id)
	}
	if truthy(name) {
		r.ed.secure(r.route, obj(name.Span, text(name), r.scopes(name, api, scopes)))
	}
	if key != nil {
		need := "api_key_false"
		if truthy(key) {
			need = "api_key"
			r.ed.defineAPIKey(key.Span)
		}
		r.ed.secure(r.route, obj(key.Span, need, list(key.Span)))
	}
	if policy := get(auth, "ResourcePolicy"); truthy(policy) && r.x.wantMap(p.at("ResourcePolicy", policy), policy) {
		r.ed.resourcePolicy(p.at("ResourcePolicy", policy), policy, r.route.path, r.stage)
		r.ed.customStatements(policy)
	}
}

func (r *restRoute) scopes(name, api, scopes *node) *node {
	conf := api.Get("Authorizers").Get(text(name))
	if conf == nil || text(name) == "NONE" {
		return list(name.Span)
	}
	if !isMap(conf) {
		r.x.refuse((place{resource: r.l.entry.id, span: conf.Span}).at("Auth", nil).at("Authorizers", nil).at(text(name), conf), "should be a map")
		return list(name.Span)
	}
	if scopes == nil {
		scopes = get(conf, "AuthorizationScopes")
	}
	if scopes == nil {
		return list(name.Span)
	}
	return scopes
}

// checkAuthorizer reports whether the event may name this authoriser.
func (r *restRoute) checkAuthorizer(p place, name, api *node) bool {
	x := r.x
	all := get(api, "Authorizers")
	if truthy(all) && !isMap(all) {
		x.refuse(place{resource: r.l.entry.id, span: r.l.entry.key.KeySpan}.at("Auth", api).at("Authorizers", all), "should be a map")
		return false
	}
	at := p.at("Authorizer", name)
	switch {
	case text(name) == "AWS_IAM":
	case text(name) == "NONE":
		if !truthy(api.Get("DefaultAuthorizer")) {
			x.refuse(at, "can be NONE only if the API %s has a DefaultAuthorizer", r.l.entry.id)
			return false
		}
	case !truthy(all):
		x.refuse(at, "names an authorizer, but the API %s defines no Authorizers", r.l.entry.id)
		return false
	case !isStr(name):
		x.refuse(at, "should be the name of one of the API's Authorizers")
		return false
	case !truthy(all.Get(name.Text)):
		x.refuse(at, "names the authorizer %s, which is not among the Authorizers of the API %s", name.Text, r.l.entry.id)
		return false
	}
	return true
}

// override applies an event's Auth to a definition that is not the
// transform's own, if OverrideApiAuth asks for it.
func (r *restRoute) override() {
	auth := r.e.prop("Auth")
	if !truthy(auth) || !truthy(auth.Get("OverrideApiAuth")) || !truthy(r.l.props.Get("DefinitionBody")) {
		return
	}
	if !truthy(auth.Get("Authorizer")) && !truthy(auth.Get("ApiKeyRequired")) && !truthy(auth.Get("ResourcePolicy")) {
		r.x.refuse(r.e.at("Auth").at("OverrideApiAuth", auth.Get("OverrideApiAuth")),
			"needs one of Authorizer, ApiKeyRequired and ResourcePolicy beside it")
		return
	}
	if r.ed = r.x.editor(r.l.entry); r.ed != nil {
		r.authorize(auth)
	}
}

// merge puts the generated route into the API's own definition: settings
// there stay unless the event sets them.
func (r *restRoute) merge() {
	body := r.l.props.Get("DefinitionBody")
	p := place{resource: r.l.entry.id, span: r.l.entry.key.KeySpan}.at("DefinitionBody", body)
	if !r.x.wantMap(p, body) {
		return
	}
	paths := body.Get("paths")
	if !truthy(paths) {
		return // the transform loses routes of a definition without paths
	}
	if !r.x.wantMap(p.at("paths", paths), paths) {
		return
	}
	item := child(paths, r.route.path, r.e.span)
	if !r.x.wantMap(p.at("paths", paths).at(r.route.path, item), item) {
		return
	}
	own := child(item, r.route.method, r.e.span)
	if !r.x.wantMap(p.at("paths", paths).at(r.route.path, item).at(r.route.method, own), own) {
		return
	}
	made := r.ed.path(r.route.path).Get(methodName(r.route.method))
	if isMap(made) {
		for _, f := range made.Fields {
			set(own, f.Key, f.Value)
		}
	}
}
