package value

import "strings"

// Glob tells whether t, as a pattern in which * stands for any text and ? for
// one character, matches the subject. A wildcard covers any hole; equal holes
// are equal; where a hole could make the difference the answer is Unknown.
func (t Text) Glob(subject Text) Tri { return t.match(subject, true) }

// match compares pattern and subject symbol by symbol.
func (t Text) match(subject Text, wild bool) Tri {
	if p, ok := t.Known(); ok {
		if s, ok := subject.Known(); ok {
			if !wild {
				return Of(p == s)
			}
			return Of(globString(p, s))
		}
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

// globString matches a pattern without holes in linear time for patterns
// with one star, and in the product of the lengths at worst.
func globString(p, s string) bool {
	if p == "*" {
		return true
	}
	if !strings.ContainsAny(p, "*?") {
		return p == s
	}
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case pi < len(p) && p[pi] == '*':
			star, mark = pi, si
			pi++
		case pi < len(p) && (p[pi] == s[si] || p[pi] == '?'):
			pi++
			si++
		case star >= 0:
			mark++
			pi, si = star+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}

// A symbol is a byte, a wildcard or a hole.
type symbol struct {
	b    byte
	kind symbolKind
	hole string
}

type symbolKind uint8

const (
	symByte  symbolKind = iota
	symAny              // ?
	symStar             // *
	symFresh            // a hole equal to nothing but itself
	symOpen             // a hole that may stand for any text
)

func symbols(t Text, wild bool) []symbol {
	var out []symbol
	for _, p := range t.parts {
		if p.Hole != "" {
			k := symOpen
			if p.Fresh {
				k = symFresh
			}
			out = append(out, symbol{kind: k, hole: p.Hole})
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

// same compares one symbol of the pattern with one of the subject.
func same(p, s symbol) bool {
	if p.kind == symAny {
		return s.kind == symByte
	}
	return p == s
}

// globSymbols is globString over symbols: holes match only themselves.
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

// overlap tells whether some filling of the open holes makes p match s: a
// walk over pairs of positions where stars and open holes stand for any text.
func overlap(p, s []symbol) bool {
	loose := func(x symbol) bool { return x.kind == symStar || x.kind == symOpen }
	row := make([]bool, len(s)+1)
	next := make([]bool, len(s)+1)
	// row[j]: p[i:] can match s[j:]; filled from the end.
	for j := len(s); j >= 0; j-- {
		row[j] = j == len(s) || loose(s[j]) && row[j+1]
	}
	for i := len(p) - 1; i >= 0; i-- {
		for j := len(s); j >= 0; j-- {
			switch {
			case loose(p[i]):
				next[j] = row[j] || j < len(s) && next[j+1]
			case j == len(s):
				next[j] = false
			case loose(s[j]):
				next[j] = next[j+1] || row[j]
			case p[i].kind == symAny:
				next[j] = row[j+1] // ? covers a byte; a fresh hole may be one character
			default:
				next[j] = p[i] == s[j] && row[j+1]
			}
		}
		row, next = next, row
	}
	return row[0]
}
