package value

import "strings"

// A Pattern is a glob that is compiled once to be matched many times. Beyond
// Text.Glob it can hold stretches in which * and ? are plain characters. The
// zero value matches the empty string.
type Pattern struct {
	text  string // where known
	holes []Part // where not
	syms  []symbol
	kind  patternKind
	exact bool // no wildcard: compare, do not match
}

type patternKind uint8

const (
	patternGlob    patternKind = iota // of known text
	patternAll                        // *
	patternPrefix                     // text and one star after it; text lacks the star
	patternHoles                      // text with holes
	patternSymbols                    // joined of others
)

// NewPattern compiles t, in which * and ? are wildcards.
func NewPattern(t Text) Pattern {
	s, ok := t.known()
	if !ok {
		return Pattern{kind: patternHoles, holes: t.parts}
	}
	i := strings.IndexAny(s, "*?")
	switch {
	case i < 0:
		return Pattern{text: s, exact: true}
	case s == "*":
		return Pattern{kind: patternAll}
	case i == len(s)-1 && s[i] == '*':
		return Pattern{text: s[:i], kind: patternPrefix}
	}
	return Pattern{text: s}
}

// Plain compiles t, in which * and ? are plain characters.
func Plain(t Text) Pattern {
	if s, ok := t.known(); ok {
		return Pattern{text: s, exact: true}
	}
	return Pattern{kind: patternHoles, holes: t.parts, exact: true}
}

// Join concatenates patterns.
func Join(patterns ...Pattern) Pattern {
	out := Pattern{kind: patternSymbols, exact: true}
	for _, p := range patterns {
		out.syms = append(out.syms, p.symbols()...)
		out.exact = out.exact && p.exact
	}
	return out
}

func (p *Pattern) symbols() []symbol {
	switch p.kind {
	case patternAll:
		return []symbol{{kind: symStar}}
	case patternPrefix:
		return append(symbols(Lit(p.text), false), symbol{kind: symStar})
	case patternHoles:
		return symbols(Text{p.holes}, !p.exact)
	case patternSymbols:
		return p.syms
	}
	return symbols(Lit(p.text), !p.exact)
}

// MatchString matches a known string; Unknown only where the pattern has holes.
func (p *Pattern) MatchString(s string) Tri {
	switch p.kind {
	case patternAll:
		return Yes
	case patternPrefix:
		return Of(strings.HasPrefix(s, p.text))
	case patternHoles:
		subject := [1]Part{{Lit: s}}
		return matchParts(p.holes, subject[:], !p.exact)
	case patternSymbols:
		return matchSymbols(p.syms, symbols(Lit(s), false))
	}
	if p.exact {
		return Of(p.text == s)
	}
	return Of(MatchGlob(p.text, s))
}

// Match matches a text that may have holes.
func (p *Pattern) Match(subject Text) Tri {
	if s, ok := subject.known(); ok {
		return p.MatchString(s)
	}
	switch p.kind {
	case patternAll:
		return Yes
	case patternPrefix:
		parts := [2]Part{{Lit: p.text}, {Lit: "*"}}
		return matchParts(parts[:], subject.parts, true)
	case patternHoles:
		return matchParts(p.holes, subject.parts, !p.exact)
	case patternGlob:
		parts := [1]Part{{Lit: p.text}}
		return matchParts(parts[:], subject.parts, !p.exact)
	}
	return matchSymbols(p.symbols(), symbols(subject, false))
}

// ends compares from the front and from the back as far as both sides are
// text or the same hole. It decides where they differ there, where they are
// equal throughout, and where the pattern is all but a last star.
func ends(p, s []Part, wild bool) (Tri, bool) {
	a, b := cursor{parts: p, wild: wild}, cursor{parts: s}
	for {
		x, more := a.part()
		y, left := b.part()
		switch {
		case !more && !left:
			return Yes, true
		case !more || !left:
			// Only stars and holes may still match nothing.
			if more && wild && x.Hole == "" && x.Lit[a.off:] == "*" && a.i == len(p)-1 {
				return Yes, true
			}
			return back(p, s, wild)
		case x.Hole != "" && a.off == 0 && b.off == 0 && *x == *y:
			a.i, b.i = a.i+1, b.i+1
			continue
		case x.Hole != "" || y.Hole != "":
			if wild && x.Hole == "" && x.Lit[a.off:] == "*" && a.i == len(p)-1 {
				return Yes, true
			}
			return back(p, s, wild)
		}
		l, r := x.Lit[a.off:], y.Lit[b.off:]
		n := min(len(l), len(r))
		for k := range n {
			if wild && (l[k] == '*' || l[k] == '?') {
				if l[k:] == "*" && a.i == len(p)-1 {
					return Yes, true
				}
				return back(p, s, wild)
			}
			if l[k] != r[k] {
				return No, true
			}
		}
		a.off, b.off = a.off+n, b.off+n
	}
}

// back compares the last parts from their ends.
func back(p, s []Part, wild bool) (Tri, bool) {
	if len(p) == 0 || len(s) == 0 {
		return Unknown, false
	}
	l, r := p[len(p)-1].Lit, s[len(s)-1].Lit
	for k := 1; k <= min(len(l), len(r)); k++ {
		x := l[len(l)-k]
		if wild && (x == '*' || x == '?') {
			break
		}
		if x != r[len(r)-k] {
			return No, true
		}
	}
	return Unknown, false
}

// A cursor walks over the symbols of a text without copying them.
type cursor struct {
	parts []Part
	i     int // the part
	off   int // the byte, or the place in the hole's run
	wild  bool
}

// part returns the part under the cursor, stepping over parts that are used up.
func (c *cursor) part() (*Part, bool) {
	for c.i < len(c.parts) {
		p := &c.parts[c.i]
		if p.Hole != "" || c.off < len(p.Lit) {
			return p, true
		}
		c.i, c.off = c.i+1, 0
	}
	return nil, false
}

// at returns the symbol under the cursor; false at the end.
func (c *cursor) at() (symbol, bool) {
	for {
		p, ok := c.part()
		if !ok {
			return symbol{}, false
		}
		if p.Hole == "" {
			return byteSymbol(p.Lit[c.off], c.wild), true
		}
		if x, ok := holeSymbol(p, c.off); ok {
			return x, true
		}
		c.i, c.off = c.i+1, 0
	}
}

// globCursor is globSymbols over cursors.
func globCursor(p, s cursor) bool {
	var star, mark cursor
	starred := false
	for {
		y, left := s.at()
		if !left {
			break
		}
		x, more := p.at()
		switch {
		case more && x.kind == symStar:
			p.off++
			star, mark, starred = p, s, true
		case more && same(x, y):
			p.off++
			s.off++
		case starred:
			mark.at() // step over used-up parts
			mark.off++
			p, s = star, mark
		default:
			return false
		}
	}
	for {
		x, more := p.at()
		if !more {
			return true
		}
		if x.kind != symStar {
			return false
		}
		p.off++
	}
}
