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

// odd are values of every kind, as arguments should not be.
func odd(at source.Span) []*value.Value {
	text := value.NewText(value.Lit("x"), at)
	m := value.NewMap([]value.Field{{Key: "name", KeySpan: at, Value: text}}, at)
	return []*value.Value{
		text, value.NewText(value.Text{}, at), value.NewText(value.Hole("h"), at), value.NewNumber("1", at), value.NewBool(true, at),
		value.NewNull(at), value.NewAbsent(at), m, value.NewOpenMap(nil, "why", at), value.NewList(nil, at),
		value.NewList([]*value.Value{m, text, value.NewNull(at)}, at), value.NewUnresolved("why", at, nil),
		value.NewUnresolved("why", at, nil, m, value.NewAbsent(at), value.NewList([]*value.Value{m, m}, at)),
		value.NewList([]*value.Value{value.NewUnresolved("why", at, nil, m, value.NewAbsent(at)), value.NewUnresolved("why", at, nil)}, at),
		value.NewRef(value.Lit("x"), at, value.Ref{Resource: "app/nothing", Attr: "Ref"}),
	}
}

// grown gives every argument that a table reads the value.
func grown(t *trie, v *value.Value, at source.Span) *value.Value {
	if t.end && len(t.next) == 0 {
		return v
	}
	var fields []value.Field
	for _, key := range slices.Sorted(maps.Keys(t.next)) {
		fields = append(fields, value.Field{Key: key, KeySpan: at, Value: grown(t.next[key], v, at)})
	}
	return value.NewMap(fields, at)
}

// Whatever kinds arguments have, mapping neither panics nor loses a resource.
func TestOddArguments(t *testing.T) {
	at := source.Span{File: "main.tf", Line: 1, Column: 1, EndLine: 1, EndColumn: 2}
	all := allTables()
	for k, v := range odd(at) {
		var instances []*lang.Instance
		for _, index := range []map[string]*table{all.managed, all.data} {
			for _, typ := range slices.Sorted(maps.Keys(index)) {
				table := index[typ]
				deep := grown(table.read, v, at)
				flat := value.NewMap(nil, at)
				for _, f := range deep.Fields() {
					flat = put(flat, path{{key: f.Key}}, field{at, v}, at)
				}
				for n, attrs := range []*value.Value{deep, flat, v} {
					address := fmt.Sprintf("%s.a%d", typ, n)
					if table.data {
						address = "data." + address
					}
					instances = append(instances, &lang.Instance{
						ID: "app/" + address, Address: address, Type: typ, Name: "a", Data: table.data, Span: at, Attrs: attrs, Exists: value.Tri(n),
					})
				}
			}
		}
		resources, _ := Resources(instances, Options{})
		seen := map[string]bool{}
		for _, r := range resources {
			if seen[r.ID] {
				t.Errorf("kind %d: %s twice", k, r.ID)
			}
			seen[r.ID] = true
			if r.Props.Kind() != value.Map {
				t.Errorf("kind %d: the properties of %s are a %s", k, r.ID, r.Props.Kind())
			}
		}
		p := Provider()
		for _, in := range instances {
			for _, name := range []string{"id", "arn", "name", "json", "nothing"} {
				f := p.Attribute
				if in.Data {
					f = p.Data
				}
				if f(in, name, at) == nil {
					t.Errorf("kind %d: %s.%s is nil", k, in.Address, name)
				}
			}
			table := all.of(in.Type, in.Data)
			for name := range table.attrs {
				p.Attribute(in, name, at)
			}
		}
		b := app.NewBuilder()
		b.App(&app.App{ID: "app"}, resources)
		a := b.Freeze().Apps[0]
		for f := range a.Functions() {
			a.Entries(f)
		}
		for r := range a.Roles() {
			r.Policies()
		}
		for x := range a.APIs() {
			x.Routes()
		}
	}
}

// attached is a role with n policies attached.
func attached(n int) []*lang.Instance {
	at := source.Span{File: "main.tf", Line: 1, Column: 1, EndLine: 1, EndColumn: 2}
	instance := func(typ, name string, args ...string) *lang.Instance {
		var fields []value.Field
		for i := 0; i < len(args); i += 2 {
			fields = append(fields, value.Field{Key: args[i], KeySpan: at, Value: value.NewText(value.Lit(args[i+1]), at)})
		}
		address := typ + "." + name
		return &lang.Instance{ID: "app/" + address, Address: address, Type: typ, Name: name, Span: at, Attrs: value.NewMap(fields, at), Exists: value.Yes}
	}
	list := []*lang.Instance{instance("aws_iam_role", "r", "name", "r", "assume_role_policy", "{}")}
	for i := range n {
		name := fmt.Sprintf("p%05d", i)
		list = append(list, instance("aws_iam_policy", name, "name", name, "policy", "{}"),
			instance("aws_iam_role_policy_attachment", name, "role", "r", "policy_arn", "arn:aws:iam::123456789012:policy/"+name))
	}
	return list
}

func TestManyParts(t *testing.T) {
	const n = 5000
	resources, problems := Resources(attached(n), Options{})
	if len(problems) > 0 || len(resources) != n+1 {
		t.Errorf("%d resources, %v", len(resources), problems)
	}
	if got := resources[0].Props.Get("ManagedPolicyArns").Len(); got != n {
		t.Errorf("%d policies are attached", got)
	}
}

// Mapping costs in step with the number of resources.
func BenchmarkResources(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		list := attached(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Resources(list, Options{})
			}
		})
	}
}

// What no table can say right is said when tables are read.
func TestTableMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\trow", "a row without a header"},
		{"aws_a", "neither a type nor a whole"},
		{"aws_a AWS::A::B\naws_a AWS::A::B", "two tables"},
		{"aws_a AWS::A::B colour=red", "means nothing in a header"},
		{"aws_a -", "no counterpart, and why?"},
		{"aws_a ! if=b", "no counterpart, and why?"},
		{"aws_a AWS::A::B into=aws_b", "as many elements"},
		{"aws_a AWS::A::B\n\ta", "an argument and a property"},
		{"aws_a AWS::A::B\n\ta -", "maps to nothing, and why?"},
		{"aws_a AWS::A::B\n\ta A :nonsense", "no conversion"},
		{"aws_a AWS::A::B\n\ta A :bool(x)", "no conversion"},
		{"aws_a AWS::A::B\n\ta A json", "no conversion"},
		{"aws_a AWS::A::B\n\ta A :json more", "too many words"},
		{"aws_a AWS::A::B\n\ta[].b A.B", "on both sides"},
		{"aws_a AWS::A::B\n\ta..b A.B", "no path"},
		{"aws_a AWS::A::B\n\t= arn", "a name and a text"},
		{"aws_a AWS::A::B\n\t= arn Arn\n\t= arn Arn", "told twice"},
		{"aws_a AWS::A::B\n\t+ A red", "no JSON"},
	} {
		all := &tables{managed: map[string]*table{}, data: map[string]*table{}}
		p := tableParser{file: "t.txt", into: all}
		p.parse(c.text)
		if len(all.problems) != 1 || !strings.Contains(all.problems[0].Message, c.want) {
			t.Errorf("%q: got %v, want %q", c.text, all.problems, c.want)
		}
	}
}
