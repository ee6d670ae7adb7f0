package solve

import (
	"slices"
	"strconv"
)

// A state is a cube of literals with a model of them: one string for the
// resource, one state for each key that is asked for.
type state struct {
	acts     words
	all      [][]*pattern // unions that the resource is in
	none     []*pattern   // what it is not like
	resource str
	keys     []keyVar
	held     []*use // statements that hold
}

type keyVar struct {
	key   string
	lits  []klit
	state keyState
}

func (s *state) key(key string) *keyVar {
	for i := range s.keys {
		if s.keys[i].key == key {
			return &s.keys[i]
		}
	}
	return nil
}

// run searches the requests of the cube that none of the uses covers.
func (q *question) run(s state, fals []*group) status {
	if q.steps--; q.steps < 0 {
		return capped
	}
	rest := s.acts.clone()
	var covering []*use
	for _, g := range fals {
		g.covering(&s.resource, func(t *use) {
			if !t.idle && t.acts.meets(&s.acts) && q.covers(t, &s) {
				covering = append(covering, t)
				rest.minus(&t.acts)
			}
		})
	}
	out := unsat
	if !rest.empty() {
		if st := q.offer(s, rest.clone(), fals); st != unsat {
			if st == sat {
				return sat
			}
			out = capped
		}
		s.acts = s.acts.clone()
		s.acts.minus(&rest)
		if s.acts.empty() {
			return out
		}
	}
	return q.split(s, fals, covering, out)
}

// split takes a use that covers the model and makes a case of each way out of
// it: another action, another resource, a condition that fails.
func (q *question) split(s state, fals []*group, covering []*use, out status) status {
	for _, t := range covering {
		if len(t.lits()) == 0 { // no way out but another action
			s.acts = s.acts.clone()
			s.acts.minus(&t.acts)
			s.acts.off, s.acts.w = trim(s.acts.off, s.acts.w)
		}
	}
	if s.acts.empty() {
		return out
	}
	pick := covering[0]
	for _, t := range covering {
		if n := len(t.lits()); t.acts.meets(&s.acts) && (n < len(pick.lits()) || !pick.acts.meets(&s.acts)) {
			pick = t
		}
	}
	if !pick.acts.meets(&s.acts) {
		return q.fold(out, q.run(s, fals))
	}
	away := s
	away.acts = s.acts.clone()
	away.acts.minus(&pick.acts)
	if away.acts.off, away.acts.w = trim(away.acts.off, away.acts.w); !away.acts.empty() {
		if out = q.fold(out, q.run(away, fals)); out == sat {
			return sat
		}
	}
	s.acts = s.acts.and(&pick.acts)
	for _, l := range pick.lits() {
		// What was tried before holds from here on.
		other, st := q.assert(s, pick, l, false)
		if st == sat {
			st = q.run(other, fals)
		}
		if out = q.fold(out, st); out == sat {
			return sat
		}
		if s, st = q.assert(s, pick, l, true); st != sat {
			return q.fold(out, st)
		}
	}
	return out
}

// fold joins the outcomes of two cases.
func (q *question) fold(a, b status) status {
	switch {
	case a == sat || b == sat:
		return sat
	case a == capped || b == capped:
		return capped
	}
	return unsat
}

// lits numbers the literals of a use: 0 the resource, from 1 the conditions.
func (t *use) lits() []int {
	var out []int
	if t.resource != nil {
		out = append(out, 0)
	}
	for i := range t.conds {
		out = append(out, i+1)
	}
	return out
}

// covers tells whether the use covers the model; what is open counts as the
// question takes it.
func (q *question) covers(t *use, s *state) bool {
	if t.stmt.open {
		return q.strict
	}
	if t.resource != nil {
		in, open := t.resource.decide(&s.resource, &q.tokens)
		if !q.judge(in != t.not, open) {
			return false
		}
	}
	for i, u := range t.conds {
		c := t.stmt.conds[i]
		k := klit{c: c, u: u, want: true}
		if q.kind(c.key).opaque {
			if !q.strict {
				return false
			}
		} else if !q.judge(k.truth(q.stateOf(c.key, s), &q.tokens)) {
			return false
		}
	}
	return true
}

