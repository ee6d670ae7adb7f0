package lang

import (
	"bytes"
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
)

// A file is one parsed file of configuration: native syntax, or JSON brought
// into the same tree.
type file struct {
	name  string
	data  []byte
	lines []int // offsets of the starts of lines
	body  *hclsyntax.Body
}

// parse reads one file; what is wrong with it goes to report, and what could
// be parsed of it is kept.
func parse(name string, data []byte, limits source.Limits, report func(source.Span, string, ...any)) *file {
	f := &file{name: name, data: source.Plain(data), lines: []int{0}}
	for i, c := range f.data {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	if strings.HasSuffix(name, ".tfvars.json") {
		f.body = &hclsyntax.Body{} // see jsonVariables
		return f
	}
	if strings.HasSuffix(name, ".json") {
		node, problems := source.ParseJSON(name, f.data, limits)
		for _, p := range problems {
			report(p.Span, "%s", p.Message)
		}
		f.body = jsonBody(f, node, report)
		return f
	}
	if at, deep := tooDeep(name, f.data); deep {
		report(f.span(at), "the file nests deeper than %d levels; it is not read", maxNesting)
		f.body = &hclsyntax.Body{}
		return f
	}
	parsed, diags := hclsyntax.ParseConfig(f.data, name, hcl.InitialPos)
	f.report(diags, report)
	if body, ok := parsed.Body.(*hclsyntax.Body); ok {
		f.body = body
	} else {
		f.body = &hclsyntax.Body{}
	}
	return f
}

// report turns the parser's diagnostics into problems.
func (f *file) report(diags hcl.Diagnostics, report func(source.Span, string, ...any)) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := source.FileSpan(f.name)
		if d.Subject != nil {
			at = f.span(*d.Subject)
		}
		report(at, "not valid Terraform: %s", diagnosis(d))
	}
}

func diagnosis(d *hcl.Diagnostic) string {
	text := lowered(strings.TrimSuffix(d.Summary, "."))
	if d.Detail != "" {
		text += ": " + lowered(strings.TrimSuffix(strings.Join(strings.Fields(d.Detail), " "), "."))
	}
	return text
}

// lowered begins a sentence as our messages do.
func lowered(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// span is a range of the file with columns in bytes.
func (f *file) span(r hcl.Range) source.Span {
	s := source.Span{File: f.name, Line: r.Start.Line, EndLine: r.End.Line}
	s.Column = f.column(r.Start)
	s.EndColumn = f.column(r.End)
	return s
}

func (f *file) column(p hcl.Pos) int {
	if p.Line < 1 || p.Line > len(f.lines) {
		return 1
	}
	return max(1, p.Byte-f.lines[p.Line-1]+1)
}

// between is the span between two offsets.
func (f *file) between(start, end int) source.Span {
	s := source.Span{File: f.name}
	s.Line, s.Column = f.position(start)
	s.EndLine, s.EndColumn = f.position(end)
	return s
}

func (f *file) position(offset int) (line, column int) {
	i := sort.SearchInts(f.lines, offset+1) - 1
	return i + 1, offset - f.lines[i] + 1
}

// text is what is written in a range, on one line and not too long, to name
// what is not known after.
func (f *file) text(r hcl.Range) string {
	if !r.CanSliceBytes(f.data) {
		return ""
	}
	const longest = 80
	raw := r.SliceBytes(f.data)
	if len(raw) > 4*longest {
		raw = raw[:4*longest]
	}
	words := string(bytes.Join(bytes.Fields(raw), []byte(" ")))
	if len(words) > longest {
		words = strings.ToValidUTF8(words[:longest], "") + "…"
	}
	return words
}

// maxNesting bounds brackets in brackets. The parser recurses, and its stack
// must not depend on what it is given.
const maxNesting = 400

// maxConditions bounds conditions in a file, which the parser takes as nested
// in each other.
const maxConditions = 20_000

// tooDeep tells where brackets, templates or operators nest deeper than remit
// reads. Bytes are counted first; only where those are suspicious does the
// scanner tell brackets from text.
func tooDeep(name string, data []byte) (hcl.Range, bool) {
	if !suspicious(data) {
		return hcl.Range{}, false
	}
	tokens, _ := hclsyntax.LexConfig(data, name, hcl.InitialPos)
	return nesting(tokens)
}

// nesting tells where tokens nest too deep.
func nesting(tokens hclsyntax.Tokens) (hcl.Range, bool) {
	depth, unary, conditions := 0, 0, 0
	for i, t := range tokens {
		if t.Type == hclsyntax.TokenTemplateControl && i+1 < len(tokens) {
			switch string(tokens[i+1].Bytes) {
			case "if", "for":
				depth++
			case "endif", "endfor":
				depth--
			}
		}
		switch t.Type {
		case hclsyntax.TokenBang, hclsyntax.TokenMinus:
			unary++
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		default:
			unary = 0
		}
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
			hclsyntax.TokenTemplateControl, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd,
			hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth--
		case hclsyntax.TokenQuestion:
			conditions++
		}
		if depth > maxNesting || unary > maxNesting || conditions > maxConditions {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}

func suspicious(data []byte) bool {
	depth, unary, conditions, controls := 0, 0, 0, 0
	for i, c := range data {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '?':
			conditions++
		case '%':
			if i+1 < len(data) && data[i+1] == '{' {
				controls++
			}
		}
		switch c {
		case '!', '-':
			unary++
		case ' ', '\t', '\r', '\n':
		default:
			unary = 0
		}
		if depth > maxNesting || unary > maxNesting || conditions > maxNesting || controls > maxNesting {
			return true
		}
	}
	return false
}

// IsConfig tells from its name whether a file is one of configuration.
func IsConfig(name string) bool {
	config, _ := isConfig(path.Base(name))
	return config
}

// isConfig tells files of configuration by name; the second result says that
// the file overrides others.
func isConfig(name string) (config, override bool) {
	base, ok := stem(name)
	if !ok || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
		return false, false
	}
	return true, base == "override" || strings.HasSuffix(base, "_override")
}

