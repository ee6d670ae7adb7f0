package function

import "github.com/remit-security/remit/internal/value"

// equal compares two values as Terraform does after it has unified the types
// of a collection's elements: a string equals the number that it writes.
func (c *call) equal(a, b *value.Value) value.Tri {
	if !c.spend(1) {
		return value.Unknown
	}
	ta, oka := scalar(a)
	tb, okb := scalar(b)
	switch {
	case a.Kind() == value.Unresolved || b.Kind() == value.Unresolved:
		return c.equalUnresolved(a, b)
	case oka && okb:
		return ta.Equal(tb)
	case oka || okb || a.Kind() != b.Kind():
		return value.No
	case a.Kind() == value.List:
		return c.equalItems(a.Items(), b.Items())
	case a.Kind() == value.Map:
		return c.equalMaps(a, b)
	}
	return value.Yes // both null
}

func (c *call) equalUnresolved(a, b *value.Value) value.Tri {
	if a.Kind() != value.Unresolved {
		a, b = b, a
	}
	if len(a.Choices()) == 0 {
		return value.Unknown
	}
	var answers []value.Tri
	for _, ch := range a.Choices() {
		answers = append(answers, c.equal(ch, b))
	}
	return value.Agree(answers...)
}

func (c *call) equalItems(a, b []*value.Value) value.Tri {
	for _, v := range append(a[:len(a):len(a)], b...) {
		if isRest(v) {
			return value.Unknown
		}
	}
	if len(a) != len(b) {
		return value.No
	}
	out := value.Yes
	for i := range a {
		if out = out.And(c.equal(a[i], b[i])); out == value.No {
			break
		}
	}
	return out
}

func (c *call) equalMaps(a, b *value.Value) value.Tri {
	fa, fb := sortedFields(a), sortedFields(b)
	if a.Why() != "" || b.Why() != "" {
		return value.Unknown
	}
	if len(fa) != len(fb) {
		return value.No
	}
	out := value.Yes
	for i := range fa {
		if fa[i].Key != fb[i].Key {
			return value.No
		}
		out = out.And(c.equal(fa[i].Value, fb[i].Value))
	}
	return out
}

// find asks where in a list a value is: Yes with the first index, Unknown
// where an element that may be it comes first, or No.
func (c *call) find(items []*value.Value, v *value.Value) (int, value.Tri) {
	for i, it := range items {
		if isRest(it) {
			return i, value.Unknown
		}
		if t := c.equal(it, v); t != value.No {
			return i, t
		}
	}
	return -1, value.No
}
