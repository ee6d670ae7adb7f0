package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A subject is what two versions are compared by: one identity, one resource
// with its policy, or one policy that stands alone.
type subject struct {
	key, name, kind string
	policies        *iam.Policies
	docs            []*policy.Document
	options         solve.Options
	lacks           []string
	file            bool
}

// Compare tells for each identity, resource and policy of two versions whether
// the new one allows what the old did not; with both, also the other way round.
func Compare(question string, now, old *Model, newName, oldName string, both bool) *report.AccessDiff {
	out := &report.AccessDiff{AccessHead: now.head(question), New: newName, Old: oldName, Changes: []report.AccessChange{}}
	out.Problems = append(out.Problems, old.head("").Problems...)
	short := len(now.Project.Apps) == 1 && len(old.Project.Apps) == 1
	mine, theirs := now.subjects(short), old.subjects(short)
	if len(mine) == 1 && len(theirs) == 1 && mine[0].file && theirs[0].file {
		theirs[0].key = mine[0].key // two files, whatever they are called
	}
	keys := map[string][2]*subject{}
	var order []string
	note := func(list []*subject, side int) {
		for _, s := range list {
			pair, ok := keys[s.key]
			if !ok {
				order = append(order, s.key)
			}
			pair[side] = s
			keys[s.key] = pair
		}
	}
	note(mine, 0)
	note(theirs, 1)
	slices.Sort(order)
	for _, key := range order {
		pair := keys[key]
		out.Changes = append(out.Changes, change(now, old, pair[0], pair[1], both))
		for _, s := range pair {
			if s != nil {
				out.Notes = append(out.Notes, s.lacks...)
			}
		}
	}
	slices.SortStableFunc(out.Changes, func(a, b report.AccessChange) int {
		return cmp.Or(cmp.Compare(growthRank(&a), growthRank(&b)), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

func growthRank(c *report.AccessChange) int {
	switch {
	case c.Grows.Answer == report.AccessYes:
		return 0
	case c.Grows.Answer == report.AccessUnknown:
		return 1
	case c.Shrinks != nil && c.Shrinks.Answer != report.AccessNo:
		return 2
	}
	return 3
}

// subjects are all that two versions of the model are compared by.
func (m *Model) subjects(short bool) []*subject {
	name := func(name, id string) string {
		if name != id {
			return name // an ARN
		}
		if short {
			return strings.TrimPrefix(id, m.Project.Apps[0].ID+"/")
		}
		return id
	}
	var out []*subject
	for _, id := range m.Identities {
		s := &subject{name: name(id.Name, id.ID), kind: id.Kind, policies: m.policiesOf(id, nil), lacks: id.Lacks, file: id.Resource == nil}
		if id.Resource != nil {
			s.options.Principal = &id.Principal
		}
		for _, p := range id.Policies {
			s.docs = append(s.docs, p.Document)
		}
		if id.Boundary != nil {
			s.docs = append(s.docs, nil, id.Boundary.Document)
		}
		out = append(out, s)
	}
	for _, g := range m.Guarded {
		s := &subject{name: name(g.Name, g.id()), kind: g.Kind(), policies: &iam.Policies{Resource: g.Policy}, docs: []*policy.Document{g.Policy.Document}, file: g.File != nil}
		s.options.Owner = g.Owner
		out = append(out, s)
	}
	for _, s := range out {
		s.key = s.name + "\n" + s.kind
		if s.file {
			s.key = s.name
		}
	}
	return out
}

func (g *Guarded) id() string {
	if g.Resource == nil {
		return g.Name
	}
	return g.Resource.ID
}

// text is equal for subjects that say the same.
func (s *subject) text() string {
	var b strings.Builder
	for _, d := range s.docs {
		if d == nil {
			b.WriteString("\nboundary ")
			continue
		}
		data, err := d.MarshalJSON()
		if err != nil {
			fmt.Fprintf(&b, "%p", d)
		}
		for i := range d.Statements {
			if d.Statements[i].Open != nil {
				fmt.Fprintf(&b, "%p", &d.Statements[i]) // equal to nothing
			}
			fmt.Fprint(&b, d.Statements[i].Maybe)
		}
		b.Write(data)
		b.WriteByte('\n')
	}
	return b.String()
}

func change(now, old *Model, a, b *subject, both bool) report.AccessChange {
	out := report.AccessChange{State: "both"}
	first := a
	switch {
	case a == nil:
		out.State, first = "old", b
	case b == nil:
		out.State = "new"
	}
	out.Subject, out.Kind = first.name, first.kind
	same := a != nil && b != nil && a.text() == b.text() && len(a.lacks)+len(b.lacks) == 0
	out.Grows = growth(now, a, b, first.options, same)
	if both {
		s := growth(old, b, a, first.options, same)
		out.Shrinks = &s
	}
	return out
}

// growth tells whether a allows what b does not.
func growth(m *Model, a, b *subject, o solve.Options, same bool) report.AccessGrowth {
	out := report.AccessGrowth{Answer: report.AccessNo, Certainty: exact, Why: []string{}, Examples: []report.AccessExample{}}
	if same || a == nil {
		return out
	}
	other := &iam.Policies{}
	if b != nil {
		other = b.policies
	}
	theirs := solve.Compile(other)
	ans := solve.Within(solve.Compile(a.policies), theirs, o)
	out.Answer, out.Certainty = holds(ans.Holds.Not()), ans.Certainty.String()
	out.Why = list(ans.Why)
	if ans.Holds == value.Yes {
		return out
	}
	if ans.Witness != nil {
		out.Examples = append(out.Examples, m.example(a, ans.Witness, o))
	}
	for _, p := range m.single(a) {
		if len(out.Examples) >= maxExamples {
			break
		}
		if told(out.Examples, p.statement.Span) {
			continue
		}
		one := solve.Within(solve.Compile(p.policies), theirs, o)
		if one.Holds != value.Yes && one.Witness != nil {
			if e := m.example(a, one.Witness, o); e.By != nil && !told(out.Examples, p.statement.Span) {
				out.Examples = append(out.Examples, e)
			}
		}
	}
	return out
}

const (
	maxExamples = 10 // of one comparison
	maxSingles  = 200
)

func told(list []report.AccessExample, span source.Span) bool {
	return slices.ContainsFunc(list, func(e report.AccessExample) bool {
		return slices.ContainsFunc(e.By, func(s report.AccessStatement) bool { return s.Span == span })
	})
}

// example is a witness with the statements that allow it.
func (m *Model) example(a *subject, w *solve.Witness, o solve.Options) report.AccessExample {
	e := report.AccessExample{Request: request(&w.Request, w.Keys), By: []report.AccessStatement{}}
	if o.Principal == nil && a.policies.Resource == nil {
		e.Request.Principal = "whoever has the policy"
	}
	for _, x := range iam.Evaluate(&w.Request, a.policies).Statements {
		if _, ours := m.policies[x.Policy]; ours && x.Effect == policy.Allow {
			e.By = append(e.By, m.statement(x))
		}
	}
	return e
}

// A one is a subject's policies with a single Allow statement left.
type one struct {
	policies  *iam.Policies
	statement *policy.Statement
}

// single takes the policies apart: each Allow with every Deny.
func (m *Model) single(a *subject) []one {
	var out []one
	apart := func(p *iam.Policy, rest func(*iam.Policy) *iam.Policies) {
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Is(policy.Allow) == value.No || len(out) >= maxSingles {
				continue
			}
			d := *p.Document
			d.Statements = nil
			for j := range p.Document.Statements {
				if x := p.Document.Statements[j]; j == i || x.Is(policy.Deny) != value.No {
					d.Statements = append(d.Statements, x)
				}
			}
			out = append(out, one{rest(iam.Compile(&d)), s})
		}
	}
	for i, p := range a.policies.Identity {
		apart(p, func(left *iam.Policy) *iam.Policies {
			all := *a.policies
			all.Identity = []*iam.Policy{left}
			for j, q := range a.policies.Identity {
				if j != i {
					all.Identity = append(all.Identity, denials(q))
				}
			}
			return &all
		})
	}
	if a.policies.Resource != nil {
		apart(a.policies.Resource, func(left *iam.Policy) *iam.Policies {
			all := *a.policies
			all.Resource = left
			return &all
		})
	}
	return out
}

// denials is a policy without what it allows.
func denials(p *iam.Policy) *iam.Policy {
	d := *p.Document
	d.Statements = slices.DeleteFunc(slices.Clone(d.Statements), func(s policy.Statement) bool { return s.Is(policy.Deny) == value.No })
	return iam.Compile(&d)
}
