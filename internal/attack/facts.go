package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// facts are what techniques read: the functions, identities and resource
// policies of one group of applications, found and compiled once.
type facts struct {
	project *app.Project
	apps    []*app.App
	options Options
	// census counts the resources of each kind of asset, by its noun.
	census     map[string]int
	functions  []*function // by id
	functionAt map[string]*function
	identities []*identity // by id
	identityAt map[string]*identity
	resources  []*app.Resource // of all apps, by id
	policies   map[string]*resourcePolicy
	compiled   map[*policy.Document]*iam.Policy
	blind      []Evidence
	arns       map[*app.Resource]*arnInfo
	callers    callers
	tags       map[*app.Resource]*tags
	asks       map[*iam.Policy]*asked
	classList  [][]*identity
	servers    map[string][]*identity // per resource, those of functions that are configured with it
	personal   []*app.Resource        // whose policies may let identities in that are not allowed it themselves
	assumable  []*identity            // roles that identities of accounts may take on
}

// A function is a Lambda function with what it runs as.
type function struct {
	app.Function
	role     *identity // nil where it is not of this project or not known
	roleSure value.Tri
	// refs are the resources that its configuration names: what it is there
	// to work on.
	refs map[string]bool
}

// An identity is a role, a user, or any member of a group.
type identity struct {
	*app.Resource
	user      bool // or a group
	group     bool
	groups    []*app.Resource // of a user
	byPeople  bool            // a role that identities of accounts, or federated ones, take on
	providers []value.Text    // of identities that take a role on; an empty one for others than federated ones
	iam       iam.Identity
	attached  []attachment
	trust     *iam.Policy // of a role
	functions []*function // that run as it
	class     string      // equal for identities with the same policies, of whose requests the same is known
	arn       value.Text
	// personal tells that a policy speaks of the caller, so that what it says
	// differs from identity to identity.
	personal bool
	// boundedBy is the managed policy of the project that is the boundary.
	boundedBy *app.Resource
	// unbounded is Unknown where the permissions boundary is not known.
	unbounded value.Tri
	reach     *reachable
	asked     *asked
}

// An attachment is one policy of an identity.
type attachment struct {
	name    string // "AmazonS3FullAccess", or what messages call an inline policy
	span    source.Span
	managed bool // by AWS: its statements stand in no file of the project
	policy  *iam.Policy
	sure    value.Tri
	// from is the managed policy of the project; nil for others.
	from *app.Resource
}

// A resourcePolicy is all that is attached to a resource.
type resourcePolicy struct {
	policy *iam.Policy
	sure   value.Tri
	// personal tells that it names single identities, or asks who calls: what it
	// says differs from identity to identity.
	personal bool
}

func newFacts(p *app.Project, apps []*app.App, o Options) *facts {
	f := &facts{
		project: p, apps: apps, options: o, census: map[string]int{}, functionAt: map[string]*function{},
		identityAt: map[string]*identity{}, policies: map[string]*resourcePolicy{}, compiled: map[*policy.Document]*iam.Policy{},
		arns: map[*app.Resource]*arnInfo{}, servers: map[string][]*identity{}, callers: newCallers(), tags: map[*app.Resource]*tags{}, asks: map[*iam.Policy]*asked{},
	}
	for _, a := range apps {
		for _, r := range a.Resources() {
			f.resources = append(f.resources, r)
			if t, ok := assetTypes(r.Type); ok {
				f.census[t.one]++
			}
		}
	}
	for _, a := range apps {
		for r := range a.Roles() {
			f.addIdentity(r.Resource, r.Policies(), nil)
		}
		for u := range a.IAMUsers() {
			f.addIdentity(u.Resource, u.Policies(), u.Groups())
		}
		for g := range a.IAMGroups() {
			f.addIdentity(g.Resource, g.Policies(), nil)
		}
	}
	for _, a := range apps {
		for fn := range a.Functions() {
			f.addFunction(fn)
		}
	}
	for _, r := range f.resources {
		f.addResourcePolicy(r)
	}
	return f
}

