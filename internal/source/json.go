package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseJSON reads one JSON document into a tree, with the same limits and
// problems as ParseYAML.
func ParseJSON(file string, data []byte, limits Limits) (*Node, []Problem) {
	data, problems := decodeText(file, data)
	b := jsonBuilder{text: newText(file, data), limits: limits, problems: problems}
	b.dec = json.NewDecoder(bytes.NewReader(data))
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
	text     text
	limits   Limits
	dec      *json.Decoder
	nodes    int
	problems []Problem
}

// errLimit marks a document that is valid as far as it was read.
type errLimit string

func (e errLimit) Error() string { return string(e) }

func (b *jsonBuilder) syntax(err error) Problem {
	offset := int(b.dec.InputOffset())
	var limit errLimit
	if errors.As(err, &limit) {
		return Problem{Span: b.text.span(offset, offset), Message: string(limit)}
	}
	var se *json.SyntaxError
	if errors.As(err, &se) && int(se.Offset) > offset {
		offset = int(se.Offset)
	}
	msg := err.Error()
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) || msg == "unexpected end of JSON input" {
		msg, offset = "the document breaks off", len(b.text.data)
	}
	offset = min(offset, len(b.text.data))
	return Problem{Span: b.text.span(offset, offset), Message: "not valid JSON: " + msg}
}

// tokenStart skips what the decoder skips between tokens.
func (b *jsonBuilder) tokenStart() int {
	i := int(b.dec.InputOffset())
	for i < len(b.text.data) {
		switch b.text.data[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
	return i
}

func (b *jsonBuilder) next(depth int) (*Node, error) {
	if b.nodes++; b.nodes > b.limits.Nodes {
		return nil, errLimit(fmt.Sprintf("the document has more than %d values; it is not read", b.limits.Nodes))
	}
	if depth > b.limits.Depth {
		return nil, errLimit(fmt.Sprintf("the document nests deeper than %d levels; it is not read", b.limits.Depth))
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
	n.Span = b.text.span(start, int(b.dec.InputOffset()))
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
		span := b.text.span(start, int(b.dec.InputOffset()))
		if seen[key] {
			b.problems = append(b.problems, Problem{span, fmt.Sprintf("the key %.100q is written twice; the last one counts", key)})
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
