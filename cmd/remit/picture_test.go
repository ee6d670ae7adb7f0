package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/report"
)

var update = flag.Bool("update", false, "draw the README's picture anew")

// The README shows the report up to its worst paths.
const (
	pictureEnd   = "\n\nCONDITIONAL PATHS"
	pictureLines = 60 // and no more than that
)

// TestPicture compares the README's picture with what remit prints.
func TestPicture(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1795478400")
	var in input
	res, err := in.scan(streams{}, true, []string{filepath.Join("..", "..", "examples", "orders")})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.WriteText(&b, res.Report, report.Options{}); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(b.String(), pictureEnd)
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	picture := strings.Join(lines[:min(pictureLines, len(lines))], "\n")
	want := "<!-- picture -->\n```text\n$ remit scan examples/orders\n" + picture + "\n…\n```\n<!-- /picture -->"

	readme := filepath.Join("..", "..", "README.md")
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), "<!-- picture -->")
	_, after, ok2 := strings.Cut(rest, "<!-- /picture -->")
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the picture")
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+want+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !strings.Contains(string(data), want) {
		t.Errorf("the README's picture is not what remit prints; run make picture and look at the difference:\n%s", want)
	}
}
