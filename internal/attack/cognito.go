package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

var guestRole = &Technique{
	ID: "guest-role", Title: "Take the role of an identity pool's guests",
	Doc: "An identity pool that allows unauthenticated identities hands AWS credentials to anybody who knows its id, which every client does. " +
		"Switch guests off, or give their role nothing but what strangers may do.",
	Needs: []string{"an identity pool with AllowUnauthenticatedIdentities and a role for guests"}, Gives: "act as the guests' role",
	Refs: Refs{ATTACK: []string{"T1078.004", "T1552"}, CWE: []string{"CWE-287"},
		AWS: []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		b.poolRoles(func(pool *app.Resource, name string, role *identity, at *value.Value, sure value.Tri) {
			guests := pool.Get("AllowUnauthenticatedIdentities")
			if name != "unauthenticated" || guests.IsTrue() == value.No {
				return
			}
			ans := b.poolMay(pool, name, role)
			if ans.holds == value.No {
				return
			}
			h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{Kind: KindCreds, Of: role.ID}, via: pool.Label(),
				why:      pool.Label() + " hands the credentials of " + role.Label() + " to guests",
				evidence: []Evidence{{guests.Span(), "AllowUnauthenticatedIdentities"}, {at.Span(), "the guests' role is " + role.Label()}},
				weak: []Weakness{fault(WeakGuestRole, pool.ID, "", guests.Span(), 2, pool.Label()+" gives guests a role",
					"switch AllowUnauthenticatedIdentities off for "+pool.Label())}}
			unsure(&h, guests.IsTrue().And(sure), pool.Label()+" lets guests in")
			b.answered(&h, ans)
			b.add(h)
		})
	},
}

var userRole = &Technique{
	ID: "user-role", Title: "Take the role of an identity pool's users",
	Doc: "An identity pool changes a user's token for AWS credentials, which work on every API that the role allows, past all code of the application. " +
		"Allow users only what is theirs, with ${cognito-identity.amazonaws.com:sub} in the resource.",
	Needs: []string{"a user's token", "an identity pool with a role for users"}, Gives: "act as the users' role",
	Refs: Refs{ATTACK: []string{"T1078.004"}, CWE: []string{"CWE-269"},
		AWS: []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		b.poolRoles(func(pool *app.Resource, name string, role *identity, at *value.Value, sure value.Tri) {
			if name == "unauthenticated" {
				return
			}
			ans := b.poolMay(pool, name, role)
			if ans.holds == value.No {
				return
			}
			from := b.session(b.userPoolOf(pool))
			h := hop{by: t, from: []Capability{from}, to: Capability{Kind: KindCreds, Of: role.ID}, via: pool.Label(),
				why: pool.Label() + " hands the credentials of " + role.Label() + " to users", evidence: evidence(at.Span(), "the users' role is "+role.Label())}
			unsure(&h, sure, pool.Label()+" gives the role")
			b.answered(&h, ans)
			b.add(h)
		})
	},
}

// poolMay asks whether a role's trust policy lets in whom an identity pool gives
// it to: guests or users of this pool.
// https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
func (b *building) poolMay(pool *app.Resource, name string, role *identity) answer {
	if role.trust == nil {
		return answer{holds: value.Unknown, assume: "the trust policy of " + role.Label() + " lets " + pool.Label() + " in"}
	}
	const host = "cognito-identity.amazonaws.com"
	req := iam.AssumeRequest(iam.Federated(value.Lit(host)), arnOf(role.Resource))
	req.Context = iam.Outside(&req.Principal)
	setPool(&req.Context, host+":aud", pool, role.trust)
	req.Context.Set(host+":amr", name)
	if name != "unauthenticated" { // beside the provider by which the user signed in
		req.Context.SetText(host+":amr", value.Lit(name), value.Fresh("the user's provider"))
	}
	ans := judge(&req, iam.Trust(&req, role.trust, nil))
	if ans.holds == value.Unknown {
		ans.assume = "the trust policy of " + role.Label() + " lets " + pool.Label() + " in"
	}
	return ans
}

// setPool sets the audience of a token to an identity pool: in the words by which
// the trust policy names it; nothing is known where it writes out an id.
func setPool(c *iam.Context, key string, pool *app.Resource, trust *iam.Policy) {
	c.SetText(key, value.Fresh("the id of "+pool.ID))
	for i := range trust.Document.Statements {
		for _, asked := range trust.Document.Statements[i].Condition {
			if !strings.EqualFold(asked.Key, key) {
				continue
			}
			for _, it := range asked.Values.Items {
				if slices.ContainsFunc(it.Refs, func(ref value.Ref) bool { return ref.Resource == pool.ID }) {
					c.SetText(key, it.Text)
					return
				}
				if len(it.Refs) == 0 {
					c.SetText(key, value.Hole("the id of "+pool.ID))
				}
			}
		}
	}
}

// poolRoles visits the roles that identity pools hand out.
func (b *building) poolRoles(visit func(pool *app.Resource, name string, role *identity, at *value.Value, sure value.Tri)) {
	for _, a := range b.apps {
		for pool := range a.OfType("AWS::Cognito::IdentityPool") {
			for _, c := range a.Children(pool, "AWS::Cognito::IdentityPoolRoleAttachment") {
				for _, f := range c.Get("Roles").Fields() {
					r, sure := c.App.Lookup(f.Value, "AWS::IAM::Role")
					if r == nil || b.identityAt[r.ID] == nil {
						continue
					}
					visit(pool, f.Key, b.identityAt[r.ID], f.Value, sure.And(c.Sure))
				}
			}
		}
	}
}

// userPoolOf is the user pool whose tokens an identity pool takes; the
// identity pool itself stands for one that is not known.
func (b *building) userPoolOf(pool *app.Resource) *app.Resource {
	for _, p := range pool.Get("CognitoIdentityProviders").Items() {
		for _, ref := range p.Get("ProviderName").Refs() {
			if r := b.project.Resource(ref.Resource); r != nil && r.Type == "AWS::Cognito::UserPool" {
				return r
			}
		}
		if client, _ := pool.App.Lookup(p.Get("ClientId"), "AWS::Cognito::UserPoolClient"); client != nil {
			if r, _ := pool.App.Lookup(client.Get("UserPoolId"), "AWS::Cognito::UserPool"); r != nil {
				return r
			}
		}
	}
	return pool
}
