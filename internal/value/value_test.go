package value

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
)

var at = source.Span{File: "f", Line: 1, Column: 2, EndLine: 1, EndColumn: 3}

func str(s string) *Value { return NewText(Lit(s), at) }

func TestTri(t *testing.T) {
	all := []Tri{Unknown, No, Yes}
	for _, a := range all {
		if a.Not().Not() != a {
			t.Errorf("not not %v", a)
		}
		for _, b := range all {
			if a.And(b) != b.And(a) || a.Or(b) != b.Or(a) || a.And(b) != a.Not().Or(b.Not()).Not() {
				t.Errorf("%v and %v do not obey the laws", a, b)
			}
		}
	}
	if Yes.And(Unknown) != Unknown || No.And(Unknown) != No || Yes.Or(Unknown) != Yes || No.Or(Unknown) != Unknown {
		t.Error("unknown is decided where it must not be, or not where it must")
	}
	var zero Tri
	if zero != Unknown || Of(true) != Yes || Of(false) != No {
		t.Error("the zero value must be unknown")
	}
	if Agree() != Unknown || Agree(Yes, Yes) != Yes || Agree(Yes, No) != Unknown || Agree(No) != No {
		t.Error("Agree is wrong")
	}
}

func TestConcat(t *testing.T) {
	tests := []struct {
		parts []Text
		want  string
		known bool
		n     int
	}{
		{nil, "", true, 0},
		{[]Text{{}, Lit("")}, "", true, 0},
		{[]Text{Lit("a"), Lit("b"), Lit("c")}, "abc", true, 1},
		{[]Text{Lit("a"), Hole("H"), Lit("b"), Lit("c"), Hole("H"), Fresh("F")}, "a${H}bc${H}${F}", false, 5},
		{[]Text{Hole("H")}, "${H}", false, 1},
		{[]Text{Concat(Lit("a"), Hole("H")), Lit("b"), Concat(Lit("c"), Lit("d"))}, "a${H}bcd", false, 3},
	}
	for _, tt := range tests {
		got := Concat(tt.parts...)
		if s := got.String(); s != tt.want || got.IsKnown() != tt.known || len(got.Parts()) != tt.n {
			t.Errorf("%v: %q with %d parts, known %v", tt.parts, s, len(got.Parts()), got.IsKnown())
		}
	}
	a := Concat(Lit("a"), Lit("b"))
	Concat(a, Lit("c"))
	if a.String() != "ab" {
		t.Error("joining changed a text")
	}
}

func TestSplit(t *testing.T) {
	text := Concat(Lit("arn:"), Hole("P"), Lit(":s3:::"), Hole("B"), Lit("/a:b"))
	for n, want := range map[int]string{-1: "arn|${P}|s3|||${B}/a|b", 6: "arn|${P}|s3|||${B}/a:b", 1: text.String(), 2: "arn|${P}:s3:::${B}/a:b"} {
		var got []string
		for _, p := range text.Split(':', n) {
			got = append(got, p.String())
		}
		if strings.Join(got, "|") != want {
			t.Errorf("into %d: %s, want %s", n, strings.Join(got, "|"), want)
		}
	}
	if got := (Text{}).Split(':', -1); len(got) != 1 || !got[0].IsEmpty() {
		t.Errorf("the empty text gives %v", got)
	}
}

