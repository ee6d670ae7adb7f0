package solve

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// A use is a statement in its place: allowing or denying in one layer of one
// side, for one caller.
type use struct {
	stmt     *stmt
	from     iam.Source
	certain  bool
	idle     bool // it may not hold, so it need not be made to fail
	acts     words
	resource *union // nil: every resource
	not      bool
	conds    []*union // their values, filled
}

// same tells that both are one statement, so that one holds where the other
// does, known or not.
func (t *use) same(o *use) bool {
	byCaller := func(from iam.Source) bool {
		return from == iam.FromResource || from == iam.FromRCP || from == iam.FromEndpoint
	}
	return (t.from == o.from || !byCaller(t.from) && !byCaller(o.from)) && t.stmt.same(o.stmt)
}

// A clause is a layer: one of its statements must cover the request.
type clause []*use

// A formula is what a side allows: one of the products, all of whose clauses
// hold, and none of the denies.
type formula struct {
	products [][]clause
	groups   [][]*group // the same, where they must not hold
	denies   *group
	list     []*use // of denies
}

// side builds the formula. Where positive is set its allows must hold and its
// denies must not; otherwise the other way round, which decides what counts
// where something is open.
type side struct {
	q        *question
	a        *Access
	positive bool
	out      formula
}

func (q *question) formula(a *Access, positive bool) *formula {
	s := side{q: q, a: a, positive: positive}
	s.build()
	s.out.denies = newGroup(s.out.list)
	if positive {
		return &s.out
	}
	known := map[*use]*group{} // a layer is part of several products
	for _, p := range s.out.products {
		var list []*group
		for _, c := range p {
			if len(c) == 0 {
				list = append(list, newGroup(nil))
				continue
			}
			g := known[c[0]]
			if g == nil || len(g.uses) != len(c) {
				g = newGroup(c)
				known[c[0]] = g
			}
			list = append(list, g)
		}
		s.out.groups = append(s.out.groups, list)
	}
	return &s.out
}

func (s *side) build() {
	q, p := s.q, &s.a.policies
	c := &q.caller.principal
	identity := c.Kind == iam.UserKind || c.Kind == iam.RoleKind || c.Kind == iam.SessionKind || c.Kind == iam.RootKind
	linked := c.ServiceLinked()
	var rails, narrow []clause
	if identity && !p.Management && !linked {
		for _, level := range p.SCP {
			rails = append(rails, s.allows(iam.FromSCP, level...))
			s.denies(iam.FromSCP, nil, level...)
		}
	}
	if len(p.RCP) > 0 && !linked {
		rcp := q.and(&actions().rcp, iam.UnderRCP)
		for _, level := range p.RCP {
			s.denies(iam.FromRCP, &rcp, level...)
		}
	}
	if len(p.Endpoint) > 0 {
		rails = append(rails, s.allows(iam.FromEndpoint, p.Endpoint...))
		s.denies(iam.FromEndpoint, nil, p.Endpoint...)
	}
	if p.Boundary != nil && identity && c.Kind != iam.RootKind {
		narrow = append(narrow, s.allows(iam.FromBoundary, p.Boundary))
		s.denies(iam.FromBoundary, nil, p.Boundary)
	}
	if len(p.Session) > 0 && identity {
		narrow = append(narrow, s.allows(iam.FromSession, p.Session...))
		s.denies(iam.FromSession, nil, p.Session...)
	}
	s.denies(iam.FromResource, nil, p.Resource)
	if p.ResourceOpen {
		s.deny(s.unknown())
	}
	s.unmodifiable()
	direct, role, anyone := s.reached()
	if !identity {
		s.product(rails, anyone)
		return
	}
	var own []clause
	if c.Kind != iam.RootKind && !q.caller.trusted {
		layer := s.allows(iam.FromIdentity, p.Identity...)
		s.denies(iam.FromIdentity, nil, p.Identity...)
		if p.IdentityOpen {
			layer = s.with(layer, s.unknown())
			s.deny(s.unknown())
		}
		own = []clause{layer}
	}
	narrow = append(rails[:len(rails):len(rails)], narrow...)
	own = append(own, narrow...) // the narrowest layer first
	same := c.Account.Equal(q.caller.owner)
	// Where it is not known whether the accounts are one, a request counts as
	// allowed if it is either way, and as certain if it is both ways.
	if same == value.Yes || same == value.Unknown && s.positive != q.strict {
		s.inside(rails, narrow, own, direct, role, anyone)
	}
	if same == value.No || same == value.Unknown {
		s.product(own, anyone)
	}
}

// inside are the ways within one account.
func (s *side) inside(rails, narrow, own []clause, direct, role, anyone clause) {
	if p := &s.a.policies; p.Resource == nil && !p.ResourceOpen {
		s.out.products = append(s.out.products, own)
		return
	}
	s.product(rails, direct)
	s.out.products = append(s.out.products, append(own[:len(own):len(own)], append(s.undelegated(), anyone...)))
	s.product(narrow, role)
}

func (s *side) product(clauses []clause, last clause) {
	s.out.products = append(s.out.products, append([]clause{last}, clauses...))
}

