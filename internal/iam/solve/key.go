package solve

// A keyState is what a request says of one key.
type keyState struct {
	there  bool
	values []str
}

// A klit asks that a condition hold, or that it do not.
type klit struct {
	c    *cond
	u    *union // of the condition, its variables filled
	want bool
}

// A vlit asks that one value be in a union, or outside it.
type vlit struct {
	u  *union
	in bool
}

// A keyKind is what is known of a key whatever the policies say.
type keyKind struct {
	fixed   bool // by the caller, or by the question
	state   keyState
	opaque  bool   // what it is, nobody knows: the caller does not write it
	must    bool   // every request carries it
	never   bool   // no request does
	usual   string // a value that it has where no condition asks
	lone    bool   // it has one value where it is there, which is not empty
	many    bool   // it may have several values
	within  *union // what its values are like
	without *union // what they are not
}

// keyProblem looks for a state of one key that fits the literals.
type keyProblem struct {
	kind   *keyKind
	lits   []klit
	tokens *tokenTable
	states *int
	strict bool
}

// truth tells what the condition says of a state; open where a part that is
// not known could change that.
func (k *klit) truth(s *keyState, tokens *tokenTable) (holds, open bool) {
	c := k.c
	switch {
	case c.free:
		return false, true
	case c.presence && s.there:
		return c.null[0], false
	case c.presence:
		return c.null[1], false
	case len(s.values) == 0:
		return c.absent(), false
	}
	some := c.some()
	for i := range s.values {
		in, unsure := k.u.decide(&s.values[i], tokens)
		open = open || unsure
		if (in != c.op.Negated) == some {
			// One value settles it, if it is certain.
			if !unsure {
				return some, false
			}
		}
	}
	return !some, open
}

// decide tells whether the union has the value, and whether that is open.
func (u *union) decide(s *str, tokens *tokenTable) (in, open bool) {
	if u.holds(s, tokens, false) {
		return true, false
	}
	if u.vague || u.holds(s, tokens, true) {
		return false, true
	}
	if u.domain != stringDomain {
		stranger := u.domain == addressDomain && len(s.syms) == 1 && tokens.isFresh(s.syms[0])
		return false, s.open && len(u.bounds) > 0 && !stranger
	}
	if (s.open || u.tokens) && !tokens.strict {
		for _, p := range u.pats {
			if (s.open || p.syms != nil) && p.may(s, tokens) {
				return false, true
			}
		}
	}
	return false, false
}

// solve finds a state.
func (p *keyProblem) solve() (keyState, status) {
	if p.kind.opaque {
		if p.strict {
			return keyState{}, unsat
		}
		return keyState{}, sat
	}
	absent, there := !p.kind.must, !p.kind.never
	var some, all []vlit
	empty := p.kind.many && !p.kind.lone
	for _, k := range p.lits {
		switch c := k.c; {
		case c.free:
			if p.strict {
				return keyState{}, unsat
			}
		case c.presence:
			absent = absent && c.null[1] == k.want
			there = there && c.null[0] == k.want
		default:
			if c.absent() != k.want {
				absent, empty = false, false
			}
			v := vlit{k.u, c.op.Negated != k.want}
			if c.some() == k.want {
				some = append(some, v)
			} else {
				all = append(all, v)
			}
		}
	}
	if p.kind.fixed {
		return p.fixed()
	}
	if absent {
		return keyState{}, sat
	}
	if !there {
		return keyState{}, unsat
	}
	if p.kind.within != nil {
		all = append(all, vlit{p.kind.within, true})
	}
	if p.kind.without != nil {
		all = append(all, vlit{p.kind.without, false})
	}
	if !p.kind.many || p.kind.lone || len(some) <= 1 {
		s, st := p.value(append(some, all...))
		if st == sat {
			return keyState{true, []str{s}}, sat
		}
		if st == unsat && empty {
			return keyState{there: true}, sat
		}
		return keyState{}, st
	}
	out := keyState{there: true}
	for _, v := range some {
		s, st := p.value(append([]vlit{v}, all...))
		if st != sat {
			return keyState{}, st
		}
		out.values = append(out.values, s)
	}
	return out, sat
}

// fixed checks the literals against the state that the key has.
func (p *keyProblem) fixed() (keyState, status) {
	for i := range p.lits {
		holds, open := p.lits[i].truth(&p.kind.state, p.tokens)
		if open && !p.strict {
			continue
		}
		if open || holds != p.lits[i].want {
			return keyState{}, unsat
		}
	}
	return p.kind.state, sat
}

// value finds one value that fits.
func (p *keyProblem) value(lits []vlit) (str, status) {
	q := problem{tokens: p.tokens, states: p.states, strict: p.strict}
	others := false
	for _, l := range lits {
		if l.u.vague && p.strict && !l.in {
			return str{}, unsat
		}
		switch {
		case l.u.vague && l.in && !p.strict:
		case l.u.domain != stringDomain:
			others = true
		case l.in:
			q.all = append(q.all, l.u.alternatives(!p.strict))
		default:
			q.none = append(q.none, l.u.alternatives(p.strict)...)
		}
	}
	if p.kind.lone {
		q.all = append(q.all, []*pattern{{syms: []sym{anyByte, star}, kind: globbed}})
	}
	if !others {
		return q.solve()
	}
	list := candidates(lits)
	s, st := q.solve()
	if st == sat {
		list = append(list, s.text, s.text+"x")
	}
	for _, text := range list {
		c := concrete(text)
		if p.fits(&c, lits) {
			return c, sat
		}
	}
	if len(q.all) > 0 || len(q.none) > 0 {
		return str{}, capped // strings and numbers on one key
	}
	return str{}, unsat
}

func (p *keyProblem) fits(s *str, lits []vlit) bool {
	for _, l := range lits {
		if l.u.vague && l.in && !p.strict {
			continue
		}
		in := l.u.holds(s, p.tokens, l.in != p.strict)
		if in != l.in {
			return false
		}
	}
	return true
}

// alternatives are the patterns that count: with maybe, those too that may not
// be written.
func (u *union) alternatives(maybe bool) []*pattern {
	all := true
	for _, p := range u.pats {
		all = all && (maybe || !p.maybe)
	}
	if all {
		return u.pats
	}
	var out []*pattern
	for _, p := range u.pats {
		if maybe || !p.maybe {
			out = append(out, p)
		}
	}
	return out
}
