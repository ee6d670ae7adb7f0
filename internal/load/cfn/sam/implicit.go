package sam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// apiFamily is what differs between REST and HTTP APIs as far as the APIs are
// concerned that events create by being there.
type apiFamily struct {
	event     string // type of the event
	property  string // its property that names the API
	implicit  string // logical id of the implicit API
	typ       string
	condition string // of the implicit API, if several are combined
}

var (
	restAPIs = apiFamily{"Api", "RestApiId", "ServerlessRestApi", typeAPI, "ServerlessRestApiCondition"}
	httpAPIs = apiFamily{"HttpApi", "ApiId", "ServerlessHttpApi", typeHTTPAPI, "ServerlessHttpApiCondition"}
)

// skeleton is an API definition without paths.
func skeleton(typ string, span source.Span) *node {
	key, version := "swagger", "2.0"
	if typ == typeHTTPAPI {
		key, version = "openapi", "3.0.1"
	}
	return obj(span, key, version,
		"info", obj(span, "version", "1.0", "title", ref(span, "AWS::StackName")),
		"paths", obj(span))
}

// giveDefinitions gives every API without a definition an empty one.
func (x *expansion) giveDefinitions() {
	x.each(func(e *entry, props *node) {
		if !truthy(props.Get("DefinitionBody")) && !truthy(props.Get("DefinitionUri")) {
			set(props, "DefinitionBody", skeleton(e.typ(), e.key.KeySpan))
			x.managed[e.id] = true
		}
	}, typeAPI, typeHTTPAPI)
}

// implicitRun collects what the events of one family ask for.
type implicitRun struct {
	x    *expansion
	fam  apiFamily
	span source.Span // first event without an API of its own
	used bool
	apis map[string]*apiUse
}

// apiUse is how events use one API: the conditions of its methods by path,
// and the policies of the resources that they belong to.
type apiUse struct {
	paths    []string
	methods  map[string]map[string]string
	deletion []string
	replace  []string
}

// implicit creates the implicit API of a family and writes the paths of all
// events into the APIs' definitions.
func (x *expansion) implicit(fam apiFamily) {
	run := &implicitRun{x: x, fam: fam, apis: map[string]*apiUse{}}
	old := x.entries[fam.implicit]
	props := obj(x.doc.Span, "DefinitionBody", skeleton(fam.typ, x.doc.Span))
	if fam.typ == typeAPI {
		set(props, "StageName", source.NewString("Prod", x.doc.Span))
	}
	api := &entry{id: fam.implicit, node: obj(x.doc.Span, "Type", fam.typ, "Properties", props)}
	api.key = source.Field{Key: api.id, KeySpan: x.doc.Span}
	x.entries[api.id] = api
	was := x.managed[api.id]
	x.managed[api.id] = true

	x.each(func(e *entry, props *node) { run.owner(e, props) }, typeFunction, typeStateMachine)

	run.attributes(api)
	run.conditions(api)
	if len(api.node.Path("Properties", "DefinitionBody", "paths").Fields) == 0 {
		delete(x.entries, api.id)
		if old != nil {
			x.entries[api.id] = old
			x.managed[api.id] = was
		}
		delete(x.editors, api.id)
		return
	}
	run.respan(api)
	if old != nil { // the declared one gives way
		*old = *api
		x.entries[api.id] = old
		return
	}
	x.declared = append(x.declared, api)
}

// respan makes the implicit API point at the first event that asked for it.
func (r *implicitRun) respan(api *entry) {
	api.key.KeySpan = r.span
	var walk func(n *node)
	walk = func(n *node) {
		if n == nil || n.Span != r.x.doc.Span {
			return
		}
		n.Span = r.span
		for _, it := range n.Items {
			walk(it)
		}
		for i := range n.Fields {
			if n.Fields[i].KeySpan == r.x.doc.Span {
				n.Fields[i].KeySpan = r.span
			}
			walk(n.Fields[i].Value)
		}
	}
	if !r.span.IsZero() {
		walk(api.node)
	}
}

