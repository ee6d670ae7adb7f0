package aws

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// policyDocument is the data source aws_iam_policy_document: a policy in
// blocks, on top of other documents and below others.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
func policyDocument(_ provider, in *lang.Instance, name string, at source.Span) *value.Value {
	if name != "json" && name != "minified_json" {
		return nil
	}
	doc := documentOf(in)
	text := jsonText(doc)
	return value.NewDocument(text, doc, at)
}

// documentOf builds the document.
func documentOf(in *lang.Instance) *value.Value {
	d := &policyBlocks{in: in}
	d.sources("source_json", "source_policy_documents")
	d.own()
	d.overrides("override_json", "override_policy_documents")
	fields := []value.Field{d.version()}
	if id := find(in.Attrs, "policy_id"); id.value.Exists() != value.No {
		fields = append(fields, value.Field{Key: "Id", KeySpan: id.span, Value: id.value})
	}
	list := value.NewList(d.statements, in.Span)
	return value.NewMap(append(fields, value.Field{Key: "Statement", KeySpan: in.Span, Value: list}), in.Span)
}

// policyBlocks gathers the statements of a document.
type policyBlocks struct {
	in         *lang.Instance
	statements []*value.Value
}

func (d *policyBlocks) version() value.Field {
	if v := find(d.in.Attrs, "version"); v.value.Exists() != value.No {
		return value.Field{Key: "Version", KeySpan: v.span, Value: v.value}
	}
	return value.Field{Key: "Version", KeySpan: d.in.Span, Value: value.NewText(value.Lit("2012-10-17"), d.in.Span)}
}

// sources adds the statements of documents that the blocks build upon.
func (d *policyBlocks) sources(args ...string) {
	d.documents(args, func(s *value.Value) { d.statements = append(d.statements, s) })
}

// own adds the statement blocks; one takes the place of a source's with its
// Sid.
func (d *policyBlocks) own() {
	start := len(d.statements)
	for _, b := range d.in.Attrs.Get("statement").Items() {
		s := each(b, policyStatement)
		if i := d.sid(s, start); i >= 0 {
			d.statements[i] = s
		} else {
			d.statements = append(d.statements, s)
		}
	}
	if v := d.in.Attrs.Get("statement"); v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		d.branches(v, start)
	}
}

// branches makes statements that stand in a branch of an unresolved list of
// blocks such that may be missing.
func (d *policyBlocks) branches(v *value.Value, start int) {
	for i := start; i < len(d.statements); i++ {
		s := d.statements[i]
		d.statements[i] = value.NewUnresolved(v.Why(), s.Span(), nil, s, value.NewAbsent(s.Span()))
	}
}

// overrides adds statements in the place of those with the same Sid.
func (d *policyBlocks) overrides(args ...string) {
	d.documents(args, func(s *value.Value) {
		if i := d.sid(s, len(d.statements)); i >= 0 {
			d.statements[i] = s
			return
		}
		d.statements = append(d.statements, s)
	})
}

// sid finds a statement of the first n with the Sid of s.
func (d *policyBlocks) sid(s *value.Value, n int) int {
	id, ok := s.Get("Sid").Known()
	if !ok || id == "" {
		return -1
	}
	return slices.IndexFunc(d.statements[:n], func(o *value.Value) bool {
		other, ok := o.Get("Sid").Known()
		return ok && other == id
	})
}

// documents visits the statements of the documents that arguments hold. One
// that is not known is an unresolved statement.
func (d *policyBlocks) documents(args []string, visit func(*value.Value)) {
	for _, arg := range args {
		for _, v := range d.in.Attrs.Get(arg).Items() {
			if v.Kind() == value.Null || v.Kind() == value.String && v.Text().IsEmpty() {
				continue
			}
			if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
				for _, c := range v.Choices() {
					statementsIn(document(c), func(s *value.Value) {
						visit(value.NewUnresolved(v.Why(), s.Span(), nil, s, value.NewAbsent(s.Span())))
					})
				}
				continue
			}
			statementsIn(document(v), visit)
		}
	}
}

func statementsIn(doc *value.Value, visit func(*value.Value)) {
	switch doc.Kind() {
	case value.Absent, value.Null:
	case value.Map:
		for _, s := range doc.Get("Statement").Items() {
			visit(s)
		}
	default:
		visit(value.NewUnresolved(doc.Str(), doc.Span(), doc.Refs()))
	}
}