func TestQuestions(t *testing.T) {
	hole := NewText(Concat(Lit("a-"), Hole("H")), at)
	choice := NewUnresolved("c", at, nil, str("on"), str("off"))
	maybe := NewUnresolved("m", at, nil, str("on"), NewAbsent(at))
	opaque := NewUnresolved("o", at, nil)
	absent := NewAbsent(at)
	tests := []struct {
		name string
		got  Tri
		want Tri
	}{
		{"known", str("on").Is("on"), Yes},
		{"known other", str("on").Is("off"), No},
		{"fold", str("On").IsFold("oN"), Yes},
		{"hole that fits", hole.Is("a-b"), Unknown},
		{"hole that does not fit", hole.Is("b-b"), No},
		{"choice", choice.Is("on"), Unknown},
		{"no choice", choice.Is("up"), No},
		{"one of the choices", choice.OneOf("on", "off"), Yes},
		{"opaque", opaque.Is("on"), Unknown},
		{"absent", absent.Is("on"), No},
		{"nil", (*Value)(nil).Is("on"), No},
		{"boolean", NewBool(true, at).IsTrue(), Yes},
		{"string as boolean", str("False").IsFalse(), Yes},
		{"number", NewNumber("3", at).Is("3"), Yes},
		{"exists", str("").Exists(), Yes},
		{"absent exists", absent.Exists(), No},
		{"null exists", NewNull(at).Exists(), No},
		{"maybe exists", maybe.Exists(), Unknown},
		{"choice exists", choice.Exists(), Yes},
		{"opaque exists", opaque.Exists(), Yes},
		{"default exists", absent.Or(str("d")).Exists(), No},
		{"default", absent.Or(str("d")).Is("d"), Yes},
		{"default of maybe", maybe.Or(str("on")).Is("on"), Yes},
		{"other default of maybe", maybe.Or(str("x")).Is("on"), Unknown},
		{"contains", NewList([]*Value{str("a"), hole}, at).Contains("a"), Yes},
		{"may contain", NewList([]*Value{str("b"), hole}, at).Contains("a-x"), Unknown},
		{"does not contain", NewList([]*Value{str("b"), hole}, at).Contains("c"), No},
		{"scalar contains", str("a").Contains("a"), Yes},
		{"opaque contains", opaque.Contains("a"), Unknown},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestGet(t *testing.T) {
	inner := NewMap([]Field{{Key: "b", Value: str("x")}}, at)
	m := NewMap([]Field{{Key: "a", Value: str("first")}, {Key: "a", Value: inner}}, at)
	if got := m.Get("a", "b"); got.Str() != "x" {
		t.Errorf("the last of two keys counts, got %s", got.Str())
	}
	if got := m.Get("a", "none", "deeper"); got.Kind() != Absent || got.Span() != at {
		t.Errorf("missing: %v at %v", got.Kind(), got.Span())
	}
	if got := str("s").Get("a"); got.Kind() != Absent {
		t.Errorf("below a string: %v", got.Kind())
	}
	open := NewUnresolved("c", at, nil, inner, NewAbsent(at))
	if got := open.Get("b"); got.Kind() != Unresolved || len(got.Choices()) != 2 || got.Is("x") != Unknown || got.Is("y") != No {
		t.Errorf("below a choice: %v", got)
	}
	opaque := NewUnresolved("o", at, nil)
	if got := opaque.Get("a", "b"); got.Kind() != Unresolved || got.Why() != "o" || opaque.inside {
		t.Errorf("below the unknown: %v", got)
	}
	if (*Value)(nil).Get("a") != nil {
		t.Error("below nothing is nothing")
	}
}

func TestItems(t *testing.T) {
	list := NewList([]*Value{str("a"), str("b")}, at)
	for _, tt := range []struct {
		v    *Value
		want int
	}{
		{nil, 0}, {NewAbsent(at), 0}, {NewNull(at), 0}, {list, 2}, {str("a"), 1}, {NewMap(nil, at), 1},
		{NewUnresolved("o", at, nil), 1}, {NewUnresolved("c", at, nil, list, str("x"), NewAbsent(at)), 3},
	} {
		if got := len(tt.v.Items()); got != tt.want {
			t.Errorf("%v has %d items, want %d", tt.v.Kind(), got, tt.want)
		}
	}
	if list.IsResolved() != true || NewList([]*Value{NewText(Hole("H"), at)}, at).IsResolved() {
		t.Error("a list is resolved when all in it is")
	}
}

func TestAt(t *testing.T) {
	other := source.Span{File: "g", Line: 9, Column: 9, EndLine: 9, EndColumn: 9}
	ref := Ref{Resource: "a/R", Attr: "Arn"}
	v := NewRef(Hole("H"), at, ref)
	moved := v.At(other)
	if got, ok := moved.Ref(); !ok || got != ref || moved.Span() != other || v.Span() != at {
		t.Errorf("moved to %v with %v; the original is at %v", moved.Span(), got, v.Span())
	}
	if (*Value)(nil).At(other) != nil {
		t.Error("nil stays nil")
	}
}

func TestInt(t *testing.T) {
	for text, want := range map[string]string{"3": "3 true", " 4 ": "4 true", "x": "0 false", "1.5": "0 false", "99999999999999999999": "false"} {
		n, ok := str(text).Int()
		if got := fmt.Sprint(n, ok); got != want && !(want == "false" && !ok) {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	if _, ok := NewText(Hole("H"), at).Int(); ok {
		t.Error("a hole is no number")
	}
}

func TestFromNode(t *testing.T) {
	n, problems := source.ParseYAML("f", []byte("a: [1, yes, x, ~, {b: c}]\n"), source.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	items := FromNode(n).Get("a").Items()
	want := []Kind{Number, Bool, String, Null, Map}
	for i, k := range want {
		if items[i].Kind() != k || items[i].Span().Line != 1 {
			t.Errorf("item %d is %v at %v, want %v", i, items[i].Kind(), items[i].Span(), k)
		}
	}
	if items[1].IsTrue() != Yes || FromNode(nil) != nil {
		t.Error("wrong values")
	}
}

// TestNilSafe calls every method on nil and on values of every kind.
func TestNilSafe(t *testing.T) {
	for _, v := range []*Value{nil, NewAbsent(at), NewNull(at), NewBool(true, at), NewNumber("x", at), str(""), NewList(nil, at), NewMap(nil, at), NewUnresolved("", at, nil)} {
		_, _, _, _, _ = v.Kind().String(), v.Span(), v.IsDefault(), v.Why(), v.Choices()
		_, _, _, _, _ = v.Get("a"), v.Fields(), v.Items(), v.Len(), v.Text()
		_, _, _, _, _ = v.Str(), v.Exists(), v.IsResolved(), v.Is(""), v.IsFold("")
		_, _, _, _, _ = v.OneOf(), v.IsTrue(), v.IsFalse(), v.Contains(""), v.Refs()
		v.Known()
		v.Int()
		v.Ref()
		v.Or(str("d"))
		v.Walk(func(*Value) bool { return true })
	}
}

// parseText reads the form that String writes, for fuzzing.
func parseText(s string) Text {
	var out []Text
	for {
		i := strings.Index(s, "${")
		j := strings.Index(s, "}")
		if i < 0 || j < i {
			return Concat(append(out, Lit(s))...)
		}
		out = append(out, Lit(s[:i]))
		if name := s[i+2 : j]; name != "" {
			out = append(out, Hole(name))
		}
		s = s[j+1:]
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"a${H}b|a", "arn:${P}:s3:::x|:", "${A}${B}|${A}", "|", "a:b:c|:"} {
		a, b, _ := strings.Cut(s, "|")
		f.Add(a, b)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 200 || len(b) > 200 {
			return
		}
		x, y := parseText(a), parseText(b)
		if x.Equal(x) != Yes {
			t.Fatalf("%q is not equal to itself", a)
		}
		if x.Equal(y) != y.Equal(x) {
			t.Fatalf("%q and %q: %v one way, %v the other", a, b, x.Equal(y), y.Equal(x))
		}
		if !strings.Contains(a, "${") && !strings.Contains(b, "${") && x.Equal(y) != Of(a == b) {
			t.Fatalf("%q and %q are known and compare %v", a, b, x.Equal(y))
		}
		joined := Concat(x, y)
		if joined.String() != x.String()+y.String() || joined.HasPrefix(x.String()) == No && x.IsKnown() || joined.HasSuffix(y.String()) == No && y.IsKnown() {
			t.Fatalf("%q and %q join to %q", a, b, joined)
		}
		var back []Text
		for i, p := range joined.Split(':', -1) {
			if i > 0 {
				back = append(back, Lit(":"))
			}
			back = append(back, p)
		}
		if Concat(back...).String() != joined.String() {
			t.Fatalf("%q does not come back from its pieces", joined)
		}
	})
}

func TestInsideUnresolved(t *testing.T) {
	open := NewUnresolved("a macro", at, nil)
	if open.Exists() != Yes || open.Get("Key").Exists() != Unknown || open.Get("Key", "Sub").Exists() != Unknown {
		t.Error("what is written exists, what lies under something unresolved is not known to")
	}
	either := NewUnresolved("either", at, nil, open, NewMap([]Field{{Key: "Key", Value: str("x")}}, at))
	if either.Get("Key").Exists() != Unknown {
		t.Error("one branch may lack the key")
	}
}

func TestStackName(t *testing.T) {
	a, b := Concat(StackName("a/template.yaml"), Lit("-data")), Concat(StackName("b/template.yaml"), Lit("-data"))
	if a.String() != "${AWS::StackName}-data" || a.String() != b.String() {
		t.Errorf("shown as %s and %s", a, b)
	}
	if a.Equal(a) != Yes || a.Equal(b) != Unknown || a.Equal(Lit("x_y-data")) != No || Lit("arn:*").Glob(a) != No {
		t.Error("the names of two stacks may be equal and are not known to be, and hold letters, digits and hyphens only")
	}
}
