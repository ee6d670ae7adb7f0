package lang

import (
	"strconv"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A key is one of the instances that count or for_each make of a block.
type key struct {
	single  bool // neither is written
	index   bool // of count
	unknown bool // stands for all instances of a for_each that is not known
	text    value.Text
	value   *value.Value // each.value
	exists  value.Tri
}

// keys are the instances of a block. kind tells how its references look.
func (s *scope) keys(b *block, name string) (keys []key, why string) {
	if a := b.arg("count"); a != nil {
		return s.counted(a, name)
	}
	if a := b.arg("for_each"); a != nil {
		return s.forEach(a.expr, name)
	}
	return []key{{single: true, exists: value.Yes}}, ""
}

// counted are the instances of a count. One that is not known is one instance
// that may exist, or as many as one of its possible values.
func (s *scope) counted(a *argument, name string) ([]key, string) {
	v := s.eval(a.expr)
	at := s.span(a.expr.Range())
	most, least, known := bounds(v)
	if !known {
		if k := v.Kind(); k == value.List || k == value.Map || k == value.Null {
			s.problem(at, "the count of %s is a %s, no number", name, k)
		}
		s.problem(at, "the count of %s is not known (%s); one instance stands for all", name, s.because(v, a.expr.Range()))
		return []key{{index: true, unknown: true, text: value.Hole("count.index of " + name), exists: value.Unknown}}, s.because(v, a.expr.Range())
	}
	if limit := min(maxOfBlock, maxInstances-s.made); most > int64(limit) {
		s.problem(at, "the count of %s is %d; the instances after the first %d are not read", name, most, max(limit, 0))
		most = int64(max(limit, 0))
	}
	var out []key
	for i := range most {
		k := key{index: true, text: value.Lit(strconv.FormatInt(i, 10)), exists: value.Yes}
		if i >= least {
			k.exists = value.Unknown
		}
		out = append(out, k)
	}
	if most != least {
		return out, why(v)
	}
	return out, ""
}

// bounds are the most and the least of the numbers that v can be.
func bounds(v *value.Value) (most, least int64, ok bool) {
	if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		for i, c := range v.Choices() {
			m, l, known := bounds(c)
			if !known {
				return 0, 0, false
			}
			if i == 0 {
				least = l
			}
			most, least = max(most, m), min(least, l)
		}
		return most, least, true
	}
	n, ok := v.Int()
	n = max(n, 0)
	return n, n, ok
}

// forEach are the instances of a for_each: one for each field of a map or
// element of a set.
func (s *scope) forEach(e hclsyntax.Expression, name string) ([]key, string) {
	v := s.eval(e)
	at := s.span(e.Range())
	keys, open := s.elements(v, at, name)
	if limit := min(maxOfBlock, maxInstances-s.made); len(keys) > limit {
		s.problem(at, "the for_each of %s has %d elements; those after the first %d are not read", name, len(keys), max(limit, 0))
		keys = keys[:max(limit, 0)]
	}
	if open {
		s.problem(at, "the for_each of %s is not known (%s); one instance stands for all", name, why(v))
		hole := value.Hole("each.key of " + name)
		keys = append(keys, key{unknown: true, text: hole, exists: value.Unknown})
		return keys, why(v)
	}
	return keys, ""
}

// elements are the keys of what for_each is given; open tells that there may
// be others.
func (s *scope) elements(v *value.Value, at source.Span, name string) (keys []key, open bool) {
	switch v.Kind() {
	case value.Map:
		for _, f := range v.Fields() {
			k := key{text: s.keyText(f.Key), value: f.Value, exists: value.Yes}
			if set, maybe := certain(f.Value); maybe {
				k.value, k.exists = set, value.Unknown
			}
			keys = append(keys, k)
		}
		return keys, v.Why() != ""
	case value.List:
		seen := map[string]bool{}
		for _, item := range v.Items() {
			k := key{exists: value.Yes}
			if isRest(item) {
				open = true
				continue
			}
			if set, maybe := certain(item); maybe {
				item, k.exists = set, value.Unknown
			}
			k.value, k.text = item, item.Text()
			if item.Kind() == value.Unresolved && len(item.Choices()) == 0 {
				k.text = value.Hole(item.Why())
			}
			if item.Kind() == value.List || item.Kind() == value.Map || item.Kind() == value.Null {
				s.problem(at, "the for_each of %s has an element that is no string; it is not read", name)
				continue
			}
			if id := k.text.String(); !seen[id] {
				seen[id] = true
				keys = append(keys, k)
			}
		}
		return keys, open
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			return s.anyOf(v, at, name)
		}
		return nil, true
	case value.Null:
		s.problem(at, "the for_each of %s is null", name)
		return nil, false
	case value.String:
		if !v.Text().IsKnown() {
			return nil, true
		}
	}
	s.problem(at, "the for_each of %s must be a map or a set of strings, not a %s; one instance stands for all", name, v.Kind())
	return nil, true
}

// anyOf are the keys of all possible values; those that not all have may not
// exist.
func (s *scope) anyOf(v *value.Value, at source.Span, name string) (keys []key, open bool) {
	index := map[string]int{}
	times := map[string]int{}
	for _, c := range v.Choices() {
		if c.Kind() == value.Absent || c.Kind() == value.Null {
			continue
		}
		some, o := s.elements(c, at, name)
		open = open || o
		for _, k := range some {
			id := k.text.String()
			if k.exists == value.Yes {
				times[id]++
			}
			i, ok := index[id]
			if !ok {
				index[id] = len(keys)
				keys = append(keys, k)
				continue
			}
			if !same(keys[i].value, k.value) {
				keys[i].value = s.choose(why(v), at, nil, keys[i].value, k.value)
			}
		}
	}
	for i := range keys {
		if times[keys[i].text.String()] < len(v.Choices()) {
			keys[i].exists = value.Unknown
		}
	}
	return keys, open
}

// certain takes the absence out of what may be absent.
func certain(v *value.Value) (set *value.Value, maybe bool) {
	if v.Kind() != value.Unresolved {
		return v, false
	}
	var rest []*value.Value
	for _, c := range v.Choices() {
		if c.Kind() == value.Absent {
			maybe = true
		} else {
			rest = append(rest, c)
		}
	}
	switch {
	case !maybe:
		return v, false
	case len(rest) == 1:
		return rest[0], true
	}
	return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), rest...), true
}

// each is the scope of an instance.
func (s *scope) each(k key, name string, at source.Span) *scope {
	switch {
	case k.single:
		return s
	case k.index:
		v := value.NewText(k.text, at)
		if !k.unknown {
			v = value.NewNumber(k.text.String(), at)
		}
		return s.with("count", value.NewMap([]value.Field{{Key: "index", KeySpan: at, Value: v}}, at))
	}
	if k.value == nil {
		k.value = value.NewUnresolved("each.value of "+name, at, nil)
	}
	id := value.NewText(k.text, at)
	if k.value.Kind() == value.String && same(id, k.value) {
		id = k.value
	}
	return s.with("each", value.NewMap([]value.Field{{Key: "key", KeySpan: at, Value: id}, {Key: "value", KeySpan: at, Value: k.value}}, at))
}
