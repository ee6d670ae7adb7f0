package attack

import (
	"strconv"
	"strings"
	"testing"
)

// me is a user with statements, and more properties.
func me(more string, statements ...string) string {
	return "\n  Me:\n    Type: AWS::IAM::User\n    Properties:\n" + indent(more, 6) + "      Policies:\n        - PolicyName: p\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement:\n" +
		indent("- "+strings.Join(statements, "\n- "), 14)
}

func allow(actions, condition string) string { return statement("Allow", actions, condition) }

func deny(actions, condition string) string { return statement("Deny", actions, condition) }

func statement(effect, actions, condition string) string {
	if condition != "" {
		condition = ", Condition: {" + condition + "}"
	}
	return "{Effect: " + effect + ", Action: [" + actions + "], Resource: '*'" + condition + "}"
}

// code is a function whose role has statements.
func code(statements ...string) string {
	return functionYAML("Policies:\n  - Version: '2012-10-17'\n    Statement:\n" + indent("- "+strings.Join(statements, "\n- "), 6))
}

func taggedUser(tags string) string {
	return "\n  V:\n    Type: AWS::IAM::User\n    Properties:\n      Tags: [" + tags + "]\n"
}

// A hop is exact where its conditions are met for certain, absent where they
// cannot be, and names those that hold sometimes.
func TestConditions(t *testing.T) {
	key := "'iam:CreateAccessKey'"
	v := taggedUser("{Key: team, Value: a}")
	parameter := "Parameters: {PX: {Type: String}}\n"
	lambdaRole := role("{Service: lambda.amazonaws.com}", "", "")
	create := allow("'lambda:CreateFunction', 'lambda:InvokeFunction'", "")
	for _, c := range []struct {
		name, template, technique string
		want                      Certainty
		assume                    string
	}{
		{"none", resources(v, me("", allow(key, ""))), "iam-create-access-key", Exact, ""},
		{"MFA of a person", resources(v, me("", allow(key, "Bool: {'aws:MultiFactorAuthPresent': 'true'}"))), "iam-create-access-key", Approximate, "aws:MultiFactorAuthPresent"},
		{"MFA of code", resources(v, code(allow(key, "Bool: {'aws:MultiFactorAuthPresent': 'true'}"))), "iam-create-access-key", "", ""},
		{"a denial without MFA", resources(v, me("", allow(key, ""), deny("'*'", "BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}"))), "iam-create-access-key", Approximate, "aws:MultiFactorAuthPresent"},
		{"a denial without MFA, of code", resources(v, code(allow(key, ""), deny("'*'", "BoolIfExists: {'aws:MultiFactorAuthPresent': 'false'}"))), "iam-create-access-key", "", ""},
		{"an address", resources(v, me("", allow(key, "IpAddress: {'aws:SourceIp': 192.0.2.0/24}"))), "iam-create-access-key", Approximate, "aws:SourceIp"},
		{"an organisation", resources(v, me("", allow(key, "StringEquals: {'aws:PrincipalOrgID': o-abcdefghij}"))), "iam-create-access-key", Approximate, "aws:PrincipalOrgID"},
		{"two", resources(v, me("", allow(key, "IpAddress: {'aws:SourceIp': 192.0.2.0/24}, Bool: {'aws:MultiFactorAuthPresent': 'true'}"))), "iam-create-access-key", Approximate, "aws:MultiFactorAuthPresent and aws:SourceIp"},
		{"encryption", resources(v, me("", allow(key, "Bool: {'aws:SecureTransport': 'true'}"))), "iam-create-access-key", Exact, ""},
		{"a day that is over", resources(v, me("", allow(key, "DateGreaterThan: {'aws:CurrentTime': '2020-01-01T00:00:00Z'}"))), "iam-create-access-key", Exact, ""},
		{"before a day that is over", resources(v, me("", allow(key, "DateLessThan: {'aws:CurrentTime': '2020-01-01T00:00:00Z'}"))), "iam-create-access-key", "", ""},
		{"before a second that is over", resources(v, me("", allow(key, "NumericLessThan: {'aws:EpochTime': '1577836800'}"))), "iam-create-access-key", "", ""},
		{"before a day to come", resources(v, me("", allow(key, "DateLessThan: {'aws:CurrentTime': '2999-01-01T00:00:00Z'}"))), "iam-create-access-key", Approximate, "aws:CurrentTime"},
		{"a new session of code", resources(v, code(allow(key, "DateGreaterThan: {'aws:TokenIssueTime': '2020-01-01T00:00:00Z'}"))), "iam-create-access-key", Exact, ""},
		{"an old session of code", resources(v, code(allow(key, "DateLessThan: {'aws:TokenIssueTime': '2020-01-01T00:00:00Z'}"))), "iam-create-access-key", "", ""},
		{"a new session of a person", resources(v, me("", allow(key, "DateGreaterThan: {'aws:TokenIssueTime': '2020-01-01T00:00:00Z'}"))), "iam-create-access-key", Approximate, "aws:TokenIssueTime"},
		{"the region of IAM", resources(v, me("", allow(key, "StringEquals: {'aws:RequestedRegion': us-east-1}"))), "iam-create-access-key", Exact, ""},
		{"a region that IAM is not in", resources(v, me("", allow(key, "StringEquals: {'aws:RequestedRegion': eu-west-1}"))), "iam-create-access-key", "", ""},
		{"the region of what exists", resources(g, code(allow("'lambda:UpdateFunctionCode'", "StringEquals: {'aws:RequestedRegion': eu-west-1}"))), "use-permission", Approximate, "aws:RequestedRegion"},
		{"the region of what is new", resources(lambdaRole, me("", allow("'iam:PassRole'", ""), allow("'lambda:CreateFunction', 'lambda:InvokeFunction'", "StringEquals: {'aws:RequestedRegion': eu-west-1}"))), "lambda-create-function", Exact, ""},

		{"another boundary", resources(me("PermissionsBoundary: arn:aws:iam::aws:policy/IAMFullAccess", allow("'iam:PutUserPermissionsBoundary', 'iam:PutUserPolicy'", ""))), "iam-delete-boundary", Exact, ""},
		{"one's own boundary again", resources(me("PermissionsBoundary: arn:aws:iam::aws:policy/IAMFullAccess", allow("'iam:PutUserPermissionsBoundary'", "StringEquals: {'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/IAMFullAccess'}"), allow("'iam:PutUserPolicy'", ""))), "iam-delete-boundary", "", ""},

		{"a tag that is written", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/team': a}"))), "iam-create-access-key", Exact, ""},
		{"the service's own name for it", resources(v, me("", allow(key, "StringEquals: {'iam:ResourceTag/team': a}"))), "iam-create-access-key", Exact, ""},
		{"a tag with another value", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/team': b}"))), "iam-create-access-key", "", ""},
		{"a tag that the stack may have", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/stage': b}"))), "iam-create-access-key", Unknown, "aws:ResourceTag/stage"},
		{"a tag of a parameter", parameter + resources(taggedUser("{Key: team, Value: !Ref PX}"), me("", allow(key, "StringEquals: {'aws:ResourceTag/team': b}"))), "iam-create-access-key", Unknown, "aws:ResourceTag/team"},
		{"one's own tag", resources(v, me("Tags: [{Key: admin, Value: 'yes'}]", allow(key, "StringEquals: {'aws:PrincipalTag/admin': 'yes'}"))), "iam-create-access-key", Exact, ""},
		{"one's own tag with another value", resources(v, me("Tags: [{Key: admin, Value: 'no'}]", allow(key, "StringEquals: {'aws:PrincipalTag/admin': 'yes'}"))), "iam-create-access-key", "", ""},
		{"a tag that is one's own too", resources(v, me("Tags: [{Key: team, Value: a}]", allow(key, "StringEquals: {'aws:ResourceTag/team': '${aws:PrincipalTag/team}'}"))), "iam-create-access-key", Exact, ""},
		{"a tag that is not one's own", resources(v, me("Tags: [{Key: team, Value: b}]", allow(key, "StringEquals: {'aws:ResourceTag/team': '${aws:PrincipalTag/team}'}"))), "iam-create-access-key", "", ""},
		{"a tag that can be changed", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/team': b}"), allow("'iam:TagUser'", ""))), "iam-create-access-key", Exact, ""},
		{"a tag that can be changed by another value only", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/team': b}"), allow("'iam:TagUser'", "StringEquals: {'aws:RequestTag/team': c}"))), "iam-create-access-key", "", ""},
		{"a tag whose change is denied", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/team': b}"), allow("'iam:TagUser'", ""), deny("'iam:TagUser'", "'ForAnyValue:StringEquals': {'aws:TagKeys': team}"))), "iam-create-access-key", "", ""},
		{"a tag that can be taken away", resources(v, me("", allow(key, "StringNotEquals: {'aws:ResourceTag/team': a}"), allow("'iam:UntagUser'", ""))), "iam-create-access-key", Exact, ""},
		{"one's own tag, which can be changed", resources(v, me("Tags: [{Key: admin, Value: 'no'}]", allow(key, "StringEquals: {'aws:PrincipalTag/admin': 'yes'}"), allow("'iam:TagUser'", ""))), "iam-create-access-key", Exact, ""},

		{"a tag with one's own name, which can be changed", resources(v, me("", allow(key, "StringEquals: {'aws:ResourceTag/owner': '${aws:username}'}"), allow("'iam:TagUser'", ""))), "iam-create-access-key", Exact, ""},
		{"a tag like one's own, which can be changed", resources(v, me("Tags: [{Key: team, Value: b}]", allow(key, "StringEquals: {'aws:ResourceTag/team': '${aws:PrincipalTag/team}'}"), allow("'iam:TagUser'", "'ForAnyValue:StringEquals': {'aws:TagKeys': team}"))), "iam-create-access-key", Exact, ""},
		{"a denial", resources(v, me("", allow(key, ""), deny("'iam:*'", ""))), "iam-create-access-key", "", ""},
		{"a boundary", resources(v, me("PermissionsBoundary: arn:aws:iam::aws:policy/ReadOnlyAccess", allow(key, ""))), "iam-create-access-key", "", ""},
		{"another policy only", resources(me("", allow("'iam:AttachUserPolicy'", "ArnEquals: {'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess'}"))), "iam-attach-user-policy", "", ""},
		{"a new user with a boundary only", resources(me("", allow("'iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey'", "StringEquals: {'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/ReadOnlyAccess'}"))), "iam-create-user", "", ""},
		{"a policy for those with a boundary only", resources(me("", allow("'iam:PutUserPolicy'", "StringEquals: {'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/ReadOnlyAccess'}"))), "iam-put-user-policy", "", ""},
		{"the service that it is for", resources(lambdaRole, me("", create, allow("'iam:PassRole'", "StringEquals: {'iam:PassedToService': lambda.amazonaws.com}"))), "lambda-create-function", Exact, ""},
		{"another service only", resources(lambdaRole, me("", create, allow("'iam:PassRole'", "StringEquals: {'iam:PassedToService': glue.amazonaws.com}"))), "lambda-create-function", "", ""},
		{"for what it is passed to", resources(lambdaRole, me("", create, allow("'iam:PassRole'", "ArnLike: {'iam:AssociatedResourceARN': 'arn:aws:lambda:*:*:function:x'}"))), "lambda-create-function", Exact, ""},
		{"a role for the account's own functions", resources(role("{Service: lambda.amazonaws.com}", "{StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}", ""), me("", create, allow("'iam:PassRole'", ""))), "lambda-create-function", Exact, ""},
		{"a role for an account's functions that may be this one", resources(role("{Service: lambda.amazonaws.com}", "{StringEquals: {'aws:SourceAccount': '444455556666'}}", ""), me("", create, allow("'iam:PassRole'", ""))), "lambda-create-function", Unknown, "aws:SourceAccount"},
		{"a role for one function", resources(role("{Service: lambda.amazonaws.com}", "{ArnEquals: {'aws:SourceArn': 'arn:aws:lambda:eu-west-1:111122223333:function:one'}}", ""), me("", create, allow("'iam:PassRole'", ""))), "lambda-create-function", Approximate, "aws:SourceArn"},
		{"a role for any function of the account", resources(role("{Service: lambda.amazonaws.com}", "{ArnLike: {'aws:SourceArn': !Sub 'arn:aws:lambda:*:${AWS::AccountId}:function:*'}}", ""), me("", create, allow("'iam:PassRole'", ""))), "lambda-create-function", Exact, ""},
		{"a role for an organisation", resources(role("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", "{StringEquals: {'aws:PrincipalOrgID': o-abcdefghij}}", ""), me("", allow("'sts:AssumeRole'", ""))), "assume-role", Approximate, "aws:PrincipalOrgID"},
		{"a role for those with a tag", resources(role("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", "{StringEquals: {'aws:PrincipalTag/admin': 'yes'}}", ""), me("Tags: [{Key: admin, Value: 'no'}]", allow("'sts:AssumeRole'", ""))), "assume-role", "", ""},
		{"a role that one may tag oneself for", resources(role("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", "{StringEquals: {'aws:PrincipalTag/admin': 'yes'}}", ""), me("Tags: [{Key: admin, Value: 'no'}]", allow("'sts:AssumeRole', 'iam:TagUser'", ""))), "assume-role", Exact, ""},
		{"an external id", resources(role("{AWS: !GetAtt Me.Arn}", "{StringEquals: {'sts:ExternalId': abc}}", ""), me("", allow("'sts:AssumeRole'", ""))), "assume-role", Exact, ""},
	} {
		b := group(t, c.template)
		got, assume := Certainty(""), ""
		if is, ok := appliedBy(b, []Actor{Insider, Library})[c.technique]; ok {
			got = is
		}
		for _, h := range b.hops {
			if h.by.ID == c.technique && !h.to.Kind.hidden() && h.certainty == got {
				assume = h.assume
			}
		}
		if got != c.want || !strings.Contains(assume, c.assume) {
			t.Errorf("%s: %s is %q under %q, want %q under %q", c.name, c.technique, got, assume, c.want, c.assume)
		}
	}
}

// Whoever is administrator is decided by what is allowed after denials and
// boundaries, and whoever gives itself every right is held back by both.
func TestAdministrators(t *testing.T) {
	all := allow("'*'", "")
	power := "PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess"
	admins := "\n  G:\n    Type: AWS::IAM::Group\n    Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']}\n"
	readers := "\n  G:\n    Type: AWS::IAM::Group\n    Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}\n"
	bounded := "\n  V:\n    Type: AWS::IAM::User\n    Properties: {PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess'}\n"
	for _, c := range []struct {
		name, template, technique string
		want                      Certainty
	}{
		{"everything", resources(me("", all)), "administrator", Exact},
		{"everything but what is no way to more", resources(me("", all, deny("'s3:DeleteBucket', 'iam:CreateAccessKey'", ""))), "administrator", Exact},
		{"everything but IAM", resources(me("", all, deny("'iam:*'", ""))), "administrator", ""},
		{"nothing in the end", resources(me("", all, deny("'*'", ""))), "administrator", ""},
		{"NotAction", resources(me("", "{Effect: Allow, NotAction: ['iam:Create*', 'iam:Update*'], Resource: '*'}")), "administrator", Exact},
		{"NotAction of IAM", resources(me("", "{Effect: Allow, NotAction: ['iam:*'], Resource: '*'}")), "administrator", ""},
		{"everything with MFA", resources(me("", allow("'*'", "Bool: {'aws:MultiFactorAuthPresent': 'true'}"))), "administrator", Approximate},
		{"a boundary of an administrator", resources(me("PermissionsBoundary: arn:aws:iam::aws:policy/AdministratorAccess", all)), "administrator", Exact},
		{"a boundary of less", resources(me(power, all)), "administrator", ""},
		{"a policy under a wide boundary", resources(me("PermissionsBoundary: arn:aws:iam::aws:policy/AdministratorAccess", allow("'iam:PutUserPolicy'", ""))), "iam-put-user-policy", Exact},
		{"a policy under a boundary that allows IAM alone", resources(me("PermissionsBoundary: arn:aws:iam::aws:policy/IAMFullAccess", allow("'iam:PutUserPolicy'", ""))), "iam-put-user-policy", ""},
		{"a boundary to take away", resources(me("PermissionsBoundary: arn:aws:iam::aws:policy/IAMFullAccess", allow("'iam:PutUserPolicy', 'iam:DeleteUserPermissionsBoundary'", ""))), "iam-delete-boundary", Exact},
		{"a denial that stays", resources(me("", allow("'iam:PutUserPolicy'", ""), deny("'iam:*'", "Bool: {'aws:MultiFactorAuthPresent': 'false'}"))), "iam-put-user-policy", Approximate},
		{"a victim with a boundary", resources(bounded, me("", allow("'iam:PutUserPolicy', 'iam:CreateAccessKey'", ""), deny("'iam:PutUserPolicy'", "ArnLike: {'aws:PrincipalArn': '*'}"))), "iam-user-policy-and-key", ""},
		{"a bounded victim", resources(bounded, code(allow("'iam:PutUserPolicy', 'iam:CreateAccessKey'", ""))), "iam-user-policy-and-key", ""},
		{"a group of administrators", resources(admins, me("", allow("'iam:AddUserToGroup'", ""))), "iam-add-user-to-group", Exact},
		{"a group of readers", resources(readers, me("", allow("'iam:AddUserToGroup'", ""))), "iam-add-user-to-group", Exact},
		{"a group under a boundary", resources(admins, me("PermissionsBoundary: arn:aws:iam::aws:policy/IAMFullAccess", allow("'iam:AddUserToGroup'", ""))), "iam-add-user-to-group", ""},
		{"a group that one is in", resources(admins, me("Groups: [!Ref G]", allow("'iam:AddUserToGroup'", ""))), "iam-add-user-to-group", ""},
		{"a group that one is not in", resources(readers, me("", allow("'iam:PutGroupPolicy'", ""))), "iam-put-group-policy", ""},
		{"a role in a group", resources(admins, code(allow("'iam:AddUserToGroup'", ""))), "iam-add-user-to-group", ""},
	} {
		b := group(t, c.template)
		got := appliedBy(b, []Actor{Insider, Library})[c.technique]
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.technique, got, c.want)
		}
	}
	if !reachedBy(group(t, resources(admins, me("", allow("'iam:AddUserToGroup'", "")))), Insider)[Capability{Kind: KindAdmin, Of: Account}] {
		t.Error("who joins the administrators is none")
	}
}

// A path over a change of tags says what it is for, and evidence shows each
// statement once.
func TestTellingOfTags(t *testing.T) {
	ec2 := role("{Service: ec2.amazonaws.com}", "", "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n")
	host := "\n  P:\n    Type: AWS::IAM::InstanceProfile\n    Properties: {Roles: [!Ref R]}\n\n  I:\n    Type: AWS::EC2::Instance\n    Properties: {IamInstanceProfile: !Ref P, Tags: [{Key: Name, Value: admin}]}\n"
	change := "'ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'"
	b := group(t, resources(ec2, host, me("", allow(change, "StringNotEquals: {'ec2:ResourceTag/Name': admin}"), allow("'ec2:DeleteTags'", ""))))
	g := b.analyze(Options{})
	if len(g.Paths) == 0 {
		t.Fatal("no path")
	}
	q := g.Paths[0]
	if q.Certainty != Exact || len(q.Hops) != 4 || q.Hops[1].Technique != "change-tags" {
		t.Fatalf("%s is %s over %v", q.Title, q.Certainty, q.Hops)
	}
	for i, want := range map[int]string{
		1: "Me may take the tag Name off I",
		2: "Me may change what an instance runs when it starts (I), and so act as R: ec2:ModifyInstanceAttribute, ec2:StopInstances and ec2:StartInstances, once I is without the tag Name",
	} {
		if q.Hops[i].Why != want {
			t.Errorf("hop %d says %q, want %q", i, q.Hops[i].Why, want)
		}
	}
	if e := q.Hops[2].Evidence; len(e) != 2 || e[0].Message != "Me is allowed ec2:ModifyInstanceAttribute, ec2:StopInstances and ec2:StartInstances on *" {
		t.Errorf("the evidence is %v", e)
	}
}

// Identities that are alike are looked at together, and each still reaches what
// it may reach after a change of tags.
func TestTagsOfManyAlike(t *testing.T) {
	policy := "\n  MP:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - {Effect: Allow, Action: 'iam:CreateAccessKey', Resource: '*', Condition: {StringEquals: {'iam:ResourceTag/team': b}}}\n" +
		"          - {Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/team': a}}}\n" +
		"          - {Effect: Allow, Action: ['iam:TagUser', 'secretsmanager:TagResource'], Resource: '*'}\n"
	user := func(name string) string {
		return "\n  " + name + ":\n    Type: AWS::IAM::User\n    Properties: {ManagedPolicyArns: [!Ref MP]}\n"
	}
	b := group(t, resources(policy, user("One"), user("Two"), user("Three"), taggedSecret, taggedUser("{Key: team, Value: a}")))
	for _, c := range []Capability{{Kind: KindCreds, Of: "template.yaml/V"}, {Kind: KindRead, Of: "template.yaml/S"}} {
		if !reachedBy(b, Insider)[c] {
			t.Errorf("nobody comes to %s %s", c.Kind.phrase(), c.Of)
		}
	}
	for _, q := range b.analyze(Options{}).Paths {
		for _, h := range q.Hops {
			if h.To.Kind == KindRead && !strings.Contains(h.Why, "may read S, once S has the tag team=a") {
				t.Errorf("the hop says %q", h.Why)
			}
		}
	}
}

// Thousands of statements of one role, or of which nothing is known, cost in
// step with their number; where that is lost, this test takes minutes.
func TestManyStatements(t *testing.T) {
	for name, c := range map[string]struct{ one, reaches string }{
		"not understood":  {"{Effct: Allow, Sid: s#}", "administrator"},
		"each enough":     {"{Effect: Allow, Action: ['iam:*', 'lambda:*'], Resource: '*', Sid: s#}", "administrator"},
		"denied by a tag": {"{Effect: Deny, Action: 's3:Get*', Resource: 'arn:aws:s3:::b#/*', Condition: {StringLike: {'aws:PrincipalTag/t#': 'x#*'}}}", "Q"},
		"by a tag":        {"{Effect: Allow, Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/x#', Condition: {StringEquals: {'aws:ResourceTag/team': 'v#'}}}", "Q"},
	} {
		list := []string{"{Effect: Allow, Action: 'sqs:*', Resource: '*'}"}
		for i := range 3000 {
			list = append(list, strings.ReplaceAll(c.one, "#", strconv.Itoa(i)))
		}
		template := resources(functionYAML("Policies: [{Version: '2012-10-17', Statement: ["+strings.Join(list, ", ")+"]}]\n"), "\n  Q:\n    Type: AWS::SQS::Queue\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: {Tags: [{Key: team, Value: x}]}\n")
		if g := analyzed(t, template); find(g, c.reaches) == nil {
			t.Errorf("%s: no path to %s: %s", name, c.reaches, titles(g))
		}
	}
}
