package attack

import (
	"strings"
	"testing"
)

// accountOf is what an account tells of a user with a managed policy, of which
// each version is a statement, the last one the default.
func accountOf(user string, versions ...string) string {
	const arn = "arn:aws:iam::111122223333:"
	var list []string
	for i, v := range versions {
		isDefault := "false"
		if i == len(versions)-1 {
			isDefault = "true"
		}
		list = append(list, `{"VersionId": "v`+string(rune('1'+i))+`", "IsDefaultVersion": `+isDefault+`, "Document": {"Version": "2012-10-17", "Statement": [`+v+`]}}`)
	}
	return `{"UserDetailList": [{"UserName": "me", "Path": "/", "Arn": "` + arn + `user/me", "AttachedManagedPolicies": [{"PolicyName": "mine", "PolicyArn": "` + arn + `policy/mine"}]` + user + `}],
"GroupDetailList": [], "RoleDetailList": [],
"Policies": [{"PolicyName": "mine", "Path": "/", "Arn": "` + arn + `policy/mine", "DefaultVersionId": "v` + string(rune('0'+len(versions))) + `", "PolicyVersionList": [` + strings.Join(list, ", ") + `]}]}`
}

// Where the versions of a policy are known, it is known whether one of them
// allows more.
func TestOlderVersions(t *testing.T) {
	sets := `{"Effect": "Allow", "Action": "iam:SetDefaultPolicyVersion", "Resource": "*"}`
	all := `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	puts := `{"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*"}`
	reads := `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`
	bounded := `, "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/IAMFullAccess"}`
	for _, c := range []struct {
		name, account string
		want          Certainty
	}{
		{"one that allowed everything", accountOf("", all, sets), Exact},
		{"one that allowed to write policies", accountOf("", reads, puts, sets), Exact},
		{"one that allowed less", accountOf("", reads, sets), ""},
		{"none", accountOf("", sets), ""},
		{"one that allowed everything, within a boundary", accountOf(bounded, all, sets), ""},
	} {
		if got := appliedBy(groupIn(t, "account.json", c.account), []Actor{Insider})["iam-set-default-policy-version"]; got != c.want {
			t.Errorf("with %s the technique is %q, want %q", c.name, got, c.want)
		}
	}
	template := resources(managedPolicy(`{Effect: Allow, Action: 'iam:SetDefaultPolicyVersion', Resource: '*'}`), me("ManagedPolicyArns: [!Ref MP]", allow("'sqs:ListQueues'", "")))
	if got := appliedBy(group(t, template), []Actor{Insider})["iam-set-default-policy-version"]; got != Approximate {
		t.Errorf("where the versions are not known the technique is %q", got)
	}
}
