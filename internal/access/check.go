package access

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/iam/lint"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

// Check lists what is wrong with every policy that was read: those that stand
// alone, and those that an application or account writes.
func (m *Model) Check() *report.AccessCheck {
	out := &report.AccessCheck{AccessHead: m.head("check"), Messages: []report.AccessMessage{}}
	add := func(name string, list []lint.Message) {
		out.Policies++
		for _, x := range list {
			out.Messages = append(out.Messages, report.AccessMessage{Code: x.Code, Severity: x.Severity.String(), Policy: name, Message: x.Text, Advice: x.Advice, Span: x.Span})
		}
	}
	for _, f := range m.Files {
		o := lint.Options{Kind: f.Kind, Solver: true}
		if g := (&Guarded{File: f, Policy: f.Compiled, Trust: f.Kind == policy.Trust}); f.Kind != policy.Identity {
			o.Type = g.typ()
		}
		add(f.Path, lint.Document(f.Doc, f.Problems, o))
	}
	for _, a := range m.Project.Apps {
		for _, r := range a.Resources() {
			for _, h := range held(r) {
				add(r.ID, lint.Document(h.doc, h.problems, lint.Options{Kind: h.kind, Type: r.Type, Solver: true}))
			}
		}
	}
	out.Problems = unlisted(out.Problems, out.Messages)
	slices.SortStableFunc(out.Messages, func(a, b report.AccessMessage) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	out.Messages = slices.Compact(out.Messages)
	return out
}

// unlisted are the problems that no message tells.
func unlisted(problems []source.Problem, messages []report.AccessMessage) []source.Problem {
	told := map[source.Span]bool{}
	for _, x := range messages {
		if x.Code == "grammar" {
			told[x.Span] = true
		}
	}
	return slices.DeleteFunc(problems, func(p source.Problem) bool { return told[p.Span] })
}
