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

// merge puts what a part says into its wholes, or keeps the part as a resource
// where none is in the configuration.
func (m *mapper) merge(in *lang.Instance) {
	t := m.tables.of(in.Type, false)
	found, missing := 0, false
	props := m.props(in, t)
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
			if w.sure.And(in.Exists) == value.Yes {
				r.Props = join(r.Props, keepUnread(props, in, t))
			} else {
				r.Props = joinMaybe(r.Props, keepUnread(props, in, t), "whether "+in.Address+" exists")
			}
			for _, d := range in.DependsOn {
				if d != r.ID {
					r.DependsOn = append(slices.Clip(r.DependsOn), d)
				}
			}
		}
	}
	if found == 0 || missing {
		m.raw(in)
	}
}

// joinMaybe is join for a part that may not be there.
func joinMaybe(a, part *value.Value, why string) *value.Value {
	for _, f := range part.Fields() {
		old := a.Get(f.Key)
		var made *value.Value
		if f.Value.Kind() == value.List && (old.Kind() == value.List || old.Kind() == value.Absent) {
			items := slices.Clone(old.Items())
			for _, el := range f.Value.Items() {
				items = append(items, value.NewUnresolved(why, el.Span(), el.Refs(), el, value.NewAbsent(el.Span())))
			}
			made = value.NewList(items, f.Value.Span())
		} else {
			made = value.NewUnresolved(why, f.Value.Span(), nil, join(fieldOf(a, f.Key), f.Value), old)
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
	for _, el := range v.Items() {
		named := m.named(el, p.into, sure)
		missing = missing || len(named) == 0
		for _, w := range named {
			if !slices.ContainsFunc(out, func(o whole) bool { return o.in == w.in }) {
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

// composite finds the whole that one of several arguments refers to, or whose
// arguments of the same names are equal.
func (m *mapper) composite(in *lang.Instance, p part) []whole {
	for _, arg := range p.by {
		if ref, ok := in.Attrs.Get(arg).Ref(); ok {
			if w := m.byID[ref.Resource]; w != nil && !w.Data && m.typeOf(w) == p.into {
				return []whole{{w, value.Yes}}
			}
		}
	}
	key := compositeKey(in, p.by)
	name := p.into + " " + strings.Join(p.by, "+")
	x := m.wholes[name]
	if x == nil {
		x = map[string][]*lang.Instance{}
		for _, w := range m.ofType[p.into] {
			if !w.Data {
				k := compositeKey(w, p.by)
				x[k] = append(x[k], w)
			}
		}
		m.wholes[name] = x
	}
	var out []whole
	for _, w := range x[key] {
		sure := value.Yes
		if len(x[key]) > 1 {
			sure = value.Unknown
		}
		out = append(out, whole{w, sure})
	}
	return out
}

func compositeKey(in *lang.Instance, by []string) string {
	var b strings.Builder
	for _, arg := range by {
		b.WriteString(in.Attrs.Get(arg).Text().String())
		b.WriteByte(0)
	}
	return b.String()
}
