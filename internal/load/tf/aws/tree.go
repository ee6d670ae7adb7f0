package aws

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A field is a value with the span of its key.
type field struct {
	span  source.Span
	value *value.Value
}

// find is a field of a map, or of whichever map an unresolved value may be.
func find(v *value.Value, key string) field {
	for _, f := range slices.Backward(v.Fields()) {
		if f.Key == key {
			return field{f.KeySpan, f.Value}
		}
	}
	got := v.Get(key)
	return field{got.Span(), got}
}

// put returns the map v with a value at the path; nil stands for an empty map.
// block is the span of maps that are made on the way, zero for the key's.
func put(v *value.Value, p path, f field, block source.Span) *value.Value {
	key := value.Field{Key: p[0].key, KeySpan: f.span, Value: f.value}
	if len(p) > 1 {
		key.Value = put(fieldOf(v, p[0].key), p[1:], f, block)
	}
	span := block
	if span.IsZero() {
		span = f.span
	}
	switch v.Kind() {
	case value.Map:
		span = v.Span()
	case value.Unresolved:
		if len(v.Choices()) == 0 {
			return value.NewOpenMap([]value.Field{key}, v.Why(), v.Span())
		}
		choices := make([]*value.Value, len(v.Choices()))
		for i, c := range v.Choices() {
			choices[i] = put(c, p, f, block)
		}
		return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)
	}
	fields := slices.Clone(v.Fields())
	if i := slices.IndexFunc(fields, func(o value.Field) bool { return o.Key == key.Key }); i >= 0 {
		key.KeySpan = fields[i].KeySpan
		fields[i] = key
	} else {
		fields = append(fields, key)
	}
	return remap(v, fields, span)
}

// remap is a map of the fields that is as open as v.
func remap(v *value.Value, fields []value.Field, span source.Span) *value.Value {
	if why := v.Why(); v.Kind() == value.Map && why != "" {
		return value.NewOpenMap(fields, why, span)
	}
	return value.NewMap(fields, span)
}

// fieldOf is the value of a field that is there, else nil.
func fieldOf(v *value.Value, key string) *value.Value {
	if v.Kind() != value.Map {
		return nil
	}
	for _, f := range slices.Backward(v.Fields()) {
		if f.Key == key {
			return f.Value
		}
	}
	return nil
}

// join puts what b has into a: maps field by field, lists one behind the
// other, and for the rest b in the place of a.
func join(a, b *value.Value) *value.Value {
	if m, n := ways(a), ways(b); m > 1 && n > 1 && m*n > maxWays {
		a, b = settled(a), settled(b)
	}
	switch {
	case a.Kind() == value.Absent || a.Kind() == value.Null:
		return b
	case b.Kind() == value.Absent || b.Kind() == value.Null:
		return a
	case a.Kind() == value.Unresolved && len(a.Choices()) > 0:
		choices := make([]*value.Value, len(a.Choices()))
		for i, c := range a.Choices() {
			choices[i] = join(c, b)
		}
		return value.NewUnresolved(a.Why(), a.Span(), a.Refs(), choices...)
	case b.Kind() == value.Unresolved && len(b.Choices()) > 0:
		choices := make([]*value.Value, len(b.Choices()))
		for i, c := range b.Choices() {
			choices[i] = join(a, c)
		}
		return value.NewUnresolved(b.Why(), b.Span(), b.Refs(), choices...)
	case a.Kind() == value.Map && b.Kind() == value.Map:
		return joinMaps(a, b)
	case a.Kind() == value.List && b.Kind() == value.List:
		return value.NewList(slices.Concat(a.Items(), b.Items()), a.Span())
	case a.Kind() == value.List && b.Kind() == value.Unresolved:
		return value.NewList(append(slices.Clone(a.Items()), b), a.Span())
	case a.Kind() == value.Unresolved && b.Kind() == value.List:
		return value.NewList(append([]*value.Value{a}, b.Items()...), b.Span())
	case a.Kind() == value.Unresolved && b.Kind() == value.Map:
		return value.NewOpenMap(b.Fields(), a.Why(), b.Span())
	case a.Kind() == value.Map && b.Kind() == value.Unresolved:
		return value.NewOpenMap(a.Fields(), b.Why(), a.Span())
	}
	return b
}

