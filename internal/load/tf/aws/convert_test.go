package aws

import (
	"testing"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// show writes a value in JSON, with what is unresolved as a hole.
func show(v *value.Value) string {
	if v.Kind() == value.Absent {
		return "absent"
	}
	return jsonText(v).String()
}

// read makes a value of JSON.
func read(t *testing.T, text string) *value.Value {
	t.Helper()
	node, problems := source.ParseJSON("t", []byte(text), source.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return value.FromNode(node)
}

func TestConversions(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"json", `"{\"a\": [1]}"`, `{"a":[1]}`},
		{"json", `"text"`, `"text"`},
		{"yaml", `"a: [1]"`, `{"a":[1]}`},
		{"yaml", `"- 1"`, `"- 1"`},
		{"tags", `{"a": "b"}`, `[{"Key":"a","Value":"b"}]`},
		{"pairs(Name,Weight)", `{"a": 1}`, `[{"Name":"a","Weight":1}]`},
		{"map(k,v)", `[{"k": "a", "v": 1}, {"k": "b", "v": 2}]`, `{"a":1,"b":2}`},
		{"list", `"a"`, `["a"]`},
		{"list", `["a"]`, `["a"]`},
		{"one", `["a", "b"]`, `"a"`},
		{"one", `[]`, "absent"},
		{"bool(ON,OFF)", `true`, `"ON"`},
		{"bool(ON,OFF)", `"false"`, `"OFF"`},
		{"is(x)", `"x"`, `true`},
		{"is(x)", `"y"`, `false`},
		{"not", `true`, `false`},
		{"words(a=B,c=D)", `"c"`, `"D"`},
		{"words(a=B,c=D)", `"e"`, `"e"`},
		{"upper", `"aB"`, `"AB"`},
		{"lower", `"aB"`, `"ab"`},
	} {
		f, err := convert(c.name)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := show(f.apply(read(t, c.in))); got != c.want {
			t.Errorf("%s of %s: got %s, want %s", c.name, c.in, got, c.want)
		}
		if v := f.apply(value.NewUnresolved("why", source.Span{}, nil)); v.Kind() != value.Unresolved {
			t.Errorf("%s of something unresolved is %s", c.name, show(v))
		}
		choices := f.apply(value.NewUnresolved("why", source.Span{}, nil, read(t, c.in), value.NewAbsent(source.Span{})))
		if got := show(choices.Choices()[0]); got != c.want {
			t.Errorf("%s of a choice of %s: got %s", c.name, c.in, got)
		}
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct{ rows, in, want string }{
		{"\ta A", `{"a": 1}`, `{"A":1}`},
		{"\ta A", `{"a": ""}`, `{}`},
		{"\ta A", `{"a": null}`, `{}`},
		{"\ta A.B.C", `{"a": 1}`, `{"A":{"B":{"C":1}}}`},
		{"\ta.b A", `{"a": {"b": 1}}`, `{"A":1}`},
		{"\ta.b A", `{"a": [{"b": 1}]}`, `{"A":1}`},
		{"\ta.b A.X\n\ta.c A.Y", `{"a": [{"b": 1, "c": 2}]}`, `{"A":{"X":1,"Y":2}}`},
		{"\ta[].b A[].X\n\ta[].c A[].Y.Z", `{"a": [{"b": 1}, {"c": 2}]}`, `{"A":[{"X":1},{"Y":{"Z":2}}]}`},
		{"\ta[].b A.L[].X", `{"a": [{"b": 1}]}`, `{"A":{"L":[{"X":1}]}}`},
		{"\ta[].b[].c A[].B[].C", `{"a": [{"b": [{"c": 1}, {"c": 2}]}]}`, `{"A":[{"B":[{"C":1},{"C":2}]}]}`},
		{"\ta[].x L[].X\n\tb[].y L[].Y", `{"a": [{"x": 1}], "b": [{"y": 2}]}`, `{"L":[{"X":1},{"Y":2}]}`},
		{"\ta[] A[] :upper", `{"a": ["x", "y"]}`, `{"A":["X","Y"]}`},
		{"\ta L[+].A\n\tb.c L[+].C", `{"a": 1, "b": [{"c": 2}]}`, `{"L":[{"A":1,"C":2}]}`},
		{"\ta L[+]", `{"a": "x"}`, `{"L":["x"]}`},
		{"\ta L[+]", `{}`, `{}`},
		{"\ta A\n\t+ B true", `{"a": 1}`, `{"A":1,"B":true}`},
		{"\tb B\n\t+ B true", `{"b": false}`, `{"B":false}`},
		{"\ta A.X\n\t+ A?.Y 1", `{}`, `{}`},
		{"\ta A.X\n\t+ A?.Y 1", `{"a": 2}`, `{"A":{"X":2,"Y":1}}`},
		{"\ta[].b A[].X\n\t+ A[].Y 1", `{"a": [{"b": 2}, {}]}`, `{"A":[{"X":2,"Y":1},{"Y":1}]}`},
	} {
		all := &tables{managed: map[string]*table{}, data: map[string]*table{}}
		p := tableParser{file: "t.txt", into: all}
		p.parse("aws_a AWS::A::B\n" + c.rows)
		if len(all.problems) > 0 {
			t.Error(all.problems)
			continue
		}
		table := all.managed["aws_a"]
		made := withPresets(table.defaults, mapped(table.rows, read(t, c.in)), source.Span{})
		if made == nil {
			made = value.NewMap(nil, source.Span{})
		}
		if got := show(made); got != c.want {
			t.Errorf("%q of %s: got %s, want %s", c.rows, c.in, got, c.want)
		}
	}
}
