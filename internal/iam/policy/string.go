package policy

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Short is a text as messages quote it: the beginning of a very long one.
func Short(s string) string {
	const longest = 200
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// quoted cuts what the arguments of a message quote.
func quoted(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			out[i] = Short(a)
		case Item:
			out[i] = Short(a.String())
		default:
			out[i] = a
		}
	}
	return out
}

// jsonString parses a document that is written as a string of JSON, as in a
// secret's ResourcePolicy or an inline Fn::Sub. Holes inside JSON strings stay
// holes; a hole anywhere else leaves the document unknown.
func (p *parser) jsonString(v *value.Value) *Document {
	var text strings.Builder
	parts := v.Text().Parts()
	for i, part := range parts {
		if part.Hole == "" {
			text.WriteString(part.Lit)
			continue
		}
		text.WriteString(mark(i))
	}
	node, problems := source.ParseJSON(v.Span().File, []byte(text.String()), source.DefaultLimits)
	if node == nil || !node.Is(source.MapNode) {
		if !v.Text().IsKnown() {
			return unreadable(v)
		}
		msg := "the string is not a JSON document"
		if len(problems) > 0 {
			msg = problems[len(problems)-1].Message
		}
		p.problem(v.Span(), "%s", msg)
		return unreadable(v)
	}
	for _, pr := range problems {
		p.problem(v.Span(), "%s", pr.Message)
	}
	return p.document(restore(value.FromNode(node), parts, v.Span()))
}

// mark is a text that no policy holds; it stands for the part with the number.
func mark(i int) string { return "\uE0F0" + itoa(i) + "\uE0F1" }

// restore puts the holes back and moves every span to the string's own.
func restore(v *value.Value, parts []value.Part, span source.Span) *value.Value {
	switch v.Kind() {
	case value.String:
		return value.NewText(unmark(v.Str(), parts), span)
	case value.Bool:
		return value.NewBool(v.Str() == "true", span)
	case value.Number:
		return value.NewNumber(v.Str(), span)
	case value.List:
		items := make([]*value.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = restore(it, parts, span)
		}
		return value.NewList(items, span)
	case value.Map:
		fields := make([]value.Field, len(v.Fields()))
		for i, f := range v.Fields() {
			// A key with a hole keeps the hole's name in it; as a name that
			// nothing has, it makes its condition unknown or its element odd.
			key := unmark(f.Key, parts).String()
			fields[i] = value.Field{Key: key, KeySpan: span, Value: restore(f.Value, parts, span)}
		}
		return value.NewMap(fields, span)
	}
	return value.NewNull(span)
}

func unmark(s string, parts []value.Part) value.Text {
	var texts []value.Text
	for {
		before, rest, ok := strings.Cut(s, "\uE0F0")
		texts = append(texts, value.Lit(before))
		if !ok {
			break
		}
		number, after, _ := strings.Cut(rest, "\uE0F1")
		for i := range parts {
			if parts[i].Hole == "" || itoa(i) != number {
				continue
			}
			hole := value.Hole(parts[i].Hole)
			if parts[i].Fresh {
				hole = value.Fresh(parts[i].Hole)
			}
			texts = append(texts, hole)
		}
		s = after
	}
	return value.Concat(texts...)
}
