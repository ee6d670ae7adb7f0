package function

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/value"
)

// merge joins maps, later ones winning. After a map that is not known, what
// was there before may have been overwritten.
func (c *call) merge() *value.Value {
	var fields []value.Field
	place := map[string]int{}
	why := ""
	for i, a := range c.args {
		if a.Kind() == value.Null {
			continue
		}
		more, open, bad := c.fields(i)
		if bad != nil {
			return bad
		}
		if a.Kind() == value.Map {
			more = a.Fields() // in the order written
		}
		if open != "" {
			why = cmp.Or(why, open)
			for j, f := range fields {
				fields[j].Value = value.NewUnresolved(open, f.Value.Span(), f.Value.Refs(), f.Value, value.NewUnresolved(open, a.Span(), a.Refs()))
			}
		}
		for _, f := range more {
			if at, ok := place[f.Key]; ok {
				fields[at] = f
				continue
			}
			place[f.Key] = len(fields)
			fields = append(fields, f)
		}
		if len(fields) > maxItems {
			return c.tooLarge()
		}
	}
	if why != "" {
		return value.NewOpenMap(fields, why, c.at)
	}
	return value.NewMap(fields, c.at)
}

func (c *call) lookup() *value.Value {
	fields, why, bad := c.fields(0)
	if bad != nil {
		return bad
	}
	key, ok, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok {
		var may []*value.Value
		for _, f := range fields {
			may = append(may, f.Value)
		}
		if why != "" {
			may = append(may, c.because(why))
		}
		return c.among(append(may, c.args[2:]...))
	}
	if i := slices.IndexFunc(fields, func(f value.Field) bool { return f.Key == key }); i >= 0 {
		return fields[i].Value
	}
	switch {
	case why != "" && len(c.args) == 3:
		return value.NewUnresolved(why, c.at, c.refs(), c.because(why), c.args[2])
	case why != "":
		return c.because(why)
	case len(c.args) == 3:
		return c.args[2]
	}
	return c.wrong("the map has no key %q", shorten(key))
}

func (c *call) keys() *value.Value {
	return c.parts(func(f value.Field) *value.Value { return value.NewText(value.Lit(f.Key), f.KeySpan) })
}

func (c *call) values() *value.Value {
	return c.parts(func(f value.Field) *value.Value { return f.Value })
}

// parts is a list of what the fields have, in the order of the keys. Where
// there may be more fields, the places are not known.
func (c *call) parts(of func(value.Field) *value.Value) *value.Value {
	fields, why, bad := c.fields(0)
	if bad != nil {
		return bad
	}
	var out []*value.Value
	if why != "" {
		out = append(out, rest(c.because(why)))
	}
	for _, f := range fields {
		out = append(out, of(f))
	}
	return c.list(out)
}

func (c *call) zipmap() *value.Value {
	keys, bad := c.items(0)
	if bad != nil {
		return bad
	}
	values, bad := c.items(1)
	if bad != nil {
		return bad
	}
	n := min(before(keys), before(values))
	open := Open(c.args[0]) || Open(c.args[1])
	if !open && len(keys) != len(values) {
		return c.wrong("there are %d keys and %d values", len(keys), len(values))
	}
	var fields []value.Field
	for i := range n {
		key, ok := scalar(keys[i])
		if !ok {
			return c.wrong("a key must be a string, not %s", kindName(keys[i]))
		}
		open = open || !key.IsKnown()
		fields = append(fields, value.Field{Key: key.String(), KeySpan: keys[i].Span(), Value: values[i]})
	}
	if open {
		return value.NewOpenMap(fields, c.label(), c.at)
	}
	return value.NewMap(fields, c.at)
}

// transpose turns a map from keys to lists of strings around.
func (c *call) transpose() *value.Value {
	fields, why, bad := c.fields(0)
	if bad != nil {
		return bad
	}
	var out []value.Field
	place := map[string]int{}
	lists := [][]*value.Value{}
	for _, f := range fields {
		if f.Value.Kind() == value.Unresolved {
			why = cmp.Or(why, f.Value.Why())
			continue
		}
		if f.Value.Kind() != value.List {
			return c.wrong("the values must be lists of strings, not %s", kindName(f.Value))
		}
		for _, it := range f.Value.Items() {
			t, ok := scalar(it)
			if !ok {
				return c.wrong("the values must be lists of strings, not of %s", kindName(it))
			}
			if !c.spend(1) {
				return c.tooLarge()
			}
			if !t.IsKnown() {
				why = cmp.Or(why, t.String())
				continue
			}
			at, ok := place[t.String()]
			if !ok {
				at = len(out)
				place[t.String()] = at
				lists = append(lists, nil)
				out = append(out, value.Field{Key: t.String(), KeySpan: it.Span()})
			}
			lists[at] = append(lists[at], value.NewText(value.Lit(f.Key), f.KeySpan))
		}
	}
	for i := range out {
		if why != "" {
			lists[i] = append(lists[i], rest(c.because(why)))
		}
		out[i].Value = value.NewList(lists[i], c.at)
	}
	slices.SortFunc(out, func(a, b value.Field) int { return compare(a.Key, b.Key) })
	if why != "" {
		return value.NewOpenMap(out, why, c.at)
	}
	return value.NewMap(out, c.at)
}

// defaults fills what is null in the first argument from the second, as the
// function of that name did before optional attributes had defaults.
func (c *call) defaults() *value.Value {
	return c.fill(c.args[0], c.args[1])
}

func (c *call) fill(v, d *value.Value) *value.Value {
	if !c.spend(1) {
		return c.unknown()
	}
	switch {
	case v.Kind() == value.Null || v.Kind() == value.Absent:
		return d
	case v.Kind() == value.Unresolved && d.Kind() != value.Null && d.Kind() != value.Absent:
		return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), v, d)
	case v.Kind() == value.List && d.Kind() != value.List && d.Kind() != value.Unresolved:
		items := make([]*value.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = c.fill(it, d)
		}
		return value.NewList(items, v.Span())
	case v.Kind() != value.Map || d.Kind() != value.Map:
		return v
	}
	fields := sortedFields(v)
	more := map[string]*value.Value{}
	for _, f := range d.Fields() {
		more[f.Key] = f.Value
	}
	for i, f := range fields {
		fields[i].Value = c.fill(f.Value, more[f.Key])
		delete(more, f.Key)
	}
	for _, f := range sortedFields(d) {
		if more[f.Key] != nil {
			fields = append(fields, f)
		}
	}
	if v.Why() != "" {
		return value.NewOpenMap(fields, v.Why(), v.Span())
	}
	return value.NewMap(fields, v.Span())
}
