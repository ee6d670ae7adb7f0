package attack

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A grant is one Allow statement with all identities that hold it: however
// many do, it is evaluated once on each resource, and reaches each from one
// node. That keeps the graph as large as what is written: a hundred functions
// that may each use everything are a hundred edges to the statement and one
// from it to each resource, and not an edge for each pair.
type grant struct {
	number int
	// as stands for the holders: it holds the statement, and whatever denies or
	// bounds what they may do.
	as      *identity
	holders []holder // by identity
	// plain are the holders that are there, and hold the statement, for sure.
	plain  []int
	at     map[*identity]int
	joined map[Capability]bool // the nodes that plain holders lead to
}

// A holder is an identity with its own copy of the statement.
type holder struct {
	id        *identity
	at        *attachment
	statement *policy.Statement
}

// match is an answer's statement as it stands in the holder's policy.
func (h *holder) match(m iam.Match) iam.Match {
	m.Policy, m.Statement = h.at.policy, h.statement
	return m
}

// newGrants collects the statements of all identities.
func (b *building) newGrants() []*grant {
	var out []*grant
	byKey := map[string]*grant{}
	for _, id := range b.identities {
		limit, denials := b.restraint(id)
		for i := range id.attached {
			at := &id.attached[i]
			doc := at.policy.Document
			for j := range doc.Statements {
				s := &doc.Statements[j]
				if s.Is(policy.Allow) == value.No {
					continue
				}
				key := limit + "\n" + doc.Version.String() + statementKey(s)
				if len(s.Condition) > 0 || limit != "" { // they may tell people from code
					key += " by " + id.sort()
				}
				if at.managed {
					key = fmt.Sprintf("%s\n%s %d %s", limit, at.name, j, id.sort())
				}
				g := byKey[key]
				if g == nil {
					g = b.newGrant(id, at, s, denials)
					g.number = len(out)
					byKey[key] = g
					out = append(out, g)
				}
				if _, ok := g.at[id]; ok {
					continue
				}
				g.at[id] = len(g.holders)
				if at.sure != value.Unknown && id.Exists != value.Unknown {
					g.plain = append(g.plain, len(g.holders))
				}
				g.holders = append(g.holders, holder{id, at, s})
			}
		}
	}
	return out
}

func (b *building) newGrant(id *identity, at *attachment, s *policy.Statement, denials []*iam.Policy) *grant {
	alone := &policy.Document{Version: at.policy.Document.Version, Span: at.policy.Document.Span, Statements: []policy.Statement{*s}}
	own := attachment{name: at.name, span: at.span, managed: at.managed, policy: iam.Compile(alone), sure: value.Yes}
	as := &identity{Resource: id.Resource, user: id.user, byPeople: id.byPeople, providers: id.providers, personal: id.personal, unbounded: id.unbounded, attached: []attachment{own}}
	as.iam = iam.Identity{Principal: id.iam.Principal, Policies: append([]*iam.Policy{own.policy}, denials...), Boundary: id.iam.Boundary}
	return &grant{as: as, at: map[*identity]int{}, joined: map[Capability]bool{}}
}

// restraint is what holds an identity's statements back: its denials and its
// boundary. The key is equal for identities that are held back alike; those
// whose policies speak of the caller are like no other.
func (b *building) restraint(id *identity) (key string, denials []*iam.Policy) {
	if r, ok := b.restraints[id]; ok {
		return r.key, r.denials
	}
	var parts []string
	for i := range id.attached {
		doc := id.attached[i].policy.Document
		var deny []policy.Statement
		for j := range doc.Statements {
			s := &doc.Statements[j]
			if s.Is(policy.Deny) != value.No {
				deny = append(deny, *s)
				parts = append(parts, doc.Version.String()+statementKey(s))
			}
		}
		if len(deny) > 0 {
			denials = append(denials, iam.Compile(&policy.Document{Version: doc.Version, Span: doc.Span, Statements: deny}))
		}
	}
	if id.iam.Boundary != nil {
		parts = append(parts, "boundary "+policyText(id.iam.Boundary.Document))
	}
	if id.unbounded == value.Unknown {
		parts = append(parts, "boundary unknown "+id.ID)
	}
	if id.personal {
		parts = append(parts, "of "+id.ID)
	}
	if len(parts) > 0 {
		all := strings.Join(parts, "\n")
		n, ok := b.limits[all]
		if !ok {
			n = len(b.limits)
			b.limits[all] = n
		}
		key = strconv.Itoa(n)
	}
	b.restraints[id] = restrained{key, denials}
	return key, denials
}

