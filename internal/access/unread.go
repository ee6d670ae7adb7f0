package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/account"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

// files are those from which something of the model comes.
func (m *Model) files() map[string]bool {
	out := map[string]bool{}
	for _, f := range m.Files {
		out[f.Path] = true
	}
	for _, a := range m.Project.Apps {
		for _, r := range a.Resources() {
			out[r.Span.File] = true
		}
	}
	return out
}

// Named notes the files that somebody named and in which there was nothing.
func (m *Model) Named(files []string) {
	known := m.files()
	for _, a := range m.Project.Apps {
		for _, f := range a.Files {
			known[f] = true
		}
	}
	for _, p := range m.Problems {
		known[p.Span.File] = true
	}
	for _, f := range files {
		if !known[f] {
			m.Problems = append(m.Problems, source.Problem{Span: source.FileSpan(f), Message: "there is no policy, account or application in this file"})
		}
	}
}

// unread are the files that are not valid, or with which something is wrong and
// of which nothing is in the model, as changes of which nobody knows what they
// allow; those with which the same is wrong in the other version are left out.
// A file of which nothing is left, and that is still there, is among them, and
// pages of an account after which the output goes on.
func (m *Model) unread(other *Model) []report.AccessChange {
	known, alike := m.files(), map[string]bool{}
	key := func(p source.Problem) string { return p.Span.File + "\n" + p.Message }
	for _, p := range other.Problems {
		alike[key(p)] = true
	}
	problems := slices.Clone(m.Problems)
	slices.SortStableFunc(problems, func(a, b source.Problem) int { return a.Span.Compare(b.Span) })
	var out []report.AccessChange
	said := map[string]bool{}
	add := func(file, why string) {
		if said[file] {
			return
		}
		said[file] = true
		out = append(out, report.AccessChange{Subject: file, Kind: "file that is not read whole", State: "both",
			Grows: report.AccessGrowth{Answer: report.AccessUnknown, Certainty: "approximate", Why: []string{why}, Examples: []report.AccessExample{}}})
	}
	pages := map[string]bool{} // what is wrong with a page leaves somebody out
	for _, a := range m.Project.Apps {
		for _, f := range a.Files {
			pages[f] = pages[f] || a.Format == account.Format
		}
	}
	for _, p := range problems {
		page := pages[p.Span.File] && !strings.HasPrefix(p.Message, "policy: ") // which the policy's own statements tell
		lost := !known[p.Span.File] || page || strings.HasPrefix(p.Message, "not valid ")
		if lost && (!alike[key(p)] || strings.HasPrefix(p.Message, account.GoesOn)) && !m.alone(p.Span.File) {
			add(p.Span.File, p.Message)
		}
	}
	read := map[string]bool{}
	for _, f := range m.Project.Files {
		read[f] = true
	}
	theirs := other.files()
	for _, f := range slices.Sorted(maps.Keys(theirs)) {
		if m.there[f] && !known[f] && !read[f] {
			add(f, "nothing of it is understood, and the other version has resources in it")
		}
	}
	return out
}

// alone tells whether a file is a policy of its own, which is compared as one.
func (m *Model) alone(file string) bool {
	return slices.ContainsFunc(m.Files, func(f *PolicyFile) bool { return f.Path == file })
}

// addUnread adds what is not known of either version.
func addUnread(out *report.AccessDiff, now, old *Model, both bool) {
	none := report.AccessGrowth{Answer: report.AccessNo, Certainty: exact, Why: []string{}, Examples: []report.AccessExample{}}
	for _, c := range now.unread(old) {
		if both {
			c.Shrinks = &none
		}
		out.Changes = append(out.Changes, c)
	}
	if !both {
		return // what the old version allowed besides, the new one need not
	}
	for _, c := range old.unread(now) {
		shrinks := c.Grows
		c.Grows, c.Shrinks = none, &shrinks
		out.Changes = append(out.Changes, c)
	}
}
