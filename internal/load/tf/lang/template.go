package lang

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A piece is a part of a rendered template: literal text, or a value.
type piece struct {
	lit  string
	at   source.Span
	file *file     // of literal text, where its spans are those of the file
	rng  hcl.Range // of literal text
	v    *value.Value
	text value.Text // of v
	alts [][]piece  // of which one stands here, where a condition is not known
}

// templateValue renders a template to a string; one that is JSON keeps the
// document that it is.
func (s *scope) templateValue(e *hclsyntax.TemplateExpr) *value.Value {
	at := s.span(e.SrcRange)
	if e.IsStringLiteral() && !looksLikeJSON(e.Parts[0].(*hclsyntax.LiteralValueExpr).Val.AsString()) {
		return value.NewText(value.Lit(e.Parts[0].(*hclsyntax.LiteralValueExpr).Val.AsString()), at)
	}
	return s.assemble(s.pieces(nil, e), at)
}

// joined renders a loop of a template.
func (s *scope) joined(e *hclsyntax.TemplateJoinExpr) *value.Value {
	return s.assemble(s.pieces(nil, e), s.span(e.Range()))
}

func looksLikeJSON(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return text != "" && (text[0] == '{' || text[0] == '[')
}

// assemble joins pieces to one string.
func (s *scope) assemble(pieces []piece, at source.Span) *value.Value {
	texts := make([]value.Text, len(pieces))
	var refs []value.Ref
	written := 0
	for i, p := range pieces {
		if p.v == nil {
			texts[i] = value.Lit(p.lit)
			written += len(p.lit)
			continue
		}
		texts[i] = p.text
		for _, part := range p.text.Parts() {
			written += len(part.Lit) + len(part.Hole)
		}
		refs = append(refs, p.v.Refs()...)
	}
	if !s.spend(written/32, at) {
		return value.NewUnresolved(tooMuch, at, nil)
	}
	text := value.Concat(texts...)
	if parts := text.Parts(); len(parts) > 0 && looksLikeJSON(first(parts)) {
		if doc := document(pieces); doc != nil {
			return value.NewDocument(text, doc, at, refs...)
		}
		if v := s.documents(pieces, at); v != nil {
			return v
		}
	}
	if len(pieces) == 1 && pieces[0].v != nil {
		if ref, ok := pieces[0].v.Ref(); ok {
			return value.NewRef(text, at, ref)
		}
	}
	return value.NewText(text, at, refs...)
}

// first is the literal text with which parts begin, white space passed over.
func first(parts []value.Part) string {
	for _, p := range parts {
		if p.Hole != "" || strings.TrimLeft(p.Lit, " \t\r\n") != "" {
			return p.Lit
		}
	}
	return ""
}

// pieces renders an expression that stands in a template.
func (s *scope) pieces(into []piece, e hclsyntax.Expression) []piece {
	if !s.enter(func() source.Span { return s.span(e.Range()) }) {
		return append(into, piece{v: value.NewUnresolved(tooMuch, s.span(e.Range()), nil), text: value.Hole("…")})
	}
	defer s.leave()
	switch e := e.(type) {
	case *hclsyntax.TemplateExpr:
		for _, p := range e.Parts {
			into = s.pieces(into, p)
		}
		return into
	case *hclsyntax.LiteralValueExpr:
		if e.Val.Type() == cty.String && e.Val.IsKnown() && !e.Val.IsNull() {
			return append(into, piece{lit: e.Val.AsString(), at: s.span(e.SrcRange), file: s.source(e.SrcRange), rng: e.SrcRange})
		}
	case *hclsyntax.TemplateJoinExpr:
		return s.repeated(into, e)
	case *hclsyntax.ConditionalExpr:
		cond := s.eval(e.Condition)
		switch s.truth(cond, e.Condition.Range()) {
		case value.Yes:
			return s.pieces(into, e.TrueResult)
		case value.No:
			return s.pieces(into, e.FalseResult)
		}
		return append(into, s.either(e, cond))
	}
	return s.piece(into, e, s.eval(e))
}

// either is a condition that is not known, with what both branches render.
func (s *scope) either(e *hclsyntax.ConditionalExpr, cond *value.Value) piece {
	at := s.span(e.SrcRange)
	p := piece{at: at, text: value.Hole(s.hole(e.SrcRange))}
	var values []*value.Value
	for _, b := range []hclsyntax.Expression{e.TrueResult, e.FalseResult} {
		v, _ := s.attempt(func() *value.Value {
			branch := s.pieces(nil, b)
			p.alts = append(p.alts, branch)
			if len(branch) == 1 && branch[0].v != nil {
				return branch[0].v
			}
			return s.assemble(branch, s.span(b.Range()))
		})
		values = append(values, v)
	}
	if p.v = s.choose(s.because(cond, e.Condition.Range()), at, cond.Refs(), values...); p.v.Kind() != value.Unresolved {
		p.text, p.alts = p.v.Text(), nil
	}
	return p
}

// maxDocuments bounds the documents that conditions in one text make.
const maxDocuments = 8

