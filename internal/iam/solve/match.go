package solve

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
)

// A str is a string that may hold tokens.
type str struct {
	text string // where it holds none
	syms []sym
	open bool
}

func concrete(s string) str { return str{text: s} }

func symbolic(syms []sym) str {
	for _, x := range syms {
		if x >= tokenBase {
			return str{syms: syms, open: true}
		}
	}
	return str{text: bytesOf(syms)}
}

func (s *str) symbols() []sym {
	if s.open {
		return s.syms
	}
	return symsOf(s.text)
}

// matches tells whether the pattern matches the string, whatever its tokens
// stand for.
func (p *pattern) matches(s *str, tokens *tokenTable) bool {
	switch {
	case p.never || p.vague:
		return false
	case p.kind == everything:
		return true
	case !s.open && p.kind == exactly:
		return p.text == s.text
	case !s.open && p.kind == prefixed:
		return strings.HasPrefix(s.text, p.text)
	case !s.open && p.kind == globbed:
		return globbing(p.syms, s.text)
	}
	return p.run(s.symbols(), tokens, false)
}

// may tells whether it matches for some values of the tokens.
func (p *pattern) may(s *str, tokens *tokenTable) bool {
	if p.unknown && tokens.ofStranger(s) {
		return false
	}
	return p.vague || p.matches(s, tokens) || p.run(s.symbols(), tokens, true)
}

// ofStranger tells whether the string holds something of a stranger's.
func (t *tokenTable) ofStranger(s *str) bool {
	return s.open && slices.ContainsFunc(s.syms, func(x sym) bool { return t.isFresh(x) && iam.OfStranger(t.names[x-tokenBase]) })
}

// globbing is greedy matching of bytes, ? and *.
func globbing(p []sym, s string) bool {
	pi, si, back, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case pi < len(p) && p[pi] == star:
			back, mark = pi, si
			pi++
		case pi < len(p) && (p[pi] == sym(s[si]) || p[pi] == anyByte):
			pi, si = pi+1, si+1
		case back >= 0:
			mark++
			pi, si = back+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == star {
		pi++
	}
	return pi == len(p)
}

// run moves the set of positions over the string.
func (p *pattern) run(s []sym, tokens *tokenTable, may bool) bool {
	if p.never {
		return false
	}
	n := len(p.syms)
	cur, next := make([]bool, n+1), make([]bool, n+1)
	cur[0] = true
	closure(p.syms, cur, tokens, may)
	for _, c := range s {
		clear(next)
		for i := range n {
			if !cur[i] {
				continue
			}
			st := tokens.step(p.syms[i], c, may)
			next[i] = next[i] || st&stay != 0
			next[i+1] = next[i+1] || st&move != 0
			if st&leap != 0 {
				for j := i; j <= n; j++ {
					next[j] = true
					if j < n && tokens.stops(c, p.syms[j]) {
						break
					}
				}
			}
		}
		if cur[n] && may && tokens.loose(c) {
			next[n] = true // the token may be empty
		}
		closure(p.syms, next, tokens, may)
		cur, next = next, cur
	}
	return cur[n]
}

// closure adds the positions that need no symbol.
func closure(syms []sym, at []bool, tokens *tokenTable, may bool) {
	for i, x := range syms {
		if at[i] && tokens.skips(x, may) {
			at[i+1] = true
		}
	}
}

// What a symbol of a pattern does on a symbol of a string.
const (
	stay = 1 << iota // the position stays
	move             // it moves by one
	leap             // it may move to any later one
)

// A tokenTable numbers the tokens of one question.
type tokenTable struct {
	names  []string
	fresh  []bool
	vars   []string // the key of a variable
	strict bool     // tokens differ from everything else
}

func (t *tokenTable) of(p *piece) sym {
	for i, n := range t.names {
		if n == p.token && t.fresh[i] == p.fresh {
			return tokenBase + sym(i)
		}
	}
	t.names, t.fresh, t.vars = append(t.names, p.token), append(t.fresh, p.fresh), append(t.vars, p.key)
	return tokenBase + sym(len(t.names)-1)
}

// stops tells whether a token cannot stand for the symbol: an account, a region
// and a partition are one part of an ARN, and hold no slash.
func (t *tokenTable) stops(token, x sym) bool {
	if x != ':' && x != '/' || token < tokenBase {
		return false
	}
	switch t.names[token-tokenBase] {
	case "AWS::AccountId", "AWS::Region", "AWS::Partition":
		return true
	}
	return false
}

// loose reports whether the symbol is a token that may stand for any text.
func (t *tokenTable) loose(x sym) bool { return x >= tokenBase && !t.fresh[x-tokenBase] }

func (t *tokenTable) isFresh(x sym) bool { return x >= tokenBase && t.fresh[x-tokenBase] }

func (t *tokenTable) isVar(x sym) bool { return x >= tokenBase && t.vars[x-tokenBase] != "" }

// skips reports whether the symbol may match nothing.
func (t *tokenTable) skips(x sym, may bool) bool {
	return x == star || x == partStar || may && t.loose(x)
}

// step is what the pattern's symbol x does on the string's symbol c. With may,
// tokens that may stand for any text do.
func (t *tokenTable) step(x, c sym, may bool) int {
	if c >= tokenBase {
		switch {
		case x == star:
			return stay
		case x == c:
			if may && t.loose(c) {
				return move | leap
			}
			return move
		case x == partStar && (!t.isVar(c) || may):
			if may && t.loose(c) {
				return stay | leap
			}
			return stay
		case may && t.loose(c):
			return leap
		case may && t.loose(x):
			return stay
		}
		return 0
	}
	switch {
	case x < 256:
		if x == c {
			return move
		}
	case x == star:
		return stay
	case x == anyByte:
		return move
	case x == partByte:
		if c != ':' {
			return move
		}
	case x == partStar:
		if c != ':' {
			return stay
		}
	case x < tokenBase:
		if c|0x20 == x&0xff && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return move
		}
	case may && t.loose(x) && !t.stops(x, c):
		return stay
	}
	return 0
}
