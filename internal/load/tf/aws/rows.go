package aws

import (
	"slices"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A step of the mapping has what is left of a row below the argument and the
// property that are reached.
type rest struct {
	arg, prop path
	conv      conversion
}

// mapped are the properties that the rows of a table make of the arguments; a
// Map, or nil where there are none.
func mapped(rows []row, attrs *value.Value) *value.Value {
	list := make([]rest, 0, len(rows))
	for _, r := range rows {
		if !r.shaped {
			list = append(list, rest{r.arg, r.prop, r.conv})
		}
	}
	return mapRows(list, attrs, source.Span{})
}

// mapRows maps the fields of a map. block is the span that properties get
// which only hold others; zero for that of the argument.
func mapRows(rows []rest, v *value.Value, block source.Span) *value.Value {
	var out *value.Value
	rows, grown := growing(rows)
	for _, g := range grown {
		tails := make([]rest, len(g))
		at := slices.IndexFunc(g[0].prop, func(s step) bool { return s.grow })
		for i, r := range g {
			tails[i] = rest{r.arg, r.prop[at+1:], r.conv}
		}
		if el := mapElement(tails, v, block); el.Kind() != value.Absent {
			list := value.NewList([]*value.Value{el}, el.Span())
			out = put(out, g[0].prop[:at+1], field{span: el.Span(), value: list}, block)
		}
	}
	for _, g := range byArgument(rows) {
		arg := find(v, g[0].arg[0].key)
		if arg.value.Kind() == value.Absent || arg.value.Kind() == value.Null {
			continue
		}
		out = mapArgument(out, g, arg, block)
	}
	return out
}

// mapElement makes the new element of a list: of rows that end there the value
// itself, else a map.
func mapElement(tails []rest, v *value.Value, block source.Span) *value.Value {
	if len(tails[0].prop) > 0 {
		return mapRows(tails, v, block)
	}
	r := tails[0]
	keys := make([]string, len(r.arg))
	for i, s := range r.arg {
		keys[i] = s.key
	}
	for _, k := range keys[:len(keys)-1] {
		v = one(v.Get(k))
	}
	if v = set(v.Get(keys[len(keys)-1])); v.Kind() == value.Absent || v.Kind() == value.Null {
		return nil
	}
	return r.conv.apply(v)
}

// mapArgument maps one argument by all rows that begin with it.
func mapArgument(out *value.Value, rows []rest, arg field, block source.Span) *value.Value {
	var below []rest
	for _, r := range rows {
		switch {
		case r.arg[0].list:
		case len(r.arg) == 1:
			if leaf := r.conv.apply(set(arg.value)); leaf.Kind() != value.Absent {
				out = put(out, r.prop, field{arg.span, leaf}, block)
			}
		default:
			below = append(below, rest{r.arg[1:], r.prop, r.conv})
		}
	}
	if len(below) > 0 {
		out = join(out, mapBlock(below, arg.value))
	}
	for _, g := range byHead(rows) {
		list := elements(arg.value, func(el *value.Value) *value.Value {
			if len(g.tails[0].prop) == 0 {
				return g.tails[0].conv.apply(el)
			}
			if m := mapBlock(g.tails, el); m != nil {
				return m
			}
			return value.NewMap(nil, el.Span())
		})
		made := put(nil, g.head, field{arg.span, list}, block)
		out = join(out, made)
	}
	return out
}

// set is the argument, absent where it is the empty text: the provider takes
// that for an argument that is not written.
func set(v *value.Value) *value.Value {
	return each(v, func(c *value.Value) *value.Value {
		if c.Kind() == value.String && c.Text().IsEmpty() {
			return value.NewAbsent(c.Span())
		}
		return c
	})
}

// mapBlock maps a map, the one block of a type, or whichever of these an
// unresolved value may be.
func mapBlock(rows []rest, v *value.Value) *value.Value {
	switch v.Kind() {
	case value.Map:
		return mapRows(rows, v, v.Span())
	case value.List:
		if v.Len() > 0 {
			return mapBlock(rows, oneOf(v))
		}
	case value.Unresolved:
		if len(v.Choices()) == 0 {
			return opaque(rows, v)
		}
		made := make([]*value.Value, len(v.Choices()))
		for i, c := range v.Choices() {
			made[i] = mapBlock(rows, c)
		}
		return choose(v, made)
	}
	return nil
}

// choose makes each property unresolved that the choices give differently.
func choose(v *value.Value, made []*value.Value) *value.Value {
	var fields []value.Field
	for i, m := range made {
		for _, f := range m.Fields() {
			if slices.ContainsFunc(fields, func(o value.Field) bool { return o.Key == f.Key }) {
				continue
			}
			choices := make([]*value.Value, len(made))
			for j, o := range made {
				switch {
				case i == j:
					choices[j] = f.Value
				case o == nil:
					choices[j] = value.NewAbsent(v.Span())
				default:
					choices[j] = o.Get(f.Key)
				}
			}
			fields = append(fields, value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)})
		}
	}
	if fields == nil {
		return nil
	}
	return value.NewMap(fields, v.Span())
}