// policyStatement is one statement block.
func policyStatement(b *value.Value) *value.Value {
	var fields []value.Field
	add := func(key string, f field) {
		if f.value.Exists() != value.No {
			fields = append(fields, value.Field{Key: key, KeySpan: f.span, Value: f.value})
		}
	}
	if sid := find(b, "sid"); !sid.value.Text().IsEmpty() {
		add("Sid", sid)
	}
	effect := find(b, "effect")
	if effect.value.Exists() == value.No {
		effect = field{b.Span(), value.NewText(value.Lit("Allow"), b.Span())}
	}
	add("Effect", effect)
	for _, e := range []struct{ arg, key string }{{"principals", "Principal"}, {"not_principals", "NotPrincipal"}} {
		if v := find(b, e.arg); v.value.Len() > 0 || v.value.Kind() == value.Unresolved {
			add(e.key, field{v.span, whichever(v.value, principals)})
		}
	}
	for _, e := range []struct{ arg, key string }{
		{"actions", "Action"}, {"not_actions", "NotAction"}, {"resources", "Resource"}, {"not_resources", "NotResource"},
	} {
		v := find(b, e.arg)
		if v.value.Kind() == value.List && v.value.Len() == 0 {
			continue
		}
		add(e.key, field{v.span, variables(v.value)})
	}
	if v := find(b, "condition"); v.value.Len() > 0 || v.value.Kind() == value.Unresolved {
		add("Condition", field{v.span, whichever(v.value, conditions)})
	}
	return value.NewMap(fields, b.Span())
}

// whichever makes repeated blocks an element, or the choices of unresolved ones
// each for itself.
func whichever(v *value.Value, f func(*value.Value) *value.Value) *value.Value {
	return each(v, func(c *value.Value) *value.Value {
		if c.Kind() == value.List && c.Len() == 0 {
			return value.NewAbsent(c.Span())
		}
		return f(c)
	})
}

// principals joins blocks of type and identifiers. * of every type is *.
func principals(v *value.Value) *value.Value {
	var fields []value.Field
	for _, b := range v.Items() {
		typ, ok := b.Get("type").Known()
		if !ok {
			return value.NewUnresolved("the type of a principal", v.Span(), nil)
		}
		ids := find(b, "identifiers")
		if typ == "*" {
			return value.NewText(value.Lit("*"), b.Span())
		}
		key := find(b, "type").value.Span()
		fields = gather(fields, typ, key, variables(ids.value))
	}
	return value.NewMap(fields, v.Span())
}

// conditions joins blocks of test, variable and values: those of one test and
// variable have their values together.
func conditions(v *value.Value) *value.Value {
	var ops []value.Field
	for _, b := range v.Items() {
		op, ok := b.Get("test").Known()
		key, known := b.Get("variable").Known()
		if !ok || !known {
			return value.NewUnresolved("a condition's test or variable", v.Span(), nil)
		}
		values := variables(find(b, "values").value)
		i := slices.IndexFunc(ops, func(f value.Field) bool { return f.Key == op })
		if i < 0 {
			ops = append(ops, value.Field{Key: op, KeySpan: b.Get("test").Span(), Value: value.NewMap(nil, b.Span())})
			i = len(ops) - 1
		}
		keys := gather(slices.Clone(ops[i].Value.Fields()), key, b.Get("variable").Span(), values)
		ops[i].Value = value.NewMap(keys, ops[i].Value.Span())
	}
	return value.NewMap(ops, v.Span())
}

// gather adds a list under a key, behind what is there.
func gather(fields []value.Field, key string, span source.Span, list *value.Value) []value.Field {
	for i, f := range fields {
		if f.Key == key {
			fields[i].Value = join(listOf(f.Value), listOf(list))
			return fields
		}
	}
	return append(fields, value.Field{Key: key, KeySpan: span, Value: list})
}

// variables writes &{…}, which Terraform has for policy variables, as ${…}.
func variables(v *value.Value) *value.Value {
	return each(v, func(c *value.Value) *value.Value {
		switch c.Kind() {
		case value.List:
			items := make([]*value.Value, len(c.Items()))
			for i, el := range c.Items() {
				items[i] = variables(el)
			}
			return value.NewList(items, c.Span())
		case value.String:
			if !strings.Contains(c.Str(), "&{") {
				return c
			}
			text := c.Text().Map(func(s string) string { return strings.ReplaceAll(s, "&{", "${") })
			return value.NewText(text, c.Span(), c.Refs()...)
		}
		return c
	})
}

// jsonText is the JSON of a value, with the holes of its texts.
func jsonText(v *value.Value) value.Text {
	var parts []value.Text
	lit := func(s string) { parts = append(parts, value.Lit(s)) }
	switch v.Kind() {
	case value.Map:
		lit("{")
		for i, f := range v.Fields() {
			if i > 0 {
				lit(",")
			}
			lit(quoted(f.Key) + ":")
			parts = append(parts, jsonText(f.Value))
		}
		lit("}")
	case value.List:
		lit("[")
		for i, el := range v.Items() {
			if i > 0 {
				lit(",")
			}
			parts = append(parts, jsonText(el))
		}
		lit("]")
	case value.String:
		lit(`"`)
		parts = append(parts, v.Text().Map(func(s string) string {
			q := quoted(s)
			return q[1 : len(q)-1]
		}))
		lit(`"`)
	case value.Absent, value.Null:
		lit("null")
	default:
		parts = append(parts, v.Text())
	}
	return value.Concat(parts...)
}

// quoted is a JSON string; unlike Go's own form for pages, < > and & stay.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
