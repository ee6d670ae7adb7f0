package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/load/account"
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
	maybe           bool                   // a condition decides whether it is there
	when            string                 // what decides
	hang            []string               // the conditions on which parts of its policies hang
	attached        map[string]*iam.Policy // managed policies of the sources, by their keys
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
			for keys[s.key][side] != nil {
				s.key += "\nagain" // the same account in another folder: the first with the first
			}
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
	var list []*pairing
	for _, key := range order {
		pair := keys[key]
		list = append(list, &pairing{pair[0], pair[1], change(now, old, pair[0], pair[1], both)})
		for _, s := range pair {
			if s != nil {
				out.Notes = append(out.Notes, s.lacks...)
			}
		}
	}
	for _, p := range once(now, old, list) {
		out.Changes = append(out.Changes, p.change)
	}
	addUnread(out, now, old, both)
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
	// An account's entities keep their ARNs, whatever the file is called that
	// tells of them; in sources the declaration is what stays.
	name := func(r *app.Resource, name string) string {
		switch {
		case r == nil || r.App.Format == account.Format:
			return name
		case short:
			return strings.TrimPrefix(r.ID, m.Project.Apps[0].ID+"/")
		}
		return r.ID
	}
	var out []*subject
	for _, id := range m.Identities {
		s := &subject{name: name(id.Resource, id.Name), kind: id.Kind, policies: m.policiesOf(id, nil), lacks: id.Lacks, file: id.Resource == nil}
		if id.Resource != nil {
			s.maybe, s.when = id.Resource.Exists == value.Unknown, id.Resource.When
			s.options.Principal = &id.Principal
		}
		for _, p := range id.Policies {
			s.docs = append(s.docs, p.Document)
			s.hang = append(s.hang, m.policies[p].when)
			if in := m.policies[p].in; in != nil && in.Type == "AWS::IAM::ManagedPolicy" {
				s.attach(name(in, arnOrID(in)), p)
			}
		}
		if id.Boundary != nil {
			s.hang = append(s.hang, m.policies[id.Boundary].when)
			s.docs = append(s.docs, nil, id.Boundary.Document)
		}
		out = append(out, s)
	}
	for _, g := range m.Guarded {
		s := &subject{name: name(g.Resource, g.Name), kind: g.Kind(), policies: &iam.Policies{Resource: g.whole}, docs: []*policy.Document{g.whole.Document}, file: g.File != nil}
		s.options = g.requests()
		s.hang = []string{m.policies[g.Policy].when}
		if g.Resource != nil {
			s.maybe, s.when = g.Resource.Exists == value.Unknown, g.Resource.When
		}
		out = append(out, s)
	}
	out = append(out, m.apart(name)...)
	for _, s := range out {
		s.key = s.name + "\n" + s.kind
		if s.file {
			s.key = s.name
		}
	}
	return out
}

// through is what a resource's policy lets through of callers who are allowed
// all by their own: to take a Deny away is growth too.
func through(p *iam.Policy) *iam.Policies {
	return &iam.Policies{Identity: []*iam.Policy{everything()}, Resource: p}
}

// text is equal for subjects that say the same.
func (s *subject) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q", s.hang)
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
			fmt.Fprint(&b, d.Statements[i].Maybe, d.VariablesIn(&d.Statements[i]))
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
	o := first.options
	if a != nil && b != nil {
		o = ofBoth(o, b.options)
	}
	same := a != nil && b != nil && a.text() == b.text() && len(a.lacks)+len(b.lacks) == 0
	out.Grows = grown(now, a, b, o, same)
	if both {
		s := grown(old, b, a, o, same)
		out.Shrinks = &s
	}
	return out
}

