package attack

import "testing"

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

		{"the boundary that one has", resources(limit("{Effect: Allow, Action: [" + put + "], Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow(put, bound))), "iam-delete-boundary", ""},
		{"any boundary", resources(limit("{Effect: Allow, Action: [" + put + "], Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow(put, ""))), "iam-delete-boundary", Exact},
		{"a boundary that held everything back", resources(limit("{Effect: Allow, Action: 'iam:DeleteUserPermissionsBoundary', Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow("'*'", ""))), "iam-delete-boundary", Exact},
		{"a boundary that held little back", resources(limit("{Effect: Allow, Action: 'iam:DeleteUserPermissionsBoundary', Resource: '*'}"), me("PermissionsBoundary: !Ref MB", allow("'s3:*', 'iam:Delete*'", ""))), "iam-delete-boundary", ""},
		{"a boundary that keeps itself", resources(limit("{Effect: Allow, Action: '*', Resource: '*'}, {Effect: Deny, Action: 'iam:CreatePolicyVersion', Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:policy/bound'}"), me("PermissionsBoundary: !Ref MB", allow("'*'", ""))), "iam-rewrite-boundary", ""},
		{"a boundary of little, with policies of little", resources(boundedBy("iam:CreatePolicyVersion"), me("PermissionsBoundary: !Ref MB", allow("'s3:*', 'iam:CreatePolicyVersion'", ""))), "iam-rewrite-boundary", ""},
		{"a boundary of little, with policies to come", resources(boundedBy("iam:CreatePolicyVersion"), me("PermissionsBoundary: !Ref MB", allow("'iam:PutUserPolicy', 'iam:CreatePolicyVersion'", ""))), "iam-rewrite-boundary", Exact},
	} {
		if got := appliedBy(group(t, c.template), []Actor{Insider})[c.technique]; got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.technique, got, c.want)
		}
	}
}
