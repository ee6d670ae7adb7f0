package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// Policies are all the policies that apply to a request.
type Policies struct {
	Identity []*Policy
	// IdentityOpen says that the caller has policies which are not known.
	IdentityOpen bool
	// Boundary is the permissions boundary; nil: the caller has none.
	Boundary *Policy
	// Session policies; none: the session is not narrowed.
	Session []*Policy
	// Resource is the resource's policy, a key's policy or a role's trust
	// policy; nil: it has none.
	Resource *Policy
	// ResourceOpen says that the resource has a policy which is not known.
	ResourceOpen bool
	// SCP are the service control policies of the caller's account, one list
	// for each level from the root down; each level must allow.
	SCP [][]*Policy
	// RCP are the resource control policies of the resource's account.
	RCP [][]*Policy
	// Endpoint are the policies of the VPC endpoint that the request comes through.
	Endpoint []*Policy
	// Management says that the caller's account manages the organisation.
	Management bool
}

// Decision is the outcome of a request.
type Decision uint8

// The outcomes. The zero value is Unknown: what nobody decided is never safe.
const (
	Unknown Decision = iota
	Allowed
	DeniedExplicit
	DeniedImplicit
)

func (d Decision) String() string {
	return [...]string{"unknown", "allowed", "denied explicitly", "denied implicitly"}[d]
}

// Allows turns the decision into a truth value.
func (d Decision) Allows() value.Tri {
	switch d {
	case Allowed:
		return value.Yes
	case Unknown:
		return value.Unknown
	}
	return value.No
}

// Source is the kind of policy that a statement stands in.
type Source uint8

// The kinds of policies.
const (
	FromIdentity Source = iota
	FromResource
	FromBoundary
	FromSession
	FromSCP
	FromRCP
	FromEndpoint
)

func (s Source) String() string {
	return [...]string{"identity policy", "resource policy", "permissions boundary", "session policy",
		"service control policy", "resource control policy", "VPC endpoint policy"}[s]
}

// A Match is one statement that covers the request, or may.
type Match struct {
	Source    Source
	Policy    *Policy
	Statement *policy.Statement
	Effect    string // policy.Allow or policy.Deny; both where the effect is open
	// Holds is Yes or Unknown.
	Holds value.Tri
	// Hinges are the condition keys on which it hinges.
	Hinges []string
	// Open are the elements that are not resolved: "Resource", "Principal" …
	Open []string
}

// A Result is a decision with what led to it.
type Result struct {
	Decision Decision
	// Statements are those that decided: the denies of a denial, the allows of
	// an allowed request, and whatever may tip an unknown one.
	Statements []Match
	// Hinges are the condition keys on which an unknown decision hinges, sorted.
	Hinges []string
	// Chosen are the keys that the caller must set so that it is let in, sorted,
	// where the context says that it chooses.
	Chosen []string
	// Open names what is not known beside the statements, where that may tip an
	// unknown decision: "identity policies", "resource policy", "account".
	Open []string
	// Blocked are the kinds of policy that stand in the way of a denied request.
	Blocked []Source
}

// verdict is what one kind of policy says.
type verdict struct {
	allow, deny value.Tri
	reach       reach // of the allows of a resource policy
}

var silent = verdict{allow: value.No, deny: value.No, reach: nobody}

// Decide evaluates the request and returns the decision alone. With resolved
// policies and request it does not allocate.
func Decide(r *Request, p *Policies) Decision {
	var buffer [actionRoom]byte
	action := lowerAction(r.Action, &buffer)
	e := evaluation{request: r, policies: p}
	return e.run(&action)
}

// Evaluate evaluates the request.
func Evaluate(r *Request, p *Policies) Result {
	var buffer [actionRoom]byte
	action := lowerAction(r.Action, &buffer)
	e := evaluation{request: r, policies: p, trace: &trace{}}
	d := e.run(&action)
	return e.trace.result(d, e.blocked)
}

type evaluation struct {
	request  *Request
	policies *Policies
	trace    *trace
	blocked  []Source
}

