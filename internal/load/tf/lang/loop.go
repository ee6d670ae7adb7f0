package lang

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An element is one turn of a loop.
type element struct {
	key, value *value.Value
	maybe      bool // it may not be there
}

// elementsOf are the turns of a loop over a value; rest is set where there may
// be more, ok false where nothing is known of it.
func (s *scope) elementsOf(v *value.Value, at source.Span) (list []element, rest *value.Value, ok bool) {
	switch v.Kind() {
	case value.List:
		for i, item := range v.Items() {
			if isRest(item) {
				rest = item
				if c := item.Choices(); len(c) == 1 && s.handle(c[0]) {
					list = append(list, element{key: value.NewText(value.Hole("an index of "+c[0].Str()), at), value: c[0], maybe: true})
				}
				continue
			}
			e := element{key: value.NewNumber(strconv.Itoa(i), item.Span())}
			e.value, e.maybe = certain(item)
			list = append(list, e)
		}
		return list, rest, true
	case value.Map:
		for _, f := range s.sorted(v) {
			e := element{key: value.NewText(s.keyText(f.Key), f.KeySpan)}
			e.value, e.maybe = certain(f.Value)
			list = append(list, e)
		}
		if v.Why() != "" {
			rest = value.NewUnresolved(v.Why(), v.Span(), nil)
		}
		return list, rest, true
	case value.Unresolved:
		return nil, nil, false
	case value.String:
		if m := s.moduleOf(v); m != nil {
			return s.elementsOf(m.object(at), at)
		}
		if !v.Text().IsKnown() {
			return nil, nil, false
		}
	}
	s.problem(at, "a loop goes over a list or a map, not a %s", kind(v))
	return nil, nil, false
}

// sorted are the fields in the order of their keys, in which the language
// goes through maps.
func (r *run) sorted(v *value.Value) []value.Field {
	fields := slices.Clone(v.Fields())
	slices.SortStableFunc(fields, func(a, b value.Field) int { return strings.Compare(a.Key, b.Key) })
	return fields
}

// forValue evaluates a for expression.
func (s *scope) forValue(e *hclsyntax.ForExpr) *value.Value {
	return s.loopOver(e, s.eval(e.CollExpr))
}

func (s *scope) loopOver(e *hclsyntax.ForExpr, v *value.Value) *value.Value {
	at := s.span(e.SrcRange)
	if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		return s.over(v, at, func(c *value.Value) *value.Value { return s.loopOver(e, c) })
	}
	list, rest, ok := s.elementsOf(v, s.span(e.CollExpr.Range()))
	if !ok {
		return value.NewUnresolved(s.because(v, e.CollExpr.Range()), at, v.Refs())
	}
	if e.KeyExpr == nil {
		return s.forList(e, list, rest, at)
	}
	return s.forMap(e, list, rest, at)
}

// turn is the scope of one turn, and whether the turn counts.
func (s *scope) turn(e *hclsyntax.ForExpr, el element) (*scope, value.Tri) {
	in := s.with(e.ValVar, el.value)
	if e.KeyVar != "" {
		in = in.with(e.KeyVar, el.key)
	}
	in.loop++
	counts := value.Yes
	if e.CondExpr != nil {
		counts = in.truth(in.eval(e.CondExpr), e.CondExpr.Range())
	}
	if el.maybe {
		counts = counts.And(value.Unknown)
	}
	return in, counts
}

// perhaps is a part that may be missing.
func perhaps(v *value.Value, why string) *value.Value {
	return value.NewUnresolved(why, v.Span(), nil, v, value.NewAbsent(v.Span()))
}

func (s *scope) forList(e *hclsyntax.ForExpr, list []element, rest *value.Value, at source.Span) *value.Value {
	items := make([]*value.Value, 0, len(list))
	for _, el := range list {
		in, counts := s.turn(e, el)
		if counts == value.No {
			continue
		}
		v := in.part(e.ValExpr)
		if counts == value.Unknown {
			v = perhaps(v, "the condition of a loop is not known")
		}
		items = append(items, v)
	}
	if rest != nil {
		items = append(items, more(rest, at))
	}
	return value.NewList(items, at)
}

