package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// Where several statements of an identity allow the same, each by itself, a fix
// has to take all of them away: they are ways beside each other.

// A way is one statement of an identity that lets it do something, with what is
// then answered.
type way struct {
	action string
	answer answer // its first statement is that of the identity's policy
}

// ways asks for something by each statement of an identity alone, with all that
// is denied to it; nil where not more than one statement could allow any of the
// actions. The surest come first.
func (b *building) ways(id *identity, actions []string, ask func(*identity) (string, answer)) []way {
	type place struct {
		at *attachment
		s  *policy.Statement
	}
	var list []place
	for i := range id.attached {
		at := &id.attached[i]
		for j := range at.policy.Document.Statements {
			s := &at.policy.Document.Statements[j]
			if s.Is(policy.Allow) != value.No && slices.ContainsFunc(actions, func(a string) bool { return covers(s, a) }) {
				list = append(list, place{at, s})
			}
		}
	}
	if len(list) < 2 {
		return nil
	}
	var out []way
	for _, p := range list {
		action, ans := ask(b.only(id, p.at, p.s))
		i := slices.IndexFunc(ans.statements, func(m iam.Match) bool { return m.Source == iam.FromIdentity })
		if ans.holds == value.No || i < 0 {
			continue
		}
		m := ans.statements[i]
		m.Policy, m.Statement = p.at.policy, p.s
		ans.statements = append([]iam.Match{m}, slices.Delete(slices.Clone(ans.statements), i, i+1)...)
		out = append(out, way{action, ans})
	}
	slices.SortStableFunc(out, func(x, y way) int { return y.answer.rank() - x.answer.rank() })
	return out
}

// answers are those of ways; the answer as it is where there are not several.
func (b *building) answers(id *identity, ans answer, ask func(*identity) answer, actions ...string) []answer {
	list := b.ways(id, actions, func(as *identity) (string, answer) { return "", ask(as) })
	if len(list) < 2 {
		return []answer{ans}
	}
	out := make([]answer, len(list))
	for i, w := range list {
		out[i] = w.answer
	}
	return out
}

// only is an identity with one of its statements, and all that is denied to it.
func (b *building) only(id *identity, at *attachment, s *policy.Statement) *identity {
	key := oneStatement{id, s}
	if as := b.alone[key]; as != nil && as.iam.Boundary == id.iam.Boundary {
		return as
	}
	_, denials := b.restraint(id)
	doc := at.policy.Document
	own := *at
	own.policy = iam.Compile(&policy.Document{Version: doc.Version, Span: doc.Span, Statements: []policy.Statement{*s}})
	as := *id
	as.attached, as.reach, as.asked, as.whole = []attachment{own}, nil, nil, id
	as.iam.Policies = append([]*iam.Policy{own.policy}, denials...)
	b.alone[key] = &as
	return &as
}

// A oneStatement is an identity with one of its statements.
type oneStatement struct {
	id *identity
	s  *policy.Statement
}

// all is the identity with all of its statements.
func (id *identity) all() *identity {
	if id.whole != nil {
		return id.whole
	}
	return id
}

// beside adds the ways to meet a need to a hop as one premise, which each of
// them gives.
func (b *building) beside(h *hop, n need, x attempt, list []way) {
	node := Capability{Kind: kindGrant, Of: x.id.ID, Detail: fmt.Sprint(needDetail, h.by.ID, " ", n.action, " ", n.on, " ", len(h.parts))}
	for _, r := range []any{x.victim, x.place, x.change, x.born} {
		switch r := r.(type) {
		case *identity:
			if r != nil {
				node.Detail += " " + r.ID
			}
		case *retag:
			if r != nil {
				node.Detail += " " + r.says()
			}
		}
	}
	if x.place != nil {
		node.Detail += " " + x.place.ID
	}
	best := 2
	for _, w := range list {
		part := hop{by: h.by, from: []Capability{{Kind: KindCreds, Of: x.id.ID}}, to: node, certainty: Exact}
		m := w.answer.statements[0]
		part.evidence = []Evidence{b.statementEvidence(x.id, m, w.action)}
		b.answered(&part, w.answer)
		if at := x.id.attachmentOf(m); at != nil {
			unsure(&part, at.sure, at.name+" is attached to "+x.id.Label())
			part.weak = []Weakness{b.policyWeakness(x.id, at, m, w.action, !wideAny(m))}
		}
		best = min(best, part.certainty.rank())
		h.sig += fmt.Sprintf(" %p", m.Statement)
		h.parts = append(h.parts, part)
	}
	h.sig += ";"
	h.from, h.loosest = append(h.from, node), max(h.loosest, best)
	h.granted = append(h.granted, granted{match: list[0].answer.statements[0], action: list[0].action, given: list[0].answer.given, apart: true})
}

// needDetail begins the details of nodes that stand for a need of an identity.
const needDetail = "need "

// isNeed tells whether a node stands for something that an identity needs.
func (c Capability) isNeed() bool {
	return c.Kind == kindGrant && strings.HasPrefix(c.Detail, needDetail)
}

// rank is how far a hop is proved, with the best of the ways to each of its needs.
func (h *hop) rank() int { return max(h.certainty.rank(), h.loosest) }

// statementsFor are the statements of an identity that may allow what a row
// needs.
func (b *building) statementsFor(id *identity, r *row) []*policy.Statement {
	var out []*policy.Statement
	for i := range id.attached {
		for j := range id.attached[i].policy.Document.Statements {
			s := &id.attached[i].policy.Document.Statements[j]
			if s.Is(policy.Allow) != value.No && slices.ContainsFunc(r.needs, func(n need) bool {
				return slices.ContainsFunc(n.permissions(), func(a string) bool { return covers(s, a) })
			}) {
				out = append(out, s)
			}
		}
	}
	return out
}

// sameWeak tells whether two lists are of the same weaknesses.
func sameWeak(x, y []Weakness) bool {
	return slices.EqualFunc(x, y, func(a, b Weakness) bool { return a.ID == b.ID })
}
