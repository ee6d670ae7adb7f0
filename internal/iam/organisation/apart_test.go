package organisation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/organisation"
)

// A resource that begins to tell callers apart by a tag, which only other
// principals' policies spoke of before, tells apart those that were alike.
func TestTagToldApartLater(t *testing.T) {
	const id = "111111111111"
	role := func(name, team, policy string) organisation.Principal {
		return organisation.Principal{ARN: "arn:aws:iam::" + id + ":role/" + name, Tags: []organisation.Tag{{Key: "team", Value: team}},
			Policies: []organisation.Policy{{Document: organisation.JSON(name, `{"Version":"2012-10-17","Statement":[`+policy+`]}`)}}}
	}
	read := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	tagged := `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}`
	account := func(policy string) organisation.Account {
		return organisation.Account{ID: id,
			Principals: slices.Values([]organisation.Principal{role("red", "red", read), role("blue", "blue", read), role("other", "red", tagged)}),
			Resources: slices.Values([]organisation.Resource{{ARN: "arn:aws:s3:::data", Type: "AWS::S3::Bucket",
				Policy: organisation.JSON("data", `{"Version":"2012-10-17","Statement":[`+policy+`]}`)}}),
		}
	}
	guard := `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*","Condition":`
	ix := organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{account(guard + `{"Bool":{"aws:ViaAWSService":"true"}}}`)}})
	reads := func(name string) bool {
		for a := range ix.Reach("arn:aws:iam::" + id + ":role/" + name) {
			if slices.ContainsFunc(a.Can, func(c organisation.Can) bool { return c.Capability == "read" }) {
				return true
			}
		}
		return false
	}
	if !reads("red") || !reads("blue") {
		t.Error("what denies nothing here denies")
	}
	now := account(guard + `{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}}`)
	ix.Update(&now)
	if !reads("red") {
		t.Error("the tag that the policy asks for does not help")
	}
	if reads("blue") {
		t.Error("who has another tag reads")
	}
}

// A resource control policy that leaves some principals out by their ARN tells
// them apart, within the account and across accounts, in whatever order they
// are asked about.
func TestControlPolicyOfResourcesByName(t *testing.T) {
	rcp := organisation.JSON("rcp", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
		{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/org/*"}}}]}`)
	open := organisation.JSON("open", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}]}`)
	names := []string{"a", "org/a", "b", "org/b"}
	account := func(id string) organisation.Account {
		var ps []organisation.Principal
		for _, n := range names {
			ps = append(ps, organisation.Principal{ARN: "arn:aws:iam::" + id + ":role/" + n, Policies: []organisation.Policy{
				{Document: organisation.JSON(n, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)}}})
		}
		return organisation.Account{ID: id, Principals: slices.Values(ps)}
	}
	owner, other := account("111111111111"), account("222222222222")
	owner.RCP = [][]*organisation.Document{{rcp}}
	owner.Resources = slices.Values([]organisation.Resource{{ARN: "arn:aws:s3:::data", Type: "AWS::S3::Bucket", Policy: open}})
	ix := organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{owner, other}})
	for _, id := range []string{owner.ID, other.ID} {
		for _, n := range names {
			reaches := false
			for x := range ix.Reach("arn:aws:iam::" + id + ":role/" + n) {
				reaches = reaches || x.Resource == "arn:aws:s3:::data"
			}
			if reaches != strings.HasPrefix(n, "org/") {
				t.Errorf("%s of %s reaches the bucket: %v", n, id, reaches)
			}
		}
	}
}

// A role that trusts one whose name begins with its own is taken on by that one.
func TestTrustInALongerName(t *testing.T) {
	arn := func(name string) string { return "arn:aws:iam::111111111111:role/" + name }
	trust := func(who string) *organisation.Document {
		return organisation.JSON("trust", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+arn(who)+`"},"Action":"sts:AssumeRole"}]}`)
	}
	a := organisation.Account{ID: "111111111111", Principals: slices.Values([]organisation.Principal{
		{ARN: arn("app"), Trust: trust("app-admin")}, {ARN: arn("app-admin"), Trust: trust("app-admin")}, {ARN: arn("other"), Trust: trust("none")}})}
	ix := organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{a}})
	for name, want := range map[string][]string{"app": nil, "app-admin": {arn("app"), arn("app-admin")}, "other": nil} {
		var got []string
		for x := range ix.Reach(arn(name)) {
			got = append(got, x.Resource)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s takes on %v, not %v", name, got, want)
		}
	}
}

// Roles that trust themselves do not trust one another.
func TestTrustInOneself(t *testing.T) {
	arn := func(name string) string { return "arn:aws:iam::111111111111:role/" + name }
	var list []organisation.Principal
	for _, name := range []string{"a", "b"} {
		policy := organisation.JSON("policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}]}`)
		list = append(list, organisation.Principal{ARN: arn(name), Policies: []organisation.Policy{{Document: policy}}, Trust: organisation.JSON("trust", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+arn(name)+`"},"Action":"sts:AssumeRole"}]}`)})
	}
	ix := organisation.Build(&organisation.Organisation{Accounts: []organisation.Account{{ID: "111111111111", Principals: slices.Values(list)}}})
	for _, name := range []string{"a", "b"} {
		for x := range ix.Reach(arn(name)) {
			takes := slices.ContainsFunc(x.Can, func(c organisation.Can) bool { return c.Capability == "sts:AssumeRole" })
			if takes != (x.Resource == x.Principal) {
				t.Errorf("%s takes on %s: %v", x.Principal, x.Resource, takes)
			}
		}
	}
}

// Accounts that documents name in conditions alone are told apart.
func TestAccountsInConditions(t *testing.T) {
	policy := organisation.JSON("policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)
	var trusting []organisation.Principal
	for _, id := range []string{"222222222222", "333333333333"} {
		trusting = append(trusting, organisation.Principal{ARN: "arn:aws:iam::111111111111:role/of-" + id,
			Trust: organisation.JSON("trust", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalAccount":"`+id+`"}}}]}`)})
	}
	in := &organisation.Organisation{Accounts: []organisation.Account{{ID: "111111111111", Principals: slices.Values(trusting)}}}
	for _, id := range []string{"222222222222", "333333333333"} {
		in.Accounts = append(in.Accounts, organisation.Account{ID: id, Principals: slices.Values([]organisation.Principal{{ARN: "arn:aws:iam::" + id + ":role/me", Policies: []organisation.Policy{{Document: policy}}}})})
	}
	ix := organisation.Build(in)
	for _, id := range []string{"222222222222", "333333333333"} {
		var got []string
		for x := range ix.Reach("arn:aws:iam::" + id + ":role/me") {
			got = append(got, x.Resource)
		}
		if want := []string{"arn:aws:iam::111111111111:role/of-" + id}; !slices.Equal(got, want) {
			t.Errorf("%s takes on %v, not %v", id, got, want)
		}
	}
}
