package report

import (
	"io"
	"strconv"
	"strings"
)

// An access page is the text of an answer of remit iam.
type accessPage struct {
	*page
	o Options
}

func newAccessPage(o Options) accessPage {
	p := newPage(o)
	p.whole = true
	return accessPage{p, o}
}

// Bounds on what a terminal is told unless everything is asked for.
const (
	maxParts = 500 // grants, changes, ways in
	maxWords = 40  // actions of one grant
	maxLines = 20  // statements or conditions of one
	maxWord  = 240 // bytes of a name
)

// para wraps runs as a page does; names that no line could hold are cut.
func (t accessPage) para(first, rest string, runs ...run) {
	for i := range runs {
		if len(runs[i].text) > maxWord && !t.o.All {
			words := strings.Split(runs[i].text, " ")
			for j, w := range words {
				words[j] = cut(w)
			}
			runs[i].text = strings.Join(words, " ")
		}
	}
	t.page.para(first, rest, runs...)
}

// cut keeps the ends of a long word.
func cut(word string) string {
	if len(word) <= maxWord {
		return word
	}
	const head, tail = 160, 40
	return strings.ToValidUTF8(word[:head], "") + "…[" + count(len(word)-head-tail, "byte", "bytes") + "]…" + strings.ToValidUTF8(word[len(word)-tail:], "")
}

// atFirst is a list, or its beginning where it is long, and says so.
func atFirst[T any](t accessPage, list []T, one, many string) []T {
	if len(list) > maxParts && !t.o.All {
		t.para("  ", "    ", run{"The first " + strconv.Itoa(maxParts) + " of " + count(len(list), one, many) + "; --all lists the others", dim})
		return list[:maxParts]
	}
	return list
}

// head is the beginning of a list of statements or conditions, rest says how
// many more there are.
func head[T any](t accessPage, list []T) []T {
	if !t.o.All && len(list) > maxLines {
		return list[:maxLines]
	}
	return list
}

func (t accessPage) rest(indent string, n int, one, many string) {
	if !t.o.All && n > maxLines {
		t.para(indent, indent, run{count(n-maxLines, "more "+one, "more "+many) + "; --all lists them", dim})
	}
}

// foot prints what the answer rests on.
func (t accessPage) foot(h *AccessHead) {
	if len(h.Notes)+len(h.Problems) == 0 {
		return
	}
	t.blank()
	for _, n := range h.Notes {
		t.para("note  ", "      ", run{n, dim})
	}
	const few = 5
	for i, p := range h.Problems {
		if i == few && !t.o.All {
			t.para("", "  ", run{count(len(h.Problems)-few, "more problem", "more problems") + "; --all lists them", dim})
			break
		}
		t.para(place(p.Span)+"  ", "  ", run{p.Message, yellow})
	}
}

func answerStyle(answer string) style {
	switch answer {
	case AccessYes:
		return bold
	case AccessNo:
		return green
	}
	return yellow
}

// statements prints statements with their places.
func (t accessPage) statements(list []AccessStatement) {
	defer t.rest("    ", len(list), "statement", "statements")
	for _, s := range head(t, list) {
		effect := "allows "
		if s.Effect == "Deny" {
			effect = "denies "
		}
		if s.Holds == AccessUnknown {
			effect = "perhaps " + effect
		}
		at := place(s.Span)
		if s.Attached != nil {
			at = place(*s.Attached) + " attaches " + clean(s.Policy) + ", of which"
		}
		t.para("    ", "      ", run{at, cyan}, run{"  " + s.Name + " (" + s.Kind + ") ", plain}, run{effect, bold}, run{s.Says, plain})
		for _, c := range head(t, s.Conditions) {
			t.para("        if ", "           ", run{c, dim})
		}
		if len(s.Open) > 0 {
			t.para("        ", "          ", run{"not resolved: " + strings.Join(s.Open, ", "), yellow})
		}
	}
}

