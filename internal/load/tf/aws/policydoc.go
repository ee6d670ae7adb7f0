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
	d.documents([]string{"source_json", "source_policy_documents"}, d.put)
	d.replaceable()
	d.own()
	d.replaceable()
	d.documents([]string{"override_json", "override_policy_documents"}, d.put)
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
	sids       map[string]int // the statements that have one, by Sid
}

// put adds a statement, in the place of one with its Sid where there is one
// among those that may be replaced.
func (d *policyBlocks) put(s *value.Value) {
	sid, ok := s.Get("Sid").Known()
	if i, found := d.sids[sid]; ok && sid != "" && found {
		d.statements[i] = s
		return
	}
	d.statements = append(d.statements, s)
}

// replaceable lets all statements so far be replaced by those that follow.
func (d *policyBlocks) replaceable() {
	d.sids = map[string]int{}
	for i, s := range d.statements {
		if sid, ok := s.Get("Sid").Known(); ok && sid != "" {
			d.sids[sid] = i
		}
	}
}

func (d *policyBlocks) version() value.Field {
	if v := find(d.in.Attrs, "version"); v.value.Exists() != value.No {
		return value.Field{Key: "Version", KeySpan: v.span, Value: v.value}
	}
	return value.Field{Key: "Version", KeySpan: d.in.Span, Value: value.NewText(value.Lit("2012-10-17"), d.in.Span)}
}

// own adds the statement blocks; one takes the place of a source's with its
// Sid. Of blocks that stand in a branch of something unresolved each may be
// missing.
func (d *policyBlocks) own() {
	v := d.in.Attrs.Get("statement")
	for _, b := range v.Items() {
		s := each(b, policyStatement)
		if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
			d.statements = append(d.statements, value.NewUnresolved(v.Why(), s.Span(), nil, s, value.NewAbsent(s.Span())))
			continue
		}
		d.put(s)
	}
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
	var all gathered
	for _, b := range v.Items() {
		typ, ok := b.Get("type").Known()
		if !ok {
			return value.NewUnresolved("the type of a principal", v.Span(), nil)
		}
		if typ == "*" {
			return value.NewText(value.Lit("*"), b.Span())
		}
		all.add(typ, b.Get("type").Span(), variables(b.Get("identifiers")))
	}
	return value.NewMap(all.fields(), v.Span())
}

// conditions joins blocks of test, variable and values: those of one test and
// variable have their values together.
func conditions(v *value.Value) *value.Value {
	var ops []value.Field
	keys := map[string]*gathered{}
	for _, b := range v.Items() {
		op, ok := b.Get("test").Known()
		key, known := b.Get("variable").Known()
		if !ok || !known {
			return value.NewUnresolved("a condition's test or variable", v.Span(), nil)
		}
		if keys[op] == nil {
			keys[op] = &gathered{}
			ops = append(ops, value.Field{Key: op, KeySpan: b.Get("test").Span(), Value: b})
		}
		keys[op].add(key, b.Get("variable").Span(), variables(b.Get("values")))
	}
	for i, f := range ops {
		ops[i].Value = value.NewMap(keys[f.Key].fields(), f.Value.Span())
	}
	return value.NewMap(ops, v.Span())
}

// gathered are lists by key, in the order of the keys.
type gathered struct {
	keys  []value.Field
	lists [][]*value.Value
	index map[string]int
}

// add puts a list behind what the key has.
func (g *gathered) add(key string, span source.Span, list *value.Value) {
	i, ok := g.index[key]
	if !ok {
		if g.index == nil {
			g.index = map[string]int{}
		}
		i = len(g.keys)
		g.index[key] = i
		g.keys = append(g.keys, value.Field{Key: key, KeySpan: span, Value: list})
		g.lists = append(g.lists, nil)
	}
	g.lists[i] = append(g.lists[i], list)
}

func (g *gathered) fields() []value.Field {
	out := slices.Clone(g.keys)
	for i, lists := range g.lists {
		if len(lists) == 1 {
			continue
		}
		var items []*value.Value
		for _, l := range lists {
			if l.Kind() == value.Unresolved {
				items = append(items, l)
			} else {
				items = append(items, l.Items()...)
			}
		}
		out[i].Value = value.NewList(items, out[i].Value.Span())
	}
	return out
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
