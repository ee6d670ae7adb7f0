package app

import (
	"iter"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An Attached is one policy attached to an identity or a resource: a document
// of the application, or a managed policy that lies outside it.
type Attached struct {
	// Document is the policy document; nil where only the ARN is known.
	Document *value.Value
	// ARN is the managed policy's ARN as written; nil for inline documents.
	ARN *value.Value
	// Name is the policy's name as written, absent without one.
	Name *value.Value
	// In is the resource that holds the document, or the ARN.
	In *Resource
	// Span is where the policy is attached: the element of a list, the
	// property that names the identity, or the document itself.
	Span source.Span
	// Sure is Unknown where it is not known whether the policy is attached.
	Sure value.Tri
}

// An Identity is a role, user or group.
type Identity interface {
	Policies() []Attached
	Boundary() *value.Value
}

// A Role is an AWS::IAM::Role.
type Role struct{ *Resource }

// A User is an AWS::IAM::User.
type User struct{ *Resource }

// A Group is an AWS::IAM::Group.
type Group struct{ *Resource }

// AsRole views r as a role.
func AsRole(r *Resource) Role { return Role{of(r, roleTypes...)} }

// AsUser views r as a user.
func AsUser(r *Resource) User { return User{of(r, userTypes...)} }

// AsGroup views r as a group.
func AsGroup(r *Resource) Group { return Group{of(r, groupTypes...)} }

// Roles iterates the application's roles.
func (a *App) Roles() iter.Seq[Role] { return views(a, AsRole, roleTypes...) }

// IAMUsers iterates the application's IAM users.
func (a *App) IAMUsers() iter.Seq[User] { return views(a, AsUser, userTypes...) }

// IAMGroups iterates the application's IAM groups.
func (a *App) IAMGroups() iter.Seq[Group] { return views(a, AsGroup, groupTypes...) }

// RoleOf returns the execution role of a function. With No and an empty view
// the role is not of this project, with Unknown it is not known which it is.
func (a *App) RoleOf(f Function) (Role, value.Tri) {
	return a.RoleNamed(f.RoleValue())
}

// RoleNamed is RoleOf for the role that any other property names.
func (a *App) RoleNamed(v *value.Value) (Role, value.Tri) {
	r, sure := a.Lookup(v, roleTypes...)
	return Role{r}, sure
}

// Trust is the document that says who may assume the role.
func (r Role) Trust() *value.Value { return r.Get("AssumeRolePolicyDocument") }

// Boundary is the ARN of the permissions boundary.
func (r Role) Boundary() *value.Value { return r.Get("PermissionsBoundary") }

// Boundary is the ARN of the permissions boundary.
func (u User) Boundary() *value.Value { return u.Get("PermissionsBoundary") }

// Boundary is absent: groups have none.
func (g Group) Boundary() *value.Value { return nil }

// BoundaryPolicy is the boundary as a policy: with its document where it is a
// managed policy of the project; false without a boundary.
func (r Role) BoundaryPolicy() (Attached, bool) { return boundaryOf(r.Resource) }

// BoundaryPolicy is the boundary as a policy.
func (u User) BoundaryPolicy() (Attached, bool) { return boundaryOf(u.Resource) }

// Policies are all policies of the role, wherever they are attached.
func (r Role) Policies() []Attached { return identityPolicies(r.Resource) }

// Policies are the user's own policies, wherever they are attached; those of
// its groups come from Groups.
func (u User) Policies() []Attached { return identityPolicies(u.Resource) }

// Policies are all policies of the group, wherever they are attached.
func (g Group) Policies() []Attached { return identityPolicies(g.Resource) }

// MaxSession is the longest session in seconds, 3600 by default.
func (r Role) MaxSession() *value.Value { return r.orNumber(3600, "MaxSessionDuration") }

// Groups are the groups of the project that the user is in.
func (u User) Groups() []Group {
	if u.Resource == nil {
		return nil
	}
	var out []Group
	seen := map[*Resource]bool{}
	add := func(v *value.Value) {
		for _, m := range u.App.LookupAll(v, groupTypes...) {
			if !seen[m.Resource] {
				seen[m.Resource] = true
				out = append(out, Group{m.Resource})
			}
		}
	}
	for _, v := range u.Get("Groups").Items() {
		add(v)
	}
	for _, c := range u.children("AWS::IAM::UserToGroupAddition") {
		add(c.Get("GroupName"))
	}
	return out
}

// AccessKeys are the user's long-lived keys.
func (u User) AccessKeys() []*Resource { return resources(u.children("AWS::IAM::AccessKey")) }

func boundaryOf(r *Resource) (Attached, bool) {
	v := r.Get("PermissionsBoundary")
	if v.Exists() == value.No {
		return Attached{}, false
	}
	return managed(r, v), true
}

// managed is a managed policy attached by ARN.
func managed(in *Resource, arn *value.Value) Attached {
	p := Attached{ARN: arn, In: in, Span: arn.Span(), Sure: in.Exists}
	if doc := arn.Document(); doc != nil {
		p.Document = doc // the account's version of one of AWS's own
		return p
	}
	if m, sure := in.App.Lookup(arn, "AWS::IAM::ManagedPolicy"); m != nil {
		p.Document, p.Name, p.In = m.Get("PolicyDocument"), m.Get("ManagedPolicyName"), m
		p.Sure = p.Sure.And(sure)
	}
	return p
}

// identityPolicies gathers the policies of an identity: inline, managed, and
// those that policy resources attach.
func identityPolicies(r *Resource) []Attached {
	if r == nil {
		return nil
	}
	var out []Attached
	for _, p := range items(r.Get("Policies")) {
		out = append(out, Attached{Document: p.Get("PolicyDocument"), Name: p.Get("PolicyName"), In: r, Span: p.Span(), Sure: p.sure})
	}
	seen := map[*Resource]bool{}
	for _, v := range items(r.Get("ManagedPolicyArns")) {
		m := managed(r, v.Value)
		m.Sure = m.Sure.And(v.sure)
		if m.In != r {
			seen[m.In] = true
		}
		out = append(out, m)
	}
	for _, c := range r.children("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy") {
		if seen[c.Resource] {
			continue
		}
		p := Attached{Document: c.Get("PolicyDocument"), Name: c.Get("PolicyName"), In: c.Resource, Span: c.By.Span(), Sure: c.Sure.And(c.Exists)}
		if c.Type == "AWS::IAM::ManagedPolicy" {
			p.Name = c.Get("ManagedPolicyName")
		}
		out = append(out, p)
	}
	return out
}

// An item is an element of a list, with whether it is there.
type item struct {
	*value.Value
	sure value.Tri
}

// items are the elements of a list that exist; Unknown those of a branch of an
// unresolved condition.
func items(v *value.Value) []item {
	list := v
	sure := value.Yes
	if list.Kind() == value.Unresolved {
		sure = value.Unknown
	}
	var out []item
	for _, i := range list.Items() {
		each := sure
		if i.Kind() == value.Unresolved && len(i.Choices()) > 0 {
			for _, c := range i.Choices() {
				if c.Exists() != value.No {
					out = append(out, item{c, value.Unknown})
				}
			}
			continue
		}
		if i.Exists() != value.No {
			out = append(out, item{i, each})
		}
	}
	return out
}