// undelegated stands for the requests for which identity policies count
// whatever the resource's policy says: all but those on keys and roles.
func (s *side) undelegated() clause {
	u := actions()
	rest := s.q.asked.clone()
	rest.minus(&u.guarded)
	keys := s.q.and(&u.keyed, func(service string) bool { return service == "kms" })
	rest.minus(&keys)
	out := clause{{stmt: &stmt{}, certain: true, acts: rest}}
	alias := &union{pats: []*pattern{newPattern(value.Lit("*:alias/*"), globStyle, value.No), newPattern(value.Lit("*"), plainStyle, value.No)}}
	return append(out, &use{stmt: &stmt{}, certain: true, acts: keys, resource: alias})
}

// unmodifiable denies changes to what only AWS may change.
func (s *side) unmodifiable() {
	if !s.positive && s.q.a != nil {
		return // what the other side allows is none of it
	}
	own := &union{}
	for _, p := range []string{"*:role/aws-reserved/*", "*:iam::aws:policy/*", "*:alias/aws/*"} {
		own.pats = append(own.pats, newPattern(value.Lit(p), globStyle, value.No))
	}
	if acts := actions().writes.and(&s.q.asked); !acts.empty() {
		s.deny(&use{stmt: &stmt{}, certain: true, acts: acts, resource: own})
	}
	// Service-linked roles are made and deleted by whoever may; what they may do
	// and whom they trust is the service's.
	linked := newPattern(value.Lit("*:role/aws-service-role/*"), globStyle, value.No)
	if acts := actions().permits.and(&s.q.asked); !acts.empty() {
		s.deny(&use{stmt: &stmt{}, certain: true, acts: acts, resource: &union{pats: []*pattern{linked}}})
	}
	own = &union{pats: append(slices.Clone(own.pats), linked)}
	// Whether a new action changes anything is not known.
	acts := s.q.and(&words{}, func(service string) bool { return service == "iam" || service == "kms" })
	if !acts.empty() {
		s.deny(&use{stmt: &stmt{}, acts: acts, resource: own})
	}
}

// unknown is a statement of which nothing is known.
func (s *side) unknown() *use { return &use{stmt: &stmt{open: true}, acts: s.q.asked} }

// with adds a use to a clause, if it counts.
func (s *side) with(c clause, u *use) clause {
	if u == nil || !s.counts(u, s.positive) {
		return c
	}
	return append(c, u)
}

func (s *side) deny(u *use) {
	if u != nil && s.counts(u, !s.positive) {
		s.out.list = append(s.out.list, u)
	}
}

// counts tells whether a statement counts where it must hold, or must not. A
// strict question takes what is open for what harms the answer it looks for.
func (s *side) counts(u *use, must bool) bool {
	u.idle = !u.certain && !must && !s.q.strict
	return u.certain || !must || !s.q.strict
}

func (s *side) allows(from iam.Source, list ...*iam.Policy) clause {
	var out clause
	for _, p := range list {
		for _, st := range s.a.compiled[p] {
			out = s.with(out, s.use(st, from, st.allow, nil, s.positive))
		}
	}
	return out
}

func (s *side) denies(from iam.Source, mask *words, list ...*iam.Policy) {
	for _, p := range list {
		for _, st := range s.a.compiled[p] {
			s.deny(s.use(st, from, st.deny, mask, !s.positive))
		}
	}
}

// use puts a statement in its place; nil where it has no part in the question.
func (s *side) use(st *stmt, from iam.Source, effect value.Tri, mask *words, must bool) *use {
	if from == iam.FromRCP || from == iam.FromEndpoint || from == iam.FromResource {
		direct, role, account := st.policy.Reach(st.index, s.q.caller.principal, s.a.policies.Boundary != nil)
		if from == iam.FromEndpoint && !st.policy.HasPrincipal(st.index) {
			direct = value.Yes
		}
		effect = effect.And(direct.Or(role).Or(account))
	}
	return s.place(st, effect, from, mask, must)
}

func (s *side) place(st *stmt, effect value.Tri, from iam.Source, mask *words, must bool) *use {
	if effect == value.No {
		return nil
	}
	q := s.q
	if st.open {
		return &use{stmt: st, from: from, acts: q.asked}
	}
	out := &use{stmt: st, from: from, certain: effect == value.Yes && !st.maybe && !(st.unwritten && from != iam.FromResource), not: st.notResource}
	if !s.counts(out, must) {
		return nil
	}
	out.acts = st.actions.of(q.extras, must != q.strict)
	if !out.acts.meets(&q.asked) {
		return nil
	}
	if mask != nil {
		if out.acts = out.acts.and(mask); out.acts.empty() {
			return nil
		}
	}
	out.resource = q.fill(st.resource, st.notResource)
	for _, c := range st.conds {
		out.conds = append(out.conds, q.fill(c.values, c.op.Negated))
	}
	return out
}

// reached are the allows of the resource's policy by how they cover the caller.
func (s *side) reached() (direct, role, anyone clause) {
	p := &s.a.policies
	for _, st := range s.a.compiled[p.Resource] {
		d, r, a := value.Unknown, value.No, value.No
		if !st.open {
			d, r, a = st.policy.Reach(st.index, s.q.caller.principal, p.Boundary != nil)
		}
		add := func(c clause, reach value.Tri) clause {
			return s.with(c, s.place(st, st.allow.And(reach), iam.FromResource, nil, s.positive))
		}
		direct, role, anyone = add(direct, d), add(role, r), add(anyone, d.Or(r).Or(a))
	}
	if p.ResourceOpen {
		direct, anyone = s.with(direct, s.unknown()), s.with(anyone, s.unknown())
	}
	return direct, role, anyone
}
