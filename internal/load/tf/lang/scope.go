package lang

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/load/tf/function"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A scope is where an expression stands: its module, and the names that only
// the place gives: each, count, iterators, variables of a loop.
type scope struct {
	*module
	outerScope *scope // with more names
	name       string
	value      *value.Value
	address    string // of the instance, to name what differs between instances
	loop       int    // in how many loops of an expression

	anonymous *hclsyntax.AnonSymbolExpr // of a splat
	current   *value.Value
	splat     source.Span

	template *file // whose text the expressions are, of a template file
	place    source.Span
	vars     *value.Value // all names of a template file
	names    map[string]*value.Value
}

// with adds a name.
func (s *scope) with(name string, v *value.Value) *scope {
	inner := *s
	inner.outerScope, inner.name, inner.value = s, name, v
	return &inner
}

// lookup finds a name that only the place gives.
func (s *scope) lookup(name string) *value.Value {
	for ; s != nil; s = s.outerScope {
		if s.name == name && s.value != nil {
			return s.value
		}
	}
	return nil
}

func (s *scope) span(r hcl.Range) source.Span {
	switch {
	case !s.place.IsZero():
		return s.place
	case s.template != nil:
		return s.template.span(r)
	}
	return s.module.span(r)
}

// source is the file of a range, nil where spans are not those of the text.
func (s *scope) source(r hcl.Range) *file {
	switch {
	case !s.place.IsZero() || !s.at.IsZero():
		return nil
	case s.template != nil:
		return s.template
	}
	return s.files[r.Filename]
}

// hole names what an expression does not tell. Equal names stand for equal
// text, so what differs between modules, instances and turns of a loop is part
// of it.
func (s *scope) hole(r hcl.Range) string {
	text := ""
	if s.template != nil {
		text = s.template.text(r)
	} else {
		text = s.text(r)
	}
	if text == "" {
		text = "an expression"
	}
	name := s.path + text
	if s.address != "" && s.lookupAny() {
		name += " of " + s.address
	}
	if s.loop > 0 || s.template != nil {
		s.serial++
		name += " #" + strconv.Itoa(s.serial)
	}
	return name
}

func (s *scope) lookupAny() bool {
	for ; s != nil; s = s.outerScope {
		if s.value != nil {
			return true
		}
	}
	return false
}

// why is the reason for which a value is not known whole.
func why(v *value.Value) string {
	switch v.Kind() {
	case value.Unresolved:
		return v.Why()
	case value.String:
		for _, p := range v.Text().Parts() {
			if p.Hole != "" {
				return p.String() + " is not known"
			}
		}
	case value.Map:
		if v.Why() != "" {
			return v.Why()
		}
		for _, f := range v.Fields() {
			if w := why(f.Value); w != "" {
				return w
			}
		}
	case value.List:
		for _, i := range v.Items() {
			if w := why(i); w != "" {
				return w
			}
		}
	}
	return ""
}

// keyText is the text of a key of a map. Keys are strings; those that have
// holes are kept beside them.
func (r *run) keyText(key string) value.Text {
	if strings.Contains(key, "${") {
		if t, ok := r.keys[key]; ok {
			return t
		}
	}
	return value.Lit(key)
}

// keyOf is the key that a text makes.
func (r *run) keyOf(t value.Text) string {
	key := t.String()
	if !t.IsKnown() {
		r.keys[key] = t
	}
	return key
}

// isRest tells an element that stands for any number of elements.
func isRest(v *value.Value) bool {
	return v.Kind() == value.Unresolved && function.Open(value.NewList([]*value.Value{v}, v.Span()))
}
