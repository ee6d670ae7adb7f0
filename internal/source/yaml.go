package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseYAML reads one YAML document into a tree. A document that breaks off
// or that exceeds a limit gives no tree and a problem that says where.
func ParseYAML(file string, data []byte, limits Limits) (*Node, []Problem) {
	data, problems := decodeText(file, data)
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := safely(func() error { return dec.Decode(&doc) }); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, append(problems, Problem{FileSpan(file), "the file is empty"})
		}
		return nil, append(problems, yamlProblem(file, data, err))
	}
	b := yamlBuilder{text: newText(file, data), limits: limits, problems: problems}
	b.starts = b.text.lines
	if hasOddBreaks(data) {
		b.starts = yamlLines(data)
	}
	if len(doc.Content) == 0 {
		return nil, b.problems
	}
	root, _ := b.node(doc.Content[0], 0)
	if b.failed {
		return nil, b.problems
	}
	var next yaml.Node
	switch err := safely(func() error { return dec.Decode(&next) }); {
	case err == nil:
		b.problem(&next, "only the first document of this file is read; put each template in a file of its own")
	case !errors.Is(err, io.EOF):
		after := root.Span
		after.Line, after.Column = after.EndLine, after.EndColumn
		b.problems = append(b.problems, Problem{after, "what follows the document that ends here is " + yamlProblem(file, data, err).Message})
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

type yamlBuilder struct {
	text     text
	starts   []int         // offsets of the lines as the library counts them
	marks    map[int][]int // of long lines, see lineMarks
	limits   Limits
	open     []*yaml.Node // alias targets being expanded, to find cycles
	nodes    int
	failed   bool
	problems []Problem
}

func (b *yamlBuilder) problem(at *yaml.Node, format string, args ...any) {
	start := b.start(at)
	b.problems = append(b.problems, Problem{Span: b.text.span(start, start), Message: fmt.Sprintf(format, args...)})
}

func (b *yamlBuilder) fail(at *yaml.Node, format string, args ...any) (*Node, int) {
	if !b.failed {
		b.problem(at, format, args...)
	}
	b.failed = true
	return &Node{}, 0
}

// node builds the tree of a YAML node; end is the offset after its text in
// the place where it stands, which for an alias is not where its tree is.
func (b *yamlBuilder) node(y *yaml.Node, depth int) (n *Node, end int) {
	if b.failed {
		return &Node{}, 0
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
		return b.mapping(y, depth)
	case yaml.SequenceNode:
		n := &Node{Kind: ListNode, Tag: localTag(y), Items: make([]*Node, 0, len(y.Content))}
		start := b.start(y)
		end := start
		for _, c := range y.Content {
			var item *Node
			item, end = b.node(c, depth+1)
			n.Items = append(n.Items, item)
		}
		end = b.collectionEnd(y, start, end)
		n.Span = b.text.span(start, end)
		return n, end
	}
	n = &Node{Kind: scalarKind(y), Text: y.Value, Tag: localTag(y), Quoted: y.Style&^yaml.TaggedStyle != 0}
	if n.Kind == BoolNode {
		n.Text = canonicalBool(y.Value)
	}
	start := b.start(y)
	end = scalarEnd(b.text.data, start, y)
	n.Span = b.text.span(start, end)
	return n, end
}

// alias expands *name: its size counts again at every use, so that a small
// file cannot stand for a huge tree.
func (b *yamlBuilder) alias(y *yaml.Node, depth int) (*Node, int) {
	for _, o := range b.open {
		if o == y.Alias {
			return b.fail(y, "the alias *%s refers to itself; the document is not read", y.Value)
		}
	}
	b.open = append(b.open, y.Alias)
	n, _ := b.node(y.Alias, depth+1)
	b.open = b.open[:len(b.open)-1]
	return n, min(b.start(y)+1+len(y.Value), len(b.text.data))
}

// A fieldSet builds the fields of one map. The index is made when a map is
// large enough to need it.
type fieldSet struct {
	node   *Node
	index  map[string]int
	merged map[string]bool // keys that a merge brought and nobody wrote
}

func (s *fieldSet) find(key string) int {
	const few = 16
	if len(s.node.Fields) <= few {
		for i := len(s.node.Fields) - 1; i >= 0; i-- {
			if s.node.Fields[i].Key == key {
				return i
			}
		}
		return -1
	}
	if s.index == nil {
		s.index = make(map[string]int, 2*len(s.node.Fields))
		for i, f := range s.node.Fields {
			s.index[f.Key] = i
		}
	}
	if i, ok := s.index[key]; ok {
		return i
	}
	return -1
}

func (s *fieldSet) add(f Field) {
	if s.index != nil {
		s.index[f.Key] = len(s.node.Fields)
	}
	s.node.Fields = append(s.node.Fields, f)
}

func (b *yamlBuilder) mapping(y *yaml.Node, depth int) (*Node, int) {
	n := &Node{Kind: MapNode, Tag: localTag(y)}
	n.Fields = make([]Field, 0, len(y.Content)/2)
	start := b.start(y)
	end := start
	set := &fieldSet{node: n}
	for i := 0; i+1 < len(y.Content); i += 2 {
		end = max(end, b.field(set, y.Content[i], y.Content[i+1], depth))
	}
	end = b.collectionEnd(y, start, end)
	n.Span = b.text.span(start, end)
	return n, end
}

// field adds one entry of a map; it gives the offset after it.
func (b *yamlBuilder) field(set *fieldSet, key, val *yaml.Node, depth int) int {
	at := key
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		b.problem(at, "a key must be a string; this entry is not read")
		_, end := b.node(val, depth+1)
		return end
	}
	if key.Tag == "!!merge" {
		return b.merge(set, val, depth)
	}
	start := b.start(key)
	f := Field{Key: key.Value, KeySpan: b.text.span(start, scalarEnd(b.text.data, start, key))}
	var end int
	f.Value, end = b.node(val, depth+1)
	if i := set.find(f.Key); i >= 0 {
		if set.merged[f.Key] {
			delete(set.merged, f.Key)
			set.node.Fields[i] = f
			return end
		}
		b.problem(at, "the key %.100q is written twice; the last one counts", key.Value)
	}
	set.add(f)
	return end
}

