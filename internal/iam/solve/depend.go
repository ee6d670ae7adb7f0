package solve

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// conclude searches the last cube of a way, and keeps it where it has a
// witness.
func (q *question) conclude(s state, fals []*group) status {
	st := q.run(s, fals)
	if st == sat && q.cube == nil {
		q.cube, q.obstacle = &s, fals
	}
	return st
}

// unsaid tells whether nobody says what the key is in a question where the
// caller chooses: it does not follow from the caller, and is not written by it.
func (o *Options) unsaid(c *caller, key string) bool {
	if o.Context.Lists(key) {
		return false
	}
	r := iam.Request{Principal: c.principal, Account: c.owner, Context: o.Context}
	return !(c.any && freedKey(key)) && !r.Knows(key) && !o.writes(c, key)
}

// writes tells whether the caller gives the key its value: who has an account
// of its own also tags its own identities.
func (o *Options) writes(c *caller, key string) bool {
	return iam.CallerWrites(key) || strings.HasPrefix(key, "aws:principaltag/") && !c.principal.Account.IsKnown()
}

// hinges are the conditions that make the difference for the witness and that
// the question, as it was asked, leaves open.
func (q *question) hinges(asked *Options) []Hinge {
	if q.cube == nil {
		return nil
	}
	var out []Hinge
	add := func(t *use, must bool) {
		for i := range t.conds {
			if c := t.stmt.conds[i]; c.key != "" && asked.unsaid(&q.caller, c.key) && q.canBe(t, i, !must) {
				out = append(out, hinge(t.stmt, i, !must))
			}
		}
		for _, key := range t.stmt.vars {
			if asked.unsaid(&q.caller, key) && !slices.ContainsFunc(out, func(h Hinge) bool { return strings.EqualFold(h.Key, key) }) {
				out = append(out, Hinge{Key: key, Statement: t.stmt.src})
			}
		}
	}
	for _, t := range q.cube.held {
		add(t, true)
	}
	for _, g := range q.obstacle {
		for _, t := range g.uses {
			if q.mayCover(t) {
				add(t, false)
			}
		}
	}
	// What the other side denies, and whatever else the witness was made to fit.
	for _, v := range q.model.keys {
		if !asked.unsaid(&q.caller, v.key) || slices.ContainsFunc(out, func(h Hinge) bool { return strings.EqualFold(h.Key, v.key) }) {
			continue
		}
		for _, l := range v.lits {
			h := Hinge{Key: l.c.name, Deny: !l.want}
			h.read(l.c.src)
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b Hinge) int { return cmp.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)) })
	return slices.CompactFunc(out, Hinge.same)
}

// mayCover tells whether a statement covers the witness but for its
// conditions, all of which can hold.
func (q *question) mayCover(t *use) bool {
	if t.stmt.src == nil || t.stmt.open || !t.acts.meets(&q.model.acts) {
		return false
	}
	if t.resource != nil {
		if in, open := t.resource.decide(&q.model.resource, &q.tokens); !open && in == t.not {
			return false
		}
	}
	for i := range t.conds {
		if !q.canBe(t, i, true) {
			return false
		}
	}
	return true
}

// hinge is a condition of a statement, which must hold or must not.
func hinge(st *stmt, i int, deny bool) Hinge {
	c := st.conds[i]
	h := Hinge{Key: c.name, Deny: deny, Statement: st.src, Caller: iam.CallerWrites(c.key)}
	h.read(c.src)
	return h
}

func (h *Hinge) read(c *policy.Condition) {
	if c == nil {
		return
	}
	h.Operator = c.Operator
	for _, it := range c.Values.Items {
		h.Values = append(h.Values, it.Text)
	}
}

func (h Hinge) same(o Hinge) bool {
	return strings.EqualFold(h.Key, o.Key) && h.Operator == o.Operator && h.Deny == o.Deny &&
		slices.EqualFunc(h.Values, o.Values, func(a, b value.Text) bool { return a.String() == b.String() })
}
