package value

import "strings"

// Glob tells whether t, as a pattern in which * stands for any text and ? for
// one character, matches the subject. A wildcard covers any hole; equal holes
// are equal; where a hole could make the difference the answer is Unknown.
// Holes are taken to hold no wildcards.
func (t Text) Glob(subject Text) Tri { return t.match(subject, true) }

// match compares pattern and subject symbol by symbol.
func (t Text) match(subject Text, wild bool) Tri {
	p, pok := t.Known()
	s, sok := subject.Known()
	if pok && sok {
		if !wild {
			return Of(p == s)
		}
		return Of(globString(p, s))
	}
	if wild && pok && p == "*" {
		return Yes
	}
	return matchSymbols(symbols(t, wild), symbols(subject, false))
}

func matchSymbols(p, s []symbol) Tri {
	if globSymbols(p, s) {
		return Yes
	}
	p, s = trim(p, s)
	if overlap(p, s) {
		return Unknown
	}
	return No
}

// globString matches a pattern without holes: its ends directly, and each
// piece between stars at the first place where it fits, which is as good as
// any later one.
func globString(p, s string) bool {
	i := 0
	for ; i < len(p) && p[i] != '*'; i++ {
		if i == len(s) || p[i] != s[i] && p[i] != '?' {
			return false
		}
	}
	if i == len(p) {
		return i == len(s)
	}
	p, s = p[i:], s[i:]
	for p[len(p)-1] != '*' {
		n, m := len(p)-1, len(s)-1
		if m < 0 || p[n] != s[m] && p[n] != '?' {
			return false
		}
		p, s = p[:n], s[:m]
	}
	for {
		for len(p) > 0 && p[0] == '*' {
			p = p[1:]
		}
		if p == "" {
			return true
		}
		n := strings.IndexByte(p, '*')
		at := indexPiece(s, p[:n])
		if at < 0 {
			return false
		}
		p, s = p[n:], s[at+n:]
	}
}

// indexPiece finds a piece without stars.
func indexPiece(s, piece string) int {
	if strings.IndexByte(piece, '?') < 0 {
		return strings.Index(s, piece)
	}
next:
	for at := 0; at+len(piece) <= len(s); at++ {
		for i := range len(piece) {
			if piece[i] != '?' && piece[i] != s[at+i] {
				continue next
			}
		}
		return at
	}
	return -1
}

// A Pattern is a glob that is compiled once to be matched many times. Beyond
// Text.Glob it can hold stretches in which * and ? are plain characters. The
// zero value matches the empty string.
type Pattern struct {
	text  string // where known
	kind  patternKind
	syms  []symbol
	exact bool // no wildcard: compare, do not match
}

type patternKind uint8

const (
	patternGlob    patternKind = iota // of known text
	patternAll                        // *
	patternPrefix                     // text and one star after it; text lacks the star
	patternSymbols                    // with holes or plain wildcards
)

