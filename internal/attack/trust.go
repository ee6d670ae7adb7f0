package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func trustTechniques() []*Technique {
	return []*Technique{openTrust, vendorTrust, pipelineTrust, guestRole, userRole, insiderKeys, leakedKey, readSettings, loosePermission, foreignInvoke, foreignCode, bucketName}
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
			ans := b.strangerAssumes(role)
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

// strangerAssumes asks whether an identity of a stranger's account may take on a
// role. The stranger names its identity as it likes; the external id that a
// trust policy asks for is no secret, but has to be found out.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
func (b *building) strangerAssumes(role *identity) answer {
	best := answer{holds: value.No}
	callers := []iam.Principal{iam.Stranger()}
	for _, arn := range askedARNs(role.trust, "aws:PrincipalArn") {
		if parts := arn.Split(':', 6); strings.Contains(parts[4].String(), "*") {
			callers = append(callers, identityOf(callers[0].Account, parts[5]))
		}
	}
	for _, caller := range callers {
		for _, known := range []bool{false, true} {
			ans := b.mayAnyone(caller, "sts:AssumeRole", arnOf(role.Resource), role.trust, func(c *iam.Context) {
				c.SetText("aws:PrincipalOrgID", value.Fresh("a stranger's organisation"))
				c.SetText("aws:PrincipalOrgPaths", value.Fresh("a stranger's organisation"))
				if !known {
					c.SetText("sts:ExternalId", value.Fresh("an external id of the stranger's"))
				}
			})
			ans.statements = slices.DeleteFunc(ans.statements, func(m iam.Match) bool { return m.Source != iam.FromResource })
			if known && ans.holds != value.No {
				ans.assume = joined(ans.assume, "the attacker knows the external id (sts:ExternalId)")
			}
			if ans.better(best) {
				best = ans
			}
		}
	}
	return best
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
		case p.Type == "AWS" && b.ownAccount(id, p.Item.Text):
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

// ownAccount tells whether a principal is the account as a whole that an
// identity is in.
func (b *building) ownAccount(id *identity, t value.Text) bool {
	s, own := t.String(), id.iam.Principal.Account
	if !t.IsKnown() {
		return strings.HasSuffix(s, ":root") || s == "${AWS::AccountId}"
	}
	account, ok := own.Known()
	return ok && (s == account || strings.HasSuffix(s, ":"+account+":root"))
}

// whoDeploys tells whether a principal is the identity by which Terraform is
// run.
func whoDeploys(t value.Text) bool {
	return slices.ContainsFunc(t.Parts(), func(p value.Part) bool {
		return strings.Contains(p.Hole, "data.aws_caller_identity.") && strings.HasSuffix(p.Hole, ".Caller")
	})
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
