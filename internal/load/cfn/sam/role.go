package sam

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// trust is the document that lets a service assume a role.
func trust(span source.Span, service string) *node {
	return obj(span, "Version", "2012-10-17", "Statement", list(span, obj(span,
		"Action", []string{"sts:AssumeRole"}, "Effect", "Allow", "Principal", obj(span, "Service", []string{service}))))
}

// inline is a role's inline policy with one statement.
func inline(span source.Span, name, action string, resource *node) *node {
	if resource == nil {
		resource = &node{Span: span}
	}
	return obj(span, "PolicyName", name, "PolicyDocument", obj(span, "Statement", list(span,
		obj(span, "Action", action, "Effect", "Allow", "Resource", resource))))
}

// allow is a statement that allows actions on a resource.
func allow(span source.Span, resource any, actions ...string) *node {
	return obj(span, "Action", actions, "Effect", "Allow", "Resource", resource)
}

// managedARN is the ARN of an AWS managed policy.
func (x *expansion) managedARN(path string) string {
	return "arn:" + x.partition + ":iam::aws:policy/" + path
}

func (x *expansion) xrayPolicy() string {
	if x.partition == "aws" {
		return "AWSXrayWriteOnlyAccess"
	}
	return "AWSXRayDaemonWriteAccess"
}

// roleSpec is the execution role that a function or state machine gets.
type roleSpec struct {
	trust    *node
	managed  []*node // ARNs that it always has
	inline   []*node // policies that it always has
	policies *node   // the declaration's Policies
	tags     []*node
}

// role builds the execution role of a declaration.
func (x *expansion) role(d *decl, s roleSpec) *resource {
	span := d.span
	r := d.make(d.id+"Role", "AWS::IAM::Role", span)
	b := policyBuilder{x: x, decl: d, role: r.id, managed: s.managed, inline: s.inline, seen: map[string]bool{}}
	for _, arn := range s.managed {
		b.seen[canonical(arn)] = true
	}
	for i, policy := range asList(s.policies) {
		b.add(i, policy)
	}
	r.set("AssumeRolePolicyDocument", s.trust)
	r.set("ManagedPolicyArns", source.NewList(span, b.managed...))
	if len(b.inline) > 0 {
		r.set("Policies", source.NewList(span, b.inline...))
	}
	r.set("Path", d.prop("RolePath")).set("PermissionsBoundary", d.prop("PermissionsBoundary"))
	r.set("Tags", s.tags)
	return r
}

// policyBuilder sorts the entries of Policies into managed and inline ones.
type policyBuilder struct {
	x       *expansion
	decl    *decl
	role    string
	managed []*node
	inline  []*node
	seen    map[string]bool // managed policies, canonical
}

// policyKind is what an entry of Policies is.
type policyKind int

const (
	unknownPolicy policyKind = iota
	managedPolicy
	documentPolicy
	templatePolicy
)

func (b *policyBuilder) add(i int, policy *node) {
	p := b.decl.at("Policies").at("["+strconv.Itoa(i)+"]", policy)
	switch kind := b.kind(p, policy); kind {
	case managedPolicy:
		arn := b.each(policy, b.arn)
		if key := canonical(arn); !b.seen[key] {
			b.seen[key] = true
			b.managed = append(b.managed, arn)
		}
	case documentPolicy, templatePolicy:
		name := b.role + "Policy" + strconv.Itoa(i)
		doc := b.each(policy, func(n *node) *node {
			if kind == templatePolicy {
				if n = b.x.applyTemplate(p, n); n == nil {
					return nil
				}
			}
			return obj(n.Span, "PolicyName", name, "PolicyDocument", n)
		})
		if doc != nil {
			b.inline = append(b.inline, doc)
		}
	default:
		b.x.refuse(p, "is no policy: neither a managed policy, nor a policy document, nor one of the policy templates")
	}
}

// each applies f to a policy, or to both branches of an Fn::If.
func (b *policyBuilder) each(n *node, f func(*node) *node) *node {
	args, is := ifArgs(n)
	if !is {
		return f(n)
	}
	branch := func(n *node) *node {
		if isNoValue(n) {
			return n
		}
		if n = f(n); n == nil {
			return ref(args[0].Span, "AWS::NoValue")
		}
		return n
	}
	return obj(n.Span, "Fn::If", list(n.Span, args[0], branch(args[1]), branch(args[2])))
}

func (b *policyBuilder) kind(p place, n *node) policyKind {
	args, is := ifArgs(n)
	switch {
	case isStr(n):
		return managedPolicy
	case is && args == nil:
		b.x.refuse(p, "Fn::If needs a list of three values")
		return unknownPolicy
	case is:
		yes, no := b.kind(p, args[1]), b.kind(p, args[2])
		switch {
		case yes == no || isNoValue(args[2]):
			return yes
		case isNoValue(args[1]):
			return no
		}
		b.x.refuse(p, "both branches of Fn::If must be policies of the same kind; write two entries")
		return unknownPolicy
	case isFn(n):
		return managedPolicy
	case isMap(n) && n.Has("Statement"):
		return documentPolicy
	case policyTemplate(n) != nil:
		return templatePolicy
	}
	return unknownPolicy
}

// arn is a managed policy's ARN, by its name if that is what is given.
func (b *policyBuilder) arn(n *node) *node {
	if !isStr(n) || b.x.o.ManagedPolicy == nil {
		return n
	}
	arn, ok := b.x.o.ManagedPolicy(n.Text)
	if !ok || strings.HasPrefix(n.Text, "arn:") {
		return n
	}
	return source.NewString(arn, n.Span)
}