// stem cuts the ending off that makes a file one of configuration.
func stem(name string) (string, bool) {
	for _, ext := range []string{".tofu.json", ".tf.json", ".tofu", ".tf"} {
		if base, ok := strings.CutSuffix(name, ext); ok && base != "" {
			return base, true
		}
	}
	return "", false
}

// configFiles chooses from a folder's files those that are read, in order:
// first the others, then those that override. An OpenTofu file stands in for
// the Terraform file of its name.
func configFiles(names []string) (files, overrides []string) {
	have := map[string]bool{}
	for _, n := range names {
		have[n] = true
	}
	for _, n := range names {
		config, override := isConfig(n)
		if !config {
			continue
		}
		if base, ok := strings.CutSuffix(n, ".tf"); ok && have[base+".tofu"] {
			continue
		}
		if base, ok := strings.CutSuffix(n, ".tf.json"); ok && have[base+".tofu.json"] {
			continue
		}
		if override {
			overrides = append(overrides, n)
		} else {
			files = append(files, n)
		}
	}
	return files, overrides
}

// A syntax is what a text inside something else is written in.
type syntax struct {
	lex   func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics)
	parse func([]byte, string, hcl.Pos) (hclsyntax.Expression, hcl.Diagnostics)
}

func asTemplate() syntax   { return syntax{hclsyntax.LexTemplate, hclsyntax.ParseTemplate} }
func asExpression() syntax { return syntax{hclsyntax.LexExpression, hclsyntax.ParseExpression} }

// parseText parses an expression or template that is written inside something
// else, at a place of the file.
func (f *file) parseText(as syntax, text string, at source.Span) (hclsyntax.Expression, hcl.Diagnostics) {
	start := hcl.Pos{Line: at.Line, Column: at.Column, Byte: 0}
	if at.Line >= 1 && at.Line <= len(f.lines) {
		start.Byte = f.lines[at.Line-1] + at.Column - 1
	}
	if suspicious([]byte(text)) {
		tokens, _ := as.lex([]byte(text), f.name, start)
		if _, deep := nesting(tokens); deep {
			return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: fmt.Sprintf("The text nests deeper than %d levels", maxNesting)}}
		}
	}
	return as.parse([]byte(text), f.name, start)
}
