package lang

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/value"
)

// convert brings a value to a type, as variables do. What does not fit is a
// problem and stays as it is; what stands for an instance stays what it is.
func (s *scope) convert(v *value.Value, t cty.Type, d *typeexpr.Defaults, what string) *value.Value {
	if t == cty.DynamicPseudoType || s.instanceOf(v) != nil || s.moduleOf(v) != nil || !s.spend(1, v.Span()) {
		return v
	}
	switch v.Kind() {
	case value.Null, value.Absent:
		return v
	case value.Unresolved:
		if len(v.Choices()) == 0 {
			return v
		}
		choices := make([]*value.Value, len(v.Choices()))
		for i, c := range v.Choices() {
			choices[i] = s.convert(c, t, d, what)
		}
		return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)
	}
	switch {
	case t.IsPrimitiveType():
		return s.primitive(v, t, what)
	case isHole(v):
		return value.NewUnresolved(why(v), v.Span(), v.Refs())
	case t.IsListType() || t.IsSetType():
		return s.toList(v, t, child(d, ""), what)
	case t.IsMapType():
		return s.toMap(v, t.ElementType(), child(d, ""), what)
	case t.IsObjectType():
		return s.toObject(v, t, d, what)
	case t.IsTupleType():
		return s.toTuple(v, t, d, what)
	}
	return v
}

func child(d *typeexpr.Defaults, key string) *typeexpr.Defaults {
	if d == nil {
		return nil
	}
	return d.Children[key]
}

func (s *scope) misfit(v *value.Value, want, what string) *value.Value {
	s.problem(v.Span(), "%s must be a %s, not a %s", what, want, kind(v))
	return v
}

func (s *scope) primitive(v *value.Value, t cty.Type, what string) *value.Value {
	if k := v.Kind(); k == value.List || k == value.Map {
		return s.misfit(v, t.FriendlyName(), what)
	}
	text, known := v.Known()
	switch {
	case t == cty.String:
		if v.Kind() == value.String {
			return v
		}
		return value.NewText(v.Text(), v.Span(), v.Refs()...)
	case !known:
		return v
	case t == cty.Number && v.Kind() != value.Number:
		if n, known, ok := operand(v); known && ok {
			return s.number(n, v.Span())
		}
		return s.misfit(v, "number", what)
	case t == cty.Bool && v.Kind() != value.Bool:
		if text == "true" || text == "false" {
			return value.NewBool(text == "true", v.Span())
		}
		return s.misfit(v, "boolean", what)
	}
	return v
}

func (s *scope) toList(v *value.Value, t cty.Type, d *typeexpr.Defaults, what string) *value.Value {
	if v.Kind() != value.List {
		return s.misfit(v, "list", what)
	}
	items := make([]*value.Value, 0, v.Len())
	seen := map[string]bool{}
	for _, it := range v.Items() {
		c := s.convert(it, t.ElementType(), d, "an element of "+what)
		if text, ok := c.Known(); ok && t.IsSetType() {
			if seen[text] {
				continue
			}
			seen[text] = true
		}
		items = append(items, c)
	}
	if t.IsSetType() && len(seen) == len(items) { // sets are in order
		slices.SortStableFunc(items, func(a, b *value.Value) int { return compareItems(a, b) })
	}
	return value.NewList(items, v.Span())
}

func compareItems(a, b *value.Value) int {
	if a.Kind() == value.Number && b.Kind() == value.Number {
		x, _ := strconv.ParseFloat(a.Str(), 64)
		y, _ := strconv.ParseFloat(b.Str(), 64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return strings.Compare(a.Str(), b.Str())
}

func (s *scope) toMap(v *value.Value, t cty.Type, d *typeexpr.Defaults, what string) *value.Value {
	if v.Kind() != value.Map {
		return s.misfit(v, "map", what)
	}
	fields := slices.Clone(v.Fields())
	for i, f := range fields {
		fields[i].Value = s.convert(f.Value, t, d, what+"["+strconv.Quote(f.Key)+"]")
	}
	return value.NewOpenMap(fields, v.Why(), v.Span())
}

// toObject keeps the attributes that the type has, and adds those that are
// optional.
func (s *scope) toObject(v *value.Value, t cty.Type, d *typeexpr.Defaults, what string) *value.Value {
	if v.Kind() != value.Map {
		return s.misfit(v, "object", what)
	}
	types := t.AttributeTypes()
	var fields []value.Field
	have := map[string]bool{}
	for _, f := range v.Fields() {
		at, ok := types[f.Key]
		if !ok {
			continue
		}
		if k := f.Value.Kind(); k == value.Null && d != nil {
			if _, ok := d.DefaultValues[f.Key]; ok {
				continue
			}
		}
		have[f.Key] = true
		f.Value = s.convert(f.Value, at, child(d, f.Key), what+"."+f.Key)
		fields = append(fields, f)
	}
	names := make([]string, 0, len(types))
	for n := range types {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		if have[n] {
			continue
		}
		f := value.Field{Key: n, KeySpan: v.Span(), Value: value.NewNull(v.Span())}
		if d != nil {
			if dv, ok := d.DefaultValues[n]; ok {
				f.Value = s.convert(s.literalValue(dv, v.Span()), types[n], child(d, n), what+"."+n)
				fields = append(fields, f)
				continue
			}
		}
		switch {
		case v.Why() != "":
			f.Value = value.NewUnresolved(v.Why(), v.Span(), nil)
		case !t.AttributeOptional(n):
			s.problem(v.Span(), "%s has no attribute %s", what, n)
			f.Value = value.NewUnresolved(what+" has no "+n, v.Span(), nil)
		}
		fields = append(fields, f)
	}
	return value.NewMap(fields, v.Span())
}

func (s *scope) toTuple(v *value.Value, t cty.Type, d *typeexpr.Defaults, what string) *value.Value {
	types := t.TupleElementTypes()
	if v.Kind() != value.List || len(v.Items()) != len(types) {
		return s.misfit(v, "tuple of "+strconv.Itoa(len(types)), what)
	}
	items := make([]*value.Value, len(types))
	for i, it := range v.Items() {
		items[i] = s.convert(it, types[i], child(d, strconv.Itoa(i)), what)
	}
	return value.NewList(items, v.Span())
}
