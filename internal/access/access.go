// Package access owns the questions about access that remit iam answers: may
// this caller do this, who can, what can it, whom does a policy let in, does a
// new version allow more than the old, what is granted beyond what is needed,
// and what is wrong with a policy.
//
// It imports the model, the loaders, the IAM packages and the shapes of the
// report. What never changes: an answer says how far it is proved and names
// the statements that it rests on; unknown is never counted as safe; what was
// not read is a problem of the answer.
package access

import (
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Model is what was read, ready for questions.
type Model struct {
	Project *app.Project
	// Identities are the roles and users, and the identity policies that stand
	// alone, as identities of whoever holds them; in the order of their ids.
	Identities []*Identity
	// Guarded are the resources with a policy, roles with their trust among them.
	Guarded []*Guarded
	// Files are the policies that stand alone.
	Files    []*PolicyFile
	Problems []source.Problem
	Notes    []string

	there    map[string]bool // the files below the root
	loose    []*app.Resource // that hold policies of what is not here
	account  value.Text      // of policies that stand alone; empty: not known
	scp      [][]*iam.Policy
	rcp      []*iam.Policy
	policies map[*iam.Policy]origin
}

// origin says where a compiled policy comes from.
type origin struct {
	name     string
	kind     string       // where it is not the usual one
	attached *source.Span // of a managed policy of AWS
	when     string       // the conditions that decide what of it is there
	in       *app.Resource
}

// An Identity is somebody with policies.
type Identity struct {
	ID   string // the resource's id, or the file
	Name string // the ARN where it is known whole, or the id
	Kind string // "role", "user", "policy"
	iam.Identity
	Resource *app.Resource
	// Lacks are policies that are not known.
	Lacks []string
}

// Guarded is a resource with a policy that says who may use it.
type Guarded struct {
	*app.Resource
	Name   string
	Policy *iam.Policy
	ARN    value.Text
	Owner  value.Text
	Trust  bool
	// Loose tells that Resource only holds the policy, of something that stands
	// elsewhere.
	Loose bool
	// File is the policy that stands alone.
	File *PolicyFile
	// Stale are unique ids that the policy names; Policy is without them, and
	// whole with them.
	Stale []policy.Item
	whole *iam.Policy
}

// Kind is what messages call the policy.
func (g *Guarded) Kind() string {
	if g.Trust {
		return "trust policy"
	}
	return "resource policy"
}

// Empty tells that nothing was found to ask about.
func (m *Model) Empty() bool {
	return len(m.Identities)+len(m.Guarded)+len(m.Files)+len(m.loose)+len(m.acls()) == 0
}

// Load reads everything below root.
func Load(root *source.Root, o load.Options) *Model {
	if o.Partition == "" && !strings.HasPrefix(o.Region, "cn-") && !strings.HasPrefix(o.Region, "us-gov-") {
		o.Partition = "aws" // what a template leaves to the deployment agrees with what is written out
	}
	m := &Model{Project: load.Project(root, o), policies: map[*iam.Policy]origin{}, account: value.Lit(o.Account)}
	m.Problems = slices.Clone(m.Project.Problems)
	for _, a := range m.Project.Apps {
		for r := range a.Roles() {
			m.addIdentity(r.Resource, "role", r.Policies(), nil)
		}
		for u := range a.IAMUsers() {
			m.addIdentity(u.Resource, "user", u.Policies(), u.Groups())
		}
		for _, r := range a.Resources() {
			m.addGuarded(r)
		}
	}
	m.addLoose()
	m.addFiles(root)
	slices.SortFunc(m.Identities, func(a, b *Identity) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(m.Guarded, func(a, b *Guarded) int { return strings.Compare(a.Name, b.Name) })
	return m
}

// arnOrID is what people call a resource: its ARN where that is known whole.
func arnOrID(r *app.Resource) string {
	if arn, ok := r.ARN().Known(); ok && arn != "" {
		return arn
	}
	return r.ID
}

func (m *Model) addIdentity(r *app.Resource, kind string, list []app.Attached, groups []app.Group) {
	id := &Identity{ID: r.ID, Name: arnOrID(r), Kind: kind, Resource: r}
	id.Principal = iam.Role(r.ARN())
	if kind == "user" {
		id.Principal = iam.User(r.ARN())
	}
	for _, g := range groups {
		list = append(list, g.Policies()...)
	}
	for i := range list {
		p, ok := m.attached(&list[i])
		if !ok {
			id.Lacks = append(id.Lacks, "a policy that is attached at "+list[i].Span.String()+" is not known")
			id.Open = true
			continue
		}
		id.Policies = append(id.Policies, p)
	}
	if b, ok := boundary(r); ok {
		p, ok := m.attached(&b)
		if !ok {
			id.Lacks = append(id.Lacks, "the permissions boundary at "+b.Span.String()+" is not known")
			p = m.open("the permissions boundary", b.Span)
		}
		id.Boundary = p
	}
	m.Identities = append(m.Identities, id)
	if kind == "role" {
		if doc, problems := policy.Parse(app.AsRole(r).Trust()); doc != nil {
			m.Problems = append(m.Problems, problems...)
			m.guard(&Guarded{Resource: r, Name: id.Name, ARN: r.ARN(), Trust: true}, doc, "the trust policy of "+r.Label(), hanging(&app.Attached{Document: app.AsRole(r).Trust()}))
		}
	}
}

func boundary(r *app.Resource) (app.Attached, bool) {
	if r.Type == "AWS::IAM::User" {
		return app.AsUser(r).BoundaryPolicy()
	}
	return app.AsRole(r).BoundaryPolicy()
}

// open is a policy of which nothing is known.
func (m *Model) open(name string, span source.Span) *iam.Policy {
	doc, _ := policy.Parse(value.NewUnresolved("not known", span, nil))
	p := iam.Compile(doc)
	m.policies[p] = origin{name: name}
	return p
}

// attached compiles one attached policy; false where it is not known.
func (m *Model) attached(a *app.Attached) (*iam.Policy, bool) {
	arn := a.ARN.Str()
	var doc *policy.Document
	o := origin{name: a.Name.Str()}
	if a.Document != nil && a.Document.Exists() != value.No {
		var problems []source.Problem
		doc, problems = policy.Parse(a.Document)
		m.Problems = append(m.Problems, problems...)
	} else if d, ok := catalogue.Managed(arn); ok {
		doc = d
	}
	if doc == nil {
		return nil, false
	}
	if strings.Contains(arn, ":iam::aws:policy/") {
		span := a.Span
		o = origin{name: path.Base(arn), attached: &span}
	} else if o.name == "" {
		o.name = "the policy in " + a.In.Label()
	}
	if a.Sure == value.Unknown {
		doc = doubtful(doc)
	}
	o.when, o.in = hanging(a), a.In
	p := iam.Compile(doc)
	m.policies[p] = o
	return p, true
}

// hanging are the conditions on which the policy, or a part of it, hangs.
func hanging(a *app.Attached) string {
	out := ""
	if a.In != nil {
		out = a.In.When
	}
	a.Document.Walk(func(v *value.Value) bool {
		if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
			label, _, _ := strings.Cut(v.Why(), "?")
			out += "\n" + label
		}
		return true
	})
	return out
}

// doubtful is a document of which it is not known whether it is attached.
func doubtful(doc *policy.Document) *policy.Document {
	d := *doc
	d.Statements = slices.Clone(doc.Statements)
	for i := range d.Statements {
		d.Statements[i].Maybe = true
	}
	return &d
}

// addGuarded adds a resource with the policies that are attached to it.
func (m *Model) addGuarded(r *app.Resource) {
	if r.Type == "AWS::EC2::VPCEndpoint" {
		return // says what may pass, not who may use it
	}
	list := r.App.PolicyDocumentsOn(r)
	var docs []*policy.Document
	when := ""
	for _, a := range list {
		doc, problems := policy.Parse(a.Document)
		m.Problems = append(m.Problems, problems...)
		if doc == nil {
			continue
		}
		if a.Sure == value.Unknown {
			doc = doubtful(doc)
		}
		when += hanging(&a)
		docs = append(docs, doc)
	}
	all := policy.Joined(docs...)
	if all == nil || len(all.Statements) == 0 {
		return
	}
	m.guard(&Guarded{Resource: r, Name: arnOrID(r), ARN: r.ARN()}, all, "the policy of "+r.Label(), when)
}

func (m *Model) guard(g *Guarded, doc *policy.Document, name, when string) {
	g.whole = iam.Compile(doc)
	g.Policy = g.whole
	if g.Stale = stale(doc); len(g.Stale) > 0 {
		g.Policy = iam.Compile(fresh(doc))
	}
	m.policies[g.Policy] = origin{name: name, kind: g.Kind(), when: when}
	m.policies[g.whole] = m.policies[g.Policy]
	if g.Resource != nil {
		g.Owner = g.App.Place.Account
		if g.Place != nil {
			g.Owner = g.Place.Account
		}
	}
	if g.Owner.IsEmpty() {
		g.Owner = m.account
	}
	if g.Owner.IsEmpty() {
		g.Owner = value.Hole("AWS::AccountId")
	}
	m.Guarded = append(m.Guarded, g)
}

// head begins an answer.
func (m *Model) head(question string) report.AccessHead {
	notes := slices.Clone(m.Notes)
	slices.Sort(notes)
	var problems source.Problems
	problems.Append(m.Problems...)
	sorted := problems.Sorted()
	if sorted == nil {
		sorted = []source.Problem{}
	}
	return report.AccessHead{Schema: report.AccessSchema, Question: question, Notes: append([]string{}, slices.Compact(notes)...), Problems: sorted}
}
