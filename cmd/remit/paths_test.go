package main

import (
	"testing"

	"github.com/remit-security/remit/internal/report"
)

// The cut of the paths alone lists what the cut of the whole report does, fixes
// of branches included.
func TestPathsKeepTheWholeCut(t *testing.T) {
	r := &report.Report{
		Paths: []report.Path{{ID: "P", Fixes: []string{"a"}, Further: []report.Branch{{Fixes: []string{"b"}}}}},
		Fixes: []report.Fix{{ID: "a", Closes: []string{"P"}}, {ID: "b"}, {ID: "c"}},
		Cut:   report.Cut{Fixes: []string{"a", "b"}},
	}
	p := pathsOnly(r)
	for _, id := range r.Cut.Fixes {
		if p.Fix(id) == nil {
			t.Errorf("the fix %s of the cut is missing", id)
		}
	}
	if p.Fix("c") != nil {
		t.Error("a fix of no path is left")
	}
}
