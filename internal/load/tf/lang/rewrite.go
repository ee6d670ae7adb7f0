package lang

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// rewritten is the document of a string that a function makes from one with a
// document, where the function does to the text what it does to the strings in
// the document: they keep their spans then. nil for any other call.
func (s *scope) rewritten(name string, args []*value.Value, at source.Span) *value.Value {
	if len(args) == 0 || args[0].Document() == nil {
		return nil
	}
	switch name {
	case "trimspace", "chomp", "tostring", "sensitive", "nonsensitive":
		return args[0].Document()
	case "replace":
		if len(args) != 3 {
			return nil
		}
		if _, known := args[1].Known(); known && plainWord(args[1]) && plainWord(args[2]) {
			return s.replaced(args[0].Document(), args, at)
		}
	}
	return nil
}

// plainWord tells text that means the same in JSON as in a string, and is no
// pattern.
func plainWord(v *value.Value) bool {
	if v.Kind() != value.String && v.Kind() != value.Number {
		return false
	}
	for i, p := range v.Text().Parts() {
		if strings.ContainsAny(p.Lit, "\"\\{}[],\n\r\t") || i == 0 && strings.HasPrefix(p.Lit, "/") {
			return false
		}
	}
	return true
}

// replaceText replaces what the literal parts of a text hold. The holes of a
// document are ids, accounts and regions; what is replaced are placeholders.
func replaceText(t value.Text, args []*value.Value) (out value.Text, changed bool) {
	search, known := args[1].Known()
	if !known || search == "" {
		return t, false
	}
	var texts []value.Text
	for _, p := range t.Parts() {
		pieces := strings.Split(p.Lit, search)
		for i, lit := range pieces {
			if i > 0 {
				texts, changed = append(texts, args[2].Text()), true
			}
			texts = append(texts, value.Lit(lit))
		}
		switch {
		case p.Fresh:
			texts = append(texts, value.Fresh(p.Hole))
		case p.Hole != "":
			texts = append(texts, value.Hole(p.Hole))
		}
	}
	return value.Concat(texts...), changed
}

// replaced applies replace to the strings and keys of a document.
func (s *scope) replaced(v *value.Value, args []*value.Value, at source.Span) *value.Value {
	if !s.spend(1, at) {
		return value.NewUnresolved(tooMuch, at, nil)
	}
	switch v.Kind() {
	case value.String:
		text, changed := replaceText(v.Text(), args)
		if !changed {
			return v
		}
		return value.NewText(text, v.Span(), slices.Concat(v.Refs(), args[2].Refs())...)
	case value.List:
		items := make([]*value.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = s.replaced(it, args, at)
		}
		return value.NewList(items, v.Span())
	case value.Map:
		fields := make([]value.Field, len(v.Fields()))
		for i, f := range v.Fields() {
			key, _ := replaceText(s.keyText(f.Key), args)
			fields[i] = value.Field{Key: s.keyOf(key), KeySpan: f.KeySpan, Value: s.replaced(f.Value, args, at)}
		}
		return value.NewOpenMap(fields, v.Why(), v.Span())
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			choices := make([]*value.Value, len(v.Choices()))
			for i, c := range v.Choices() {
				choices[i] = s.replaced(c, args, at)
			}
			return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)
		}
	}
	return v
}
