package value

import "strings"

// Glob tells whether t, as a pattern in which * stands for any text and ? for
// one character, matches the subject. A wildcard covers any hole; equal holes
// are equal; where a hole could make the difference the answer is Unknown.
// Holes are taken to hold no wildcards.
func (t Text) Glob(subject Text) Tri { return t.match(subject, true) }

// match compares pattern and subject symbol by symbol.
func (t Text) match(subject Text, wild bool) Tri {
	p, pok := t.known()
	s, sok := subject.known()
	if pok && sok {
		if !wild {
			return Of(p == s)
		}
		return Of(MatchGlob(p, s))
	}
	return matchParts(t.parts, subject.parts, wild)
}

// matchParts decides most questions without a copy: by the ends, then by
// matching with holes that match only themselves; what is left may be equal
// for some filling of the holes.
func matchParts(p, s []Part, wild bool) Tri {
	if t, done := ends(p, s, wild); done {
		return t
	}
	if globCursor(cursor{parts: p, wild: wild}, cursor{parts: s}) {
		return Yes
	}
	return possible(symbols(Text{p}, wild), symbols(Text{s}, false))
}

func matchSymbols(p, s []symbol) Tri {
	if globSymbols(p, s) {
		return Yes
	}
	return possible(p, s)
}

// possible answers where the pattern does not match for certain.
func possible(p, s []symbol) Tri {
	p, s = trim(p, s)
	if overlap(p, s) {
		return Unknown
	}
	return No
}

// MatchGlob matches a pattern without holes, of * for any text and ? for any
// byte: its ends directly, and each piece between stars at the first place where
// it fits, which is as good as any later one.
func MatchGlob(p, s string) bool {
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
			for k := 0; ; k++ {
				x, ok := holeSymbol(&p, k)
				if !ok {
					break
				}
				out = append(out, x)
			}
			continue
		}
		for i := range len(p.Lit) {
			out = append(out, byteSymbol(p.Lit[i], wild))
		}
	}
	return out
}

func byteSymbol(b byte, wild bool) symbol {
	switch {
	case wild && b == '*':
		return symbol{b: b, kind: symStar}
	case wild && b == '?':
		return symbol{b: b, kind: symAny}
	}
	return symbol{b: b}
}

// holeSymbol spells a hole, one symbol at a time; false after the last. What
// AWS says about its pseudo parameters keeps an unknown account from being
// taken for "aws", or an unknown region for several parts of an ARN.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func holeSymbol(p *Part, k int) (symbol, bool) {
	one := func(in class) (symbol, bool) { return symbol{b: byte(k), kind: symOne, in: in, hole: p.Hole}, true }
	many := func(at int, in class) (symbol, bool) { return symbol{kind: symMany, in: in, hole: p.Hole}, k == at }
	switch {
	case p.Fresh:
		return symbol{kind: symFresh, hole: p.Hole}, k == 0
	case p.Hole == "AWS::AccountId":
		s, _ := one(digits)
		return s, k < 12
	case p.Hole == "AWS::Region":
		if k == 0 {
			return one(lower)
		}
		return many(1, region)
	case p.Hole == "AWS::Partition":
		if k < 3 {
			return symbol{b: "aws"[k]}, true
		}
		return many(3, lower)
	case strings.HasPrefix(p.Hole, stackName):
		if k == 0 {
			return one(letters)
		}
		return many(1, letters)
	}
	return symbol{kind: symOpen, hole: p.Hole}, k == 0
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
