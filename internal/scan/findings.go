package scan

import (
	"time"

	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

// addFindings turns what the rules found into the report's findings and, for
// what an unresolved value decides, its open questions.
func addFindings(r *report.Report, found []*rule.Finding, set *ignores, now time.Time) {
	named := map[string]bool{}
	for _, f := range found {
		if !named[f.Rule.ID] {
			named[f.Rule.ID] = true
			r.Rules = append(r.Rules, Describe(f.Rule))
		}
		out := report.Finding{
			ID:        f.ID,
			Rule:      f.Rule.ID,
			Area:      report.Area(f.Rule.Area),
			Severity:  report.Severity(f.Severity.String()),
			Title:     f.Rule.Title,
			Message:   f.Message,
			Resource:  f.Resource.ID,
			Span:      f.Span,
			Trace:     steps(f.Trace),
			Certainty: report.Certainty(f.Certainty.String()),
			Status:    report.Open,
		}
		if o := origin(f.Resource); o != nil && o.Span != nil {
			out.Trace = append(out.Trace, report.Step{Span: *o.Span, Message: "the construct " + o.Construct + " is made here"})
		}
		set.judge(f, now, &out)
		if f.Undecided() {
			r.Coverage.Undecided = append(r.Coverage.Undecided, report.Undecided{
				Rule: out.Rule, Resource: out.Resource, Span: out.Span, Why: out.Message, Severity: out.Severity,
				Status: out.Status, Reason: out.Reason,
			})
			continue
		}
		r.Findings = append(r.Findings, out)
	}
}

func steps(list []rule.Step) []report.Step {
	out := make([]report.Step, 0, len(list))
	for _, s := range list {
		out = append(out, report.Step{Span: s.Span, Message: s.Message})
	}
	return out
}

// Describe is a rule as reports and catalogues show it.
func Describe(r *rule.Rule) report.Rule {
	return report.Rule{
		ID: r.ID, Area: report.Area(r.Area), Severity: report.Severity(r.Severity.String()),
		Title: r.Title, Doc: r.Doc, Since: r.Since, Types: r.Types,
		Refs: report.Refs{AWS: r.Refs.AWS, CWE: r.Refs.CWE, OWASP: r.Refs.OWASP, ATTACK: r.Refs.ATTACK},
	}
}

// merge returns all problems in the order of their spans, each once.
func merge(lists ...[]source.Problem) []source.Problem {
	var all source.Problems
	for _, l := range lists {
		all.Append(l...)
	}
	return all.Sorted()
}
