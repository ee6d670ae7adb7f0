package sls

import (
	"github.com/remit-security/remit/internal/source"
)

// A service is one service file being compiled.
type service struct {
	*resolver
	out *Result

	name     *node // of the service
	provider *node // never nil
	custom   *node // resolved where a plug-in reads it
	plugins  map[string]bool
	opaque   bool // a plug-in is used whose part nobody sees

	functions []*function
	byName    map[string]*function
	packaging *node // the section package
	role      *resource
	handlers  handlers

	made    map[string]*resource
	order   []string
	outputs []source.Field
	noted   map[string]bool // problems that are told once

	rest    restAPI
	http    httpAPI
	sockets socketAPI
	edge    edgePlan

	machines []*machine
	steps    *node // the section stepFunctions
}

// once notes a problem only the first time that its key comes up.
func (s *service) once(key string, span source.Span, format string, args ...any) {
	if !s.noted[key] {
		s.noted[key] = true
		s.problem(span, format, args...)
	}
}

// read resolves the sections of the service; false for one that is not on AWS.
func (s *service) read() bool {
	top := s.root
	s.name = s.serviceName(top.Get("service"))
	s.out.Name = shown(s.name)
	s.plugins = map[string]bool{}
	s.readPlugins(s.section("plugins"))
	s.known(top, "the service", topKeys)
	s.provider = s.section("provider")
	if s.provider.Is(source.StringNode) { // provider: aws
		s.provider = obj(s.provider.Span, "name", s.provider)
	}
	if !plain(s.provider) {
		if s.provider != nil {
			s.problem(s.provider.Span, "provider must be a map; nothing of it is read")
		}
		s.provider = source.NewMap(spanOf(s.provider, source.FileSpan(s.file)))
	}
	s.custom = s.head(top.Get("custom"))
	s.proxies()
	s.packaging = s.section("package")
	s.known(s.packaging, "package", packageKeys)
	if !s.checkProvider() {
		return false
	}
	s.stage = s.stageOf(s.provider.Span)
	s.out.Region = s.region()
	s.out.Stack = first(s.setting("stackName"), joinedBy(s.name.Span, "-", s.name, s.stage))
	s.readFunctions(s.merged("functions"))
	s.readMachines()
	s.out.Given = s.stackParameters()
	return true
}

func (s *service) section(key string) *node {
	if n := s.root.Get(key); !isNone(n) {
		return s.value(n)
	}
	return nil
}

func (s *service) serviceName(n *node) *node {
	if m := s.head(n); isMap(m) && !isFn(m) { // service: {name: …}
		n = m.Get("name")
	}
	if isNone(n) {
		s.problem(source.FileSpan(s.file), "the service has no name; write it under service")
		return source.NewString("service", source.FileSpan(s.file))
	}
	return s.value(n)
}

// region is where the service is deployed, as far as that is known.
func (s *service) region() string {
	if s.o.Region != "" {
		return s.o.Region
	}
	switch n := s.setting("region"); {
	case n == nil:
		return defaultRegion
	case n.Is(source.StringNode):
		return n.Text
	}
	return ""
}

// place is the region in a text that the framework puts together itself.
func (s *service) place(span source.Span) *node {
	if s.out.Region != "" {
		return source.NewString(s.out.Region, span)
	}
	return ref(span, "AWS::Region")
}

// defaultRuntime is the runtime where the service names none: it changes from
// version to version of the framework.
func (s *service) defaultRuntime(span source.Span) *node {
	return s.unknown("default-runtime-of-the-framework", span)
}

// setting is a value of the provider; nil if it is not given.
func (s *service) setting(keys ...string) *node { return get(s.provider, keys...) }

// merged is a section that may be written as a list of maps, which are put
// together.
func (s *service) merged(key string) *node {
	n := s.section(key)
	if !isList(n) {
		return n
	}
	var out *node
	for _, it := range n.Items {
		switch {
		case isNone(it):
		case !plain(it):
			s.unread(it, key)
		case out == nil:
			out = it
		default:
			out = merge(out, it)
		}
	}
	return out
}

