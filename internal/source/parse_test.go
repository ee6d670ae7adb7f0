package source

import (
	"fmt"
	"strings"
	"testing"
)

// cut is the text that a span covers.
func cut(t testing.TB, data string, s Span) string {
	t.Helper()
	lines := strings.SplitAfter(data, "\n")
	offset := func(line, column int) int {
		if line < 1 || line > len(lines) {
			t.Fatalf("span %+v lies outside %d lines", s, len(lines))
		}
		n := 0
		for _, l := range lines[:line-1] {
			n += len(l)
		}
		if column < 1 || column-1 > len(lines[line-1]) {
			t.Fatalf("span %+v lies outside its line %q", s, lines[line-1])
		}
		return n + column - 1
	}
	from, to := offset(s.Line, s.Column), offset(s.EndLine, s.EndColumn)
	if from > to {
		t.Fatalf("span %+v ends before it starts", s)
	}
	return data[from:to]
}

// find follows a path of keys and indexes such as "a.0.b".
func find(n *Node, path string) *Node {
	for _, key := range strings.Split(path, ".") {
		switch {
		case n == nil:
			return nil
		case n.Kind == ListNode:
			var i int
			if _, err := fmt.Sscanf(key, "%d", &i); err != nil || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
		default:
			n = n.Get(key)
		}
	}
	return n
}

