package lang

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// eval evaluates an expression. The result is never nil.
func (s *scope) eval(e hclsyntax.Expression) *value.Value {
	if !s.enter(func() source.Span { return s.span(e.Range()) }) {
		return value.NewUnresolved(tooMuch, s.span(e.Range()), nil)
	}
	defer s.leave()
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return s.literalValue(e.Val, s.span(e.SrcRange))
	case *hclsyntax.TemplateExpr:
		return s.templateValue(e)
	case *hclsyntax.TemplateWrapExpr:
		return s.eval(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		return s.joined(e)
	case *hclsyntax.ParenthesesExpr:
		return s.eval(e.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		return s.traversal(e.Traversal, s.span(e.SrcRange))
	case *hclsyntax.RelativeTraversalExpr:
		at := s.span(e.SrcRange)
		if _, ok := e.Source.(*hclsyntax.AnonSymbolExpr); ok {
			at = s.splat
		}
		return s.follow(s.eval(e.Source), e.Traversal, at)
	case *hclsyntax.IndexExpr:
		return s.index(s.eval(e.Collection), s.eval(e.Key), s.span(e.SrcRange))
	case *hclsyntax.SplatExpr:
		return s.splatValue(e)
	case *hclsyntax.AnonSymbolExpr:
		return s.symbol(e)
	case *hclsyntax.FunctionCallExpr:
		return s.function(e)
	case *hclsyntax.ConditionalExpr:
		return s.conditional(e)
	case *hclsyntax.TupleConsExpr:
		return s.tuple(e)
	case *hclsyntax.ObjectConsExpr:
		return s.object(e)
	case *hclsyntax.ObjectConsKeyExpr:
		return s.objectKey(e)
	case *hclsyntax.ForExpr:
		return s.forValue(e)
	case *hclsyntax.BinaryOpExpr:
		return s.binary(e)
	case *hclsyntax.UnaryOpExpr:
		return s.unary(e)
	}
	return value.NewUnresolved("the expression cannot be read", s.span(e.Range()), nil)
}

// literalValue is a constant of the parser or of a type's defaults.
func (s *scope) literalValue(v cty.Value, at source.Span) *value.Value {
	t := v.Type()
	switch {
	case !v.IsKnown():
		return value.NewUnresolved("the expression cannot be read", at, nil)
	case v.IsNull():
		return value.NewNull(at)
	case t == cty.String:
		return value.NewText(value.Lit(v.AsString()), at)
	case t == cty.Bool:
		return value.NewBool(v.True(), at)
	case t == cty.Number:
		return s.number(v.AsBigFloat(), at)
	case t.IsMapType() || t.IsObjectType():
		var fields []value.Field
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			fields = append(fields, value.Field{Key: k.AsString(), KeySpan: at, Value: s.literalValue(e, at)})
		}
		return value.NewMap(fields, at)
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		var items []*value.Value
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			items = append(items, s.literalValue(e, at))
		}
		return value.NewList(items, at)
	}
	return value.NewUnresolved("a value of a type that remit does not evaluate", at, nil)
}

// part evaluates what becomes part of another value.
func (s *scope) part(e hclsyntax.Expression) *value.Value {
	v := s.eval(e)
	switch e.(type) {
	case *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr, *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr:
		return v // counted while it was made
	}
	return s.used(v, s.span(e.Range()))
}

func (s *scope) tuple(e *hclsyntax.TupleConsExpr) *value.Value {
	items := make([]*value.Value, len(e.Exprs))
	for i, x := range e.Exprs {
		items[i] = s.part(x)
	}
	return value.NewList(items, s.span(e.SrcRange))
}

func (s *scope) object(e *hclsyntax.ObjectConsExpr) *value.Value {
	at := s.span(e.SrcRange)
	fields := make([]value.Field, 0, len(e.Items))
	index := map[string]int{}
	open := ""
	for _, item := range e.Items {
		k := s.eval(item.KeyExpr)
		v := s.part(item.ValueExpr)
		key, ok := s.fieldKey(k, item.KeyExpr.Range())
		if !ok {
			open = "a key is not known: " + why(k)
			continue
		}
		f := value.Field{Key: key, KeySpan: s.span(item.KeyExpr.Range()), Value: v}
		if i, ok := index[key]; ok {
			fields[i] = f // the last one counts
			continue
		}
		index[key] = len(fields)
		fields = append(fields, f)
	}
	return value.NewOpenMap(fields, open, at)
}

