package iam

import (
	"slices"
	"testing"

	"github.com/remit-security/remit/internal/value"
)

func TestAdmin(t *testing.T) {
	admin := managed(t, "AdministratorAccess")
	denyIAM := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`)
	pairs := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*:*","Resource":"*"}]}`)
	someday := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}`)
	for _, tc := range []struct {
		name string
		id   Identity
		want Decision
	}{
		{"AdministratorAccess", Identity{Policies: []*Policy{admin}}, Allowed},
		{"*:*", Identity{Policies: []*Policy{pairs}}, Allowed},
		{"PowerUserAccess", Identity{Policies: []*Policy{managed(t, "PowerUserAccess")}}, DeniedImplicit},
		{"IAMFullAccess", Identity{Policies: []*Policy{managed(t, "IAMFullAccess")}}, DeniedImplicit},
		{"all but IAM", Identity{Policies: []*Policy{admin, denyIAM}}, DeniedExplicit},
		{"within a boundary", Identity{Policies: []*Policy{admin}, Boundary: managed(t, "ReadOnlyAccess")}, DeniedImplicit},
		{"with a second factor", Identity{Policies: []*Policy{someday}}, Unknown},
		{"nothing", Identity{}, DeniedImplicit},
		{"nothing known", Identity{Open: true}, Unknown},
	} {
		tc.id.Principal = ParsePrincipal(role)
		if got := tc.id.Admin(); got.Decision != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got.Decision, tc.want)
		}
	}
}

// What is not known beside the statements is named.
func TestOpen(t *testing.T) {
	own := value.Hole("AWS::AccountId")
	arn := value.Concat(value.Lit("arn:aws:iam::"), own, value.Lit(":role/app"))
	allow := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	r := Request{Principal: Role(arn), Action: "s3:GetObject", Resource: value.Lit(object)}
	for _, tc := range []struct {
		name    string
		account value.Text
		p       Policies
		want    Decision
		open    []string
	}{
		{"own account", own, Policies{Identity: []*Policy{allow}}, Allowed, nil},
		{"resource policy not known", own, Policies{Identity: []*Policy{allow}, ResourceOpen: true}, Unknown, []string{"resource policy"}},
		{"identity policies not known", own, Policies{IdentityOpen: true}, Unknown, []string{"identity policies"}},
		{"account not known", value.Lit("111122223333"), Policies{Identity: []*Policy{allow}}, Unknown, []string{"account"}},
		{"nothing would allow", value.Lit("111122223333"), Policies{}, DeniedImplicit, nil},
	} {
		r.Account = tc.account
		res := Evaluate(&r, &tc.p)
		if res.Decision != tc.want || !slices.Equal(res.Open, tc.open) {
			t.Errorf("%s: %s %v, want %s %v", tc.name, res.Decision, res.Open, tc.want, tc.open)
		}
	}
}

func TestTrust(t *testing.T) {
	trust := compileJSON(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"111122223333","Service":["lambda.amazonaws.com","states.eu-west-1.amazonaws.com"]},"Action":"sts:AssumeRole"},
		{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo/*"}}},
		{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/corp"},"Action":"sts:AssumeRoleWithSAML"},
		{"Effect":"Deny","Principal":"*","Action":"sts:TagSession"}]}`)
	assume := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/a*"}]}`)
	github := "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	for _, tc := range []struct {
		name   string
		caller Principal
		own    []*Policy
		want   Decision
	}{
		{"lambda", Service("lambda.amazonaws.com"), nil, Allowed},
		{"regional service", Service("states.amazonaws.com"), nil, Allowed},
		{"another service", Service("ec2.amazonaws.com"), nil, DeniedImplicit},
		{"a user without policies", ParsePrincipal(user), nil, DeniedImplicit},
		{"a user who may", ParsePrincipal(user), []*Policy{assume}, Allowed},
		{"a repository, not known which", Federated(value.Lit(github)), nil, Unknown},
		{"the company's provider", Federated(value.Lit("arn:aws:iam::111122223333:saml-provider/corp")), nil, Allowed},
		{"anonymous", Anonymous(), nil, DeniedImplicit},
	} {
		r := AssumeRequest(tc.caller, value.Lit(role))
		got := Trust(&r, trust, &Identity{Principal: tc.caller, Policies: tc.own})
		if got.Decision != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got.Decision, tc.want)
		}
	}
	var names []string
	for _, p := range TrustedBy(trust) {
		names = append(names, p.Type+" "+p.Item.String())
	}
	if want := []string{"AWS 111122223333", "Service lambda.amazonaws.com", "Service states.eu-west-1.amazonaws.com", "Federated " + github, "Federated arn:aws:iam::111122223333:saml-provider/corp"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

// With Chosen the answer is what the caller can reach.
func TestChosen(t *testing.T) {
	p := compileJSON(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringLike":{"s3:prefix":"home/*"}}},
		{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/open":"yes"}}}]}`)
	r := Request{Principal: ParsePrincipal(role), Action: "s3:ListBucket", Resource: value.Lit("arn:aws:s3:::docs")}
	r.Context.Chosen = true
	res := Evaluate(&r, &Policies{Identity: []*Policy{p}})
	if res.Decision != Allowed || !slices.Equal(res.Chosen, []string{"aws:SecureTransport", "s3:prefix"}) {
		t.Errorf("%s %v", res.Decision, res.Chosen)
	}
	r.Action, r.Resource = "s3:GetObject", value.Lit(object)
	res = Evaluate(&r, &Policies{Identity: []*Policy{p}})
	if res.Decision != Unknown || !slices.Equal(res.Hinges, []string{"aws:ResourceTag/open"}) {
		t.Errorf("%s %v", res.Decision, res.Hinges)
	}
}
