package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

var administrator = &Technique{
	ID: "administrator", Title: "Use an administrator's rights",
	Doc: "An identity that is allowed every action on every resource is the account: it reads all data, changes all code and makes new identities. " +
		"This is decided by evaluating its policies, whatever they are called.",
	Needs: []string{"the credentials of an identity that is allowed * on *"}, Gives: "administer the account",
	Refs:       Refs{ATTACK: []string{"T1078.004", "T1098"}, CWE: []string{"CWE-250", "CWE-269"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, id := range b.identities {
			if !slices.ContainsFunc(id.attached, func(a attachment) bool { return mayBeAdmin(a.policy.Document) }) {
				continue
			}
			ans := adminAnswer(id)
			if ans.holds == value.No || len(ans.statements) == 0 {
				continue
			}
			m := ans.statements[0]
			h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindAdmin, Of: Account},
				why: id.owner() + " is allowed everything on everything", evidence: []Evidence{b.statementEvidence(id, m, "every action")}}
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

// adminAnswer tells whether an identity may do everything: an action that no
// policy names, on a resource that none does, and what makes more of it.
func adminAnswer(id *identity) answer {
	var first answer
	for i, action := range []string{"remit-any:Any", "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole", "iam:CreateRole"} {
		req := iam.Request{Principal: id.iam.Principal, Action: action, Resource: value.Fresh("any resource"),
			Account: id.iam.Principal.Account, Context: id.context()}
		p := iam.Policies{Identity: id.iam.Policies, Boundary: id.iam.Boundary}
		ans := id.bounded(judge(iam.Evaluate(&req, &p)))
		if ans.holds != value.Yes {
			return ans
		}
		if i == 0 {
			first = ans
		}
	}
	return first
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
		call := func(f *function, action string, arn value.Text, rp *iam.Policy, at Evidence, via string) {
			for _, class := range b.classes() {
				if rp == nil && !b.reachOf(class[0]).may(action) {
					continue
				}
				ans := b.may(class[0], action, arn, rp)
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
			call(f, "execute-api:Invoke", arn, b.policyOf(e.Route.API), Evidence{e.Span, e.Route.Label() + " calls " + f.Label()}, e.Route.Label())
		})
		for _, f := range b.functions {
			for _, u := range f.URLs() {
				if u.AuthType().Is("AWS_IAM") == value.Yes {
					call(f, "lambda:InvokeFunctionUrl", arnOf(f.Resource), nil, Evidence{u.Span, "the URL of " + f.Label()}, "URL of "+f.Label())
				}
			}
		}
	},
}
