package app

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRuntimesAreReadable(t *testing.T) {
	if !slices.IsSortedFunc(runtimes, func(a, b [5]string) int { return strings.Compare(a[0], b[0]) }) {
		t.Error("the table is not in the order of its identifiers")
	}
	for _, row := range runtimes {
		for _, day := range row[1:4] {
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				t.Errorf("%s: %v", row[0], err)
			}
		}
		if _, ok := RuntimeOf(row[4]); row[4] != "" && !ok {
			t.Errorf("%s: the successor %s is not in the table", row[0], row[4])
		}
	}
}

func TestRuntimeOf(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		id      string
		known   bool
		patched bool
	}{
		{"python3.8", true, false},
		{"python3.9", true, false}, // ended in December 2025
		{"python3.13", true, true},
		{"nodejs20.x", true, true}, // ends in April 2026
		{"cobol", false, true},
	} {
		r, ok := RuntimeOf(c.id)
		if ok != c.known || r.PatchedOn(day) != c.patched {
			t.Errorf("%s: known %v, patched %v", c.id, ok, r.PatchedOn(day))
		}
	}
}
