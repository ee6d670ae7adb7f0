package attack

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/escalation"
)

// TestRowsOfOrganisations holds the two tables of escalations in step: what
// policies alone tell of one application, package iam/escalation tells of a
// whole organisation by the same name.
func TestRowsOfOrganisations(t *testing.T) {
	shared := map[string]escalation.Row{}
	for _, r := range escalation.Rows() {
		shared[r.ID] = r
	}
	ids := map[string][]string{}
	for _, tech := range Catalogue() {
		ids[tech.ID] = tech.Refs.Pathfinding
	}
	for _, r := range escalation.Rows() {
		known, ok := ids[r.ID]
		if !ok {
			t.Errorf("the way %s is no technique", r.ID)
		}
		for _, id := range r.Pathfinding {
			if !slices.Contains(known, id) {
				t.Errorf("the way %s names %s, which the technique does not", r.ID, id)
			}
		}
	}
	for _, r := range passRoleRows() {
		if len(r.pathfinding) == 0 || slices.ContainsFunc(r.needs, func(n need) bool { return n.on == onHost }) {
			continue // beyond the public catalogue, or over what exists, which an organisation does not list
		}
		row, ok := shared[r.id]
		if !ok {
			var needs []string
			for _, n := range r.needs {
				needs = append(needs, n.action)
			}
			t.Errorf("the technique %s is no way of organisations: %s", r.id, strings.Join(needs, " + "))
			continue
		}
		if !slices.Equal(row.Pathfinding, r.pathfinding) {
			t.Errorf("the way %s names %v, the technique %v", r.id, row.Pathfinding, r.pathfinding)
		}
	}
}
