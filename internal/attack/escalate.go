package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

func escalationTechniques() []*Technique {
	out := []*Technique{codeToExec, layerSwap, assumeRole, rewriteBoundary}
	return append(out, rows()...)
}

// codeToExec is what replacing a function's code comes to.
var codeToExec = fromTable(&Technique{
	ID:    "lambda-update-code",
	Needs: []string{"lambda:UpdateFunctionCode on the function"}, Gives: "run code in the function",
	Refs: Refs{AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html"}},
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			if unsigned := signed(f).Not(); unsigned != value.No {
				h := hop{by: t, from: []Capability{{Kind: KindCode, Of: f.ID}}, to: Capability{Kind: KindExec, Of: f.ID},
					why: "the new code of " + f.Label() + " runs at its next event, or when it is invoked", evidence: evidence(f.Span, "the function "+f.Label())}
				unsure(&h, unsigned, "the code signing of "+f.Label()+" only warns")
				b.add(h)
			}
			b.add(hop{by: layerSwap, from: []Capability{{Kind: KindManage, Of: f.ID}}, to: Capability{Kind: KindExec, Of: f.ID},
				why: "a layer or an environment variable of the attacker's runs in " + f.Label(), evidence: evidence(f.Span, "the function "+f.Label())})
		}
	},
})

// signed tells whether a function refuses code that nobody trusted has signed:
// only with a policy that enforces it, for the default merely warns.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
func signed(f *function) value.Tri {
	exists := f.CodeSigning().Exists()
	if exists != value.Yes {
		return exists
	}
	config, _ := f.App.Lookup(f.CodeSigning(), "AWS::Lambda::CodeSigningConfig")
	if config == nil {
		return value.Unknown
	}
	return config.Get("CodeSigningPolicies", "UntrustedArtifactOnDeployment").Is("Enforce")
}

var layerSwap = fromTable(&Technique{
	ID:    "lambda-update-configuration",
	Needs: []string{"lambda:UpdateFunctionConfiguration on the function"}, Gives: "run code in the function",
	apply: func(*building, *Technique) {}, // with codeToExec
})

var assumeRole = fromTable(&Technique{
	ID:    "assume-role",
	Needs: []string{"an identity's credentials", "a trust policy that lets it in"}, Gives: "act as the other role",
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			if !role.user && role.trust != nil && trustsInside(role) {
				b.assumable = append(b.assumable, role)
			}
		}
		for _, class := range b.classes() {
			reach := b.reachOf(class[0])
			for _, role := range b.assumable {
				for _, id := range class {
					b.assume(t, id, role, reach)
				}
			}
		}
	},
})

// trustsInside tells whether a role's trust policy names anything but
// services and federation.
func trustsInside(role *identity) bool {
	for _, p := range iam.TrustedBy(role.trust) {
		if p.Type == "AWS" || p.Type == "*" {
			return true
		}
	}
	return false
}

func (b *building) assume(t *Technique, id, role *identity, reach *reachable) {
	if id == role || !reach.may("sts:AssumeRole") && !b.namedIn(role, id) {
		return
	}
	for _, change := range b.retags(id, role.trust, role.Resource, "sts:AssumeRole") {
		ans := b.assumes(id, role, change)
		if ans.holds == value.No || len(ans.statements) == 0 || change != nil && ans.holds != value.Yes {
			continue
		}
		b.assumeHops(t, id, role, ans)
		if ans.sure() && change == nil {
			return
		}
	}
}

// assumes asks whether an identity may take on a role.
func (b *building) assumes(id, role *identity, change *retag) answer {
	req := iam.AssumeRequest(id.iam.Principal, arnOf(role.Resource))
	req.Context = b.context(id, &query{action: req.Action, arn: req.Resource, on: role.Resource, policy: role.trust, with: change})
	ans := id.bounded(judge(&req, iam.Trust(&req, role.trust, &id.iam)))
	ans.with = change
	return ans
}

