package report

import (
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteAccessDiff writes how two versions compare.
func WriteAccessDiff(w io.Writer, a *AccessDiff, o Options) error {
	t := newAccessPage(o)
	grows, unknown, shrinks, same := 0, 0, 0, 0
	for i := range a.Changes {
		c := &a.Changes[i]
		switch {
		case c.Grows.Answer == AccessYes:
			grows++
		case c.Grows.Answer == AccessUnknown:
			unknown++
		case c.Shrinks != nil && c.Shrinks.Answer != AccessNo:
			shrinks++
		default:
			same++
		}
	}
	switch {
	case grows > 0:
		t.para("", "  ", run{a.New + " allows more than " + a.Old, alarm}, run{": " + t.counted(grows, len(a.Changes)) + ".", plain})
	case unknown > 0:
		t.para("", "  ", run{"It is not known whether " + a.New + " allows more than " + a.Old, yellow}, run{": " + t.counted(unknown, len(a.Changes)) + ".", plain})
	case a.Question == "within":
		t.para("", "  ", run{a.New + " allows nothing that " + a.Old + " does not", green}, run{" (" + count(len(a.Changes), "policy set", "policy sets") + " compared).", plain})
	case shrinks > 0:
		t.para("", "  ", run{a.New + " allows less than " + a.Old, bold}, run{": " + t.counted(shrinks, len(a.Changes)) + ".", plain})
	default:
		t.para("", "  ", run{a.New + " and " + a.Old + " allow the same", green}, run{" (" + count(len(a.Changes), "policy set", "policy sets") + " compared).", plain})
	}
	if o.Quiet {
		return t.flush(w)
	}
	told := a.Changes
	if !o.All {
		told = slices.DeleteFunc(slices.Clone(told), AccessChange.same)
	}
	told = atFirst(t, told, "difference", "differences")
	for i := range told {
		t.change(&told[i])
	}
	t.foot(&a.AccessHead)
	return t.flush(w)
}

func (t accessPage) counted(n, of int) string {
	return count(n, "policy set", "policy sets") + " of " + strconv.Itoa(of)
}

// same tells that nothing changes that was asked about.
func (c AccessChange) same() bool {
	return c.Grows.Answer == AccessNo && (c.Shrinks == nil || c.Shrinks.Answer == AccessNo)
}

func (t accessPage) change(c *AccessChange) {
	if c.same() {
		t.para("  ", "    ", run{c.Subject, plain}, run{"  " + c.Kind + ", the same or less", dim})
		return
	}
	shrinks := c.Shrinks != nil && c.Shrinks.Answer != AccessNo
	state := map[string]string{"new": ", new", "old": ", gone"}[c.State]
	t.para("  ", "    ", run{c.Subject, bold}, run{"  " + c.Kind + state, dim})
	if len(c.Identities) > 0 {
		t.para("    ", "      ", run{"of " + listed(c.Identities, 6, t.o.All), plain})
	}
	if c.Grows.Answer != AccessNo {
		t.growth("+ ", "now allowed", &c.Grows)
	}
	if shrinks {
		t.growth("- ", "no longer allowed", c.Shrinks)
	}
}

func (t accessPage) growth(sign, what string, g *AccessGrowth) {
	if g.Answer == AccessUnknown {
		t.para("  "+sign, "    ", run{"not known" + reasons(g.Why), yellow})
	}
	if g.Answer == AccessUnknown {
		what = "perhaps " + what
	}
	for i := range g.Examples {
		t.para("  "+sign, "    ", run{what + ": ", plain}, run{requestText(&g.Examples[i].Request), bold})
		t.statements(g.Examples[i].By)
	}
}

func reasons(why []string) string {
	if len(why) == 0 {
		return ""
	}
	return ": " + strings.Join(why, "; ")
}

// WriteAccessPublic writes what is open to the outside.
func WriteAccessPublic(w io.Writer, a *AccessPublic, o Options) error {
	t := newAccessPage(o)
	open, conditional := 0, 0
	for i := range a.Exposures {
		switch a.Exposures[i].Answer {
		case AccessYes:
			open++
		case AccessConditional:
			conditional++
		}
	}
	asked := count(a.Asked, "resource or trust policy", "resource and trust policies")
	switch {
	case len(a.Exposures) == 0:
		t.para("", "  ", run{"Nobody from outside is let in", green}, run{" by " + asked + ".", plain})
	case open == 0 && conditional == 0:
		t.para("", "  ", run{"Perhaps somebody from outside is let in", yellow}, run{" by " + asked + ":", plain})
	case open == 0:
		t.para("", "  ", run{count(conditional, "way in", "ways in") + " from outside if conditions hold", alarm}, run{" by " + asked + ":", plain})
	default:
		t.para("", "  ", run{count(open, "way in", "ways in") + " from outside", alarm}, run{" by " + asked + ":", plain})
	}
	if o.Quiet {
		return t.flush(w)
	}
	told := atFirst(t, a.Exposures, "way in", "ways in")
	for i := range told {
		x := &told[i]
		who := x.Who
		if x.Name != "" {
			who += " (" + x.Name + ")"
		}
		may := " may "
		switch x.Answer {
		case AccessUnknown:
			who = "perhaps " + who
		case AccessConditional:
			may = " if conditions hold may "
		}
		t.para("  ", "    ", run{x.Resource, bold}, run{": ", plain}, run{who, answerStyle(x.Answer)}, run{may + listed(x.Actions, 6, o.All), plain})
		for _, c := range x.Conditions {
			t.para("    if ", "       ", run{c, yellow})
		}
		if len(x.Hinges) > 0 && x.Answer == AccessUnknown {
			t.para("    ", "      ", run{"it hinges on " + listed(x.Hinges, maxWords, o.All), yellow})
		}
		if len(x.Open) > 0 {
			t.para("    ", "      ", run{"not resolved: " + strings.Join(x.Open, ", "), yellow})
		}
		if len(x.Why) > 0 {
			t.para("    ", "      ", run{"not known: " + strings.Join(x.Why, "; "), yellow})
		}
		if len(x.Chosen) > 0 {
			t.para("    ", "      ", run{"and sets " + listed(x.Chosen, maxWords, o.All) + ", as it can", dim})
		}
		t.statements([]AccessStatement{x.Statement})
		if x.Witness != nil {
			t.para("    ", "      ", run{"such as " + requestText(x.Witness), dim})
		}
	}
	t.foot(&a.AccessHead)
	return t.flush(w)
}
