package source

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseYAML reads one YAML document into a tree. A document that breaks off
// or that exceeds a limit gives no tree and a problem that says where.
func ParseYAML(file string, data []byte, limits Limits) (*Node, []Problem) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := safely(func() error { return dec.Decode(&doc) }); err != nil {
		return nil, []Problem{yamlProblem(file, data, err)}
	}
	b := yamlBuilder{file: file, lines: lineIndex(data), data: data, limits: limits, done: map[*yaml.Node]*Node{}}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	root := b.node(doc.Content[0], 0)
	if b.failed {
		return nil, b.problems
	}
	var next yaml.Node
	if err := safely(func() error { return dec.Decode(&next) }); err == nil {
		b.problem(&next, "only the first document of this file is read; put each template in a file of its own")
	}
	return root, b.problems
}

// safely turns a panic of the YAML library into an error: the input is
// hostile until proved otherwise, and one file must not stop a scan.
func safely(decode func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: the parser gave up: %v", r)
		}
	}()
	return decode()
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func yamlProblem(file string, data []byte, err error) Problem {
	span := FileSpan(file)
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		// The library counts some lines from 0; never point past the file.
		n, _ := strconv.Atoi(m[1])
		if last := bytes.Count(data, []byte("\n")) + 1; n > last {
			n = last
		}
		if n > 0 {
			span.Line, span.EndLine = n, n
		}
		msg = strings.TrimPrefix(strings.TrimPrefix(msg, m[0]), ": ")
	}
	if errors.Is(err, errEmpty) {
		msg = "the file is empty"
	}
	return Problem{Span: span, Message: "not valid YAML: " + msg}
}

var errEmpty = errors.New("EOF")

type yamlBuilder struct {
	file     string
	data     []byte
	lines    []int
	limits   Limits
	done     map[*yaml.Node]*Node
	open     []*yaml.Node // alias targets being expanded, to find cycles
	nodes    int
	failed   bool
	problems []Problem
}

func (b *yamlBuilder) problem(at *yaml.Node, format string, args ...any) {
	span := Span{File: b.file, Line: max(at.Line, 1), Column: max(at.Column, 1)}
	span.EndLine, span.EndColumn = span.Line, span.Column
	b.problems = append(b.problems, Problem{Span: span, Message: fmt.Sprintf(format, args...)})
}

func (b *yamlBuilder) fail(at *yaml.Node, format string, args ...any) *Node {
	if !b.failed {
		b.problem(at, format, args...)
	}
	b.failed = true
	return &Node{}
}

func (b *yamlBuilder) node(y *yaml.Node, depth int) *Node {
	if b.failed {
		return &Node{}
	}
	if b.nodes++; b.nodes > b.limits.Nodes {
		return b.fail(y, "the document has more than %d values; it is not read", b.limits.Nodes)
	}
	if depth > b.limits.Depth {
		return b.fail(y, "the document nests deeper than %d levels; it is not read", b.limits.Depth)
	}
	switch y.Kind {
	case yaml.AliasNode:
		return b.alias(y, depth)
	case yaml.MappingNode:
		n := &Node{Kind: MapNode, Tag: localTag(y)}
		n.Fields = make([]Field, 0, len(y.Content)/2)
		for i := 0; i+1 < len(y.Content); i += 2 {
			b.field(n, y.Content[i], y.Content[i+1], depth)
		}
		n.Span = b.collectionSpan(y, lastEnd(n))
		return n
	case yaml.SequenceNode:
		n := &Node{Kind: ListNode, Tag: localTag(y), Items: make([]*Node, 0, len(y.Content))}
		for _, c := range y.Content {
			n.Items = append(n.Items, b.node(c, depth+1))
		}
		n.Span = b.collectionSpan(y, lastEnd(n))
		return n
	}
	n := &Node{Kind: scalarKind(y), Text: y.Value, Tag: localTag(y), Quoted: y.Style&^yaml.TaggedStyle != 0}
	n.Span = b.scalarSpan(y)
	return n
}

// alias expands *name: the target's tree is shared, and its size counts again,
// so that a small file cannot stand for a huge tree.
func (b *yamlBuilder) alias(y *yaml.Node, depth int) *Node {
	for _, o := range b.open {
		if o == y.Alias {
			return b.fail(y, "the alias *%s refers to itself; the document is not read", y.Value)
		}
	}
	b.open = append(b.open, y.Alias)
	defer func() { b.open = b.open[:len(b.open)-1] }()
	return b.node(y.Alias, depth+1)
}

func (b *yamlBuilder) field(n *Node, key, val *yaml.Node, depth int) {
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		b.problem(key, "a key must be a string; this entry is not read")
		return
	}
	if key.Tag == "!!merge" {
		b.merge(n, val, depth)
		return
	}
	if prev := n.Field(key.Value); prev != nil {
		b.problem(key, "the key %q is written twice; the last one counts", key.Value)
	}
	n.Fields = append(n.Fields, Field{Key: key.Value, KeySpan: b.scalarSpan(key), Value: b.node(val, depth+1)})
}

