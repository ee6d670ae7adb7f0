package app

import (
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Forwarding is a listener of an application load balancer, or a rule of
// one, that sends requests to a target group.
type Forwarding struct {
	// In is the listener or rule, Listener the listener, Balancer its load
	// balancer; the latter two are nil where they are not of the project.
	In, Listener, Balancer *Resource
	// Actions are what is done with a request, in their order.
	Actions *value.Value
	Span    source.Span
	// Sure is Unknown where it is not known whether requests go there.
	Sure value.Tri
}

var (
	listenerTypes    = []string{"AWS::ElasticLoadBalancingV2::Listener"}
	balancerTypes    = []string{"AWS::ElasticLoadBalancingV2::LoadBalancer"}
	targetGroupTypes = []string{"AWS::ElasticLoadBalancingV2::TargetGroup"}
)

// Forwardings are the listeners and rules of the application that send
// requests to the target group.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
func (a *App) Forwardings(group *Resource) []Forwarding {
	var out []Forwarding
	add := func(in, listener *Resource, known value.Tri, actions *value.Value) {
		f := Forwarding{In: in, Listener: listener, Actions: actions, Span: in.Span}
		f.Sure = forwards(a, actions, group).And(in.Exists).And(known)
		if f.Sure == value.No {
			return
		}
		if listener != nil {
			f.Balancer, _ = listener.App.Lookup(listener.Get("LoadBalancerArn"), balancerTypes...)
		}
		out = append(out, f)
	}
	for l := range a.OfType(listenerTypes...) {
		add(l, l, value.Yes, l.Get("DefaultActions"))
	}
	for r := range a.OfType("AWS::ElasticLoadBalancingV2::ListenerRule") {
		l, sure := a.Lookup(r.Get("ListenerArn"), listenerTypes...)
		if l == nil {
			sure = value.Yes // a listener of elsewhere
		}
		add(r, l, sure, r.Get("Actions"))
	}
	return out
}

// forwards tells whether one of the actions sends requests to the group.
func forwards(a *App, actions *value.Value, group *Resource) value.Tri {
	out := value.No
	named := func(v *value.Value) {
		for _, m := range a.LookupAll(v, targetGroupTypes...) {
			if m.Resource == group {
				out = out.Or(m.Sure)
			}
		}
	}
	for _, x := range actions.Items() {
		named(x.Get("TargetGroupArn"))
		for _, t := range x.Get("ForwardConfig", "TargetGroups").Items() {
			named(t.Get("TargetGroupArn"))
		}
	}
	return out
}

// Authenticates tells whether callers must sign in, or show a token or a
// certificate, before their requests are sent on.
func (f Forwarding) Authenticates() value.Tri {
	out := value.No
	for _, x := range f.Actions.Items() {
		t := x.Get("Type")
		oidc, cognito := x.Get("AuthenticateOidcConfig"), x.Get("AuthenticateCognitoConfig")
		allow := oidc.Get("OnUnauthenticatedRequest").Is("allow").Or(cognito.Get("OnUnauthenticatedRequest").Is("allow"))
		out = out.Or(t.OneOf("authenticate-oidc", "authenticate-cognito").And(allow.Not())).Or(t.Is("jwt-validation"))
	}
	if f.Listener != nil {
		out = out.Or(f.Listener.Get("MutualAuthentication", "Mode").Is("verify"))
	}
	return out
}

// Internal tells whether only the VPC reaches the load balancer; Unknown for
// one that is not of the project.
func (f Forwarding) Internal() value.Tri {
	if f.Balancer == nil {
		return value.Unknown
	}
	if t := f.Balancer.Get("Scheme"); t.Exists() != value.No {
		return t.Is("internal")
	}
	return value.No
}

// Inbound tells whether the load balancer's security groups let in the whole
// internet, and where that is said. Unknown stands for groups of elsewhere, the
// default group of the VPC among them.
func (f Forwarding) Inbound() (value.Tri, source.Span) {
	if f.Balancer == nil {
		return value.Unknown, f.Span
	}
	groups := f.Balancer.Get("SecurityGroups")
	if groups.Exists() == value.No {
		return value.Unknown, f.Balancer.Span
	}
	out := value.No
	if groups.Kind() == value.Unresolved {
		out = value.Unknown
	}
	span := groups.Span()
	for _, g := range groups.Items() {
		r := f.Balancer.App.firstRef([]*value.Value{g}, []string{"AWS::EC2::SecurityGroup"})
		if r == nil {
			out = out.Or(value.Unknown)
			continue
		}
		open, at := inboundOf(r)
		if open == value.Yes {
			return open, at
		}
		out = out.Or(open)
	}
	return out, span
}

// inboundOf tells whether a security group has a rule for the whole internet.
func inboundOf(group *Resource) (value.Tri, source.Span) {
	out := value.No
	everybody := func(rule *value.Value) value.Tri {
		return rule.Get("CidrIp").Is("0.0.0.0/0").Or(rule.Get("CidrIpv6").Is("::/0"))
	}
	for _, i := range items(group.Get("SecurityGroupIngress")) {
		open := everybody(i.Value).And(i.sure)
		if open == value.Yes {
			return open, i.Value.Span()
		}
		out = out.Or(open)
	}
	for r := range group.App.OfType("AWS::EC2::SecurityGroupIngress") {
		if group.App.firstRef([]*value.Value{r.Get("GroupId")}, []string{group.Type}) != group {
			continue
		}
		open := everybody(r.Props).And(r.Exists)
		if open == value.Yes {
			return open, r.Span
		}
		out = out.Or(open)
	}
	return out, group.Span
}
