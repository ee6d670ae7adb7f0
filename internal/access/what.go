package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// WhatCan answers what a caller may do.
func (m *Model) WhatCan(principal string) (*report.AccessWhat, error) {
	id, err := m.Principal(principal)
	if err != nil {
		return nil, err
	}
	out := &report.AccessWhat{AccessHead: m.head("what-can"), Principal: id.Name, Grants: []report.AccessGrant{}}
	out.Notes = append(out.Notes, id.Lacks...)
	grants, whole := m.grantsOf(id)
	if !whole {
		out.Notes = append(out.Notes, "the policies are too large to ask about each action: what is marked unknown was not asked about")
	}
	out.Grants = append(out.Grants, grants...)
	return out, nil
}

// inventory lists grants, statement by statement.
type inventory struct {
	m     *Model
	id    *Identity
	work  budget
	cost  cost // of one question
	whole bool
	out   []report.AccessGrant
	index map[string]int
	held  []map[string]bool // the actions of each grant
}

// grantsOf lists what the identity is granted; false where a cap was hit.
func (m *Model) grantsOf(id *Identity) ([]report.AccessGrant, bool) {
	v := &inventory{m: m, id: id, work: budget{maxWork}, whole: true, index: map[string]int{}}
	own := m.policiesOf(id, nil)
	controls := slices.Concat(append(slices.Clone(m.scp), m.rcp, []*iam.Policy{id.Boundary})...)
	v.cost = costOf(append(slices.Clone(id.Policies), controls...)...)
	for _, p := range id.Policies {
		for i := range p.Document.Statements {
			v.statement(p, &p.Document.Statements[i], iam.FromIdentity, own, nil)
		}
	}
	for _, g := range m.Guarded {
		if g.Trust && id.Resource != nil && g.Resource == id.Resource || !m.mentions(g, id) {
			continue
		}
		with := m.policiesOf(id, &target{guarded: g})
		v.cost = costOf(append(slices.Clone(id.Policies), append(controls, g.Policy)...)...)
		for i := range g.Policy.Document.Statements {
			v.statement(g.Policy, &g.Policy.Document.Statements[i], iam.FromResource, with, g)
		}
	}
	return joined(v.out), v.whole
}

// mentions tells whether a resource's policy may let the identity in by name.
func (m *Model) mentions(g *Guarded, id *Identity) bool {
	for _, t := range iam.TrustedBy(g.Policy) {
		if t.Type == "*" || t.Type == "AWS" && t.Item.Text.Glob(id.Principal.ARN) != value.No || t.Type == "Service" && t.Item.String() == id.Principal.Service {
			return true
		}
	}
	return false
}

// statement adds what one Allow statement grants.
func (v *inventory) statement(p *iam.Policy, s *policy.Statement, from iam.Source, all *iam.Policies, g *Guarded) {
	if s.Is(policy.Allow) == value.No {
		return
	}
	if s.Open != nil || s.NotAction.Present || len(s.Action.Items) == 0 {
		v.except(p, s, from, all, g)
		return
	}
	list := resourcesOf(s, g)
	for i, res := range list {
		for _, it := range s.Action.Items {
			if v.work.left == 0 {
				v.rest(p, s, from, list[i:])
				return
			}
			v.item(p, s, from, all, g, it, res)
		}
	}
}

// rest adds what a statement may grant on the resources that are not asked
// about one by one any more.
func (v *inventory) rest(p *iam.Policy, s *policy.Statement, from iam.Source, resources []value.Text) {
	v.whole = false
	f := finding{answer: report.AccessUnknown, certainty: "unknown", why: []string{notAsked}}
	v.add(p, s, from, itemWords(s.Action), resources[0], f, "rest")
	last := &v.out[len(v.out)-1]
	for _, r := range resources[1:] {
		if s.Resource.Present {
			last.Resources = append(last.Resources, r.String())
		}
	}
}

// resourcesOf are the resources of a statement; those of a trust policy and of
// NotResource are the guarded resource, or any at all.
func resourcesOf(s *policy.Statement, g *Guarded) []value.Text {
	var out []value.Text
	for _, it := range s.Resource.Items {
		out = append(out, it.Text)
	}
	if len(out) > 0 {
		return out
	}
	if g != nil && !g.ARN.IsEmpty() {
		return []value.Text{g.ARN}
	}
	return []value.Text{value.Lit("arn:*:*:*:*:*")}
}