func (q *question) judge(holds, open bool) bool {
	if open {
		return q.strict
	}
	return holds
}

var nowhere = keyState{}

// stateOf is the model's state of a key; one that is not asked for is absent
// if it may be.
func (q *question) stateOf(key string, s *state) *keyState {
	if v := s.key(key); v != nil {
		return &v.state
	}
	k := q.kind(key)
	if k.fixed {
		return &k.state
	}
	if !k.must {
		return &nowhere
	}
	return q.first(k)
}

// numbered gives each key of the case a number of its own.
func (q *question) numbered(k *keyKind) int {
	for i := range q.choice {
		if q.kinds[q.choice[i].key] == k {
			return i
		}
	}
	return len(q.choice)
}

// first is the state that a key has which nobody asked for.
func (q *question) first(k *keyKind) *keyState {
	if !k.state.there {
		p := keyProblem{kind: k, tokens: &q.tokens, states: &q.states}
		own := concrete("x" + strconv.Itoa(q.numbered(k)))
		if k.usual != "" && !k.lone {
			k.state = keyState{true, []str{concrete(k.usual)}}
		} else if k.lone && k.within == nil && (k.without == nil || !k.without.holds(&own, &q.tokens, true)) {
			// Values of two keys differ, unless a condition makes them equal.
			k.state = keyState{true, []str{own}}
		} else if st, ok := p.solve(); ok == sat {
			k.state = st
		} else {
			k.state = keyState{true, []str{concrete("x")}}
		}
	}
	return &k.state
}

// assert adds a literal of a use, or its opposite, and solves the variable.
func (q *question) assert(s state, t *use, lit int, want bool) (state, status) {
	if lit == 0 {
		return q.assertResource(s, t.resource, want != t.not)
	}
	c, u := t.stmt.conds[lit-1], t.conds[lit-1]
	l := klit{c, u, want}
	if c.free {
		if q.strict {
			return s, unsat
		}
		return s, sat
	}
	s.keys = slices.Clone(s.keys)
	v := s.key(c.key)
	if v == nil {
		s.keys = append(s.keys, keyVar{key: c.key, state: *q.stateOf(c.key, &s)})
		v = &s.keys[len(s.keys)-1]
	}
	v.lits = append(v.lits[:len(v.lits):len(v.lits)], l)
	kind := q.kind(c.key)
	if holds, open := l.truth(&v.state, &q.tokens); !open && holds == want && !kind.opaque {
		return s, sat // the model has it already
	}
	p := keyProblem{kind: kind, lits: v.lits, tokens: &q.tokens, states: &q.states, strict: q.strict}
	st := unsat
	v.state, st = p.solve()
	return s, st
}

func (q *question) assertResource(s state, u *union, in bool) (state, status) {
	switch {
	case u.vague && q.strict && !in:
		return s, unsat
	case u.vague && !q.strict && in:
		return s, sat
	case in:
		s.all = append(s.all[:len(s.all):len(s.all)], u.alternatives(!q.strict))
	default:
		s.none = append(s.none[:len(s.none):len(s.none)], u.alternatives(q.strict)...)
	}
	if got, open := u.decide(&s.resource, &q.tokens); !open && got == in && len(s.all)+len(s.none) > 1 {
		return s, sat
	}
	return q.solveResource(s)
}

func (q *question) solveResource(s state) (state, status) {
	p := problem{all: s.all, none: s.none, tokens: &q.tokens, states: &q.states, strict: q.strict}
	r, st := p.solve()
	if st == sat {
		s.resource = r
	}
	return s, st
}

// maxConds bounds the conditions of a statement that is looked into; of one with
// more nothing is decided.
const maxConds = 10_000

// assertAll adds every literal of a use that must hold.
func (q *question) assertAll(s state, t *use) (state, status) {
	if len(t.conds) > maxConds {
		return s, capped
	}
	s.acts = s.acts.and(&t.acts)
	if s.acts.empty() {
		return s, unsat
	}
	for _, l := range t.lits() {
		var st status
		if s, st = q.assert(s, t, l, true); st != sat {
			return s, st
		}
	}
	return s, sat
}