// grown is growth, where b may not be there at all and a is, or may be by
// another condition.
func grown(m *Model, a, b *subject, o solve.Options, same bool) report.AccessGrowth {
	out := growth(m, a, b, o, same)
	if out.Answer != report.AccessNo || a == nil || b == nil || !b.maybe || a.maybe && a.when == b.when {
		return out
	}
	if alone := growth(m, a, nil, o, false); alone.Answer != report.AccessNo {
		out.Answer, out.Certainty, out.Examples = report.AccessUnknown, "approximate", alone.Examples
		out.Why = append(out.Why, "in the other version a condition that is not known decides whether "+b.name+" is there")
	}
	return out
}

// growth tells whether a allows what b does not.
func growth(m *Model, a, b *subject, o solve.Options, same bool) report.AccessGrowth {
	out := report.AccessGrowth{Answer: report.AccessNo, Certainty: exact, Why: []string{}, Examples: []report.AccessExample{}}
	if same {
		return out
	}
	first := a
	if a == nil {
		first = b
	}
	mine, theirs := first.side(a), first.side(b)
	out = m.grows(out, first, mine, theirs, o)
	callers, all := unnamed(mine.Resource, theirs.Resource)
	if !all && out.Answer == report.AccessNo {
		out.Answer, out.Certainty = report.AccessUnknown, "unknown"
		out.Why = append(out.Why, "the policy names more callers whose ARNs are not known than are asked about")
	}
	for _, p := range callers {
		one := o
		one.Principal = &p
		out = m.grows(out, first, mine, theirs, one)
	}
	if first.policies.Resource != nil && (a.denies() || b.denies()) {
		// Who is of the account may be allowed by its own policies what the
		// resource's policy no longer denies.
		out = m.grows(out, first, through(mine.Resource), through(theirs.Resource), o)
	}
	return out
}

// unnamed are the callers whose ARNs resource policies name in part: roles and
// users that AWS gives their names.
func unnamed(policies ...*iam.Policy) (out []iam.Principal, all bool) {
	all = true
	seen := map[string]bool{}
	for _, p := range policies {
		for _, t := range iam.TrustedBy(p) {
			if t.Type != "AWS" || t.Item.Text.IsKnown() || seen[t.Item.String()] {
				continue
			}
			if len(out) == maxUnnamed {
				return out, false
			}
			seen[t.Item.String()] = true
			out = append(out, partly(t.Item))
		}
	}
	return out, all
}

// partly is the caller that a principal names whose ARN is known in part.
func partly(it policy.Item) iam.Principal {
	switch s := it.String(); {
	case strings.HasSuffix(s, ":root"):
		if parts := it.Text.Split(':', 6); len(parts) == 6 {
			return iam.Root(parts[4])
		}
	case strings.Contains(s, ":user/"):
		return iam.User(it.Text)
	}
	return iam.Role(it.Text)
}

// side are the policies of a version, or none. One of a resource and one of an
// identity have no requests in common: what either allows, it allows alone.
func (s *subject) side(of *subject) *iam.Policies {
	if of == nil || (of.policies.Resource == nil) != (s.policies.Resource == nil) {
		return &iam.Policies{}
	}
	return of.policies
}

// denies tells whether a resource's policy denies something.
func (s *subject) denies() bool {
	return s != nil && slices.ContainsFunc(s.docs, func(d *policy.Document) bool {
		return d != nil && slices.ContainsFunc(d.Statements, func(x policy.Statement) bool { return x.Is(policy.Deny) != value.No })
	})
}

