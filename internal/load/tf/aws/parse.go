package aws

import (
	"fmt"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A tableParser reads one file of tables.
type tableParser struct {
	file  string
	line  int
	into  *tables
	table *table
}

func (p *tableParser) fail(format string, args ...any) {
	span := source.Span{File: p.file, Line: p.line, Column: 1, EndLine: p.line, EndColumn: 1}
	p.into.problems = append(p.into.problems, source.Problem{Span: span, Message: fmt.Sprintf(format, args...)})
}

func (p *tableParser) parse(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		p.line++
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "", strings.HasPrefix(trimmed, "#"):
		case line[0] != '\t' && line[0] != ' ':
			p.header(trimmed)
		case p.table == nil:
			p.fail("a row without a header")
		case strings.HasPrefix(trimmed, "= "):
			p.attribute(trimmed[2:])
		case strings.HasPrefix(trimmed, "+ "):
			p.preset(trimmed[2:])
		default:
			p.row(trimmed)
		}
	}
}

// header reads the line that opens a table.
func (p *tableParser) header(line string) {
	t := &table{file: p.file, line: p.line, attrs: map[string]string{}, read: &trie{}}
	p.table = t
	words := strings.Fields(line)
	index := p.into.managed
	if words[0] == "data" {
		t.data, words, index = true, words[1:], p.into.data
	}
	if len(words) == 0 {
		p.fail("a header without a type")
		return
	}
	names := strings.Split(words[0], ",")
	t.typ, words = names[0], words[1:]
	for _, typ := range names {
		if index[typ] != nil {
			p.fail("%s has two tables", typ)
			return
		}
		index[typ] = t
	}
	if len(words) > 0 && (words[0] == "-" || words[0] == "!") {
		p.withoutCounterpart(words)
		return
	}
	var into, by string
	for _, w := range words {
		key, v, ok := strings.Cut(w, "=")
		switch {
		case strings.HasPrefix(w, "AWS::"):
			t.cfn = w
		case ok && key == "name":
			t.name = v
		case ok && key == "prefix":
			t.prefix = v
		case ok && key == "into":
			into = v
		case ok && key == "by":
			by = v
		default:
			p.fail("%s: %q means nothing in a header", t.typ, w)
		}
	}
	if t.name != "" && t.prefix == "" {
		t.prefix = t.name + "_prefix"
		if t.name == "name" {
			t.prefix = "name_prefix"
		}
	}
	p.wholes(into, by)
	if t.cfn == "" && len(t.parts) == 0 && !t.data {
		p.fail("%s has neither a type nor a whole", t.typ)
	}
	for _, arg := range []string{t.name, t.prefix, "timeouts", "tags_all", "region"} {
		if arg != "" {
			t.read.add(path{{key: arg}})
		}
	}
}

// withoutCounterpart reads the header of a type that stays under its own name.
func (p *tableParser) withoutCounterpart(words []string) {
	t := p.table
	t.plain = true
	reason := words[1:]
	if words[0] == "!" && len(reason) > 0 {
		if arg, ok := strings.CutPrefix(reason[0], "if="); ok {
			t.widensIf, reason = arg, reason[1:]
		}
		t.widens = strings.Join(reason, " ")
	}
	if len(reason) == 0 {
		p.fail("%s has no counterpart, and why?", t.typ)
	}
}

// wholes reads into= and by=.
func (p *tableParser) wholes(into, by string) {
	if into == "" && by == "" {
		return
	}
	types, args := strings.Split(into, ","), strings.Split(by, ",")
	if len(types) != len(args) || into == "" || by == "" {
		p.fail("%s: into= and by= must have as many elements as each other", p.table.typ)
		return
	}
	for i, typ := range types {
		arg, list := strings.CutSuffix(args[i], "[]")
		x := part{into: typ, by: strings.Split(arg, "+"), list: list}
		p.table.parts = append(p.table.parts, x)
		for _, a := range x.by {
			p.table.read.add(path{{key: a}})
		}
	}
}

// row reads the mapping of an argument.
func (p *tableParser) row(line string) {
	words := strings.Fields(line)
	if len(words) < 2 {
		p.fail("%s: a row has an argument and a property", p.table.typ)
		return
	}
	r := row{line: p.line, arg: p.path(words[0])}
	p.table.read.add(r.arg)
	if words[1] == "-" {
		if len(words) == 2 {
			p.fail("%s: %s maps to nothing, and why?", p.table.typ, words[0])
		}
		return
	}
	r.prop = p.path(words[1])
	if len(words) > 3 {
		p.fail("%s: %s: too many words", p.table.typ, words[0])
		return
	}
	if len(words) == 3 {
		name, ok := strings.CutPrefix(words[2], ":")
		if r.shaped = name == "shape"; !r.shaped {
			var err error
			if r.conv, err = convert(name); err != nil || !ok {
				p.fail("%s: %s: %q is no conversion", p.table.typ, words[0], words[2])
				return
			}
		}
	}
	if !r.shaped && lists(r.arg) != lists(r.prop) {
		p.fail("%s: %s: [] must stand on both sides", p.table.typ, words[0])
		return
	}
	p.table.rows = append(p.table.rows, r)
}

// attribute reads what the provider computes.
func (p *tableParser) attribute(line string) {
	name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
	name, text, _ = cutTab(name, text)
	text = strings.TrimSpace(text)
	if name == "" || text == "" {
		p.fail("%s: an attribute has a name and a text", p.table.typ)
		return
	}
	if p.table.attrs[name] != "" {
		p.fail("%s: the attribute %s is told twice", p.table.typ, name)
		return
	}
	p.table.attrs[name] = text
}

// cutTab cuts the name at a tab, where the line has tabs for spaces.
func cutTab(name, text string) (string, string, bool) {
	if head, rest, ok := strings.Cut(name, "\t"); ok {
		return head, rest + " " + text, true
	}
	return name, text, false
}

// preset reads a default.
func (p *tableParser) preset(line string) {
	name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
	name, text, _ = cutTab(name, text)
	node, problems := source.ParseJSON(p.file, []byte(strings.TrimSpace(text)), source.DefaultLimits)
	if len(problems) > 0 || node == nil {
		p.fail("%s: the default of %s is no JSON", p.table.typ, name)
		return
	}
	p.table.defaults = append(p.table.defaults, preset{p.line, p.path(name), value.FromNode(node)})
}

func (p *tableParser) path(text string) path {
	var out path
	for key := range strings.SplitSeq(text, ".") {
		s := step{key: key}
		if k, ok := strings.CutSuffix(s.key, "[]"); ok {
			s.key, s.list = k, true
		}
		if k, ok := strings.CutSuffix(s.key, "[+]"); ok {
			s.key, s.grow = k, true
		}
		if k, ok := strings.CutSuffix(s.key, "?"); ok {
			s.key, s.there = k, true
		}
		if s.key == "" || strings.ContainsAny(s.key, "[]+?") {
			p.fail("%s: %q is no path", p.table.typ, text)
		}
		out = append(out, s)
	}
	return out
}

// lists counts the lists that a path goes through.
func lists(p path) int {
	n := 0
	for _, s := range p {
		if s.list {
			n++
		}
	}
	return n
}
