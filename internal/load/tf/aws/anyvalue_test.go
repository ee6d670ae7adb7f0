package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// shapesOfValues are what an argument may come to when sources are unfinished,
// wrong, or not known.
func shapesOfValues(at source.Span) map[string]*value.Value {
	text := value.NewText(value.Lit("x"), at)
	m := value.NewMap([]value.Field{{Key: "events", KeySpan: at, Value: text}, {Key: "statement", KeySpan: at, Value: text}}, at)
	hole := value.NewUnresolved("var.x", at, nil)
	open := value.NewOpenMap(nil, "var.x", at)
	out := map[string]*value.Value{
		"text": text, "number": value.NewNumber("3", at), "bool": value.NewBool(true, at), "hole": hole, "map": m, "open map": open,
		"null": value.NewNull(at), "absent": value.NewAbsent(at), "empty list": value.NewList(nil, at),
		"texts":         value.NewList([]*value.Value{text, hole}, at),
		"blocks":        value.NewList([]*value.Value{m, hole, open, value.NewUnresolved("var.x", at, nil, m, value.NewAbsent(at))}, at),
		"lists":         value.NewList([]*value.Value{value.NewList([]*value.Value{m}, at)}, at),
		"perhaps":       value.NewUnresolved("var.x", at, nil, text, value.NewAbsent(at)),
		"perhaps lists": value.NewUnresolved("var.x", at, nil, value.NewList([]*value.Value{m, m}, at), value.NewList(nil, at), hole),
		"document":      value.NewDocument(value.Lit("{}"), m, at),
	}
	return out
}

// Whatever an argument is, or each of a block's, the mapping ends with
// properties, and what is not known is not taken for absent.
func TestAnyValue(t *testing.T) {
	all := allTables()
	at := source.Span{File: "main.tf", Line: 1, Column: 1, EndLine: 1, EndColumn: 2}
	values := shapesOfValues(at)
	for _, typ := range slices.Sorted(maps.Keys(all.managed)) {
		table := all.managed[typ]
		if table.plain || !strings.HasPrefix(typ, "aws_") {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			in := filled(typ, table, values[name], at)
			list := []*lang.Instance{in}
			for i, p := range table.parts {
				whole := &lang.Instance{ID: fmt.Sprint("t/", p.into, ".w", i), Address: fmt.Sprint(p.into, ".w", i), Type: p.into, Name: "w", Span: at,
					Attrs: value.NewMap(nil, at), Exists: value.Yes}
				ref := value.NewRef(value.Hole("w"), at, value.Ref{Resource: whole.ID, Attr: "Ref"})
				in.Attrs = put(in.Attrs, path{{key: p.by[0]}}, field{at, value.NewList([]*value.Value{ref}, at)}, at)
				if !p.list {
					in.Attrs = put(in.Attrs, path{{key: p.by[0]}}, field{at, ref}, at)
				}
				list = append(list, whole)
			}
			resources, _ := Resources(list, Options{Place: app.Place{}})
			if len(resources) == 0 {
				t.Errorf("%s: %s: no resource", typ, name)
			}
			for _, r := range resources {
				if r.Props.Kind() != value.Map {
					t.Errorf("%s: %s: the properties of %s are a %s", typ, name, r.ID, r.Props.Kind())
				}
			}
		}
	}
}

// filled is an instance with the value at every argument that the table reads.
func filled(typ string, t *table, v *value.Value, at source.Span) *lang.Instance {
	attrs := value.NewMap(nil, at)
	for _, p := range t.read.paths(nil) {
		if p[0].key != "lifecycle" && p[0].key != "region" {
			attrs = put(attrs, path{{key: p[0].key}}, field{at, v}, at)
		}
	}
	return &lang.Instance{ID: "t/" + typ + ".x", Address: typ + ".x", Type: typ, Name: "x", Span: at, Attrs: attrs, Exists: value.Yes}
}

// A secret's value is not kept, wherever it goes; that it is written is.
func TestSecretsAreMasked(t *testing.T) {
	at := source.Span{File: "main.tf", Line: 1, Column: 1, EndLine: 1, EndColumn: 2}
	secret := value.NewText(value.Lit("Tr0ub4dor&3"), at)
	instance := func(typ string, fields ...value.Field) *lang.Instance {
		return &lang.Instance{ID: "t/" + typ + ".x", Address: typ + ".x", Type: typ, Name: "x", Span: at, Attrs: value.NewMap(fields, at), Exists: value.Yes}
	}
	text := func(key, s string) value.Field {
		return value.Field{Key: key, KeySpan: at, Value: value.NewText(value.Lit(s), at)}
	}
	held := instance("aws_secretsmanager_secret", text("name", "db"))
	for name, list := range map[string][]*lang.Instance{
		"version": {held, instance("aws_secretsmanager_secret_version", value.Field{Key: "secret_string", KeySpan: at, Value: secret},
			value.Field{Key: "secret_id", KeySpan: at, Value: value.NewRef(value.Hole("id"), at, value.Ref{Resource: held.ID, Attr: "Ref"})})},
		"version of another": {instance("aws_secretsmanager_secret_version", text("secret_id", "other"),
			value.Field{Key: "secret_string", KeySpan: at, Value: value.NewDocument(secret.Text(), secret, at)})},
		"parameter":         {instance("aws_ssm_parameter", text("type", "SecureString"), value.Field{Key: "value", KeySpan: at, Value: secret})},
		"parameter of kind": {instance("aws_ssm_parameter", value.Field{Key: "value", KeySpan: at, Value: secret}, value.Field{Key: "type", KeySpan: at, Value: value.NewUnresolved("var.t", at, nil)})},
	} {
		resources, _ := Resources(list, Options{})
		written := false
		for _, r := range resources {
			r.Props.Walk(func(v *value.Value) bool {
				if strings.Contains(v.Str(), "Tr0ub4dor") || strings.Contains(v.Document().Str(), "Tr0ub4dor") {
					t.Errorf("%s: the secret is in %s", name, r.ID)
				}
				written = written || v.Str() == "Rr0rr0rrr&0"
				return true
			})
		}
		if !written {
			t.Errorf("%s: nothing tells that a secret is written", name)
		}
	}
}
