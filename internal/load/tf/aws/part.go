package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A whole is a resource that a part belongs to, and whether it does.
type whole struct {
	in   *lang.Instance
	sure value.Tri
}

func (m *mapper) problem(span source.Span, format string, args ...any) {
	m.problems = append(m.problems, source.Problem{Span: span, Message: fmt.Sprintf(format, args...)})
}

// merge notes what a part says about its wholes, or keeps the part as a
// resource where none is in the configuration.
func (m *mapper) merge(in *lang.Instance) {
	t := m.tables.of(in.Type, false)
	found, missing := 0, false
	props := keepUnread(m.props(in, t), in, t)
	for _, p := range t.parts {
		wholes, none := m.wholesOf(in, p)
		missing = missing || none
		for _, w := range wholes {
			r := m.made[w.in.ID]
			if r == nil {
				continue
			}
			found++
			m.merged[in.ID] = r.ID
			j := m.joins[r]
			if j == nil {
				j = &joining{}
				m.joins[r] = j
			}
			j.add(in, props, w.sure.And(in.Exists))
		}
	}
	if found == 0 || missing {
		m.raw(in)
	}
}

// A joining is what parts say about one whole.
type joining struct {
	sure  []*value.Value // maps of properties, in the order of the parts
	maybe []perhaps      // of parts that may be missing
	after []string       // what the parts depend on
}

type perhaps struct {
	props *value.Value
	why   string
}

func (j *joining) add(in *lang.Instance, props *value.Value, sure value.Tri) {
	j.after = append(j.after, in.DependsOn...)
	if sure == value.Yes {
		j.sure = append(j.sure, props)
		return
	}
	why := "whether " + in.Address + " exists"
	var rest []value.Field
	for _, f := range props.Fields() {
		if f.Value.Kind() != value.List {
			rest = append(rest, f)
			continue
		}
		items := make([]*value.Value, len(f.Value.Items()))
		for i, el := range f.Value.Items() {
			items[i] = value.NewUnresolved(why, el.Span(), el.Refs(), el, value.NewAbsent(el.Span()))
		}
		list := value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: value.NewList(items, f.Value.Span())}
		j.sure = append(j.sure, value.NewMap([]value.Field{list}, props.Span()))
	}
	if len(rest) > 0 {
		j.maybe = append(j.maybe, perhaps{value.NewMap(rest, props.Span()), why})
	}
}

// join puts all parts into their wholes.
func (m *mapper) join() {
	for _, r := range m.out {
		j := m.joins[r]
		if j == nil {
			continue
		}
		r.Props = join(r.Props, joinAll(j.sure))
		for _, p := range j.maybe {
			r.Props = joinMaybe(r.Props, p.props, p.why)
		}
		r.DependsOn = slices.Concat(r.DependsOn, j.after)
	}
}

// joinAll joins maps by halves, so that long lists are copied a few times only.
func joinAll(list []*value.Value) *value.Value {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	half := len(list) / 2
	return join(joinAll(list[:half]), joinAll(list[half:]))
}

// joinMaybe is join for a part that may not be there.
func joinMaybe(a, part *value.Value, why string) *value.Value {
	for _, f := range part.Fields() {
		made := value.NewUnresolved(why, f.Value.Span(), nil, join(fieldOf(a, f.Key), f.Value), a.Get(f.Key))
		if ways(made) > maxWays {
			made = settled(made)
		}
		a = put(a, path{{key: f.Key}}, field{f.KeySpan, made}, f.KeySpan)
	}
	return a
}

// wholesOf finds the wholes that a part names by one entry of its header, and
// whether an element of a list names none.
func (m *mapper) wholesOf(in *lang.Instance, p part) (out []whole, missing bool) {
	if len(p.by) > 1 {
		return m.composite(in, p), false
	}
	v := in.Attrs.Get(p.by[0])
	if !p.list {
		return m.named(v, p.into, value.Yes), false
	}
	sure := value.Yes
	if v.Kind() == value.Unresolved {
		sure = value.Unknown
	}
	seen := map[*lang.Instance]bool{}
	for _, el := range v.Items() {
		named := m.named(el, p.into, sure)
		missing = missing || len(named) == 0
		for _, w := range named {
			if !seen[w.in] {
				seen[w.in] = true
				out = append(out, w)
			}
		}
	}
	return out, missing
}