func joinMaps(a, b *value.Value) *value.Value {
	fields := slices.Clone(a.Fields())
	index := make(map[string]int, len(fields))
	for i, f := range fields {
		index[f.Key] = i
	}
	for _, f := range b.Fields() {
		if i, ok := index[f.Key]; ok {
			fields[i].Value = join(fields[i].Value, f.Value)
			continue
		}
		index[f.Key] = len(fields)
		fields = append(fields, f)
	}
	if b.Why() != "" && a.Why() == "" {
		return value.NewOpenMap(fields, b.Why(), a.Span())
	}
	return remap(a, fields, a.Span())
}

// maxWays is how many combinations of choices are told apart. Beyond it every
// part of a joined value has the choices of its own, whatever the others are.
const maxWays = 16

// ways counts the choices of a value, and the choices of those.
func ways(v *value.Value) int {
	if v.Kind() != value.Unresolved || len(v.Choices()) == 0 {
		return 1
	}
	n := 0
	for _, c := range v.Choices() {
		n += ways(c)
	}
	return n
}

// settled is a value with choices as one whose parts have them: a map of
// unresolved fields, a list of elements that may be there.
func settled(v *value.Value) *value.Value {
	if v.Kind() != value.Unresolved || len(v.Choices()) == 0 {
		return v
	}
	leaves := choicesOf(v)
	maps, lists, why := 0, 0, ""
	for _, c := range leaves {
		switch c.Kind() {
		case value.Map:
			maps++
			why = cmp.Or(why, c.Why())
		case value.List:
			lists++
		case value.Unresolved:
			why = cmp.Or(why, c.Why())
		case value.Absent, value.Null:
		default:
			return value.NewUnresolved(v.Why(), v.Span(), v.Refs())
		}
	}
	switch {
	case lists == 0 && maps > 0:
		made := choose(v, leaves)
		if why != "" {
			return value.NewOpenMap(made.Fields(), why, v.Span())
		}
		return value.NewMap(made.Fields(), v.Span())
	case maps == 0 && lists > 0:
		var items []*value.Value
		for _, c := range leaves {
			if c.Kind() == value.Unresolved {
				items = append(items, c)
			}
			for _, el := range c.Items() {
				if c.Kind() == value.List {
					items = append(items, value.NewUnresolved(v.Why(), el.Span(), el.Refs(), el, value.NewAbsent(el.Span())))
				}
			}
		}
		return value.NewList(items, v.Span())
	}
	return value.NewUnresolved(v.Why(), v.Span(), v.Refs())
}

// choicesOf are the choices of a value, and the choices of those in their
// places.
func choicesOf(v *value.Value) []*value.Value {
	if v.Kind() != value.Unresolved || len(v.Choices()) == 0 {
		return []*value.Value{v}
	}
	var out []*value.Value
	for _, c := range v.Choices() {
		out = append(out, choicesOf(c)...)
	}
	return out
}

// without is the map without a key.
func without(v *value.Value, key string) *value.Value {
	if v.Kind() != value.Map {
		return v
	}
	fields := slices.DeleteFunc(slices.Clone(v.Fields()), func(f value.Field) bool { return f.Key == key })
	return remap(v, fields, v.Span())
}

// withPresets adds the defaults that no argument gives.
func withPresets(list []preset, v *value.Value, at source.Span) *value.Value {
	for _, d := range list {
		v = preset1(v, d.prop, d.v.At(at), at)
	}
	return v
}

// preset1 adds one default below v; nil stands for an empty map.
func preset1(v *value.Value, p path, d *value.Value, at source.Span) *value.Value {
	if len(p) == 0 {
		return defaulted(v, d)
	}
	switch v.Kind() {
	case value.Unresolved:
		return each(v, func(c *value.Value) *value.Value { return preset1(c, p, d, at) })
	case value.Absent, value.Null, value.Map:
	default:
		return v
	}
	old := fieldOf(v, p[0].key)
	missing := old.Kind() == value.Absent || old.Kind() == value.Null
	if missing && (p[0].there || p[0].list || p[0].grow || v.Why() != "") {
		return v
	}
	var made *value.Value
	if p[0].list || p[0].grow {
		made = elements(old, func(el *value.Value) *value.Value { return preset1(el, p[1:], d, at) })
	} else {
		made = preset1(old, p[1:], d, at)
	}
	if made == old {
		return v
	}
	return put(v, p[:1], field{made.Span(), made}, at)
}

// defaulted is v, or d in its place where it is absent.
func defaulted(v, d *value.Value) *value.Value {
	switch v.Kind() {
	case value.Absent, value.Null:
		return d
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			choices := make([]*value.Value, len(v.Choices()))
			for i, c := range v.Choices() {
				choices[i] = defaulted(c, d)
			}
			return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)
		}
	}
	return v
}
