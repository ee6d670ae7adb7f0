package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// An attempt is one identity's try at a row: on a victim or not, with
// something that exists or not, after a change of tags or none.
type attempt struct {
	id, victim *identity
	place      *app.Resource
	change     *retag
	// born is a tag that something new is given.
	born *retag
	// needs are all that are asked of the attempt: those on something new are
	// for one and the same new thing.
	needs []need
}

// granted is a statement that lets an attempt through, with the action, and what
// the action is given where the technique does not say it.
type granted struct {
	match  iam.Match
	action string
	given  string
	// apart tells that the hops to a premise show the statement.
	apart bool
}

// satisfy asks for every need of a row and gathers evidence, weaknesses and
// certainty; false where one is not met.
func (b *building) satisfy(h *hop, r *row, x attempt) bool {
	if r.unbinds && x.id.iam.Boundary == nil && x.id.unbounded != value.Unknown {
		return false // nothing to take away
	}
	if r.victim != nil {
		holds, assume := r.victim(b, x.victim)
		switch {
		case holds == value.No:
			return false
		case holds == value.Unknown:
			h.takes(Unknown, assume)
		case assume != "":
			h.takes(Approximate, assume)
		}
	}
	x.needs = r.needs
	for i, n := range r.needs {
		met := b.met
		if r.unbinds && i > 0 {
			met = b.freed
		}
		if !met(h, n, x) {
			return false
		}
	}
	if x.born != nil && !b.tagsNew(h, x) {
		return false
	}
	older := value.Unknown
	if r.needs[0].action == "iam:SetDefaultPolicyVersion" {
		if older = b.olderVersion(h, x); older == value.No {
			return false
		}
	}
	for _, w := range r.wants {
		if older != value.Yes {
			b.wanted(h, &w, x)
		}
	}
	if r.administers() && !b.gains(h, r, x) {
		return false
	}
	b.show(h, x.id)
	if x.victim != nil {
		conditional(h, x.victim.Resource)
	}
	if x.place != nil {
		conditional(h, x.place)
	}
	return true
}

// gains tells whether whoever gets every right comes to more by it: denials and
// a boundary hold whatever an identity is allowed.
func (b *building) gains(h *hop, r *row, x attempt) bool {
	who := x.id
	if x.victim != nil {
		who = x.victim
	}
	if r.gives == escalation.NewAdministrator {
		return true
	}
	ans := b.asAdmin(who, r.unbinds)
	if ans.holds == value.No {
		return false
	}
	b.answered(h, ans)
	return true
}

// met asks for one need, on what each of its actions works on, and gathers
// evidence, weaknesses and certainty.
func (b *building) met(h *hop, n need, x attempt) bool {
	action, ans := b.ask(n, x)
	if ans.holds == value.No || len(ans.statements) == 0 {
		return false
	}
	h.granted = append(h.granted, ans.before...)
	if list := b.ways(x.id, n.permissions(), func(as *identity) (string, answer) {
		y := x
		y.id = as
		return b.ask(n, y)
	}); len(list) > 1 {
		b.beside(h, n, x, list)
		return true
	}
	m := ans.statements[0]
	h.granted = append(h.granted, granted{match: m, action: action, given: ans.given})
	h.sig += fmt.Sprintf(" %p", m.Statement)
	b.answered(h, ans)
	if at := x.id.attachmentOf(m); at != nil {
		unsure(h, at.sure, at.name+" is attached to "+x.id.Label())
		if w := b.policyWeakness(x.id, at, m, action, !wideAny(m)); !slices.ContainsFunc(h.weak, func(o Weakness) bool { return o.ID == w.ID }) {
			h.weak = append(h.weak, w)
		}
	}
	return true
}

// wanted asks for what must be there besides: it exists, or can be made for
// certain, or it is taken for granted.
func (b *building) wanted(h *hop, w *prerequisite, x attempt) {
	if w.typ != "" && len(b.ofType(w.typ)) > 0 || w.there != nil && w.there(b, x.victim) {
		return
	}
	made := *h
	if len(w.make) > 0 && !slices.ContainsFunc(w.make, func(action string) bool { return !b.met(&made, need{action, onAnything}, x) }) && made.rank() == h.rank() {
		*h = made
		return
	}
	what := w.what
	if x.victim != nil {
		what = strings.Replace(what, "%s", x.victim.Label(), 1)
	}
	h.takes(Approximate, what)
}

// show adds the statements that a hop rests on to its evidence: each once, with
// all actions that it allows.
func (b *building) show(h *hop, id *identity) {
	for i, g := range h.granted {
		if g.apart {
			continue
		}
		if slices.ContainsFunc(h.granted[:i], func(o granted) bool { return !o.apart && o.match.Statement == g.match.Statement }) {
			continue
		}
		var actions []string
		for _, o := range h.granted[i:] {
			if !o.apart && o.match.Statement == g.match.Statement && !slices.Contains(actions, o.action) {
				actions = append(actions, o.action)
			}
		}
		h.evidence = append(h.evidence, b.statementEvidence(id, g.match, actions...))
	}
}