// opaque puts something of which nothing is known at the property that holds
// all that would be made of it.
func opaque(rows []rest, v *value.Value) *value.Value {
	common := parent(rows[0].prop)
	for _, r := range rows[1:] {
		p := parent(r.prop)
		n := 0
		for n < len(common) && n < len(p) && common[n] == p[n] {
			n++
		}
		common = common[:n]
	}
	if len(common) > 0 {
		return put(nil, common, field{v.Span(), v}, v.Span())
	}
	var out *value.Value
	for _, r := range rows {
		leaf := v
		for _, s := range r.arg {
			leaf = leaf.Get(s.key)
		}
		out = put(out, upToList(r.prop), field{v.Span(), leaf}, v.Span())
	}
	return out
}

// parent is the path of what holds the property, not below a list.
func parent(p path) path {
	if q := upToList(p); len(q) < len(p) {
		return q
	}
	return p[:len(p)-1]
}

// upToList is the path up to its first list.
func upToList(p path) path {
	for i, s := range p {
		if s.list || s.grow {
			return p[:i+1]
		}
	}
	return p
}

// elements maps the elements of a list or of repeated blocks.
func elements(v *value.Value, f func(*value.Value) *value.Value) *value.Value {
	switch v.Kind() {
	case value.List:
		items := make([]*value.Value, len(v.Items()))
		for i, el := range v.Items() {
			items[i] = each(el, f)
		}
		return value.NewList(items, v.Span())
	case value.Unresolved:
		return each(v, func(c *value.Value) *value.Value { return elements(c, f) })
	}
	return value.NewList([]*value.Value{f(v)}, v.Span())
}

// each maps a value, or the choices of an unresolved one. What is absent or
// wholly unknown stays what it is.
func each(v *value.Value, f func(*value.Value) *value.Value) *value.Value {
	switch v.Kind() {
	case value.Absent, value.Null:
		return v
	case value.Unresolved:
		if len(v.Choices()) == 0 {
			return v
		}
		choices := make([]*value.Value, len(v.Choices()))
		for i, c := range v.Choices() {
			choices[i] = each(c, f)
		}
		return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)
	}
	return f(v)
}

// one is the one block of a type.
func one(v *value.Value) *value.Value {
	return each(v, func(c *value.Value) *value.Value {
		if c.Kind() != value.List {
			return c
		}
		if c.Len() == 0 {
			return value.NewAbsent(c.Span())
		}
		return oneOf(c)
	})
}

// oneOf is the block of a list that has one. Of several, each of which may be
// missing, one is there.
func oneOf(list *value.Value) *value.Value {
	items := list.Items()
	if len(items) == 1 || items[0].Kind() != value.Unresolved {
		return items[0]
	}
	var choices []*value.Value
	for _, el := range items {
		if el.Kind() != value.Unresolved {
			choices = append(choices, el)
			continue
		}
		if len(el.Choices()) == 0 {
			return el
		}
		choices = append(choices, el.Choices()...)
	}
	return value.NewUnresolved(items[0].Why(), items[0].Span(), items[0].Refs(), choices...)
}

// growing parts the rows that make new elements from the others, those of one
// list together.
func growing(rows []rest) (others []rest, grown [][]rest) {
	index := map[string]int{}
	for _, r := range rows {
		at := slices.IndexFunc(r.prop, func(s step) bool { return s.list || s.grow })
		if at < 0 || !r.prop[at].grow {
			others = append(others, r)
			continue
		}
		head := r.prop[:at+1].String()
		if _, ok := index[head]; !ok {
			index[head] = len(grown)
			grown = append(grown, nil)
		}
		grown[index[head]] = append(grown[index[head]], r)
	}
	return others, grown
}

// byArgument groups rows by the first key of their arguments, in order.
func byArgument(rows []rest) [][]rest {
	var out [][]rest
	index := map[string]int{}
	for _, r := range rows {
		key := r.arg[0].key
		if _, ok := index[key]; !ok {
			index[key] = len(out)
			out = append(out, nil)
		}
		out[index[key]] = append(out[index[key]], r)
	}
	return out
}

// A head is the path to a list and what the rows make below its elements.
type head struct {
	head  path
	tails []rest
}

// byHead groups the rows whose argument is a list by the list that they make.
func byHead(rows []rest) []head {
	var out []head
	for _, r := range rows {
		if !r.arg[0].list {
			continue
		}
		up := upToList(r.prop)
		tail := rest{r.arg[1:], r.prop[len(up):], r.conv}
		i := slices.IndexFunc(out, func(h head) bool { return slices.Equal(h.head, up) })
		if i < 0 {
			out = append(out, head{head: up})
			i = len(out) - 1
		}
		out[i].tails = append(out[i].tails, tail)
	}
	return out
}
