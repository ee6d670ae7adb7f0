package solve

import "github.com/remit-security/remit/internal/value"

// text turns a text of the question into a string.
func (q *question) text(t value.Text) str {
	if s, ok := t.Known(); ok {
		return concrete(s)
	}
	var out []sym
	for _, p := range t.Parts() {
		if p.Hole == "" {
			out = append(out, symsOf(p.Lit)...)
			continue
		}
		out = append(out, q.tokens.of(&piece{token: p.Hole, fresh: p.Fresh}))
	}
	return symbolic(out)
}

// fill puts the values of variables into a union. In a negated element a
// variable without a value leaves open what is covered.
func (q *question) fill(u *union, negated bool) *union {
	if u == nil || !u.tokens {
		return u
	}
	key := filler{u, negated}
	if f := q.filled[key]; f != nil {
		return f
	}
	out := &union{vague: u.vague, tokens: true}
	for _, p := range u.pats {
		if p.pieces == nil {
			out.pats = append(out.pats, p)
			continue
		}
		if f := q.fillPattern(p); f != nil {
			out.pats = append(out.pats, f)
		} else if negated {
			out.vague = true
		}
	}
	q.filled[key] = out
	return out
}

// fillPattern returns nil where a variable has no value.
func (q *question) fillPattern(p *pattern) *pattern {
	out := &pattern{maybe: p.maybe, unknown: p.unknown}
	for i := range p.pieces {
		pc := &p.pieces[i]
		switch {
		case pc.token == "":
			out.syms = append(out.syms, pc.syms...)
			continue
		case pc.key == "":
			out.syms = append(out.syms, q.tokens.of(pc))
			continue
		}
		k := q.kind(pc.key)
		switch s := &k.state; {
		case k.fixed && s.there && len(s.values) == 1 && (s.values[0].open || s.values[0].text != ""):
			out.syms = append(out.syms, foldLike(p, s.values[0].symbols())...)
		case k.fixed && s.there && len(s.values) != 1, !k.fixed && !k.never && !k.lone:
			return nil
		case k.fixed || k.never:
			if !pc.hasDflt {
				return nil
			}
			out.syms = append(out.syms, pc.dflt...)
		default:
			out.syms = append(out.syms, q.tokens.of(pc))
		}
	}
	out.classify()
	return out
}

// foldLike makes the value ignore case where the pattern does.
func foldLike(p *pattern, value []sym) []sym {
	if !p.fold {
		return value
	}
	out := make([]sym, len(value))
	for i, x := range value {
		if x >= 'A' && x <= 'Z' {
			x += 'a' - 'A'
		}
		if x >= 'a' && x <= 'z' {
			x |= folded
		}
		out[i] = x
	}
	return out
}
