package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// A caller is somebody that a question is asked about.
type asker struct {
	name, kind, id string
	principal      iam.Principal
	policies       *iam.Policies
	context        iam.Context
	open           bool
	notes          []string
}

// maxQuestions bounds what one command asks; what is left is said.
const maxQuestions = 400_000

// WhoCan answers who may do an action, or any of those that a pattern matches,
// on a resource, or on any that a pattern matches.
func (m *Model) WhoCan(action, resource string) (*report.AccessWho, error) {
	actions, err := expand(action)
	if err != nil {
		return nil, err
	}
	t, err := m.Target(resource)
	if err != nil {
		return nil, err
	}
	t = m.methods(t, action)
	out := &report.AccessWho{AccessHead: m.head("who-can"), Action: action, Resource: t.text.String(), Grants: []report.AccessGrant{}}
	callers := m.callers(&t, actions)
	if t.api.Resource != nil && slices.ContainsFunc(actions, isInvoke) {
		by := m.admission(&t)
		out.Notes = append(out.Notes, by.notes...)
		out.Grants = append(out.Grants, by.grants...)
		callers = slices.DeleteFunc(callers, func(c *asker) bool {
			return len(actions) == 1 && (!by.iam || c.kind == "anonymous" && len(t.routes()) > 0)
		})
	}
	out.Asked = len(callers)
	out.Notes = append(out.Notes, m.about(&Identity{}, &t)...)
	left, work := maxQuestions, budget{maxOfAll}
	each := map[*iam.Policy]int{}
	for i, c := range callers {
		out.Notes = append(out.Notes, c.notes...)
		if left -= len(actions); left < 0 || !work.spend(c.cost(actions, each)) {
			out.Notes = append(out.Notes, fmt.Sprintf("the question is too large: %d of the %d callers, from %s on, were not asked about; name fewer actions", len(callers)-i, len(callers), c.name))
			out.Grants = append(out.Grants, report.AccessGrant{Principal: c.name, Kind: c.kind, ID: c.id, Answer: report.AccessUnknown, Certainty: "unknown",
				Actions: []string{action}, Resources: []string{out.Resource}, Conditions: []string{}, Chosen: []string{}, Why: []string{notAsked}, Statements: []report.AccessStatement{}})
			break
		}
		if g, ok := m.grantOf(c, actions, &t); ok {
			out.Grants = append(out.Grants, g)
		}
	}
	rank := map[string]int{report.AccessYes: 0, report.AccessConditional: 1, report.AccessUnknown: 2}
	slices.SortStableFunc(out.Grants, func(a, b report.AccessGrant) int {
		return cmp.Or(cmp.Compare(rank[a.Answer], rank[b.Answer]), cmp.Compare(a.Principal, b.Principal))
	})
	return out, nil
}

// cost is what the questions about the caller look at; each keeps that of a
// policy.
func (c *asker) cost(actions []string, each map[*iam.Policy]int) int {
	n := len(actions)
	for _, p := range append(slices.Clone(c.policies.Identity), c.policies.Boundary, c.policies.Resource) {
		if _, ok := each[p]; !ok && p != nil {
			x := costOf(p)
			for _, a := range actions {
				each[p] += x.of(a)
			}
		}
		n += each[p]
	}
	return n
}

// expand is an action as it is, or those that a pattern matches.
func expand(action string) ([]string, error) {
	if action != "*" && !strings.Contains(action, ":") {
		return nil, Error{fmt.Sprintf("the action %q lacks its service", action), "write it as s3:GetObject"}
	}
	if !strings.ContainsAny(action, "*?") {
		return []string{action}, nil
	}
	list := catalogue.Expand(action)
	if len(list) == 0 {
		return nil, Error{fmt.Sprintf("no action that IAM knows matches %q", action), "correct the pattern"}
	}
	return list, nil
}

// A place is where a match stands.
type place struct {
	policy    *iam.Policy
	statement *policy.Statement
	source    iam.Source
}

// grantOf asks about one caller.
func (m *Model) grantOf(c *asker, actions []string, t *target) (report.AccessGrant, bool) {
	g := report.AccessGrant{Principal: c.name, Kind: c.kind, ID: c.id, Answer: report.AccessNo, Certainty: exact, Resources: []string{t.text.String()},
		Actions: []string{}, Conditions: []string{}, Chosen: []string{}, Why: []string{"it was not asked"}, Statements: []report.AccessStatement{}}
	q := question{policies: c.policies, principal: c.principal, context: c.context, resource: t.text, owner: t.owner, open: c.open, work: &budget{maxSolved}}
	rank := map[string]int{report.AccessNo: 0, report.AccessUnknown: 1, report.AccessConditional: 2, report.AccessYes: 3}
	every := len(actions) > 1 || wild(t.text)
	all := true
	told := map[place]bool{}
	for _, a := range actions {
		q.action = a
		f := q.ask()
		for _, alias := range t.aliases {
			other := q
			other.resource = alias
			if g := other.ask(); rank[g.answer] > rank[f.answer] {
				f = g
			}
		}
		if f.answer == report.AccessNo {
			all = false
			continue
		}
		if f.every == report.AccessNo {
			all = false
		}
		g.Actions = append(g.Actions, a)
		if rank[f.answer] > rank[g.Answer] {
			g.Answer, g.Certainty = f.answer, f.certainty
			g.Conditions, g.Chosen, g.Why = list(f.conditions), list(f.chosen), list(f.why)
			g.Witness = witness(f.witness)
			g.Statements = []report.AccessStatement{}
			clear(told)
		}
		if f.answer != g.Answer {
			continue
		}
		for _, x := range f.matches {
			if key := (place{x.Policy, x.Statement, x.Source}); !told[key] {
				told[key] = true
				g.Statements = append(g.Statements, m.statements([]iam.Match{x}, policy.Allow)...)
			}
		}
	}
	if every {
		g.Every = holds(value.Of(all))
	}
	if len(actions) > 1 {
		g.Actions = compress(g.Actions)
	}
	return g, len(g.Actions) > 0
}

