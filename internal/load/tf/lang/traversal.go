package lang

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// traversal evaluates a name with what follows it.
func (s *scope) traversal(t hcl.Traversal, at source.Span) *value.Value {
	root := t.RootName()
	if v := s.lookup(root); v != nil {
		return s.follow(v, t[1:], at)
	}
	if s.template != nil || !s.place.IsZero() {
		return s.templateName(root, t, at)
	}
	switch root {
	case "var", "local", "module", "path", "terraform", "tofu":
		name, ok := name(t, 1)
		if !ok {
			return s.missing(at, root, "after %s follows a name", root)
		}
		return s.follow(s.named(root, name, at), t[2:], at)
	case "data", "ephemeral", "resource":
		typ, ok1 := name(t, 1)
		label, ok2 := name(t, 2)
		if !ok1 || !ok2 {
			return s.missing(at, root, "after %s follow a type and a name", root)
		}
		return s.follow(s.reference(root, typ, label, at), t[3:], at)
	case "each", "count", "self":
		return s.missing(at, root, "%s has no value here", root)
	}
	label, ok := name(t, 1)
	if !ok {
		return s.missing(at, root, "%.80q is no name that has a value here", root)
	}
	return s.follow(s.reference("resource", root, label, at), t[2:], at)
}

func name(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	a, ok := t[i].(hcl.TraverseAttr)
	return a.Name, ok
}

// named is what the language itself knows by name.
func (s *scope) named(root, name string, at source.Span) *value.Value {
	switch root {
	case "var":
		return s.variable(name, at)
	case "local":
		return s.local(name, at)
	case "module":
		c := s.calls[name]
		if c == nil {
			return s.missing(at, "module."+name, "there is no module %s in this configuration", name)
		}
		return c.value(at)
	case "path":
		switch name {
		case "module":
			return value.NewText(value.Lit(s.dir()), at)
		case "root", "cwd":
			return value.NewText(value.Lit("."), at)
		}
	default:
		if name == "workspace" {
			if w := s.options.Workspace; w != "" {
				return value.NewText(value.Lit(w), at)
			}
			return value.NewText(value.Hole("terraform.workspace"), at)
		}
	}
	return s.missing(at, root+"."+name, "%s has no attribute %s", root, name)
}

// dir is the module's folder as Terraform gives it: relative to that of the
// root module.
func (m *module) dir() string {
	if m.conf.dir == "" {
		return "."
	}
	return relative(m.options.Dir, m.conf.dir)
}

// relative is the way from one folder to another, both below one root.
func relative(from, to string) string {
	from, to = path.Clean(from), path.Clean(to)
	if from == to {
		return "."
	}
	split := func(p string) []string {
		if p == "." {
			return nil
		}
		return strings.Split(p, "/")
	}
	a, b := split(from), split(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return path.Join(strings.Repeat("../", len(a)), path.Join(b...))
}

// reference is a resource or data source: a value that stands for its one
// instance, or a list or map of such values.
func (s *scope) reference(kind, typ, name string, at source.Span) *value.Value {
	r := s.resource(kind, typ, name)
	if r == nil {
		label := typ + "." + name
		if kind != "resource" {
			label = kind + "." + label
		}
		return s.missing(at, label, "there is no %s in this module", label)
	}
	return r.value(at)
}

// follow applies the attributes and indexes behind a name.
func (s *scope) follow(v *value.Value, steps hcl.Traversal, at source.Span) *value.Value {
	for _, step := range steps {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			v = s.attr(v, step.Name, at)
		case hcl.TraverseIndex:
			v = s.index(v, s.literalValue(step.Key, at), at)
		default:
			return s.missing(at, "a splat", "the expression is not one that remit evaluates")
		}
	}
	return v
}

// attr is an attribute of a value.
func (s *scope) attr(v *value.Value, name string, at source.Span) *value.Value {
	if in := s.instanceOf(v); in != nil {
		return s.attribute(in, name, at)
	}
	if m := s.moduleOf(v); m != nil {
		return m.output(name, at)
	}
	switch v.Kind() {
	case value.Map:
		return s.field(v, value.Lit(name), at)
	case value.List:
		if n, err := cty.ParseNumberVal(name); err == nil {
			return s.index(v, s.literalValue(n, at), at)
		}
	}
	return s.below(v, "."+name, at, func(c *value.Value) *value.Value { return s.attr(c, name, at) })
}

// index is an element of a list or a field of a map.
func (s *scope) index(v, key *value.Value, at source.Span) *value.Value {
	if key.Kind() == value.Unresolved && len(key.Choices()) > 0 {
		return s.over(key, at, func(k *value.Value) *value.Value { return s.index(v, k, at) })
	}
	if s.instanceOf(v) != nil || s.moduleOf(v) != nil {
		if name, ok := key.Known(); ok && key.Kind() == value.String {
			return s.attr(v, name, at)
		}
	}
	switch {
	case key.Kind() == value.List || key.Kind() == value.Map || key.Kind() == value.Null:
		return s.missing(at, "an element", "an index must be a number or a string, not a %s", key.Kind())
	case v.Kind() == value.Map && key.Kind() == value.Unresolved:
		return s.anyField(v, func(value.Text) value.Tri { return value.Unknown }, key, at)
	case v.Kind() == value.Map:
		return s.field(v, key.Text(), at)
	case v.Kind() == value.List:
		return s.item(v, key, at)
	}
	return s.below(v, "["+key.Str()+"]", at, func(c *value.Value) *value.Value { return s.index(c, key, at) })
}

