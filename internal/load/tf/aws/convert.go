package aws

import (
	"fmt"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A conversion makes a property of an argument; nil takes it as it is. It is
// asked for values that are there: choices of unresolved ones each for itself.
type conversion func(*value.Value) *value.Value

func (c conversion) apply(v *value.Value) *value.Value {
	if c == nil {
		return v
	}
	return each(v, c)
}

// convert reads the name of a conversion: "json", "bool(A,B)".
func convert(text string) (conversion, error) {
	name, rest, parens := strings.Cut(text, "(")
	var args []string
	if parens {
		inner, ok := strings.CutSuffix(rest, ")")
		if !ok {
			return nil, fmt.Errorf("%q has no end", text)
		}
		args = strings.Split(inner, ",")
	}
	switch {
	case name == "json" && !parens:
		return document, nil
	case name == "yaml" && !parens:
		return body, nil
	case name == "tags" && !parens:
		return pairs("Key", "Value"), nil
	case name == "pairs" && len(args) == 2:
		return pairs(args[0], args[1]), nil
	case name == "map" && len(args) == 2:
		return mapOf(args[0], args[1]), nil
	case name == "list" && !parens:
		return listOf, nil
	case name == "each" && len(args) == 1:
		return eachAs(args[0]), nil
	case name == "secret" && !parens:
		return mask, nil
	case name == "one" && !parens:
		return one, nil
	case name == "bool" && len(args) == 2:
		return words(map[string]string{"true": args[0], "false": args[1]}), nil
	case name == "is" && len(args) == 1:
		return is(args[0]), nil
	case name == "not" && !parens:
		return not, nil
	case name == "words" && len(args) > 0:
		m := map[string]string{}
		for _, a := range args {
			from, to, ok := strings.Cut(a, "=")
			if !ok {
				return nil, fmt.Errorf("%q has no =", a)
			}
			m[from] = to
		}
		return words(m), nil
	case name == "upper" && !parens:
		return letters(strings.ToUpper), nil
	case name == "lower" && !parens:
		return letters(strings.ToLower), nil
	}
	return nil, fmt.Errorf("%q is not known", text)
}

// document is what a string is the JSON of; a string of which that is not
// known stays a string.
func document(v *value.Value) *value.Value {
	if doc := v.Document(); doc != nil {
		return doc
	}
	text, ok := v.Known()
	if !ok || v.Kind() != value.String {
		return v
	}
	node, problems := source.ParseJSON(v.Span().File, []byte(text), source.DefaultLimits)
	if len(problems) > 0 || node == nil || node.Kind != source.MapNode && node.Kind != source.ListNode {
		return v
	}
	return spanned(value.FromNode(node), v.Span())
}

// body is document for JSON or YAML. Where only places inside of strings are not
// known the document is, too.
func body(v *value.Value) *value.Value {
	if doc := v.Document(); doc != nil {
		return doc
	}
	if v.Kind() != value.String {
		return v
	}
	var text strings.Builder
	for i, p := range v.Text().Parts() {
		if p.Hole == "" {
			text.WriteString(p.Lit)
		} else {
			fmt.Fprintf(&text, holeMark, i)
		}
	}
	node, problems := source.Parse(v.Span().File, []byte(text.String()), source.DefaultLimits)
	if len(problems) > 0 || node == nil || node.Kind != source.MapNode {
		return v
	}
	return unmarked(value.FromNode(node), v)
}

// holeMark stands for a hole while a document is parsed; no document holds it.
const holeMark = "\uE0F2%d\uE0F3"

// unmarked puts the holes of a string back into the document that it holds,
// with all its references, and moves every part to the string's span.
func unmarked(v, from *value.Value) *value.Value {
	switch v.Kind() {
	case value.List:
		items := make([]*value.Value, len(v.Items()))
		for i, el := range v.Items() {
			items[i] = unmarked(el, from)
		}
		return value.NewList(items, from.Span())
	case value.Map:
		fields := make([]value.Field, len(v.Fields()))
		for i, f := range v.Fields() {
			fields[i] = value.Field{Key: f.Key, KeySpan: from.Span(), Value: unmarked(f.Value, from)}
		}
		return value.NewMap(fields, from.Span())
	case value.String:
		text := holesIn(v.Str(), from.Text().Parts())
		if text.IsKnown() {
			return value.NewText(text, from.Span())
		}
		return value.NewText(text, from.Span(), refsOf(text, from)...)
	}
	return v.At(from.Span())
}

// refsOf are the references of a string whose resources' holes stand in a part
// of it.
func refsOf(text value.Text, from *value.Value) []value.Ref {
	var out []value.Ref
	for _, ref := range from.Refs() {
		for _, p := range text.Parts() {
			if p.Hole != "" && (p.Hole == ref.Resource || strings.HasPrefix(p.Hole, ref.Resource+".")) {
				out = append(out, ref)
				break
			}
		}
	}
	return out
}

// holesIn reads the marks of a text.
func holesIn(s string, parts []value.Part) value.Text {
	var out []value.Text
	for i, p := range parts {
		if p.Hole == "" {
			continue
		}
		before, after, ok := strings.Cut(s, fmt.Sprintf(holeMark, i))
		for ok {
			hole := value.Hole(p.Hole)
			if p.Fresh {
				hole = value.Fresh(p.Hole)
			}
			out = append(out, value.Lit(before), hole)
			s = after
			before, after, ok = strings.Cut(s, fmt.Sprintf(holeMark, i))
		}
	}
	return value.Concat(append(out, value.Lit(s))...)
}

// spanned is v with every part at the span: what a string holds has no places
// of its own.
func spanned(v *value.Value, at source.Span) *value.Value {
	switch v.Kind() {
	case value.List:
		items := make([]*value.Value, len(v.Items()))
		for i, el := range v.Items() {
			items[i] = spanned(el, at)
		}
		return value.NewList(items, at)
	case value.Map:
		fields := make([]value.Field, len(v.Fields()))
		for i, f := range v.Fields() {
			fields[i] = value.Field{Key: f.Key, KeySpan: at, Value: spanned(f.Value, at)}
		}
		return value.NewMap(fields, at)
	}
	return v.At(at)
}

// pairs makes a list of a map.
func pairs(key, val string) conversion {
	return func(v *value.Value) *value.Value {
		if v.Kind() != value.Map {
			return v
		}
		items := make([]*value.Value, 0, v.Len())
		for _, f := range v.Fields() {
			items = append(items, value.NewMap([]value.Field{
				{Key: key, KeySpan: f.KeySpan, Value: value.NewText(value.Lit(f.Key), f.KeySpan)},
				{Key: val, KeySpan: f.Value.Span(), Value: f.Value},
			}, f.KeySpan))
		}
		if why := v.Why(); why != "" {
			items = append(items, value.NewUnresolved(why, v.Span(), nil))
		}
		return value.NewList(items, v.Span())
	}
}

// mapOf makes a map of repeated blocks that hold its keys and values.
func mapOf(key, val string) conversion {
	return func(v *value.Value) *value.Value {
		var fields []value.Field
		why := ""
		for _, el := range v.Items() {
			k, ok := el.Get(key).Known()
			if !ok {
				why = "the key " + el.Get(key).Str()
				continue
			}
			fields = append(fields, value.Field{Key: k, KeySpan: el.Get(key).Span(), Value: el.Get(val)})
		}
		if why != "" {
			return value.NewOpenMap(fields, why, v.Span())
		}
		return value.NewMap(fields, v.Span())
	}
}

func listOf(v *value.Value) *value.Value {
	if v.Kind() == value.List {
		return v
	}
	return value.NewList([]*value.Value{v}, v.Span())
}

// words replaces texts; what is not among them stays.
func words(m map[string]string) conversion {
	return func(v *value.Value) *value.Value {
		text, ok := v.Known()
		if to, known := m[text]; ok && known {
			return value.NewText(value.Lit(to), v.Span())
		}
		return v
	}
}

func is(word string) conversion {
	return func(v *value.Value) *value.Value {
		switch v.Is(word) {
		case value.Yes:
			return value.NewBool(true, v.Span())
		case value.No:
			return value.NewBool(false, v.Span())
		}
		return value.NewUnresolved(v.Str(), v.Span(), v.Refs())
	}
}

func not(v *value.Value) *value.Value {
	switch v.IsTrue() {
	case value.Yes:
		return value.NewBool(false, v.Span())
	case value.No:
		return value.NewBool(true, v.Span())
	}
	return value.NewUnresolved(v.Str(), v.Span(), v.Refs())
}

func letters(f func(string) string) conversion {
	return func(v *value.Value) *value.Value {
		if v.Kind() != value.String {
			return v
		}
		return value.NewText(v.Text().Map(f), v.Span(), v.Refs()...)
	}
}
