package function

import (
	"github.com/remit-security/remit/internal/value"
)

// yamlencode keeps the structure beside the text. Keys and strings are quoted,
// as Terraform does, which JSON's quoting is good for.
func (c *call) yamlencode() *value.Value {
	v := c.args[0]
	w := jsonWriter{c: c}
	w.yaml(v, "", false)
	if w.full {
		return c.tooLarge()
	}
	return value.NewDocument(w.text(), v, c.at, c.refs()...)
}

// yaml writes a value in block style. A map or list that has something in it
// begins on a line of its own, unless it follows the dash of a list.
func (w *jsonWriter) yaml(v *value.Value, indent string, dash bool) {
	if len(indent) > 400 {
		w.full = true
	}
	fields, items := sortedFields(v), []*value.Value(nil)
	if v.Kind() == value.List {
		items = v.Items()
	}
	if len(fields) == 0 && len(items) == 0 {
		w.value(v) // a scalar, [] or {}
		w.raw("\n")
		return
	}
	if w.full || !w.c.spend(1) {
		w.full = true
		return
	}
	begin := func(i int) {
		if i > 0 || !dash {
			w.raw(indent)
		}
	}
	for i, f := range fields {
		begin(i)
		w.raw(`"` + escaped(f.Key) + `":`)
		switch {
		case f.Value.Kind() == value.Map && f.Value.Len() > 0:
			w.raw("\n")
			w.yaml(f.Value, indent+"  ", false)
		case f.Value.Kind() == value.List && f.Value.Len() > 0:
			w.raw("\n")
			w.yaml(f.Value, indent, false)
		default:
			w.raw(" ")
			w.yaml(f.Value, indent, false)
		}
	}
	if v.Kind() == value.Map && v.Why() != "" {
		begin(len(fields))
		w.hole(value.Hole(v.Why()))
		w.raw("\n")
	}
	for i, it := range items {
		begin(i)
		w.raw("- ")
		w.yaml(it, indent+"  ", true)
	}
}
