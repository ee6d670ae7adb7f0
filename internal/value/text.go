package value

import "strings"

// A Text is a string that may have holes where the sources do not tell what
// stands there: `arn:aws:s3:::${AWS::AccountId}-orders/*`. Texts are
// immutable; the zero value is the empty string.
type Text struct {
	parts []Part
}

// A Part is a piece of a Text: literal text, or a hole with a name.
type Part struct {
	// Lit is the literal text; empty for a hole.
	Lit string
	// Hole names what is missing. Equal names stand for equal text; different
	// names may stand for equal text.
	Hole string
	// Fresh marks a hole that AWS fills with an identifier of its own making
	// (the random tail of a generated name, an API id): it is equal to itself
	// and to nothing that anybody wrote.
	Fresh bool
}

// Lit makes a Text without holes.
func Lit(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{parts: []Part{{Lit: s}}}
}

// Hole makes a Text of one hole.
func Hole(name string) Text { return Text{parts: []Part{{Hole: name}}} }

// Fresh makes a Text of one hole that AWS fills with a new identifier.
func Fresh(name string) Text { return Text{parts: []Part{{Hole: name, Fresh: true}}} }

// Concat joins texts; neighbouring literals become one part.
func Concat(texts ...Text) Text {
	if len(texts) == 1 {
		return texts[0]
	}
	var out []Part
	var run strings.Builder // literals that follow each other
	runs := 0
	flush := func() {
		if runs > 1 {
			out[len(out)-1].Lit = run.String()
		}
		run.Reset()
		runs = 0
	}
	for _, t := range texts {
		for _, p := range t.parts {
			switch {
			case p.Hole != "":
				flush()
				out = append(out, p)
			case p.Lit == "":
			case runs == 0:
				out = append(out, p)
				runs = 1
			default:
				if runs == 1 {
					run.WriteString(out[len(out)-1].Lit)
				}
				run.WriteString(p.Lit)
				runs++
			}
		}
	}
	flush()
	return Text{parts: out}
}

// stackName is what the holes of the names of stacks start with.
const stackName = "AWS::StackName"

// StackName makes the name of an application's stack, where no configuration
// tells it. It is shown as ${AWS::StackName}, and is known to be equal only to
// itself: two applications are two stacks.
func StackName(app string) Text { return Hole(stackName + " of " + app) }

// String shows the part as templates write it: text, or ${name}.
func (p Part) String() string {
	switch {
	case p.Hole == "":
		return p.Lit
	case strings.HasPrefix(p.Hole, stackName+" of "):
		return "${" + stackName + "}"
	}
	return "${" + p.Hole + "}"
}

// Parts returns the pieces in order. The caller must not change them.
func (t Text) Parts() []Part { return t.parts }

// Known returns the whole string, and whether there is no hole in it.
func (t Text) Known() (string, bool) {
	switch len(t.parts) {
	case 0:
		return "", true
	case 1:
		return t.parts[0].Lit, t.parts[0].Hole == ""
	}
	return t.String(), false
}

// IsKnown reports whether there is no hole.
func (t Text) IsKnown() bool { _, ok := t.known(); return ok }

// known is Known without the work of showing the holes.
func (t Text) known() (string, bool) {
	switch {
	case len(t.parts) == 0:
		return "", true
	case len(t.parts) == 1 && t.parts[0].Hole == "":
		return t.parts[0].Lit, true
	}
	return "", false
}

// IsEmpty reports whether t is the empty string.
func (t Text) IsEmpty() bool { return len(t.parts) == 0 }

// String shows the text with its holes as ${name}.
func (t Text) String() string {
	if len(t.parts) == 1 && t.parts[0].Hole == "" {
		return t.parts[0].Lit
	}
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.String())
	}
	return b.String()
}

// Equal compares two texts: equal parts are equal; texts whose known parts
// cannot be made to agree are not; the rest is unknown.
func (t Text) Equal(o Text) Tri { return t.match(o, false) }

// EqualFold is Equal without regard to ASCII case.
func (t Text) EqualFold(o Text) Tri {
	return t.Map(strings.ToLower).match(o.Map(strings.ToLower), false)
}

// Map applies f to the literal parts.
func (t Text) Map(f func(string) string) Text {
	out := Text{parts: make([]Part, len(t.parts))}
	for i, p := range t.parts {
		if p.Hole == "" {
			p.Lit = f(p.Lit)
		}
		out.parts[i] = p
	}
	return out
}

// Expand puts the texts that f makes of it in the place of each literal part.
func (t Text) Expand(f func(lit string) []Text) Text {
	var out []Text
	for _, p := range t.parts {
		if p.Hole != "" {
			out = append(out, Text{parts: []Part{p}})
			continue
		}
		out = append(out, f(p.Lit)...)
	}
	return Concat(out...)
}

// HasPrefix tells whether the text starts with prefix; Unknown where a hole
// could matter.
func (t Text) HasPrefix(prefix string) Tri {
	return matchSymbols(append(symbols(Lit(prefix), false), symbol{kind: symStar}), symbols(t, false))
}

// HasSuffix tells whether the text ends with suffix.
func (t Text) HasSuffix(suffix string) Tri {
	return matchSymbols(append([]symbol{{kind: symStar}}, symbols(Lit(suffix), false)...), symbols(t, false))
}

// Split cuts the text at every separator that stands in a literal part, into
// at most n pieces (all for n < 0). A separator inside a hole is not seen:
// callers split ARNs, whose holes hold no colon.
func (t Text) Split(sep byte, n int) []Text {
	var out []Text
	var cur []Text
	for _, p := range t.parts {
		if p.Hole != "" {
			cur = append(cur, Text{parts: []Part{p}})
			continue
		}
		rest := p.Lit
		for n < 0 || len(out) < n-1 {
			i := strings.IndexByte(rest, sep)
			if i < 0 {
				break
			}
			out = append(out, Concat(append(cur, Lit(rest[:i]))...))
			cur, rest = nil, rest[i+1:]
		}
		cur = append(cur, Lit(rest))
	}
	return append(out, Concat(cur...))
}
