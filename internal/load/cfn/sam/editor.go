package sam

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

const (
	anyMethod   = "x-amazon-apigateway-any-method"
	integration = "x-amazon-apigateway-integration"
	defaultPath = "$default"
)

var openAPI3 = regexp.MustCompile(`^3(\.\d)(\.\d)?$`)

// editor writes into the OpenAPI or Swagger definition of one API, in place.
type editor struct {
	x     *expansion
	id    string // of the API
	http  bool
	doc   *node
	paths *node
	index map[string]int // of the paths

	statements map[string]bool // of the resource policy, canonical
}

// editor returns the editor of an API's definition, or nil if the definition
// is not valid, which it reports once.
func (x *expansion) editor(e *entry) *editor {
	if ed, ok := x.editors[e.id]; ok {
		return ed
	}
	body := e.node.Path("Properties", "DefinitionBody")
	p := place{resource: e.id, span: e.key.KeySpan}.at("DefinitionBody", body)
	var ed *editor
	if !validDefinition(body, e.typ() == typeHTTPAPI) {
		x.refuse(p, "is no valid API definition: it needs a version (swagger or openapi) and a map of paths")
	} else {
		ed = x.newEditor(e.id, body, e.typ() == typeHTTPAPI)
	}
	x.editors[e.id] = ed
	return ed
}

func (x *expansion) newEditor(id string, doc *node, http bool) *editor {
	ed := &editor{x: x, id: id, http: http, doc: doc, paths: doc.Get("paths"), index: map[string]int{}}
	for i, f := range ed.paths.Fields {
		ed.index[f.Key] = i
		if !http {
			for _, item := range ed.contents(f.Value) {
				ed.wantPathItem(f.Key, item, f.KeySpan)
			}
		}
	}
	return ed
}

func validDefinition(doc *node, http bool) bool {
	if !isMap(doc) || !isMap(doc.Get("paths")) {
		return false
	}
	if !http && truthy(doc.Get("swagger")) {
		return true
	}
	v := doc.Get("openapi")
	return truthy(v) && v.IsScalar() && openAPI3.MatchString(v.Text)
}

// at is a place in the definition.
func (ed *editor) at(path, method string, n *node) place {
	p := place{resource: ed.id, span: ed.doc.Span}.at("DefinitionBody", ed.doc)
	if path != "" {
		p = p.at("paths", nil).at(path, ed.path(path))
	}
	if method != "" {
		p = p.at(method, nil)
	}
	p.span = spanOf(n, p.span)
	return p
}

func (ed *editor) wantPathItem(path string, item *node, span source.Span) bool {
	if isMap(item) {
		return true
	}
	p := ed.at(path, "", item)
	p.span = spanOf(item, span)
	ed.x.refuse(p, "a path should be a map of methods")
	return false
}

// path returns what stands under a path, nil if nothing does.
func (ed *editor) path(name string) *node {
	if i, ok := ed.index[name]; ok {
		return ed.paths.Fields[i].Value
	}
	return nil
}

func (ed *editor) setPath(name string, v *node) {
	if i, ok := ed.index[name]; ok {
		ed.paths.Fields[i].Value = v
		return
	}
	ed.index[name] = len(ed.paths.Fields)
	ed.paths.Fields = append(ed.paths.Fields, source.F(name, v))
}

// contents are the alternatives of a value that may be an Fn::If.
func (ed *editor) contents(n *node) []*node {
	if !isMap(n) || !n.Has("Fn::If") {
		return []*node{n}
	}
	args := n.Get("Fn::If")
	if !isList(args) || len(args.Items) == 0 {
		ed.x.refuse(ed.at("", "", n).at("Fn::If", args), "should be a list of three values")
		return nil
	}
	var out []*node
	for _, it := range args.Items[1:] {
		if !isNoValue(it) {
			out = append(out, it)
		}
	}
	return out
}

func methodName(m string) string {
	m = strings.ToLower(m)
	if m == "any" {
		return anyMethod
	}
	return m
}

// addPath makes sure that the path and method exist.
func (ed *editor) addPath(p place, path, method string) {
	method = methodName(method)
	item := ed.path(path)
	if item == nil {
		item = source.NewMap(p.span)
		ed.setPath(path, item)
	}
	if !ed.wantPathItem(path, item, p.span) {
		return
	}
	for _, c := range ed.contents(item) {
		if isMap(c) && !c.Has(method) && method != "" {
			set(c, method, source.NewMap(p.span))
		}
	}
}