// item asks about one action pattern on one resource.
func (v *inventory) item(p *iam.Policy, s *policy.Statement, from iam.Source, all *iam.Policies, g *Guarded, it policy.Item, res value.Text) {
	pattern := it.String()
	actions := []string{pattern}
	if strings.ContainsAny(pattern, "*?") {
		actions = catalogue.Expand(pattern)
	}
	if !it.Text.IsKnown() || len(actions) == 0 {
		actions = []string{pattern} // newer than the catalogue, or not resolved
	}
	q := v.question(all, g, res)
	groups := map[string][]string{}
	samples := map[string]finding{}
	var order []string
	for _, a := range actions {
		var f finding
		if !v.work.spend(v.cost.of(a)) {
			v.whole = false
			f = finding{answer: report.AccessUnknown, certainty: "unknown", why: []string{notAsked}}
		} else {
			q.action = a
			f = q.statementAnswer(p, s)
		}
		if f.answer == report.AccessNo {
			continue
		}
		key := f.answer + "\n" + f.certainty + "\n" + strings.Join(f.conditions, "\n") + "\n" + strings.Join(f.chosen, " ")
		if _, ok := groups[key]; !ok {
			order = append(order, key)
			samples[key] = f
		}
		groups[key] = append(groups[key], a)
	}
	for _, key := range order {
		names := groups[key]
		if len(names) == len(actions) {
			names = []string{pattern}
		}
		v.add(p, s, from, names, res, samples[key], key)
	}
}

// question asks about a resource of the caller's own account, or the guarded one.
func (v *inventory) question(all *iam.Policies, g *Guarded, res value.Text) question {
	q := question{policies: all, principal: v.id.Principal, resource: v.anyOf(res), open: v.id.Open, owner: v.id.Principal.Account}
	if g != nil {
		q.owner = g.Owner
	}
	return q
}

// anyOf is a resource pattern as questions take it: a bare star is any
// resource, and variables have their value, or a hole in its place.
func (v *inventory) anyOf(t value.Text) value.Text {
	if s, ok := t.Known(); ok && s == "*" {
		return value.Lit("arn:*")
	}
	var out []value.Text
	for _, p := range t.Parts() {
		if p.Hole != "" {
			out = append(out, hole(p))
			continue
		}
		rest := p.Lit
		for {
			before, after, found := strings.Cut(rest, "${")
			key, tail, closed := strings.Cut(after, "}")
			if !found || !closed {
				out = append(out, value.Lit(rest))
				break
			}
			out = append(out, value.Lit(before), v.variable(key))
			rest = tail
		}
	}
	return value.Concat(out...)
}

func hole(p value.Part) value.Text {
	if p.Fresh {
		return value.Fresh(p.Hole)
	}
	return value.Hole(p.Hole)
}

// variable is the value of a policy variable for the caller.
func (v *inventory) variable(key string) value.Text {
	key, _, _ = strings.Cut(key, ",")
	switch strings.ToLower(key) {
	case "*", "?", "$":
		return value.Lit(key)
	case "aws:username":
		return v.id.Principal.Name
	case "aws:principalaccount":
		return v.id.Principal.Account
	}
	return value.Hole(key)
}

// statementAnswer tells what remains of a statement's grant of the question's
// action: nothing, all, or what conditions and other policies leave.
func (q *question) statementAnswer(p *iam.Policy, s *policy.Statement) finding {
	any := q.evaluate(holed(q.resource))
	if any.Decision.Allows() == value.No || !slices.ContainsFunc(any.Statements, func(m iam.Match) bool { return m.Statement == s }) {
		return finding{answer: report.AccessNo}
	}
	if any.Decision == iam.Allowed {
		return finding{answer: report.AccessYes, certainty: exact, chosen: any.Chosen}
	}
	// A member of the pattern that no other statement names.
	res := q.evaluate(general(q.resource))
	f := finding{answer: report.AccessUnknown, certainty: "approximate", chosen: res.Chosen}
	for _, m := range res.Statements {
		if m.Statement == s {
			f.open = m.Open
		}
	}
	switch res.Decision {
	case iam.Allowed:
		f.answer, f.certainty = report.AccessYes, exact
		f.conditions = exceptions(any.Statements)
		if len(f.conditions) > 0 {
			f.answer = report.AccessConditional
		}
		return f
	case iam.Unknown:
		// The moment is the caller's choice, and is told all the same: a grant ends.
		hinges := slices.DeleteFunc(slices.Clone(res.Hinges), func(key string) bool { return iam.CallerWrites(key) && !strings.EqualFold(key, "aws:CurrentTime") })
		f.conditions = append(remaining(res.Statements, hinges), exceptions(any.Statements)...)
		if len(res.Open) == 0 && !q.open && !slices.ContainsFunc(res.Statements, func(m iam.Match) bool { return m.Statement == s && len(m.Open) > 0 }) {
			f.answer, f.certainty = report.AccessConditional, exact
		}
		return f
	}
	// Others allow only a part of the pattern.
	for _, b := range res.Blocked {
		if b != iam.FromIdentity {
			f.conditions = append(f.conditions, "the "+b.String()+" allows it too")
		}
	}
	if len(f.conditions) > 0 {
		f.answer = report.AccessConditional
	}
	f.conditions = append(f.conditions, exceptions(any.Statements)...)
	return f
}

