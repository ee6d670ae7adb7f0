package checks_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/rule"
)

func TestRulesAreValid(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range checks.Rules() {
		if err := r.Validate(); err != nil {
			t.Error(err)
		}
		if ids[r.ID] {
			t.Errorf("two rules are called %s", r.ID)
		}
		ids[r.ID] = true
	}
	if !slices.IsSortedFunc(checks.Rules(), func(a, b *rule.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the catalogue is not in the order of the ids")
	}
}

// A fixture without a rule, or a rule without its fixture, is a leftover.
func TestEveryRuleHasItsFixture(t *testing.T) {
	var want []string
	for _, r := range checks.Rules() {
		want = append(want, r.ID)
	}
	names, err := filepath.Glob("*/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range names {
		got = append(got, strings.TrimSuffix(filepath.Base(n), ".txtar"))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("fixtures %v\nrules    %v", got, want)
	}
}

func TestRulesPageIsCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := rule.WriteMarkdown(&want, checks.Rules()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("docs/rules.md is not what the rules say; run go generate ./internal/checks")
	}
}

// A rule fits on a few screens; what is longer belongs into the model.
func TestRulesAreShort(t *testing.T) {
	files, err := filepath.Glob("*/[a-z][a-z][a-z][0-9][0-9][0-9].go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(src, []byte("\n")); n > 120 {
			t.Errorf("%s has %d lines; a rule has at most 120", f, n)
		}
	}
}