func (b *yamlBuilder) merge(n *Node, val *yaml.Node, depth int) {
	from := b.node(val, depth+1)
	maps := []*Node{from}
	if from.Kind == ListNode {
		maps = from.Items
	}
	for _, m := range maps {
		for _, f := range m.Fields {
			if !n.Has(f.Key) {
				n.Fields = append(n.Fields, f)
			}
		}
	}
}

// localTag is the node's own tag ("!Sub"), not one of YAML's ("!!str").
func localTag(y *yaml.Node) string {
	if strings.HasPrefix(y.Tag, "!!") || y.Tag == "!" {
		return ""
	}
	return y.Tag
}

func scalarKind(y *yaml.Node) NodeKind {
	if localTag(y) != "" {
		return StringNode
	}
	switch y.Tag {
	case "!!null":
		return NullNode
	case "!!bool":
		return BoolNode
	case "!!int", "!!float":
		return NumberNode
	}
	return StringNode // timestamps and binary data too: templates mean text
}

func lastEnd(n *Node) Span {
	if k := len(n.Fields); k > 0 {
		return n.Fields[k-1].Value.Span
	}
	if k := len(n.Items); k > 0 {
		return n.Items[k-1].Span
	}
	return Span{}
}

// collectionSpan reaches from the collection's start to the end of its last
// element; an alias as last element ends elsewhere, so it does not count.
func (b *yamlBuilder) collectionSpan(y *yaml.Node, last Span) Span {
	s := Span{File: b.file, Line: max(y.Line, 1), Column: max(y.Column, 1)}
	s.EndLine, s.EndColumn = s.Line, s.Column
	if last.EndLine > s.EndLine || last.EndLine == s.EndLine && last.EndColumn > s.EndColumn {
		s.EndLine, s.EndColumn = last.EndLine, last.EndColumn
	}
	return s
}

func (b *yamlBuilder) scalarSpan(y *yaml.Node) Span {
	s := Span{File: b.file, Line: max(y.Line, 1), Column: max(y.Column, 1)}
	start := b.offset(s.Line, s.Column)
	end := scalarEnd(b.data, start, y)
	s.EndLine, s.EndColumn = b.position(end, s.Line)
	return s
}

// scalarEnd finds where a scalar ends; the library tells only its start.
func scalarEnd(data []byte, start int, y *yaml.Node) int {
	if y.Tag != "" && start < len(data) && data[start] == '!' {
		// A tagged scalar starts at its tag.
		for start < len(data) && data[start] != ' ' && data[start] != '\n' {
			start++
		}
		for start < len(data) && data[start] == ' ' {
			start++
		}
	}
	if start >= len(data) {
		return len(data)
	}
	switch {
	case y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && (data[start] == '"' || data[start] == '\''):
		return quotedEnd(data, start)
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return blockEnd(data, start)
	}
	if bytes.HasPrefix(data[start:], []byte(y.Value)) {
		return start + len(y.Value)
	}
	return lineEnd(data, start)
}

func quotedEnd(data []byte, start int) int {
	q := data[start]
	for i := start + 1; i < len(data); i++ {
		switch {
		case q == '"' && data[i] == '\\':
			i++
		case data[i] == q && q == '\'' && i+1 < len(data) && data[i+1] == q:
			i++
		case data[i] == q:
			return i + 1
		}
	}
	return len(data)
}

// blockEnd skips the lines of a block scalar: those indented deeper than the
// line that opens it, and empty ones between them.
func blockEnd(data []byte, start int) int {
	line := bytes.LastIndexByte(data[:start], '\n') + 1
	indent := 0
	for line+indent < len(data) && (data[line+indent] == ' ' || data[line+indent] == '-') {
		indent++
	}
	end := lineEnd(data, start)
	for i := end + 1; i < len(data); {
		e := lineEnd(data, i)
		text := bytes.TrimLeft(data[i:e], " ")
		if len(bytes.TrimSpace(text)) > 0 {
			if e-i-len(text) <= indent && indent > 0 || indent == 0 && e-i == len(text) {
				break
			}
			end = e
		}
		i = e + 1
	}
	return end
}

func lineEnd(data []byte, start int) int {
	if i := bytes.IndexByte(data[start:], '\n'); i >= 0 {
		end := start + i
		if end > start && data[end-1] == '\r' {
			end--
		}
		return end
	}
	return len(data)
}

// lineIndex gives the offset at which each line starts.
func lineIndex(data []byte) []int {
	lines := make([]int, 1, bytes.Count(data, []byte("\n"))+1)
	for i, c := range data {
		if c == '\n' {
			lines = append(lines, i+1)
		}
	}
	return lines
}

func (b *yamlBuilder) offset(line, column int) int {
	if line > len(b.lines) {
		return len(b.data)
	}
	// The library counts columns in characters; spans count bytes, which is
	// the same for all but text before the value on its own line.
	return min(b.lines[line-1]+column-1, len(b.data))
}

// position turns an offset into a line and column, searching forward from a
// line that is not after it.
func (b *yamlBuilder) position(offset, from int) (line, column int) {
	line = min(max(from, 1), len(b.lines))
	for line < len(b.lines) && b.lines[line] <= offset {
		line++
	}
	return line, offset - b.lines[line-1] + 1
}