// fieldKey is the key that a value makes; false where it makes none.
func (s *scope) fieldKey(k *value.Value, r hcl.Range) (string, bool) {
	switch k.Kind() {
	case value.String, value.Number, value.Bool:
		return s.keyOf(k.Text()), true
	case value.Unresolved:
		return s.keyOf(value.Hole(s.hole(r))), true
	}
	s.problem(s.span(r), "a key must be a string, not a %s; what stands under it is not read", k.Kind())
	return "", false
}

func (s *scope) objectKey(e *hclsyntax.ObjectConsKeyExpr) *value.Value {
	if !e.ForceNonLiteral {
		if name := hcl.ExprAsKeyword(e.Wrapped); name != "" {
			return value.NewText(value.Lit(name), s.span(e.Range()))
		}
	}
	return s.eval(e.Wrapped)
}

// conditional gives the branch that the condition chooses, or both as choices.
func (s *scope) conditional(e *hclsyntax.ConditionalExpr) *value.Value {
	cond := s.eval(e.Condition)
	switch s.truth(cond, e.Condition.Range()) {
	case value.Yes:
		return s.eval(e.TrueResult)
	case value.No:
		return s.eval(e.FalseResult)
	}
	var branches []*value.Value
	for _, b := range []hclsyntax.Expression{e.TrueResult, e.FalseResult} {
		v, _ := s.attempt(func() *value.Value { return s.part(b) })
		branches = append(branches, v)
	}
	return s.choose(s.because(cond, e.Condition.Range()), s.span(e.SrcRange), cond.Refs(), branches...)
}

// because is the reason for which an expression is not known.
func (s *scope) because(v *value.Value, r hcl.Range) string {
	if w := why(v); w != "" {
		return w
	}
	return s.hole(r) + " is not known"
}

// truth reads a condition.
func (s *scope) truth(v *value.Value, r hcl.Range) value.Tri {
	t, f := v.IsTrue(), v.IsFalse()
	switch {
	case t == value.Yes:
		return value.Yes
	case f == value.Yes:
		return value.No
	case t == value.No && f == value.No:
		if v.Kind() != value.Unresolved {
			s.problem(s.span(r), "a condition must be true or false, not a %s", kind(v))
		}
	}
	return value.Unknown
}

func kind(v *value.Value) string {
	if v.Kind() == value.String {
		return "string"
	}
	return v.Kind().String()
}

// attempt evaluates what may fail; whether it did is the second result.
func (r *run) attempt(f func() *value.Value) (v *value.Value, tried sink) {
	outer := r.sink
	mine := &sink{}
	r.sink = mine
	defer func() { r.sink = outer }()
	v = f()
	return v, sink{count: mine.count, perhaps: mine.perhaps}
}

// choose is a value that is one of several. Equal ones are one.
func (s *scope) choose(why string, at source.Span, refs []value.Ref, from ...*value.Value) *value.Value {
	var all []*value.Value
	var add func(v *value.Value)
	add = func(v *value.Value) {
		if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
			for _, c := range v.Choices() {
				add(c)
			}
			return
		}
		if len(all) > maxChoices {
			return
		}
		for _, have := range all {
			if same(have, v) {
				return
			}
		}
		all = append(all, v)
	}
	for _, v := range from {
		add(v)
	}
	switch {
	case len(all) == 1 && all[0].Kind() != value.Absent:
		return all[0]
	case len(all) > maxChoices:
		refs = slices.Clone(refs)
		for _, v := range from {
			refs = append(refs, v.Refs()...)
		}
		return value.NewUnresolved(why, at, refs)
	}
	return value.NewUnresolved(why, at, refs, all...)
}

// same tells whether two values are certainly equal, without following large
// ones.
func same(a, b *value.Value) bool {
	if a == b {
		return true
	}
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case value.Absent, value.Null:
		return true
	case value.Bool, value.Number, value.String:
		return a.Document() == nil && b.Document() == nil && len(a.Refs()) == 0 && len(b.Refs()) == 0 && a.Text().Equal(b.Text()) == value.Yes
	case value.List, value.Map:
		return a.Len() == 0 && b.Len() == 0 && a.Why() == b.Why()
	}
	return false
}

// over applies f to each possible value. Those for which it fails cannot be.
func (s *scope) over(v *value.Value, at source.Span, f func(*value.Value) *value.Value) *value.Value {
	var out []*value.Value
	for _, c := range v.Choices() {
		if c.Kind() == value.Absent || c.Kind() == value.Null {
			s.sink.perhaps = true
			continue
		}
		r, tried := s.attempt(func() *value.Value { return f(c) })
		if tried.perhaps {
			s.sink.perhaps = true
		}
		if tried.count > 0 {
			s.sink.perhaps = true
			continue
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return value.NewUnresolved(v.Why(), at, v.Refs())
	}
	return s.choose(v.Why(), at, v.Refs(), out...)
}