// more stands for any number of elements that are not known.
func more(v *value.Value, at source.Span) *value.Value {
	reason := v.Why()
	if !isRest(v) {
		reason = restOf + reason
	}
	return value.NewUnresolved(reason, at, v.Refs())
}

// restOf starts the reason of an element that stands for any number of
// elements; see function.Open.
const restOf = "elements of "

func (s *scope) forMap(e *hclsyntax.ForExpr, list []element, rest *value.Value, at source.Span) *value.Value {
	var fields []value.Field
	index := map[string]int{}
	groups := map[string][]*value.Value{}
	open := ""
	if rest != nil {
		open = rest.Why()
	}
	for _, el := range list {
		in, counts := s.turn(e, el)
		if counts == value.No {
			continue
		}
		k := in.eval(e.KeyExpr)
		v := in.part(e.ValExpr)
		key, ok := in.fieldKey(k, e.KeyExpr.Range())
		if !ok {
			open = "a key is not known"
			continue
		}
		if counts == value.Unknown {
			v = perhaps(v, "the condition of a loop is not known")
		}
		if e.Group {
			groups[key] = append(groups[key], v)
			v = value.NewList(groups[key], at)
		}
		f := value.Field{Key: key, KeySpan: k.Span(), Value: v}
		if i, ok := index[key]; ok {
			if !e.Group {
				s.problem(s.span(e.KeyExpr.Range()), "two elements have the key %.80q; the last one counts", key)
			}
			fields[i] = f
			continue
		}
		index[key] = len(fields)
		fields = append(fields, f)
	}
	return value.NewOpenMap(fields, open, at)
}

// splatValue evaluates a splat: list[*].attribute.
func (s *scope) splatValue(e *hclsyntax.SplatExpr) *value.Value {
	return s.splatOver(e, s.eval(e.Source))
}

func (s *scope) splatOver(e *hclsyntax.SplatExpr, v *value.Value) *value.Value {
	at := s.span(e.SrcRange)
	each := func(item *value.Value) *value.Value {
		in := *s
		in.anonymous, in.current, in.splat = e.Item, item, at
		in.outerScope = s
		in.name, in.value = "", nil
		in.loop++
		return s.used(in.eval(e.Each), at)
	}
	switch v.Kind() {
	case value.Null, value.Absent:
		return value.NewList(nil, at)
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			return s.over(v, at, func(c *value.Value) *value.Value { return s.splatOver(e, c) })
		}
		return value.NewUnresolved(v.Why(), at, v.Refs())
	case value.List:
		items := make([]*value.Value, 0, v.Len())
		for _, item := range v.Items() {
			if isRest(item) {
				if c := item.Choices(); len(c) == 1 && s.handle(c[0]) {
					items = append(items, value.NewUnresolved(item.Why(), at, nil, each(c[0])))
					continue
				}
				items = append(items, more(item, at))
				continue
			}
			set, maybe := certain(item)
			r := each(set)
			if maybe {
				r = perhaps(r, why(item))
			}
			items = append(items, r)
		}
		return value.NewList(items, at)
	case value.String:
		if s.instanceOf(v) == nil && s.moduleOf(v) == nil && !v.Text().IsKnown() {
			return value.NewUnresolved(s.because(v, e.Source.Range()), at, v.Refs())
		}
	}
	return value.NewList([]*value.Value{each(v)}, at)
}

// symbol is the element of the splat in which an expression stands.
func (s *scope) symbol(e *hclsyntax.AnonSymbolExpr) *value.Value {
	for in := s; in != nil; in = in.outerScope {
		if in.anonymous == e {
			return in.current
		}
	}
	return value.NewUnresolved("the expression cannot be read", s.span(e.SrcRange), nil)
}
