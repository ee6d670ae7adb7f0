package access

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/lint"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Needs are the permissions that somebody needs.
type Needs struct {
	doc    *policy.Document
	policy *iam.Policy
}

// ParseNeeds reads a file of needs: a policy, or lines of an action and the
// resource that it is needed on, or without one on any.
func ParseNeeds(file string, data []byte) (*Needs, []source.Problem) {
	if p := ParsePolicy(file, data, source.DefaultLimits); p != nil {
		return &Needs{p.Doc, iam.Compile(p.Doc)}, p.Problems
	}
	var statements []*value.Value
	var problems []source.Problem
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		span := source.Span{File: file, Line: n, Column: 1, EndLine: n, EndColumn: len(lines.Text()) + 1}
		switch {
		case len(words) == 0:
			continue
		case len(words) > 2 || !strings.Contains(words[0], ":"):
			problems = append(problems, source.Problem{Span: span, Message: "a line has an action such as s3:GetObject, and may have a resource after it"})
			continue
		case len(words) == 1:
			words = append(words, "*")
		}
		text := func(s string) *value.Value { return value.NewText(value.Lit(s), span) }
		field := func(k, v string) value.Field { return value.Field{Key: k, KeySpan: span, Value: text(v)} }
		statements = append(statements, value.NewMap([]value.Field{field("Effect", "Allow"), field("Action", words[0]), field("Resource", words[1])}, span))
	}
	if err := lines.Err(); err != nil {
		problems = append(problems, source.Problem{Span: source.FileSpan(file), Message: "the file is not read to its end: " + err.Error()})
	}
	at := source.FileSpan(file)
	doc, more := policy.Parse(value.NewMap([]value.Field{
		{Key: "Version", KeySpan: at, Value: value.NewText(value.Lit("2012-10-17"), at)},
		{Key: "Statement", KeySpan: at, Value: value.NewList(statements, at)},
	}, at))
	return &Needs{doc, iam.Compile(doc)}, append(problems, more...)
}

// Needed compares what identities are granted with what they need: of one, or
// of all that are read.
func (m *Model) Needed(principal string, needs *Needs) (*report.AccessNeeded, error) {
	out := &report.AccessNeeded{AccessHead: m.head("needed"), Identities: []report.AccessExcess{}}
	ids := m.Identities
	if principal != "" {
		id, err := m.Principal(principal)
		if err != nil {
			return nil, err
		}
		ids = []*Identity{id}
	}
	for _, id := range ids {
		x, whole := m.excess(id, needs)
		if !whole {
			out.Notes = append(out.Notes, "the policies of "+id.Name+" are too large to ask about each action")
		}
		out.Identities = append(out.Identities, x)
		out.Notes = append(out.Notes, id.Lacks...)
	}
	return out, nil
}

// excess is what one identity is granted beyond the needs.
func (m *Model) excess(id *Identity, needs *Needs) (report.AccessExcess, bool) {
	x := report.AccessExcess{Principal: id.Name, Answer: report.AccessNo, Certainty: exact, Excess: []report.AccessGrant{}, Missing: []string{}}
	all := m.policiesOf(id, nil)
	ans := solve.Within(solve.Compile(all), solve.Identity(needs.doc), solve.Options{Principal: &id.Principal})
	x.Answer, x.Certainty = holds(ans.Holds.Not()), ans.Certainty.String()
	x.Policy = needs.fewest()
	missing, asked := m.missing(id, all, needs)
	x.Missing = missing
	if ans.Holds == value.Yes {
		return x, asked
	}
	x.Witness = witness(ans.Witness)
	grants, whole := m.grantsOf(id)
	whole = whole && asked
	work, each := budget{maxWork}, costOf(needs.policy)
	for _, g := range grants {
		n := 0
		for _, a := range g.Actions {
			n += each.of(a) * len(g.Resources)
		}
		if !work.spend(n) {
			whole = false
			g.Answer, g.Certainty = report.AccessUnknown, "unknown"
			x.Excess = append(x.Excess, g)
			continue
		}
		x.Excess = append(x.Excess, beyond(g, id, needs)...)
	}
	x.Excess = fold(x.Excess)
	if len(x.Excess) > 0 && x.Answer == report.AccessUnknown && slices.ContainsFunc(x.Excess, func(g report.AccessGrant) bool { return g.Answer == report.AccessYes }) {
		x.Answer, x.Certainty = report.AccessYes, exact // shown by the grants
	}
	return x, whole
}

// beyond is the part of a grant that is not needed.
func beyond(g report.AccessGrant, id *Identity, needs *Needs) []report.AccessGrant {
	var out []report.AccessGrant
	v := &inventory{id: id}
	for _, res := range g.Resources {
		var whole, part []string
		for _, a := range g.Actions {
			list := applicable(a, res)
			before := len(whole)
			for _, action := range list {
				r := iam.Request{Principal: id.Principal, Action: action, Resource: holed(v.anyOf(value.Lit(res))), Account: id.Principal.Account}
				switch iam.Decide(&r, &iam.Policies{Identity: []*iam.Policy{needs.policy}}) {
				case iam.Allowed:
				case iam.Unknown:
					part = append(part, action)
				default:
					whole = append(whole, action)
				}
			}
			if len(list) > 1 && len(whole)-before == len(list) {
				whole = append(whole[:before], a) // the whole pattern
			}
		}
		add := func(actions []string, every string) {
			if len(actions) == 0 {
				return
			}
			e := g
			e.Actions, e.Resources, e.Every = compress(actions), []string{res}, every
			out = append(out, e)
		}
		add(whole, report.AccessYes)
		add(part, report.AccessNo)
	}
	return out
}

