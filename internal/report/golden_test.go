package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s is not what is written now; run go test ./internal/report -update and look at the difference:\n%s", file, b.String())
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	r := fixture()
	text := func(o Options) func(io.Writer) error {
		return func(w io.Writer) error { return WriteText(w, r, o) }
	}
	for name, write := range map[string]func(io.Writer) error{
		"report.json":      func(w io.Writer) error { return WriteJSON(w, r) },
		"report-80.txt":    text(Options{Width: 80}),
		"report-120.txt":   text(Options{Width: 120}),
		"report-color.txt": text(Options{Width: 100, Color: true}),
		"report-quiet.txt": text(Options{Quiet: true}),
		"report-all.txt":   text(Options{All: true, Width: 100}),
		"paths.txt":        func(w io.Writer) error { return WritePaths(w, r, Options{}) },
		"duties.txt":       func(w io.Writer) error { return WriteDuties(w, r, Options{}) },
		"duties-all.txt":   func(w io.Writer) error { return WriteDuties(w, r, Options{All: true, Width: 120}) },
		"rules.txt":        func(w io.Writer) error { return WriteRules(w, r.Rules, Options{}) },
		"rule.txt":         func(w io.Writer) error { return WriteTopic(w, r.Rules[0].Topic(), Options{}) },
		"report-empty.txt": func(w io.Writer) error { e := &Report{}; e.Normalize(); return WriteText(w, e, Options{}) },
		"report.md":        func(w io.Writer) error { return WriteMarkdown(w, r) },
		"report.sarif":     func(w io.Writer) error { return WriteSARIF(w, r) },
		"duties.md":        func(w io.Writer) error { return WriteDutiesMarkdown(w, r) },
		"duties.json":      func(w io.Writer) error { return WriteDutiesJSON(w, r.Duties) },
		"rules.md":         func(w io.Writer) error { return WriteRulesMarkdown(w, r.Rules) },
		"rules.json":       func(w io.Writer) error { return WriteRulesJSON(w, r.Rules) },
		"rule.md":          func(w io.Writer) error { return WriteTopicMarkdown(w, r.Rules[0].Topic()) },
		"rule.json":        func(w io.Writer) error { return WriteTopicJSON(w, r.Rules[0].Topic()) },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}
