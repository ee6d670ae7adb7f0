package duty

import (
	"fmt"

	"github.com/remit-security/remit/internal/value"
)

const (
	userPool     = "AWS::Cognito::UserPool"
	poolClient   = "AWS::Cognito::UserPoolClient"
	identityPool = "AWS::Cognito::IdentityPool"
	cognitoDocs  = "https://docs.aws.amazon.com/cognito/latest/developerguide/"
)

func userPoolDuties() []Duty {
	return []Duty{
		byAWS("cognito-credentials", "Store passwords and sign tokens", "Cognito stores passwords and signs tokens, with keys that it keeps", cognitoDocs+"data-protection.html", "IA-5, SC-12", userPool),
		{
			ID: "cognito-sign-up", Title: "Decide who may become a user", Types: []string{userPool},
			Doc: `Where anybody may sign up, "authenticated" means anyone. AllowAdminCreateUserOnly closes sign-up; a pre-sign-up
				trigger can decide too, which is the customer's code.`,
			Refs:   Refs{AWS: []string{cognitoDocs + "signing-up-users-in-your-app.html"}, Lens: "SEC 1", OWASP: "A2:2017", NIST: "AC-2, IA-4"},
			States: decided(Manual), Compute: signUp,
		},
		{
			ID: "cognito-mfa", Title: "Ask users for a second factor", Types: []string{userPool},
			Doc:    "OPTIONAL leaves it to each user; ON asks everybody.",
			Refs:   Refs{AWS: []string{cognitoDocs + "user-pool-settings-mfa.html"}, FSBP: "Cognito.5", OWASP: "A2:2017", NIST: "IA-2(1), IA-2(2)"},
			States: decided(),
			Compute: func(v *View) Answer {
				m := v.Get("MfaConfiguration")
				return decide(m.Is("ON"), "MfaConfiguration", m, "every user has a second factor", "users sign in with a password alone, unless they choose otherwise")
			},
		},
		{
			ID: "cognito-passwords", Title: "Ask for strong passwords", Types: []string{userPool},
			Doc:    "Cognito's default asks for eight characters of four kinds. The customer may weaken that.",
			Refs:   Refs{AWS: []string{cognitoDocs + "managing-users-passwords.html"}, FSBP: "Cognito.3", OWASP: "A2:2017", NIST: "IA-5(1)"},
			States: decided(Provided), Compute: passwords,
		},
		{
			ID: "cognito-threats", Title: "Stop stolen passwords and robots", Types: []string{userPool},
			Doc:    "Threat protection refuses passwords known to be stolen and sign-ins that look wrong. It is off unless switched on, and AUDIT only watches.",
			Refs:   Refs{AWS: []string{cognitoDocs + "cognito-user-pool-settings-threat-protection.html"}, Hub: "Cognito.1", OWASP: "A2:2017", NIST: "SI-4"},
			States: decided(),
			Compute: func(v *View) Answer {
				m := v.Get("UserPoolAddOns", "AdvancedSecurityMode")
				return decide(m.Is("ENFORCED"), "UserPoolAddOns.AdvancedSecurityMode", m, "threat protection is enforced", "threat protection is not enforced")
			},
		},
		{
			ID: "cognito-deletion", Title: "Protect the pool from deletion", Types: []string{userPool},
			Doc:    "Users and passwords of a deleted pool are gone.",
			Refs:   Refs{AWS: []string{cognitoDocs + "user-pool-settings-deletion-protection.html"}, FSBP: "Cognito.6", NIST: "CM-3"},
			States: decided(),
			Compute: func(v *View) Answer {
				d := v.Get("DeletionProtection")
				return decide(d.Is("ACTIVE"), "DeletionProtection", d, "deletion protection is on", "deletion protection is off")
			},
		},
		{
			ID: "cognito-client-flows", Title: "Send no passwords to the application", Types: []string{poolClient},
			Doc:    "With USER_PASSWORD_AUTH the application handles passwords in the clear. The secure remote password protocol (SRP) never sends them.",
			Refs:   Refs{AWS: []string{cognitoDocs + "amazon-cognito-user-pools-authentication-flow-methods.html"}, OWASP: "A2:2017", NIST: "IA-5(1)"},
			States: decided(Provided), Compute: clientFlows,
		},
		{
			ID: "cognito-client-enumeration", Title: "Do not tell who is a user", Types: []string{poolClient},
			Doc:    "With PreventUserExistenceErrors ENABLED, a wrong name and a wrong password look the same.",
			Refs:   Refs{AWS: []string{cognitoDocs + "cognito-user-pool-managing-errors.html"}, OWASP: "A2:2017", NIST: "SI-11"},
			States: decided(),
			Compute: func(v *View) Answer {
				p := v.Get("PreventUserExistenceErrors")
				return decide(p.Is("ENABLED"), "PreventUserExistenceErrors", p, "errors do not tell who is a user", "errors may tell who is a user")
			},
		},
	}
}

func signUp(v *View) Answer {
	only := v.Get("AdminCreateUserConfig", "AllowAdminCreateUserOnly")
	switch only.IsTrue() {
	case value.Yes:
		return met("only administrators create users", prop("AllowAdminCreateUserOnly", only))
	case value.Unknown:
		return unknown("it cannot be decided whether anybody may sign up", only, prop("AllowAdminCreateUserOnly", only))
	}
	trigger := v.Get("LambdaConfig", "PreSignUp")
	if set(trigger) != value.No {
		return manual("anybody may ask to sign up and a trigger decides: attest that it refuses strangers", Place{trigger.Span(), "LambdaConfig.PreSignUp"})
	}
	return unmet("anybody may sign up, so \"authenticated\" means anyone", prop("AllowAdminCreateUserOnly", only))
}