// actions are the actions that a hop takes, in words.
func (h *hop) actions() string {
	var out []string
	for _, g := range h.granted {
		if g.action == everyAction {
			continue
		}
		text := g.action
		if g.given != "" {
			text += " (" + g.given + ")"
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return join(out)
}

// ask is the best answer to a need, over the actions and services that will
// do.
func (b *building) ask(n need, x attempt) (action string, best answer) {
	best.holds = value.No
	for _, a := range n.permissions() {
		arn, on, ok := b.target(n.on, a, x)
		if !ok {
			continue
		}
		for _, service := range n.services() {
			trust := answer{holds: value.Yes}
			if service != "" {
				if trust = b.trustsService(x.victim, service); trust.holds == value.No {
					continue
				}
			}
			ans := b.given(x, a, func(set func(*iam.Context)) answer {
				return b.may(x.id, query{action: a, arn: arn, on: on, with: x.change, set: func(c *iam.Context) {
					if service != "" {
						c.Set("iam:PassedToService", service)
					}
					if n.on == onAnything && x.needs != nil {
						b.setBorn(c, x, a)
					}
					set(c)
				}})
			})
			if ans.holds != value.No && !trust.sure() {
				ans.holds, ans.assume = ans.holds.And(trust.holds), joined(ans.assume, trust.assume)
			}
			if ans.better(best) {
				action, best = a, ans
			}
			if best.sure() {
				return action, best
			}
		}
	}
	return action, best
}

// joined are two assumptions as one.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", and " + b
}

// selfMade tells whether an identity may do to itself what a row does to
// others.
func (b *building) selfMade(r *row, id *identity) bool {
	if on := r.needs[0].on; on == onRole && id.user || on == onUser && !id.user {
		return false // a user is no role, and no role a user
	}
	return slices.ContainsFunc(b.places(r, id, id), func(place *app.Resource) bool {
		_, ans := b.ask(r.needs[0], attempt{id: id, victim: id, place: place})
		return ans.sure()
	})
}

// bounded is an answer with regard to a permissions boundary that is not known.
func (id *identity) bounded(a answer) answer {
	if id.unbounded == value.Unknown && a.holds == value.Yes {
		a.holds, a.assume = value.Unknown, "the permissions boundary of "+id.Label()+" allows it"
	}
	return a
}

// wideAny tells whether a statement's resources are everything.
func wideAny(m iam.Match) bool {
	for _, it := range m.Statement.Resource.Items {
		if it.String() == "*" {
			return true
		}
	}
	return m.Statement.NotResource.Present
}

// target is what an action of a need works on.
func (b *building) target(on target, action string, x attempt) (arn value.Text, of *app.Resource, ok bool) {
	switch on {
	case onSelf:
		return x.id.arn, x.id.Resource, x.id.user == strings.Contains(action, "User")
	case onRole, onUser:
		if x.victim == nil {
			return value.Text{}, nil, false
		}
		return x.victim.arn, x.victim.Resource, true
	case onGroup:
		return arnOf(x.victim.Resource), x.victim.Resource, true
	case onPolicy, onPolicyOf, onOwnGroup, onHost:
		if x.place == nil {
			return value.Text{}, nil, false
		}
		return arnOf(x.place), x.place, true
	}
	return b.nameOf(x.id.all(), action, x.needs), nil, true
}

// places are what the needs of a row work on besides identities: one nil where
// they ask for nothing that exists.
func (b *building) places(r *row, id, victim *identity) []*app.Resource {
	for _, n := range r.needs {
		switch n.on {
		case onPolicy:
			return id.policies()
		case onPolicyOf:
			return victim.policies()
		case onOwnGroup:
			return id.groups
		case onHost:
			return b.ofType(r.existing)
		}
	}
	return []*app.Resource{nil}
}

// policies are the managed policies of the application that the identity has.
func (id *identity) policies() []*app.Resource {
	var out []*app.Resource
	for i := range id.attached {
		if r := id.attached[i].from; r != nil {
			out = append(out, r)
		}
	}
	return out
}

// ofType are the resources of a type.
func (f *facts) ofType(typ string) []*app.Resource {
	var out []*app.Resource
	for _, a := range f.apps {
		out = slices.AppendSeq(out, a.OfType(typ))
	}
	return out
}

// changes are the changes of tags after which a row may work, none first.
func (b *building) changes(r *row, id, victim *identity, place *app.Resource) []*retag {
	out := []*retag{nil}
	for _, n := range r.needs {
		on := place
		switch n.on {
		case onSelf:
			on = id.Resource
		case onRole, onUser, onGroup:
			on = victim.Resource
		case onAnything:
			on = nil
		}
		for _, c := range b.retags(id, nil, on, n.permissions()...)[1:] {
			if !slices.ContainsFunc(out[1:], func(o *retag) bool { return o.capability() == c.capability() }) {
				out = append(out, c)
			}
		}
	}
	return out
}

// filled puts something in the place of each wildcard of a pattern.
func filled(pattern value.Text) value.Text {
	return pattern.Expand(func(lit string) (parts []value.Text) {
		for i, piece := range strings.Split(strings.ReplaceAll(lit, "?", "*"), "*") {
			if i > 0 {
				parts = append(parts, value.Fresh("any name"))
			}
			parts = append(parts, value.Lit(piece))
		}
		return parts
	})
}
