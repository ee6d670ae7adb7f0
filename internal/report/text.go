package report

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the report for people: what matters most comes first, and
// the first screen holds the headline and the worst path.
func WriteText(w io.Writer, r *Report, o Options) error {
	t := newText(r, o)
	t.headline()
	if !o.Quiet {
		t.applications()
		t.paths()
		t.cut()
		t.duties()
		t.findings()
		t.undecided()
		t.coverage()
	}
	t.blank()
	t.summary()
	return t.flush(w)
}

// WritePaths writes only the attack paths, each hop by hop, and the cut.
func WritePaths(w io.Writer, r *Report, o Options) error {
	t := newText(r, o)
	t.headline()
	if !o.Quiet {
		t.allPaths()
		t.cut()
	}
	return t.flush(w)
}

type text struct {
	*page
	r *Report
	o Options

	apps   map[string]bool
	labels map[string]int // how many resources of a type are called so
}

func newText(r *Report, o Options) *text {
	t := &text{page: newPage(o), r: r, o: o, apps: r.known(), labels: map[string]int{}}
	for _, res := range r.Resources {
		t.labels[res.Label+res.Type]++
	}
	return t
}

// cap is how many of a list are shown.
func (t *text) cap(n int) int {
	if t.o.All {
		return 1 << 30
	}
	return n
}

// headline says in a few sentences how it stands.
func (t *text) headline() {
	t.standing()
	if s := t.r.Accepted.sentence(); s != "" {
		t.para("", "  ", run{s, yellow})
	}
}

// sentence says what was accepted, or nothing.
func (a *Accepted) sentence() string {
	n := len(a.Weaknesses)
	if n == 0 {
		return ""
	}
	rest := "no path rests only on " + pick(n, "it", "them")
	if a.Paths > 0 {
		rest = count(a.Paths, "path rests", "paths rest") + " only on " + pick(n, "it", "them") + " and " + pick(a.Paths, "is", "are") + " not told"
	}
	return count(n, "accepted weakness", "accepted weaknesses") + " (all findings of " + pick(n, "it", "each") + " are ignored); " + rest + "."
}

// standing says how many paths lead from whom to what, and how few fixes cut
// them.
func (t *text) standing() {
	proved, conditional, possible := t.r.PathsOf(Proved), t.r.PathsOf(Conditional), t.r.PathsOf(Possible)
	lead := proved
	if len(lead) == 0 {
		lead = conditional
	}
	switch {
	case len(t.r.Paths) == 0 && t.r.incomplete():
		t.para("", "", run{"No attack path found", bold}, run{" in what could be read; see the coverage below for what could not.", plain})
		return
	case len(t.r.Paths) == 0:
		t.para("", "", run{"No attack path found.", bold})
		return
	case len(lead) == 0:
		t.para("", "", run{"No attack path is proved.", bold}, run{" " + capital(count(len(possible), "path is", "paths are")) + " possible, depending on values that the sources do not tell.", plain})
		return
	}
	kind := "attack path"
	if len(proved) == 0 {
		kind = "conditional attack path"
	}
	sentence := fmt.Sprintf(" from %s to %s.", names(lead, func(p Path) string { return p.ActorName }), names(lead, func(p Path) string { return p.AssetName }))
	if repeats := repeats(lead); repeats > len(lead) {
		sentence = fmt.Sprintf(" (%d counting equal ones)", repeats) + sentence
	}
	t.para("", "  ", run{count(len(lead), kind, kind+"s"), alarm}, run{sentence, plain})
	t.para("", "  ", t.more(proved, conditional, possible)...)
}

// more says what else there is beside the paths that the headline counts, and
// how few fixes cut the paths.
func (t *text) more(proved, conditional, possible []Path) []run {
	var also []string
	if len(proved) > 0 && len(conditional) > 0 {
		also = append(also, fmt.Sprintf("%d more, to %s, if a condition holds", len(conditional),
			names(conditional, func(p Path) string { return p.AssetName })))
	}
	if len(possible) > 0 {
		also = append(also, fmt.Sprintf("%d more possible", len(possible)))
	}
	var out []run
	if len(also) > 0 {
		out = append(out, run{capital(strings.Join(also, "; ")) + ".", plain})
	}
	if n := len(t.r.Cut.Fixes); n > 0 {
		cuts := "cut"
		if n == 1 {
			cuts = "cuts"
		}
		which := "all of them"
		switch certain := len(proved) + len(conditional); {
		case t.r.Cut.Paths < certain:
			which = fmt.Sprintf("%d of the %d", t.r.Cut.Paths, len(t.r.Paths))
		case t.r.Cut.Paths < len(t.r.Paths):
			which = "all but the possible ones"
		case len(t.r.Paths) == 1:
			which = "it"
		}
		if len(out) > 0 {
			out = append(out, run{" ", plain})
		}
		out = append(out, run{count(n, "fix", "fixes"), bold}, run{fmt.Sprintf(" %s %s", cuts, which), plain})
		if w := len(t.r.Cut.Worst); w > 0 && w < n {
			out = append(out, run{fmt.Sprintf("; %s enough for the critical and high ones", count(w, "is", "are")), plain})
		}
		out = append(out, run{".", plain})
	}
	return out
}

// incomplete reports whether something was not read or not decided.
func (r *Report) incomplete() bool {
	return len(r.Coverage.Problems) > 0 || len(r.Undecided()) > 0
}

func repeats(paths []Path) int {
	n := 0
	for _, p := range paths {
		n += p.Count
	}
	return n
}

// names lists the different names of paths, the first few by name.
func names(paths []Path, of func(Path) string) string {
	list := make([]string, 0, len(paths))
	for _, p := range paths {
		list = append(list, of(p))
	}
	return enumerate(unique(list), 3)
}

// enumerate is a list in a sentence: "a, b and 3 more".
func enumerate(list []string, shown int) string {
	if len(list) > shown+1 {
		list = append(list[:shown:shown], fmt.Sprintf("%d more", len(list)-shown))
	}
	switch n := len(list); n {
	case 0:
		return "nothing"
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// capital begins a sentence. A name that only code spells so stays as it is.
func capital(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if s == "" || strings.ContainsAny(first, "._") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// summary is the last line: everything as numbers.
func (t *text) summary() {
	open := t.r.Open()
	parts := []string{count(len(t.r.Paths), "path", "paths"), count(len(open), "finding", "findings") + bySeverity(open)}
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, count(n, one, many))
		}
	}
	add(t.r.Count(Ignored), "ignored", "ignored")
	add(t.r.Count(Baseline), "in the baseline", "in the baseline")
	add(len(t.r.Undecided()), "undecided", "undecided")
	add(len(t.r.Coverage.Problems), "problem", "problems")
	t.para("", "", run{strings.Join(parts, ", "), bold})
}

// bySeverity is " (2 critical, 1 low)", or nothing for no findings.
func bySeverity(list []Finding) string {
	var parts []string
	for _, s := range severities {
		n := 0
		for _, f := range list {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