// unread notes a part of the service that is no map, or not known.
func (s *service) unread(n *node, what string) {
	if name, ok := s.isUnknown(n); ok {
		s.problem(n.Span, "nothing is read of %s: it comes from %s, which is not known here", what, name)
		return
	}
	s.problem(n.Span, "%s must be a map, not a %s; it is not read", what, kindOf(n))
}

func kindOf(n *node) string {
	if isFn(n) {
		return "call of " + n.Fields[0].Key
	}
	return n.Kind.String()
}

// merge puts a map over another one, key by key; lists are merged item by
// item, as the framework does it.
func merge(a, b *node) *node {
	switch {
	case plain(a) && plain(b):
		out := *a
		out.Fields = append([]source.Field(nil), a.Fields...)
		at := make(map[string]int, len(out.Fields))
		for i, f := range out.Fields {
			at[f.Key] = i
		}
		for _, f := range b.Fields {
			if i, ok := at[f.Key]; ok {
				out.Fields[i].Value = merge(out.Fields[i].Value, f.Value)
				continue
			}
			at[f.Key] = len(out.Fields)
			out.Fields = append(out.Fields, f)
		}
		return &out
	case isList(a) && isList(b):
		out := *a
		out.Items = append([]*node(nil), a.Items...)
		for i, it := range b.Items {
			if i < len(out.Items) {
				out.Items[i] = merge(out.Items[i], it)
			} else {
				out.Items = append(out.Items, it)
			}
		}
		return &out
	}
	return b
}

// stackParameters are the values that the provider gives to parameters of the
// template.
func (s *service) stackParameters() map[string]*node {
	out := map[string]*node{}
	for _, p := range items(s.setting("stackParameters")) {
		if key := text(p.Get("ParameterKey")); key != "" && p.Get("ParameterValue").IsScalar() {
			out[key] = p.Get("ParameterValue")
		}
	}
	return out
}

// compile makes all resources, in the framework's order as far as it shows.
func (s *service) compile() {
	s.deploymentBucket()
	s.makeRole()
	for _, f := range s.functions {
		s.compileFunction(f)
	}
	s.compileLayers()
	for _, f := range s.functions {
		s.compileEvents(f)
	}
	s.compileRest()
	s.compileHTTP()
	s.compileSockets()
	s.compileEdge()
	s.finishHandlers()
	s.rolesPerFunction()
	s.stepFunctions()
}

// A resource is one generated CloudFormation resource.
type resource struct {
	id        string
	typ       string
	span      source.Span
	props     *node
	attrs     []source.Field // Condition and so on
	dependsOn []string
}

// add makes a resource. One of the same id is replaced, as the framework does.
func (s *service) add(span source.Span, from, id, typ string, props *node, dependsOn ...string) *resource {
	r := &resource{id: id, typ: typ, span: span, props: props}
	r.depend(dependsOn...)
	if s.made[id] == nil {
		s.order = append(s.order, id)
	}
	s.made[id] = r
	s.out.From[id] = from
	return r
}

func (r *resource) depend(ids ...string) {
	for _, id := range ids {
		if id != "" {
			r.dependsOn = append(r.dependsOn, id)
		}
	}
}

func (r *resource) attr(name string, v *node) {
	if v != nil {
		r.attrs = append(r.attrs, source.F(name, v))
	}
}

func (r *resource) tree() *node {
	out := obj(r.span, "Type", r.typ)
	if len(r.dependsOn) > 0 {
		set(out, "DependsOn", value(r.span, r.dependsOn))
	}
	for _, a := range r.attrs {
		set(out, a.Key, a.Value)
	}
	set(out, "Properties", r.props)
	return out
}

// output adds an entry of Outputs.
func (s *service) output(name string, v *node) {
	s.outputs = append(s.outputs, source.Field{Key: name, KeySpan: v.Span, Value: obj(v.Span, "Value", v)})
}
