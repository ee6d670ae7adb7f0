package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/load/tf/function"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A reading evaluates what a block writes as far as the block and the plan
// tell: literals, texts around references, functions. It serves for spans and
// for what a plan does not know; the values of a plan come from the plan.
type reading struct {
	r      *reader
	f      *folder
	from   scope
	locals []string // that are being evaluated
	steps  int
}

// maxSteps bounds the expressions evaluated for one block.
const maxSteps = 50_000

func (x *reading) body(b *hclsyntax.Body, at source.Span, depth int) *value.Value {
	if depth > maxNesting {
		return value.NewUnresolved("a block nested too deep", at, nil)
	}
	var out []value.Field
	for _, a := range ordered(b.Attributes) {
		out = append(out, value.Field{Key: a.Name, KeySpan: x.f.span(a.NameRange), Value: x.eval(a.Expr)})
	}
	groups := map[string]int{}
	for _, n := range b.Blocks {
		name, v := n.Type, (*value.Value)(nil)
		span := x.f.span(n.DefRange())
		if n.Type == "dynamic" && len(n.Labels) == 1 {
			name, v = n.Labels[0], value.NewUnresolved("dynamic "+n.Labels[0], span, nil)
		} else {
			v = x.body(n.Body, span, depth+1)
		}
		i, ok := groups[name]
		if !ok {
			i = len(out)
			groups[name] = i
			out = append(out, value.Field{Key: name, KeySpan: span, Value: value.NewList(nil, span)})
		}
		list := out[i].Value
		out[i].Value = value.NewList(append(slices.Clip(list.Items()), v), list.Span())
	}
	return value.NewMap(out, at)
}

func ordered(attrs hclsyntax.Attributes) []*hclsyntax.Attribute {
	var out []*hclsyntax.Attribute
	for _, a := range attrs {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int { return a.NameRange.Start.Byte - b.NameRange.Start.Byte })
	return out
}

func (x *reading) unresolved(e hclsyntax.Expression) *value.Value {
	return value.NewUnresolved(x.f.text(e.Range()), x.f.span(e.Range()), nil)
}

