package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/value"
)

var rewriteBoundary = &Technique{
	ID: "iam-rewrite-boundary", Title: "Rewrite one's own permissions boundary",
	Doc: "A permissions boundary that is a customer managed policy holds as long as nobody whom it binds may write a new version of it: with iam:CreatePolicyVersion on it the " +
		"identity gives itself a boundary that allows everything. Deny changes of the boundary's policy in the boundary itself.",
	Needs: []string{"iam:CreatePolicyVersion on the policy that is the boundary", "policies that then allow everything, or to write them"}, Gives: "administer the account",
	Refs: Refs{ATTACK: []string{"T1098.003", "T1562"}, CWE: []string{"CWE-269"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, id := range b.identities {
			if id.boundedBy == nil || !b.reachOf(id).may("iam:CreatePolicyVersion") {
				continue
			}
			h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindAdmin, Of: Account}}
			x := attempt{id: id, place: id.boundedBy}
			if !b.met(&h, need{"iam:CreatePolicyVersion", onPolicy}, x) || !b.freed(&h, need{"iam:PutRolePolicy|iam:AttachRolePolicy|iam:PutUserPolicy|iam:AttachUserPolicy", onSelf}, x) {
				continue
			}
			ans := b.asAdmin(id, true)
			if ans.holds == value.No {
				continue
			}
			b.answered(&h, ans)
			h.why = id.owner() + " may rewrite " + id.boundedBy.Label() + ", its own boundary, and so get every right: " + h.actions()
			b.show(&h, id)
			h.evidence = append(h.evidence, Evidence{id.Get("PermissionsBoundary").Span(), "the boundary of " + id.Label() + " is " + id.boundedBy.Label()})
			conditional(&h, id.Resource, id.boundedBy)
			b.add(h)
		}
	},
}

// everyAction stands for what an identity is allowed that may do everything.
const everyAction = "every action"

// free is an identity without its boundary.
func (id *identity) free() *identity {
	as := *id
	as.iam.Boundary, as.unbounded, as.asked = nil, value.Yes, nil
	return &as
}

// freed asks what an identity may do once its boundary is gone: everything by
// its own policies, or else what a need says.
func (b *building) freed(h *hop, n need, x attempt) bool {
	as := x.id.free()
	every := answer{holds: value.No}
	if slices.ContainsFunc(as.attached, func(a attachment) bool { return mayBeAdmin(a.policy.Document) }) {
		every = b.adminAnswer(as)
	}
	if every.holds == value.No || len(every.statements) == 0 {
		x.id = as
		return b.met(h, n, x)
	}
	m := every.statements[0]
	h.granted = append(h.granted, granted{match: m, action: everyAction})
	b.answered(h, every)
	if at := x.id.attachmentOf(m); at != nil {
		unsure(h, at.sure, at.name+" is attached to "+x.id.Label())
		if w := b.policyWeakness(x.id, at, m, "*", false); !slices.ContainsFunc(h.weak, func(o Weakness) bool { return o.ID == w.ID }) {
			h.weak = append(h.weak, w)
		}
	}
	return true
}
