package attack

import (
	"strings"
	"testing"
)

// trusting is a role with the statements of a trust policy.
func trusting(statements ...string) string {
	return "\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - " + strings.Join(statements, "\n          - ") + "\n"
}

func lets(principal, condition string) string {
	return trustStatement("Allow", principal, condition)
}

func keepsOut(principal, condition string) string {
	return trustStatement("Deny", principal, condition)
}

func trustStatement(effect, principal, condition string) string {
	if condition != "" {
		condition = ", Condition: {" + condition + "}"
	}
	return "{Effect: " + effect + ", Principal: " + principal + ", Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity']" + condition + "}"
}

// Whom a role lets in from outside is what its whole trust policy says, with
// denials and with what a stranger can and cannot have.
func TestTrustInOutsiders(t *testing.T) {
	foreign := "{AWS: 'arn:aws:iam::999988887777:root'}"
	github := "{Federated: !Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'}"
	hub := func(operator, claim, v string) string {
		return operator + ": {'token.actions.githubusercontent.com:" + claim + "': " + v + "}"
	}
	at := func(provider string) string {
		return "{Federated: !Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/" + provider + "'}"
	}
	for _, c := range []struct {
		name, template, technique string
		want                      Certainty
		assume                    string
	}{
		{"a foreign account", trusting(lets(foreign, "")), "vendor-trust", Approximate, "not the application's own"},
		{"with an external id", trusting(lets(foreign, "StringEquals: {'sts:ExternalId': abc}")), "vendor-trust", "", ""},
		{"with any external id", trusting(lets(foreign, "StringLike: {'sts:ExternalId': '*'}")), "vendor-trust", Approximate, ""},
		{"with an external id or none", trusting(lets(foreign, "StringEqualsIfExists: {'sts:ExternalId': abc}")), "vendor-trust", Approximate, ""},
		{"with any external id but one", trusting(lets(foreign, "StringNotEquals: {'sts:ExternalId': abc}")), "vendor-trust", Approximate, ""},
		{"a denial without the external id", trusting(lets(foreign, ""), keepsOut("'*'", "StringNotEquals: {'sts:ExternalId': abc}")), "vendor-trust", "", ""},
		{"a denial", trusting(lets(foreign, ""), keepsOut(foreign, "")), "vendor-trust", "", ""},
		{"of one's own organisation", trusting(lets(foreign, "StringEquals: {'aws:PrincipalOrgID': o-abcdefghij}")), "vendor-trust", "", ""},
		{"with MFA", trusting(lets(foreign, "Bool: {'aws:MultiFactorAuthPresent': 'true'}")), "vendor-trust", Approximate, "aws:MultiFactorAuthPresent"},
		{"from an address", trusting(lets(foreign, "IpAddress: {'aws:SourceIp': 192.0.2.0/24}")), "vendor-trust", Approximate, "aws:SourceIp"},
		{"for a resource, which no identity calls for", trusting(lets(foreign, "ArnLike: {'aws:SourceArn': 'arn:aws:s3:::b'}")), "vendor-trust", "", ""},
		{"one role there", trusting(lets(foreign, "ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::999988887777:role/deploy'}")), "vendor-trust", Approximate, ""},
		{"a role of elsewhere", trusting(lets(foreign, "ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/deploy'}")), "vendor-trust", "", ""},

		{"everybody", trusting(lets("'*'", "")), "open-trust", Exact, ""},
		{"everybody with an external id", trusting(lets("'*'", "StringEquals: {'sts:ExternalId': abc}")), "open-trust", Approximate, "external id"},
		{"everybody of an organisation", trusting(lets("'*'", "StringEquals: {'aws:PrincipalOrgID': o-abcdefghij}")), "open-trust", "", ""},
		{"everybody of an account", trusting(lets("'*'", "StringEquals: {'aws:PrincipalAccount': '111122223333'}")), "open-trust", "", ""},
		{"roles of a name, of any account", trusting(lets("'*'", "ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy'}")), "open-trust", Exact, ""},
		{"a role of an account", trusting(lets("'*'", "ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/deploy'}")), "open-trust", "", ""},
		{"everybody but those of elsewhere", trusting(lets("'*'", ""), keepsOut("'*'", "StringNotEquals: {'aws:PrincipalOrgID': o-abcdefghij}")), "open-trust", "", ""},

		{"any subject", trusting(lets(github, hub("StringEquals", "aud", "sts.amazonaws.com"))), "pipeline-trust", Exact, ""},
		{"a repository", trusting(lets(github, hub("StringLike", "sub", "'repo:acme/app:*'"))), "pipeline-trust", "", ""},
		{"an owner", trusting(lets(github, hub("StringLike", "sub", "'repo:acme/*'"))), "pipeline-trust", "", ""},
		{"owners whose name starts alike", trusting(lets(github, hub("StringLike", "sub", "'repo:acme*'"))), "pipeline-trust", Exact, ""},
		{"a repository of any owner", trusting(lets(github, hub("StringLike", "sub", "'repo:*/app:ref:refs/heads/main'"))), "pipeline-trust", Exact, ""},
		{"one of two subjects", trusting(lets(github, hub("StringLike", "sub", "['repo:acme/app:*', 'repo:*']"))), "pipeline-trust", Exact, ""},
		{"a star that is none", trusting(lets(github, hub("StringEquals", "sub", "'repo:*'"))), "pipeline-trust", "", ""},
		{"all repositories but one", trusting(lets(github, hub("StringNotLike", "sub", "'repo:evil/app:*'"))), "pipeline-trust", Exact, ""},
		{"an environment, which everybody may have", trusting(lets(github, hub("StringEquals", "environment", "prod"))), "pipeline-trust", Exact, ""},
		{"an owner by its own claim", trusting(lets(github, hub("StringEquals", "repository_owner", "acme"))), "pipeline-trust", "", ""},
		{"a denial of other owners", trusting(lets(github, ""), keepsOut("'*'", hub("StringNotLike", "sub", "'repo:acme/*'"))), "pipeline-trust", "", ""},
		{"any group", trusting(lets(at("gitlab.com"), "StringLike: {'gitlab.com:sub': 'project_path:*:ref_type:branch:ref:main'}")), "pipeline-trust", Exact, ""},
		{"a group", trusting(lets(at("gitlab.com"), "StringLike: {'gitlab.com:sub': 'project_path:acme/*'}")), "pipeline-trust", "", ""},
		{"any organisation", trusting(lets(at("app.terraform.io"), "StringLike: {'app.terraform.io:sub': 'organization:*:project:x:*'}")), "pipeline-trust", Exact, ""},
		{"a provider of one customer", trusting(lets(at("oidc.circleci.com/org/1f2e"), "StringEquals: {'oidc.circleci.com/org/1f2e:aud': 1f2e}")), "pipeline-trust", "", ""},
	} {
		b := group(t, resources(c.template))
		got, assume := Certainty(""), ""
		for _, h := range b.hops {
			if h.by.ID == c.technique && h.to.Kind == KindCreds {
				got, assume = h.certainty, h.assume
			}
		}
		if got != c.want || !strings.Contains(assume, c.assume) {
			t.Errorf("%s: %s is %q under %q, want %q under %q", c.name, c.technique, got, assume, c.want, c.assume)
		}
	}
}

