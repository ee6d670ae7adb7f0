package lang

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// attributes evaluates the body of a resource or data source.
func (s *scope) attributes(b *block, defaults *value.Value) *value.Value {
	v := s.body(b, true)
	tags := v.Get("tags")
	if defaults.Kind() != value.Map || tags.Kind() != value.Map {
		return v
	}
	fields := v.Fields()
	for i := range fields {
		if fields[i].Key == "tags" {
			fields[i].Value = defaultTags(tags, defaults)
		}
	}
	return v
}

// body evaluates arguments and nested blocks in the order written.
func (s *scope) body(b *block, top bool) *value.Value {
	var fields []value.Field
	for _, a := range b.args {
		if top && notArguments[a.name] {
			continue
		}
		v := s.part(a.expr)
		if k := v.Kind(); k == value.Null || k == value.Absent {
			continue
		}
		fields = append(fields, value.Field{Key: a.name, KeySpan: s.span(a.at), Value: v})
	}
	index := map[string]int{}
	lists := map[string][]*value.Value{}
	for _, n := range b.blocks {
		if top && notArguments[n.typ] {
			continue
		}
		typ, items, at := s.nestedBlock(n)
		if len(items) == 0 {
			continue
		}
		i, ok := index[typ]
		if !ok {
			i = len(fields)
			index[typ] = i
			fields = append(fields, value.Field{Key: typ, KeySpan: s.span(n.header)})
		}
		lists[typ] = append(lists[typ], items...)
		span := at
		if fields[i].Value != nil && fields[i].Value.Span().File == at.File {
			span = fields[i].Value.Span().To(at)
		}
		fields[i].Value = value.NewList(lists[typ], span)
	}
	return value.NewMap(fields, s.span(b.whole))
}

// nestedBlock evaluates one nested block: a map, or what a dynamic block makes.
func (s *scope) nestedBlock(n *block) (typ string, items []*value.Value, at source.Span) {
	at = s.span(n.whole)
	if !s.enter(func() source.Span { return at }) {
		return n.produces(), []*value.Value{value.NewUnresolved(tooMuch, at, nil)}, at
	}
	defer s.leave()
	if n.typ == "dynamic" && len(n.labels) == 1 {
		return n.labels[0], s.dynamic(n, at), at
	}
	return n.typ, []*value.Value{s.body(n, false)}, at
}

// dynamic evaluates a dynamic block to the blocks that it makes.
func (s *scope) dynamic(n *block, at source.Span) []*value.Value {
	contents := n.nested("content")
	each := n.arg("for_each")
	if each == nil || len(contents) != 1 {
		s.problem(at, "a dynamic block has for_each and one content block; this one is not read")
		return []*value.Value{value.NewUnresolved("a dynamic block that cannot be read", at, nil)}
	}
	iterator := n.labels[0]
	if a := n.arg("iterator"); a != nil {
		if name := literal(a.expr); name != "" {
			iterator = name
		}
	}
	v := s.eval(each.expr)
	return s.blocksOf(v, contents[0], iterator, each.expr, at)
}

func (s *scope) blocksOf(v *value.Value, content *block, iterator string, e hclsyntax.Expression, at source.Span) []*value.Value {
	one := func(key, v *value.Value) *value.Value {
		in := s.with(iterator, value.NewMap([]value.Field{{Key: "key", KeySpan: at, Value: key}, {Key: "value", KeySpan: at, Value: v}}, at))
		in.loop++
		return in.body(content, false)
	}
	reason := s.because(v, e.Range())
	any := func() *value.Value {
		hole := value.NewText(value.Hole(s.hole(e.Range())+"[*]"), at)
		return one(hole, value.NewUnresolved(reason, at, v.Refs()))
	}
	if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		var out []*value.Value
		for _, c := range v.Choices() {
			for _, b := range s.blocksOf(c, content, iterator, e, at) {
				if _, maybe := certain(b); !maybe && !isRest(b) {
					b = perhaps(b, reason)
				}
				out = append(out, b)
			}
		}
		return out
	}
	if k := v.Kind(); k == value.Null || k == value.Absent {
		return nil
	}
	list, rest, ok := s.elementsOf(v, s.span(e.Range()))
	if !ok {
		return []*value.Value{perhaps(any(), restOf+reason)}
	}
	var out []*value.Value
	for _, el := range list {
		if v.Kind() == value.List {
			el.key = el.value // as for sets, which lists are written for
		}
		b := one(el.key, el.value)
		if el.maybe {
			b = perhaps(b, reason)
		}
		out = append(out, b)
	}
	if rest != nil {
		out = append(out, perhaps(any(), restOf+rest.Why()))
	}
	return out
}

// listed are the references in an argument that lists them.
func (s *scope) listed(b *block, name string) []hcl.Traversal {
	a := b.arg(name)
	if a == nil {
		return nil
	}
	list, ok := a.expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		s.problem(s.span(a.expr.Range()), "%s is a list of references", name)
		return nil
	}
	var out []hcl.Traversal
	for _, e := range list.Exprs {
		if t := s.static(e); t != nil {
			out = append(out, t)
		} else {
			s.problem(s.span(e.Range()), "%s is a list of references", name)
		}
	}
	return out
}

// static reads an expression that is only a name; in JSON it is a string.
func (s *scope) static(e hclsyntax.Expression) hcl.Traversal {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return e.Traversal
	case *hclsyntax.IndexExpr:
		return s.static(e.Collection)
	case *hclsyntax.RelativeTraversalExpr:
		return s.static(e.Source)
	case *hclsyntax.TemplateWrapExpr:
		return s.static(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		if text := literal(e); text != "" && len(text) < 1000 {
			if t, diags := hclsyntax.ParseTraversalAbs([]byte(text), e.SrcRange.Filename, e.SrcRange.Start); !diags.HasErrors() {
				return t
			}
		}
	}
	return nil
}
