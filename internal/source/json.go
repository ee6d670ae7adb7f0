package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
)

// ParseJSON reads one JSON document into a tree, with the same limits and
// problems as ParseYAML.
func ParseJSON(file string, data []byte, limits Limits) (*Node, []Problem) {
	b := jsonBuilder{file: file, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), limits: limits}
	b.lines = lineIndex(b.data)
	b.dec = json.NewDecoder(bytes.NewReader(b.data))
	b.dec.UseNumber()
	n, err := b.next(0)
	if err == nil {
		if _, extra := b.dec.Token(); extra != io.EOF {
			err = errors.New("there is text after the document")
		}
	}
	if err != nil {
		return nil, append(b.problems, b.syntax(err))
	}
	return n, b.problems
}

type jsonBuilder struct {
	file     string
	data     []byte
	lines    []int
	limits   Limits
	dec      *json.Decoder
	nodes    int
	problems []Problem
}

func (b *jsonBuilder) syntax(err error) Problem {
	offset := int(b.dec.InputOffset())
	var se *json.SyntaxError
	if errors.As(err, &se) && int(se.Offset) > offset {
		offset = int(se.Offset)
	}
	msg := err.Error()
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		msg, offset = "the document breaks off", len(b.data)
	}
	return Problem{Span: b.span(offset, offset), Message: "not valid JSON: " + msg}
}

func (b *jsonBuilder) span(start, end int) Span {
	s := Span{File: b.file}
	s.Line, s.Column = b.position(start)
	s.EndLine, s.EndColumn = b.position(end)
	return s
}

func (b *jsonBuilder) position(offset int) (line, column int) {
	i := sort.SearchInts(b.lines, offset+1) - 1
	return i + 1, offset - b.lines[i] + 1
}

// tokenStart skips what the decoder skips between tokens.
func (b *jsonBuilder) tokenStart() int {
	i := int(b.dec.InputOffset())
	for i < len(b.data) && bytes.IndexByte([]byte(" \t\r\n,:"), b.data[i]) >= 0 {
		i++
	}
	return i
}

func (b *jsonBuilder) next(depth int) (*Node, error) {
	if b.nodes++; b.nodes > b.limits.Nodes {
		return nil, fmt.Errorf("the document has more than %d values; it is not read", b.limits.Nodes)
	}
	if depth > b.limits.Depth {
		return nil, fmt.Errorf("the document nests deeper than %d levels; it is not read", b.limits.Depth)
	}
	start := b.tokenStart()
	tok, err := b.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &Node{}
	switch t := tok.(type) {
	case json.Delim:
		if t == '{' {
			n.Kind = MapNode
			err = b.fields(n, depth)
		} else {
			n.Kind = ListNode
			err = b.items(n, depth)
		}
		if err != nil {
			return nil, err
		}
		if _, err = b.dec.Token(); err != nil {
			return nil, err
		}
	case bool:
		n.Kind, n.Text = BoolNode, fmt.Sprint(t)
	case json.Number:
		n.Kind, n.Text = NumberNode, t.String()
	case string:
		n.Kind, n.Text, n.Quoted = StringNode, t, true
	}
	n.Span = b.span(start, int(b.dec.InputOffset()))
	return n, nil
}

func (b *jsonBuilder) fields(n *Node, depth int) error {
	seen := map[string]bool{}
	for b.dec.More() {
		start := b.tokenStart()
		tok, err := b.dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		span := b.span(start, int(b.dec.InputOffset()))
		if seen[key] {
			b.problems = append(b.problems, Problem{span, fmt.Sprintf("the key %q is written twice; the last one counts", key)})
		}
		seen[key] = true
		val, err := b.next(depth + 1)
		if err != nil {
			return err
		}
		n.Fields = append(n.Fields, Field{Key: key, KeySpan: span, Value: val})
	}
	return nil
}

func (b *jsonBuilder) items(n *Node, depth int) error {
	for b.dec.More() {
		val, err := b.next(depth + 1)
		if err != nil {
			return err
		}
		n.Items = append(n.Items, val)
	}
	return nil
}