// assumeHops adds the hops to a role: one where its trust policy lets the identity
// in by itself, or one for each statement of the identity's that does.
func (b *building) assumeHops(t *Technique, id, role *identity, ans answer) {
	list := b.answers(id, ans, func(as *identity) answer { return b.assumes(as, role, ans.with) }, "sts:AssumeRole")
	if slices.ContainsFunc(ans.statements, func(m iam.Match) bool { return m.Source == iam.FromIdentity }) {
		bare := *id
		_, bare.iam.Policies = b.restraint(id)
		bare.attached, bare.asked, bare.reach = nil, nil, nil
		if direct := b.assumes(&bare, role, ans.with); direct.rank() >= ans.rank() && len(direct.statements) > 0 {
			list = []answer{direct}
		}
	}
	for _, ans := range list {
		b.assumeHop(t, id, role, ans)
	}
}

func (b *building) assumeHop(t *Technique, id, role *identity, ans answer) {
	h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindCreds, Of: role.ID},
		why: id.owner() + " may take on " + role.Label()}
	for _, m := range ans.statements {
		switch m.Source {
		case iam.FromResource:
			h.evidence = append(h.evidence, Evidence{m.Statement.Span, "the trust policy of " + role.Label() + " lets it in"})
		default:
			h.evidence = append(h.evidence, b.statementEvidence(id, m, "sts:AssumeRole"))
			if at := id.attachmentOf(m); at != nil && b.wideResource(m.Statement, role.Resource) {
				h.weak = append(h.weak, b.policyWeakness(id, at, m, "sts:AssumeRole", false))
			}
		}
	}
	b.answered(&h, ans)
	conditional(&h, role.Resource)
	b.add(h)
}

func (b *building) namedIn(role, id *identity) bool {
	for _, p := range iam.TrustedBy(role.trust) {
		if p.Type == "*" || p.Item.Text.Equal(arnOf(id.Resource)) == value.Yes {
			return true
		}
		for _, ref := range p.Item.Refs {
			if ref.Resource == id.ID {
				return true
			}
		}
	}
	return false
}

func (r row) technique() *Technique {
	t := &Technique{ID: r.id, Title: r.title, Doc: r.doc + " Take the permission away, or name the roles and services that it may be used with.",
		Refs: Refs{ATTACK: r.attack, CWE: []string{"CWE-269"}, Pathfinding: r.pathfinding}, Difficulty: r.cost}
	for _, n := range r.needs {
		t.Needs = append(t.Needs, n.label())
	}
	t.Gives = "act as the other identity"
	switch {
	case r.administers():
		t.Gives = "administer the account"
	case r.gives == escalation.PassedRole:
		t.Gives = "act as a role that the service may take on"
	}
	t.apply = func(b *building, t *Technique) { b.escalate(t, &r) }
	return t
}

func (n need) label() string {
	action, service, passed := strings.Cut(n.action, " ")
	action = strings.ReplaceAll(action, "|", " or ")
	if passed {
		return action + " to " + strings.ReplaceAll(service, "|", " or ")
	}
	return action
}

// permissions are the need's actions as policies write them, any of which will
// do.
func (n need) permissions() []string {
	action, _, _ := strings.Cut(n.action, " ")
	return strings.Split(action, "|")
}

// services are those that a role is passed to, any of which will do; one empty
// where none is passed.
func (n need) services() []string {
	_, service, _ := strings.Cut(n.action, " ")
	return strings.Split(service, "|")
}

// escalate adds a row's hops. Identities whose statements on the row's actions
// say the same are looked at together.
func (b *building) escalate(t *Technique, r *row) {
	groups := map[string][]*identity{}
	var order []string
	for _, id := range b.identities {
		reach := b.reachOf(id)
		if slices.ContainsFunc(r.needs, func(n need) bool { return !slices.ContainsFunc(n.permissions(), reach.may) }) {
			continue
		}
		if r.administers() || r.asMember() || !id.certain() {
			b.escalateFrom(t, r, id)
			continue
		}
		limit, _ := b.restraint(id)
		key := fmt.Sprint(limit, "\n", id.sort(), "\n", reach.key(r.asks()))
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], id)
	}
	for _, key := range order {
		if len(groups[key]) == 1 {
			b.escalateFrom(t, r, groups[key][0])
			continue
		}
		b.escalateClass(t, r, groups[key])
	}
}