// applicable are the actions of a pattern that can be for the resource; a
// pattern matches more than that.
func applicable(action, resource string) []string {
	if !strings.ContainsAny(action, "*?") {
		return []string{action}
	}
	return slices.DeleteFunc(catalogue.Expand(action), func(a string) bool { return !lint.Works(a, resource) })
}

// fold joins grants to the fewest: those with the same actions get the
// resources of all, those with the same resources the actions.
func fold(grants []report.AccessGrant) []report.AccessGrant {
	type place struct { // of a statement of the grant
		grant  int
		span   source.Span
		policy string
	}
	by := func(in []report.AccessGrant, key func(*report.AccessGrant) string, join func(into, from *report.AccessGrant)) []report.AccessGrant {
		var out []report.AccessGrant
		at := map[string]int{}
		seen := map[place]bool{}
		for i := range in {
			k := strings.Join(append([]string{in[i].Answer, in[i].Certainty, in[i].Every}, in[i].Conditions...), "\n") + "\n" + key(&in[i])
			if j, ok := at[k]; ok {
				join(&out[j], &in[i])
				for _, s := range in[i].Statements {
					if p := (place{j, s.Span, s.Policy}); !seen[p] {
						seen[p] = true
						out[j].Statements = append(out[j].Statements, s)
					}
				}
				continue
			}
			at[k] = len(out)
			g := in[i]
			g.Actions, g.Resources, g.Statements = slices.Clone(g.Actions), slices.Clone(g.Resources), slices.Clone(g.Statements) // others share them
			for _, s := range g.Statements {
				seen[place{len(out), s.Span, s.Policy}] = true
			}
			out = append(out, g)
		}
		return out
	}
	grants = by(grants, func(g *report.AccessGrant) string { return strings.Join(g.Resources, " ") }, func(a, b *report.AccessGrant) {
		a.Actions = append(a.Actions, b.Actions...)
	})
	for i := range grants {
		grants[i].Actions = union(grants[i].Actions)
	}
	return by(grants, func(g *report.AccessGrant) string { return strings.Join(g.Actions, " ") }, func(a, b *report.AccessGrant) {
		a.Resources = append(a.Resources, b.Resources...)
	})
}

// union is a list of actions without those that a pattern of it covers.
func union(all []string) []string {
	slices.Sort(all)
	all = slices.Compact(all)
	globs := map[string][]wildcard{} // by service
	for _, p := range all {
		if service, _ := policy.SplitAction(p); strings.ContainsAny(p, "*?") {
			globs[service] = append(globs[service], wildcard{p, value.NewPattern(value.Lit(strings.ToLower(p)))})
		}
	}
	if len(globs) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(x string) bool {
		service, _ := policy.SplitAction(x)
		low := strings.ToLower(x)
		for _, key := range []string{service, "*"} {
			for i := range globs[key] {
				if g := &globs[key][i]; g.text != x && g.glob.MatchString(low) == value.Yes {
					return true
				}
			}
		}
		return false
	})
}

type wildcard struct {
	text string
	glob value.Pattern
}

// missing are the needs that the identity is not granted; false where they are
// too many to ask about each.
func (m *Model) missing(id *Identity, all *iam.Policies, needs *Needs) ([]string, bool) {
	out := []string{}
	work, each := budget{maxWork}, costOf(append(slices.Clone(id.Policies), id.Boundary)...)
	q := question{policies: all, principal: id.Principal, open: id.Open, owner: id.Principal.Account, work: &budget{maxSolved}}
	for i := range needs.doc.Statements {
		s := &needs.doc.Statements[i]
		for _, a := range s.Action.Items {
			for _, res := range s.Resource.Items {
				q.action, q.resource = a.String(), (&inventory{id: id}).anyOf(res.Text)
				if strings.ContainsAny(q.action, "*?") {
					continue // a pattern says what may be needed
				}
				if !work.spend(each.of(q.action)) {
					return out, false
				}
				if q.ask().answer == report.AccessNo {
					out = append(out, fmt.Sprintf("%s on %s", a, res))
				}
			}
		}
	}
	return out, true
}

// An allowing statement allows actions on resources.
type allowing struct {
	Effect   string   `json:"Effect"`
	Action   []string `json:"Action"`
	Resource []string `json:"Resource"`
}

type document struct {
	Version   string     `json:"Version"`
	Statement []allowing `json:"Statement"`
}

// fewest is a policy of the needs in the fewest statements: resources with the
// same actions share one. A policy with conditions stays as it is written.
func (n *Needs) fewest() any {
	actions := map[string][]string{}
	var order []string
	for i := range n.doc.Statements {
		s := &n.doc.Statements[i]
		if s.HasCondition || s.Is(policy.Allow) != value.Yes || !s.Action.Present || !s.Resource.Present || s.Open != nil {
			return n.doc
		}
		for _, r := range s.Resource.Items {
			key := r.String()
			if actions[key] == nil {
				order = append(order, key)
			}
			for _, a := range s.Action.Items {
				actions[key] = append(actions[key], a.String())
			}
		}
	}
	d := document{Version: "2012-10-17", Statement: []allowing{}}
	at := map[string]int{}
	slices.Sort(order)
	for _, r := range order {
		list := actions[r]
		slices.Sort(list)
		list = slices.Compact(list)
		key := strings.Join(list, " ")
		if i, ok := at[key]; ok {
			d.Statement[i].Resource = append(d.Statement[i].Resource, r)
			continue
		}
		at[key] = len(d.Statement)
		d.Statement = append(d.Statement, allowing{policy.Allow, list, []string{r}})
	}
	return d
}
