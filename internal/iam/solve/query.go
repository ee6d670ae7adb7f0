package solve

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A Way is one choice of Allow statements by which a request of the question
// is allowed, with what that still hinges on.
type Way struct {
	// Allows are the statements that let the request in, one of each layer.
	Allows []*policy.Statement
	// Denies are the Deny statements that stand in the way of some of these
	// requests.
	Denies []*policy.Statement
	// Keys are the condition keys that decide, sorted by name. None: whoever
	// asks is let in.
	Keys []Hinge
	// Certainty is Exact where the way is sure to exist.
	Certainty Certainty
	// Witness is a request that goes it.
	Witness *Witness
}

// A Hinge is a condition that is left: the question does not decide it.
type Hinge struct {
	Key       string
	Operator  string
	Values    []value.Text
	Deny      bool // it must not hold: of a Deny, or of what the other side allows
	Statement *policy.Statement
	// Caller tells that the caller writes the key itself.
	Caller bool
}

// Ways lists how requests of the question can be allowed, and under which
// conditions. Where the search was cut short, complete is false and there may
// be more.
func Ways(a *Access, o Options) (ways []Way, complete bool) {
	complete = true
	for _, strict := range []bool{true, false} {
		q := newQuestion(a, nil, &o)
		q.strict = strict
		w, all := q.ways()
		for _, x := range w {
			if !slices.ContainsFunc(ways, func(y Way) bool { return slices.Equal(x.Allows, y.Allows) }) {
				ways = append(ways, x)
			}
		}
		complete = complete && all
		if !a.open && !o.open() {
			break
		}
	}
	return ways, complete
}

func (q *question) ways() ([]Way, bool) {
	var out []Way
	complete := true
	for _, c := range callers(q.o, q.sides()...) {
		q.caller, q.kinds = c, nil
		for _, f := range q.foci() {
			q.focus, q.kinds = f.stmts, nil
			list, ok := q.cases(f.vars)
			complete = complete && ok
			for choice := range list {
				q.choose(choice)
				complete = q.waysOfCase(&out) && complete
			}
		}
	}
	return out, complete
}

func (q *question) waysOfCase(out *[]Way) bool {
	s, st := q.start()
	if st != sat {
		return st == unsat
	}
	complete := true
	f := q.formula(q.a, true)
	for _, product := range f.products {
		complete = q.way(s, product, f.denies, out) != capped && complete
	}
	return complete
}

func (q *question) way(s state, product []clause, denies *group, out *[]Way) status {
	if len(product) == 0 {
		if slices.ContainsFunc(*out, func(w Way) bool { return slices.Equal(w.Allows, s.statements()) }) {
			return unsat
		}
		st := q.run(s, groupsOf(denies))
		if st == sat {
			*out = append(*out, q.describe(&s, denies))
		}
		return st
	}
	all := unsat
	for _, t := range product[0] {
		if len(s.held) == 0 && !q.looksAt(t) {
			continue
		}
		if q.steps--; q.steps < 0 {
			return capped
		}
		next, st := q.assertAll(s, t)
		next.held = append(s.held[:len(s.held):len(s.held)], t)
		if st == sat {
			st = q.way(next, product[1:], denies, out)
		}
		if st == capped {
			all = capped
		}
	}
	return all
}

func (s *state) statements() []*policy.Statement {
	var out []*policy.Statement
	for _, t := range s.held {
		if t.stmt.src != nil {
			out = append(out, t.stmt.src)
		}
	}
	return out
}

// describe finds what is left of the conditions: those that both can hold and
// can fail.
func (q *question) describe(s *state, denies *group) Way {
	w := Way{Allows: s.statements(), Certainty: Approximate, Witness: q.found}
	if q.sure {
		w.Certainty = Exact
	}
	add := func(t *use, i int, deny bool) { w.Keys = append(w.Keys, hinge(t.stmt, i, deny)) }
	for _, t := range s.held {
		for i := range t.conds {
			if q.canBe(t, i, false) {
				add(t, i, false)
			}
		}
	}
	for _, d := range denies.uses {
		if d.stmt.src == nil {
			continue
		}
		if _, st := q.assertAll(*s, d); st == unsat {
			continue
		}
		w.Denies = append(w.Denies, d.stmt.src)
		for i := range d.conds {
			if q.canBe(d, i, false) {
				add(d, i, true)
			}
		}
	}
	slices.SortStableFunc(w.Keys, func(a, b Hinge) int { return strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)) })
	return w
}

// canBe tells whether the condition can have the outcome at all.
func (q *question) canBe(t *use, i int, want bool) bool {
	_, st := q.assert(state{}, t, i+1, want)
	return st != unsat
}

// Reaching lists those of some callers that can be allowed a request of the
// question, in the order given: who can.
func Reaching(a *Access, callers []iam.Principal, o Options) []Answer {
	out := make([]Answer, len(callers))
	for i := range callers {
		o.Principal = &callers[i]
		out[i] = Sometimes(a, o)
	}
	return out
}