// asks are the row's needs, and what its prerequisites may ask for.
func (r *row) asks() []need {
	out := slices.Clone(r.needs)
	for _, w := range r.wants {
		for _, action := range w.make {
			out = append(out, need{action, onAnything})
		}
	}
	return out
}

// asMember tells whether a row makes members of groups.
func (r *row) asMember() bool {
	return slices.ContainsFunc(r.needs, func(n need) bool { return n.on == onGroup })
}

// certain tells whether the identity and all its policies are there for sure.
func (id *identity) certain() bool {
	return id.Exists != value.Unknown && !slices.ContainsFunc(id.attached, func(a attachment) bool { return a.sure == value.Unknown })
}

// escalateClass adds a row's hops for identities that are alike: each is
// joined to a node that stands for the statements, from which the victims are
// reached that these statements cover.
func (b *building) escalateClass(t *Technique, r *row, class []*identity) {
	type group struct {
		node  Capability
		first *identity
		hops  []hop
	}
	bySig := map[string]*group{}
	var order []*group
	// Each of the class may be the victim of the others.
	for _, v := range b.victimsFor(r, class[0], nil) {
		for _, h := range b.attempts(t, r, class[0], v) {
			g := bySig[h.sig]
			if g == nil {
				g = &group{node: Capability{Kind: kindGrant, Of: class[0].ID, Detail: fmt.Sprint("row ", t.ID, " ", len(order))}, first: v}
				bySig[h.sig] = g
				order = append(order, g)
			}
			// What is needed of who acts leads to the node.
			h.from = append([]Capability{g.node}, slices.DeleteFunc(slices.Clone(h.from[1:]), Capability.isNeed)...)
			h.to = Capability{Kind: KindCreds, Of: v.ID}
			h.why, h.unsaid, h.evidence, h.weak, h.parts = r.sentence(&h, v), true, nil, nil, nil
			g.hops = append(g.hops, h)
		}
	}
	for _, g := range order {
		for _, id := range class {
			for _, h := range b.attempts(t, r, id, g.first) {
				for _, part := range h.parts {
					b.edge(part, part.extra)
				}
				needs := slices.DeleteFunc(slices.Clone(h.from[1:]), func(c Capability) bool { return !c.isNeed() })
				// The hop from the node says what is not sure.
				b.edge(hop{by: t, from: append(slices.Clone(h.from[:1]), needs...), to: g.node, certainty: Exact, evidence: h.evidence, weak: h.weak}, 0)
				break
			}
		}
		for _, h := range g.hops {
			b.add(h)
		}
	}
}

// sentence says what the row comes to, but for who acts.
func (r *row) sentence(h *hop, v *identity) string {
	switch {
	case r.asVictim:
		return "may give " + v.Label() + " every right, and act as it: " + h.actions()
	case r.administers() && v != nil:
		return "may make an administrator of " + v.Label() + ": " + h.actions()
	case r.gives == escalation.NewAdministrator:
		return "may make an administrator: " + h.actions()
	case r.administers():
		return "may give itself every right: " + h.actions()
	}
	return "may " + strings.ToLower(r.title[:1]) + r.title[1:] + ", and so act as " + v.Label() + ": " + h.actions()
}

// rowVictims are the identities that a row may be used on, of those that a
// statement may cover; one nil where it needs none.
func (b *building) rowVictims(r *row, id *identity) []*identity { return b.victimsFor(r, id, id) }

