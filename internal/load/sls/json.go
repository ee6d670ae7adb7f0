package sls

import (
	"encoding/json"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// asText is a value as the JSON text that a property holds; a call of a
// function or a value that is not known in it keeps the whole from being text.
func asText(n *node) *node {
	if isNone(n) {
		return nil
	}
	if n.Is(source.StringNode) || isFn(n) {
		return n
	}
	return obj(n.Span, "Fn::ToJsonString", n)
}

// plainJSON writes a tree without calls of functions as JSON; ok is false for
// one with such calls.
func plainJSON(n *node) (string, bool) {
	var b strings.Builder
	ok := writeJSON(&b, n)
	return b.String(), ok
}

func writeJSON(b *strings.Builder, n *node) bool {
	switch {
	case isNone(n):
		b.WriteString("null")
	case n.Kind == source.BoolNode:
		b.WriteString(n.Text)
	case n.Kind == source.NumberNode && json.Valid([]byte(n.Text)):
		b.WriteString(n.Text)
	case n.IsScalar():
		writeString(b, n.Text)
	case isList(n):
		b.WriteByte('[')
		for i, it := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			if !writeJSON(b, it) {
				return false
			}
		}
		b.WriteByte(']')
	case isFn(n):
		return false
	default:
		b.WriteByte('{')
		for i, f := range n.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, f.Key)
			b.WriteByte(':')
			if !writeJSON(b, f.Value) {
				return false
			}
		}
		b.WriteByte('}')
	}
	return true
}

func writeString(b *strings.Builder, s string) {
	data, err := json.Marshal(s)
	if err != nil {
		data = []byte(`""`)
	}
	b.Write(data)
}
