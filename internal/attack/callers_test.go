package attack

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/attack/andor"
)

// heldWith tells what whoever has the credentials of an identity comes to.
func heldWith(b *building, id string) map[Capability]bool {
	s := andor.NewSearch(b.graph)
	s.Run(b.node(Capability{Kind: KindCreds, Of: "template.yaml/" + id}))
	out := map[Capability]bool{}
	for n, c := range b.caps {
		_, plain := s.Cost(int32(n), false)
		_, weak := s.Cost(int32(n), true)
		if plain || weak {
			out[c] = true
		}
	}
	return out
}

// named is a user with a name, tags and one statement.
func named(name, tags, statement string) string {
	return "\n  " + name + ":\n    Type: AWS::IAM::User\n    Properties:\n      UserName: " + strings.ToLower(name) + "\n      Tags: [" + tags +
		"]\n      Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: [" + statement + "]}}]\n"
}

// What the policy of a resource says to one identity it need not say to another
// that is allowed the same.
func TestPoliciesOfResourcesTellCallersApart(t *testing.T) {
	reads := "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}"
	deny := func(more string) string {
		return "{Effect: Deny, Action: 's3:*', Resource: !Sub '${B.Arn}/*', " + more + "}"
	}
	account := "!Sub 'arn:aws:iam::${AWS::AccountId}:root'"
	for name, c := range map[string]struct {
		statement string
		want      [2]bool // One, Two
	}{
		"all but the first":       {deny("Principal: '*', Condition: {ArnNotEquals: {'aws:PrincipalArn': !GetAtt One.Arn}}"), [2]bool{true, false}},
		"all but the second":      {deny("Principal: '*', Condition: {ArnNotEquals: {'aws:PrincipalArn': !GetAtt Two.Arn}}"), [2]bool{false, true}},
		"no other principal":      {deny("NotPrincipal: {AWS: [!GetAtt Two.Arn, " + account + "]}"), [2]bool{false, true}},
		"the first":               {deny("Principal: {AWS: !GetAtt One.Arn}"), [2]bool{false, true}},
		"all without the tag":     {deny("Principal: '*', Condition: {StringNotEquals: {'aws:PrincipalTag/team': a}}"), [2]bool{true, false}},
		"all with another name":   {deny("Principal: '*', Condition: {StringNotLike: {'aws:username': 'on*'}}"), [2]bool{true, false}},
		"nobody":                  {deny("Principal: '*', Condition: {Bool: {'aws:SecureTransport': 'false'}}"), [2]bool{true, true}},
		"everybody":               {deny("Principal: '*'"), [2]bool{false, false}},
		"what is not in question": {strings.Replace(deny("Principal: '*'"), "s3:*", "s3:PutObject", 1), [2]bool{true, true}},
	} {
		b := group(t, resources(named("One", "{Key: team, Value: a}", reads), named("Two", "{Key: team, Value: b}", reads),
			"\n  B:\n    Type: AWS::S3::Bucket\n", "\n  BP:\n    Type: AWS::S3::BucketPolicy\n    Properties: {Bucket: !Ref B, PolicyDocument: {Version: '2012-10-17', Statement: ["+c.statement+"]}}\n"))
		for i, who := range []string{"One", "Two"} {
			if got := heldWith(b, who)[Capability{Kind: KindRead, Of: "template.yaml/B"}]; got != c.want[i] {
				t.Errorf("denied to %s: that %s reads is %v, want %v", name, who, got, c.want[i])
			}
		}
	}
}

// A policy for everybody who meets a condition lets identities in that are
// allowed nothing themselves.
func TestPoliciesForSomeOfAll(t *testing.T) {
	secret := "\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: {KmsKeyId: !GetAtt K.Arn}\n"
	key := func(account string) string {
		return "\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Version: '2012-10-17'\n        Statement:\n" +
			"          - {Effect: Allow, Principal: {AWS: '*'}, Action: 'kms:Decrypt', Resource: '*', Condition: {StringEquals: {'kms:ViaService': secretsmanager.eu-west-1.amazonaws.com, 'aws:PrincipalAccount': " + account + "}}}\n"
	}
	reads := named("One", "", "{Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*'}")
	for account, want := range map[string]bool{"!Ref AWS::AccountId": true, "''": false} {
		b := group(t, resources(reads, secret, key(account)))
		if got := heldWith(b, "One")[Capability{Kind: KindRead, Of: "template.yaml/S"}]; got != want {
			t.Errorf("with a key for the account %s: that the secret is read is %v, want %v", account, got, want)
		}
	}
}

