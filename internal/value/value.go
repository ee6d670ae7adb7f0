// Package value owns what remit knows of one property: known, AWS's default,
// or unresolved, always with a span. Values are three-valued: a question about
// one is answered Yes, No or Unknown, and Unknown is never a pass.
//
// It imports source. Values are immutable once built; loaders build them, the
// application model and the IAM packages read them.
package value

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Kind tells what a Value holds.
type Kind uint8

// The kinds of values.
const (
	Absent Kind = iota // not written, and AWS's default is not known
	Null
	Bool
	Number
	String
	List
	Map
	Unresolved // depends on what the sources do not tell
)

func (k Kind) String() string {
	return [...]string{"absent", "null", "boolean", "number", "string", "list", "map", "unresolved"}[k]
}

// A Ref says that a value was written as a reference: to the resource with
// this id (application id, slash, logical id), and to which attribute of it
// ("Ref" for the resource itself, "Arn", "StreamArn" …).
type Ref struct {
	Resource string
	Attr     string
}

// A Value is one property, or a part of one. A nil *Value is Absent; every
// method accepts nil, so that paths can be followed without checks.
type Value struct {
	kind    Kind
	dflt    bool // AWS's default, not written
	whole   bool // the value is exactly one reference
	inside  bool // a part of something unresolved, which may lack it
	span    source.Span
	text    Text
	items   []*Value
	fields  []Field
	refs    []Ref
	choices []*Value // of an unresolved value, where they are known
	doc     *Value   // of a string that is a document's JSON
	why     string   // of an unresolved value, or of a map that may have more fields
}

// A Field is one key of a map. KeySpan is the key's own span.
type Field struct {
	Key     string
	KeySpan source.Span
	Value   *Value
}

// NewText, NewBool, NewNumber, NewNull, NewList, NewMap, NewAbsent and
// NewUnresolved build values. refs are the references in the expression.
func NewText(t Text, span source.Span, refs ...Ref) *Value {
	return &Value{kind: String, text: t, span: span, refs: refs}
}

// NewRef builds the value of an expression that is exactly one reference; t is
// what is known of its text.
func NewRef(t Text, span source.Span, ref Ref) *Value {
	return &Value{kind: String, text: t, span: span, refs: []Ref{ref}, whole: true}
}

// NewDocument builds a string that is the JSON text of doc. Sources that write
// documents as strings keep their structure, with its spans, this way.
func NewDocument(t Text, doc *Value, span source.Span, refs ...Ref) *Value {
	return &Value{kind: String, text: t, span: span, refs: refs, doc: doc}
}

// NewBool builds a boolean.
func NewBool(b bool, span source.Span) *Value {
	return &Value{kind: Bool, text: Lit(strconv.FormatBool(b)), span: span}
}

// NewNumber builds a number from its decimal text.
func NewNumber(text string, span source.Span) *Value {
	return &Value{kind: Number, text: Lit(text), span: span}
}

// NewNull builds an explicit null.
func NewNull(span source.Span) *Value { return &Value{kind: Null, span: span} }

// NewList builds a list.
func NewList(items []*Value, span source.Span) *Value {
	return &Value{kind: List, items: items, span: span}
}

// NewMap builds a map; the order of the fields is kept.
func NewMap(fields []Field, span source.Span) *Value {
	return &Value{kind: Map, fields: fields, span: span}
}

// NewOpenMap builds a map that may have more fields than are known, with the
// reason: a key that is not there is unresolved.
func NewOpenMap(fields []Field, why string, span source.Span) *Value {
	return &Value{kind: Map, fields: fields, span: span, why: why}
}

// NewAbsent builds the absence of a property, at the span of what lacks it.
func NewAbsent(span source.Span) *Value { return &Value{kind: Absent, span: span} }

// NewUnresolved builds a value that the sources do not tell, with the reason.
// Where the possible values are known (both branches of a condition, the
// allowed values of a parameter), they are choices; an Absent choice stands
// for "not set".
func NewUnresolved(why string, span source.Span, refs []Ref, choices ...*Value) *Value {
	return &Value{kind: Unresolved, why: why, span: span, refs: refs, choices: choices}
}

// AsDefault returns a copy that is marked as AWS's default and stands where
// the property is missing.
func (v *Value) AsDefault(span source.Span) *Value {
	c := *v
	c.dflt, c.span = true, span
	return &c
}