func TestSpans(t *testing.T) {
	tests := []struct{ name, doc, path, want string }{
		{"plain", "a:\n  b: hello # note\n", "a.b", "hello"},
		{"plain with spaces", "a: two words \n", "a", "two words"},
		{"plain over two lines", "a: two\n   words\nb: 1\n", "a", "two\n   words"},
		{"single quotes", "a: 'it''s'\nb: 1\n", "a", "'it''s'"},
		{"double quotes", `a: "x\"y\u00e9" # z` + "\n", "a", `"x\"y\u00e9"`},
		{"quotes over lines", "a: \"x\n  y\"\nb: 1\n", "a", "\"x\n  y\""},
		{"literal block", "a: |\n  one\n\n  two\n\nb: 1\n", "a", "|\n  one\n\n  two"},
		{"literal block with more indentation", "a: |-\n  one\n    two\nb: 1\n", "a", "|-\n  one\n    two"},
		{"block that starts indented", "a: |2\n    one\n  two\nb: 1\n", "a", "|2\n    one\n  two"},
		{"folded block in a list", "a:\n- >\n one\n two\n- b\n", "a.0", ">\n one\n two"},
		{"block under a key in a list", "a:\n- k: |\n    one\n  l: 1\n", "a.0.k", "|\n    one"},
		{"block before a comment", "a: |\n  one\n# note\nb: 1\n", "a", "|\n  one"},
		{"block with comment-like text", "a: |\n  one\n  # text\nb: 1\n", "a", "|\n  one\n  # text"},
		{"empty block", "a: |\nb: 1\n", "a", "|"},
		{"tagged block", "a: !Sub |\n  one ${x}\nb: 1\n", "a", "!Sub |\n  one ${x}"},
		{"tagged scalar", "a: !Sub  ab${x}  # c\n", "a", "!Sub  ab${x}"},
		{"tag on its own line", "a: !Sub\n  ab\nb: 1\n", "a", "!Sub\n  ab"},
		{"tag without a value", "a: !GetAZs\nb: 1\n", "a", "!GetAZs"},
		{"empty", "a:\nb: 1\n", "b", "1"},
		{"umlauts before the value", "\"ä€𝄞\": wert # ü\n", "ä€𝄞", "wert"},
		{"umlauts in a flow", "a: {ü: 'ö', x: y}\n", "a.x", "y"},
		{"umlauts in the value", "a: größe # b\n", "a", "größe"},
		{"flow list", "a: [1, 2, ] # x\n", "a", "[1, 2, ]"},
		{"nested flow", "a: !Join [':', [a, {b: c}]]\nb: 1\n", "a", "!Join [':', [a, {b: c}]]"},
		{"inner flow", "a: !Join [':', [a, {b: c} ]]\nb: 1\n", "a.1", "[a, {b: c} ]"},
		{"flow with a comment", "a: [1, # x ]\n 2]\n", "a", "[1, # x ]\n 2]"},
		{"empty flow", "a: {}\nb: [ ]\n", "b", "[ ]"},
		{"tagged empty flow", "a: !X [ ]\nb: 1\n", "a", "!X [ ]"},
		{"flow that ends in an alias", "a: [&x one, *x ] \nb: 1\n", "a", "[&x one, *x ]"},
		{"alias points at the anchor", "a: &x one\nb: *x\n", "b", "&x one"},
		{"block map", "a:\n  b: 1\n  c: 'x'\nd: 1\n", "a", "b: 1\n  c: 'x'"},
		{"block list", "a:\n  - b\n  - c: d\ne: 1\n", "a", "- b\n  - c: d"},
		{"carriage returns", "a: x\r\nb: |\r\n  one\r\n  two\r\nc: 1\r\n", "b", "|\r\n  one\r\n  two"},
		{"line separator in quotes", "a: \"x\u2028y\u0085z\"\nc: d\n", "c", "d"},
		{"JSON string", "{\n  \"a\": {\"ü\": \"x\\\"y\"}\n}", "a.ü", `"x\"y"`},
		{"JSON number", `{"a": [1, -2.5e3, true]}`, "a.1", "-2.5e3"},
		{"JSON boolean", `{"a": [1, -2.5e3, true]}`, "a.2", "true"},
		{"JSON list", "{\"a\": [1,\n 2 ] }", "a", "[1,\n 2 ]"},
		{"JSON map", `{"a": {"b": {} } }`, "a", `{"b": {} }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, problems := Parse("f", []byte(tt.doc), DefaultLimits)
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			got := find(n, tt.path)
			if got == nil {
				t.Fatalf("nothing at %s", tt.path)
			}
			if text := cut(t, tt.doc, got.Span); text != tt.want {
				t.Errorf("the span of %s covers %q, want %q", tt.path, text, tt.want)
			}
		})
	}
}

func TestKeySpans(t *testing.T) {
	for _, doc := range []string{
		"ä:\n  'two words': 1\n  \"x\\ty\" : 2\n  ? long\n  : 3\n",
		"{\"ä\": {\"two words\": 1, \"x\\ty\" : 2}}",
	} {
		n, problems := Parse("f", []byte(doc), DefaultLimits)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for _, f := range append(n.Fields, n.Fields[0].Value.Fields...) {
			got := strings.Trim(cut(t, doc, f.KeySpan), `'"`)
			if got != strings.ReplaceAll(f.Key, "\t", `\t`) {
				t.Errorf("the span of the key %q covers %q", f.Key, got)
			}
		}
	}
}

