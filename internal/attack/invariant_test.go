package attack

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryPathKeepsItsPromises checks on all templates of the techniques, and
// on a generated application, what every path owes its reader.
func TestEveryPathKeepsItsPromises(t *testing.T) {
	templates := []string{generated(16), generatedWide(32), generatedPassing(3)}
	for _, c := range cases() {
		templates = append(templates, c[0], c[1])
	}
	told := 0
	for _, template := range templates {
		b := group(t, template)
		g := b.analyze(Options{})
		faults := map[string]Weakness{}
		for _, w := range g.Weaknesses {
			faults[w.ID] = w
			if w.Title == "" || w.Fix == "" || w.Cost < 1 || w.Span.Line == 0 || w.Resource == "" {
				t.Errorf("weakness %+v is not whole", w)
			}
		}
		ids := map[string]bool{}
		for _, q := range g.Paths {
			told++
			if ids[q.ID] {
				t.Errorf("two paths are called %s", q.ID)
			}
			ids[q.ID] = true
			checkPath(t, &q, faults)
		}
		if !g.Cut.ProvedLeast || g.Cut.Cost != g.Cut.Bound {
			t.Errorf("the cut %v is not proved least", g.Cut)
		}
		checkCut(t, &g)
		if t.Failed() {
			t.Fatalf("in\n%s", template)
		}
	}
	if told < 40 {
		t.Errorf("only %d paths were looked at", told)
	}
}

func checkPath(t *testing.T, q *Path, faults map[string]Weakness) {
	t.Helper()
	if q.Title == "" || q.Impact == "" || q.Count < 1 || len(q.Assets) == 0 || q.Assets[0] != q.Asset || len(q.Hops) == 0 {
		t.Errorf("path %s is not whole: %+v", q.ID, q)
	}
	worst, difficulty, weak := Exact, 0, false
	var from Node
	for i, h := range q.Hops {
		if h.Why == "" || len(h.Evidence) == 0 {
			t.Errorf("%s: hop %s says nothing", q.Title, h.Technique)
		}
		for _, e := range h.Evidence {
			if e.Span.Line == 0 || e.Message == "" {
				t.Errorf("%s: hop %s shows %+v", q.Title, h.Technique, e)
			}
		}
		if h.Certainty != Exact && h.Assumption == "" {
			t.Errorf("%s: hop %s is %s and does not say under what", q.Title, h.Technique, h.Certainty)
		}
		if i > 0 && len(h.Also) == 0 && h.From != from {
			t.Errorf("%s: hop %s starts at %v, the one before ended at %v", q.Title, h.Technique, h.From, from)
		}
		if h.From.Kind.hidden() || h.To.Kind.hidden() {
			t.Errorf("%s: hop %s shows a hidden capability", q.Title, h.Technique)
		}
		from = h.To
		if h.Certainty.rank() > worst.rank() {
			worst = h.Certainty
		}
		difficulty += h.Difficulty
		for _, id := range h.Weaknesses {
			weak = weak || !faults[id].Choice
			if faults[id].ID == "" {
				t.Errorf("%s rests on %s, which is not listed", q.Title, id)
			}
		}
	}
	if worst != q.Certainty || difficulty != q.Difficulty || !weak {
		t.Errorf("%s: certainty %s of %s, difficulty %d of %d, weakness %v", q.Title, q.Certainty, worst, q.Difficulty, difficulty, weak)
	}
}

// checkCut asks that the cut meet every path that it is for.
func checkCut(t *testing.T, g *Group) {
	t.Helper()
	for _, q := range g.Paths {
		if q.Certainty == Unknown {
			continue
		}
		if !slices.ContainsFunc(q.Weaknesses, func(id string) bool { return slices.Contains(g.Cut.Weaknesses, id) }) {
			t.Errorf("the cut misses %s, which rests on %s", q.Title, strings.Join(q.Weaknesses, ", "))
		}
	}
}
