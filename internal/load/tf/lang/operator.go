package lang

import (
	"math/big"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// maxBits bounds the exponents of numbers: 1e999999999 written out would be a
// gigabyte.
const maxBits = 4096

// number makes a value of a number.
func (s *scope) number(f *big.Float, at source.Span) *value.Value {
	if e := f.MantExp(nil); f.IsInf() || e > maxBits || e < -maxBits {
		s.problem(at, "the number is larger or smaller than remit evaluates; it stays unresolved")
		return value.NewUnresolved("a number that remit does not evaluate", at, nil)
	}
	if f.IsInt() {
		return value.NewNumber(f.Text('f', 0), at)
	}
	return value.NewNumber(f.Text('f', -1), at)
}

// operand reads a number; known is false where it is not known, ok where it is
// no number.
func operand(v *value.Value) (f *big.Float, known, ok bool) {
	switch v.Kind() {
	case value.Unresolved:
		return nil, false, true
	case value.Number, value.String:
		text, known := v.Known()
		if !known {
			return nil, false, true
		}
		if len(text) > maxBits {
			return nil, false, false
		}
		n, err := cty.ParseNumberVal(text)
		if err != nil {
			return nil, false, false
		}
		return n.AsBigFloat(), true, true
	}
	return nil, false, false
}

func (s *scope) unary(e *hclsyntax.UnaryOpExpr) *value.Value {
	v := s.eval(e.Val)
	at := s.span(e.SrcRange)
	if e.Op == hclsyntax.OpLogicalNot {
		return boolean(s.truth(v, e.Val.Range()).Not(), at, v)
	}
	n, known, ok := operand(v)
	switch {
	case !ok:
		return s.missing(at, "a number", "- is written before a %s", kind(v))
	case !known:
		return value.NewUnresolved(s.because(v, e.Val.Range()), at, v.Refs())
	}
	return s.number(new(big.Float).Neg(n), at)
}

// boolean is the answer to a question about operands.
func boolean(t value.Tri, at source.Span, operands ...*value.Value) *value.Value {
	if t != value.Unknown {
		return value.NewBool(t == value.Yes, at)
	}
	var refs []value.Ref
	reason := ""
	for _, o := range operands {
		refs = append(refs, o.Refs()...)
		if reason == "" {
			reason = why(o)
		}
	}
	if reason == "" {
		reason = "a condition is not known"
	}
	return value.NewUnresolved(reason, at, refs)
}

func (s *scope) binary(e *hclsyntax.BinaryOpExpr) *value.Value {
	at := s.span(e.SrcRange)
	l := s.eval(e.LHS)
	switch e.Op {
	case hclsyntax.OpLogicalAnd, hclsyntax.OpLogicalOr:
		lt := s.truth(l, e.LHS.Range())
		r, tried := s.attempt(func() *value.Value { return s.eval(e.RHS) })
		rt := value.Unknown
		if tried.count == 0 {
			rt = s.truth(r, e.RHS.Range())
		} else if lt != value.Of(e.Op == hclsyntax.OpLogicalOr) {
			r = s.eval(e.RHS) // the failure is one of the sources
		}
		if e.Op == hclsyntax.OpLogicalAnd {
			return boolean(lt.And(rt), at, l, r)
		}
		return boolean(lt.Or(rt), at, l, r)
	}
	r := s.eval(e.RHS)
	switch e.Op {
	case hclsyntax.OpEqual:
		return boolean(s.equal(l, r, 0), at, l, r)
	case hclsyntax.OpNotEqual:
		return boolean(s.equal(l, r, 0).Not(), at, l, r)
	}
	if v, ok := s.spread(l, r, at, func(a, b *value.Value) *value.Value { return s.arithmetic(e, a, b, at) }); ok {
		return v
	}
	return s.arithmetic(e, l, r, at)
}

// spread applies an operation to the choices of one operand.
func (s *scope) spread(l, r *value.Value, at source.Span, f func(a, b *value.Value) *value.Value) (*value.Value, bool) {
	switch {
	case len(l.Choices()) > 0:
		return s.over(l, at, func(c *value.Value) *value.Value { return f(c, r) }), true
	case len(r.Choices()) > 0:
		return s.over(r, at, func(c *value.Value) *value.Value { return f(l, c) }), true
	}
	return nil, false
}

func (s *scope) arithmetic(e *hclsyntax.BinaryOpExpr, l, r *value.Value, at source.Span) *value.Value {
	if v, ok := s.spread(l, r, at, func(a, b *value.Value) *value.Value { return s.arithmetic(e, a, b, at) }); ok {
		return v
	}
	a, aKnown, aOK := operand(l)
	b, bKnown, bOK := operand(r)
	switch {
	case !aOK:
		return s.missing(s.span(e.LHS.Range()), "a number", "a number is wanted, not a %s", kind(l))
	case !bOK:
		return s.missing(s.span(e.RHS.Range()), "a number", "a number is wanted, not a %s", kind(r))
	case !aKnown || !bKnown:
		refs := slices.Concat(l.Refs(), r.Refs())
		if !aKnown {
			return value.NewUnresolved(s.because(l, e.LHS.Range()), at, refs)
		}
		return value.NewUnresolved(s.because(r, e.RHS.Range()), at, refs)
	}
	c := a.Cmp(b)
	switch e.Op {
	case hclsyntax.OpGreaterThan:
		return value.NewBool(c > 0, at)
	case hclsyntax.OpGreaterThanOrEqual:
		return value.NewBool(c >= 0, at)
	case hclsyntax.OpLessThan:
		return value.NewBool(c < 0, at)
	case hclsyntax.OpLessThanOrEqual:
		return value.NewBool(c <= 0, at)
	}
	out := new(big.Float).SetPrec(512)
	switch e.Op {
	case hclsyntax.OpAdd:
		return s.number(out.Add(a, b), at)
	case hclsyntax.OpSubtract:
		return s.number(out.Sub(a, b), at)
	case hclsyntax.OpMultiply:
		return s.number(out.Mul(a, b), at)
	}
	if b.Sign() == 0 {
		return s.missing(at, "a number", "a number is divided by zero")
	}
	if e.Op == hclsyntax.OpDivide {
		return s.number(out.Quo(a, b), at)
	}
	return s.number(modulo(a, b), at)
}

// modulo is the remainder as Go's % gives it, for fractions too.
func modulo(a, b *big.Float) *big.Float {
	q := new(big.Float).SetPrec(512).Quo(a, b)
	whole, _ := q.Int(nil)
	w := new(big.Float).SetPrec(512).SetInt(whole)
	return new(big.Float).SetPrec(512).Sub(a, w.Mul(w, b))
}

// equal compares two values as == does.
func (s *scope) equal(a, b *value.Value, depth int) value.Tri {
	if depth > 100 || !s.spend(1, a.Span()) {
		return value.Unknown
	}
	if len(a.Choices()) > 0 || len(b.Choices()) > 0 {
		return s.equalAny(a, b, depth)
	}
	ak, bk := a.Kind(), b.Kind()
	switch {
	case ak == value.Unresolved || bk == value.Unresolved:
		return value.Unknown
	case ak == value.Absent:
		ak = value.Null
	case bk == value.Absent:
		bk = value.Null
	}
	if ak != bk {
		if isHole(a) || isHole(b) {
			return value.Unknown // of what type it is, is not known either
		}
		return value.No
	}
	switch ak {
	case value.Null:
		return value.Yes
	case value.List:
		return s.equalLists(a, b, depth)
	case value.Map:
		return s.equalMaps(a, b, depth)
	case value.Number:
		if x, known, ok := operand(a); known && ok {
			if y, known, ok := operand(b); known && ok {
				return value.Of(x.Cmp(y) == 0)
			}
		}
	}
	return a.Text().Equal(b.Text())
}

// isHole tells a text of which nothing is known.
func isHole(v *value.Value) bool {
	parts := v.Text().Parts()
	return v.Kind() == value.String && len(parts) == 1 && parts[0].Hole != ""
}

func (s *scope) equalAny(a, b *value.Value, depth int) value.Tri {
	if len(a.Choices()) == 0 {
		a, b = b, a
	}
	var answers []value.Tri
	for _, c := range a.Choices() {
		answers = append(answers, s.equal(c, b, depth+1))
	}
	return value.Agree(answers...)
}

func (s *scope) equalLists(a, b *value.Value, depth int) value.Tri {
	x, y := a.Items(), b.Items()
	if slices.ContainsFunc(x, isOpen) || slices.ContainsFunc(y, isOpen) {
		return value.Unknown
	}
	if len(x) != len(y) {
		return value.No
	}
	out := value.Yes
	for i := range x {
		out = out.And(s.equal(x[i], y[i], depth+1))
	}
	return out
}

// isOpen tells an element that may be none or many.
func isOpen(v *value.Value) bool {
	if isRest(v) {
		return true
	}
	_, maybe := certain(v)
	return maybe
}

func (s *scope) equalMaps(a, b *value.Value, depth int) value.Tri {
	x, y := s.sorted(a), s.sorted(b)
	if a.Why() != "" || b.Why() != "" {
		return value.Unknown
	}
	if len(x) != len(y) {
		return value.No
	}
	out := value.Yes
	for i := range x {
		out = out.And(s.keyText(x[i].Key).Equal(s.keyText(y[i].Key))).And(s.equal(x[i].Value, y[i].Value, depth+1))
	}
	return out
}
