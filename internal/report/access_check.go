package report

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// WriteAccessCheck writes what is wrong with policies.
func WriteAccessCheck(w io.Writer, a *AccessCheck, o Options) error {
	t := newAccessPage(o)
	n := map[string]int{}
	for i := range a.Messages {
		n[a.Messages[i].Severity]++
	}
	checked := count(a.Policies, "policy", "policies") + " checked"
	if len(a.Messages) == 0 {
		t.para("", "  ", run{"Nothing is wrong", green}, run{" with what was read: " + checked + ".", plain})
	} else {
		var parts []string
		for _, s := range []struct{ one, many string }{{"error", "errors"}, {"warning", "warnings"}, {"note", "notes"}} {
			if n[s.one] > 0 {
				parts = append(parts, count(n[s.one], s.one, s.many))
			}
		}
		t.para("", "  ", run{strings.Join(parts, ", "), bold}, run{" in " + checked + ".", plain})
	}
	if o.Quiet {
		return t.flush(w)
	}
	for i := range a.Messages {
		m := &a.Messages[i]
		st := map[string]style{"error": red, "warning": yellow, "note": blue}[m.Severity]
		text := m.Message
		if m.Advice != "" {
			text += "; " + m.Advice
		}
		t.para("", "    ", run{place(m.Span), cyan}, run{"  " + m.Severity, st}, run{" " + m.Code, dim}, run{"  " + text, plain})
	}
	t.foot(&a.AccessHead)
	return t.flush(w)
}

// WriteAccessNeeded writes what is granted beyond what is needed.
func WriteAccessNeeded(w io.Writer, a *AccessNeeded, o Options) error {
	t := newAccessPage(o)
	more := false
	for i := range a.Identities {
		x := &a.Identities[i]
		more = more || x.Answer != AccessNo
		switch x.Answer {
		case AccessNo:
			t.para("", "  ", run{x.Principal + " is granted nothing beyond what it needs", green}, run{".", plain})
		case AccessYes:
			t.para("", "  ", run{x.Principal, bold}, run{" is granted more than it needs", alarm}, run{":", plain})
		default:
			t.para("", "  ", run{x.Principal + " is perhaps granted more than it needs", yellow}, run{":", plain})
		}
		if o.Quiet {
			continue
		}
		excess := atFirst(t, x.Excess, "grant", "grants")
		for j := range excess {
			g := &excess[j]
			note := certainty(g)
			if g.Every == AccessNo {
				note = strings.Replace(note, "some of it", "more of it than is needed", 1)
			}
			t.para("  ", "    ", run{listed(g.Actions, maxWords, o.All), answerStyle(g.Answer)}, run{" on " + listed(g.Resources, 6, o.All) + note, plain})
			for _, c := range head(t, g.Conditions) {
				t.para("    if ", "       ", run{c, yellow})
			}
			t.rest("       ", len(g.Conditions), "condition", "conditions")
			t.places(g.Statements)
		}
		if len(x.Excess) == 0 && x.Witness != nil {
			t.para("  ", "    ", run{"such as " + requestText(x.Witness), dim})
		}
		for _, miss := range atFirst(t, x.Missing, "need that is not granted", "needs that are not granted") {
			t.para("  ", "    ", run{"needed and not granted: " + miss, yellow})
		}
	}
	if more && !o.Quiet {
		t.needs(a.Identities[0].Policy)
	}
	t.foot(&a.AccessHead)
	return t.flush(w)
}

// needs prints the policy of what is needed, which is the same for all.
func (t accessPage) needs(policy any) {
	text, err := json.MarshalIndent(policy, "  ", "  ")
	if err != nil {
		return
	}
	if lines := strings.Count(string(text), "\n") + 1; lines > maxParts && !t.o.All {
		t.para("", "  ", run{"What is needed is a policy of " + strconv.Itoa(lines) + " lines; --all prints it.", plain})
		return
	}
	t.para("", "  ", run{"What is needed is:", plain})
	for line := range strings.Lines("  " + string(text)) {
		t.WriteString(clean(strings.TrimRight(line, "\n")) + "\n")
	}
}

// places prints where statements stand, without what they say.
func (t accessPage) places(list []AccessStatement) {
	defer t.rest("    ", len(list), "statement", "statements")
	for _, s := range head(t, list) {
		at := place(s.Span)
		if s.Attached != nil {
			at = place(*s.Attached) + " attaches " + clean(s.Policy) + ", of which"
		}
		t.para("    ", "      ", run{at, cyan}, run{"  " + s.Name + " (" + s.Kind + ")", plain})
		if len(s.Open) > 0 {
			t.para("      ", "        ", run{"not resolved: " + strings.Join(s.Open, ", "), yellow})
		}
	}
}
