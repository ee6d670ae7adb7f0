package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteDuties writes the responsibility matrix as text, a block for each
// resource: the customer's duties that are not met first, then what is met,
// then in one line what AWS does.
func WriteDuties(w io.Writer, r *Report, o Options) error {
	t := text{page: newPage(o), r: r, o: o}
	t.matrixHeadline()
	if !o.Quiet {
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

func (t *text) matrixBlock(rows []Duty) {
	id := rows[0].Resource
	note := ""
	if res := find(t.r.Resources, func(x *Resource) bool { return x.ID == id }); res != nil {
		note = res.Type + "  " + place(res.Span)
	}
	t.heading(t.title(id), note)
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Duty) int { return a.State.order() - b.State.order() })
	var provided []string
	for _, d := range rows {
		switch {
		case d.State == NotApplicable && !t.o.All:
		case d.State == Provided && !t.o.All:
			provided = append(provided, d.Title)
		default:
			t.columns("  ", []int{8, 8}, []run{{string(d.State), d.State.style()}, {string(d.Holder), dim}},
				run{capital(d.Title), bold}, run{": " + d.Why, plain})
			if d.State != Provided {
				t.steps("                      ", d.Evidence)
			}
		}
	}
	if len(provided) > 0 {
		t.columns("  ", []int{8, 8}, []run{{string(Provided), dim}, {string(AWS), dim}}, run{strings.Join(provided, "; "), dim})
	}
}

// title is what to call a resource: its logical id, or with several
// applications its whole id.
func (t *text) title(id string) string {
	if len(t.r.Applications) > 1 {
		return id
	}
	return lastPart(id)
}
