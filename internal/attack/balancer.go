package attack

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

var openBalancer = &Technique{
	ID: "open-load-balancer", Title: "Call a function through a load balancer",
	Doc: "An internet-facing load balancer whose listener sends requests to a function runs it for anybody. The caller chooses the body, path, query and headers. " +
		"Let the listener sign callers in (authenticate-cognito or authenticate-oidc, or a JWT), or make the load balancer internal.",
	Needs: []string{"an internet-facing load balancer", "a listener or rule without an authenticating action before the function's target group"},
	Gives: "invoke the function with a chosen body, path, query and headers",
	Refs: Refs{ATTACK: []string{"T1190"}, CWE: []string{"CWE-306"},
		AWS: []string{"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html", "https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryLoadBalancer, func(f *function, e *app.Entry) {
			if e.Source == nil {
				return // only a permission tells of it
			}
			for _, way := range e.Source.App.Forwardings(e.Source) {
				b.balancerHops(t, f, e, &way)
			}
		})
	},
}

// balancerHops adds the hops through one listener or rule: for everybody where
// it signs nobody in, and for users where it does.
func (b *building) balancerHops(t *Technique, f *function, e *app.Entry, way *app.Forwarding) {
	inside := way.Internal()
	inbound, at := way.Inbound()
	if inside == value.Yes || inbound == value.No {
		return
	}
	via := way.In.Label()
	if way.Balancer != nil {
		via = way.Balancer.Label()
	}
	h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{KindInvoke, f.ID, requestFields}, via: via,
		evidence: []Evidence{{way.Span, way.In.Label() + " sends requests to " + e.Source.Label()}, {e.Span, e.Source.Label() + " runs " + f.Label()}}}
	if inbound == value.Yes {
		h.evidence = append(h.evidence, Evidence{at, "the security group lets the internet in"})
	} else {
		h.certainty, h.assume = Approximate, "the security groups of "+via+" let the internet in"
	}
	sourceIP := value.No
	for _, c := range way.In.Get("Conditions").Items() {
		sourceIP = sourceIP.Or(c.Get("Field").Is("source-ip"))
	}
	unsure(&h, inside.Not(), via+" is internet-facing")
	if sourceIP != value.No {
		unsure(&h, value.Unknown, "the addresses that "+way.In.Label()+" names are an attacker's")
	}
	unsure(&h, way.Sure.And(e.Sure), way.In.Label()+" sends requests to "+f.Label())
	conditional(&h, f.Resource, way.Listener, way.Balancer)

	signsIn := way.Authenticates()
	if signsIn != value.No {
		user := h
		user.by, user.why = userRoute, way.In.Label()+" runs "+f.Label()+" for every user that it signs in"
		for _, session := range b.sessions(way.In.App, poolsOfActions(way.Actions), way.In) {
			user.from = []Capability{session}
			b.add(user)
		}
	}
	if signsIn == value.Yes {
		return
	}
	h.why = via + " runs " + f.Label() + " for anybody: " + way.In.Label() + " signs nobody in"
	h.weak = []Weakness{fault(WeakBalancerOpen, way.In.ID, "", way.Span, 2, way.In.Label()+" sends anybody's requests to "+f.Label(),
		"let "+way.In.Label()+" authenticate before it sends requests on, or make "+via+" internal")}
	unsure(&h, signsIn.Not(), way.In.Label()+" signs nobody in")
	b.add(h)
}

// poolsOfActions are the user pools by which actions sign callers in.
func poolsOfActions(actions *value.Value) *value.Value {
	var list []*value.Value
	for _, x := range actions.Items() {
		if pool := x.Get("AuthenticateCognitoConfig", "UserPoolArn"); pool.Exists() != value.No {
			list = append(list, pool)
		}
	}
	return value.NewList(list, actions.Span())
}
