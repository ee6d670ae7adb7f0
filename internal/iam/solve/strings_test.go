package solve

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// fits is matching as the definition says it, one symbol at a time.
func fits(p []sym, s string) bool {
	if len(p) == 0 {
		return s == ""
	}
	switch x := p[0]; {
	case x == star || x == partStar:
		return fits(p[1:], s) || s != "" && (x == star || s[0] != ':') && fits(p, s[1:])
	case s == "":
		return false
	case x == anyByte, x == partByte && s[0] != ':', x == sym(s[0]):
		return fits(p[1:], s[1:])
	case x >= folded && x < tokenBase:
		return s[0]|0x20 == byte(x&0xff) && fits(p[1:], s[1:])
	}
	return false
}

// words are all strings of some letters up to a length.
func allWords(letters string, n int) []string {
	out, last := []string{""}, []string{""}
	for range n {
		var next []string
		for _, w := range last {
			for i := range len(letters) {
				next = append(next, w+letters[i:i+1])
			}
		}
		out, last = append(out, next...), next
	}
	return out
}

func randomPattern(r *rand.Rand) *pattern {
	symbols := []sym{'a', 'b', ':', 'a', star, star, anyByte, partStar, partByte, folded | 'a'}
	p := &pattern{}
	for range r.IntN(6) {
		p.syms = append(p.syms, symbols[r.IntN(len(symbols))])
	}
	p.classify()
	return p
}

// TestStrings compares the search for a string with trying all short ones.
func TestStrings(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	short := allWords("abA:", 5)
	found := 0
	for range 20_000 {
		states := 100_000
		q := problem{tokens: &tokenTable{}, states: &states}
		for range r.IntN(3) {
			u := []*pattern{randomPattern(r)}
			if r.IntN(2) == 0 {
				u = append(u, randomPattern(r))
			}
			q.all = append(q.all, u)
		}
		for range r.IntN(4) {
			q.none = append(q.none, randomPattern(r))
		}
		good := func(s string) bool {
			for _, u := range q.all {
				if !slices.ContainsFunc(u, func(p *pattern) bool { return fits(p.syms, s) }) {
					return false
				}
			}
			return !slices.ContainsFunc(q.none, func(p *pattern) bool { return fits(p.syms, s) })
		}
		show := func() (out []string) {
			for _, u := range append(slices.Clone(q.all), q.none) {
				for _, p := range u {
					out = append(out, spellSyms(p.syms))
				}
				out = append(out, "|")
			}
			return out
		}
		s, st := q.solve()
		switch {
		case st == sat && !good(s.text):
			t.Fatalf("%q does not fit %q", s.text, show())
		case st == unsat:
			if i := slices.IndexFunc(short, good); i >= 0 {
				t.Fatalf("%q fits %q", short[i], show())
			}
		case st == capped:
			t.Fatalf("cut short: %q", show())
		}
		if st == sat {
			found++
		}
	}
	t.Logf("%d of 20000 have a string", found)
}

func spellSyms(syms []sym) string {
	var out []byte
	for _, x := range syms {
		switch {
		case x < 256:
			out = append(out, byte(x))
		case x == star:
			out = append(out, '*')
		case x == anyByte:
			out = append(out, '?')
		case x == partStar:
			out = append(out, '+')
		case x == partByte:
			out = append(out, '.')
		default:
			out = append(out, '~', byte(x))
		}
	}
	return string(out)
}