// owner goes over the events of one function or state machine.
func (r *implicitRun) owner(e *entry, props *node) {
	events := props.Get("Events")
	if !isMap(events) {
		return
	}
	for _, f := range events.Fields {
		if text(f.Value.Get("Type")) != r.fam.event || !isMap(f.Value) {
			continue
		}
		p := place{resource: e.id, span: f.KeySpan}.at("Events", events).at(f.Key, f.Value)
		p.span = f.KeySpan
		r.event(e, props, p, f.Value)
	}
}

func (r *implicitRun) event(e *entry, owner *node, p place, event *node) {
	props := event.Get("Properties")
	if props == nil || r.fam.typ == typeHTTPAPI && !truthy(props) && isMap(props) {
		props = source.NewMap(p.span)
		if r.fam.typ == typeAPI {
			return // the missing Path and Method are reported with the event
		}
		set(event, "Properties", props)
	}
	if !truthy(props) && r.fam.typ == typeAPI {
		return
	}
	if !r.x.wantMap(p.at("Properties", props), props) {
		return
	}
	if !props.Has(r.fam.property) {
		r.tags(e, owner)
		set(props, r.fam.property, ref(p.span, r.fam.implicit))
		if !r.used {
			r.used, r.span = true, p.span
		}
	}
	if r.fam.typ == typeHTTPAPI && !truthy(props.Get("Path")) && !truthy(props.Get("Method")) {
		set(props, "Path", source.NewString(defaultPath, p.span))
		set(props, "Method", source.NewString(anyMethod, p.span))
	}
	api := apiID(props.Get(r.fam.property))
	path, method := props.Get("Path"), props.Get("Method")
	good := r.x.wantGiven(p.at("Path", path), path) && r.x.wantGiven(p.at("Method", method), method)
	good = r.x.wantString(p.at(r.fam.property, api), api) && good
	good = good && r.x.wantString(p.at("Path", path), path) && r.x.wantString(p.at("Method", method), method)
	if good {
		r.note(e, text(api), path.Text, method.Text)
		r.write(e, p, props, text(api))
	}
}

// apiID is the logical id in an event's reference to its API, or whatever
// stands there instead.
func apiID(n *node) *node {
	if isMap(n) && n.Has("Ref") {
		return n.Get("Ref")
	}
	return n
}

// tags passes an owner's tags on to the implicit API.
func (r *implicitRun) tags(e *entry, owner *node) {
	section := r.x.doc.Path("Globals", strings.TrimPrefix(e.typ(), "AWS::Serverless::"))
	pick := func(key string) *node {
		if v := owner.Get(key); truthy(v) {
			return v
		}
		return section.Get(key)
	}
	tags := pick("Tags")
	if !isMap(tags) || !truthy(tags) || !truthy(pick("PropagateTags")) ||
		!r.x.grow(place{resource: e.id, property: "Tags", span: tags.Span}, len(tags.Fields)) {
		return
	}
	api := r.x.entries[r.fam.implicit].node.Get("Properties")
	to := child(api, "Tags", tags.Span)
	for _, f := range tags.Fields {
		set(to, f.Key, f.Value)
	}
	set(api, "PropagateTags", source.NewBool(true, tags.Span))
}

func (r *implicitRun) note(e *entry, api, path, method string) {
	use := r.apis[api]
	if use == nil {
		use = &apiUse{methods: map[string]map[string]string{}}
		r.apis[api] = use
	}
	if use.methods[path] == nil {
		use.methods[path] = map[string]string{}
		use.paths = append(use.paths, path)
	}
	use.methods[path][method] = text(e.node.Get("Condition"))
	use.deletion = append(use.deletion, text(e.node.Get("DeletionPolicy")))
	use.replace = append(use.replace, text(e.node.Get("UpdateReplacePolicy")))
}

// write adds an event's path and method to its API's definition.
func (r *implicitRun) write(e *entry, p place, props *node, api string) {
	a := r.x.entries[api]
	if a == nil || r.fam.typ == typeAPI && a.typ() == typeHTTPAPI {
		r.x.refuse(p.at(r.fam.property, props.Get(r.fam.property)),
			"names %s, but the template has no %s of that name", api, r.fam.typ)
		return
	}
	if r.x.managed[api] && a.typ() == r.fam.typ {
		if ed := r.x.editor(a); ed != nil {
			ed.addPath(p, props.Get("Path").Text, props.Get("Method").Text)
		}
	}
	r.settings(e, p, props, a)
}