// named finds the instances of a type that a value names: by reference, or by
// name, id or ARN.
func (m *mapper) named(v *value.Value, typ string, sure value.Tri) []whole {
	if v.Kind() == value.Unresolved {
		var out []whole
		for _, c := range v.Choices() {
			out = append(out, m.named(c, typ, value.Unknown)...)
		}
		return out
	}
	if ref, ok := v.Ref(); ok {
		if in := m.byID[ref.Resource]; in != nil && !in.Data && m.typeOf(in) == typ {
			return []whole{{in, sure}}
		}
	}
	if v.Kind() == value.String && !v.Text().IsEmpty() {
		if list := m.index(typ)[v.Text().String()]; len(list) > 0 {
			if len(list) > 1 {
				sure = value.Unknown
			}
			var out []whole
			for _, in := range list {
				out = append(out, whole{in, sure})
			}
			return out
		}
	}
	for _, ref := range v.Refs() {
		if in := m.byID[ref.Resource]; in != nil && !in.Data && m.typeOf(in) == typ {
			return []whole{{in, sure}}
		}
	}
	return nil
}

// typeOf is the first name of an instance's type: some have several.
func (m *mapper) typeOf(in *lang.Instance) string {
	if t := m.tables.of(in.Type, in.Data); t != nil {
		return t.typ
	}
	return in.Type
}

// index finds the instances of a type by name, id and ARN.
func (m *mapper) index(typ string) map[string][]*lang.Instance {
	if x := m.wholes[typ]; x != nil {
		return x
	}
	x := map[string][]*lang.Instance{}
	for _, in := range m.ofType[typ] {
		if in.Data {
			continue
		}
		keys := []string{m.nameOf(in).String()}
		for _, attr := range []string{"id", "arn"} {
			keys = append(keys, m.Attribute(in, attr, in.Span).Text().String())
		}
		slices.Sort(keys)
		for _, k := range slices.Compact(keys) {
			if k != "" {
				x[k] = append(x[k], in)
			}
		}
	}
	m.wholes[typ] = x
	return x
}

// composite finds the whole whose arguments of the same names are equal, or
// else the one that one of the arguments refers to.
func (m *mapper) composite(in *lang.Instance, p part) []whole {
	var named *lang.Instance
	for _, arg := range p.by {
		if ref, ok := in.Attrs.Get(arg).Ref(); ok && named == nil {
			if w := m.byID[ref.Resource]; w != nil && !w.Data && m.typeOf(w) == p.into {
				named = w
			}
		}
	}
	equal := m.equals(p)[compositeKey(in, p.by)]
	switch {
	case len(equal) == 0 && named == nil:
		return nil
	case len(equal) == 0, slices.Contains(equal, named):
		return []whole{{named, value.Yes}}
	case len(equal) == 1:
		return []whole{{equal[0], value.Yes}}
	}
	out := make([]whole, len(equal))
	for i, w := range equal {
		out[i] = whole{w, value.Unknown}
	}
	return out
}

// equals finds the wholes of a part by the arguments that must be equal.
func (m *mapper) equals(p part) map[string][]*lang.Instance {
	name := p.into + " " + strings.Join(p.by, "+")
	if x := m.wholes[name]; x != nil {
		return x
	}
	x := map[string][]*lang.Instance{}
	for _, w := range m.ofType[p.into] {
		if !w.Data {
			k := compositeKey(w, p.by)
			x[k] = append(x[k], w)
		}
	}
	m.wholes[name] = x
	return x
}

func compositeKey(in *lang.Instance, by []string) string {
	var b strings.Builder
	for _, arg := range by {
		b.WriteString(in.Attrs.Get(arg).Text().String())
		b.WriteByte(0)
	}
	return b.String()
}
