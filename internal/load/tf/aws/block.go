package aws

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A block is a map of CloudFormation's in the making.
type block []value.Field

// put sets a key to what is, or may be, there.
func (b *block) put(key string, v *value.Value) {
	if v.Exists() != value.No {
		*b = append(*b, value.Field{Key: key, KeySpan: v.Span(), Value: v})
	}
}

// lit sets a key to a text that no argument gives.
func (b *block) lit(key, text string, at source.Span) {
	b.put(key, value.NewText(value.Lit(text), at))
}

func (b block) at(span source.Span) *value.Value { return value.NewMap(b, span) }

// spread makes a list of repeated blocks of which each gives several elements.
func spread(v *value.Value, f func(el *value.Value) []*value.Value) *value.Value {
	switch v.Kind() {
	case value.Absent, value.Null:
		return v
	case value.Unresolved:
		return each(v, func(c *value.Value) *value.Value { return spread(c, f) })
	}
	var out []*value.Value
	for _, el := range elementsOf(v) {
		switch {
		case el.Kind() != value.Unresolved:
			out = append(out, f(el)...)
		case len(el.Choices()) == 0:
			out = append(out, el)
		}
		for _, c := range el.Choices() {
			if c.Kind() != value.Map {
				continue
			}
			for _, made := range f(c) {
				out = append(out, value.NewUnresolved(el.Why(), el.Span(), el.Refs(), made, value.NewAbsent(el.Span())))
			}
		}
	}
	return value.NewList(out, v.Span())
}

// elementsOf are the elements of a list as they are written; a single value is
// a list of one.
func elementsOf(v *value.Value) []*value.Value {
	if v.Kind() == value.Unresolved {
		return []*value.Value{v}
	}
	return v.Items()
}

// pascal is a name in CloudFormation's spelling: lambda_function_arn to
// LambdaFunctionArn.
func pascal(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(name, "_") {
		b.WriteString(capital(word))
	}
	return b.String()
}

// capital is a word with its first letter in upper case.
func capital(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// A spelling says how the keys of blocks become CloudFormation's where that is
// more than their capitals.
type spelling struct {
	names map[string]string // of single keys
	lists map[string]string // of blocks that stay lists, with the name of the list
}

// spell maps the keys of a block and of all blocks in it.
func (s spelling) spell(v *value.Value) *value.Value {
	switch v.Kind() {
	case value.Unresolved:
		return each(v, s.spell)
	case value.Map:
		fields := make([]value.Field, 0, v.Len())
		for _, f := range v.Fields() {
			fields = append(fields, s.field(f))
		}
		return remap(v, fields, v.Span())
	}
	return v
}

func (s spelling) field(f value.Field) value.Field {
	if name, ok := s.lists[f.Key]; ok {
		return value.Field{Key: name, KeySpan: f.KeySpan, Value: elements(f.Value, s.spell)}
	}
	name, ok := s.names[f.Key]
	if !ok {
		name = pascal(f.Key)
	}
	v := f.Value
	if v.Kind() == value.List && v.Len() == 1 && v.Items()[0].Kind() == value.Map {
		v = v.Items()[0]
	}
	return value.Field{Key: name, KeySpan: f.KeySpan, Value: s.spell(v)}
}

// capitals gives the keys of a document in JSON capitals, as the APIs of
// containers and CloudFormation differ. What lies below the keys in asWritten
// has keys of the application's own.
func capitals(v *value.Value, asWritten map[string]bool) *value.Value {
	switch v.Kind() {
	case value.Unresolved:
		return each(v, func(c *value.Value) *value.Value { return capitals(c, asWritten) })
	case value.List:
		items := make([]*value.Value, v.Len())
		for i, el := range v.Items() {
			items[i] = capitals(el, asWritten)
		}
		return value.NewList(items, v.Span())
	case value.Map:
		fields := make([]value.Field, v.Len())
		for i, f := range v.Fields() {
			fields[i] = value.Field{Key: capital(f.Key), KeySpan: f.KeySpan, Value: f.Value}
			if !asWritten[f.Key] {
				fields[i].Value = capitals(f.Value, asWritten)
			}
		}
		return remap(v, fields, v.Span())
	}
	return v
}

// eachAs makes a list of maps with one key of a list of texts.
func eachAs(key string) conversion {
	return func(v *value.Value) *value.Value {
		return elements(v, func(el *value.Value) *value.Value {
			return value.NewMap([]value.Field{{Key: key, KeySpan: el.Span(), Value: el}}, el.Span())
		})
	}
}
