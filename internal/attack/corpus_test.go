package attack_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// render shows a result for people who work on techniques.
func render(res attack.Result) string {
	var b strings.Builder
	for _, g := range res.Groups {
		fmt.Fprintf(&b, "group %s: %d capabilities, %d hops, %d weaknesses\n", strings.Join(g.Apps, " "), g.Size.Capabilities, g.Size.Hops, g.Size.Weaknesses)
		for _, q := range g.Paths {
			fmt.Fprintf(&b, "\n%s %s %s x%d difficulty %d\n  %s\n  impact: %s\n  assets: %s\n", q.Severity, q.Certainty, q.ID, q.Count, q.Difficulty, q.Title, q.Impact, strings.Join(q.Assets, " "))
			if len(q.Others) > 0 {
				fmt.Fprintf(&b, "  others: %s\n", strings.Join(q.Others, " "))
			}
			for _, h := range q.Hops {
				fmt.Fprintf(&b, "   - %s [%s %s -> %s %s] %s (%s)\n", h.Technique, h.From.Kind, h.From.Of, h.To.Kind, h.To.Of, h.Why, h.Certainty)
				for _, e := range h.Evidence {
					fmt.Fprintf(&b, "       %s %s\n", e.Span, e.Message)
				}
			}
			for _, x := range q.Further {
				fmt.Fprintf(&b, "  further: %s (%s)\n", x.Title, x.Impact)
			}
			fmt.Fprintf(&b, "  weak: %s\n", strings.Join(q.Weaknesses, " "))
			if len(q.Assumptions) > 0 {
				fmt.Fprintf(&b, "  assumes: %s\n", strings.Join(q.Assumptions, "; "))
			}
		}
		fixes := map[string]string{}
		for _, w := range g.Weaknesses {
			fixes[w.ID] = w.Fix
		}
		for name, c := range map[string]attack.Cut{"cut": g.Cut} {
			fmt.Fprintf(&b, "\n%s: cost %d, least %v\n", name, c.Cost, c.ProvedLeast)
			for _, w := range c.Weaknesses {
				fmt.Fprintf(&b, "  %s (%s)\n", fixes[w], w)
			}
		}
	}
	return b.String()
}

func loadDir(t testing.TB, dir string) *app.Project {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	p := load.Project(root, load.Options{})
	for _, x := range p.Problems {
		t.Log(x)
	}
	return p
}

func TestCorpusShow(t *testing.T) {
	dir := os.Getenv("REMIT_SHOW")
	if dir == "" {
		t.Skip("set REMIT_SHOW to a folder to see its paths")
	}
	t.Log("\n" + render(attack.Analyze(loadDir(t, dir), attack.Options{})))
}
