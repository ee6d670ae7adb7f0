package report

import (
	"cmp"
	"slices"
)

// Worst returns the worst path, or nil where there is none. Like all queries
// it asks a normalised report.
func (r *Report) Worst() *Path {
	if len(r.Paths) == 0 {
		return nil
	}
	return &r.Paths[0]
}

// Path returns the path with the id, or nil.
func (r *Report) Path(id string) *Path {
	return find(r.Paths, func(p *Path) bool { return p.ID == id })
}

// Finding returns the finding with the id, or nil.
func (r *Report) Finding(id string) *Finding {
	return find(r.Findings, func(f *Finding) bool { return f.ID == id })
}

// Fix returns the fix with the id, or nil.
func (r *Report) Fix(id string) *Fix {
	return find(r.Fixes, func(f *Fix) bool { return f.ID == id })
}

// Rule returns the documentation of the rule, or nil.
func (r *Report) Rule(id string) *Rule {
	return find(r.Rules, func(x *Rule) bool { return x.ID == id })
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

// PathsOf returns the paths of a standing, worst first.
func (r *Report) PathsOf(s Standing) []Path {
	var out []Path
	for _, p := range r.Paths {
		if p.Standing() == s {
			out = append(out, p)
		}
	}
	return out
}

// FindingsOn returns the findings that the path's hops use, worst first.
func (r *Report) FindingsOn(p *Path) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if slices.Contains(f.Paths, p.ID) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, worse)
	return out
}

// Open returns the open findings: the worst first, and among equals those
// first that lie on a path.
func (r *Report) Open() []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.Status == Open {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, worse)
	return out
}

func worse(a, b Finding) int {
	onPath := func(f Finding) int { return min(len(f.Paths), 1) }
	return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(onPath(b), onPath(a)))
}

// Undecided returns the open questions that nobody has set aside.
func (r *Report) Undecided() []Undecided {
	var out []Undecided
	for _, u := range r.Coverage.Undecided {
		if u.Status == Open {
			out = append(out, u)
		}
	}
	return out
}

// Count is how many findings, and questions that may be one, have the status.
func (r *Report) Count(s Status) int {
	n := 0
	for _, f := range r.Findings {
		if f.Status == s {
			n++
		}
	}
	if s != Open {
		for _, u := range r.Coverage.Undecided {
			if u.Status == s {
				n++
			}
		}
	}
	return n
}

// Exceeds reports whether an open finding or a path is as bad as the gate or
// worse. A path whose certainty is unknown holds no gate: it is possible, and
// not more.
func (r *Report) Exceeds(gate Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Status == Open && f.Severity.AtLeast(gate) }) ||
		slices.ContainsFunc(r.Paths, func(p Path) bool { return p.Standing() != Possible && p.Severity.AtLeast(gate) })
}

// PathsClosed returns the ids of the report's paths that the fix closes.
func (r *Report) PathsClosed(f *Fix) []string {
	var out []string
	for _, p := range r.Paths {
		if slices.Contains(f.Closes, p.ID) || slices.Contains(p.Fixes, f.ID) {
			out = append(out, p.ID)
		}
	}
	return out
}