// At returns a copy that stands at span: the same value, used in another
// place. nil stays nil.
func (v *Value) At(span source.Span) *Value {
	if v == nil {
		return nil
	}
	c := *v
	c.span = span
	return &c
}

// Or returns v, or AWS's default d in its place where v is absent.
func (v *Value) Or(d *Value) *Value {
	switch v.Kind() {
	case Absent, Null:
		return d.AsDefault(v.Span())
	case Unresolved:
		if len(v.choices) > 0 {
			return v.each(func(c *Value) *Value { return c.Or(d) })
		}
	}
	return v
}

// Kind returns the kind; Absent for nil.
func (v *Value) Kind() Kind {
	if v == nil {
		return Absent
	}
	return v.kind
}

// Span is where the value is written, or, for what is absent or a default,
// the span of what lacks it.
func (v *Value) Span() source.Span {
	if v == nil {
		return source.Span{}
	}
	return v.span
}

// IsDefault reports whether the value is AWS's default and not written.
func (v *Value) IsDefault() bool { return v != nil && v.dflt }

// Why says why the value is unresolved, or why a map may have more fields.
func (v *Value) Why() string {
	if v == nil {
		return ""
	}
	return v.why
}

// Choices are the possible values of an unresolved value, where known.
func (v *Value) Choices() []*Value {
	if v == nil {
		return nil
	}
	return v.choices
}

// each maps the choices of an unresolved value.
func (v *Value) each(f func(*Value) *Value) *Value {
	c := *v
	c.choices = make([]*Value, len(v.choices))
	for i, ch := range v.choices {
		c.choices[i] = f(ch)
	}
	return &c
}

// Get follows keys from map to map. What is missing is Absent, at the span of
// the innermost map that is there; what lies under something unresolved is
// unresolved.
func (v *Value) Get(keys ...string) *Value {
	for _, k := range keys {
		v = v.get(k)
	}
	return v
}

func (v *Value) get(key string) *Value {
	if v == nil {
		return nil
	}
	switch v.kind {
	case Map:
		for i := len(v.fields) - 1; i >= 0; i-- {
			if v.fields[i].Key == key {
				return v.fields[i].Value
			}
		}
		if v.why != "" {
			return &Value{kind: Unresolved, why: v.why, span: v.span, inside: true}
		}
	case Unresolved:
		if len(v.choices) > 0 {
			return v.each(func(c *Value) *Value { return c.get(key) })
		}
		c := *v
		c.inside = true
		return &c
	}
	return NewAbsent(v.span)
}

// Fields are the fields of a map in the order written; the caller must not
// change them.
func (v *Value) Fields() []Field {
	if v == nil {
		return nil
	}
	return v.fields
}

// Items are the elements of a list; a scalar or map stands for a list of one,
// as AWS's APIs take it; what is absent has none. An unresolved value is one
// unresolved element, or, where choices are known, the items of all choices
// (so "any of" questions stay safe while "all of" must ask IsResolved).
func (v *Value) Items() []*Value {
	switch v.Kind() {
	case Absent, Null:
		return nil
	case List:
		return v.items
	case Unresolved:
		if len(v.choices) > 0 {
			var all []*Value
			for _, c := range v.choices {
				all = append(all, c.Items()...)
			}
			return all
		}
	}
	return []*Value{v}
}

// Len is the number of elements of a list or fields of a map.
func (v *Value) Len() int {
	if v == nil {
		return 0
	}
	return len(v.items) + len(v.fields)
}

// Text is the string of a scalar with its holes. What is unresolved is one
// hole; what is no scalar is empty.
func (v *Value) Text() Text {
	switch v.Kind() {
	case Bool, Number, String:
		return v.text
	case Unresolved:
		return Hole(v.why)
	}
	return Text{}
}

// Known returns the string of a scalar whose text is known whole.
func (v *Value) Known() (string, bool) {
	switch v.Kind() {
	case Bool, Number, String:
		return v.text.Known()
	}
	return "", false
}

// Str is the text for display and comparison, holes as ${name}.
func (v *Value) Str() string { return v.Text().String() }

// Exists tells whether the property is set; Unknown for what lies under
// something unresolved.
func (v *Value) Exists() Tri {
	switch v.Kind() {
	case Absent, Null:
		return No
	case Unresolved:
		switch {
		case v.inside:
			return Unknown
		case len(v.choices) == 0:
			return Yes // written, only its value is unknown
		}
		return v.agree((*Value).Exists)
	}
	return Of(!v.dflt)
}