func TestScalars(t *testing.T) {
	doc := "a: yes\nb: 'yes'\nc: Off\nd: 0755\ne: 2012-10-17\nf: ~\ng: !Ref no\nh: 1.5\ni: on-call\nj: TRUE\n"
	want := map[string]Node{
		"a": {Kind: BoolNode, Text: "true"}, "b": {Kind: StringNode, Text: "yes"}, "c": {Kind: BoolNode, Text: "false"},
		"d": {Kind: NumberNode, Text: "0755"}, "e": {Kind: StringNode, Text: "2012-10-17"}, "f": {Kind: NullNode, Text: "~"},
		"g": {Kind: StringNode, Text: "no"}, "h": {Kind: NumberNode, Text: "1.5"}, "i": {Kind: StringNode, Text: "on-call"},
		"j": {Kind: BoolNode, Text: "true"},
	}
	n, problems := ParseYAML("f", []byte(doc), DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for key, w := range want {
		if got := n.Get(key); got.Kind != w.Kind || got.Text != w.Text {
			t.Errorf("%s is %s %q, want %s %q", key, got.Kind, got.Text, w.Kind, w.Text)
		}
	}
}

func TestMerge(t *testing.T) {
	doc := "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\none:\n  <<: *b\n  x: 9\ntwo:\n  x: 9\n  <<: [*b, *o]\n"
	n, problems := ParseYAML("f", []byte(doc), DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("a key beside a merge is no second writing: %v", problems)
	}
	for path, want := range map[string]string{"one.x": "9", "one.y": "2", "two.x": "9", "two.y": "2", "two.z": "4"} {
		if got := find(n, path); got == nil || got.Text != want {
			t.Errorf("%s is %v, want %s", path, got, want)
		}
	}
}

func TestBadDocuments(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'i'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+",", 10), ",") + "]\n"
	}
	many := strings.Builder{}
	many.WriteString("{")
	for i := range 20 {
		fmt.Fprintf(&many, "\"k%d\": 1,", i)
	}
	tests := []struct {
		name, doc string
		line      int
		message   string
		tree      bool
	}{
		{"empty", "", 1, "the file is empty", false},
		{"truncated JSON", "{\"a\": {\n\"b\": ", 2, "breaks off", false},
		{"text after JSON", "{\"a\": 1}\n{\"b\": 1}\n", 1, "follows the document", true},
		{"bad JSON", "{\"a\": 1,\n \"b\" 2, \"c\": [}", 2, "not valid JSON", false},
		{"truncated YAML", "a:\n  - \"x\n", 2, "not valid YAML", false},
		{"tab as indentation", "a:\n\tb: 1\n", 2, "not valid YAML", false},
		{"alias to itself", "a: &a\n  b: *a\n", 2, "refers to itself", false},
		{"alias bomb", bomb, 0, "more than 500000 values", false},
		{"unknown alias", "a: *b\n", 0, "not valid YAML", false},
		{"deep YAML", strings.Repeat("[", 300) + strings.Repeat("]", 300), 1, "deeper than 200 levels", false},
		{"deep JSON", `{"a":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "}", 1, "deeper than 200 levels", false},
		{"key twice", "a: 1\nb: 2\na: 3\n", 3, `the key "a" is written twice`, true},
		{"JSON key twice", "{\"a\": 1,\n\"a\": 3}", 2, `the key "a" is written twice`, true},
		{"key twice in a large map", many.String() + "\n\"k3\": 1}", 2, `the key "k3" is written twice`, true},
		{"map as key", "? {a: 1}\n: 2\nb: 1\n", 1, "a key must be a string", true},
		{"merge of a string", "a: 1\n<<: b\n", 2, "<< must name a map", true},
		{"two documents", "a: 1\n---\nb: 2\n", 2, "only the first document", true},
		{"not UTF-8", "a: 1\nb: caf\xe9\n", 2, "not UTF-8", true},
		{"JSON not UTF-8", "{\"a\":\n \"caf\xe9\"}", 2, "not UTF-8", true},
		{"NUL byte", "a: 1\nb: \x00\n", 0, "not valid YAML", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, problems := Parse("f.yaml", []byte(tt.doc), DefaultLimits)
			if (n != nil) != tt.tree {
				t.Errorf("tree: %v, want one: %v", n != nil, tt.tree)
			}
			if len(problems) != 1 || !strings.Contains(problems[0].Message, tt.message) {
				t.Fatalf("problems %v, want one with %q", problems, tt.message)
			}
			if p := problems[0]; p.Span.File != "f.yaml" || tt.line > 0 && p.Span.Line != tt.line {
				t.Errorf("the problem is at %v, want line %d", p.Span, tt.line)
			}
		})
	}
}

func TestYAMLErrorLines(t *testing.T) {
	tests := []struct {
		doc     string
		line    int
		message string
	}{
		{"v: 1\nA: 1\nB:\n  c: 1\n  d: \"x\" y\n  e: 2\n", 5, "does not fit the map"},
		{"v: 1\nA: 1\nB:\n  c: 1\n d: 2\nE: 1\n", 5, "does not fit the map"},
		{"v: 1\nA:\n  - [a, b\n  - c\nB: 1\n", 3, "brackets"},
		{"v: 1\nA:\n  b: {c: d\n  e: f\n", 3, "braces"},
		{"v: 1\nA: b: c\nB: 1\n", 2, "a second colon"},
		{"v: 1\nA:\n  x: 1\n  y 2\n  z: 3\n", 4, "without a colon"},
		{"v: 1\nA:\n  - a\n  b: 1\nc: 2\n", 4, "does not fit the list"},
		{"v: 1\nA: *x\n", 2, "unknown anchor"},
		{"v: 1\nA: @x\n", 2, "reserves"},
		{"v: 1\na:\n  b: \"abc\n  c: d\n", 3, "never closed"},
	}
	for _, tt := range tests {
		n, problems := ParseYAML("f", []byte(tt.doc), DefaultLimits)
		if n != nil || len(problems) != 1 || problems[0].Span.Line != tt.line || !strings.Contains(problems[0].Message, tt.message) {
			t.Errorf("%q: problems %v, want line %d and %q", tt.doc, problems, tt.line, tt.message)
		}
	}
}

func TestEncodings(t *testing.T) {
	for name, doc := range map[string]string{
		"mark":      "\xef\xbb\xbfa: b\n",
		"JSON mark": "\xef\xbb\xbf{\"a\": \"b\"}",
		"UTF-16 LE": "\xff\xfea\x00:\x00 \x00b\x00",
		"UTF-16 BE": "\xfe\xff\x00a\x00:\x00 \x00b",
	} {
		n, problems := Parse("f", []byte(doc), DefaultLimits)
		if got := n.Get("a"); got == nil || got.Text != "b" || got.Span.Line != 1 || len(problems) > 0 {
			t.Errorf("%s: got %v, problems %v", name, got, problems)
		}
	}
}

func checkTree(t *testing.T, n *Node, lines int) {
	var walk func(*Node, int) int
	walk = func(n *Node, depth int) int {
		if n == nil || depth > 1000 {
			t.Fatal("a missing node or a cycle in the tree")
		}
		s := n.Span
		if s.Line < 1 || s.Column < 1 || s.EndLine > lines || s.Compare(Span{File: s.File, Line: s.EndLine, Column: s.EndColumn}) > 0 && s.Line > s.EndLine {
			t.Fatalf("span %+v of a document with %d lines", s, lines)
		}
		for _, c := range n.Items {
			walk(c, depth+1)
		}
		for _, f := range n.Fields {
			walk(f.Value, depth+1)
		}
		return 0
	}
	walk(n, 0)
}

var fuzzLimits = Limits{FileBytes: 1 << 20, TotalBytes: 1 << 20, Files: 10, Depth: 50, Nodes: 10_000}

func FuzzParseYAML(f *testing.F) {
	for _, seed := range []string{
		"a:\n  b: !Sub 'x${y}'\n  c: [1, {d: e}]\n", "a: &x |\n  one\nb: *x\n<<: {c: d}\n", "? [a]\n: b\n--- \nc", "a: >-\n\n  x\n   y\nb: \"\\u00e9\"",
		"\xff\xfea\x00", "a: \u2028b: c\r\nd: 'e''f'",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, problems := ParseYAML("f", data, fuzzLimits)
		if n == nil && len(problems) == 0 && len(strings.TrimSpace(string(data))) > 0 && !strings.Contains(string(data), "#") {
			t.Skip() // nothing but directives and comments
		}
		if n != nil && !strings.HasPrefix(string(data), "\xff\xfe") && !strings.HasPrefix(string(data), "\xfe\xff") {
			checkTree(t, n, strings.Count(string(data), "\n")+1)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a": [1, "b\u00e9", {"c": null}], "d": true}`, `{"a": 1, "a": 2}`, `[[[`, `{"a": "\ud800"}`, `{"a":1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, problems := ParseJSON("f", data, fuzzLimits)
		if n == nil && len(problems) == 0 {
			t.Fatal("neither a tree nor a problem")
		}
		if n != nil && !strings.HasPrefix(string(data), "\xff\xfe") && !strings.HasPrefix(string(data), "\xfe\xff") {
			checkTree(t, n, strings.Count(string(data), "\n")+1)
		}
	})
}
