package function

import (
	"github.com/remit-security/remit/internal/value"
)

// members is a set of values to ask about.
type members struct {
	keys  map[string]bool
	loose []*value.Value // elements that are not known whole
}

func (c *call) members(items []*value.Value) (members, bool) {
	m := members{keys: map[string]bool{}}
	for _, it := range items {
		k, ok := c.memberKey(it)
		if !ok {
			return m, false
		}
		m.keys[k] = true
		if !it.IsResolved() {
			m.loose = append(m.loose, it)
		}
	}
	return m, true
}

// memberKey is a key under which "1" and 1 are the same.
func (c *call) memberKey(v *value.Value) (string, bool) {
	if s, ok := v.Known(); ok {
		return `"` + s, c.spend(1)
	}
	return c.key(v)
}

// member asks whether a value is in the set.
func (c *call) member(m members, v *value.Value) value.Tri {
	k, ok := c.memberKey(v)
	switch {
	case !ok:
		return value.Unknown
	case m.keys[k]:
		return value.Yes
	case !v.IsResolved() && len(m.keys) > 0:
		return value.Unknown
	}
	for _, l := range m.loose {
		if isRest(l) || c.equal(l, v) != value.No {
			return value.Unknown
		}
	}
	return value.No
}

// set makes a set of elements: each once, in the order in which Terraform
// iterates over sets of strings.
func (c *call) set(items []*value.Value) *value.Value {
	out, ok := c.unique(items)
	if !ok {
		return c.tooLarge()
	}
	for _, it := range out {
		if _, ok := scalar(it); !ok {
			return c.list(out)
		}
	}
	return c.list(byText(out))
}

func (c *call) setunion() *value.Value {
	var all []*value.Value
	for i := range c.args {
		items, bad := c.items(i)
		if bad != nil {
			return bad
		}
		if all = append(all, items...); len(all) > maxItems {
			return c.tooLarge()
		}
	}
	return c.set(all)
}

// kept are the elements of a list of which ask says Yes; one of which it is
// not known may be there.
func (c *call) kept(items []*value.Value, ask func(*value.Value) value.Tri) []*value.Value {
	var out []*value.Value
	for _, it := range items {
		t := value.Unknown
		if !isRest(it) {
			t = ask(it)
		}
		switch t {
		case value.Yes:
			out = append(out, it)
		case value.Unknown:
			if !isRest(it) {
				it = rest(value.NewUnresolved(c.label(), c.at, it.Refs(), it, value.NewAbsent(c.at)))
			}
			out = append(out, it)
		}
	}
	return out
}

func (c *call) setintersection() *value.Value {
	out, bad := c.items(0)
	if bad != nil {
		return bad
	}
	for i := 1; i < len(c.args); i++ {
		items, bad := c.items(i)
		if bad != nil {
			return bad
		}
		m, ok := c.members(items)
		if !ok {
			return c.tooLarge()
		}
		out = c.kept(out, func(v *value.Value) value.Tri { return c.member(m, v) })
	}
	return c.set(out)
}

func (c *call) setsubtract() *value.Value {
	a, bad := c.items(0)
	if bad != nil {
		return bad
	}
	b, bad := c.items(1)
	if bad != nil {
		return bad
	}
	m, ok := c.members(b)
	if !ok {
		return c.tooLarge()
	}
	return c.set(c.kept(a, func(v *value.Value) value.Tri { return c.member(m, v).Not() }))
}

func (c *call) setsymmetricdifference() *value.Value {
	out, bad := c.items(0)
	if bad != nil {
		return bad
	}
	for i := 1; i < len(c.args); i++ {
		items, bad := c.items(i)
		if bad != nil {
			return bad
		}
		ma, ok := c.members(out)
		mb, ok2 := c.members(items)
		if !ok || !ok2 {
			return c.tooLarge()
		}
		left := c.kept(out, func(v *value.Value) value.Tri { return c.member(mb, v).Not() })
		out = append(left, c.kept(items, func(v *value.Value) value.Tri { return c.member(ma, v).Not() })...)
	}
	return c.set(out)
}

// setproduct are all combinations of one element of each list.
func (c *call) setproduct() *value.Value {
	rows := [][]*value.Value{nil}
	for i := range c.args {
		items, bad := c.items(i)
		if bad != nil {
			return bad
		}
		if Open(c.args[i]) {
			return c.list([]*value.Value{rest(c.unknown())})
		}
		if n := len(rows) * len(items); n*len(c.args) > maxItems {
			return c.tooLarge()
		}
		next := make([][]*value.Value, 0, len(rows)*len(items))
		for _, row := range rows {
			for _, it := range items {
				next = append(next, append(row[:len(row):len(row)], it))
			}
		}
		rows = next
	}
	out := make([]*value.Value, len(rows))
	for i, row := range rows {
		out[i] = value.NewList(row, c.at)
	}
	return c.list(out)
}
