package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteDuties writes the responsibility matrix as text: an overview of what is
// not met, then a block for each resource with what is left to do in a line
// each and what is met or done by AWS in one. With All, every row has its
// holder, its reason and its evidence.
func WriteDuties(w io.Writer, r *Report, o Options) error {
	t := newText(r, o)
	t.matrixHeadline()
	if !o.Quiet {
		t.matrixOverview()
		for _, group := range byResource(r.Duties) {
			t.matrixBlock(group)
		}
	}
	return t.flush(w)
}

// byResource cuts the sorted rows into one list a resource.
func byResource(rows []Duty) [][]Duty {
	var out [][]Duty
	for i, d := range rows {
		if i == 0 || rows[i-1].Resource != d.Resource {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], d)
	}
	return out
}

func (t *text) matrixHeadline() {
	states := map[State]int{}
	mine, theirs := 0, 0
	for _, d := range t.r.Duties {
		switch {
		case d.State == NotApplicable:
		case d.Holder == AWS:
			theirs++
		default:
			mine++
			states[d.State]++
		}
	}
	if mine+theirs == 0 {
		t.para("", "", run{"No resource with duties was found.", bold})
		return
	}
	t.para("", "", run{count(mine, "duty is", "duties are") + " yours", bold},
		run{fmt.Sprintf(", %d AWS holds.", theirs), plain})
	var runs []run
	for _, s := range []State{Unmet, Undetermined, Manual, Met} {
		if n := states[s]; n > 0 {
			if len(runs) > 0 {
				runs = append(runs, run{", ", plain})
			}
			runs = append(runs, run{fmt.Sprintf("%d %s", n, stateWords[s]), s.style()})
		}
	}
	if len(runs) > 0 {
		t.para("", "", append([]run{{"Of yours: ", plain}}, append(runs, run{".", plain})...)...)
	}
}

func (s State) style() style {
	switch s {
	case Unmet:
		return red
	case Undetermined, Manual:
		return yellow
	case Met:
		return green
	}
	return dim
}

// order puts what is left to do first.
func (s State) order() int {
	return slices.Index([]State{Unmet, Undetermined, Manual, Met, Provided, NotApplicable}, s)
}

// matrixOverview lists what is unmet or unknown, duty by duty, the most
// frequent first.
func (t *text) matrixOverview() {
	for _, state := range []State{Unmet, Undetermined} {
		var order []string
		titles, where := map[string]string{}, map[string][]string{}
		n := 0
		for _, d := range t.r.Duties {
			if d.State != state {
				continue
			}
			n++
			if where[d.Duty] == nil {
				order = append(order, d.Duty)
			}
			titles[d.Duty] = d.Title
			where[d.Duty] = append(where[d.Duty], t.title(d.Resource))
		}
		if n == 0 {
			continue
		}
		slices.SortStableFunc(order, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(where[b]), len(where[a])), cmp.Compare(a, b))
		})
		t.heading(strings.ToUpper(stateWords[state]), fmt.Sprintf("%d times, of %s", n, count(len(order), "duty", "duties")))
		for _, id := range order {
			t.columns("  ", []int{4}, []run{{fmt.Sprintf("%4d", len(where[id])), state.style()}},
				run{titles[id], bold}, run{"  " + id + ": ", dim}, run{enumerate(where[id], 2), plain})
		}
	}
}

func (t *text) matrixBlock(rows []Duty) {
	id := rows[0].Resource
	note := ""
	if res := t.r.resource(id); res != nil {
		note = res.Type + "  " + place(res.Span)
	}
	t.heading(t.title(id), note)
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Duty) int { return a.State.order() - b.State.order() })
	done := map[State][]string{}
	for _, d := range rows {
		switch {
		case t.o.All:
			t.matrixRow(d)
		case d.State == Unmet || d.State == Undetermined:
			t.matrixRow(d)
		case d.State != NotApplicable:
			title := d.Title
			if d.Holder == Shared {
				title += " (shared)"
			}
			done[d.State] = append(done[d.State], title)
		}
	}
	for _, s := range []State{Manual, Met, Provided} {
		if list := done[s]; len(list) > 0 {
			lead := ""
			if s == Provided {
				lead = "by AWS: "
			}
			t.columns("  ", []int{8}, []run{{string(s), s.style()}}, run{lead + strings.Join(list, "; "), dim})
		}
	}
}

// matrixRow is one duty with why, and where it shows. A single place that is
// the resource itself is in the heading already.
func (t *text) matrixRow(d Duty) {
	runs := []run{{capital(d.Title), bold}, {": " + d.Why, plain}}
	switch {
	case d.Holder == Shared:
		runs = append(runs, run{"  (shared with AWS)", dim})
	case d.Holder == AWS:
		runs = append(runs, run{"  (AWS)", dim})
	}
	evidence := d.Evidence
	if len(evidence) == 1 {
		res := t.r.resource(d.Resource)
		if e := evidence[0]; t.o.All || res == nil || e.Span.File != res.Span.File || e.Span.Line != res.Span.Line {
			runs = append(runs, run{"  " + place(e.Span), cyan})
		}
		evidence = nil
	}
	t.columns("  ", []int{8}, []run{{string(d.State), d.State.style()}}, runs...)
	t.steps("              ", evidence)
}

// resource finds a resource by its id; the list is sorted.
func (r *Report) resource(id string) *Resource {
	i, ok := slices.BinarySearchFunc(r.Resources, id, func(r Resource, id string) int { return compareNames(r.ID, id) })
	if !ok {
		return nil
	}
	return &r.Resources[i]
}

// title is what to call a resource: its label or logical id, with several
// applications behind the id of its own, unless it is a construct's path and
// no other construct has the same.
func (t *text) title(id string) string {
	if len(t.r.Applications) < 2 {
		return t.label(id)
	}
	switch res := t.r.resource(id); {
	case res == nil || res.Label == "":
		return id
	case res.Origin != nil && t.labels[res.Label+res.Type] == 1:
		return res.Label
	default:
		return applicationOf(id, t.apps) + "/" + res.Label
	}
}

// label is what people call a resource.
func (t *text) label(id string) string {
	if res := t.r.resource(id); res != nil && res.Label != "" {
		return res.Label
	}
	return lastPart(id)
}
