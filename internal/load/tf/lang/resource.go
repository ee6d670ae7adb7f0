package lang

import (
	"slices"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A resource is a block of a resource or data source in one instance of its
// module.
type resource struct {
	module    *module
	block     *block
	address   string
	done      bool
	busy      bool
	instances []*instance
	keys      []key
	why       string // the instances are not known for sure
}

// An instance is an Instance in the making.
type instance struct {
	*Instance
	res        *resource
	scope      *scope
	done, busy bool
}

// expand makes the instances of the block.
func (r *resource) expand(at source.Span) []*instance {
	if r.done {
		return r.instances
	}
	m := r.module
	if r.busy {
		m.once("cycle "+r.address, at, "how many instances %s has depends on itself; none is read", r.address)
		return nil
	}
	r.busy = true
	m.apart(func() { r.keys, r.why = m.scope.keys(r.block, r.address) })
	r.busy, r.done = false, true
	for _, k := range r.keys {
		if m.made++; m.made > maxInstances {
			m.once("instances", m.span(r.block.header), "the configuration has more than %d instances; %s and what comes after it are not read", maxInstances, r.address)
			break
		}
		r.instances = append(r.instances, r.instance(k))
	}
	return r.instances
}

func (r *resource) instance(k key) *instance {
	m, b := r.module, r.block
	in := &instance{res: r, Instance: &Instance{
		Address: r.address + suffix(k), Type: b.label(0), Name: b.label(1), Data: b.typ != "resource",
		Span: m.span(b.header), Exists: k.exists.And(m.exists),
	}}
	if in.Exists == value.Unknown {
		in.When = m.when(b)
	}
	in.ID = m.options.App + "/" + in.Address
	in.scope = m.scope.each(k, in.Address, in.Span)
	if !k.single {
		inner := *in.scope
		inner.address = in.Address
		in.scope = &inner
	}
	m.objects[in.ID] = in
	m.all = append(m.all, in)
	return in
}

// standIn is the value that stands for an instance: its attributes are asked
// for when they are read.
func (in *instance) standIn(at source.Span) *value.Value {
	return value.NewRef(value.Hole(in.Address), at, value.Ref{Resource: in.ID})
}

// value is what a reference to the block gives: the instance, or a list or map
// of instances.
func (r *resource) value(at source.Span) *value.Value {
	all := r.expand(at)
	handles := make([]*value.Value, len(all))
	for i, in := range all {
		handles[i] = in.standIn(at)
	}
	return collection(r.keys, handles, r.why, at, r.module.run)
}

// collection is what count and for_each make of the values of instances.
func collection(keys []key, values []*value.Value, reason string, at source.Span, r *run) *value.Value {
	keys = keys[:min(len(keys), len(values))]
	switch {
	case len(keys) == 1 && keys[0].single:
		return values[0]
	case len(keys) > 0 && keys[0].index && keys[0].unknown:
		return value.NewList([]*value.Value{value.NewUnresolved(restOf+reason, at, nil, values...)}, at)
	case len(keys) > 0 && keys[0].index && reason != "":
		least := 0
		for _, k := range keys {
			if k.exists == value.Yes {
				least++
			}
		}
		var choices []*value.Value
		for n := least; n <= len(keys) && len(choices) < maxChoices; n++ {
			choices = append(choices, value.NewList(values[:n:n], at))
		}
		slices.Reverse(choices)
		return value.NewUnresolved(reason, at, nil, choices...)
	}
	if len(keys) == 0 || keys[0].index {
		return value.NewList(values, at)
	}
	fields := make([]value.Field, len(keys))
	open := ""
	for i, k := range keys {
		v := values[i]
		if k.unknown {
			open = reason
		}
		if k.exists == value.Unknown && !k.unknown {
			v = perhaps(v, "whether the instance exists is not known")
		}
		fields[i] = value.Field{Key: r.keyOf(k.text), KeySpan: at, Value: v}
	}
	return value.NewOpenMap(fields, open, at)
}

// evaluate evaluates the arguments of an instance.
func (in *instance) evaluate(at source.Span) bool {
	if in.done {
		return true
	}
	m := in.res.module
	if in.busy {
		m.once("cycle "+in.ID, at, "%s depends on itself; the reference stays unresolved", in.Address)
		return false
	}
	in.busy = true
	m.apart(func() {
		in.Place, in.DefaultTags = m.placeOf(in)
		in.Attrs = in.scope.attributes(in.res.block, in.DefaultTags)
		in.Protected = in.scope.protected(in.res.block)
		in.DependsOn = in.scope.dependsOn(in.res.block)
	})
	in.busy, in.done = false, true
	return true
}

// attribute is what an expression reads of an instance.
func (s *scope) attribute(in *instance, name string, at source.Span) *value.Value {
	unknown := value.NewRef(value.Hole(in.Address+"."+name), at, value.Ref{Resource: in.ID, Attr: name})
	if !s.enter(func() source.Span { return at }) {
		return unknown
	}
	defer s.leave()
	if !in.evaluate(at) {
		return unknown
	}
	var v *value.Value
	switch p := s.options.Provider; {
	case p == nil:
		if v = in.Attrs.Get(name); v.Kind() == value.Absent {
			v = nil
		}
	case in.Data:
		v = p.Data(in.Instance, name, at)
	default:
		v = p.Attribute(in.Instance, name, at)
	}
	if v == nil {
		return unknown
	}
	return v
}

// notArguments are arguments and blocks whose meaning is the language's.
var notArguments = map[string]bool{
	"count": true, "for_each": true, "provider": true, "depends_on": true,
	"lifecycle": true, "provisioner": true, "connection": true,
}

// protected is lifecycle.prevent_destroy.
func (s *scope) protected(b *block) value.Tri {
	for _, l := range b.nested("lifecycle") {
		if a := l.arg("prevent_destroy"); a != nil {
			return s.truth(s.eval(a.expr), a.expr.Range())
		}
	}
	return value.No
}

// dependsOn are the ids of the instances that depends_on names.
func (s *scope) dependsOn(b *block) []string {
	var out []string
	for _, t := range s.listed(b, "depends_on") {
		switch root := t.RootName(); root {
		case "module":
			if n, ok := name(t, 1); ok && s.calls[n] != nil {
				for _, m := range s.calls[n].expand(s.span(t.SourceRange())) {
					all := m.instances()
					if !s.spend(len(all), s.span(t.SourceRange())) {
						return nil
					}
					for _, in := range all {
						out = append(out, in.ID)
					}
				}
				continue
			}
		default:
			kind, i := "resource", 0
			if root == "data" || root == "ephemeral" || root == "resource" {
				kind, i = root, 1
			}
			typ := root
			if i == 1 {
				typ, _ = name(t, 1)
			}
			label, _ := name(t, i+1)
			if r := s.resource(kind, typ, label); r != nil {
				all := r.expand(s.span(t.SourceRange()))
				if !s.spend(len(all), s.span(t.SourceRange())) {
					return nil
				}
				for _, in := range all {
					out = append(out, in.ID)
				}
				continue
			}
		}
		s.problem(s.span(t.SourceRange()), "depends_on names something that this module does not have")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// defaultTags adds a provider's tags to those of an instance, which win.
func defaultTags(tags, defaults *value.Value) *value.Value {
	if defaults.Kind() != value.Map || tags.Kind() != value.Map {
		return tags
	}
	fields := slices.Clone(tags.Fields())
	own := map[string]bool{}
	for _, f := range fields {
		own[f.Key] = true
	}
	for _, f := range defaults.Fields() {
		if !own[f.Key] {
			fields = append(fields, f)
		}
	}
	return value.NewOpenMap(fields, tags.Why(), tags.Span())
}