func (x *reading) eval(e hclsyntax.Expression) *value.Value {
	if x.steps++; x.steps > maxSteps {
		return x.unresolved(e)
	}
	at := x.f.span(e.Range())
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return literal(e.Val, at)
	case *hclsyntax.ParenthesesExpr:
		return x.eval(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return x.eval(e.Wrapped)
	case *hclsyntax.ObjectConsKeyExpr:
		if name := hcl.ExprAsKeyword(e); name != "" && !e.ForceNonLiteral {
			return value.NewText(value.Lit(name), at)
		}
		return x.eval(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		return x.template(e, at)
	case *hclsyntax.TupleConsExpr:
		items := make([]*value.Value, len(e.Exprs))
		for i, it := range e.Exprs {
			items[i] = x.eval(it)
		}
		return value.NewList(items, at)
	case *hclsyntax.ObjectConsExpr:
		return x.object(e, at)
	case *hclsyntax.ScopeTraversalExpr:
		return x.traversal(e, at)
	case *hclsyntax.FunctionCallExpr:
		return x.call(e, at)
	}
	return x.unresolved(e)
}

func literal(v cty.Value, at source.Span) *value.Value {
	switch {
	case v.IsNull() || !v.IsKnown():
		return value.NewNull(at)
	case v.Type() == cty.String:
		return value.NewText(value.Lit(v.AsString()), at)
	case v.Type() == cty.Bool:
		return value.NewBool(v.True(), at)
	case v.Type() == cty.Number:
		if f := v.AsBigFloat(); f.MantExp(nil) < 4096 {
			return value.NewNumber(f.Text('g', -1), at)
		}
	}
	return value.NewUnresolved("a literal", at, nil)
}

func (x *reading) template(e *hclsyntax.TemplateExpr, at source.Span) *value.Value {
	var texts []value.Text
	var refs []value.Ref
	for _, p := range e.Parts {
		v := x.eval(p)
		switch v.Kind() {
		case value.String, value.Number, value.Bool, value.Unresolved:
		default:
			return x.unresolved(e)
		}
		texts = append(texts, v.Text())
		for _, ref := range v.Refs() {
			if !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	return value.NewText(value.Concat(texts...), at, refs...)
}

func (x *reading) object(e *hclsyntax.ObjectConsExpr, at source.Span) *value.Value {
	var out []value.Field
	why := ""
	for _, it := range e.Items {
		k := x.eval(it.KeyExpr)
		name, ok := k.Known()
		if !ok {
			why = k.Str()
			continue
		}
		out = append(out, value.Field{Key: name, KeySpan: k.Span(), Value: x.eval(it.ValueExpr)})
	}
	if why != "" {
		return value.NewOpenMap(out, why, at)
	}
	return value.NewMap(out, at)
}

func (x *reading) call(e *hclsyntax.FunctionCallExpr, at source.Span) *value.Value {
	if e.ExpandFinal || !function.Known(e.Name) {
		return x.unresolved(e)
	}
	args := make([]*value.Value, len(e.Args))
	for i, a := range e.Args {
		args[i] = x.eval(a)
	}
	dir := x.r.root.dir
	return function.Call(e.Name, args, at, &function.Env{Root: x.r.o.Root, Dir: dir})
}

// traversal is a reference to an attribute, a variable of the root, a local
// value, or the key of the instance.
func (x *reading) traversal(e *hclsyntax.ScopeTraversalExpr, at source.Span) *value.Value {
	t, ok := parseTarget(written(e.Traversal))
	if !ok {
		return x.unresolved(e)
	}
	switch t.kind {
	case "resource", "data", "module":
		s := &search{r: x.r, exact: true}
		s.reference(written(e.Traversal), x.from)
		if s.exact && len(s.found) == 1 {
			return x.attribute(s.found[0], at)
		}
		return value.NewUnresolved(x.f.text(e.Range()), at, x.r.refs(s, at))
	case "var":
		return x.variable(e, t, at)
	case "local":
		return x.local(e, t)
	case "each", "count":
		key, ok := x.from.in.key()
		if ok && (t.name == "key" || t.name == "index" && isNumber(key)) && !t.deep {
			return value.NewText(value.Lit(key), at)
		}
	case "path":
		if t.name == "module" && x.from.owner != nil && x.from.owner.dir != "" {
			return value.NewText(value.Lit(x.from.owner.dir), at)
		}
	}
	return x.unresolved(e)
}

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }

// attribute is an attribute as the plan knows it, else as the provider does.
func (x *reading) attribute(f found, at source.Span) *value.Value {
	v := x.r.attribute(f, at)
	held := f.in.values.Get(f.attr)
	if !held.Is(source.StringNode) || sensitive(f.in.secret, f.attr) {
		return v
	}
	if ref, ok := v.Ref(); ok {
		return value.NewRef(value.Lit(held.Text), at, ref)
	}
	return value.NewText(value.Lit(held.Text), at, v.Refs()...)
}

// variable is the value that the plan was made with, or what the call of the
// module refers to.
func (x *reading) variable(e *hclsyntax.ScopeTraversalExpr, t target, at source.Span) *value.Value {
	if t.deep {
		return x.unresolved(e)
	}
	if x.from.owner.parent == nil {
		v := x.r.doc.Path("variables", t.name, "value")
		if v == nil || isTrue(x.r.root.node.Path("variables", t.name, "sensitive")) {
			return x.unresolved(e)
		}
		return leaf{r: x.r, at: at}.value(v, nil, nil, value.NewAbsent(at))
	}
	given := x.from.owner.call.Path("expressions", t.name)
	if c := given.Get("constant_value"); c != nil {
		return leaf{r: x.r, at: at}.value(c, nil, nil, value.NewAbsent(at))
	}
	s := &search{r: x.r, exact: true}
	s.reference("var."+t.name, x.from)
	if s.exact && len(s.found) == 1 && !composed(t.name) {
		return x.attribute(s.found[0], at)
	}
	return value.NewUnresolved(x.f.text(e.Range()), at, x.r.refs(s, at))
}

func (x *reading) local(e *hclsyntax.ScopeTraversalExpr, t target) *value.Value {
	a := x.f.locals[t.name]
	if a == nil || slices.Contains(x.locals, t.name) || len(x.locals) > 50 {
		return x.unresolved(e)
	}
	x.locals = append(x.locals, t.name)
	v := x.eval(a.Expr)
	x.locals = x.locals[:len(x.locals)-1]
	for _, s := range e.Traversal[2:] {
		name, ok := s.(hcl.TraverseAttr)
		if !ok {
			return x.unresolved(e)
		}
		if v = v.Get(name.Name); v.Kind() == value.Absent {
			return x.unresolved(e)
		}
	}
	return v
}

// written spells a traversal as an address.
func written(t hcl.Traversal) string {
	var b strings.Builder
	for i, s := range t {
		switch s := s.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Name)
		case hcl.TraverseIndex:
			switch {
			case s.Key.Type() == cty.String:
				b.WriteString("[" + strconv.Quote(s.Key.AsString()) + "]")
			case s.Key.Type() == cty.Number:
				b.WriteString("[" + s.Key.AsBigFloat().Text('f', 0) + "]")
			}
		default:
			b.WriteString("[*]")
		}
	}
	return b.String()
}
