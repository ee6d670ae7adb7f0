package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

var foreignInvoke = &Technique{
	ID: "foreign-invoke-permission", Title: "Invoke a function as a trusted foreign account",
	Doc: "A Lambda permission for a whole foreign account lets every identity there call the function's API, if its own account allows it, and choose the whole event: " +
		"whoever gets into that account, and whoever it belongs to after the work together has ended. Name the one role that calls, and review such permissions.",
	Needs: []string{"a Lambda permission for a foreign account as a whole"}, Gives: "invoke the function with a chosen event",
	Refs: Refs{ATTACK: []string{"T1199", "T1648"}, CWE: []string{"CWE-284"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		b.eachPermission(func(f *function, p app.Permission) {
			account, whole := p.ForAccount()
			if own, ok := b.accountOf(f.Resource).Known(); whole == value.No || ok && own == account {
				return
			}
			h := hop{by: t, from: []Capability{actor(Vendor)}, to: Capability{KindInvoke, f.ID, eventFields}, via: "account " + account,
				why: "the permission " + p.Label() + " lets every identity of the account " + account + " run " + f.Label(), evidence: evidence(p.Principal().Span(), "the principal is the account "+account),
				certainty: Approximate, assume: "the account " + account + " is not the application's own",
				weak: []Weakness{fault(WeakFunctionForeign, f.ID, p.LogicalID, p.Principal().Span(), 2, "every identity of the account "+account+" may invoke "+f.Label(),
					"name the role that calls in "+p.Label())}}
			unsure(&h, whole, p.Label()+" is for the whole account")
			conditional(&h, f.Resource, p.Resource)
			b.add(h)
		})
	},
}

var foreignCode = &Technique{
	ID: "foreign-code-permission", Title: "Change a function as a trusted foreign account",
	Doc: "A permission on a function may name any action: with lambda:UpdateFunctionCode or lambda:UpdateFunctionConfiguration a foreign account decides what the function runs, " +
		"and with that what its role does. Let foreign accounts invoke at the most, and have the pipeline of the own account deploy.",
	Needs: []string{"a policy on a function that lets a foreign account change it"}, Gives: "replace the code of the function, or reconfigure it",
	Refs: Refs{ATTACK: []string{"T1199", "T1525"}, CWE: []string{"CWE-284"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			rp := b.policyOf(f.Resource)
			for _, p := range foreignAccounts(rp, b.accountOf(f.Resource)) {
				for _, e := range []effect{{kind: KindCode, actions: []string{"lambda:UpdateFunctionCode"}}, {kind: KindManage, actions: []string{"lambda:UpdateFunctionConfiguration"}}} {
					ans := b.mayForeign(p.Item.Text, e.actions[0], f.Resource, rp)
					if ans.holds == value.No || !slices.ContainsFunc(ans.statements, func(m iam.Match) bool { return m.Statement == p.Statement }) {
						continue
					}
					who := p.Item.String()
					h := hop{by: t, from: []Capability{actor(Vendor)}, to: Capability{Kind: e.kind, Of: f.ID}, via: "account " + who,
						why: "the policy of " + f.Label() + " lets " + who + " " + e.kind.phrase() + " it", evidence: evidence(p.Item.Span, "the principal is "+who+", the action "+e.actions[0]),
						certainty: Approximate, assume: "the account in " + who + " is not the application's own",
						weak: []Weakness{fault(WeakFunctionForeign, f.ID, who+" "+string(e.kind), p.Item.Span, 2, "the foreign "+who+" may "+e.kind.phrase()+" "+f.Label(),
							"take "+e.actions[0]+" away from "+who+" in the policy of "+f.Label())}}
					b.answered(&h, ans)
					unsure(&h, p.Holds, "the statement is there")
					conditional(&h, f.Resource)
					b.add(h)
				}
			}
		}
	},
}

// accountOf is the account of a resource; empty where its ARN does not tell.
func (f *facts) accountOf(r *app.Resource) value.Text {
	if parts := f.arn(r).arn.Split(':', 6); len(parts) == 6 {
		return parts[4]
	}
	return value.Text{}
}

// mayForeign asks whether a foreign account, or an identity of one, may do an
// action by a resource's policy, if its own account lets it.
func (b *building) mayForeign(who value.Text, action string, r *app.Resource, rp *iam.Policy) answer {
	caller := iam.Root(who)
	if s := who.String(); strings.HasPrefix(s, "arn:") {
		caller = iam.Role(who)
		switch {
		case strings.HasSuffix(s, ":root"):
			caller = iam.Root(who.Split(':', 6)[4])
		case strings.Contains(s, ":user/"):
			caller = iam.User(who)
		}
	}
	req := iam.Request{Principal: caller, Action: action, Resource: arnOf(r), Context: iam.Outside(&caller), Account: value.Fresh("the application's account")}
	p := iam.Policies{Identity: []*iam.Policy{everything()}, Resource: rp}
	return judge(&req, iam.Evaluate(&req, &p))
}

var bucketName = &Technique{
	ID: "bucket-name-takeover", Title: "Own the bucket that a permission names",
	Doc: "A bucket's name is unique, its ARN names no account, and whoever deletes a bucket sets its name free. A permission for S3 that names the ARN of a bucket, " +
		"and no SourceAccount, runs the function for whoever owns the bucket of that name at the time. Set SourceAccount beside SourceArn.",
	Needs: []string{"a Lambda permission for S3 with the ARN of a bucket of elsewhere and no SourceAccount", "the bucket's name to be free"}, Gives: "invoke the function with the events of one's own bucket",
	Refs: Refs{ATTACK: []string{"T1584", "T1648"}, CWE: []string{"CWE-441"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html"}},
	Difficulty: 9,
	apply: func(b *building, t *Technique) {
		b.eachPermission(func(f *function, p app.Permission) {
			name, open := p.ForBucketOfElsewhere()
			if open == value.No {
				return
			}
			h := hop{by: t, from: []Capability{actor(AnyAWS)}, to: Capability{KindInvoke, f.ID, "object keys"}, via: "bucket " + name,
				why: "whoever owns a bucket called " + name + " runs " + f.Label(), evidence: evidence(p.SourceArn().Span(), "SourceArn names a bucket and no account"),
				certainty: Approximate, assume: "the bucket " + name + " does not exist, or is deleted one day",
				weak: []Weakness{fault(WeakPermissionLoose, f.ID, p.LogicalID, p.Span, 1, "the permission of S3 on "+f.Label()+" names a bucket without its account",
					"set SourceAccount in "+p.Label())}}
			unsure(&h, open, p.Label()+" names no account")
			conditional(&h, f.Resource, p.Resource)
			b.add(h)
		})
	},
}

func (b *building) eachPermission(visit func(*function, app.Permission)) {
	for _, f := range b.functions {
		for _, p := range f.Permissions() {
			visit(f, p)
		}
	}
}