// callers are all who may come into question: the identities, and whom the
// resource's policy names besides.
func (m *Model) callers(t *target, actions []string) []*asker {
	var out []*asker
	for _, id := range m.Identities {
		id, _ := id.near(t)
		out = append(out, &asker{name: id.Name, kind: id.Kind, id: id.ID, principal: id.Principal, policies: m.policiesOf(id, t), open: id.Open,
			notes: id.Lacks})
	}
	if t.guarded == nil {
		return out
	}
	return append(out, m.outsiders(t, actions)...)
}

// outsiders are the callers that a resource's policy names and that are none
// of the identities.
func (m *Model) outsiders(t *target, actions []string) []*asker {
	var out []*asker
	p := t.guarded.Policy
	seen := map[string]bool{}
	add := func(name, kind string, who iam.Principal, context iam.Context) {
		if seen[kind+"\n"+name] {
			return
		}
		seen[kind+"\n"+name] = true
		all := &iam.Policies{Identity: []*iam.Policy{everything()}, Resource: p}
		if len(m.rcp) > 0 {
			all.RCP = [][]*iam.Policy{m.rcp}
		}
		out = append(out, &asker{name: name, kind: kind, principal: who, policies: all, context: context})
	}
	anybody := slices.ContainsFunc(p.Document.Statements, func(s policy.Statement) bool {
		return s.NotPrincipal != nil && s.Is(policy.Allow) != value.No
	})
	for _, it := range t.guarded.Stale {
		name := "the identity with the id " + it.String()
		out = append(out, &asker{name: name, kind: "unique id", principal: iam.Role(value.Hole(name)), policies: &iam.Policies{Identity: []*iam.Policy{everything()}, Resource: t.guarded.whole},
			notes: []string{"only AWS knows whose id " + it.String() + " is; it is shown where the identity was deleted, and then it is nobody's"}})
	}
	trusted := iam.TrustedBy(p)
	for _, x := range trusted {
		anybody = anybody || x.Type == "*"
	}
	if anybody {
		if slices.ContainsFunc(actions, iam.TakesAnonymous) {
			add("anyone", "anonymous", iam.Anonymous(), iam.Context{})
		}
		add("any AWS account", "any account", iam.Stranger(), iam.Context{})
	}
	if slices.ContainsFunc(p.Document.Statements, unresolved) {
		add("somebody who is not known", "principal that is not resolved", iam.Stranger(), iam.Context{})
	}
	for _, x := range trusted {
		word, known := x.Item.Text.Known()
		switch {
		case x.Type == "*":
		case x.Type == "Service":
			add(x.Item.String(), "service", iam.Service(x.Item.String()), iam.Context{})
		case x.Type == "Federated":
			add(x.Item.String(), "federated identity", iam.Federated(x.Item.Text), iam.Context{})
		case x.Type == "CanonicalUser":
			add("the account of the canonical user "+x.Item.String(), "account", iam.Root(value.Hole("the account of the canonical user "+x.Item.String())), iam.Context{})
		case x.Type != "AWS":
		case !known:
			m.named(x.Item, t, add)
		default:
			who := iam.ParsePrincipal(word)
			if who.Kind == iam.RootKind {
				if who.Account.Equal(t.owner) == value.Yes {
					continue // hands over to the identities
				}
				add("identities of the account "+who.Account.String(), "account", who, iam.Context{})
				continue
			}
			if !m.has(who.ARN) {
				add(word, who.Kind.String(), who, iam.Context{})
			}
		}
	}
	return out
}

// unresolved tells whether it is not known whom a statement lets in.
func unresolved(s policy.Statement) bool {
	return s.Is(policy.Allow) != value.No && (s.Open != nil || s.Principal != nil && len(s.Principal.Open) > 0)
}

// named adds a principal whose ARN is known in part.
func (m *Model) named(it policy.Item, t *target, add func(string, string, iam.Principal, iam.Context)) {
	if m.has(it.Text) {
		return
	}
	who := partly(it)
	if who.Kind == iam.RootKind {
		if who.Account.Equal(t.owner) != value.Yes {
			add("identities of the account "+who.Account.String(), "account", who, iam.Context{})
		}
		return
	}
	if it.Text.Equal(t.owner) == value.Yes {
		return
	}
	add(it.String(), who.Kind.String(), who, iam.Context{})
}

func (m *Model) has(arn value.Text) bool {
	return slices.ContainsFunc(m.Identities, func(id *Identity) bool { return id.Principal.ARN.Equal(arn) == value.Yes })
}
