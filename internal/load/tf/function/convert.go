package function

import (
	"github.com/remit-security/remit/internal/value"
)

// same gives the argument back.
func (c *call) same() *value.Value { return c.args[0] }

func (c *call) tostring() *value.Value { return c.to("string", c.args[0]) }

func (c *call) tonumber() *value.Value { return c.to("number", c.args[0]) }

func (c *call) tobool() *value.Value { return c.to("bool", c.args[0]) }

// to converts a scalar to a type.
func (c *call) to(kind string, v *value.Value) *value.Value {
	switch v.Kind() {
	case value.Null, value.Absent, value.Unresolved:
		return v
	case value.List, value.Map:
		return c.wrong("%s is no %s", kindName(v), kind)
	}
	s, known := v.Known()
	switch {
	case kind == "string" && v.Kind() == value.String, kind == "number" && v.Kind() == value.Number, kind == "bool" && v.Kind() == value.Bool:
		return v
	case kind == "string":
		return value.NewText(v.Text(), v.Span(), v.Refs()...)
	case !known && kind == "bool":
		return c.either()
	case !known:
		return c.unknown()
	case kind == "bool" && (s == "true" || s == "false"):
		return value.NewBool(s == "true", v.Span())
	case kind == "number" && v.Kind() == value.String:
		if n, err := number(s); err == nil {
			return value.NewNumber(numberText(n.AsBigFloat()), v.Span())
		}
	}
	return c.wrong("%s is no %s", shorten(c.show(v)), kind)
}

func (c *call) tolist() *value.Value { return c.collection(c.list) }

func (c *call) toset() *value.Value { return c.collection(c.set) }

// collection makes a collection of elements that have one type.
func (c *call) collection(make func([]*value.Value) *value.Value) *value.Value {
	switch v := untyped(c.args[0]); v.Kind() {
	case value.Null, value.Unresolved:
		return v
	case value.List:
		items := v.Items()
		if !c.spend(len(items)) {
			return c.tooLarge()
		}
		return make(c.unified(items))
	default:
		return c.wrong("%s is no list", kindName(v))
	}
}

func (c *call) tomap() *value.Value {
	v := untyped(c.args[0])
	switch v.Kind() {
	case value.Null, value.Unresolved:
		return v
	case value.Map:
	default:
		return c.wrong("%s is no map", kindName(v))
	}
	fields := sortedFields(v)
	if !c.spend(len(fields)) {
		return c.tooLarge()
	}
	items := make([]*value.Value, len(fields))
	for i, f := range fields {
		items[i] = f.Value
	}
	for i, it := range c.unified(items) {
		fields[i].Value = it
	}
	if v.Why() != "" {
		return value.NewOpenMap(fields, v.Why(), v.Span())
	}
	return value.NewMap(fields, v.Span())
}

// unified converts numbers and booleans beside strings to strings.
func (c *call) unified(items []*value.Value) []*value.Value {
	kinds := map[value.Kind]bool{}
	for _, it := range items {
		kinds[it.Kind()] = true
	}
	if !(kinds[value.String] && (kinds[value.Number] || kinds[value.Bool]) || kinds[value.Number] && kinds[value.Bool]) {
		return items
	}
	out := make([]*value.Value, len(items))
	for i, it := range items {
		if out[i] = it; it.Kind() == value.Number || it.Kind() == value.Bool {
			out[i] = value.NewText(it.Text(), it.Span())
		}
	}
	return out
}

// convert takes the type's name as its second argument, which is no value of
// the language; what is no name of a scalar type leaves the value as it is.
func (c *call) convert() *value.Value {
	switch t, _ := c.args[1].Known(); t {
	case "string", "number", "bool":
		return c.to(t, c.args[0])
	}
	return c.args[0]
}

// typeOf names the type, as terraform console does.
func (c *call) typeOf() *value.Value {
	names := map[value.Kind]string{value.Bool: "bool", value.Number: "number", value.String: "string", value.List: "tuple", value.Map: "object"}
	name, ok := names[c.args[0].Kind()]
	if !ok {
		return c.unknown()
	}
	return value.NewText(value.Lit(name), c.at)
}