// IsResolved tells whether nothing in the value is unresolved.
func (v *Value) IsResolved() bool {
	switch v.Kind() {
	case Unresolved:
		return false
	case List:
		return !slices.ContainsFunc(v.items, func(i *Value) bool { return !i.IsResolved() })
	case Map:
		return v.why == "" && !slices.ContainsFunc(v.fields, func(f Field) bool { return !f.Value.IsResolved() })
	case String:
		return v.text.IsKnown()
	}
	return true
}

func (v *Value) agree(ask func(*Value) Tri) Tri {
	answers := make([]Tri, len(v.choices))
	for i, c := range v.choices {
		answers[i] = ask(c)
	}
	return Agree(answers...)
}

// Is tells whether the scalar equals s; an absent value equals nothing.
func (v *Value) Is(s string) Tri {
	switch v.Kind() {
	case Bool, Number, String:
		return v.text.Equal(Lit(s))
	case Unresolved:
		return v.agree(func(c *Value) Tri { return c.Is(s) })
	}
	return No
}

// IsFold is Is without regard to case.
func (v *Value) IsFold(s string) Tri {
	switch v.Kind() {
	case Bool, Number, String:
		return v.text.EqualFold(Lit(s))
	case Unresolved:
		return v.agree(func(c *Value) Tri { return c.IsFold(s) })
	}
	return No
}

// OneOf tells whether the scalar equals one of the strings.
func (v *Value) OneOf(list ...string) Tri {
	if v.Kind() == Unresolved {
		return v.agree(func(c *Value) Tri { return c.OneOf(list...) })
	}
	out := No
	for _, s := range list {
		out = out.Or(v.Is(s))
	}
	return out
}

// IsTrue tells whether the value is true, written as a boolean or a string.
// An absent value is not true; give it its default first.
func (v *Value) IsTrue() Tri { return v.IsFold("true") }

// IsFalse tells whether the value is false.
func (v *Value) IsFalse() Tri { return v.IsFold("false") }

// Document is what a string is the JSON of, where the loader knows; else nil.
func (v *Value) Document() *Value {
	if v == nil {
		return nil
	}
	return v.doc
}

// Int returns the number, and whether it is known.
func (v *Value) Int() (int64, bool) {
	s, ok := v.Known()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return n, err == nil
}

// Contains tells whether a list holds the string s, or a scalar equals it.
func (v *Value) Contains(s string) Tri {
	if v.Kind() == Unresolved {
		return v.agree(func(c *Value) Tri { return c.Contains(s) })
	}
	out := No
	for _, item := range v.Items() {
		out = out.Or(item.Is(s))
	}
	return out
}

// Ref returns the reference that the value is, whole.
func (v *Value) Ref() (Ref, bool) {
	if v == nil || !v.whole {
		return Ref{}, false
	}
	return v.refs[0], true
}

// Refs are the references in this value itself, not in its parts.
func (v *Value) Refs() []Ref {
	if v == nil {
		return nil
	}
	return v.refs
}

// Walk visits v and all its parts, choices included, in the order written;
// it does not go below a value for which visit returns false.
func (v *Value) Walk(visit func(*Value) bool) {
	if v == nil || !visit(v) {
		return
	}
	for _, i := range v.items {
		i.Walk(visit)
	}
	for _, f := range v.fields {
		f.Value.Walk(visit)
	}
	for _, c := range v.choices {
		c.Walk(visit)
	}
}

// FromNode turns a document without intrinsic functions, such as a policy in
// a JSON file, into a value.
func FromNode(n *source.Node) *Value {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case source.BoolNode:
		return &Value{kind: Bool, text: Lit(n.Text), span: n.Span}
	case source.NumberNode:
		return NewNumber(n.Text, n.Span)
	case source.StringNode:
		return NewText(Lit(n.Text), n.Span)
	case source.ListNode:
		items := make([]*Value, len(n.Items))
		for i, it := range n.Items {
			items[i] = FromNode(it)
		}
		return NewList(items, n.Span)
	case source.MapNode:
		fields := make([]Field, len(n.Fields))
		for i, f := range n.Fields {
			fields[i] = Field{Key: f.Key, KeySpan: f.KeySpan, Value: FromNode(f.Value)}
		}
		return NewMap(fields, n.Span)
	}
	return NewNull(n.Span)
}
