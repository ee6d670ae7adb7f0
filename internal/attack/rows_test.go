package attack

import (
	"slices"
	"testing"

	"github.com/remit-security/remit/internal/iam/escalation"
)

// Every row of the table is a technique, and what it asks for beyond permissions
// is asked of the model.
func TestEveryRowIsATechnique(t *testing.T) {
	techniques := map[string]*Technique{}
	for _, tech := range Catalogue() {
		techniques[tech.ID] = tech
	}
	for _, r := range escalation.Rows() {
		tech := techniques[r.ID]
		if tech == nil {
			t.Errorf("the row %s is no technique", r.ID)
			continue
		}
		if tech.Title != r.Title || tech.Difficulty != r.Cost || !slices.Equal(tech.Refs.Pathfinding, r.Pathfinding) || !slices.Equal(tech.Refs.ATTACK, r.ATTACK) {
			t.Errorf("the technique %s is not what its row says", r.ID)
		}
		asked := victimIs[r.Is] != nil
		if r.Gain == escalation.HostRole {
			asked = hostIs[r.Is] != nil
		}
		if r.Is != escalation.Whatever && !asked {
			t.Errorf("nothing asks whether the victim or host of %s is as the row says", r.ID)
		}
		for _, w := range r.Wants {
			if w.Is != escalation.Whatever && victimHas[w.Is] == nil {
				t.Errorf("nothing asks for what the row %s wants: %s", r.ID, w.What)
			}
			if r.Gain == escalation.HostRole && (w.Type != "" || w.Make != nil || len(r.Wants) > 1) {
				t.Errorf("the row %s over a host wants more than a word", r.ID)
			}
			for _, n := range w.Make {
				if n.On != escalation.Anything {
					t.Errorf("the row %s makes what it wants on something", r.ID)
				}
			}
		}
	}
}