// documents are what the text is where conditions in it are not known: one
// document for each way in which they can be decided; nil where not all of
// them are JSON, or there are many.
func (s *scope) documents(pieces []piece, at source.Span) *value.Value {
	renderings := [][]piece{pieces}
	reason := ""
	for i := 0; i < len(renderings); {
		open := slices.IndexFunc(renderings[i], func(p piece) bool { return p.alts != nil })
		if open < 0 {
			i++
			continue
		}
		p := renderings[i][open]
		if reason == "" {
			reason = why(p.v)
		}
		var next [][]piece
		for _, a := range p.alts {
			next = append(next, slices.Concat(renderings[i][:open], a, renderings[i][open+1:]))
		}
		if renderings = slices.Replace(renderings, i, i+1, next...); len(renderings) > maxDocuments {
			return nil
		}
	}
	if len(renderings) < 2 {
		return nil
	}
	var choices []*value.Value
	for _, r := range renderings {
		v := s.assemble(r, at)
		if v.Document() == nil {
			return nil
		}
		choices = append(choices, v)
	}
	return value.NewUnresolved(reason, at, nil, choices...)
}

// piece adds the value of an expression.
func (s *scope) piece(into []piece, e hclsyntax.Expression, v *value.Value) []piece {
	at := s.span(e.Range())
	p := piece{v: v, at: at}
	switch v.Kind() {
	case value.Unresolved:
		p.text = value.Hole(s.hole(e.Range()))
	case value.List, value.Map, value.Null, value.Absent:
		s.problem(at, "a %s cannot be part of a string", v.Kind())
		p.text = value.Hole(s.hole(e.Range()))
	default:
		p.text = v.Text()
	}
	return append(into, p)
}

// repeated renders a loop of a template turn by turn.
func (s *scope) repeated(into []piece, e *hclsyntax.TemplateJoinExpr) []piece {
	loop, ok := e.Tuple.(*hclsyntax.ForExpr)
	if !ok {
		return s.piece(into, e, value.NewUnresolved("the expression cannot be read", s.span(e.Range()), nil))
	}
	v := s.eval(loop.CollExpr)
	list, rest, ok := s.elementsOf(v, s.span(loop.CollExpr.Range()))
	unknown := func() {
		v := value.NewUnresolved(s.because(v, loop.CollExpr.Range()), s.span(loop.SrcRange), v.Refs())
		into = append(into, piece{v: v, at: v.Span(), text: value.Hole(s.hole(loop.CollExpr.Range()))})
	}
	if !ok {
		unknown()
		return into
	}
	for _, el := range list {
		in, counts := s.turn(loop, el)
		switch counts {
		case value.Yes:
			if !s.spend(1, in.span(loop.SrcRange)) {
				return into
			}
			into = in.pieces(into, loop.ValExpr)
		case value.Unknown:
			unknown()
		}
	}
	if rest != nil {
		unknown()
	}
	return into
}

// render is the template evaluator that functions call. vars are the only
// names that the text has.
func (r *run) render(text []byte, name string, vars *value.Value, at source.Span) *value.Value {
	f := &file{name: name, data: source.Plain(text), lines: []int{0}}
	for i, c := range f.data {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	if deep, bad := tooDeepTemplate(f); bad {
		r.problem(at, "the template nests deeper than %d levels (%s); its text stays unresolved", maxNesting, f.span(deep))
		return value.NewUnresolved("the template "+name, at, nil)
	}
	e, diags := hclsyntax.ParseTemplate(f.data, name, hcl.InitialPos)
	s := &scope{module: r.bare(), template: f}
	if name == "" || r.sameText(name, text) == nil {
		s.place = at
	}
	if diags.HasErrors() {
		for _, d := range diags {
			where := at
			if d.Subject != nil && s.place.IsZero() {
				where = f.span(*d.Subject)
			}
			r.problem(where, "%s", diagnosis(d))
		}
		return value.NewUnresolved("the template "+name+" cannot be read", at, nil)
	}
	for _, v := range vars.Fields() {
		s = s.with(v.Key, v.Value)
	}
	s.vars = vars
	v := s.eval(e)
	if v.Kind() == value.String && !s.place.IsZero() {
		return v.At(at)
	}
	return v
}

// sameText tells whether text is that of the file of the name, so that spans
// in it are spans of the file.
func (r *run) sameText(name string, text []byte) []byte {
	if data, err := r.options.Root.Read(name); err == nil && bytes.Equal(data, text) {
		return data
	}
	return nil
}

func tooDeepTemplate(f *file) (hcl.Range, bool) {
	if !suspicious(f.data) {
		return hcl.Range{}, false
	}
	tokens, _ := hclsyntax.LexTemplate(f.data, f.name, hcl.InitialPos)
	return nesting(tokens)
}

// bare is a module in which nothing is declared.
func (r *run) bare() *module {
	if r.empty == nil {
		r.empty = r.newModule(newConfig("", r.problem), nil, nil, "")
	}
	return r.empty
}

// templateName is a name in a template's text.
func (s *scope) templateName(root string, t hcl.Traversal, at source.Span) *value.Value {
	switch v := s.vars; {
	case v.Kind() == value.Unresolved:
		return s.follow(value.NewText(value.Hole(root), at, v.Refs()...), t[1:], at)
	case v.Kind() == value.Map && v.Why() != "":
		return value.NewUnresolved(v.Why(), at, nil)
	}
	return s.missing(at, root, "the template has no variable %.80q", root)
}