func (f *facts) addFunction(fn app.Function) {
	x := &function{Function: fn, refs: map[string]bool{}}
	role, sure := fn.App.RoleOf(fn)
	x.roleSure = sure
	if role.Resource != nil {
		if x.role = f.identityAt[role.ID]; x.role != nil {
			x.role.functions = append(x.role.functions, x)
		}
	} else {
		f.blind = append(f.blind, Evidence{fn.RoleValue().Span(), "the role of " + fn.Label() + " is not part of the project: what its code may do is not known"})
	}
	for _, e := range fn.Env() {
		if r, _ := fn.App.Lookup(e.Value); r != nil {
			x.refs[r.ID] = true
		}
		for _, ref := range e.Value.Refs() {
			x.refs[ref.Resource] = true
		}
	}
	for _, m := range fn.EventSources() {
		if r, _ := fn.App.Lookup(m.Source()); r != nil {
			x.refs[r.ID] = true
		}
	}
	if x.role != nil {
		for ref := range x.refs {
			if !slices.Contains(f.servers[ref], x.role) {
				f.servers[ref] = append(f.servers[ref], x.role)
			}
		}
	}
	f.functions = append(f.functions, x)
	f.functionAt[fn.ID] = x
}

func (f *facts) addIdentity(r *app.Resource, list []app.Attached, groups []app.Group) {
	id := &identity{Resource: r, user: r.Type != "AWS::IAM::Role", group: r.Type == "AWS::IAM::Group"}
	for _, g := range groups {
		list = append(list, g.Policies()...)
		id.groups = append(id.groups, g.Resource)
	}
	arn := arnOf(r)
	if id.group { // its policies are those of a user who is in it
		arn = value.Concat(value.Lit("arn:aws:iam::"), value.Hole("AWS::AccountId"), value.Lit(":user/"), value.Fresh("a member of "+r.ID))
	}
	id.arn, id.unbounded = arn, value.Yes
	id.iam.Principal = iam.Role(arn)
	if id.user {
		id.iam.Principal = iam.User(arn)
	}
	keyed := map[string]attachment{}
	var keys []string
	for i := range list {
		at, key, ok := f.attachment(&list[i])
		if !ok {
			f.blind = append(f.blind, Evidence{list[i].Span, "a policy of " + r.Label() + " is not known: it is left out"})
			continue
		}
		if old, ok := keyed[key]; !ok || old.sure != value.Yes {
			keyed[key] = at // a policy that is attached twice is one
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	for _, k := range keys {
		id.attached = append(id.attached, keyed[k])
		id.iam.Policies = append(id.iam.Policies, keyed[k].policy)
	}
	if b, ok := boundary(r); ok {
		if at, key, ok := f.attachment(&b); ok {
			id.iam.Boundary, id.boundedBy = at.policy, at.from
			keys = append(keys, "boundary "+key)
		} else {
			id.unbounded = value.Unknown
			f.blind = append(f.blind, Evidence{b.Span, "the permissions boundary of " + r.Label() + " is not known: what it may do is only possible"})
		}
	}
	if !id.user {
		doc := parse(app.AsRole(r).Trust())
		id.trust = f.compile(doc)
		id.byPeople = slices.ContainsFunc(iam.TrustedBy(id.trust), func(p iam.Trusted) bool { return p.Type != "Service" })
		id.providers = providersOf(id.trust)
	}
	id.class = id.sort() + "\n" + strings.Join(keys, "\n")
	id.personal = slices.ContainsFunc(id.attached, func(a attachment) bool { return speaksOfCaller(a.policy.Document) }) ||
		id.iam.Boundary != nil && speaksOfCaller(id.iam.Boundary.Document)
	if id.personal || id.unbounded == value.Unknown {
		id.class += "\nof " + r.ID
	}
	f.identities = append(f.identities, id)
	f.identityAt[r.ID] = id
}

// sort is equal for identities of whose requests the same is known.
func (id *identity) sort() string { return fmt.Sprint(id.user, id.byPeople, id.providers) }

// providersOf are the identity providers whose identities a trust policy lets
// in; beside them an empty one where it lets in others.
func providersOf(trust *iam.Policy) []value.Text {
	var out []value.Text
	others := false
	for _, p := range iam.TrustedBy(trust) {
		if p.Type != "Federated" {
			others = true
		} else if !slices.ContainsFunc(out, func(t value.Text) bool { return t.String() == p.Item.String() }) {
			out = append(out, inPartition(p.Item.Text))
		}
	}
	if len(out) > 0 && others {
		out = append(out, value.Text{})
	}
	return out
}

func boundary(r *app.Resource) (app.Attached, bool) {
	switch r.Type {
	case "AWS::IAM::User":
		return app.AsUser(r).BoundaryPolicy()
	case "AWS::IAM::Group":
		return app.Attached{}, false
	}
	return app.AsRole(r).BoundaryPolicy()
}

func (f *facts) addResourcePolicy(r *app.Resource) {
	list := r.App.PolicyDocumentsOn(r)
	if len(list) == 0 {
		return
	}
	all := &policy.Document{Version: policy.Item{Kind: value.String, Text: value.Lit("2012-10-17")}}
	rp := &resourcePolicy{sure: value.Yes}
	for _, a := range list {
		doc := parse(a.Document)
		if doc == nil {
			continue
		}
		rp.sure = rp.sure.And(a.Sure)
		if !doc.Version.IsZero() {
			all.Version = doc.Version
		}
		all.Statements = append(all.Statements, doc.Statements...)
	}
	if all.Span = list[0].Span; len(all.Statements) == 0 {
		return
	}
	rp.policy = f.compile(all)
	rp.personal = tellsCallersApart(all)
	f.policies[r.ID] = rp
	if rp.personal || slices.ContainsFunc(iam.TrustedBy(rp.policy), someOfAll) {
		f.personal = append(f.personal, r)
	}
}

// someOfAll tells whether a statement is for everybody who meets a condition:
// identities of the account, most often, or calls by way of a service.
func someOfAll(p iam.Trusted) bool { return p.Type == "*" && len(p.Statement.Condition) > 0 }

// policyOf is the compiled policy of a resource; nil where it has none.
func (f *facts) policyOf(r *app.Resource) *iam.Policy {
	if p := f.policies[r.ID]; p != nil {
		return p.policy
	}
	return nil
}

// owner is what people call the identity: the function whose role it is, if
// it is the role of one function.
func (id *identity) owner() string {
	if len(id.functions) == 1 {
		return id.functions[0].Label()
	}
	return id.Label()
}

// hasSecrets tells whether a function's environment, or what another resource is
// configured with, holds what looks like a secret.
func (f *facts) hasSecrets(id string) bool {
	if fn := f.functionAt[id]; fn != nil {
		return len(secretVariables(fn)) > 0
	}
	r := f.project.Resource(id)
	if r == nil {
		return false
	}
	what, _ := f.writtenSecrets(r)
	return len(what) > 0
}

// secretName tells whether a variable's name says that it holds a secret. Names
// of secrets and parameters are no secrets.
func secretName(name string) bool {
	name = strings.ToUpper(name)
	return slices.ContainsFunc([]string{"PASSWORD", "PASSWD", "SECRET", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "TOKEN", "CREDENTIAL"},
		func(w string) bool { return strings.Contains(name, w) }) &&
		!slices.ContainsFunc([]string{"_ARN", "_NAME", "_ID", "_PATH", "_URL", "_TABLE", "_TTL", "_EXPIRY", "_ENDPOINT", "_PARAM", "_PARAMETER"},
			func(w string) bool { return strings.HasSuffix(name, w) })
}

// secretVariables are the environment variables whose name says that they
// hold a secret and whose value is written out, or comes from a parameter.
func secretVariables(fn *function) []app.EnvVar {
	var out []app.EnvVar
	for _, e := range fn.Env() {
		if !secretName(e.Name) {
			continue
		}
		text, known := e.Value.Known()
		if len(e.Value.Refs()) > 0 || known && (len(text) < 8 || strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "http")) {
			continue
		}
		if !known && strings.Contains(e.Value.Str(), "resolve:") {
			continue // a dynamic reference is checked by the rules of secrets
		}
		out = append(out, e)
	}
	return out
}

// roleSpan is where a function names its role: for a role that SAM makes, the
// function itself.
func roleSpan(f *function) source.Span {
	if s := f.RoleValue().Span(); !s.IsZero() {
		return s
	}
	return f.Span
}
