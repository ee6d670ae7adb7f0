package checks_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

// findings are what the rules find in an example, by rule.
func findings(t *testing.T, dir string) map[string]int {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	project := load.Project(root, load.Options{})
	if len(project.Apps) != 1 {
		t.Fatalf("%s has %d applications", dir, len(project.Apps))
	}
	result := rule.Run(project, checks.Rules(), time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	out := map[string]int{}
	for _, f := range result.Findings {
		out[f.Rule.ID]++
		if testing.Verbose() {
			t.Logf("%s %s %s", f.Rule.ID, f.Span, f.Message)
		}
	}
	return out
}

func TestExampleIsFlawed(t *testing.T) {
	want := map[string]int{
		"CFG003": 1, "CFG005": 1, "CFG008": 1, "CFG020": 1, "CFG022": 1, "CFG023": 1, "CFG027": 1, "CFG040": 1, "CFG041": 1, "CFG050": 1, "CFG060": 1,
		"CFG061": 1, "CFG070": 1, "CFG071": 1, "CFG072": 1, "IAM001": 1, "IAM004": 1, "IAM005": 1, "IAM006": 2,
	}
	if got := findings(t, "../../examples/orders"); !maps.Equal(got, want) {
		t.Errorf("found %v\nwant  %v", got, want)
	}
}

// The mended twin is what a careful engineer would write: a finding in it is
// noise.
func TestMendedExampleIsQuiet(t *testing.T) {
	if got := findings(t, "../../examples/orders-fixed"); len(got) > 0 {
		t.Errorf("found %v", slices.Sorted(maps.Keys(got)))
	}
}
