package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func trustTechniques() []*Technique {
	return []*Technique{openTrust, vendorTrust, pipelineTrust, guestRole, userRole, insiderKeys, leakedKey, loosePermission, foreignInvoke, foreignCode, bucketName}
}

var openTrust = &Technique{
	ID: "open-trust", Title: "Take on a role that trusts everybody",
	Doc:   "A trust policy whose principal is * lets every identity of every AWS account take the role on. Name the account or role that needs it.",
	Needs: []string{"a trust policy for *"}, Gives: "act as the role",
	Refs: Refs{ATTACK: []string{"T1078.004", "T1199"}, CWE: []string{"CWE-284"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			if role.trust == nil {
				continue
			}
			ans := b.mayAnyone(iam.Stranger(), "sts:AssumeRole", arnOf(role.Resource), role.trust)
			if ans.holds == value.No || len(ans.statements) == 0 {
				continue
			}
			star := trustsStar(ans.statements[0].Statement)
			if star == value.No {
				continue
			}
			span := ans.statements[0].Statement.Span
			h := hop{by: t, from: []Capability{actor(AnyAWS)}, to: Capability{Kind: KindCreds, Of: role.ID},
				why: role.Label() + " trusts every AWS account", evidence: evidence(span, "the trust policy names *"),
				weak: []Weakness{fault(WeakTrustBroad, role.ID, "", span, 1, role.Label()+" may be taken on by every AWS account", "name whom "+role.Label()+" trusts")}}
			if star == value.Unknown {
				h.why, h.evidence[0].Message = "the trust policy of "+role.Label()+" may name everybody", "whom the trust policy names is not known"
			}
			b.answered(&h, ans)
			unsure(&h, star, "the trust policy of "+role.Label()+" names *")
			conditional(&h, role.Resource)
			b.add(h)
		}
	},
}

// trustsStar tells whether a statement names everybody.
func trustsStar(s *policy.Statement) value.Tri {
	if s.Open != nil {
		return value.Unknown
	}
	if s.Principal == nil {
		return value.Of(s.NotPrincipal != nil)
	}
	out := value.Of(s.Principal.Any)
	if len(s.Principal.Open) > 0 {
		out = out.Or(value.Unknown)
	}
	for _, e := range s.Principal.Entries {
		for _, it := range e.Values.Items {
			if e.Type == "AWS" {
				out = out.Or(it.Text.Equal(value.Lit("*")))
			}
		}
	}
	return out
}

var vendorTrust = &Technique{
	ID: "vendor-trust", Title: "Take on a role as a trusted foreign account",
	Doc: "A role that trusts a vendor's account can be taken on by whatever the vendor's system is talked into using it for, and by a former vendor for as long " +
		"as nobody looks. An external id that only your account was given stops the first; a regular review the second.",
	Needs: []string{"a trust policy for a foreign account", "no external id"}, Gives: "act as the role",
	Refs: Refs{ATTACK: []string{"T1199"}, CWE: []string{"CWE-441"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			for _, p := range foreignAccounts(role.trust) {
				if hasConditionOn(p.Statement, "sts:externalid", "aws:principalorgid", "aws:sourceidentity") {
					continue
				}
				h := hop{by: t, from: []Capability{actor(Vendor)}, to: Capability{Kind: KindCreds, Of: role.ID},
					why: role.Label() + " trusts the account " + p.Item.String() + " without an external id", evidence: evidence(p.Item.Span, "the trust policy names "+p.Item.String()),
					certainty: Approximate, assume: "the account in " + p.Item.String() + " is not the application's own",
					weak: []Weakness{fault(WeakTrustNoID, role.ID, p.Item.String(), p.Item.Span, 2, role.Label()+" trusts a foreign account without an external id",
						"ask for an external id in the trust policy of "+role.Label())}}
				unsure(&h, p.Holds, "the statement is there")
				conditional(&h, role.Resource)
				b.add(h)
			}
		}
	},
}

// foreignAccounts are the foreign accounts, and identities of such, that a
// policy names.
func foreignAccounts(trust *iam.Policy) []iam.Trusted {
	var out []iam.Trusted
	for _, p := range iam.TrustedBy(trust) {
		if p.Type != "AWS" {
			continue
		}
		s, ok := p.Item.Text.Known()
		if !ok {
			continue // the application's own account, or a parameter
		}
		account := s
		if strings.HasPrefix(s, "arn:") {
			parts := strings.Split(s, ":")
			if len(parts) < 6 {
				continue
			}
			account = parts[4]
		}
		if len(account) == 12 && strings.Trim(account, "0123456789") == "" {
			out = append(out, p)
		}
	}
	return out
}

func hasConditionOn(s *policy.Statement, keys ...string) bool {
	if len(s.OpenCondition) > 0 {
		return true // not known: nothing is claimed
	}
	return slices.ContainsFunc(s.Condition, func(c policy.Condition) bool { return slices.Contains(keys, strings.ToLower(c.Key)) })
}

