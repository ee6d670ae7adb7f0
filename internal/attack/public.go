package attack

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

var publicResource = &Technique{
	ID: "public-resource", Title: "Use a resource whose policy lets everybody in",
	Doc: "A bucket, queue, topic, bus, secret, key or repository whose policy has the principal * and no condition that a stranger fails is open: " +
		"to anybody on the internet where the service takes unsigned requests, to every AWS account otherwise. For buckets, Block Public Access stops it.",
	Needs: []string{"a resource policy for everybody"}, Gives: "read, write or delete the resource",
	Refs: Refs{ATTACK: []string{"T1530", "T1190"}, CWE: []string{"CWE-732", "CWE-284"},
		AWS: []string{"https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, r := range b.resources {
			rp := b.policies[r.ID]
			if rp == nil {
				continue
			}
			for _, e := range effectsOn(r.Type) {
				if e.kind == KindInvoke || e.rewrites {
					continue // publicInvoke; and who may change the policy needs no more
				}
				b.publicEffect(t, r, rp, &e)
			}
		}
	},
}

func (b *building) publicEffect(t *Technique, r *app.Resource, rp *resourcePolicy, e *effect) {
	for _, action := range e.actions {
		who, caller := Anonymous, iam.Anonymous()
		if !iam.TakesAnonymous(action) {
			who, caller = AnyAWS, iam.Stranger()
		}
		ans := b.publicObject(caller, action, r, e.object, rp.policy)
		if ans.holds == value.No && who == Anonymous {
			who = AnyAWS
			ans = b.publicObject(iam.Stranger(), action, r, e.object, rp.policy)
		}
		if ans.holds == value.No || len(ans.statements) == 0 {
			continue
		}
		h := hop{by: t, from: []Capability{actor(who)}, to: Capability{Kind: e.kind, Of: r.ID}}
		span := ans.statements[0].Statement.Span
		h.why = "the policy of " + r.Label() + " lets everybody " + e.kind.phrase() + " it"
		h.evidence = evidence(span, ans.statements[0].Statement.Name()+" allows "+action+" for everybody")
		h.weak = []Weakness{fault(WeakPolicyPublic, r.ID, "", span, 1, "the policy of "+r.Label()+" lets everybody in",
			"name the principals in the policy of "+r.Label())}
		b.answered(&h, ans)
		unsure(&h, rp.sure, "the policy is attached to "+r.Label())
		if r.Type == "AWS::S3::Bucket" && !bucketOpen(&h, r, true) {
			return
		}
		conditional(&h, r)
		b.add(h)
		if ans.sure() {
			return
		}
	}
}

// publicObject is mayObject for strangers: any object, or one that the policy
// names.
func (b *building) publicObject(who iam.Principal, action string, r *app.Resource, tail catalogue.Form, rp *iam.Policy) answer {
	best := b.mayAnyone(who, action, witness(b.arn(r).arn, tail), rp)
	if best.sure() || tail == catalogue.Own || tail == catalogue.AnyForm {
		return best
	}
	for i := range rp.Document.Statements {
		for _, it := range rp.Document.Statements[i].Resource.Items {
			named, ok := objectIn(it.Text, b.arn(r), tail)
			if !ok {
				continue
			}
			if a := b.mayAnyone(who, action, named, rp); a.better(best) {
				best = a
			}
		}
	}
	return best
}

// bucketOpen adds Block Public Access to a hop into a bucket; false where it
// stops everybody.
func bucketOpen(h *hop, r *app.Resource, byPolicy bool) bool {
	block := app.AsBucket(r).PublicAccess()
	one, two := block.BlockPublicPolicy, block.RestrictPublicBuckets
	if !byPolicy {
		one, two = block.BlockPublicAcls, block.IgnorePublicAcls
	}
	blocked := one.IsTrue().Or(two.IsTrue())
	if blocked == value.Yes {
		return false
	}
	unsure(h, blocked, "Block Public Access is off for "+r.Label())
	span := r.Get("PublicAccessBlockConfiguration").Span()
	h.evidence = append(h.evidence, Evidence{span, "Block Public Access is off for " + r.Label()})
	h.weak = []Weakness{fault(WeakBucketPublic, r.ID, "", h.evidence[0].Span, 1, r.Label()+" is open to everybody",
		"switch Block Public Access on for "+r.Label())}
	return true
}

var publicACL = &Technique{
	ID: "public-acl", Title: "Use a bucket whose ACL lets everybody in",
	Doc: "The canned ACLs PublicRead, PublicReadWrite and AuthenticatedRead open a bucket's list of objects, and with ReadWrite the writing of objects, to strangers. " +
		"Since April 2023 ACLs are off unless the object ownership is changed. Switch Block Public Access on and set BucketOwnerEnforced.",
	Needs: []string{"a public canned ACL", "object ownership that keeps ACLs", "Block Public Access off"}, Gives: "read or write the bucket",
	Refs: Refs{ATTACK: []string{"T1530"}, CWE: []string{"CWE-732"},
		AWS: []string{"https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, a := range b.apps {
			for bucket := range a.Buckets() {
				acl := bucket.ACL()
				for _, c := range []struct {
					kind  Kind
					who   Actor
					names []string
				}{
					{KindRead, Anonymous, []string{"PublicRead", "PublicReadWrite"}},
					{KindWrite, Anonymous, []string{"PublicReadWrite"}},
					{KindRead, AnyAWS, []string{"AuthenticatedRead"}},
				} {
					open := acl.OneOf(c.names...).And(bucket.Ownership().Is("BucketOwnerEnforced").Not())
					if open == value.No {
						continue
					}
					h := hop{by: t, from: []Capability{actor(c.who)}, to: Capability{Kind: c.kind, Of: bucket.ID},
						why: "the ACL of " + bucket.Label() + " lets everybody " + c.kind.phrase() + " it", evidence: evidence(acl.Span(), "AccessControl "+acl.Str())}
					unsure(&h, open, "the ACL of "+bucket.Label()+" is public")
					if !bucketOpen(&h, bucket.Resource, false) {
						continue
					}
					conditional(&h, bucket.Resource)
					b.add(h)
				}
			}
		}
	},
}
