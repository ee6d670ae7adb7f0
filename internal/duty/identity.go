package duty

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

func identityDuties() []Duty {
	const (
		role, user, group = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"
		docs              = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	)
	return []Duty{
		byAWS("iam-evaluation", "Evaluate policies and issue credentials", "IAM evaluates every request, and STS issues credentials that expire", docs+"reference_policies_evaluation-logic.html", "AC-3, IA-5", role, user),
		{
			ID: "role-trust", Title: "Let only known callers take on the role", Types: []string{role},
			Doc: `The trust policy says who may act as the role. It should name services, roles and identity providers, an identity
				provider with a condition on whose token it takes, another party's account with an external id.`,
			Refs:   Refs{AWS: []string{docs + "id_roles_common-scenarios_third-party.html"}, Lens: "SEC 2", OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual), Compute: roleTrust,
		},
		{
			ID: "role-least-privilege", Title: "Name the actions and resources that the role may use", Types: []string{role},
			Doc:    "Each grant should name its actions and resources. The role of a function is judged with the function.",
			Refs:   Refs{AWS: []string{docs + "best-practices.html#grant-least-privilege"}, Lens: "SEC 2", FSBP: "IAM.1, IAM.21", OWASP: "A5:2017", CIS: "1.16", NIST: "AC-6"},
			States: decided(NA), Compute: rolePrivilege,
		},
		{
			ID: "user-keys", Title: "Use no long-lived keys", Types: []string{user},
			Doc:    "An access key works until somebody deletes it, wherever it has leaked to. Roles give credentials that expire.",
			Refs:   Refs{AWS: []string{docs + "best-practices.html#update-access-keys"}, FSBP: "IAM.3", OWASP: "A2:2017", CIS: "1.14", NIST: "IA-5, AC-2"},
			States: []State{Met, Unmet}, Compute: userKeys,
		},
		{
			ID: "user-policies", Title: "Give users their rights through groups", Types: []string{user},
			Doc:    "Rights that hang on single users are forgotten there.",
			Refs:   Refs{AWS: []string{docs + "id_groups.html"}, FSBP: "IAM.2", CIS: "1.15", NIST: "AC-2, AC-6"},
			States: []State{Met, Unmet},
			Compute: func(v *View) Answer {
				list := app.AsUser(v.Resource).Policies()
				if len(list) == 0 {
					return met("no policy hangs on the user itself")
				}
				return unmet(rule.Count(len(list), "policy hangs", "policies hang")+" on the user itself", at(list[0].Span, "a policy of the user"))
			},
		},
		{
			ID: "user-least-privilege", Title: "Name the actions and resources that the user may use", Types: []string{user},
			Doc:    "Each grant should name its actions and resources, those of the user's groups included.",
			Refs:   Refs{AWS: []string{docs + "best-practices.html#grant-least-privilege"}, FSBP: "IAM.1, IAM.21", OWASP: "A5:2017", CIS: "1.16", NIST: "AC-6"},
			States: decided(),
			Compute: func(v *View) Answer {
				u := app.AsUser(v.Resource)
				list := u.Policies()
				for _, g := range u.Groups() {
					list = append(list, g.Policies()...)
				}
				return privilegesOf(list).least("the user")
			},
		},
		attested("user-mfa", "Ask people for a second factor", "CloudFormation cannot say whether a device is registered",
			"Register a device for every person who signs in with this user, or let people sign in through IAM Identity Center instead.",
			Refs{AWS: []string{docs + "id_credentials_mfa.html"}, FSBP: "IAM.5", OWASP: "A2:2017", CIS: "1.10", NIST: "IA-2(1)"}, user),
		{
			ID: "group-least-privilege", Title: "Name the actions and resources that the group may use", Types: []string{group},
			Doc:    "Each grant should name its actions and resources.",
			Refs:   Refs{AWS: []string{docs + "best-practices.html#grant-least-privilege"}, FSBP: "IAM.1, IAM.21", OWASP: "A5:2017", CIS: "1.16", NIST: "AC-6"},
			States: decided(),
			Compute: func(v *View) Answer {
				return privilegesOf(app.AsGroup(v.Resource).Policies()).least("the group")
			},
		},
		{
			ID: "policy-least-privilege", Title: "Name the actions and resources that are granted", Types: []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"},
			Doc:    "Each statement should name its actions and resources.",
			Refs:   Refs{AWS: []string{docs + "best-practices.html#grant-least-privilege"}, FSBP: "IAM.1, IAM.21", OWASP: "A5:2017", CIS: "1.16", NIST: "AC-6"},
			States: decided(),
			Compute: func(v *View) Answer {
				doc := v.Get("PolicyDocument")
				return privilegesOf([]app.Attached{{Document: doc, In: v.Resource, Span: doc.Span(), Sure: value.Yes}}).least("the policy")
			},
		},
	}
}

func rolePrivilege(v *View) Answer {
	var of []string
	for _, f := range v.facts.functionsOf(v.Resource) {
		of = append(of, f.Label())
	}
	if len(of) > 0 {
		return notApplicable("the duty stands with " + join(of) + ", whose role it is")
	}
	return v.facts.privilegesOf(v.Resource).least("the role")
}

func userKeys(v *View) Answer {
	var keys []Place
	for _, k := range app.AsUser(v.Resource).AccessKeys() {
		keys = append(keys, here(k))
	}
	if len(keys) > 0 {
		return unmet("the user has long-lived keys", keys...)
	}
	return met("the sources give the user no access key")
}

func roleTrust(v *View) Answer {
	trust := app.AsRole(v.Resource).Trust()
	if set(trust) != value.Yes {
		return unknown("the trust policy is not known", trust, prop("AssumeRolePolicyDocument", trust))
	}
	x := audienceIn(v.Resource, []app.Attached{{Document: trust, In: v.Resource, Span: trust.Span(), Sure: value.Yes}})
	if a, open := openProviders(v); len(x.public) == 0 && open {
		return a
	}
	switch {
	case len(x.public) > 0:
		return unmet("anyone may take on the role", x.public...)
	case len(x.maybe) > 0:
		return unknown("it cannot be decided who may take on the role", nil, x.maybe...)
	case len(x.foreign) > 0:
		return manual("the role trusts accounts by their number: attest that each is known, and has an external id where it is another party's", x.foreign...)
	}
	return met("only services, identities of this account and tokens that a condition narrows may take on the role", Place{trust.Span(), "AssumeRolePolicyDocument"})
}

// openProviders finds trust in a web identity provider whose tokens are not
// narrowed to a subject or an audience.
func openProviders(v *View) (Answer, bool) {
	for _, q := range rule.Policies(v.Resource) {
		if q.Kind != rule.TrustPolicy {
			continue
		}
		for i := range q.Doc.Statements {
			s := &q.Doc.Statements[i]
			if rule.Grants(s, "sts:AssumeRoleWithWebIdentity") != value.Yes || s.Principal == nil || len(s.Condition) > 0 || len(s.OpenCondition) > 0 {
				continue
			}
			for _, e := range s.Principal.Entries {
				if e.Type == "Federated" {
					return unmet("the role takes every token of an identity provider: no condition names its subject or audience", at(e.Span, "%s", s.Name())), true
				}
			}
		}
	}
	return Answer{}, false
}
