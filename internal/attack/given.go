package attack

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// A gift is what a call of a row is given: the policy that is attached, the
// boundary that is put.
type gift struct {
	arn  value.Text
	name string
	made answer // that it may be made, where it does not exist
}

// given asks for an action with what it can be given, until one is allowed for
// sure. What is usual needs no word.
func (b *building) given(x attempt, action string, ask func(func(*iam.Context)) answer) answer {
	id, key := x.id, ""
	switch {
	case strings.HasPrefix(action, "iam:Attach"):
		key = "iam:PolicyARN"
	case strings.HasPrefix(action, "iam:Put") && strings.HasSuffix(action, "PermissionsBoundary"):
		key = "iam:PermissionsBoundary"
	case action == "iam:PassRole" && b.asksFor(id, associated):
		return b.anyOf(associated, b.associates(x), ask)
	case action == "ec2:RunInstances" && b.asksFor(id, instanceProfile):
		return b.anyOf(instanceProfile, b.profiles(x), ask)
	default:
		return ask(func(*iam.Context) {})
	}
	with := func(g gift) answer {
		ans := ask(func(c *iam.Context) { c.SetText(key, g.arn) })
		ans.given = g.name
		if ans.holds != value.No && len(g.made.statements) > 0 {
			ans.before = []granted{{match: g.made.statements[0], action: "iam:CreatePolicy"}}
			ans.holds, ans.assume = ans.holds.And(g.made.holds), joined(ans.assume, g.made.assume)
		}
		return ans
	}
	best := with(gift{arn: value.Lit("arn:aws:iam::aws:policy/AdministratorAccess")})
	if best.sure() || !b.asksFor(id, key) {
		return best
	}
	for _, g := range b.gifts(id, key) {
		if ans := with(g); ans.better(best) {
			best = ans
		}
		if best.sure() {
			break
		}
	}
	return best
}

// The keys of what a role is passed to, and of how an instance gets it.
const (
	associated      = "iam:AssociatedResourceARN"
	instanceProfile = "ec2:InstanceProfile"
)

// anyOf asks with each of some values of a key, one of which will do.
func (b *building) anyOf(key string, values []value.Text, ask func(func(*iam.Context)) answer) answer {
	if len(values) == 0 {
		return ask(func(*iam.Context) {})
	}
	best := answer{holds: value.No}
	for _, v := range values {
		if ans := ask(func(c *iam.Context) { c.SetText(key, v) }); ans.better(best) {
			best = ans
		}
	}
	return best
}

// associates are ARNs of what a role can be passed to: of the sort that the row
// makes or changes, with a name that a condition asks for, or any.
func (b *building) associates(x attempt) []value.Text {
	var out []value.Text
	for _, n := range x.needs {
		action, ok := catalogue.ActionOf(n.permissions()[0])
		if !ok || n.permissions()[0] == "iam:PassRole" {
			continue
		}
		for _, r := range action.Resources {
			parts := strings.SplitN(r.Type.ARN, ":", 6)
			if len(parts) != 6 {
				continue
			}
			sort, _, _ := strings.Cut(parts[5], "${")
			out = append(out, value.Concat(value.Lit("arn:aws:"+parts[2]+":"), value.Fresh("any region"), value.Lit(":"), x.id.iam.Principal.Account, value.Lit(":"+sort), value.Fresh("any name")))
			for _, p := range x.id.documents() {
				for _, asked := range askedARNs(p, associated) {
					want := asked.Split(':', 6)
					if want[2].Glob(value.Lit(parts[2])) != value.No && startsLike(want[5].String(), sort) {
						out = append(out, filled(inPartition(asked)))
					}
				}
			}
		}
		break // the first makes it, or is what it is
	}
	return out
}

// startsLike tells whether a pattern covers something that starts with a text.
func startsLike(pattern, start string) bool {
	head := pattern
	if i := strings.IndexAny(pattern, "*?$"); i >= 0 {
		head = pattern[:i]
	}
	return strings.HasPrefix(head, start) || len(head) < len(pattern) && strings.HasPrefix(start, head)
}

// profiles are the instance profiles by which an instance gets the victim's role.
func (b *building) profiles(x attempt) []value.Text {
	var out []value.Text
	if x.victim == nil {
		return nil
	}
	for _, p := range b.ofType("AWS::IAM::InstanceProfile") {
		for _, it := range p.Get("Roles").Items() {
			if role, _ := p.App.Lookup(it, "AWS::IAM::Role"); role == x.victim.Resource {
				out = append(out, arnOf(p))
			}
		}
	}
	return out
}

// documents are the policies of an identity, its boundary with them.
func (id *identity) documents() []*iam.Policy {
	if id.iam.Boundary == nil {
		return id.iam.Policies
	}
	return append([]*iam.Policy{id.iam.Boundary}, id.iam.Policies...)
}

// asksFor tells whether a condition of an identity's policies is on a key.
func (b *building) asksFor(id *identity, key string) bool {
	for _, p := range id.documents() {
		for i := range p.Document.Statements {
			if asksFor(&p.Document.Statements[i], strings.ToLower(key)) {
				return true
			}
		}
	}
	return false
}

// gifts are the policies beside AdministratorAccess that come to the same:
// those of the application that allow everything, a new one, and, where they
// are attached, IAMFullAccess, by which the rest can be had.
func (b *building) gifts(id *identity, key string) []gift {
	var out []gift
	if key == "iam:PolicyARN" {
		out = append(out, gift{arn: value.Lit("arn:aws:iam::aws:policy/IAMFullAccess"), name: "IAMFullAccess"})
	}
	for _, r := range b.adminPolicies() {
		out = append(out, gift{arn: arnOf(r), name: r.Label()})
	}
	if !b.reachOf(id).may("iam:CreatePolicy") {
		return out
	}
	names := append([]value.Text{value.Concat(value.Lit("arn:aws:iam::"), id.iam.Principal.Account, value.Lit(":policy/"), value.Fresh("a new policy"))}, b.namesFor(id, []string{"iam:CreatePolicy"})...)
	for _, p := range id.documents() {
		for _, arn := range askedARNs(p, key) {
			names = append(names, filled(inPartition(arn)))
		}
	}
	for _, arn := range names {
		if made := b.may(id, query{action: "iam:CreatePolicy", arn: arn}); made.holds != value.No && len(made.statements) > 0 && !strings.Contains(arn.String(), ":iam::aws:") {
			out = append(out, gift{arn: arn, name: "a new policy", made: made})
		}
	}
	return out
}

// adminPolicies are the managed policies of the application that allow
// everything.
func (b *building) adminPolicies() []*app.Resource {
	if b.admining != nil {
		return *b.admining
	}
	out := []*app.Resource{}
	for _, r := range b.ofType("AWS::IAM::ManagedPolicy") {
		p := b.compile(parse(r.Get("PolicyDocument")))
		if p == nil || !mayBeAdmin(p.Document) {
			continue
		}
		as := &identity{Resource: r, user: true, unbounded: value.Yes, iam: iam.Identity{Principal: iam.User(value.Concat(value.Lit("arn:aws:iam::"), value.Hole("AWS::AccountId"), value.Lit(":user/"), value.Fresh("any user"))), Policies: []*iam.Policy{p}}}
		if b.adminAnswer(as).sure() {
			out = append(out, r)
		}
	}
	b.admining = &out
	return out
}
