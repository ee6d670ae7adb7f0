// Package intrinsic owns the syntax of CloudFormation's intrinsic functions:
// both spellings, the short YAML tags and the long single-key maps, become the
// long one, so that everything after it knows one form.
package intrinsic

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Normalize returns the tree with every short form (!Sub x) written long
// ({"Fn::Sub": x}), with the same spans. Unknown tags become long forms too,
// under the name that the tag suggests, so that the evaluator can report them.
func Normalize(n *source.Node) *source.Node {
	return normalizer{done: map[*source.Node]*source.Node{}}.node(n)
}

// normalizer remembers shared nodes, so that aliases stay shared and the work
// stays linear in the size of the file.
type normalizer struct{ done map[*source.Node]*source.Node }

func (z normalizer) node(n *source.Node) *source.Node {
	if n == nil {
		return nil
	}
	if out, ok := z.done[n]; ok {
		return out
	}
	out := z.untag(z.children(n))
	z.done[n] = out
	return out
}

func (z normalizer) children(n *source.Node) *source.Node {
	switch n.Kind {
	case source.ListNode:
		items := make([]*source.Node, len(n.Items))
		for i, it := range n.Items {
			items[i] = z.node(it)
		}
		c := *n
		c.Items = items
		return &c
	case source.MapNode:
		fields := make([]source.Field, len(n.Fields))
		for i, f := range n.Fields {
			f.Value = z.node(f.Value)
			fields[i] = f
		}
		c := *n
		c.Fields = fields
		return &c
	}
	return n
}

func (z normalizer) untag(n *source.Node) *source.Node {
	if n.Tag == "" {
		return n
	}
	c := *n
	c.Tag = ""
	name := strings.TrimPrefix(n.Tag, "!")
	arg := &c
	switch name {
	case "Ref", "Condition":
	case "GetAtt":
		arg = getAtt(arg)
		name = "Fn::GetAtt"
	default:
		if !strings.HasPrefix(name, "Fn::") {
			name = "Fn::" + name
		}
	}
	return source.NewMap(n.Span, source.F(name, arg))
}

// getAtt splits "Resource.Attribute" at its first dot.
func getAtt(n *source.Node) *source.Node {
	if !n.Is(source.StringNode) {
		return n
	}
	res, attr, ok := strings.Cut(n.Text, ".")
	if !ok {
		return n
	}
	return source.NewList(n.Span, source.NewString(res, n.Span), source.NewString(attr, n.Span))
}

// Of returns the name and argument of an intrinsic function call: a map whose
// single key is Ref, Condition or starts with "Fn::".
func Of(n *source.Node) (name string, arg *source.Node, ok bool) {
	if !n.Is(source.MapNode) || len(n.Fields) != 1 {
		return "", nil, false
	}
	f := n.Fields[0]
	if f.Key == "Ref" || f.Key == "Condition" && f.Value.Is(source.StringNode) || strings.HasPrefix(f.Key, "Fn::") {
		return f.Key, f.Value, true
	}
	return "", nil, false
}

// A SubPart is a piece of a Fn::Sub template: literal text, or the name
// between ${ and }.
type SubPart struct {
	Text string
	Name string
}

// Sub cuts a Fn::Sub template into literal text and names. ${!Name} is the
// literal ${Name}; what is no well-formed variable is literal text. Literal
// parts may follow each other.
func Sub(text string) []SubPart {
	var parts []SubPart
	start := 0 // of the literal text before the next variable
	lit := func(t string) {
		if t != "" {
			parts = append(parts, SubPart{Text: t})
		}
	}
	for i := 0; ; {
		next := strings.Index(text[i:], "${")
		if next < 0 {
			break
		}
		i += next
		end := i + 2
		for end < len(text) && inSubName(text[end]) {
			end++
		}
		name := strings.TrimSpace(text[i+2 : end])
		if end == len(text) || text[end] != '}' || name == "" || strings.ContainsAny(name, " \t\r\n") {
			i += 2 // ${ in front of something else is text; look again after it
			continue
		}
		lit(text[start:i])
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			lit("${" + literal + "}")
		} else {
			parts = append(parts, SubPart{Name: name})
		}
		i = end + 1
		start = i
	}
	lit(text[start:])
	return parts
}

// inSubName reports whether a character can stand between ${ and } in Fn::Sub.
func inSubName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("_:.-&/! \t\r\n", c) >= 0
}
