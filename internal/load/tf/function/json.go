package function

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A jsonWriter writes a value as JSON text with holes.
type jsonWriter struct {
	c     *call
	out   []value.Text
	lit   strings.Builder
	bytes int
	full  bool // the value is too large
}

func (w *jsonWriter) raw(s string) {
	if w.bytes += len(s); w.bytes > maxText {
		w.full = true
		return
	}
	w.lit.WriteString(s)
}

func (w *jsonWriter) hole(t value.Text) {
	w.flush()
	w.out = append(w.out, t)
}

func (w *jsonWriter) flush() {
	w.out = append(w.out, value.Lit(w.lit.String()))
	w.lit.Reset()
}

// text is what was written.
func (w *jsonWriter) text() value.Text {
	w.flush()
	return value.Concat(w.out...)
}

// quoted writes a string; what stands in its holes is taken as escaped.
func (w *jsonWriter) quoted(t value.Text) {
	w.raw(`"`)
	for _, p := range t.Parts() {
		if p.Hole != "" {
			w.hole(part(p))
			continue
		}
		w.raw(escaped(p.Lit))
	}
	w.raw(`"`)
}

func escaped(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(data[1 : len(data)-1])
}

func (w *jsonWriter) value(v *value.Value) {
	if w.full || !w.c.spend(1) {
		w.full = true
		return
	}
	switch v.Kind() {
	case value.String:
		w.quoted(v.Text())
	case value.Bool, value.Number:
		w.raw(v.Str())
	case value.Unresolved:
		w.hole(value.Hole(v.Why()))
	case value.List:
		w.raw("[")
		for i, it := range v.Items() {
			if i > 0 {
				w.raw(",")
			}
			w.value(it)
		}
		w.raw("]")
	case value.Map:
		w.raw("{")
		for i, f := range sortedFields(v) {
			if i > 0 {
				w.raw(",")
			}
			w.raw(`"` + escaped(f.Key) + `":`)
			w.value(f.Value)
		}
		if v.Why() != "" {
			w.hole(value.Hole(v.Why()))
		}
		w.raw("}")
	default:
		w.raw("null")
	}
}

// jsonencode keeps the structure beside the text.
func (c *call) jsonencode() *value.Value {
	v := c.args[0]
	w := jsonWriter{c: c}
	if w.value(v); w.full {
		return c.tooLarge()
	}
	return value.NewDocument(w.text(), v, c.at, c.refs()...)
}

// jsondecode gives the structure that the string is known to be, or parses
// its text; holes within the document's strings stay, others become values of
// which nothing is known.
func (c *call) jsondecode() *value.Value {
	if doc := c.args[0].Document(); doc != nil {
		return doc
	}
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	if c.args[0].Kind() == value.Unresolved || len(t.Parts()) == 1 && !t.IsKnown() {
		return c.unknown()
	}
	m, ok := mark(t, true)
	if !ok {
		return c.unknown()
	}
	node, problems := source.ParseJSON(c.at.File, []byte(m), source.DefaultLimits)
	return c.parsed(node, problems, t)
}

// parsed is a parsed text with its holes put back.
func (c *call) parsed(node *source.Node, problems []source.Problem, t value.Text) *value.Value {
	if node == nil {
		switch {
		case !t.IsKnown():
			return c.unknown()
		case len(problems) > 0:
			return c.wrong("%s", problems[0].Message)
		}
		return value.NewNull(c.at)
	}
	return c.restore(node, t.Parts())
}

const markStart, markEnd, markBare = "\uE0F0", "\uE0F1", "\uE0F2"

// mark writes a text with a word in place of each hole that no document
// holds; holes of JSON outside its strings become strings of their own. It
// fails for a text that has such words itself.
func mark(t value.Text, isJSON bool) (string, bool) {
	var b strings.Builder
	inside := false
	for i, p := range t.Parts() {
		if p.Hole != "" {
			word := markStart + strconv.Itoa(i) + markEnd
			if isJSON && !inside {
				word = `"` + markBare + word + `"`
			}
			b.WriteString(word)
			continue
		}
		if strings.ContainsAny(p.Lit, markStart+markEnd+markBare) {
			return "", false
		}
		b.WriteString(p.Lit)
		for j := 0; j < len(p.Lit); j++ {
			switch {
			case p.Lit[j] == '"':
				inside = !inside
			case p.Lit[j] == '\\' && inside:
				j++
			}
		}
	}
	return b.String(), true
}

// restore makes values of nodes; all of them stand at the call.
func (c *call) restore(n *source.Node, parts []value.Part) *value.Value {
	switch n.Kind {
	case source.BoolNode:
		return value.NewBool(n.Text == "true", c.at)
	case source.NumberNode:
		return c.parsedNumber(n.Text)
	case source.StringNode:
		return c.restoreString(n, parts)
	case source.ListNode:
		items := make([]*value.Value, len(n.Items))
		for i, it := range n.Items {
			items[i] = c.restore(it, parts)
		}
		return value.NewList(items, c.at)
	case source.MapNode:
		fields := make([]value.Field, 0, len(n.Fields))
		why := ""
		for _, f := range n.Fields {
			key := unmark(f.Key, parts)
			if !key.IsKnown() {
				why = "a key " + key.String()
			}
			fields = append(fields, value.Field{Key: key.String(), KeySpan: c.at, Value: c.restore(f.Value, parts)})
		}
		if why != "" {
			return value.NewOpenMap(fields, why, c.at)
		}
		return value.NewMap(fields, c.at)
	}
	return value.NewNull(c.at)
}

func (c *call) parsedNumber(s string) *value.Value {
	n, err := number(s)
	if err != nil {
		return value.NewUnresolved("the number "+shorten(s), c.at, nil)
	}
	return value.NewNumber(numberText(n.AsBigFloat()), c.at)
}

func (c *call) restoreString(n *source.Node, parts []value.Part) *value.Value {
	s, bare := strings.CutPrefix(n.Text, markBare)
	t := unmark(s, parts)
	if ps := t.Parts(); len(ps) == 1 && ps[0].Hole != "" && (bare || !n.Quoted) && !strings.HasPrefix(ps[0].Hole, "AWS::") {
		return value.NewUnresolved(ps[0].Hole, c.at, c.refs())
	}
	if t.IsKnown() {
		return value.NewText(t, c.at)
	}
	return value.NewText(t, c.at, c.refs()...)
}

// unmark puts the holes back into a string.
func unmark(s string, parts []value.Part) value.Text {
	if !strings.Contains(s, markStart) {
		return value.Lit(s)
	}
	var texts []value.Text
	for {
		before, after, ok := strings.Cut(s, markStart)
		texts = append(texts, value.Lit(before))
		if !ok {
			return value.Concat(texts...)
		}
		number, after, _ := strings.Cut(after, markEnd)
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(parts) {
			texts = append(texts, part(parts[i]))
		}
		s = after
	}
}
