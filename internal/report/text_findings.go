package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// findings lists the open findings by severity, those on a path first.
func (t *text) findings() {
	open := t.r.Open()
	if len(open) == 0 {
		t.heading("FINDINGS", "none")
		return
	}
	onPath := 0
	for _, f := range open {
		onPath += min(len(f.Paths), 1)
	}
	note := strings.Trim(bySeverity(open), " ()")
	if onPath > 0 {
		note += fmt.Sprintf("; %d on an attack path, marked *", onPath)
	}
	t.heading("FINDINGS", note)
	for _, s := range severities {
		var list []Finding
		for _, f := range open {
			if f.Severity == s {
				list = append(list, f)
			}
		}
		if len(list) == 0 {
			continue
		}
		if s == Low && !t.o.All && len(open) > few {
			t.para(" ", "   ", run{string(s), s.style()}, run{"  " + byRule(list), dim}, run{"; --all lists them", dim})
			continue
		}
		t.para(" ", " ", run{string(s), s.style()})
		t.findingLines(list)
	}
}

// few is how many findings are listed whole; of more, those of the lowest
// severity are only counted.
const few = 10

// byRule counts findings by their rules, most first.
func byRule(list []Finding) string {
	n := map[string]int{}
	var rules []string
	for _, f := range list {
		if n[f.Rule]++; n[f.Rule] == 1 {
			rules = append(rules, f.Rule)
		}
	}
	slices.SortStableFunc(rules, func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
	for i, id := range rules {
		if n[id] > 1 {
			rules[i] = fmt.Sprintf("%s (%d)", id, n[id])
		}
	}
	return count(len(list), "finding", "findings") + " of " + enumerate(rules, 8)
}

// alike is how many findings of one rule and severity are shown.
const alike = 3

// findingLines shows findings in a line each; of many from one rule the first
// few and then the names of the resources.
func (t *text) findingLines(list []Finding) {
	placeWidth, ruleWidth := 0, 0
	for _, f := range list {
		if w := width(place(f.Span)); w <= 32 {
			placeWidth = max(placeWidth, w)
		}
		ruleWidth = max(ruleWidth, width(f.Rule))
	}
	var order []string
	groups := map[string][]Finding{}
	for _, f := range list {
		key := f.Rule
		if len(f.Paths) > 0 {
			key += "*"
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], f)
	}
	for _, key := range order {
		group, places := onceEach(groups[key])
		if t.o.All {
			places = len(group)
		}
		shown := min(places, t.cap(alike))
		if len(group) == shown+1 && places > shown {
			shown++ // a line that says "1 more" would take as much room
		}
		for _, f := range group[:shown] {
			mark := run{" ", plain}
			if len(f.Paths) > 0 {
				mark = run{"*", alarm}
			}
			t.columns(" ", []int{1, placeWidth, ruleWidth},
				[]run{mark, {place(f.Span), cyan}, {f.Rule, dim}}, t.findingText(f)...)
		}
		if rest := group[shown:]; len(rest) > 0 {
			var where []string
			for _, f := range rest {
				where = append(where, t.label(f.Resource))
			}
			t.columns(" ", []int{1, placeWidth, ruleWidth}, []run{{" ", plain}, {"", plain}, {group[0].Rule, dim}},
				run{fmt.Sprintf("and %d more: %s", len(rest), enumerate(unique(where), 6)), dim})
		}
	}
}

// onceEach puts the findings whose place has been shown last: of what is
// written once and made many times, one stands for all. places is how many are
// not among those.
func onceEach(list []Finding) (sorted []Finding, places int) {
	seen := map[source.Span]bool{}
	var again []Finding
	for _, f := range list {
		if seen[f.Span] {
			again = append(again, f)
			continue
		}
		seen[f.Span] = true
		sorted = append(sorted, f)
	}
	return append(sorted, again...), len(sorted)
}

// findingText is the message, with the resource where it does not name it.
func (t *text) findingText(f Finding) []run {
	var out []run
	if name := t.label(f.Resource); name != "" && !strings.Contains(f.Message, name) {
		out = append(out, run{name + ": ", bold})
	}
	out = append(out, run{f.Message, plain})
	if res := t.r.resource(f.Resource); res != nil {
		out = append(out, run{res.Origin.madeAt(), dim})
	}
	if f.Certainty == Approximate {
		out = append(out, run{"  (approximate)", dim})
	}
	if f.Expired != "" {
		out = append(out, run{"  (" + f.Expired + ")", yellow})
	}
	return out
}

// undecided counts the open questions, and shows the first.
func (t *text) undecided() {
	list := t.r.Undecided()
	if len(list) == 0 {
		return
	}
	t.heading("UNDECIDED", count(len(list), "question", "questions")+" that a value decides which the sources do not tell; none counts as a pass")
	shown := min(len(list), t.cap(3))
	for _, u := range list[:shown] {
		t.columns("  ", []int{24, 6}, []run{{place(u.Span), cyan}, {u.Rule, dim}}, run{u.Why, plain})
	}
	t.rest(len(list)-shown, "question", "questions", everything)
}

// everything says where what is not shown can be seen.
const everything = "--all shows them, as does --format json"

// duties counts the customer's duties by state.
func (t *text) duties() {
	if len(t.r.Duties) == 0 {
		return
	}
	states := map[State]int{}
	mine := 0
	for _, d := range t.r.Duties {
		if d.Holder == AWS {
			continue
		}
		if d.State != NotApplicable {
			mine++
		}
		states[d.State]++
	}
	var parts []string
	for _, s := range []State{Unmet, Undetermined, Manual, Met} {
		if n := states[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, stateWords[s]))
		}
	}
	t.heading("YOUR REMIT", fmt.Sprintf("%s, %s", count(mine, "duty", "duties"), strings.Join(parts, ", ")))
	t.para("  ", "  ", run{"remit duties shows each with its holder, its state and why.", dim})
}

// stateWords name the states in sentences.
var stateWords = map[State]string{
	Provided: "provided", Met: "met", Unmet: "unmet", Undetermined: "unknown",
	Manual: "to attest by hand", NotApplicable: "not applicable",
}

// coverage says what was looked at and what could not be.
func (t *text) coverage() {
	c := t.r.Coverage
	t.heading("COVERAGE", strings.Join([]string{
		count(len(t.r.Applications), "application", "applications"),
		count(c.Files, "file", "files"),
		count(c.Resources, "resource", "resources"),
		count(len(c.Problems), "problem", "problems"),
	}, ", "))
	shown := min(len(c.Problems), t.cap(5))
	for _, p := range c.Problems[:shown] {
		t.columns("  ", []int{24}, []run{{place(p.Span), cyan}}, run{p.Message, plain})
	}
	t.rest(len(c.Problems)-shown, "problem", "problems", everything)
}
