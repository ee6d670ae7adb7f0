package scan

import (
	"fmt"
	"slices"

	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

// A linker finds the findings that show the same defect as a weakness on
// which a hop rests.
type linker struct {
	byRule map[string][]*report.Finding
}

func newLinker(list []report.Finding) *linker {
	l := &linker{byRule: map[string][]*report.Finding{}}
	for i := range list {
		f := &list[i]
		l.byRule[f.Rule] = append(l.byRule[f.Rule], f)
	}
	return l
}

// shownBy says which rules show which kind of weakness.
var shownBy = map[attack.WeaknessKind][]string{}

// findings are the ids of the findings that show the weakness: of a rule for
// its kind, and on its resource or at its place.
func (l *linker) findings(w *attack.Weakness) []string {
	var ids []string
	for _, id := range shownBy[w.Kind] {
		for _, f := range l.byRule[id] {
			if f.Resource == w.Resource || overlap(f.Span, w.Span) {
				ids = append(ids, f.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// overlap reports whether two spans share a line.
func overlap(a, b source.Span) bool {
	return a.File == b.File && a.Line <= b.EndLine && b.Line <= a.EndLine
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
