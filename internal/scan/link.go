package scan

import (
	"slices"

	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

// A linker finds the findings that show the same defect as a weakness on
// which a hop rests.
type linker struct {
	byRule   map[string][]*report.Finding
	ignored  map[string]bool        // ids of findings
	declared map[string]source.Span // where each resource is, by id
}

func newLinker(findings []report.Finding, resources []report.Resource) *linker {
	l := &linker{byRule: map[string][]*report.Finding{}, ignored: map[string]bool{}, declared: map[string]source.Span{}}
	for i := range findings {
		f := &findings[i]
		l.byRule[f.Rule] = append(l.byRule[f.Rule], f)
		l.ignored[f.ID] = f.Status == report.Ignored
	}
	for _, r := range resources {
		l.declared[r.ID] = r.Span
	}
	return l
}

// shownBy says which rules show which kind of weakness.
var shownBy = map[attack.WeaknessKind][]string{
	attack.WeakRouteOpen:       {"CFG020", "CFG021", "CFG023"},
	attack.WeakURLOpen:         {"CFG001"},
	attack.WeakGraphQLOpen:     {"CFG090"},
	attack.WeakBucketPublic:    {"CFG050"},
	attack.WeakPolicyPublic:    {"CFG043", "CFG044", "CFG045", "CFG046", "CFG047"},
	attack.WeakFunctionPublic:  {"CFG009"},
	attack.WeakPermissionLoose: {"CFG010", "CFG011"},
	attack.WeakPolicyBroad:     {"IAM001", "IAM002", "IAM005", "IAM006", "IAM012"},
	attack.WeakPolicyEscalates: {"IAM001", "IAM002", "IAM003", "IAM004", "IAM005", "IAM015"},
	attack.WeakTrustBroad:      {"IAM007"},
	attack.WeakTrustNoID:       {"IAM008"},
	attack.WeakTrustSubject:    {"IAM009", "IAM010"},
	attack.WeakGuestRole:       {"CFG074"},
	attack.WeakSignUpOpen:      {"CFG070"},
	attack.WeakNoThrottle:      {"CFG012", "CFG022"},
	attack.WeakRecursion:       {"CFG007"},
	attack.WeakNoDeadLetter:    {"CFG041"},
	attack.WeakNoProtection:    {"CFG060", "CFG061"},
	attack.WeakSecretInEnv:     {"CFG003", "CFG004"},
}

// oneOfMany are the kinds of which one resource may have several: a finding
// about one policy of a role says nothing of another, so the place counts and
// not the resource.
var oneOfMany = map[attack.WeaknessKind]bool{
	attack.WeakPolicyBroad: true, attack.WeakPolicyEscalates: true, attack.WeakRouteOpen: true, attack.WeakSecretInEnv: true,
}

// findings are the ids of the findings that show the weakness: of a rule for
// its kind, and at its place, on a resource declared there, or on its resource.
func (l *linker) findings(w *attack.Weakness) []string {
	var ids []string
	for _, id := range shownBy[w.Kind] {
		for _, f := range l.byRule[id] {
			if at(f, w.Span) || overlap(l.declared[f.Resource], w.Span) || f.Resource == w.Resource && !oneOfMany[w.Kind] {
				ids = append(ids, f.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// accepted reports whether the weakness is one that somebody decided to live
// with: findings show it, and all of them are ignored. An ignore of one that
// leaves another open says nothing of the weakness.
func (l *linker) accepted(w *attack.Weakness) bool {
	ids := l.findings(w)
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return !l.ignored[id] })
}

// at reports whether the finding, or a place of its trace, is where the span is.
func at(f *report.Finding, span source.Span) bool {
	return overlap(f.Span, span) || slices.ContainsFunc(f.Trace, func(s report.Step) bool { return overlap(s.Span, span) })
}

// overlap reports whether two spans share a line.
func overlap(a, b source.Span) bool {
	return a.File == b.File && a.Line <= b.EndLine && b.Line <= a.EndLine
}