// denied tells whether policies of an identity deny it all that a group that it
// joins allows; Unknown where they may deny it some of that.
func (b *building) denied(id, group *identity) value.Tri {
	_, denials := b.restraint(id)
	if len(denials) == 0 {
		return value.No
	}
	as := &identity{Resource: id.Resource, user: true, personal: id.personal, unbounded: id.unbounded, iam: id.iam}
	as.iam.Policies = append(slices.Clone(denials), group.iam.Policies...)
	for i := range group.attached {
		for _, s := range group.attached[i].policy.Document.Statements {
			if s.Is(policy.Allow) == value.No {
				continue
			}
			if !s.Action.Present || !s.Resource.Present {
				return value.Unknown
			}
			for _, a := range s.Action.Items {
				for _, action := range append(catalogue.Expand(a.String()), a.String()) {
					for _, on := range s.Resource.Items {
						if b.may(as, query{action: action, arn: filled(on.Text)}).holds != value.No {
							return value.Unknown
						}
					}
				}
			}
		}
	}
	return value.Yes
}

type restrained struct {
	key     string
	denials []*iam.Policy
}

// statementGrants adds what one statement gives.
func (b *building) statementGrants(t *Technique, g *grant, index *resourceIndex) {
	reach := b.reachOf(g.as)
	for _, r := range index.candidates(g.identities(), reach) {
		rp := b.policies[r.ID]
		had := map[Kind]bool{} // what the statement gives without a change of the resource's policy
		for _, e := range reach.effectsOf(r.Type) {
			if e.rewrites && had[e.kind] {
				continue
			}
			if e.kind == KindEnv && !b.holdsSecrets(r) {
				continue // there is nothing to read
			}
			if rp != nil && rp.personal {
				for i := range g.holders {
					b.statementGrant(t, g.only(i), r, &e, reach)
				}
				continue
			}
			had[e.kind] = b.statementGrant(t, g, r, &e, reach) || had[e.kind]
		}
	}
}

func (g *grant) identities() []*identity {
	out := make([]*identity, len(g.holders))
	for i := range g.holders {
		out[i] = g.holders[i].id
	}
	return out
}

// only is the grant for one holder alone, for resources whose policies tell
// holders apart.
func (g *grant) only(i int) *grant {
	h := g.holders[i]
	as := *g.as
	as.Resource, as.iam.Principal = h.id.Resource, h.id.iam.Principal
	return &grant{number: g.number, as: &as, holders: []holder{h}, at: map[*identity]int{h.id: 0}}
}

// statementGrant adds one effect of a statement on one resource; it tells whether
// the statement has it for sure.
func (b *building) statementGrant(t *Technique, g *grant, r *app.Resource, e *effect, reach *reachable) bool {
	for _, change := range b.retags(g.as, b.policyOf(r), r, e.actions...) {
		for _, action := range e.actions {
			ans := b.mayObject(g.as, action, r, e, reach, change)
			if ans.holds == value.No || change != nil && ans.holds != value.Yes {
				continue
			}
			i := slices.IndexFunc(ans.statements, func(m iam.Match) bool { return m.Source == iam.FromIdentity })
			if i < 0 {
				continue // what the resource's policy gives
			}
			b.grantHops(t, g, r, e, action, ans.statements[i], ans)
			if ans.sure() {
				if change == nil {
					return true
				}
				break
			}
		}
	}
	return false
}

// ownGrants adds what the policies of resources give to the identities that
// they name.
func (b *building) ownGrants(t *Technique) {
	for _, r := range b.personal {
		for _, e := range effectsOn(r.Type) {
			for _, id := range b.namedBy(r) {
				for _, action := range e.actions {
					ans := b.mayObject(id, action, r, &e, nil, nil)
					i := slices.IndexFunc(ans.statements, func(m iam.Match) bool { return m.Source == iam.FromResource })
					if ans.holds == value.No || i < 0 {
						continue
					}
					h := b.grantHop(t, id, nil, r, &e)
					h.evidence = []Evidence{b.statementEvidence(id, ans.statements[i], action)}
					b.answered(&h, ans)
					conditional(&h, r, id.Resource)
					b.add(h)
					if ans.sure() {
						break
					}
				}
			}
		}
	}
}

// namedBy are the identities that a resource's policy may name.
func (b *building) namedBy(r *app.Resource) []*identity {
	trusted := iam.TrustedBy(b.policies[r.ID].policy)
	return slices.DeleteFunc(slices.Clone(b.identities), func(id *identity) bool {
		return !slices.ContainsFunc(trusted, func(p iam.Trusted) bool {
			return someOfAll(p) || p.Type == "AWS" && p.Item.String() != "*" && p.Item.Text.Glob(id.arn) != value.No ||
				slices.ContainsFunc(p.Item.Refs, func(ref value.Ref) bool { return ref.Resource == id.ID })
		})
	})
}