// settings moves an event's RouteSettings to its API.
func (r *implicitRun) settings(e *entry, p place, ev *node, a *entry) {
	if r.fam.typ != typeHTTPAPI || !ev.Has("RouteSettings") {
		return
	}
	own := ev.Get("RouteSettings")
	route := strings.ToUpper(ev.Get("Method").Text) + " " + ev.Get("Path").Text
	if ev.Get("Method").Text == anyMethod {
		route = ev.Get("Path").Text
	}
	apiProps := a.node.Get("Properties")
	all := apiProps.Get("RouteSettings")
	if all == nil {
		all = source.NewMap(own.Span)
		set(apiProps, "RouteSettings", all)
	}
	if !r.x.wantMap(place{resource: a.id, span: a.key.KeySpan}.at("RouteSettings", all), all) {
		return
	}
	if c := text(e.node.Get("Condition")); c != "" {
		own = when(own.Span, c, own, nil)
	}
	if !r.x.wantMap(p.at("RouteSettings", own), own) {
		return
	}
	to := child(all, route, own.Span)
	for _, f := range own.Fields {
		set(to, f.Key, f.Value)
	}
}

// attributes gives the implicit API the strictest policies of its users.
func (r *implicitRun) attributes(api *entry) {
	use := r.apis[r.fam.implicit]
	if use == nil {
		return
	}
	strictest := func(attr string, have []string, order ...string) {
		for _, v := range order {
			if slices.Contains(have, v) {
				set(api.node, attr, source.NewString(v, r.span))
				return
			}
		}
	}
	strictest("DeletionPolicy", use.deletion, "Retain", "Delete")
	strictest("UpdateReplacePolicy", use.replace, "Retain", "Snapshot", "Delete")
}

// conditions makes paths, and the implicit API itself, depend on conditions if
// everything in them does.
func (r *implicitRun) conditions(api *entry) {
	if use := r.apis[r.fam.implicit]; use != nil {
		var all []string
		for _, path := range use.paths {
			for _, c := range use.methods[path] {
				all = append(all, c)
			}
		}
		if name := r.combine(all, r.fam.condition); name != "" {
			set(api.node, "Condition", source.NewString(name, r.span))
		}
	}
	for _, id := range r.ids() {
		e, use := r.x.entries[id], r.apis[id]
		if e == nil || e.typ() != r.fam.typ || !r.x.managed[id] {
			continue
		}
		ed := r.x.editor(e)
		for _, path := range use.paths {
			var all []string
			for _, c := range use.methods[path] {
				all = append(all, c)
			}
			if ed == nil || ed.path(path) == nil {
				continue
			}
			name := r.combine(all, pathCondition(id, path))
			if name != "" {
				ed.setPath(path, when(ed.path(path).Span, name, ed.path(path), nil))
			}
		}
	}
}

func (r *implicitRun) ids() []string {
	var ids []string
	for id := range r.apis {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func pathCondition(api, path string) string {
	return api + strings.NewReplacer("/", "SLASH", "{", "OB", "}", "CB").Replace(path) + "PathCondition"
}

// combine returns the condition that holds if one of several does, defining
// it under the name if there are several; "" if one of them is always on.
func (r *implicitRun) combine(all []string, name string) string {
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 || all[0] == "" {
		return ""
	}
	if len(all) == 1 {
		return all[0]
	}
	r.x.combined(all, name)
	return name
}

// combined defines a condition as the disjunction of others. Fn::Or takes ten
// arguments, so more become a chain of conditions.
func (x *expansion) combined(all []string, name string) {
	const most = 10
	span := x.doc.Span
	extra := (len(all) - 2) / (most - 1)
	for len(all) > 1 {
		n := min(most, len(all))
		or := source.NewList(span)
		for _, c := range all[:n] {
			push(or, obj(span, "Condition", c))
		}
		this := name
		if extra > 0 {
			this += strconv.Itoa(extra)
			extra--
		}
		x.addCondition(this, obj(span, "Fn::Or", or))
		all = append(slices.Clone(all[n:]), this)
	}
}