// The resource of a statement may have a policy variable anywhere in it.
func TestResourcesWithVariables(t *testing.T) {
	for _, c := range []struct {
		name, user, resource, typ, properties string
		want                                  bool
	}{
		{"a tag at the start of a name", named("One", "{Key: team, Value: pay}", "{Effect: Allow, Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}-*'}"), "T", "AWS::DynamoDB::Table", "{TableName: pay-orders}", true},
		{"another tag", named("One", "{Key: team, Value: ops}", "{Effect: Allow, Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}-*'}"), "T", "AWS::DynamoDB::Table", "{TableName: pay-orders}", false},
		{"a user's name", named("One", "", "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::${aws:username}-data/*'}"), "B", "AWS::S3::Bucket", "{BucketName: one-data}", true},
		{"another user's name", named("One", "", "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::${aws:username}-data/*'}"), "B", "AWS::S3::Bucket", "{BucketName: two-data}", false},
	} {
		b := group(t, resources(c.user, "\n  "+c.resource+":\n    Type: "+c.typ+"\n    Properties: "+c.properties+"\n"))
		if got := heldWith(b, "One")[Capability{Kind: KindRead, Of: "template.yaml/" + c.resource}]; got != c.want {
			t.Errorf("%s: that it is read is %v, want %v", c.name, got, c.want)
		}
	}
	own := "{Effect: Allow, Action: 'iam:TagUser', Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:user/${!aws:username}'}, {Effect: Allow, Action: 'iam:CreateAccessKey', Resource: '*', Condition: {StringEquals: {'aws:PrincipalTag/admin': 'yes'}}}"
	if !heldWith(group(t, resources(named("One", "{Key: admin, Value: 'no'}", own), victimUser)), "One")[Capability{Kind: KindCreds, Of: "template.yaml/V"}] {
		t.Error("who may tag itself alone cannot meet a condition on its own tag")
	}
}

// The provider of a session is known where a role trusts one provider alone.
func TestFederatedProvider(t *testing.T) {
	mine, other := "!Sub 'arn:aws:iam::${AWS::AccountId}:saml-provider/mine'", "!Sub 'arn:aws:iam::${AWS::AccountId}:saml-provider/other'"
	build := func(principal, provider string) *building {
		return group(t, resources(victimUser, strings.Replace(role(principal, "", "      Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'iam:CreateAccessKey', Resource: '*', Condition: {StringEquals: {'aws:FederatedProvider': "+provider+"}}}]}}]\n"), "sts:AssumeRole", "sts:AssumeRoleWithSAML", 1)))
	}
	for _, c := range []struct {
		principal, provider string
		want                Certainty
	}{
		{"{Federated: " + mine + "}", mine, Exact},
		{"{Federated: " + mine + "}", other, ""},
		{"{Federated: [" + mine + ", " + other + "]}", mine, Approximate},
		{"{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", mine, ""},
	} {
		if got := appliedBy(build(c.principal, c.provider), []Actor{Insider})["iam-create-access-key"]; got != c.want {
			t.Errorf("a role for %s under a condition on %s: %q, want %q", c.principal, c.provider, got, c.want)
		}
	}
}

// Identities that are allowed the same may still be victims of each other: what
// else they may do is not the same.
func TestAlikeIdentitiesReachEachOther(t *testing.T) {
	makes := "{Effect: Allow, Action: 'iam:CreateAccessKey', Resource: '*'}"
	for _, names := range [][2]string{{"One", "Two"}, {"Two", "One"}} {
		b := group(t, resources(named(names[0], "", makes+", {Effect: Allow, Action: 's3:GetObject', Resource: '*'}"), named(names[1], "", makes), "\n  B:\n    Type: AWS::S3::Bucket\n"))
		if !heldWith(b, names[1])[Capability{Kind: KindRead, Of: "template.yaml/B"}] {
			t.Errorf("%s does not come to what %s may read", names[1], names[0])
		}
	}
}

// A role that trusts everybody who meets a condition asks for no permission of
// the caller's own.
func TestTrustInSomeOfAll(t *testing.T) {
	account := "StringEquals: {'aws:PrincipalAccount': !Ref AWS::AccountId}"
	for _, c := range []struct {
		principal, condition string
		want                 bool
	}{
		{"'*'", account, true},
		{"'*'", "ArnEquals: {'aws:PrincipalArn': !GetAtt One.Arn}", true},
		{"'*'", "ArnEquals: {'aws:PrincipalArn': !GetAtt Two.Arn}", false},
		{"{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", account, false},
	} {
		b := group(t, resources(named("One", "", "{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}"), named("Two", "", "{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}"), trusting(lets(c.principal, c.condition))))
		if got := heldWith(b, "One")[Capability{Kind: KindCreds, Of: "template.yaml/R"}]; got != c.want {
			t.Errorf("a role for %s under %s: that One takes it on is %v, want %v", c.principal, c.condition, got, c.want)
		}
	}
}

// Who may have the items or objects under its own key reads nothing of others'.
func TestWhatIsOnesOwn(t *testing.T) {
	const sub = "${cognito-identity.amazonaws.com:sub}"
	for _, c := range []struct {
		name, statement, resource string
		want                      bool
	}{
		{"items of one's own", "{Effect: Allow, Action: 'dynamodb:Query', Resource: '*', Condition: {'ForAllValues:StringEquals': {'dynamodb:LeadingKeys': ['" + sub + "']}}}", "T", false},
		{"items of a sort", "{Effect: Allow, Action: 'dynamodb:Query', Resource: '*', Condition: {'ForAllValues:StringEquals': {'dynamodb:LeadingKeys': [orders, '" + sub + "']}}}", "T", true},
		{"items", "{Effect: Allow, Action: 'dynamodb:Query', Resource: '*'}", "T", true},
		{"objects of one's own", "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/" + sub + "/*'}", "B", false},
		{"objects in a folder", "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/all/*'}", "B", true},
	} {
		b := group(t, resources(pool, identityPool("true"), role(cognitoPrincipal, "", "      Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: ["+c.statement+"]}}]\n"),
			table, "\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: files}\n"))
		if got := reachedBy(b, Anonymous)[Capability{Kind: KindRead, Of: "template.yaml/" + c.resource}]; got != c.want {
			t.Errorf("%s: that a guest reads them is %v, want %v", c.name, got, c.want)
		}
	}
}
