package lang

import (
	"math/big"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/source"
)

// jsonLabels are the labels of blocks at the top of a JSON file.
var jsonLabels = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1,
	"locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0, "check": 1,
}

// jsonNested are blocks inside others whose meaning is the language's. All
// else in JSON is read as an argument: what is a block of the provider's cannot
// be told from one.
var jsonNested = map[string]int{"lifecycle": 0, "provisioner": 1, "connection": 0, "dynamic": 1}

// jsonReader brings a file of JSON into the tree of the native syntax.
type jsonReader struct {
	file   *file
	report func(source.Span, string, ...any)
}

func jsonBody(f *file, n *source.Node, report func(source.Span, string, ...any)) *hclsyntax.Body {
	r := &jsonReader{file: f, report: report}
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	if n == nil {
		return body
	}
	roots := []*source.Node{n}
	if n.Is(source.ListNode) {
		roots = n.Items
	}
	for _, root := range roots {
		if !root.Is(source.MapNode) {
			report(root.Span, "a file of configuration in JSON is an object, not a %s", root.Kind)
			continue
		}
		for _, f := range root.Fields {
			if f.Key == "//" {
				continue
			}
			labels, known := jsonLabels[f.Key]
			if !known {
				report(f.KeySpan, "%q is no block that Terraform has at the top of a file; it is not read", f.Key)
				continue
			}
			r.blocks(body, f.Key, f.KeySpan, nil, nil, labels, f.Value)
		}
	}
	return body
}

// blocks unfolds objects of labels, and lists of them, to blocks.
func (r *jsonReader) blocks(into *hclsyntax.Body, typ string, at source.Span, labels []string, ranges []hcl.Range, more int, n *source.Node) {
	switch {
	case n.Is(source.ListNode):
		for _, it := range n.Items {
			r.blocks(into, typ, at, labels, ranges, more, it)
		}
	case n.Is(source.NullNode):
	case !n.Is(source.MapNode):
		r.report(n.Span, "a %s block in JSON is an object, not a %s; it is not read", typ, n.Kind)
	case more > 0:
		for _, f := range n.Fields {
			if f.Key == "//" {
				continue
			}
			l := append(labels[:len(labels):len(labels)], f.Key)
			rr := append(ranges[:len(ranges):len(ranges)], r.rng(f.KeySpan))
			r.blocks(into, typ, at, l, rr, more-1, f.Value)
		}
	default:
		header := r.rng(at)
		if len(ranges) > 0 {
			header = ranges[len(ranges)-1]
		}
		whole := r.rng(n.Span)
		block := &hclsyntax.Block{Type: typ, Labels: labels, Body: r.body(n, typ != "locals"),
			TypeRange: header, LabelRanges: ranges, OpenBraceRange: header, CloseBraceRange: hcl.Range{Filename: whole.Filename, Start: whole.End, End: whole.End}}
		into.Blocks = append(into.Blocks, block)
	}
}

// body reads an object as the body of a block.
func (r *jsonReader) body(n *source.Node, nested bool) *hclsyntax.Body {
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: r.rng(n.Span)}
	for _, f := range n.Fields {
		if f.Key == "//" {
			continue
		}
		labels, block := jsonNested[f.Key]
		if nested && block {
			r.blocks(body, f.Key, f.KeySpan, nil, nil, labels, f.Value)
			continue
		}
		if nested && f.Key == "content" && f.Value.Is(source.MapNode) && n.Has("for_each") {
			r.blocks(body, f.Key, f.KeySpan, nil, nil, 0, f.Value)
			continue
		}
		body.Attributes[f.Key] = &hclsyntax.Attribute{Name: f.Key, Expr: r.expression(f.Value),
			SrcRange: r.rng(f.KeySpan.To(f.Value.Span)), NameRange: r.rng(f.KeySpan)}
	}
	return body
}

// expression reads a value; strings are templates.
func (r *jsonReader) expression(n *source.Node) hclsyntax.Expression {
	rng := r.rng(n.Span)
	switch n.Kind {
	case source.BoolNode:
		return &hclsyntax.LiteralValueExpr{Val: cty.BoolVal(n.Text == "true"), SrcRange: rng}
	case source.NumberNode:
		if f, _, err := big.ParseFloat(n.Text, 10, 512, big.ToNearestEven); err == nil {
			return &hclsyntax.LiteralValueExpr{Val: cty.NumberVal(f), SrcRange: rng}
		}
	case source.StringNode:
		return r.template(n)
	case source.ListNode:
		list := &hclsyntax.TupleConsExpr{SrcRange: rng, OpenRange: rng}
		for _, it := range n.Items {
			list.Exprs = append(list.Exprs, r.expression(it))
		}
		return list
	case source.MapNode:
		object := &hclsyntax.ObjectConsExpr{SrcRange: rng, OpenRange: rng}
		for _, f := range n.Fields {
			if f.Key == "//" {
				continue
			}
			key := r.template(source.NewString(f.Key, f.KeySpan))
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: &hclsyntax.ObjectConsKeyExpr{Wrapped: key, ForceNonLiteral: true}, ValueExpr: r.expression(f.Value)})
		}
		return object
	}
	return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: rng}
}

func (r *jsonReader) template(n *source.Node) hclsyntax.Expression {
	at := n.Span
	at.Column++ // the quotation mark
	e, diags := r.file.parseText(asTemplate(), n.Text, at)
	if diags.HasErrors() {
		for _, d := range diags {
			r.report(n.Span, "%s", diagnosis(d))
		}
		return &hclsyntax.ExprSyntaxError{Placeholder: cty.DynamicVal, SrcRange: r.rng(n.Span)}
	}
	switch t := e.(type) {
	case *hclsyntax.TemplateExpr:
		t.SrcRange = r.rng(n.Span)
	case *hclsyntax.TemplateWrapExpr:
		t.SrcRange = r.rng(n.Span)
	}
	return e
}

// rng is a span as a range of the file.
func (r *jsonReader) rng(s source.Span) hcl.Range {
	return hcl.Range{Filename: s.File, Start: r.pos(s.Line, s.Column), End: r.pos(s.EndLine, s.EndColumn)}
}

func (r *jsonReader) pos(line, column int) hcl.Pos {
	p := hcl.Pos{Line: line, Column: column}
	if line >= 1 && line <= len(r.file.lines) {
		p.Byte = r.file.lines[line-1] + column - 1
	}
	return p
}