// run applies the policies in AWS's order.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (e *evaluation) run(a *actionName) Decision {
	if string(a.full) == "sts:getcalleridentity" && e.request.Principal.Kind != AnonymousKind {
		// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
		return Allowed
	}
	v := e.verdicts(a)
	deny := value.No
	for s := range v {
		deny = deny.Or(v[s].deny)
	}
	if deny == value.Yes {
		for s := range v {
			e.block(Source(s), v[s].deny == value.Yes)
		}
		return DeniedExplicit
	}
	allow := e.allow(a, &v)
	if s := string(a.service); s == "iam" || s == "kms" {
		allow = allow.And(e.unmodifiable(a).Not())
	}
	switch allow {
	case value.No:
		return DeniedImplicit
	case value.Yes:
		if deny == value.No {
			return Allowed
		}
	}
	return Unknown
}

func (e *evaluation) block(s Source, blocked bool) {
	if blocked && e.trace != nil {
		e.blocked = append(e.blocked, s)
	}
}

// verdicts asks each kind of policy. A level or a boundary that does not apply
// allows.
func (e *evaluation) verdicts(a *actionName) [FromEndpoint + 1]verdict {
	r, p := e.request, e.policies
	var v [FromEndpoint + 1]verdict
	kind := r.Principal.Kind
	identity := kind == UserKind || kind == RoleKind || kind == SessionKind || kind == RootKind
	free := verdict{allow: value.Yes, deny: value.No, reach: nobody}
	for s := range v {
		v[s] = free
	}
	v[FromIdentity] = silent
	switch {
	case kind == RootKind:
		v[FromIdentity] = free
	case identity:
		v[FromIdentity] = e.all(a, FromIdentity, p.Identity)
		if p.IdentityOpen {
			v[FromIdentity].allow = v[FromIdentity].allow.Or(value.Unknown)
			v[FromIdentity].deny = v[FromIdentity].deny.Or(value.Unknown)
			e.trace.lacks("identity policies")
		}
	}
	v[FromResource] = e.one(a, FromResource, p.Resource)
	if p.ResourceOpen {
		e.trace.lacks("resource policy")
		v[FromResource].deny = v[FromResource].deny.Or(value.Unknown)
		v[FromResource].reach.direct = v[FromResource].reach.direct.Or(value.Unknown)
		v[FromResource].reach.account = v[FromResource].reach.account.Or(value.Unknown)
	}
	if p.Boundary != nil && identity && kind != RootKind {
		v[FromBoundary] = e.one(a, FromBoundary, p.Boundary)
	}
	if len(p.Session) > 0 && identity {
		v[FromSession] = e.all(a, FromSession, p.Session)
	}
	if identity && !p.Management && !r.Principal.serviceLinked() {
		v[FromSCP] = e.levels(a, FromSCP, p.SCP, value.No)
	}
	// A policy that lets everything through is attached to each level and cannot
	// be taken away, so resource control policies only deny; service-linked
	// roles are beyond them.
	// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
	if len(p.RCP) > 0 && !r.Principal.serviceLinked() && underRCP(string(a.service)) && string(a.full) != "kms:retiregrant" {
		v[FromRCP] = e.levels(a, FromRCP, p.RCP, value.Yes)
	}
	if len(p.Endpoint) > 0 {
		v[FromEndpoint] = e.all(a, FromEndpoint, p.Endpoint)
	}
	return v
}

// underRCP tells whether resource control policies apply to a service; to one
// that the catalogue does not know they may.
func underRCP(service string) bool {
	s, ok := catalogue.ServiceOf(service)
	return !ok || s.RCP
}

// all is the union of policies of one kind.
func (e *evaluation) all(a *actionName, s Source, list []*Policy) verdict {
	out := silent
	for _, p := range list {
		v := e.one(a, s, p)
		out.allow, out.deny = out.allow.Or(v.allow), out.deny.Or(v.deny)
		out.reach = out.reach.or(v.reach)
	}
	return out
}

// levels asks each level of an organisation: all must allow, any may deny.
func (e *evaluation) levels(a *actionName, s Source, levels [][]*Policy, always value.Tri) verdict {
	out := verdict{allow: value.Yes, deny: value.No}
	for _, l := range levels {
		v := e.all(a, s, l)
		out.allow = out.allow.And(v.allow.Or(always))
		out.deny = out.deny.Or(v.deny)
	}
	return out
}

func (e *evaluation) one(a *actionName, s Source, p *Policy) verdict {
	out := silent
	if p == nil {
		return out
	}
	for i := range p.statements {
		st := &p.statements[i]
		e.trace.begin()
		m := e.statement(a, s, st)
		t := m.any()
		allow, deny := t.And(st.allow), t.And(st.deny)
		e.trace.end(s, p, st, allow, deny)
		out.allow, out.deny = out.allow.Or(allow), out.deny.Or(deny)
		if s == FromResource {
			out.reach = out.reach.or(m.and(st.allow))
		}
	}
	return out
}