var pipelineTrust = &Technique{
	ID: "pipeline-trust", Title: "Take on a deployment role from a foreign pipeline",
	Doc: "A role for a CI provider such as GitHub Actions trusts the provider's tokens. Without a condition on the subject, any repository of any " +
		"customer of the provider gets in; a subject of * for the repository does no better. Name the repository and branch.",
	Needs: []string{"a trust policy for an OIDC provider", "no condition on the subject, or one that anybody meets"}, Gives: "act as the role",
	Refs: Refs{ATTACK: []string{"T1199", "T1195"}, CWE: []string{"CWE-346"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			for _, p := range iam.TrustedBy(role.trust) {
				host, ok := sharedProvider(p)
				if !ok {
					continue
				}
				loose, span := looseSubject(p.Statement, host)
				if !loose {
					continue
				}
				if span.IsZero() {
					span = p.Item.Span
				}
				h := hop{by: t, from: []Capability{actor(Vendor)}, to: Capability{Kind: KindCreds, Of: role.ID},
					why: role.Label() + " trusts the tokens of " + host + " whosever pipeline asks", evidence: evidence(span, "no subject is asked for that only you have"),
					weak: []Weakness{fault(WeakTrustSubject, role.ID, "", span, 1, role.Label()+" trusts every pipeline of "+host,
						"name the repository and branch in the trust policy of "+role.Label())}}
				unsure(&h, p.Holds, "the statement is there")
				conditional(&h, role.Resource)
				b.add(h)
			}
		}
	},
}

// sharedProvider names the OIDC provider of a trusted principal, where its
// tokens are given to customers of all sorts.
func sharedProvider(p iam.Trusted) (string, bool) {
	if p.Type != "Federated" {
		return "", false
	}
	s := p.Item.String()
	for _, host := range []string{"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "api.bitbucket.org", "oidc.circleci.com", "agent.buildkite.com", "oidc.vercel.com"} {
		if strings.Contains(s, host) {
			return host, true
		}
	}
	return "", false
}

// looseSubject tells whether a statement's conditions leave the subject of a
// token open to strangers.
func looseSubject(s *policy.Statement, host string) (bool, source.Span) {
	if len(s.OpenCondition) > 0 {
		return false, source.Span{}
	}
	for _, c := range s.Condition {
		key := strings.ToLower(c.Key)
		if key != host+":sub" && key != host+":repository" && key != host+":repository_owner" && key != host+":job_workflow_ref" && !strings.HasSuffix(key, ":sub") {
			continue
		}
		for _, v := range c.Values.Items {
			text := v.String()
			if text == "*" || strings.HasPrefix(text, "repo:*") || strings.HasPrefix(text, "*") || strings.HasPrefix(text, "project_path:*") {
				return true, v.Span
			}
		}
		return false, source.Span{}
	}
	return true, s.Span
}

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
			h := hop{by: t, from: []Capability{actor(Anonymous)}, to: Capability{Kind: KindCreds, Of: role.ID}, via: pool.Label(),
				why:      pool.Label() + " hands the credentials of " + role.Label() + " to guests",
				evidence: []Evidence{{guests.Span(), "AllowUnauthenticatedIdentities"}, {at.Span(), "the guests' role is " + role.Label()}},
				weak: []Weakness{fault(WeakGuestRole, pool.ID, "", guests.Span(), 2, pool.Label()+" gives guests a role",
					"switch AllowUnauthenticatedIdentities off for "+pool.Label())}}
			unsure(&h, guests.IsTrue().And(sure), pool.Label()+" lets guests in")
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
			from := b.session(b.userPoolOf(pool))
			h := hop{by: t, from: []Capability{from}, to: Capability{Kind: KindCreds, Of: role.ID}, via: pool.Label(),
				why: pool.Label() + " hands the credentials of " + role.Label() + " to users", evidence: evidence(at.Span(), "the users' role is "+role.Label())}
			unsure(&h, sure, pool.Label()+" gives the role")
			b.add(h)
		})
	},
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

