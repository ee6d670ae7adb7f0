package intrinsic

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
)

// long writes a normalised tree on one line.
func long(n *source.Node) string {
	var list []string
	switch {
	case n == nil:
		return "nil"
	case n.Kind == source.ListNode:
		for _, it := range n.Items {
			list = append(list, long(it))
		}
		return "[" + strings.Join(list, " ") + "]"
	case n.Kind == source.MapNode:
		for _, f := range n.Fields {
			list = append(list, f.Key+":"+long(f.Value))
		}
		return "{" + strings.Join(list, " ") + "}"
	}
	return n.Text
}

func TestNormalize(t *testing.T) {
	for text, want := range map[string]string{
		"!Ref a":                          "{Ref:a}",
		"!Condition a":                    "{Condition:a}",
		"!Sub 'x${y}'":                    "{Fn::Sub:x${y}}",
		"!GetAtt a.b.c":                   "{Fn::GetAtt:[a b.c]}",
		"!GetAtt [a, b]":                  "{Fn::GetAtt:[a b]}",
		"!GetAtt a":                       "{Fn::GetAtt:a}",
		"!Join [x, [!Ref a, !GetAZs '']]": "{Fn::Join:[x [{Ref:a} {Fn::GetAZs:}]]}",
		"!Fn::Sub x":                      "{Fn::Sub:x}",
		"!Unknown {a: !Ref b}":            "{Fn::Unknown:{a:{Ref:b}}}",
		"{a: !If [c, !Ref d, e]}":         "{a:{Fn::If:[c {Ref:d} e]}}",
		"!Base64\n  Fn::Sub: x":           "{Fn::Base64:{Fn::Sub:x}}",
		"plain":                           "plain",
	} {
		n, problems := source.ParseYAML("f", []byte(text+"\n"), source.DefaultLimits)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := long(Normalize(n)); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
	if Normalize(nil) != nil {
		t.Error("nothing becomes something")
	}
}

func TestOf(t *testing.T) {
	for text, want := range map[string]string{
		"{Ref: a}": "Ref", "{Fn::Sub: a}": "Fn::Sub", "{Condition: a}": "Condition", "{Condition: {a: b}}": "",
		"{Ref: a, b: c}": "", "{a: b}": "", "[a]": "", "a": "",
	} {
		n, _ := source.ParseYAML("f", []byte(text+"\n"), source.DefaultLimits)
		if name, _, _ := Of(n); name != want {
			t.Errorf("%s is %q, want %q", text, name, want)
		}
	}
	if _, _, ok := Of(nil); ok {
		t.Error("nothing is a function")
	}
}

// parts writes names in angle brackets.
func parts(text string) string {
	var b strings.Builder
	for _, p := range Sub(text) {
		if p.Name != "" {
			b.WriteString("<" + p.Name + ">")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestSub(t *testing.T) {
	for text, want := range map[string]string{
		"":                "",
		"a":               "a",
		"${a}":            "<a>",
		"x${a}y${b.c}z":   "x<a>y<b.c>z",
		"${AWS::Region}":  "<AWS::Region>",
		"${!a}":           "${a}",
		"${ a }":          "<a>",
		"${a b}":          "${a b}",
		"${}":             "${}",
		"${":              "${",
		"${a":             "${a",
		"$${a}":           "$<a>",
		"${x${a}}":        "${x<a>}",
		"${a:-b}":         "<a:-b>",
		"${é}":            "${é}",
		"a$b{c}":          "a$b{c}",
		"\n${a}\n${!b}\n": "\n<a>\n${b}\n",
	} {
		if got := parts(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	Sub(strings.Repeat("${", 1<<20) + "}") // in linear time
}

func FuzzSub(f *testing.F) {
	for _, s := range []string{"x${a}y${b.c}z", "${!a}", "${x${a}}", "${", "${ a }"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for _, p := range Sub(text) {
			if (p.Name == "") == (p.Text == "") {
				t.Fatalf("the part %+v of %q is neither text nor name", p, text)
			}
			n += len(p.Name) + len(p.Text)
		}
		if n > len(text) {
			t.Fatalf("%q grows to %d bytes", text, n)
		}
	})
}