// merge adds the fields of <<: what the map itself says wins, before and
// after it.
func (b *yamlBuilder) merge(set *fieldSet, val *yaml.Node, depth int) int {
	from, end := b.node(val, depth+1)
	maps := []*Node{from}
	if from.Kind == ListNode {
		maps = from.Items
	}
	for _, m := range maps {
		if m.Kind != MapNode && !b.failed {
			b.problem(val, "<< must name a map or a list of maps; what it should merge is not read")
			continue
		}
		for _, f := range m.Fields {
			if set.find(f.Key) < 0 {
				if b.nodes++; b.nodes > b.limits.Nodes {
					b.fail(val, "the document has more than %d values; it is not read", b.limits.Nodes)
					return end
				}
				set.add(f)
				if set.merged == nil {
					set.merged = map[string]bool{}
				}
				set.merged[f.Key] = true
			}
		}
	}
	return end
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
	case "!!str":
		// The library reads YAML 1.2; CloudFormation reads 1.1, where these
		// words are booleans too.
		if y.Style == 0 && canonicalBool(y.Value) != "" {
			return BoolNode
		}
	case "!!null":
		return NullNode
	case "!!bool":
		return BoolNode
	case "!!int", "!!float":
		return NumberNode
	}
	return StringNode // timestamps and binary data too: templates mean text
}

// canonicalBool is "true" or "false" for YAML 1.1's words for them, else "".
func canonicalBool(text string) string {
	switch text {
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return "true"
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return "false"
	}
	return ""
}
