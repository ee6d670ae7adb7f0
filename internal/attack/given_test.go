package attack

import (
	"strings"
	"testing"
)

// boundedBy is a managed policy, for a boundary, that allows an action and S3.
func boundedBy(action string) string {
	return "\n  MB:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: ['" + action + "', 's3:*'], Resource: '*'}]}\n"
}

func managedPolicy(statement string) string {
	return "\n  MP:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {PolicyDocument: {Version: '2012-10-17', Statement: [" + statement + "]}}\n"
}

// What a call is given is chosen by the attacker: of all policies by which it
// comes to every right those that the conditions leave, of all names one that
// all its calls are allowed on.
func TestWhatCallsAreGiven(t *testing.T) {
	attach := "'iam:AttachUserPolicy'"
	arn := func(pattern string) string { return "ArnLike: {'iam:PolicyARN': " + pattern + "}" }
	of := func(action, name string) string {
		return "{Effect: Allow, Action: ['" + action + "'], Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:" + name + "'}"
	}
	function := func(action, name string) string {
		return "{Effect: Allow, Action: '" + action + "', Resource: 'arn:aws:lambda:*:*:function:" + name + "'}"
	}
	lambda := role("{Service: lambda.amazonaws.com}", "", "")
	pass := allow("'iam:PassRole'", "")
	joe := "UserName: joe"
	create := allow("'lambda:CreateFunction', 'lambda:InvokeFunction'", "")
	profiles := role("{Service: ec2.amazonaws.com}", "", "") + "\n  P:\n    Type: AWS::IAM::InstanceProfile\n    Properties: {Roles: [!Ref R]}\n" +
		"\n  P2:\n    Type: AWS::IAM::InstanceProfile\n    Properties: {Roles: [!Ref R2]}\n" +
		strings.Replace(role("{Service: ec2.amazonaws.com}", "", "      Tags: [{Key: of, Value: other}]\n"), "\n  R:", "\n  R2:", 1)
	sized := profiles + "\n  I:\n    Type: AWS::EC2::Instance\n    Properties: {IamInstanceProfile: !Ref P, Tags: [{Key: env, Value: prod}]}\n"
	readers := "\n  G:\n    Type: AWS::IAM::Group\n    Properties: {Policies: [{PolicyName: p, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sqs:ReceiveMessage', Resource: '*'}]}}]}\n"
	bound := "StringEquals: {'iam:PermissionsBoundary': !Ref MB}"
	put := "'iam:PutUserPolicy', 'iam:PutUserPermissionsBoundary'"
	limit := func(statements string) string {
		return "\n  MB:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      ManagedPolicyName: bound\n      PolicyDocument: {Version: '2012-10-17', Statement: [" + statements + "]}\n"
	}
	for _, c := range []struct {
		name, template, technique string
		want                      Certainty
	}{
		{"any policy but AdministratorAccess", resources(me(joe, allow(attach, ""), deny(attach, arn("'arn:aws:iam::aws:policy/AdministratorAccess'")))), "iam-attach-user-policy", Exact},
		{"no policy of AWS's", resources(me(joe, allow(attach, ""), deny(attach, arn("'arn:aws:iam::aws:policy/*'")))), "iam-attach-user-policy", ""},
		{"IAMFullAccess", resources(me(joe, allow(attach, arn("'arn:aws:iam::aws:policy/IAMFullAccess'")))), "iam-attach-user-policy", Exact},
		{"a policy of the application that allows everything", resources(managedPolicy("{Effect: Allow, Action: '*', Resource: '*'}"), me(joe, allow(attach, arn("!Ref MP")))), "iam-attach-user-policy", Exact},
		{"one that allows little", resources(managedPolicy("{Effect: Allow, Action: 's3:List*', Resource: '*'}"), me(joe, allow(attach, arn("!Ref MP")))), "iam-attach-user-policy", ""},
		{"policies of the account, which may be made", resources(me(joe, allow(attach, arn("!Sub 'arn:aws:iam::${AWS::AccountId}:policy/*'")), allow("'iam:CreatePolicy'", ""))), "iam-attach-user-policy", Exact},
		{"policies of the account, which may not", resources(me(joe, allow(attach, arn("!Sub 'arn:aws:iam::${AWS::AccountId}:policy/*'")))), "iam-attach-user-policy", ""},
		{"policies of a name, of which another may be made", resources(me(joe, allow(attach, arn("!Sub 'arn:aws:iam::${AWS::AccountId}:policy/app-*'")), of("iam:CreatePolicy", "policy/dev-*"))), "iam-attach-user-policy", ""},

		{"a user of one name, and the policies of another's", resources(me(joe, of("iam:CreateUser", "user/app-*"), of("iam:PutUserPolicy", "user/dev-*"), of("iam:CreateAccessKey", "user/dev-*"))), "iam-create-user", ""},
		{"a user with a name for all", resources(me(joe, of("iam:CreateUser", "user/app-*"), of("iam:PutUserPolicy", "user/*-dev"), of("iam:CreateAccessKey", "user/app-*"))), "iam-create-user", Exact},
		{"a user with a name, under MFA", resources(me(joe, "{Effect: Allow, Action: ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey'], Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:user/app-*', Condition: {Bool: {'aws:MultiFactorAuthPresent': 'true'}}}")), "iam-create-user", Approximate},
		{"a function of one name, and the calls of another", resources(lambda, me(joe, pass, function("lambda:CreateFunction", "a-*"), function("lambda:InvokeFunction", "b-*"))), "lambda-create-function", ""},
		{"a function of one name", resources(lambda, me(joe, pass, function("lambda:CreateFunction", "a-*"), function("lambda:InvokeFunction", "a-*"))), "lambda-create-function", Exact},

		{"the boundary that one has", resources(limit("{Effect: Allow, Action: ["+put+"], Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow(put, bound))), "iam-delete-boundary", ""},
		{"any boundary", resources(limit("{Effect: Allow, Action: ["+put+"], Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow(put, ""))), "iam-delete-boundary", Exact},
		{"a boundary that held everything back", resources(limit("{Effect: Allow, Action: 'iam:DeleteUserPermissionsBoundary', Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow("'*'", ""))), "iam-delete-boundary", Exact},
		{"a boundary that held little back", resources(limit("{Effect: Allow, Action: 'iam:DeleteUserPermissionsBoundary', Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow("'s3:*', 'iam:Delete*'", ""))), "iam-delete-boundary", ""},
		{"a boundary that keeps itself", resources(limit("{Effect: Allow, Action: '*', Resource: '*'}, {Effect: Deny, Action: 'iam:CreatePolicyVersion', Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:policy/bound'}"), me("PermissionsBoundary: !Ref MB", allow("'*'", ""))), "iam-rewrite-boundary", ""},
		{"a boundary of little, with policies of little", resources(boundedBy("iam:CreatePolicyVersion"), me("PermissionsBoundary: !Ref MB", allow("'s3:*', 'iam:CreatePolicyVersion'", ""))), "iam-rewrite-boundary", ""},
		{"a boundary of little, with policies to come", resources(boundedBy("iam:CreatePolicyVersion"), me("PermissionsBoundary: !Ref MB", allow("'iam:PutUserPolicy', 'iam:CreatePolicyVersion'", ""))), "iam-rewrite-boundary", Exact},

		{"passed to what the role is for", resources(lambda, me(joe, create, allow("'iam:PassRole'", "ArnLike: {'iam:AssociatedResourceArn': 'arn:aws:lambda:*:*:function:app-*'}"))), "lambda-create-function", Exact},
		{"passed to something of another service", resources(lambda, me(joe, create, allow("'iam:PassRole'", "ArnLike: {'iam:AssociatedResourceArn': 'arn:aws:ec2:*:*:instance/*'}"))), "lambda-create-function", ""},
		{"passed to anything but", resources(lambda, me(joe, create, allow("'iam:PassRole'", "ArnNotLike: {'iam:AssociatedResourceArn': 'arn:aws:ec2:*:*:instance/*'}"))), "lambda-create-function", Exact},
		{"the profile of the role", resources(profiles, me(joe, pass, allow("'ec2:RunInstances'", "ArnEquals: {'ec2:InstanceProfile': !GetAtt P.Arn}"))), "ec2-run-instances", Exact},
		{"the profile of another role", resources(profiles, me(joe, pass, deny("'iam:PassRole'", "StringEquals: {'iam:ResourceTag/of': other}"), allow("'ec2:RunInstances'", "ArnEquals: {'ec2:InstanceProfile': !GetAtt P2.Arn}"))), "ec2-run-instances", ""},

		{"a tag that what is new is given", resources(lambda, me(joe, pass, allow("'lambda:CreateFunction', 'lambda:TagResource'", "StringEquals: {'aws:RequestTag/team': x}"), allow("'lambda:InvokeFunction'", "StringEquals: {'aws:ResourceTag/team': x}"))), "lambda-create-function", Exact},
		{"a tag that nobody may give", resources(lambda, me(joe, pass, allow("'lambda:CreateFunction'", ""), allow("'lambda:InvokeFunction'", "StringEquals: {'aws:ResourceTag/team': x}"))), "lambda-create-function", ""},
		{"another tag than is asked for", resources(lambda, me(joe, pass, allow("'lambda:CreateFunction', 'lambda:TagResource'", "StringEquals: {'aws:RequestTag/team': y}"), allow("'lambda:InvokeFunction'", "StringEquals: {'aws:ResourceTag/team': x}"))), "lambda-create-function", ""},
		{"what has no tag", resources(lambda, me(joe, pass, create, deny("'lambda:InvokeFunction'", "StringEquals: {'aws:ResourceTag/team': x}"))), "lambda-create-function", Exact},
		{"a tag for new instances only", resources(sized, me(joe, allow("'ssm:StartSession'", "StringEquals: {'aws:ResourceTag/env': dev}"), allow("'ec2:CreateTags'", "StringEquals: {'ec2:CreateAction': RunInstances}"))), "ssm-session", ""},

		{"by way of a service", resources(victimUser, me(joe, allow("'iam:CreateAccessKey'", "Bool: {'aws:ViaAWSService': 'true'}"))), "iam-create-access-key", Approximate},
		{"by way of one service", resources(victimUser, me(joe, allow("'iam:CreateAccessKey'", "'ForAnyValue:StringEquals': {'aws:CalledVia': [cloudformation.amazonaws.com]}"))), "iam-create-access-key", Approximate},
		{"never by way of a service", resources(victimUser, me(joe, allow("'iam:CreateAccessKey'", "Bool: {'aws:ViaAWSService': 'false'}"))), "iam-create-access-key", Exact},

		{"a group, whatever is denied", resources(readers, me(joe, allow("'iam:AddUserToGroup'", ""))), "iam-add-user-to-group", Exact},
		{"a group, whose rights are denied", resources(readers, me(joe, allow("'iam:AddUserToGroup'", ""), deny("'sqs:*'", ""))), "iam-add-user-to-group", ""},
		{"a group, with other denials", resources(readers, me(joe, allow("'iam:AddUserToGroup'", ""), deny("'s3:*'", ""))), "iam-add-user-to-group", Approximate},
	} {
		if got := appliedBy(group(t, c.template), []Actor{Insider})[c.technique]; got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.technique, got, c.want)
		}
	}
}