// mayObject asks for the action on the resource, or on some object in it:
// any, or one that a statement names.
func (b *building) mayObject(id *identity, action string, r *app.Resource, e *effect, reach *reachable, with *retag) answer {
	rp, tail := b.policyOf(r), e.object
	arn := b.arn(r)
	q := query{action: action, arn: witness(arn.arn, tail), on: r, policy: rp, with: with}
	if action == "lambda:AddPermission" && e.kind == KindCode {
		q.set = func(c *iam.Context) { // no service changes code
			c.SetText("lambda:Principal", value.Fresh("an identity of the attacker's"))
		}
	}
	best := b.may(id, q)
	if best.sure() || reach == nil || tail == catalogue.Own || tail == catalogue.AnyForm {
		return best
	}
	for _, named := range reach.objects(arn, tail) {
		q.arn = named
		if a := b.may(id, q); a.better(best) {
			best = a
		}
		if best.sure() {
			break
		}
	}
	return best
}

// grantHop is the hop from an identity, or from the node of a statement, to
// what it gives.
func (b *building) grantHop(t *Technique, id *identity, node *Capability, r *app.Resource, e *effect) hop {
	h := hop{by: t, to: Capability{Kind: e.kind, Of: r.ID}, why: "may " + e.kind.phrase() + " " + r.Label(), unsaid: id == nil}
	if e.rewrites {
		h.why = "may give itself the right to " + e.kind.phrase() + " " + r.Label()
	}
	if e.kind == KindInvoke {
		h.to.Detail = eventFields
	}
	from := Capability{Kind: KindCreds}
	if node != nil {
		from = *node
	} else {
		from.Of = id.ID
		h.why = b.who(id) + " " + h.why
	}
	keys, open := b.keyOf(r, e)
	h.from = append([]Capability{from}, keys...)
	if e.kind == KindEnv {
		h.weak = b.settingsWeakness(r)
	}
	if open != "" {
		h.certainty, h.assume = Approximate, open
	}
	return h
}

// grantHops adds the hops that a statement gives on one resource.
func (b *building) grantHops(t *Technique, g *grant, r *app.Resource, e *effect, action string, found iam.Match, ans answer) {
	first := &g.holders[0]
	execution := first.at.managed && executionPolicy(first.at.name)
	kind := e.kind
	if e.rewrites {
		kind = KindManage
	}
	broad, escalates := b.broad(first.id, first.at, first.match(found), r, action, kind)
	single := func(i int, asMeant bool) hop {
		x := &g.holders[i]
		h := b.grantHop(t, x.id, nil, r, e)
		h.evidence = []Evidence{b.statementEvidence(x.id, x.match(found), action)}
		b.answered(&h, ans)
		unsure(&h, x.at.sure, x.at.name+" is attached to "+x.id.Label())
		conditional(&h, r, x.id.Resource)
		if broad && !asMeant {
			h.weak = append(h.weak, b.policyWeakness(x.id, x.at, x.match(found), action, escalates))
		}
		return h
	}
	shared := len(g.plain) > 1 && !execution
	if shared {
		node := Capability{Kind: kindGrant, Of: first.id.ID, Detail: fmt.Sprintf("%d %s %s %s %v", g.number, kind, action, r.Type, broad)}
		if !g.joined[node] {
			g.joined[node] = true
			for _, i := range g.plain {
				h := single(i, false)
				b.edge(hop{by: t, from: h.from[:1], to: node, certainty: Exact, evidence: h.evidence, weak: h.weak}, 0)
			}
		}
		h := b.grantHop(t, nil, &node, r, e)
		b.answered(&h, ans)
		conditional(&h, r)
		b.add(h)
	}
	for i := range g.holders {
		x := &g.holders[i]
		if shared && x.at.sure != value.Unknown && x.id.Exists != value.Unknown || execution && !b.serves(x.id, r) || onItself(x.id, r, e) {
			continue // as wide as AWS made it, and nobody can narrow it; or a function that calls itself
		}
		b.add(single(i, false))
	}
	// After the shared ones, which then are preferred where both cost the same:
	// the assets of one path are then reached by one identity. What the function
	// is there for it may do, by whatever statement.
	if broad && (e.kind == KindRead || e.kind == KindWrite || e.kind == KindInvoke) {
		for _, id := range b.servers[r.ID] {
			if i, ok := g.at[id]; ok && !onItself(id, r, e) {
				b.add(single(i, true))
			}
		}
	}
}

// onItself tells whether a function would only call itself, which gains
// nothing.
func onItself(id *identity, r *app.Resource, e *effect) bool {
	return !id.user && e.kind == KindInvoke && len(id.functions) == 1 && id.functions[0].ID == r.ID
}