// An identity pool gives a role only to whom the role's trust policy lets in.
func TestTrustInIdentityPools(t *testing.T) {
	who := func(pool, amr string) string {
		return "StringEquals: {'cognito-identity.amazonaws.com:aud': " + pool + "}, 'ForAnyValue:StringLike': {'cognito-identity.amazonaws.com:amr': " + amr + "}"
	}
	other := "\n  Other:\n    Type: AWS::Cognito::IdentityPool\n    Properties: {AllowUnauthenticatedIdentities: false}\n"
	for _, c := range []struct {
		name, trust   string
		guests, users Certainty
	}{
		{"guests", lets(cognitoPrincipal, who("!Ref IP", "unauthenticated")), Exact, ""},
		{"users", lets(cognitoPrincipal, who("!Ref IP", "authenticated")), "", Exact},
		{"guests of another pool", lets(cognitoPrincipal, who("!Ref Other", "unauthenticated")), "", ""},
		{"guests of a pool that may be this one", lets(cognitoPrincipal, who("'eu-west-1:0123'", "unauthenticated")), Unknown, ""},
		{"a service", lets("{Service: lambda.amazonaws.com}", ""), "", ""},
	} {
		b := group(t, resources(trusting(c.trust), pool, identityPool("true"), other))
		for technique, want := range map[string]Certainty{"guest-role": c.guests, "user-role": c.users} {
			if got := applied(b)[technique]; got != want {
				t.Errorf("a role for %s: %s is %q, want %q", c.name, technique, got, want)
			}
		}
	}
}
