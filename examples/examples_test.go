// Package examples holds small applications written for remit. Its test scans
// each as a user would and compares the attack paths with the ones that stand
// beside it in paths.txt.
package examples

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/scan"
	"github.com/remit-security/remit/internal/source"
)

var update = flag.Bool("update", false, "write paths.txt anew")

// day is the day on which the examples are scanned: it decides which runtimes
// are out of support.
var day = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func TestPaths(t *testing.T) {
	for _, name := range []string{"orders", "orders-fixed"} {
		t.Run(name, func(t *testing.T) {
			r := scanExample(t, name)
			got := renderPaths(r)
			golden := filepath.Join(name, "paths.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("paths differ from %s; if they are right, run go test ./examples -update\n%s", golden, got)
			}
		})
	}
}

// TestFixedIsQuiet holds the mended application to its word.
func TestFixedIsQuiet(t *testing.T) {
	r := scanExample(t, "orders-fixed")
	for _, p := range r.Paths {
		t.Errorf("path left: %s", p.Title)
	}
	for _, f := range r.Findings {
		if f.Severity != report.Low {
			t.Errorf("finding left: %s: %s %s", f.Span, f.Rule, f.Message)
		}
	}
	for _, p := range r.Coverage.Problems {
		t.Errorf("problem: %s", p)
	}
}

func scanExample(t *testing.T, dir string) *report.Report {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return scan.Run(root, scan.Options{Now: day, Version: "test"}).Report
}

// renderPaths writes what a reader checks: who gets where, by which hops, on
// which lines, and the least cut.
func renderPaths(r *report.Report) string {
	var b strings.Builder
	for _, p := range r.Paths {
		fmt.Fprintf(&b, "%s (%s, %s, x%d)\n", p.Title, p.Severity, p.Certainty, p.Count)
		for _, h := range p.Hops {
			fmt.Fprintf(&b, "  %s: %s %s\n", h.Technique, h.To.Capability, h.To.Of)
			for _, e := range h.Evidence {
				fmt.Fprintf(&b, "    %s:%d %s\n", e.Span.File, e.Span.Line, e.Message)
			}
		}
	}
	titles := map[string]string{}
	for _, f := range r.Fixes {
		titles[f.ID] = f.Title
	}
	fmt.Fprintf(&b, "cut: %d fixes, proved least: %t\n", len(r.Cut.Fixes), r.Cut.ProvedLeast)
	for _, id := range r.Cut.Fixes {
		fmt.Fprintf(&b, "  %s\n", titles[id])
	}
	return b.String()
}