// exceptions are the denies that take a part away.
func exceptions(matches []iam.Match) []string {
	var out []string
	told := map[string]bool{}
	for _, m := range matches {
		if m.Effect != policy.Deny {
			continue
		}
		line := "not denied by " + m.Statement.Name() + ": " + says(m.Statement)
		if c := conditions(m.Statement); len(c) > 0 {
			line += " if " + strings.Join(c, " and ")
		}
		if !told[line] {
			told[line] = true
			out = append(out, line)
		}
	}
	return out
}

// general is a member of a pattern that nobody named.
func general(t value.Text) value.Text {
	var out []value.Text
	for i, p := range holed(t).Parts() {
		switch {
		case p.Hole != "" && (p.Fresh || strings.HasPrefix(p.Hole, "any")):
			out = append(out, value.Fresh(fmt.Sprintf("%s %d", p.Hole, i)))
		case p.Hole != "":
			out = append(out, value.Hole(p.Hole))
		default:
			out = append(out, value.Lit(p.Lit))
		}
	}
	return value.Concat(out...)
}

// except adds a statement that allows everything but some actions, or one of
// which nothing is known.
func (v *inventory) except(p *iam.Policy, s *policy.Statement, from iam.Source, all *iam.Policies, g *Guarded) {
	f := finding{answer: report.AccessUnknown, certainty: "approximate", why: []string{"the statement is not resolved"}}
	name := "what is not known"
	if s.Open == nil {
		var not []string
		for _, it := range s.NotAction.Items {
			not = append(not, it.String())
		}
		name = "everything but " + strings.Join(not, ", ")
	}
	for _, res := range resourcesOf(s, g) {
		if s.Open == nil {
			q := v.question(all, g, res)
			q.action = "remit:any"
			f = q.statementAnswer(p, s)
		}
		if f.answer != report.AccessNo {
			v.add(p, s, from, []string{name}, res, f, f.answer+strings.Join(f.conditions, "\n"))
		}
	}
}

// add joins the grants of a statement that differ only in their actions.
func (v *inventory) add(p *iam.Policy, s *policy.Statement, from iam.Source, actions []string, res value.Text, f finding, key string) {
	key = fmt.Sprintf("%p %s %s", s, res, key)
	if i, ok := v.index[key]; ok {
		for _, a := range actions {
			if !v.held[i][a] {
				v.held[i][a] = true
				v.out[i].Actions = append(v.out[i].Actions, a)
			}
		}
		return
	}
	held := map[string]bool{}
	for _, a := range actions {
		held[a] = true
	}
	v.held = append(v.held, held)
	match := iam.Match{Source: from, Policy: p, Statement: s, Effect: policy.Allow, Holds: value.Yes, Open: f.open}
	if f.answer == report.AccessUnknown {
		match.Holds = value.Unknown
	}
	v.index[key] = len(v.out)
	resource := res.String()
	if s.NotResource.Present {
		resource = "everything but " + strings.Join(itemWords(s.NotResource), ", ")
	}
	v.out = append(v.out, report.AccessGrant{
		Principal: v.id.Name, Kind: v.id.Kind, ID: v.id.ID, Answer: f.answer, Certainty: f.certainty, Actions: list(actions), Resources: []string{resource},
		Conditions: list(f.conditions), Chosen: list(f.chosen), Why: list(f.why), Statements: []report.AccessStatement{v.m.statement(match)},
	})
}

// joined joins grants that differ only in their resources.
func joined(grants []report.AccessGrant) []report.AccessGrant {
	out := []report.AccessGrant{}
	at := map[string]int{}
	var held []map[string]bool
	for _, g := range grants {
		s := g.Statements[0]
		key := strings.Join(append(append([]string{g.Answer, g.Certainty, s.Policy, s.Kind, s.Span.String(), s.Name}, g.Actions...), g.Conditions...), "\n")
		if i, ok := at[key]; ok {
			for _, r := range g.Resources {
				if !held[i][r] {
					held[i][r] = true
					out[i].Resources = append(out[i].Resources, r)
				}
			}
			continue
		}
		at[key] = len(out)
		out = append(out, g)
		held = append(held, map[string]bool{})
		for _, r := range g.Resources {
			held[len(held)-1][r] = true
		}
	}
	return out
}

func itemWords(l policy.List) []string {
	var out []string
	for _, it := range l.Items {
		out = append(out, it.String())
	}
	return out
}
