package sam

import (
	"regexp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

var pathParams = regexp.MustCompile(`\{(.*?)\}`)

// httpEvent adds a route of an HTTP API that calls the function.
func (f *functionRun) httpEvent(e *event) []*resource {
	path, method := e.prop("Path"), e.prop("Method")
	api := f.x.entries[text(apiID(e.prop("ApiId")))]
	if api == nil || !isStr(path) || !isStr(method) {
		return nil // reported with the implicit API
	}
	props := api.node.Get("Properties")
	if !isMap(props) {
		return nil
	}
	h := &httpRoute{x: f.x, e: e, api: api, props: props,
		route: route{place: e.place, path: path.Text, method: strings.ToLower(method.Text), condition: f.d.condition(), http: true}}
	h.route.place.span = e.span
	if truthy(props.Get("DefinitionBody")) {
		if h.ed = f.x.editor(api); h.ed == nil {
			return nil
		}
	}
	var list []*resource
	if p := h.permission(f); p != nil {
		list = append(list, p)
	}
	if h.ed != nil {
		h.add(f)
	}
	return list
}

// httpRoute writes one event's route into the definition of an HTTP API.
type httpRoute struct {
	x     *expansion
	e     *event
	api   *entry
	props *node
	ed    *editor
	route route
}

// permission lets the API invoke the function; the permission of the default
// route covers the function's other routes too.
func (h *httpRoute) permission(f *functionRun) *resource {
	path := h.route.path
	switch {
	case path == defaultPath:
		path = ""
	case h.ed != nil && h.ed.defaultIs(f):
		return nil
	}
	path = wildcardPath(path, httpPathParam)
	verb := strings.ToUpper(h.route.method)
	if h.route.method == "any" || h.route.method == anyMethod {
		verb = "*"
	}
	resource := "${__ApiId__}/${__Stage__}/" + verb + path
	if h.route.method == "any" && path == "/"+defaultPath {
		resource = "${__ApiId__}/${__Stage__}" + path
	}
	arn := sub(h.e.span, "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"+resource,
		"__ApiId__", h.e.prop("ApiId"), "__Stage__", "*")
	return f.permission(h.e, "apigateway.amazonaws.com", h.e.lid, "", arn, nil)
}

var arnOf = regexp.MustCompile(`([A-Za-z0-9]+)\.Arn`)

// defaultIs reports whether the default route calls the function.
func (ed *editor) defaultIs(f *functionRun) bool {
	if !ed.integrated(defaultPath, anyMethod) {
		return false
	}
	same := true
	ed.methods(defaultPath, anyMethod, func(def *node) {
		uri := def.Get(integration).Get("uri")
		for _, u := range ed.contents(uri) {
			name, arg := fn(u)
			m := arnOf.FindStringSubmatch(text(arg))
			id := f.d.id
			if f.alias != nil {
				id = f.alias.id
			}
			same = same && name == "Fn::Sub" && m != nil && m[1] == id
		}
	})
	return same
}

func (h *httpRoute) add(f *functionRun) {
	e, ed := h.e, h.ed
	if h.x.managed[h.api.id] && ed.integrated(h.route.path, h.route.method) {
		h.x.refuse(e.at("Path"), "the method %s of the path %s is defined more than once", h.route.method, h.route.path)
		return
	}
	if !ed.integrated(h.route.path, h.route.method) {
		uri := f.functionURI(e, "${AWS::Partition}", "2015-03-31", "invocations")
		if h.route.condition != "" {
			uri = when(e.span, h.route.condition, uri, nil)
		}
		integ := obj(e.span, "type", "aws_proxy", "httpMethod", "POST", "payloadFormatVersion", "2.0", "uri", uri)
		ed.integrate(h.route, integ, source.NewMap(e.span))
	}
	if auth := e.prop("Auth"); truthy(auth) {
		h.authorize(auth)
	}
	h.details()
}

// details sets what belongs to the route itself.
func (h *httpRoute) details() {
	e := h.e
	names := pathParams.FindAllStringSubmatch(h.route.path, -1)
	h.ed.methods(h.route.path, h.route.method, func(def *node) {
		integ := def.Get(integration)
		if t := e.prop("TimeoutInMillis"); truthy(t) {
			set(integ, "timeoutInMillis", t)
		}
		if v := e.prop("PayloadFormatVersion"); truthy(v) {
			set(integ, "payloadFormatVersion", v)
		}
		if len(names) == 0 {
			return
		}
		params := get(def, "parameters")
		if params == nil {
			params = source.NewList(e.span)
			set(def, "parameters", params)
		}
		for _, n := range names {
			i := slices.IndexFunc(params.Items, func(p *node) bool { return text(p.Get("name")) == n[1] })
			if i < 0 {
				push(params, obj(e.span, "name", n[1], "in", "path", "required", true))
				continue
			}
			set(params.Items[i], "in", source.NewString("path", e.span))
			set(params.Items[i], "required", source.NewBool(true, e.span))
		}
	})
}

// authorize applies an event's Auth to its method.
func (h *httpRoute) authorize(auth *node) {
	x, e := h.x, h.e
	api := h.props.Get("Auth")
	if api != nil && !x.wantMap((place{resource: h.api.id, span: h.api.key.KeySpan}).at("Auth", api), api) {
		return
	}
	p := e.at("Auth")
	name := get(auth, "Authorizer")
	if !truthy(name) {
		if name = get(api, "DefaultAuthorizer"); !truthy(name) {
			x.refuse(p.at("Authorizer", nil), "is required, since the API %s has no DefaultAuthorizer", h.api.id)
			return
		}
	}
	all := get(api, "Authorizers")
	iam := isTrue(api.Get("EnableIamAuthorizer"))
	if !h.checkAuthorizer(p.at("Authorizer", name), name, api, all, iam) {
		return
	}
	scopes := get(auth, "AuthorizationScopes")
	if truthy(scopes) && !x.wantList(p.at("AuthorizationScopes", scopes), scopes) {
		scopes = nil
	}
	need := list(name.Span)
	if text(name) != "NONE" && text(name) != "AWS_IAM" {
		conf := all.Get(name.Text)
		if !isMap(conf) {
			x.refuse((place{resource: h.api.id, span: spanOf(conf, name.Span)}).at("Auth", nil).at("Authorizers", nil).at(name.Text, conf), "should be a map")
			return
		}
		if !truthy(scopes) {
			scopes = conf.Get("AuthorizationScopes")
		}
		if truthy(scopes) {
			need = scopes
		}
	}
	h.ed.secure(h.route, obj(name.Span, name.Text, need))
}

func (h *httpRoute) checkAuthorizer(at place, name, api, all *node, iam bool) bool {
	x := h.x
	switch {
	case text(name) == "NONE":
		if !truthy(api.Get("DefaultAuthorizer")) {
			x.refuse(at, "can be NONE only if the API %s has a DefaultAuthorizer", h.api.id)
			return false
		}
	case text(name) == "AWS_IAM" && iam:
	case !truthy(all):
		x.refuse(at, "names an authorizer, but the API %s defines no Authorizers", h.api.id)
		return false
	case !isStr(name):
		x.refuse(at, "should be the name of one of the API's Authorizers")
		return false
	case !isMap(all):
		x.refuse(place{resource: h.api.id, span: all.Span}.at("Auth", api).at("Authorizers", all), "should be a map")
		x.refuse(at, "names an authorizer, but the Authorizers of the API %s are no map", h.api.id)
		return false
	case !truthy(all.Get(name.Text)):
		x.refuse(at, "names the authorizer %s, which is not among the Authorizers of the API %s", name.Text, h.api.id)
		return false
	}
	return true
}
