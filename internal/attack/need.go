package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// satisfy asks for every need of a row and gathers evidence, weaknesses and
// certainty; false where one is not met.
func (b *building) satisfy(h *hop, r *row, id, victim *identity) bool {
	if r.unbinds && id.iam.Boundary == nil && id.unbounded != value.Unknown {
		return false // nothing to take away
	}
	for _, n := range r.needs {
		if n.on == onSelf && !r.unbinds && id.iam.Boundary != nil {
			return false // keeps in check whatever an identity gives itself
		}
		if !b.met(h, n, id, b.targets(n, id, victim)) {
			return false
		}
	}
	if victim != nil {
		conditional(h, victim.Resource)
	}
	return true
}

// met asks for one need, on what each of its actions works on, and gathers
// evidence, weaknesses and certainty.
func (b *building) met(h *hop, n need, id *identity, on func(action string) (value.Text, bool)) bool {
	action, ans := b.ask(n, id, on)
	if ans.holds == value.No || len(ans.statements) == 0 {
		return false
	}
	m := ans.statements[0]
	h.evidence = append(h.evidence, b.statementEvidence(id, m, action))
	b.answered(h, ans)
	if at := id.attachmentOf(m); at != nil {
		unsure(h, at.sure, at.name+" is attached to "+id.Label())
		h.weak = append(h.weak, b.policyWeakness(id, at, m, action, !wideAny(m)))
	}
	return true
}

// targets tells what an action of a need on an identity works on.
func (b *building) targets(n need, id, victim *identity) func(action string) (value.Text, bool) {
	return func(action string) (value.Text, bool) { return b.targetARN(n.on, action, id, victim) }
}

// ask is the best answer to a need, over the actions that will do.
func (b *building) ask(n need, id *identity, on func(action string) (value.Text, bool)) (action string, best answer) {
	_, service, passed := strings.Cut(n.action, " ")
	best.holds = value.No
	for _, a := range n.permissions() {
		arn, ok := on(a)
		if !ok {
			continue
		}
		req := iam.Request{Principal: id.iam.Principal, Action: a, Resource: arn, Account: id.iam.Principal.Account, Context: id.context()}
		if passed {
			req.Context.Set("iam:PassedToService", service)
		}
		if strings.HasPrefix(a, "iam:Attach") {
			req.Context.Set("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")
		}
		p := iam.Policies{Identity: id.iam.Policies, Boundary: id.iam.Boundary}
		switch ans := id.bounded(judge(iam.Evaluate(&req, &p))); {
		case ans.holds == value.Yes:
			return a, ans
		case ans.holds == value.Unknown && best.holds == value.No:
			action, best = a, ans
		}
	}
	return action, best
}

// allowed tells whether an identity may meet a need on a target.
func (b *building) allowed(id *identity, n need, target *identity) bool {
	_, ans := b.ask(n, id, b.targets(n, id, target))
	return ans.holds == value.Yes
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

func (b *building) targetARN(on target, action string, id, victim *identity) (value.Text, bool) {
	switch on {
	case onSelf:
		return id.arn, id.user == strings.Contains(action, "User")
	case onRole, onUser:
		if victim == nil {
			return value.Text{}, false
		}
		return victim.arn, true
	case onPolicy:
		return b.policyAttachedTo(id)
	case onPolicyOf:
		return b.policyAttachedTo(victim)
	}
	// The attacker chooses the name: any, or one that a statement asks for.
	any := value.Fresh("any resource")
	service, _, _ := strings.Cut(action, ":")
	for i := range id.attached {
		for j := range id.attached[i].policy.Document.Statements {
			for _, it := range id.attached[i].policy.Document.Statements[j].Resource.Items {
				s, _, ok := arnKey(it.Text)
				if !ok || s != service {
					continue
				}
				named := filled(it.Text)
				p := iam.Policies{Identity: id.iam.Policies, Boundary: id.iam.Boundary}
				req := iam.Request{Principal: id.iam.Principal, Action: action, Resource: named, Account: id.iam.Principal.Account, Context: id.context()}
				if iam.Decide(&req, &p) == iam.Allowed {
					return named, true
				}
			}
		}
	}
	return any, true
}

// filled puts something in the place of each wildcard of a pattern.
func filled(pattern value.Text) value.Text {
	var parts []value.Text
	for _, p := range pattern.Parts() {
		switch {
		case p.Hole != "" && p.Fresh:
			parts = append(parts, value.Fresh(p.Hole))
		case p.Hole != "":
			parts = append(parts, value.Hole(p.Hole))
		default:
			for i, piece := range strings.Split(strings.ReplaceAll(p.Lit, "?", "*"), "*") {
				if i > 0 {
					parts = append(parts, value.Fresh("any name"))
				}
				parts = append(parts, value.Lit(piece))
			}
		}
	}
	return value.Concat(parts...)
}

// policyAttachedTo is a managed policy of the application that the identity
// has.
func (b *building) policyAttachedTo(id *identity) (value.Text, bool) {
	for _, a := range b.apps {
		for r := range a.OfType("AWS::IAM::ManagedPolicy") {
			span := r.Get("PolicyDocument").Span()
			if slices.ContainsFunc(id.attached, func(at attachment) bool { return !at.managed && at.policy.Document.Span == span }) {
				return arnOf(r), true
			}
		}
	}
	return value.Text{}, false
}
