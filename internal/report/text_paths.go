package report

import (
	"fmt"
	"slices"
	"strings"
)

// paths shows the worst path hop by hop and the others in a line each, apart
// by how far they are proved.
func (t *text) paths() {
	worst := t.r.Worst()
	if worst == nil {
		return
	}
	t.heading("WORST PATH", standingNote(worst))
	t.path(worst)
	for _, s := range []Standing{Proved, Conditional, Possible} {
		var rest []Path
		for _, p := range t.r.PathsOf(s) {
			if p.ID != worst.ID {
				rest = append(rest, p)
			}
		}
		if len(rest) == 0 {
			continue
		}
		switch s {
		case Proved:
			t.heading("OTHER PATHS", fmt.Sprintf("%d proved", len(rest)))
		case Conditional:
			rest = t.showIfWorse(worst, rest)
			if len(rest) == 0 {
				continue
			}
			t.heading("CONDITIONAL PATHS", fmt.Sprintf("%d, proved but for the condition", len(rest)))
		case Possible:
			t.heading("POSSIBLE PATHS", fmt.Sprintf("%d, where a value that the sources do not tell decides", len(rest)))
		}
		t.pathLines(rest)
	}
}

// showIfWorse shows the first of the conditional paths hop by hop where it
// would hurt as much as the worst proved one or more, and returns the others.
func (t *text) showIfWorse(worst *Path, paths []Path) []Path {
	p := &paths[0]
	if p.Severity.Rank() < worst.Severity.Rank() {
		return paths
	}
	t.heading("WORST CONDITIONAL PATH", standingNote(p))
	t.path(p)
	return paths[1:]
}

func standingNote(p *Path) string {
	note := string(p.Severity) + ", " + p.Standing().String()
	if p.Count > 1 {
		note += fmt.Sprintf(", and %d like it", p.Count-1)
	}
	return note
}

// allPaths shows every path hop by hop.
func (t *text) allPaths() {
	for i := range t.r.Paths {
		p := &t.r.Paths[i]
		t.heading(fmt.Sprintf("PATH %d", i+1), standingNote(p))
		t.path(p)
	}
}

// path is one path hop by hop: why in a sentence, then the evidence.
func (t *text) path(p *Path) {
	t.para("", "  ", run{capital(p.Title), p.Severity.style()})
	t.conditions("  ", p.Assumptions)
	for i, h := range p.Hops {
		number := fmt.Sprintf("%3d  ", i+1)
		runs := []run{{capital(h.Why), plain}, {"  " + h.Technique, dim}}
		switch {
		case h.Certainty == Unknown:
			runs = append(runs, run{"  (possible)", yellow})
		case h.Assumption != "":
			runs = append(runs, run{"  (condition)", yellow})
		}
		t.para(t.paint(number, bold), "     ", runs...)
		t.steps("     ", h.Evidence)
	}
	for i, b := range p.Further {
		if i == t.cap(4) {
			t.rest(len(p.Further)-i, "branch", "branches", "--all shows them")
			break
		}
		t.para("     ", "       ", run{"or " + b.Impact, b.Severity.style()}, run{"  " + string(b.Severity), dim})
	}
}

// conditions says on what a path rests that the sources do not prove.
func (t *text) conditions(indent string, assumptions []string) {
	for i, a := range assumptions {
		lead := "if "
		if i > 0 {
			lead = "and if "
		}
		t.para(indent, indent+"   ", run{lead + strings.TrimPrefix(a, "if "), yellow})
	}
}

// steps lists places with what they show.
func (t *text) steps(indent string, steps []Step) {
	column := 0
	for _, s := range steps {
		column = max(column, width(place(s.Span)))
	}
	for _, s := range steps {
		t.columns(indent, []int{column}, []run{{place(s.Span), cyan}}, run{s.Message + s.Origin.madeAt(), dim})
	}
}