// below is a part of what is not known, or of what has no parts.
func (s *scope) below(v *value.Value, suffix string, at source.Span, f func(*value.Value) *value.Value) *value.Value {
	switch v.Kind() {
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			return s.over(v, at, f)
		}
		s.sink.perhaps = true
		return value.NewUnresolved(v.Why(), at, v.Refs())
	case value.String:
		if parts := v.Text().Parts(); len(parts) == 1 && parts[0].Hole != "" {
			s.sink.perhaps = true
			return value.NewText(value.Hole(parts[0].Hole+suffix), at, v.Refs()...)
		}
	}
	s.problem(at, "a %s has no %s", kind(v), strings.TrimPrefix(suffix, "."))
	return value.NewUnresolved("a "+kind(v)+" has no "+strings.TrimPrefix(suffix, "."), at, nil)
}

// field is the field of a map whose key is text.
func (s *scope) field(m *value.Value, text value.Text, at source.Span) *value.Value {
	if key, ok := text.Known(); ok {
		fields := m.Fields()
		for i := len(fields) - 1; i >= 0; i-- {
			if fields[i].Key == key {
				return fields[i].Value
			}
		}
	}
	return s.anyField(m, text.Equal, value.NewText(text, at), at)
}

// anyField are the fields whose keys may be the one that is asked for.
func (s *scope) anyField(m *value.Value, is func(value.Text) value.Tri, key *value.Value, at source.Span) *value.Value {
	var may []*value.Value
	for _, f := range m.Fields() {
		switch is(s.keyText(f.Key)) {
		case value.Yes:
			return f.Value
		case value.Unknown:
			may = append(may, f.Value)
		}
	}
	reason := why(key)
	switch {
	case len(may) == 1 && s.handle(may[0]):
		s.sink.perhaps = true
		return may[0] // the instance that stands for all
	case m.Why() != "":
		s.sink.perhaps = true
		return value.NewUnresolved(m.Why(), at, m.Refs())
	case len(may) == 0:
		s.problem(at, "the map has no %.80q", key.Str())
		return value.NewUnresolved("there is no "+key.Str(), at, nil)
	case reason == "":
		reason = "keys of the map are not known"
	}
	s.sink.perhaps = true
	return s.choose(reason, at, key.Refs(), may...)
}

// item is an element of a list.
func (s *scope) item(list, key *value.Value, at source.Span) *value.Value {
	items := list.Items()
	if _, ok := key.Known(); !ok {
		if len(items) == 0 {
			return s.missing(at, "an element", "the list has no elements")
		}
		s.sink.perhaps = true
		return s.choose(why(key), at, key.Refs(), items...)
	}
	n, ok := key.Int()
	if !ok {
		return s.missing(at, "an element", "an index of a list must be a whole number, not %.80q", key.Str())
	}
	for i, it := range items {
		if isRest(it) && int64(i) <= n {
			s.sink.perhaps = true
			if all := s.standIns(items); len(all) == 1 {
				return all[0] // the instance that stands for all
			}
			return value.NewUnresolved(it.Why(), at, it.Refs())
		}
	}
	if n < 0 || n >= int64(len(items)) {
		return s.missing(at, "an element", "the list has %d elements, none with the index %d", len(items), n)
	}
	// An element before it that may be missing moves those behind it.
	var may []*value.Value
	for i := n; i >= 0; i-- {
		set, maybe := certain(items[i])
		if i == n {
			may = append(may, set)
		}
		if !maybe {
			continue
		}
		if i < n || n+1 < int64(len(items)) {
			s.sink.perhaps = true
			return s.choose(why(items[i]), at, nil, items[i:]...)
		}
	}
	return may[0]
}

// standIns are the values in a list that stand for instances.
func (s *scope) standIns(items []*value.Value) []*value.Value {
	var out []*value.Value
	for _, it := range items {
		if c := it.Choices(); len(c) == 1 && isRest(it) {
			it = c[0]
		}
		if s.handle(it) {
			out = append(out, it)
		}
	}
	return out
}

// instanceOf is the instance that a value stands for, or nil.
func (r *run) instanceOf(v *value.Value) *instance {
	if ref, ok := v.Ref(); ok && ref.Attr == "" {
		return r.objects[ref.Resource]
	}
	return nil
}

// handle tells whether a value stands for an instance of a resource or module.
func (r *run) handle(v *value.Value) bool { return r.instanceOf(v) != nil || r.moduleOf(v) != nil }

func (r *run) moduleOf(v *value.Value) *module {
	if ref, ok := v.Ref(); ok && ref.Attr == "" {
		return r.modules[ref.Resource]
	}
	return nil
}
