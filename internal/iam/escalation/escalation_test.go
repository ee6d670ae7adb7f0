package escalation_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/escalation"
)

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Every row says what those who read the table rely on.
func TestRowsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range escalation.Rows() {
		if seen[r.ID] || !kebab.MatchString(r.ID) {
			t.Errorf("the id %q is not kebab-case, or that of two rows", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || r.Doc == "" || len(r.ATTACK) == 0 || r.Cost == 0 || len(r.Needs) == 0 {
			t.Errorf("%s lacks a title, doc, ATT&CK reference, cost or need", r.ID)
		}
		on := func(targets ...escalation.Target) bool {
			return slices.ContainsFunc(r.Needs, func(n escalation.Need) bool { return slices.Contains(targets, n.On) })
		}
		if on(escalation.Host) && r.Host == "" || r.Gain == escalation.HostRole && r.Host == "" {
			t.Errorf("%s does not say what its host is", r.ID)
		}
		if on(escalation.Role, escalation.User) && !slices.Contains([]escalation.Target{escalation.Role, escalation.User}, r.Needs[0].On) {
			t.Errorf("%s has a victim, and its first need is not on it", r.ID)
		}
		if on(escalation.Role) && on(escalation.User) {
			t.Errorf("%s has two victims", r.ID)
		}
		needs := slices.Clone(r.Needs)
		for _, w := range r.Wants {
			if needs = append(needs, w.Make...); w.What == "" {
				t.Errorf("%s does not say what it takes for granted", r.ID)
			}
		}
		for _, n := range needs {
			if len(n.Services) > 0 != (n.Actions[0] == "iam:PassRole") {
				t.Errorf("%s: %v is for %v", r.ID, n.Actions, n.Services)
			}
			for _, a := range n.Actions {
				if _, ok := catalogue.ActionOf(a); !ok {
					t.Errorf("%s: the catalogue has no action %s", r.ID, a)
				}
			}
		}
	}
}