// NewPattern compiles t, in which * and ? are wildcards.
func NewPattern(t Text) Pattern {
	s, ok := t.Known()
	if !ok {
		return Pattern{kind: patternSymbols, syms: symbols(t, true)}
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
	if s, ok := t.Known(); ok {
		return Pattern{text: s, exact: true}
	}
	return Pattern{kind: patternSymbols, syms: symbols(t, false), exact: true}
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

func (p Pattern) symbols() []symbol {
	switch p.kind {
	case patternAll:
		return []symbol{{kind: symStar}}
	case patternPrefix:
		return append(symbols(Lit(p.text), false), symbol{kind: symStar})
	case patternSymbols:
		return p.syms
	}
	return symbols(Lit(p.text), !p.exact)
}

// MatchString matches a known string; Unknown only where the pattern has holes.
func (p Pattern) MatchString(s string) Tri {
	switch p.kind {
	case patternAll:
		return Yes
	case patternPrefix:
		return Of(strings.HasPrefix(s, p.text))
	case patternSymbols:
		return matchSymbols(p.syms, symbols(Lit(s), false))
	}
	if p.exact {
		return Of(p.text == s)
	}
	return Of(globString(p.text, s))
}

// Match matches a text that may have holes.
func (p Pattern) Match(subject Text) Tri {
	if s, ok := subject.Known(); ok {
		return p.MatchString(s)
	}
	if p.kind == patternAll {
		return Yes
	}
	if p.kind != patternSymbols && !p.begins(subject) {
		return No
	}
	return matchSymbols(p.symbols(), symbols(subject, false))
}

// begins compares the known beginnings, which tells most texts apart without
// looking at holes.
func (p Pattern) begins(subject Text) bool {
	head := p.text
	if !p.exact && p.kind == patternGlob {
		head = head[:strings.IndexAny(head, "*?")]
	}
	lit := subject.parts[0].Lit
	n := min(len(head), len(lit))
	return head[:n] == lit[:n]
}

// A symbol is a byte, a wildcard, or a hole. Holes of which more is known than
// their name are a run of symbols, each with its place in the run.
type symbol struct {
	b    byte // the byte; the place within a hole's run
	kind symbolKind
	in   class // of symOne and symMany
	hole string
}

type symbolKind uint8

const (
	symByte  symbolKind = iota
	symAny              // ?
	symOne              // one character of a hole
	symFresh            // a hole equal to nothing but itself
	symStar             // *; this and what follows may stand for any length
	symOpen             // a hole that may stand for any text
	symMany             // the rest of a hole: any text of its class
)

// many reports whether the symbol may stand for no character, or for several.
func (x symbol) many() bool { return x.kind >= symStar }

// class is a set of characters.
type class uint8

const (
	digits  class = iota // 0-9
	lower                // a-z and -
	region               // a-z, 0-9 and -
	letters              // a-z, A-Z, 0-9 and -
)

func (c class) has(b byte) bool {
	switch {
	case b >= '0' && b <= '9':
		return c != lower
	case b == '-', b >= 'a' && b <= 'z':
		return c != digits
	case b >= 'A' && b <= 'Z':
		return c == letters
	}
	return false
}

// meets reports whether two classes share a character.
func (c class) meets(o class) bool {
	return !(c == digits && o == lower || c == lower && o == digits)
}

func symbols(t Text, wild bool) []symbol {
	n := 0
	for _, p := range t.parts {
		n += max(len(p.Lit), 1)
	}
	out := make([]symbol, 0, n)
	for _, p := range t.parts {
		if p.Hole != "" {
			out = holeSymbols(out, p)
			continue
		}
		for i := range len(p.Lit) {
			k := symByte
			switch {
			case wild && p.Lit[i] == '*':
				k = symStar
			case wild && p.Lit[i] == '?':
				k = symAny
			}
			out = append(out, symbol{b: p.Lit[i], kind: k})
		}
	}
	return out
}

// holeSymbols spells a hole. What AWS says about its pseudo parameters keeps
// an unknown account from being taken for "aws", or an unknown region for
// several parts of an ARN.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func holeSymbols(out []symbol, p Part) []symbol {
	one := func(n int, in class) {
		for i := range n {
			out = append(out, symbol{b: byte(i), kind: symOne, in: in, hole: p.Hole})
		}
	}
	many := func(in class) { out = append(out, symbol{kind: symMany, in: in, hole: p.Hole}) }
	switch {
	case p.Fresh:
		out = append(out, symbol{kind: symFresh, hole: p.Hole})
	case p.Hole == "AWS::AccountId":
		one(12, digits)
	case p.Hole == "AWS::Region":
		one(1, lower)
		many(region)
	case p.Hole == "AWS::Partition":
		out = append(out, symbol{b: 'a'}, symbol{b: 'w'}, symbol{b: 's'})
		many(lower)
	case p.Hole == "AWS::StackName":
		one(1, letters)
		many(letters)
	default:
		out = append(out, symbol{kind: symOpen, hole: p.Hole})
	}
	return out
}

// same tells whether the pattern's symbol covers the subject's for certain.
func same(p, s symbol) bool {
	if p.kind == symAny {
		return s.kind == symByte || s.kind == symOne
	}
	return p == s
}

// globSymbols matches with holes that match only themselves.
func globSymbols(p, s []symbol) bool {
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case pi < len(p) && p[pi].kind == symStar:
			star, mark = pi, si
			pi++
		case pi < len(p) && same(p[pi], s[si]):
			pi++
			si++
		case star >= 0:
			mark++
			pi, si = star+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi].kind == symStar {
		pi++
	}
	return pi == len(p)
}

// trim drops the equal beginnings and ends of both, which decides most
// questions about texts with the same holes.
func trim(p, s []symbol) ([]symbol, []symbol) {
	for len(p) > 0 && len(s) > 0 && p[0].kind != symStar && p[0] == s[0] {
		p, s = p[1:], s[1:]
	}
	for len(p) > 0 && len(s) > 0 && p[len(p)-1].kind != symStar && p[len(p)-1] == s[len(s)-1] {
		p, s = p[:len(p)-1], s[:len(s)-1]
	}
	return p, s
}

// overlap tells whether some filling of the holes makes p match s: a walk over
// pairs of positions, in the product of the lengths. Each occurrence of a hole
// is filled for itself, so a yes may be too generous, never a no.
func overlap(p, s []symbol) bool {
	row := make([]bool, len(s)+1)
	next := make([]bool, len(s)+1)
	// row[j]: p[i:] can match s[j:]; filled from the end.
	for j := len(s); j >= 0; j-- {
		row[j] = j == len(s) || s[j].many() && row[j+1]
	}
	for i := len(p) - 1; i >= 0; i-- {
		x := p[i]
		for j := len(s); j >= 0; j-- {
			switch {
			case j == len(s):
				next[j] = x.many() && row[j]
			case x.many() && s[j].many():
				next[j] = row[j] || next[j+1]
			case x.many():
				next[j] = row[j] || next[j+1] && admits(x, s[j])
			case s[j].many():
				next[j] = next[j+1] || row[j] && admits(s[j], x)
			case x.kind == symAny && s[j].kind == symFresh:
				next[j] = row[j+1] || row[j] // an identifier has one character or more
			default:
				next[j] = row[j+1] && agree(x, s[j])
			}
		}
		row, next = next, row
	}
	return row[0]
}

// admits tells whether a symbol of any length may cover the single one.
func admits(x, one symbol) bool {
	if x.kind != symMany {
		return true
	}
	switch one.kind {
	case symByte:
		return x.in.has(one.b)
	case symOne:
		return x.in.meets(one.in)
	}
	return one.kind == symAny
}

// agree tells whether two single symbols may stand for the same character.
func agree(p, s symbol) bool {
	if p.kind == symAny || p == s {
		return true
	}
	switch {
	case p.kind == symOne && s.kind == symByte:
		return p.in.has(s.b)
	case p.kind == symByte && s.kind == symOne:
		return s.in.has(p.b)
	case p.kind == symOne && s.kind == symOne:
		return p.in.meets(s.in)
	}
	return false
}