// victimsFor are the identities, but one, that a row may be used on by what an
// identity is allowed.
func (b *building) victimsFor(r *row, id, but *identity) []*identity {
	for _, n := range r.needs {
		switch n.on {
		case onRole, onUser, onPolicyOf:
			reach := b.reachOf(id)
			return slices.DeleteFunc(slices.Clone(b.victims(n.on == onUser, n.services())), func(v *identity) bool {
				return v == but || n.on != onPolicyOf && !slices.ContainsFunc(n.permissions(), func(a string) bool { return reach.on(a, v.arn) })
			})
		case onGroup:
			return slices.DeleteFunc(slices.Clone(b.identities), func(v *identity) bool { return !v.group || slices.Contains(id.groups, v.Resource) })
		}
	}
	return []*identity{nil}
}

// attempts are a row's hops for one identity and victim: with what exists as it
// is, or else after each change of tags that helps.
func (b *building) attempts(t *Technique, r *row, id, v *identity) []hop {
	var out []hop
	seen := map[*retag]bool{}
	for _, place := range b.places(r, id, v) {
		for _, change := range b.changes(r, id, v, place) {
			for _, born := range b.births(r, id) {
				h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}}
				if r.asVictim {
					h.from = append(h.from, Capability{Kind: KindCreds, Of: v.ID})
				}
				if change == nil && seen[nil] || !b.satisfy(&h, r, attempt{id: id, victim: v, place: place, change: change, born: born}) || (change != nil || born != nil) && h.rank() == 2 {
					continue
				}
				seen[change] = true
				if h.rank() == 0 && change == nil {
					return []hop{h}
				}
				out = append(out, h)
				break
			}
		}
	}
	return out
}

// escalateFrom adds a row's hops for one identity: one for each victim.
func (b *building) escalateFrom(t *Technique, r *row, id *identity) {
	if r.asMember() && (!id.user || id.group) {
		return // only users are members of groups
	}
	var best []hop
	statements := len(b.statementsFor(id, r))
	for tries, v := range b.rowVictims(r, id) {
		if r.asVictim && b.selfMade(r, id) {
			return // it does the same to itself
		}
		for _, h := range b.attempts(t, r, id, v) {
			h.why = id.owner() + " " + r.sentence(&h, v)
			switch {
			case r.asMember() && b.member(id, v).sure():
				h.to = Capability{Kind: KindAdmin, Of: Account}
				h.why = id.owner() + " may join the administrators of " + v.Label() + ": " + h.actions()
			case r.asMember() && (id.iam.Boundary != nil || id.unbounded == value.Unknown):
				continue // what the group has counts within the boundary only
			case r.asMember() && b.denied(id, v) == value.Yes:
				continue
			case r.asMember() && b.denied(id, v) == value.Unknown:
				h.to = Capability{Kind: KindCreds, Of: v.ID}
				h.takes(Approximate, "what "+id.Label()+" is denied is not what "+v.Label()+" allows")
			case r.administers():
				h.to = Capability{Kind: KindAdmin, Of: Account}
			default:
				h.to = Capability{Kind: KindCreds, Of: v.ID}
			}
			if !r.administers() || r.asVictim {
				b.add(h)
				continue
			}
			switch {
			case len(best) == 0 || h.rank() < best[0].rank():
				best = []hop{h}
			case h.rank() == best[0].rank() && len(best) < 8 && !slices.ContainsFunc(best, func(o hop) bool { return sameWeak(o.weak, h.weak) }):
				best = append(best, h) // another statement
			}
		}
		if len(best) > 0 && best[0].rank() == 0 && (statements < 2 || tries > 16) {
			break // one is enough to become administrator, but for cuts one by each statement
		}
	}
	for _, h := range best {
		b.add(h)
	}
}

// victims are the identities of the application that an action may be used on;
// of those that a service must be trusted by, only these.
func (b *building) victims(users bool, services []string) []*identity {
	key := fmt.Sprint(users, services)
	if out, ok := b.victimsOf[key]; ok {
		return out
	}
	out := slices.DeleteFunc(slices.Clone(b.identities), func(v *identity) bool {
		return v.user != users || v.group || !slices.ContainsFunc(services, func(s string) bool { return s == "" || b.trustsService(v, s).holds != value.No })
	})
	b.victimsOf[key] = out
	return out
}
