package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Normalize makes the report canonical: it gives ids to what has none, fills
// what follows from the rest (the paths of findings, counts of at least 1,
// the weakest certainty, names that are missing), sorts every list and makes
// none null. Ids that are set stay, so that references hold.
func (r *Report) Normalize() {
	r.Schema = Schema
	r.identify()
	for i := range r.Paths {
		r.Paths[i].complete()
	}
	r.linkFindings()
	r.sortLists()
	r.sortReferences()
}

// identify gives ids. Two things of the same content, which only a careless
// caller makes, get a number.
func (r *Report) identify() {
	seen := map[string]int{}
	give := func(id *string, prefix string, parts ...string) {
		if *id != "" {
			return
		}
		*id = ID(prefix, parts...)
		if seen[*id]++; seen[*id] > 1 {
			*id = fmt.Sprintf("%s-%d", *id, seen[*id])
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		give(&f.ID, f.Rule, f.Rule, f.Resource, f.Message)
	}
	for i := range r.Paths {
		give(&r.Paths[i].ID, "path", r.Paths[i].content()...)
	}
	for i := range r.Fixes {
		give(&r.Fixes[i].ID, "fix", r.Fixes[i].content()...)
	}
}

// ID makes a short id of content: a prefix and ten hexadecimal digits. It is
// the same wherever the content is, so it outlives unrelated changes; lines
// and columns must not be part of it.
func ID(prefix string, content ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(content, "\x00")))
	return prefix + "-" + hex.EncodeToString(sum[:5])
}

func (p *Path) content() []string {
	parts := []string{p.Actor, p.Impact, p.Asset}
	for _, h := range p.Hops {
		parts = append(parts, h.Technique, h.From.Capability, h.From.Of, h.To.Capability, h.To.Of)
	}
	return parts
}

func (f *Fix) content() []string {
	parts := []string{f.Title, f.Span.File}
	for _, e := range f.Edits {
		parts = append(parts, e.Span.File, e.Old, e.New)
	}
	return parts
}

// complete fills what follows from the hops.
func (p *Path) complete() {
	p.Count = max(p.Count, 1)
	p.ActorName = cmp.Or(p.ActorName, p.Actor)
	p.AssetName = cmp.Or(p.AssetName, lastPart(p.Asset))
	if p.Title == "" {
		p.Title = fmt.Sprintf("%s can %s %s", p.ActorName, p.Impact, p.AssetName)
	}
	for i := range p.Hops {
		h := &p.Hops[i]
		if h.Certainty == "" {
			h.Certainty = Exact
		}
		if h.Assumption != "" {
			p.Assumptions = append(p.Assumptions, h.Assumption)
		}
		p.Certainty = Weakest(p.Certainty, h.Certainty)
	}
	p.Assumptions = unique(p.Assumptions)
	if p.Certainty == "" {
		p.Certainty = Exact
	}
}

// lastPart is a resource's logical id.
func lastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// unique keeps the first of equal strings and the order.
func unique(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// linkFindings notes at each finding the paths whose hops name it.
func (r *Report) linkFindings() {
	at := make(map[string]int, len(r.Findings))
	for i, f := range r.Findings {
		at[f.ID] = i
	}
	for _, p := range r.Paths {
		for _, h := range p.Hops {
			for _, id := range h.Findings {
				if i, ok := at[id]; ok {
					r.Findings[i].Paths = append(r.Findings[i].Paths, p.ID)
				}
			}
		}
	}
}

func (r *Report) sortLists() {
	slices.SortStableFunc(r.Applications, func(a, b Application) int { return compareNames(a.ID, b.ID) })
	slices.SortStableFunc(r.Resources, func(a, b Resource) int { return compareNames(a.ID, b.ID) })
	slices.SortStableFunc(r.Findings, compareFindings)
	slices.SortStableFunc(r.Paths, comparePaths)
	slices.SortStableFunc(r.Fixes, func(a, b Fix) int {
		return cmp.Or(compareNames(a.Title, b.Title), a.Span.Compare(b.Span), compareNames(a.ID, b.ID))
	})
	slices.SortStableFunc(r.Permissions, func(a, b Permission) int { return compareNames(a.Identity, b.Identity) })
	slices.SortStableFunc(r.Duties, func(a, b Duty) int {
		return cmp.Or(compareNames(a.Resource, b.Resource), cmp.Compare(a.Duty, b.Duty), compareNames(a.Why, b.Why))
	})
	slices.SortStableFunc(r.Rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(r.Coverage.Problems, func(a, b source.Problem) int {
		return cmp.Or(a.Span.Compare(b.Span), compareNames(a.Message, b.Message))
	})
	slices.SortStableFunc(r.Coverage.Undecided, func(a, b Undecided) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Rule, b.Rule), compareNames(a.Resource, b.Resource), compareNames(a.Why, b.Why))
	})
	slices.SortStableFunc(r.Accepted.Weaknesses, func(a, b Weakness) int {
		return cmp.Or(a.Span.Compare(b.Span), compareNames(a.ID, b.ID))
	})
	r.sortCut()
}