// integrated reports whether a method has an integration in all alternatives
// of its path.
func (ed *editor) integrated(path, method string) bool {
	method = methodName(method)
	item := ed.path(path)
	if item == nil {
		return false
	}
	for _, c := range ed.contents(item) {
		def := c.Get(method)
		if !isMap(def) {
			return false
		}
		found := false
		for _, d := range ed.contents(def) {
			found = found || truthy(d.Get(integration))
		}
		if !found {
			return false
		}
	}
	return true
}

// methods visits the definitions of one method of a path that have an
// integration.
func (ed *editor) methods(path, method string, visit func(def *node)) {
	method = methodName(method)
	for _, item := range ed.contents(ed.path(path)) {
		if !ed.wantPathItem(path, item, ed.doc.Span) {
			continue
		}
		for _, def := range ed.contents(item.Get(method)) {
			if ed.wantMethod(path, method, def) && truthy(def.Get(integration)) {
				visit(def)
			}
		}
	}
}

func (ed *editor) wantMethod(path, method string, def *node) bool {
	if isMap(def) {
		return true
	}
	ed.x.refuse(ed.at(path, method, def), "the definition of a method should be a map")
	return false
}

// every visits all methods of a path that have an integration.
func (ed *editor) every(path string, visit func(method string, def *node)) {
	for _, item := range ed.contents(ed.path(path)) {
		if !ed.wantPathItem(path, item, ed.doc.Span) {
			continue
		}
		for _, f := range item.Fields {
			if !ed.http && (f.Key == "summary" || f.Key == "description" || f.Key == "parameters") {
				continue
			}
			for _, def := range ed.contents(f.Value) {
				if ed.wantMethod(path, f.Key, def) && truthy(def.Get(integration)) {
					visit(methodName(f.Key), def)
				}
			}
		}
	}
}

// names are the paths in order.
func (ed *editor) names() []string { return keys(ed.paths) }

// route is what an event asks of an API's definition.
type route struct {
	place     place // of the event
	path      string
	method    string
	condition string // of the function
	http      bool   // asked for by an HttpApi event
}

// integrate writes an integration under a route, and responses beside it.
func (ed *editor) integrate(r route, integ, responses *node) {
	ed.addPath(r.place, r.path, r.method)
	method := methodName(r.method)
	for _, item := range ed.contents(ed.path(r.path)) {
		if !ed.wantPathItem(r.path, item, r.place.span) {
			continue
		}
		def := item.Get(method)
		if isNone(def) {
			def = source.NewMap(r.place.span)
			set(item, method, def)
		}
		if !ed.wantMethod(r.path, method, def) {
			continue
		}
		set(def, integration, clone(integ))
		if r.http && r.path == defaultPath && method == anyMethod {
			set(def, "isDefaultRoute", source.NewBool(true, r.place.span))
		}
		if !def.Has("responses") {
			set(def, "responses", clone(responses))
		}
		if r.condition != "" {
			set(item, method, when(r.place.span, r.condition, def, nil))
		}
	}
}

// secure appends security requirements to a method's.
func (ed *editor) secure(r route, add *node) {
	ed.methods(r.path, r.method, func(def *node) {
		old := def.Get("security")
		if old != nil && !isList(old) {
			ed.x.refuse(ed.at(r.path, r.method, old).at("security", old), "should be a list")
			return
		}
		all := source.NewList(spanOf(old, add.Span), append(append([]*node(nil), asList(old)...), clone(add))...)
		set(def, "security", all)
		if !ed.http && all.Items[0].Has("AWS_IAM") {
			ed.defineIAM(add.Span)
		}
	})
}

// schemes is the map of the definition's security schemes.
func (ed *editor) schemes(span source.Span) *node {
	if ed.http {
		return child(child(ed.doc, "components", span), "securitySchemes", span)
	}
	defs := child(ed.doc, "securityDefinitions", span)
	if !isMap(defs) {
		ed.x.refuse(ed.at("", "", defs).at("securityDefinitions", defs), "should be a map")
		defs = source.NewMap(span)
		set(ed.doc, "securityDefinitions", defs)
	}
	return defs
}

func (ed *editor) defineIAM(span source.Span) {
	if defs := ed.schemes(span); !defs.Has("AWS_IAM") {
		set(defs, "AWS_IAM", obj(span, "x-amazon-apigateway-authtype", "awsSigv4", "type", "apiKey",
			"name", "Authorization", "in", "header"))
	}
}

func (ed *editor) defineAPIKey(span source.Span) {
	if defs := ed.schemes(span); !defs.Has("api_key") {
		set(defs, "api_key", obj(span, "type", "apiKey", "name", "x-api-key", "in", "header"))
	}
}