// eight is Cognito's own default and what FSBP's Cognito.3 asks for.
const eight = 8

// aWeekOfDays is how long Cognito lets a temporary password work unless the
// policy says otherwise, and what Cognito.3 asks for.
const aWeekOfDays = 7

func passwords(v *View) Answer {
	p := v.Get("Policies", "PasswordPolicy")
	switch set(p) {
	case value.No:
		return provided(fmt.Sprintf("Cognito's default asks for %d characters of four kinds", eight))
	case value.Unknown:
		return unknown("the password policy is not known", p, prop("Policies.PasswordPolicy", p))
	}
	out := value.Yes
	var weak []Place
	length := p.Get("MinimumLength")
	if n, ok := length.Int(); ok && n < eight {
		out = value.No
		weak = append(weak, prop("MinimumLength", length))
	} else if !ok && length.Exists() != value.No {
		out = value.Unknown
		weak = append(weak, prop("MinimumLength", length))
	}
	for _, k := range []string{"RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols"} {
		if t := p.Get(k).IsTrue(); t != value.Yes {
			out = out.And(t)
			weak = append(weak, prop(k, p.Get(k)))
		}
	}
	if days := p.Get("TemporaryPasswordValidityDays"); days.Exists() != value.No {
		if n, ok := days.Int(); !ok {
			out = out.And(value.Unknown)
			weak = append(weak, prop("TemporaryPasswordValidityDays", days))
		} else if n > aWeekOfDays {
			out = value.No
			weak = append(weak, prop("TemporaryPasswordValidityDays", days))
		}
	}
	switch out {
	case value.Yes:
		return met("the policy asks for long passwords of four kinds", Place{p.Span(), "Policies.PasswordPolicy"})
	case value.No:
		return unmet("the policy asks for less than Cognito's own default", weak...)
	}
	return unknown("it is not known how strong passwords must be", nil, weak...)
}

func clientFlows(v *View) Answer {
	flows := v.Get("ExplicitAuthFlows")
	if set(flows) == value.No {
		return provided("by default only SRP, custom and refresh flows are open")
	}
	bad := value.No
	for _, f := range []string{"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"} {
		bad = bad.Or(flows.Contains(f))
	}
	return decide(bad.Not(), "ExplicitAuthFlows", flows, "no flow sends passwords to the application", "a flow sends passwords to the application")
}

func identityPoolDuties() []Duty {
	return []Duty{
		byAWS("cognito-identity-credentials", "Issue credentials that expire", "Cognito exchanges tokens for credentials that expire", cognitoDocs+"cognito-identity.html", "IA-5", identityPool),
		{
			ID: "cognito-guests", Title: "Give no AWS credentials to strangers", Types: []string{identityPool},
			Doc:    "AllowUnauthenticatedIdentities gives AWS credentials to anyone who knows the pool's id; what they may do is in the role for guests.",
			Refs:   Refs{AWS: []string{cognitoDocs + "identity-pools.html"}, FSBP: "Cognito.2", OWASP: "A2:2017", NIST: "AC-3, AC-14"},
			States: decided(),
			Compute: func(v *View) Answer {
				g := v.Get("AllowUnauthenticatedIdentities")
				return decide(g.IsTrue().Not(), "AllowUnauthenticatedIdentities", g, "guests get no credentials", "anyone gets AWS credentials")
			},
		},
		{
			ID: "cognito-classic-flow", Title: "Let Cognito choose the role", Types: []string{identityPool},
			Doc:    "The classic flow lets the client choose among all roles that trust the pool, and lifts the limits that Cognito sets on guests.",
			Refs:   Refs{AWS: []string{cognitoDocs + "authentication-flow.html"}, OWASP: "A5:2017", NIST: "AC-6"},
			States: decided(),
			Compute: func(v *View) Answer {
				c := v.Get("AllowClassicFlow")
				return decide(c.IsTrue().Not(), "AllowClassicFlow", c, "Cognito chooses the role", "the client chooses among all roles that trust the pool")
			},
		},
		{
			ID: "cognito-identity-roles", Title: "Let signed-in users and guests do only what they need", Types: []string{identityPool},
			Doc:    "Everybody who holds a token of the pool acts with these roles, from anywhere and past the application's code.",
			Refs:   Refs{AWS: []string{cognitoDocs + "iam-roles.html"}, Lens: "SEC 2", OWASP: "A5:2017", NIST: "AC-6"},
			States: decided(Manual), Compute: poolRoles,
		},
	}
}

func poolRoles(v *View) Answer {
	var sum privileges
	n := 0
	for _, c := range v.App.Children(v.Resource, "AWS::Cognito::IdentityPoolRoleAttachment") {
		for _, f := range c.Get("Roles").Fields() {
			n++
			r, sure := v.App.Lookup(f.Value, "AWS::IAM::Role")
			if r == nil || sure != value.Yes {
				sum.maybe = append(sum.maybe, at(f.Value.Span(), "a role that lies outside the sources"))
				continue
			}
			one := v.facts.privilegesOf(r)
			sum.read = append(sum.read, one.read...)
			sum.admin, sum.wide, sum.maybe = append(sum.admin, one.admin...), append(sum.wide, one.wide...), append(sum.maybe, one.maybe...)
		}
	}
	if n == 0 {
		return manual("the sources attach no roles: attest which the pool gives", here(v.Resource))
	}
	return sum.least("whoever holds a token of the pool")
}
