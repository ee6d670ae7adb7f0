package attack

import (
	"github.com/remit-security/remit/internal/app"
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
			if whole == value.No {
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