// compareFindings orders findings as one reads the files.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		a.Span.Compare(b.Span),
		cmp.Compare(a.Rule, b.Rule),
		compareNames(a.Resource, b.Resource),
		compareNames(a.Message, b.Message),
	)
}

// comparePaths puts the worst path first: the best proved, the most severe,
// the easiest, the shortest.
func comparePaths(a, b Path) int {
	return cmp.Or(
		cmp.Compare(a.Standing(), b.Standing()),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(a.Difficulty, b.Difficulty),
		cmp.Compare(len(a.Hops), len(b.Hops)),
		cmp.Compare(a.Actor, b.Actor),
		compareNames(a.Asset, b.Asset),
		cmp.Compare(a.Impact, b.Impact),
		compareNames(a.ID, b.ID),
	)
}

// sortCut puts the fixes first that the worst paths need, and of those the
// ones that close the most.
func (r *Report) sortCut() {
	closed := map[string]int{}
	title := map[string]string{}
	for i := range r.Fixes {
		closed[r.Fixes[i].ID] = len(r.PathsClosed(&r.Fixes[i]))
		title[r.Fixes[i].ID] = r.Fixes[i].Title
	}
	slices.Sort(r.Cut.Worst)
	later := func(id string) int {
		if slices.Contains(r.Cut.Worst, id) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(r.Cut.Fixes, func(a, b string) int {
		return cmp.Or(cmp.Compare(later(a), later(b)), cmp.Compare(closed[b], closed[a]), compareNames(title[a], title[b]), cmp.Compare(a, b))
	})
}

// sortReferences sorts the lists inside the elements and makes none null.
func (r *Report) sortReferences() {
	r.Applications, r.Resources = some(r.Applications), some(r.Resources)
	r.Findings, r.Paths, r.Fixes = some(r.Findings), some(r.Paths), some(r.Fixes)
	r.Permissions, r.Duties, r.Rules = some(r.Permissions), some(r.Duties), some(r.Rules)
	r.Coverage.Problems, r.Coverage.Undecided = some(r.Coverage.Problems), some(r.Coverage.Undecided)
	r.Cut.Fixes, r.Cut.Worst = some(r.Cut.Fixes), some(r.Cut.Worst)
	r.Accepted.Weaknesses = some(r.Accepted.Weaknesses)
	for i := range r.Accepted.Weaknesses {
		r.Accepted.Weaknesses[i].Findings = sortedSet(r.Accepted.Weaknesses[i].Findings)
	}
	for i := range r.Applications {
		r.Applications[i].Files = sortedSet(r.Applications[i].Files)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Trace, f.Paths = some(f.Trace), sortedSet(f.Paths)
		f.Status = cmp.Or(f.Status, Open)
		f.Certainty = cmp.Or(f.Certainty, Exact)
	}
	for i := range r.Coverage.Undecided {
		u := &r.Coverage.Undecided[i]
		u.Status = cmp.Or(u.Status, Open)
	}
	for i := range r.Paths {
		p := &r.Paths[i]
		p.Fixes, p.Hops, p.Assumptions = sortedSet(p.Fixes), some(p.Hops), some(p.Assumptions)
		p.Others, p.Assets, p.Further = sortedSet(p.Others), sortedSet(append(p.Assets, p.Asset)), some(p.Further)
		for j := range p.Further {
			b := &p.Further[j]
			b.Assets, b.Fixes = sortedSet(b.Assets), sortedSet(b.Fixes)
		}
		for j := range p.Hops {
			p.Hops[j].Evidence = some(p.Hops[j].Evidence)
			p.Hops[j].Findings = sortedSet(p.Hops[j].Findings)
		}
	}
	for i := range r.Fixes {
		r.Fixes[i].Closes, r.Fixes[i].Edits = sortedSet(r.Fixes[i].Closes), some(r.Fixes[i].Edits)
	}
	for i := range r.Permissions {
		p := &r.Permissions[i]
		p.Granted, p.Needed, p.Excess = sortedSet(p.Granted), sortedSet(p.Needed), sortedSet(p.Excess)
	}
	for i := range r.Duties {
		r.Duties[i].Evidence = some(r.Duties[i].Evidence)
	}
	for i := range r.Rules {
		r.Rules[i].Types = sortedSet(r.Rules[i].Types)
	}
}

// some returns the list, or an empty one for none.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// sortedSet returns the strings sorted, each once.
func sortedSet(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}
