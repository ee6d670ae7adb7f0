package lang

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A module is one instance of a module: the root, or what count and for_each
// make of a call. Everything in it is evaluated when it is first asked for, so
// the order in the files does not matter; what asks for itself is a cycle and
// a problem.
type module struct {
	*run
	conf   *config
	parent *module
	from   *call       // nil for the root
	path   string      // "" or "module.a[0].module.b."
	level  int         // of modules in modules
	at     source.Span // of the call, where the text is not the user's
	scope  *scope      // of expressions that stand in no instance

	inputs    map[string]*argument // of the call
	outer     *scope               // in which they are evaluated
	given     map[string]*value.Value
	variables map[string]*thunk
	locals    map[string]*thunk
	outputs   map[string]*thunk
	resources map[string]*resource
	calls     map[string]*call
	places    map[string]*provider
	exists    value.Tri
}

// A thunk is a value that is evaluated once.
type thunk struct {
	done, busy bool
	v          *value.Value
}

func (r *run) newModule(c *config, parent *module, from *call, path string) *module {
	m := &module{
		run: r, conf: c, parent: parent, from: from, path: path, exists: value.Yes,
		inputs: map[string]*argument{}, variables: map[string]*thunk{}, locals: map[string]*thunk{}, outputs: map[string]*thunk{},
		resources: map[string]*resource{}, calls: map[string]*call{}, places: map[string]*provider{},
	}
	m.scope = &scope{module: m}
	if parent != nil {
		m.level = parent.level + 1
		m.at = parent.at
	}
	for _, b := range c.resources {
		res := &resource{module: m, block: b, address: path + address(b)}
		m.resources[b.key()] = res
	}
	for _, b := range c.calls {
		m.calls[b.label(0)] = &call{module: m, block: b, name: b.label(0)}
	}
	return m
}

func address(b *block) string {
	prefix := ""
	if b.typ != "resource" {
		prefix = b.typ + "."
	}
	return prefix + b.label(0) + "." + b.label(1)
}

// span is the place of a range: its own, or, in a module whose text is not
// the user's, that of the call.
func (m *module) span(r hcl.Range) source.Span {
	if !m.at.IsZero() {
		return m.at
	}
	if f := m.files[r.Filename]; f != nil {
		return f.span(r)
	}
	return source.FileSpan(r.Filename)
}

// lazy evaluates a thunk, or finds that it is being evaluated.
func (m *module) lazy(t *thunk, name string, at source.Span, f func() *value.Value) *value.Value {
	switch {
	case t.done:
		return t.v
	case t.busy:
		m.once("cycle "+m.path+name, at, "%s%s depends on itself; it stays unresolved", m.path, name)
		return value.NewUnresolved(name+" depends on itself", at, nil)
	}
	t.busy = true
	m.apart(func() { t.v = f() })
	t.busy, t.done = false, true
	return t.v
}

// local is the value of a local.
func (m *module) local(name string, at source.Span) *value.Value {
	decl := m.conf.names[name]
	if decl == nil {
		return m.missing(at, "local."+name, "there is no local.%s in this module", name)
	}
	t := entry(m.locals, name)
	return m.lazy(t, "local."+name, at, func() *value.Value { return m.scope.eval(decl.expr) })
}

func entry(thunks map[string]*thunk, name string) *thunk {
	t := thunks[name]
	if t == nil {
		t = &thunk{}
		thunks[name] = t
	}
	return t
}

// missing is the value of a name that nothing declares.
func (r *run) missing(at source.Span, name, format string, args ...any) *value.Value {
	r.problem(at, format, args...)
	return value.NewUnresolved(name+" is not declared", at, nil)
}

// output is the value of an output.
func (m *module) output(name string, at source.Span) *value.Value {
	decl := m.conf.index["output "+name]
	if decl == nil {
		return m.missing(at, m.path+name, "the module %s has no output %s", m.from.name, name)
	}
	t := entry(m.outputs, name)
	return m.lazy(t, "output."+name, at, func() *value.Value {
		a := decl.arg("value")
		if a == nil {
			m.problem(m.span(decl.header), "the output %s has no value", name)
			return value.NewUnresolved("the output "+name+" has no value", m.span(decl.header), nil)
		}
		return m.scope.eval(a.expr)
	})
}

// object is the module as a map of its outputs.
func (m *module) object(at source.Span) *value.Value {
	var fields []value.Field
	for _, b := range m.conf.outputs {
		name := b.label(0)
		if entry(m.outputs, name).busy {
			fields = append(fields, value.Field{Key: name, KeySpan: m.span(b.header), Value: value.NewUnresolved(m.path+name, at, nil)})
			continue
		}
		fields = append(fields, value.Field{Key: name, KeySpan: m.span(b.header), Value: m.output(name, at)})
	}
	return value.NewMap(fields, at)
}

// resource is a resource or data source of this module; nil where none is
// declared.
func (m *module) resource(kind, typ, name string) *resource {
	return m.resources[kind+" "+typ+" "+name]
}

// standIn is the value that stands for an instance of a module: it is opened
// when one of its outputs is read.
func (m *module) standIn(at source.Span) *value.Value {
	m.whole = true
	id := m.options.App + "/" + m.path[:len(m.path)-1]
	m.run.modules[id] = m
	return value.NewRef(value.Hole(m.path[:len(m.path)-1]), at, value.Ref{Resource: id})
}

// evaluate evaluates everything in the module that makes instances.
func (m *module) evaluate() {
	for _, b := range m.conf.resources {
		for _, in := range m.resources[b.key()].expand(m.span(b.header)) {
			in.evaluate(in.Span)
		}
	}
	for _, b := range m.conf.calls {
		for _, child := range m.calls[b.label(0)].expand(m.span(b.header)) {
			child.evaluate()
		}
	}
}

// instances are all instances of the module and those below it.
func (m *module) instances() []*instance {
	var out []*instance
	for _, b := range m.conf.resources {
		out = append(out, m.resources[b.key()].expand(m.span(b.header))...)
	}
	for _, b := range m.conf.calls {
		for _, child := range m.calls[b.label(0)].expand(m.span(b.header)) {
			out = append(out, child.instances()...)
		}
	}
	return out
}

// suffix is how an address shows a key.
func suffix(k key) string {
	switch {
	case k.unknown && k.index:
		return "[count.index]"
	case k.unknown:
		return "[each.key]"
	case k.index:
		return "[" + k.text.String() + "]"
	case k.single:
		return ""
	}
	return "[" + strconv.Quote(k.text.String()) + "]"
}

func sortedInstances(list []*instance) []*instance {
	slices.SortFunc(list, func(a, b *instance) int { return cmp.Compare(a.Address, b.Address) })
	return list
}