// pathLines shows paths in a line each, with their conditions below.
func (t *text) pathLines(paths []Path) {
	shown := min(len(paths), t.cap(6))
	if len(paths) == shown+1 {
		shown++
	}
	for i := range shown {
		p := &paths[i]
		title := []run{{capital(p.Title), plain}}
		if p.Count > 1 {
			title = append(title, run{fmt.Sprintf("  and %d like it", p.Count-1), bold})
		}
		title = append(title, run{"  " + count(len(p.Hops), "hop", "hops") + startOf(p), dim})
		t.columns("  ", []int{8}, []run{{string(p.Severity), p.Severity.style()}}, title...)
		t.conditions("            ", p.Assumptions)
	}
	t.rest(len(paths)-shown, "path", "paths", "remit paths shows every one hop by hop")
}

// startOf is the place where a path begins.
func startOf(p *Path) string {
	if len(p.Hops) == 0 || len(p.Hops[0].Evidence) == 0 {
		return ""
	}
	return " from " + place(p.Hops[0].Evidence[0].Span)
}

// rest says how many of a list are not shown, and where they are.
func (t *text) rest(n int, one, many, where string) {
	if n > 0 {
		t.para("  ", "    ", run{"and " + count(n, "more "+one, "more "+many), bold}, run{"; " + where, dim})
	}
}

// cut is the list of fixes that leaves no path.
func (t *text) cut() {
	c := t.r.Cut
	if len(c.Fixes) == 0 {
		if len(t.r.Paths) > 0 {
			t.heading("LEAST CUT", "")
			why := "No set of known fixes cuts these paths; each hop above names the place to change."
			if len(t.r.PathsOf(Possible)) == len(t.r.Paths) {
				why = "A cut counts no path that is merely possible; tell the values first, as with --param."
			}
			t.para("  ", "  ", run{why, plain})
		}
		return
	}
	note := count(len(c.Fixes), "fix", "fixes") + ", " + c.note()
	t.heading("LEAST CUT", note)
	shown := min(len(c.Fixes), max(t.cap(8), len(c.Worst)))
	for i, id := range c.Fixes[:shown] {
		f := t.r.Fix(id)
		if f == nil {
			continue
		}
		what := []run{{capital(f.Title), plain}}
		if !f.Span.IsZero() && !t.o.All {
			what = append(what, run{"  " + place(f.Span), cyan})
		}
		t.para(t.paint(fmt.Sprintf("%3d  ", i+1), bold), "     ", append(what, run{"  " + t.closes(f), green})...)
		if !f.Span.IsZero() && t.o.All {
			t.steps("     ", []Step{{Span: f.Span, Message: f.Why}})
		}
	}
	t.rest(len(c.Fixes)-shown, "fix", "fixes", "remit paths --all lists them")
	if left := len(t.r.Paths) - len(t.r.PathsOf(Possible)) - c.Paths; left > 0 {
		t.para("  ", "  ", run{count(left, "path stays", "paths stay") + ": no known fix cuts " + pick(left, "it", "them") + ".", yellow})
	}
}

// note says how far the cut is the least. Fixes differ in how much work they
// are, and the least cut is the least work.
func (c *Cut) note() string {
	if c.ProvedLeast {
		return "and no other set is less work"
	}
	return "not proved to be the least work"
}

// closes says how many of the paths shown a fix of the cut closes by itself.
// It may be none: the fix is then for a branch, or for one of the equal paths
// that a path with a count stands for.
func (t *text) closes(f *Fix) string {
	if n := len(t.r.PathsClosed(f)); n > 0 {
		return "closes " + count(n, "path", "paths")
	}
	for i := range t.r.Paths {
		if slices.ContainsFunc(t.r.Paths[i].Further, func(b Branch) bool { return slices.Contains(b.Fixes, f.ID) }) {
			return "closes a branch"
		}
	}
	return "closes a path of the same shape"
}

func pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