// grows adds what mine allows and theirs does not.
func (m *Model) grows(out report.AccessGrowth, s *subject, mine, theirs *iam.Policies, o solve.Options) report.AccessGrowth {
	other := solve.Compile(theirs)
	ans := solve.Within(solve.Compile(mine), other, o)
	if ans.Holds == value.Yes {
		out.Certainty = weaker(out.Certainty, ans.Certainty.String())
		return out
	}
	for _, why := range ans.Why {
		if !slices.Contains(out.Why, why) {
			out.Why = append(out.Why, why)
		}
	}
	if ans.Holds == value.No {
		out.Answer, out.Certainty = report.AccessYes, ans.Certainty.String()
	} else if out.Answer != report.AccessYes {
		out.Answer, out.Certainty = report.AccessUnknown, ans.Certainty.String()
	}
	add := func(w *solve.Witness) {
		if w == nil || len(out.Examples) >= maxExamples {
			return
		}
		e := m.example(s, mine, w, o)
		if !slices.ContainsFunc(out.Examples, func(x report.AccessExample) bool { return requestKey(&x.Request) == requestKey(&e.Request) }) {
			out.Examples = append(out.Examples, e)
		}
	}
	add(ans.Witness)
	singles := m.single(mine)
	if len(singles) == 1 {
		return out // asked already
	}
	for _, p := range singles {
		if len(out.Examples) >= maxExamples {
			break
		}
		if told(out.Examples, p.statement.Span) {
			continue
		}
		// An example that is not certain is shown only where there is no other.
		if one := solve.Within(solve.Compile(p.policies), other, o); one.Holds == value.No {
			add(one.Witness)
		}
	}
	return out
}

func requestKey(r *report.AccessRequest) string {
	out := r.Principal + "\n" + r.Action + "\n" + r.Resource
	for _, k := range r.Context {
		out += "\n" + k.Key + "=" + strings.Join(k.Values, ",")
	}
	return out
}

const (
	maxExamples = 10 // of one comparison
	maxSingles  = 200
	maxParts    = 100_000 // statements of all of them
	maxUnnamed  = 50      // callers whose ARNs are not known
)

func told(list []report.AccessExample, span source.Span) bool {
	return slices.ContainsFunc(list, func(e report.AccessExample) bool {
		return slices.ContainsFunc(e.By, func(s report.AccessStatement) bool { return s.Span == span })
	})
}

// example is a witness with the statements that allow it.
func (m *Model) example(a *subject, mine *iam.Policies, w *solve.Witness, o solve.Options) report.AccessExample {
	e := report.AccessExample{Request: request(&w.Request, w.Keys), By: []report.AccessStatement{}}
	switch {
	case o.Principal != nil && mine.Resource == nil:
		e.Request.Principal = a.name
	case strings.HasSuffix(a.kind, "policy") && a.kind != "policy":
		e.Request.Principal = caller(&w.Request.Principal)
	default:
		e.Request.Principal = "whoever has the policy"
	}
	for _, x := range iam.Evaluate(&w.Request, mine).Statements {
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

// single takes policies apart: each Allow with every Deny.
func (m *Model) single(policies *iam.Policies) []one {
	var out []one
	left := maxParts
	apart := func(p *iam.Policy, rest func(*iam.Policy) *iam.Policies) {
		if _, ours := m.policies[p]; !ours {
			return
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Is(policy.Allow) == value.No || len(out) >= maxSingles || left < 0 {
				continue
			}
			left -= len(p.Document.Statements)
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
	for i, p := range policies.Identity {
		apart(p, func(left *iam.Policy) *iam.Policies {
			all := *policies
			all.Identity = []*iam.Policy{left}
			for j, q := range policies.Identity {
				if j != i {
					all.Identity = append(all.Identity, denials(q))
				}
			}
			return &all
		})
	}
	if policies.Resource != nil {
		apart(policies.Resource, func(left *iam.Policy) *iam.Policies {
			all := *policies
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

// Redefined are the conditions of the old version, as App/Name, that the new
// one defines otherwise and that neither knows: read again with these
// (load.Options), what they choose is not taken for the same.
func Redefined(now, old *Model) map[string]bool {
	apps := map[string]*app.App{}
	for _, a := range now.Project.Apps {
		apps[a.ID] = a
	}
	out := map[string]bool{}
	for _, a := range old.Project.Apps {
		b := apps[a.ID]
		if len(old.Project.Apps) == 1 && len(now.Project.Apps) == 1 {
			b = now.Project.Apps[0]
		}
		if b == nil {
			continue
		}
		for name, text := range a.Conditions {
			if is, ok := b.Conditions[name]; ok && is != text {
				out[a.ID+"/"+name] = true
			}
		}
	}
	return out
}
