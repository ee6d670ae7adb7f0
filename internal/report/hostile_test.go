package report

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are names as a repository might choose them to drive what shows
// them.
var hostile = []string{
	"\x1b[2J\x1b[1;31mall clear\x1b[0m",
	"\x1b]8;;https://evil.test\x07click\x1b]8;;\x07",
	"\u009b31mC1 control",
	"\n::error file=x::owned",
	"::add-mask::x",
	"##[command]whoami",
	"\r\nFINDINGS  none",
	"\u202egnp.exe\u202c \u2066x\u2069",
	"a\u200bb\u00adc\ufeffd\U000e0041\u3164",
	"<img src=x onerror=alert(1)><script>alert(1)</script>",
	"</summary></details><h1>hi</h1>",
	"[click](https://evil.test) ![x](https://evil.test/beacon)",
	"`code` ``` fence | bar | <b>",
	"@everyone #1 https://evil.test www.evil.test a@evil.test",
	"\\[link](x) {0} {{1}}",
	"\xff\xfe not UTF-8",
	"=cmd|' /C calc'!A0",
	strings.Repeat("long", 100),
}

// taint puts the text into every string of a value but those that are enums.
func taint(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			taint(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			taint(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			taint(v.Field(i), text)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.String() != "" {
			v.SetString(v.String() + text)
		}
	}
}

// writers are all writers of a report.
func writers(r *Report) map[string]func(io.Writer) error {
	rules := r.Rules
	return map[string]func(io.Writer) error{
		"text":           func(w io.Writer) error { return WriteText(w, r, Options{All: true}) },
		"narrow text":    func(w io.Writer) error { return WriteText(w, r, Options{All: true, Width: 40}) },
		"paths":          func(w io.Writer) error { return WritePaths(w, r, Options{}) },
		"duties":         func(w io.Writer) error { return WriteDuties(w, r, Options{All: true}) },
		"rules":          func(w io.Writer) error { return WriteRules(w, rules, Options{}) },
		"topic":          func(w io.Writer) error { return WriteTopic(w, rules[0].Topic(), Options{}) },
		"json":           func(w io.Writer) error { return WriteJSON(w, r) },
		"sarif":          func(w io.Writer) error { return WriteSARIF(w, r) },
		"markdown":       func(w io.Writer) error { return WriteMarkdown(w, r) },
		"duty markdown":  func(w io.Writer) error { return WriteDutiesMarkdown(w, r) },
		"rule markdown":  func(w io.Writer) error { return WriteRulesMarkdown(w, rules) },
		"topic markdown": func(w io.Writer) error { return WriteTopicMarkdown(w, rules[0].Topic()) },
	}
}

func TestHostileNames(t *testing.T) {
	for _, text := range hostile {
		r := fixture()
		taint(reflect.ValueOf(r).Elem(), text)
		for name, write := range writers(r) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			checkHarmless(t, name, text, b.Bytes())
		}
		r.Normalize()
		readSARIF(t, r)
	}
}

func checkHarmless(t *testing.T, name, text string, out []byte) {
	t.Helper()
	if !utf8.Valid(out) {
		t.Errorf("%s with %q: not UTF-8", name, text)
	}
	for _, c := range string(out) {
		if c != '\n' && invisible(c) {
			t.Errorf("%s with %q: %U is in the output", name, text, c)
			break
		}
	}
	for line := range strings.Lines(string(out)) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "::") || strings.HasPrefix(trimmed, "##[") || line == "FINDINGS  none\n" {
			t.Errorf("%s with %q: the line %q is a command", name, text, trimmed)
		}
	}
	if strings.HasSuffix(name, "markdown") {
		plain := codeSpans.ReplaceAllString(string(out), "``")
		for _, bad := range []string{"<img", "<script", "<h1", "](", "@e", "@evil", " #1", "www.evil", " https://evil", "<b>", "```"} {
			if strings.Contains(plain, bad) {
				t.Errorf("%s with %q: %q survived", name, text, bad)
			}
		}
		if strings.Count(plain, "<details>") != strings.Count(plain, "</details>") {
			t.Errorf("%s with %q: a details block was closed from within", name, text)
		}
	}
	if name == "json" || name == "sarif" {
		if !json.Valid(out) {
			t.Errorf("%s with %q: not JSON", name, text)
		}
	}
}

// codeSpans show what they hold as it is.
var codeSpans = regexp.MustCompile("`[^`\n]*`")

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain AWS::S3::Bucket": "plain AWS::S3::Bucket",
		"::error::x":            ": :error::x",
		"a\tb\nc":               "a b c",
		"x\x1b[31m":             "x<U+001B>[31m",
		"arn:aws:s3:::bucket":   "arn:aws:s3:::bucket",
		"a ::: b":               "a : : : b",
		"Größe 日本":              "Größe 日本",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := clean(s)
		if strings.ContainsFunc(out, invisible) || !utf8.ValidString(out) {
			t.Errorf("clean(%q) = %q", s, out)
		}
		var b bytes.Buffer
		p := newPage(Options{Width: 40})
		p.para("  ", "    ", run{s, plain})
		if err := p.flush(&b); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Errorf("a line begins a command: %q", line)
			}
		}
	})
}
