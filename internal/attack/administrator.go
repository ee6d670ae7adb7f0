package attack

import (
	"fmt"
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

var administrator = &Technique{
	ID: "administrator", Title: "Use an administrator's rights",
	Doc: "An identity that is allowed every action on every resource is the account: it reads all data, changes all code and makes new identities. " +
		"This is decided by evaluating its policies, denials and boundary, whatever they are called; a denial that leaves it a way to give itself what it is denied does not count.",
	Needs: []string{"the credentials of an identity that is allowed * on *"}, Gives: "administer the account",
	Refs:       Refs{ATTACK: []string{"T1078.004", "T1098"}, CWE: []string{"CWE-250", "CWE-269"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, id := range b.identities {
			if !slices.ContainsFunc(id.attached, func(a attachment) bool { return mayBeAdmin(a.policy.Document) }) {
				continue
			}
			ans := b.adminAnswer(id)
			if ans.holds == value.No || len(ans.statements) == 0 {
				continue
			}
			m := ans.statements[0]
			h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindAdmin, Of: Account},
				why: id.owner() + " is allowed everything on everything" + exceptions(id), evidence: []Evidence{b.statementEvidence(id, m, everyAction)}}
			b.answered(&h, ans)
			if at := id.attachmentOf(m); at != nil {
				unsure(&h, at.sure, at.name+" is attached to "+id.Label())
				h.weak = []Weakness{b.policyWeakness(id, at, m, "*", false)}
			}
			conditional(&h, id.Resource)
			b.add(h)
		}
	},
}

// exceptions says that an administrator is denied something.
func exceptions(id *identity) string {
	for i := range id.attached {
		if slices.ContainsFunc(id.attached[i].policy.Document.Statements, func(s policy.Statement) bool { return s.NotAction.Present || s.Is(policy.Deny) != value.No }) {
			return ", but for what it may give itself"
		}
	}
	return ""
}

// ownWays are the actions by which an identity that may do everything else gives
// itself, or another, what is taken away from it: any one will do.
func ownWays() []string {
	return []string{"iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:CreatePolicyVersion",
		"iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:PassRole"}
}

// adminAnswer tells whether an identity administers the account: it may do what
// no policy names, on what none names, and is left with one of the ways to what
// is denied to it by name.
func (f *facts) adminAnswer(id *identity) answer {
	every := f.may(id, query{action: "remit-any:Any", arn: value.Fresh("any resource")})
	if every.holds == value.No {
		return every
	}
	best := answer{holds: value.No}
	for _, action := range ownWays() {
		if ans := f.may(id, query{action: action, arn: value.Fresh("any resource")}); ans.better(best) {
			best = ans
		}
		if best.sure() {
			return every
		}
	}
	if every.better(best) {
		best.statements = every.statements
		return best
	}
	return every
}

// asAdmin tells whether an identity administers the account once it is allowed
// everything: not where denials or a boundary hold it back.
func (b *building) asAdmin(id *identity, unbound bool) answer {
	limit, denials := b.restraint(id)
	bounded := id.iam.Boundary != nil || id.unbounded == value.Unknown
	if len(denials) == 0 && (!bounded || unbound) {
		return answer{holds: value.Yes}
	}
	key := limit + fmt.Sprint("\n", unbound, id.sort())
	if a, ok := b.admins[key]; ok {
		return a
	}
	as := &identity{Resource: id.Resource, user: id.user, group: id.group, byPeople: id.byPeople, providers: id.providers, personal: id.personal, unbounded: id.unbounded, iam: id.iam}
	as.iam.Policies = append(slices.Clone(denials), everything())
	if unbound {
		as.iam.Boundary, as.unbounded = nil, value.Yes
	}
	a := b.adminAnswer(as)
	b.admins[key] = a
	return a
}

// member is asAdmin for a user who has joined a group.
func (b *building) member(id, group *identity) answer {
	if !slices.ContainsFunc(group.attached, func(a attachment) bool { return mayBeAdmin(a.policy.Document) }) {
		return answer{holds: value.No}
	}
	as := &identity{Resource: id.Resource, user: true, personal: id.personal, unbounded: id.unbounded, iam: id.iam}
	as.iam.Policies = append(slices.Clone(id.iam.Policies), group.iam.Policies...)
	return b.adminAnswer(as)
}

// everything is a policy that allows everything.
func everything() *iam.Policy {
	star := policy.List{Present: true, Items: []policy.Item{{Text: value.Lit("*"), Kind: value.String}}}
	return iam.Compile(&policy.Document{Version: policy.Item{Text: value.Lit("2012-10-17"), Kind: value.String},
		Statements: []policy.Statement{{Effect: policy.Item{Text: value.Lit(policy.Allow), Kind: value.String}, Action: star, Resource: star}}})
}

// mayBeAdmin is a quick look for statements as wide as an administrator's.
func mayBeAdmin(d *policy.Document) bool {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.NotAction.Present || s.Open != nil {
			return true
		}
		for _, it := range s.Action.Items {
			if text := it.String(); text == "*" || text == "*:*" || !it.Text.IsKnown() {
				return true
			}
		}
	}
	return false
}

var invokeAPI = &Technique{
	ID: "invoke-api", Title: "Call an IAM-authorised route with an identity",
	Doc: "A route or function URL with AWS_IAM lets in every identity that is allowed execute-api:Invoke or lambda:InvokeFunctionUrl on it. " +
		"Name the routes in the policy.",
	Needs: []string{"an identity's credentials", "a policy that allows the call"}, Gives: "invoke the function with a chosen body, path, query and headers",
	Refs:       Refs{ATTACK: []string{"T1078.004"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		call := func(f *function, on *app.Resource, action string, arn value.Text, rp *iam.Policy, at Evidence, via string) {
			for _, class := range b.alikeFor(on, rp) {
				if rp == nil && !b.reachOf(class[0]).may(action) {
					continue
				}
				ans := b.may(class[0], query{action: action, arn: arn, on: on, policy: rp})
				if ans.holds == value.No || len(ans.statements) == 0 {
					continue
				}
				for _, id := range class {
					m := class[0].in(id, ans.statements[0])
					h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{KindInvoke, f.ID, requestFields}, via: via,
						why: id.owner() + " may call " + via, evidence: []Evidence{b.statementEvidence(id, m, action), at}}
					b.answered(&h, ans)
					b.add(h)
				}
			}
		}
		b.eachEntry(app.EntryRoute, func(f *function, e *app.Entry) {
			if e.Route == nil || e.Route.Auth.Kind != app.AuthIAM {
				return
			}
			arn := value.Concat(invokeARN(e.Route.API), value.Lit("/"), value.Fresh("stage"), value.Lit("/"+e.Route.Method), e.Route.Path)
			call(f, e.Route.API, "execute-api:Invoke", arn, b.policyOf(e.Route.API), Evidence{e.Span, e.Route.Label() + " calls " + f.Label()}, e.Route.Label())
		})
		for _, f := range b.functions {
			for _, u := range f.URLs() {
				if u.AuthType().Is("AWS_IAM") == value.Yes {
					call(f, f.Resource, "lambda:InvokeFunctionUrl", arnOf(f.Resource), nil, Evidence{u.Span, "the URL of " + f.Label()}, "URL of "+f.Label())
				}
			}
		}
	},
}
