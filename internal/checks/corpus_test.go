package checks_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

// corpus loads the folder that an environment variable names, for measuring on
// repositories that are not part of this one.
func corpus(tb testing.TB) rule.Result {
	dir := os.Getenv("REMIT_CORPUS")
	if dir == "" {
		tb.Skip("set REMIT_CORPUS to a folder to count what the rules find in it")
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		tb.Fatal(err)
	}
	defer root.Close()
	project := load.Project(root, load.Options{})
	start := time.Now()
	result := rule.Run(project, checks.Rules(), time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	tb.Logf("%d applications, %d findings, %v for the rules", len(project.Apps), len(result.Findings), time.Since(start).Round(time.Millisecond))
	return result
}

// TestCorpus prints what the rules find in a folder: how often each rule, and,
// for the rules that REMIT_RULES names (or "all"), every finding. No rule may
// fail on any application.
func TestCorpus(t *testing.T) {
	result := corpus(t)
	for _, p := range result.Problems {
		t.Error(p)
	}
	show := os.Getenv("REMIT_RULES")
	count, open, apps := map[string]int{}, map[string]int{}, map[string]map[string]bool{}
	perApp := map[string]int{}
	for _, f := range result.Findings {
		id := f.Rule.ID
		if apps[id] == nil {
			apps[id] = map[string]bool{}
		}
		apps[id][f.Resource.App.ID] = true
		if f.Undecided() {
			open[id]++
		} else {
			count[id]++
			perApp[f.Resource.App.ID]++
		}
		if show == "all" || strings.Contains(show, id) {
			t.Logf("%s %s %s %s: %s", f.Rule.ID, f.Severity, f.Certainty, f.Span, f.Message)
			for _, s := range f.Trace {
				t.Logf("    %s: %s", s.Span, s.Message)
			}
		}
	}
	var table strings.Builder
	for _, id := range slices.Sorted(maps.Keys(apps)) {
		fmt.Fprintf(&table, "%s %5d findings %4d undecided %4d applications\n", id, count[id], open[id], len(apps[id]))
	}
	var each []int
	for _, n := range perApp {
		each = append(each, n)
	}
	sort.Ints(each)
	if len(each) > 0 {
		fmt.Fprintf(&table, "findings of an application that has any: median %d, 90%% %d, most %d\n", each[len(each)/2], each[len(each)*9/10], each[len(each)-1])
	}
	t.Log("\n" + table.String())
}
