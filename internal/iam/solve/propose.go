package solve

import (
	"slices"
	"strings"
)

// maxProposals bounds the values of variables that are tried beyond the cases
// that conditions name.
const maxProposals = 8

// propose finds values of the variables in a resource with which it is one of
// those asked about: a case of its own.
func (q *question) propose(s *state) {
	if len(q.proposals) == maxProposals || !s.resource.open {
		return
	}
	for i, u := range s.all {
		for _, p := range u {
			wide, ok := q.widened(p)
			if !ok {
				continue
			}
			all := slices.Clone(s.all)
			all[i] = []*pattern{wide}
			x := problem{all: all, none: s.none, tokens: &q.tokens, states: &q.states, strict: true}
			r, st := x.solve()
			if st != sat || r.open {
				continue
			}
			m := unifier{tokens: &q.tokens, left: 10_000, bound: map[sym]string{}}
			if m.match(p.syms, r.text) {
				q.proposals = append(q.proposals, q.valued(m.bound))
				return
			}
		}
	}
}

// confirm tries the proposals of another search strictly.
func (q *question) confirm(of *question) bool {
	q.strict, q.caller = true, of.caller
	for _, c := range of.proposals {
		q.choose(c)
		if q.one() == sat && q.sure {
			return true
		}
	}
	return false
}

// widened has any text in the place of each variable.
func (q *question) widened(p *pattern) (*pattern, bool) {
	out := &pattern{}
	found := false
	for _, x := range p.syms {
		switch {
		case x < tokenBase:
			out.syms = append(out.syms, x)
		case !q.tokens.isVar(x):
			return nil, false
		default:
			found = true
			out.syms = append(out.syms, anyByte, star)
		}
	}
	out.classify()
	return out, found
}

// valued is the case at hand with other values of some variables.
func (q *question) valued(bound map[sym]string) []choice {
	out := slices.Clone(q.choice)
	for i := range out {
		for x, v := range bound {
			if q.tokens.vars[x-tokenBase] == out[i].key {
				out[i] = choice{key: out[i].key, kind: isValue, value: v}
			}
		}
	}
	return out
}

// A unifier finds values of tokens with which a pattern matches a string.
type unifier struct {
	tokens *tokenTable
	left   int
	bound  map[sym]string
}

func (m *unifier) match(p []sym, s string) bool {
	if m.left--; m.left < 0 {
		return false
	}
	if len(p) == 0 {
		return s == ""
	}
	x := p[0]
	if x < tokenBase {
		st := 0
		if s != "" {
			st = m.tokens.step(x, sym(s[0]), false)
		}
		return m.tokens.skips(x, false) && m.match(p[1:], s) || st&stay != 0 && m.match(p, s[1:]) || st&move != 0 && m.match(p[1:], s[1:])
	}
	if v, ok := m.bound[x]; ok {
		return strings.HasPrefix(s, v) && m.match(p[1:], s[len(v):])
	}
	for n := 1; n <= len(s); n++ {
		m.bound[x] = s[:n]
		if m.match(p[1:], s[n:]) {
			return true
		}
	}
	delete(m.bound, x)
	return false
}