var insiderKeys = &Technique{
	ID: "insider", Title: "Use the credentials of a person or pipeline",
	Doc: "An IAM user's key, or a role that the account's own people and pipelines take on, is in somebody's hands: a laptop that is lost, a colleague who " +
		"leaves, a build that is tampered with. What it may do is what they may do.",
	Needs: []string{"the credentials of a user, or of a role that people or pipelines take on"}, Gives: "act as it",
	Refs:       Refs{ATTACK: []string{"T1078.004", "T1552.001"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		for _, id := range b.identities {
			why, at, ok := b.heldByPeople(id)
			if !ok {
				continue
			}
			h := hop{by: t, from: []Capability{actor(Insider)}, to: Capability{Kind: KindCreds, Of: id.ID}, why: why, evidence: []Evidence{at}}
			conditional(&h, id.Resource)
			b.add(h)
		}
	},
}

func (b *building) heldByPeople(id *identity) (why string, at Evidence, ok bool) {
	if id.group {
		return "", Evidence{}, false
	}
	if id.user {
		return "somebody holds the credentials of " + id.Label(), Evidence{id.Span, "the user " + id.Label()}, true
	}
	for _, p := range iam.TrustedBy(id.trust) {
		s := p.Item.String()
		switch {
		case p.Type == "AWS" && strings.HasSuffix(s, ":root") && !p.Item.Text.IsKnown(), p.Type == "AWS" && s == "${AWS::AccountId}":
			return "identities of the account take on " + id.Label(), Evidence{p.Item.Span, "the trust policy names the account"}, true
		case p.Type == "AWS" && whoDeploys(p.Item.Text):
			return "whoever deploys takes on " + id.Label(), Evidence{p.Item.Span, "the trust policy names the identity that deploys"}, true
		case p.Type == "Federated" && !strings.Contains(s, "cognito-identity"):
			return "people or pipelines take on " + id.Label(), Evidence{p.Item.Span, "the trust policy names " + s}, true
		case p.Type == "Service" && (strings.HasPrefix(s, "codebuild.") || strings.HasPrefix(s, "codepipeline.")):
			return "a pipeline runs as " + id.Label(), Evidence{p.Item.Span, "the trust policy names " + s}, true
		}
	}
	return "", Evidence{}, false
}

// whoDeploys tells whether a principal is the identity by which Terraform is
// run.
func whoDeploys(t value.Text) bool {
	return slices.ContainsFunc(t.Parts(), func(p value.Part) bool {
		return strings.Contains(p.Hole, "data.aws_caller_identity.") && strings.HasSuffix(p.Hole, ".Caller")
	})
}

var leakedKey = &Technique{
	ID: "leaked-key", Title: "Use an access key that a function carries",
	Doc:   "A long-lived key of a user in a function's environment outlives the function and every rotation of roles. Give the function a role.",
	Needs: []string{"to read a function's environment", "a user's access key in it"}, Gives: "act as the user",
	Refs:       Refs{ATTACK: []string{"T1552.001"}, CWE: []string{"CWE-798"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			for _, e := range f.Env() {
				for _, ref := range e.Value.Refs() {
					key := b.project.Resource(ref.Resource)
					if key == nil || key.Type != "AWS::IAM::AccessKey" {
						continue
					}
					user, _ := key.App.Lookup(key.Get("UserName"), "AWS::IAM::User")
					if user == nil || b.identityAt[user.ID] == nil {
						continue
					}
					b.add(hop{by: t, from: []Capability{{Kind: KindExec, Of: f.ID}}, to: Capability{Kind: KindCreds, Of: user.ID},
						why: "the environment of " + f.Label() + " holds a key of " + user.Label(), evidence: evidence(e.Span, e.Name+" holds the key"),
						weak: []Weakness{fault(WeakSecretInEnv, f.ID, "key", e.Span, 3, "a user's key stands in the environment of "+f.Label(), "give "+f.Label()+" a role in the place of the key of "+user.Label())}})
				}
			}
		}
	},
}

var loosePermission = &Technique{
	ID: "confused-deputy", Title: "Have a service call a function in the attacker's name",
	Doc: "A Lambda permission for a service that names no SourceArn and no SourceAccount lets the service call for any customer of AWS: an attacker's own " +
		"bucket, topic, rule or API runs the function, with what the attacker puts there. Name the source.",
	Needs: []string{"a Lambda permission for a service without a source"}, Gives: "invoke the function with the event of the attacker's own resource",
	Refs: Refs{ATTACK: []string{"T1199", "T1648"}, CWE: []string{"CWE-441"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			for _, p := range f.Permissions() {
				service, ok := p.Principal().Known()
				if !ok || !callableForOthers(service) {
					continue
				}
				bound := p.SourceArn().Exists().Or(p.SourceAccount().Exists()).Or(p.OrgID().Exists()).Or(p.EventSourceToken().Exists())
				if bound == value.Yes {
					continue
				}
				h := hop{by: t, from: []Capability{actor(AnyAWS)}, to: Capability{KindInvoke, f.ID, eventFields},
					why: "the permission lets " + service + " run " + f.Label() + " for any account", evidence: evidence(p.Principal().Span(), "no SourceArn and no SourceAccount"),
					weak: []Weakness{fault(WeakPermissionLoose, f.ID, p.LogicalID, p.Span, 1, "the permission of "+service+" on "+f.Label()+" names no source",
						"name SourceArn in "+p.Label())}}
				unsure(&h, bound.Not(), p.Label()+" names no source")
				conditional(&h, f.Resource, p.Resource)
				b.add(h)
			}
		}
	},
}

// callableForOthers are the services that a customer can have call a function
// of another account, knowing its ARN.
func callableForOthers(service string) bool {
	switch service {
	case "s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com", "apigateway.amazonaws.com", "scheduler.amazonaws.com",
		"iot.amazonaws.com", "ses.amazonaws.com", "cognito-idp.amazonaws.com", "config.amazonaws.com", "logs.amazonaws.com":
		return true
	}
	return strings.HasPrefix(service, "logs.")
}