// statement tells whether, and for a resource policy how, a statement covers
// the request.
func (e *evaluation) statement(a *actionName, s Source, st *statement) reach {
	r := e.request
	if st.open {
		e.trace.open("Statement")
		return reach{direct: value.Unknown, role: value.No, account: value.No}
	}
	t := st.matchTarget(a, r, e.trace)
	if t == value.No {
		return nobody
	}
	if st.noResource && s != FromResource {
		// AWS refuses it: only the policy of a resource may leave out which.
		e.trace.open("Resource")
		t = value.Unknown
	}
	who := reach{direct: value.Yes, role: value.No, account: value.No}
	if s == FromResource || s == FromRCP || s == FromEndpoint {
		who = st.principal.match(r, e.policies.Boundary != nil && st.deny != value.No, st.deny)
		if s == FromEndpoint && !st.principal.written {
			who.direct = value.Yes
		}
		switch who.any() {
		case value.No:
			return nobody
		case value.Unknown:
			e.trace.open("Principal")
		}
	}
	if st.openCond {
		e.trace.open("Condition")
		t = value.Unknown
	}
	for i := range st.conditions {
		if t = t.And(st.conditions[i].eval(r, st.deny, e.trace)); t == value.No {
			return nobody
		}
	}
	if st.maybe {
		t = t.And(value.Unknown)
	}
	return who.and(t)
}

// allow combines the verdicts into whether the request is allowed, denies
// apart.
func (e *evaluation) allow(a *actionName, v *[FromEndpoint + 1]verdict) value.Tri {
	rails := v[FromSCP].allow.And(v[FromRCP].allow).And(v[FromEndpoint].allow)
	narrow := v[FromBoundary].allow.And(v[FromSession].allow)
	res := v[FromResource].reach
	identity := v[FromIdentity].allow
	kind := e.request.Principal.Kind
	for _, s := range []Source{FromSCP, FromRCP, FromEndpoint, FromBoundary, FromSession} {
		e.block(s, v[s].allow == value.No)
	}
	if kind == AnonymousKind || kind == ServiceKind || kind == FederatedKind {
		return rails.And(res.any())
	}
	inside := res.direct.Or(narrow.And(identity.And(e.delegated(a, res)).Or(res.role)))
	across := narrow.And(identity).And(res.any())
	switch e.request.sameAccount() {
	case value.Yes:
		return rails.And(inside)
	case value.No:
		return rails.And(across)
	}
	e.trace.lacks("account")
	return rails.And(value.Agree(inside, across))
}

// unmodifiable tells whether the call would change what only AWS may change:
// its managed policies, the roles of IAM Identity Center, its key aliases, and
// what service-linked roles are allowed and whom they trust.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
// https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
func (e *evaluation) unmodifiable(a *actionName) value.Tri {
	res := e.request.Resource.String()
	linked := strings.Contains(res, ":role/aws-service-role/")
	if !linked && !strings.Contains(res, ":role/aws-reserved/") && !strings.Contains(res, ":iam::aws:policy/") && !strings.Contains(res, ":alias/aws/") {
		return value.No
	}
	action, ok := catalogue.ActionOf(e.request.Action)
	if !ok {
		return value.Unknown
	}
	if linked {
		return value.Of(action.Level.Has(catalogue.PermissionsManagement))
	}
	return value.Of(action.Level&(catalogue.Read|catalogue.List) == 0)
}

// delegated tells whether identity policies count at all: always, but for
// keys and roles, whose own policy must hand over to the account.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
func (e *evaluation) delegated(a *actionName, res reach) value.Tri {
	if e.guarded(a) {
		return res.any()
	}
	return value.Yes
}

// guarded tells whether the resource's own policy must allow, even within one
// account.
func (e *evaluation) guarded(a *actionName) bool {
	switch string(a.service) {
	case "kms":
		// Aliases have no policy of their own, and some actions name no key.
		if action, ok := catalogue.ActionOf(e.request.Action); ok && !action.ResourceLevel() {
			return false
		}
		res := e.request.Resource.String()
		return res != "*" && !strings.Contains(res, ":alias/")
	case "sts":
		switch string(a.name) {
		case "assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity", "setcontext":
			return true
		}
	}
	return false
}