// WriteAccessCan writes whether one request is allowed.
func WriteAccessCan(w io.Writer, a *AccessCan, o Options) error {
	t := newAccessPage(o)
	word := map[string]string{AccessYes: "Yes", AccessNo: "No", AccessUnknown: "Perhaps"}[a.Answer]
	t.para("", "  ", run{word + ".", answerStyle(a.Answer)}, run{" " + a.Request.Principal + " " + map[string]string{AccessYes: "may ", AccessNo: "may not ", AccessUnknown: "may perhaps "}[a.Answer] +
		a.Request.Action + " on " + a.Request.Resource + " (" + a.Decision + ").", plain})
	if o.Quiet {
		return t.flush(w)
	}
	if len(a.Blocked) > 0 {
		t.para("  ", "    ", run{"It is stopped by: " + strings.Join(a.Blocked, ", ") + ".", plain})
	}
	if a.Answer == AccessNo && len(a.Blocked) == 0 && len(a.Statements) == 0 {
		t.para("  ", "    ", run{"No policy that was read allows it.", plain})
	}
	if len(a.Hinges) > 0 {
		t.para("  ", "    ", run{"It hinges on " + listed(a.Hinges, maxWords, o.All) + "; give values with --context KEY=VALUE.", yellow})
	}
	if len(a.Open) > 0 {
		t.para("  ", "    ", run{"It is not known: " + strings.Join(a.Open, ", ") + ".", yellow})
	}
	t.statements(a.Statements)
	t.foot(&a.AccessHead)
	return t.flush(w)
}

// grants prints what callers may do.
func (t accessPage) grants(list []AccessGrant, who bool) {
	for _, g := range atFirst(t, list, "grant", "grants") {
		if who {
			t.para("  ", "    ", run{g.Principal, answerStyle(g.Answer)}, run{"  " + g.Kind + certainty(&g), dim})
		} else {
			t.para("  ", "    ", run{listed(g.Actions, maxWords, t.o.All), answerStyle(g.Answer)}, run{" on " + listed(g.Resources, 6, t.o.All) + certainty(&g), plain})
		}
		if t.o.Quiet {
			continue
		}
		if who && (len(g.Actions) > 1 || g.Every == AccessNo) {
			t.para("    ", "      ", run{"may " + listed(g.Actions, 8, t.o.All), plain})
		}
		for _, c := range head(t, g.Conditions) {
			t.para("    if ", "       ", run{c, yellow})
		}
		t.rest("       ", len(g.Conditions), "condition", "conditions")
		if len(g.Why) > 0 {
			t.para("    ", "      ", run{"not known: " + strings.Join(g.Why, "; "), yellow})
		}
		if len(g.Chosen) > 0 {
			t.para("    ", "      ", run{"and sets " + listed(g.Chosen, maxWords, t.o.All) + ", as it can", dim})
		}
		if who {
			t.statements(g.Statements)
		} else {
			t.places(g.Statements)
		}
		if g.Witness != nil && g.Every == AccessNo {
			t.para("    ", "      ", run{"such as " + requestText(g.Witness), dim})
		}
	}
}

func certainty(g *AccessGrant) string {
	var words []string
	switch g.Answer {
	case AccessConditional:
		words = append(words, "if conditions hold")
	case AccessUnknown:
		words = append(words, "perhaps")
	}
	if g.Every == AccessNo {
		words = append(words, "some of it")
	}
	if g.Certainty == "approximate" && g.Answer != AccessUnknown {
		words = append(words, "approximate")
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// listed joins words and counts those beyond the first few.
func listed(list []string, few int, all bool) string {
	if all || len(list) <= few {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:few], ", ") + " and " + count(len(list)-few, "more", "more")
}

// requestText is a request in words.
func requestText(r *AccessRequest) string {
	out := r.Principal + " does " + r.Action + " on " + r.Resource
	for i, k := range r.Context {
		out += map[bool]string{true: " with ", false: " and "}[i == 0] + k.Key
		if len(k.Values) > 0 {
			out += " = " + strings.Join(k.Values, " or ")
		}
	}
	return out
}

// WriteAccessWho writes who may do something.
func WriteAccessWho(w io.Writer, a *AccessWho, o Options) error {
	t := newAccessPage(o)
	if len(a.Grants) == 0 {
		t.para("", "  ", run{"Nobody", green}, run{" of " + count(a.Asked, "caller", "callers") + " that was asked about may " + a.Action + " on " + a.Resource + ".", plain})
	} else {
		t.para("", "  ", run{count(len(a.Grants), "caller", "callers"), bold}, run{" of " + strconv.Itoa(a.Asked) + " may " + a.Action + " on " + a.Resource + ":", plain})
		t.grants(a.Grants, true)
	}
	if !o.Quiet {
		t.foot(&a.AccessHead)
	}
	return t.flush(w)
}

// WriteAccessWhat writes what a caller may do.
func WriteAccessWhat(w io.Writer, a *AccessWhat, o Options) error {
	t := newAccessPage(o)
	if len(a.Grants) == 0 {
		t.para("", "  ", run{a.Principal + " may do nothing", green}, run{" by the policies that were read.", plain})
	} else {
		t.para("", "  ", run{a.Principal, bold}, run{" may:", plain})
		t.grants(a.Grants, false)
	}
	if !o.Quiet {
		t.foot(&a.AccessHead)
	}
	return t.flush(w)
}
