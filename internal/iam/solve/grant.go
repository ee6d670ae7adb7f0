package solve

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A Grant is what one Allow statement adds to an access.
type Grant struct {
	Statement *policy.Statement
	// Actions of the catalogue, as the fewest patterns; those that a Deny takes
	// away whatever the resource and the conditions are left out.
	Actions []string
	// New tells that actions count too which the catalogue does not know yet.
	New bool
	// Resources are the patterns as written; all but these where Except is set.
	Resources []value.Text
	Except    bool
	// Conditions as written.
	Conditions []policy.Condition
	// Denies take away some of it: on some resources, or under conditions.
	Denies []*policy.Statement
	// Certainty is Approximate where a part of the statement is not known.
	Certainty Certainty
}

// Granted renders what identity policies allow, or a resource policy alone:
// one grant for each Allow statement by which some request is allowed.
// Boundaries and organisations narrow it without being shown.
func Granted(a *Access, o Options) []Grant {
	q := newQuestion(a, nil, &o)
	var out []Grant
	for _, c := range callers(&o, a) {
		q.caller, q.kinds = c, nil
		var first []choice // in which the variables have values
		for _, key := range q.vars {
			if k := q.kind(key); !k.fixed && !k.never {
				first = append(first, choice{key: key, kind: anyValue})
			}
		}
		q.choose(first)
		for _, t := range q.granting() {
			if slices.ContainsFunc(out, func(g Grant) bool { return g.Statement == t.stmt.src }) {
				continue
			}
			if g, ok := q.grant(t); ok {
				out = append(out, g)
			}
		}
	}
	return out
}

// granting are the Allow statements of the identity, or of the resource where
// the access has nothing else.
func (q *question) granting() []*use {
	s := side{q: q, a: q.a, positive: true}
	s.build()
	var out []*use
	for _, product := range s.out.products {
		for _, c := range product {
			for _, t := range c {
				identity := slices.Contains(q.a.policies.Identity, t.stmt.policy)
				if t.stmt.src != nil && (identity || len(q.a.policies.Identity) == 0) && !slices.Contains(out, t) {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

func (q *question) grant(t *use) (Grant, bool) {
	st := t.stmt
	g := Grant{Statement: st.src, Except: st.notResource, Conditions: st.src.Condition, Certainty: Exact}
	if st.open {
		g.Certainty = Approximate
		return g, true
	}
	if st.text != "" || !t.certain {
		g.Certainty = Approximate
	}
	for _, it := range append(slices.Clone(st.src.Resource.Items), st.src.NotResource.Items...) {
		g.Resources = append(g.Resources, it.Text)
	}
	left := t.acts.and(&q.asked)
	f := q.formula(q.a, true)
	s := state{acts: left}
	s, ok := q.assertAll(s, t)
	if ok != sat {
		return g, false
	}
	for _, d := range f.denies.uses {
		if d.stmt.src == nil || !d.acts.meets(&left) {
			continue
		}
		if _, st := q.assertAll(s, d); st == unsat {
			continue
		}
		if d.resource == nil && len(d.conds) == 0 {
			left.minus(&d.acts)
			continue
		}
		g.Denies = append(g.Denies, d.stmt.src)
	}
	g.Actions = Globs(left.list())
	for i := range q.extras {
		g.New = g.New || has(left.extra, i)
	}
	return g, len(g.Actions) > 0 || g.New
}

// A Surplus is what one Allow statement grants beyond what is needed.
type Surplus struct {
	Statement *policy.Statement
	// Unused are actions that nothing needs, as the fewest patterns.
	Unused []string
	// Wide are actions that are needed, but on fewer resources, or under more
	// conditions; Witness is one request too many.
	Wide    []string
	Witness *Witness
	// Certainty of the least certain part.
	Certainty Certainty
}

// Excess tells what is granted and not needed, statement by statement. Needed
// is an access too: what the code asks for, written as policies.
func Excess(granted, needed *Access, o Options) []Surplus {
	use := map[string]bool{}
	for _, g := range Granted(needed, o) {
		for _, n := range expand(g.Actions) {
			use[n] = true
		}
	}
	var out []Surplus
	for _, g := range Granted(granted, o) {
		x := Surplus{Statement: g.Statement, Certainty: g.Certainty}
		var unused, shared []string
		for _, n := range expand(g.Actions) {
			if use[n] {
				shared = append(shared, n)
			} else {
				unused = append(unused, n)
			}
		}
		x.Unused = Globs(unused)
		if len(shared) > 0 {
			narrow := o
			narrow.Actions = Globs(shared)
			ans := Within(granted.only(g.Statement), needed, narrow)
			if ans.Holds != value.Yes {
				x.Wide, x.Witness, x.Certainty = narrow.Actions, ans.Witness, min(x.Certainty, ans.Certainty)
			}
		}
		if len(x.Unused) > 0 || len(x.Wide) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// only is an identity's access by one of its Allow statements, with every Deny.
func (a *Access) only(keep *policy.Statement) *Access {
	p := a.policies
	p.Identity = nil
	for _, old := range a.policies.Identity {
		if old == nil {
			continue
		}
		d := *old.Document
		d.Statements = nil
		for i := range old.Document.Statements {
			if st := &old.Document.Statements[i]; st == keep || st.Is(policy.Deny) != value.No {
				d.Statements = append(d.Statements, *st)
			}
		}
		p.Identity = append(p.Identity, iam.Compile(&d))
	}
	return Compile(&p)
}

// expand lists the catalogue's actions of some patterns.
func expand(patterns []string) []string {
	list := policy.List{Present: true}
	for _, p := range patterns {
		list.Items = append(list.Items, policy.Item{Text: value.Lit(p)})
	}
	set := compileActionSet(&policy.Statement{Action: list})
	return set.certain.list()
}
