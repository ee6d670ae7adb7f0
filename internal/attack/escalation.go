package attack

// A row is one known way from permissions to another identity, as a
// technique's table has it.
type row struct {
	id, title, doc string
	pathfinding    []string
	attack         []string
	// needs are the actions that must all be allowed; each on what its target
	// says.
	needs []need
	// gives is what follows.
	gives gain
	cost  int
	// asVictim asks that the victim can be acted as, by whatever way.
	asVictim bool
	// unbinds tells that the row takes the boundary away.
	unbinds bool
}

// A need is an action on one kind of target: one of several where "|" stands
// between them, and with the service that a role is passed to after a space.
type need struct {
	action string
	on     target
}

// target is what an action of a row works on.
type target uint8

const (
	onAnything target = iota // the action has no resource level, or makes a new resource
	onSelf                   // the identity that acts
	onRole                   // a role of the application, the victim
	onUser                   // a user of the application, the victim
	onPolicy                 // a managed policy that the identity which acts has
	onPolicyOf               // a managed policy that the victim has
	onHost                   // what runs code as the victim
)

// gain is what a row leads to.
type gain uint8

const (
	gainAdmin    gain = iota // the identity, or one it controls, gets every right
	gainVictim               // act as the victim
	gainPassRole             // act as a role that the service trusts
)

// rows are the escalations that need nothing but permissions. The ids are
// those of the public catalogue pathfinding.cloud; another of its rows is
// another line here.
func rows() []*Technique {
	list := append(rowsOfTable(), passRoleRows()...)
	out := make([]*Technique, len(list))
	for i, r := range list {
		out[i] = r.technique()
	}
	return out
}

func rowsOfTable() []row {
	return []row{
		{id: "iam-create-policy-version", title: "Rewrite a managed policy", pathfinding: []string{"iam-001"}, attack: []string{"T1098.003"},
			doc: "iam:CreatePolicyVersion replaces what a customer managed policy says, by everything.", needs: []need{{"iam:CreatePolicyVersion", onPolicy}}, gives: gainAdmin, cost: 1},
		{id: "iam-set-default-policy-version", title: "Bring back an old version of a policy", attack: []string{"T1098.003"},
			doc: "iam:SetDefaultPolicyVersion restores a version of a managed policy that allowed more.", needs: []need{{"iam:SetDefaultPolicyVersion", onPolicy}}, gives: gainAdmin, cost: 6},
		{id: "iam-put-role-policy", title: "Write a policy into one's own role", pathfinding: []string{"iam-005"}, attack: []string{"T1098.003"},
			doc: "iam:PutRolePolicy on the role that acts gives it every right.", needs: []need{{"iam:PutRolePolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-attach-role-policy", title: "Attach AdministratorAccess to one's own role", pathfinding: []string{"iam-009"}, attack: []string{"T1098.003"},
			doc: "iam:AttachRolePolicy on the role that acts gives it every right. A condition on iam:PolicyARN or a permissions boundary stops it.", needs: []need{{"iam:AttachRolePolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-put-user-policy", title: "Write a policy for a user", pathfinding: []string{"iam-007"}, attack: []string{"T1098.003"},
			doc: "iam:PutUserPolicy on the user that acts gives it every right.", needs: []need{{"iam:PutUserPolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-attach-user-policy", title: "Attach AdministratorAccess to a user", pathfinding: []string{"iam-008"}, attack: []string{"T1098.003"},
			doc: "iam:AttachUserPolicy on the user that acts gives it every right.", needs: []need{{"iam:AttachUserPolicy", onSelf}}, gives: gainAdmin, cost: 1},
		{id: "iam-user-policy-and-key", title: "Give a user every right, and take a key for it", pathfinding: []string{"iam-015", "iam-018"}, attack: []string{"T1098.003", "T1098.001"},
			doc: "iam:AttachUserPolicy or iam:PutUserPolicy, and iam:CreateAccessKey, make an administrator of any user.", needs: []need{{"iam:AttachUserPolicy|iam:PutUserPolicy", onUser}, {"iam:CreateAccessKey", onUser}}, gives: gainAdmin, cost: 2},
		{id: "iam-role-policy-and-trust", title: "Give a role every right, and trust oneself", pathfinding: []string{"iam-019", "iam-021"}, attack: []string{"T1098.003"},
			doc: "iam:AttachRolePolicy or iam:PutRolePolicy, and iam:UpdateAssumeRolePolicy, make an administrator of any role.", needs: []need{{"iam:AttachRolePolicy|iam:PutRolePolicy", onRole}, {"iam:UpdateAssumeRolePolicy", onRole}}, gives: gainAdmin, cost: 2},
		{id: "iam-create-user", title: "Make a new administrator", attack: []string{"T1136.003"},
			doc:   "iam:CreateUser, iam:AttachUserPolicy and iam:CreateAccessKey make a new user with every right and a key for it.",
			needs: []need{{"iam:CreateUser", onAnything}, {"iam:AttachUserPolicy|iam:PutUserPolicy", onAnything}, {"iam:CreateAccessKey", onAnything}}, gives: gainAdmin, cost: 2},
		{id: "iam-add-user-to-group", title: "Join a group", pathfinding: []string{"iam-013"}, attack: []string{"T1098"},
			doc: "iam:AddUserToGroup puts the user that acts into a group with more rights, of administrators if there is one.", needs: []need{{"iam:AddUserToGroup", onAnything}}, gives: gainAdmin, cost: 6},
		{id: "iam-group-policy", title: "Give a group every right", pathfinding: []string{"iam-010", "iam-011"}, attack: []string{"T1098.003"},
			doc: "iam:AttachGroupPolicy or iam:PutGroupPolicy on a group that the user is in gives it every right.", needs: []need{{"iam:AttachGroupPolicy|iam:PutGroupPolicy", onAnything}}, gives: gainAdmin, cost: 5},
		{id: "iam-create-access-key", title: "Make a key for another user", pathfinding: []string{"iam-002", "iam-003"}, attack: []string{"T1098.001"},
			doc: "iam:CreateAccessKey on a user gives a long-lived key of that user.", needs: []need{{"iam:CreateAccessKey", onUser}}, gives: gainVictim, cost: 1},
		{id: "iam-login-profile", title: "Set a password for another user", pathfinding: []string{"iam-004"}, attack: []string{"T1098.001"},
			doc: "iam:CreateLoginProfile gives a user of the attacker's choice a password for the console.", needs: []need{{"iam:CreateLoginProfile", onUser}}, gives: gainVictim, cost: 1},
		{id: "iam-update-login-profile", title: "Change the password of another user", pathfinding: []string{"iam-006"}, attack: []string{"T1098.001"},
			doc: "iam:UpdateLoginProfile changes a user's password for the console.", needs: []need{{"iam:UpdateLoginProfile", onUser}}, gives: gainVictim, cost: 1},
		{id: "iam-update-trust", title: "Change whom a role trusts", pathfinding: []string{"iam-012"}, attack: []string{"T1098"},
			doc: "iam:UpdateAssumeRolePolicy makes a role trust the identity that acts, which then takes it on.", needs: []need{{"iam:UpdateAssumeRolePolicy", onRole}}, gives: gainVictim, cost: 1},
		{id: "iam-delete-boundary", title: "Take a permissions boundary away", attack: []string{"T1562"},
			doc: "iam:DeleteRolePermissionsBoundary takes away what keeps a role's policies in check.", needs: []need{{"iam:DeleteRolePermissionsBoundary", onSelf}, {"iam:PutRolePolicy|iam:AttachRolePolicy", onSelf}}, gives: gainAdmin, cost: 2, unbinds: true},
		{id: "iam-other-role-policy", title: "Give another role every right, and act as it", pathfinding: []string{"iam-014", "iam-017"}, attack: []string{"T1098.003"},
			doc:   "iam:AttachRolePolicy or iam:PutRolePolicy on another role gives every right to whoever can act as that role: by taking it on, or by running code in a function that has it.",
			needs: []need{{"iam:AttachRolePolicy|iam:PutRolePolicy", onRole}}, gives: gainAdmin, cost: 2, asVictim: true},
		{id: "iam-other-user-policy", title: "Give another user every right, and act as it", attack: []string{"T1098.003"},
			doc:   "iam:AttachUserPolicy or iam:PutUserPolicy on a user gives every right to whoever holds that user's credentials.",
			needs: []need{{"iam:AttachUserPolicy|iam:PutUserPolicy", onUser}}, gives: gainAdmin, cost: 2, asVictim: true},
		{id: "iam-other-policy-version", title: "Rewrite a managed policy of another role, and act as it", pathfinding: []string{"iam-016", "iam-020"}, attack: []string{"T1098.003"},
			doc:   "iam:CreatePolicyVersion on a policy of another role gives every right to whoever can act as that role: by taking it on, or by changing whom it trusts.",
			needs: []need{{"iam:CreatePolicyVersion", onPolicyOf}}, gives: gainAdmin, cost: 2, asVictim: true},
	}
}

func passRoleRows() []row {
	pass := func(id, title, service, doc string, cost int, pathfinding []string, actions ...string) row {
		r := row{id: id, title: title, doc: doc, pathfinding: pathfinding, attack: []string{"T1098.003", "T1648"}, gives: gainPassRole, cost: cost,
			needs: []need{{"iam:PassRole " + service, onRole}}}
		for _, a := range actions {
			r.needs = append(r.needs, need{a, onAnything})
		}
		return r
	}
	return []row{
		pass("lambda-create-function", "Make a function with another role", "lambda.amazonaws.com",
			"iam:PassRole with lambda:CreateFunction, and lambda:InvokeFunction or lambda:AddPermission, runs code under a role that Lambda may take on.", 3, []string{"lambda-001", "lambda-006"},
			"lambda:CreateFunction", "lambda:InvokeFunction|lambda:AddPermission|lambda:CreateFunctionUrlConfig"),
		pass("lambda-create-mapping", "Make a function with another role, run by a queue or stream", "lambda.amazonaws.com",
			"iam:PassRole with lambda:CreateFunction and lambda:CreateEventSourceMapping runs code under another role without the right to invoke.", 4, []string{"lambda-002"},
			"lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
		pass("states-create-machine", "Make a state machine with another role", "states.amazonaws.com",
			"iam:PassRole with states:CreateStateMachine and states:StartExecution calls AWS's APIs under a role that Step Functions may take on.", 4, nil,
			"states:CreateStateMachine", "states:StartExecution"),
		pass("cloudformation-create-stack", "Deploy a stack with another role", "cloudformation.amazonaws.com",
			"iam:PassRole with cloudformation:CreateStack makes whatever the passed role may make.", 3, []string{"cloudformation-001"},
			"cloudformation:CreateStack"),
		pass("codebuild-create-project", "Run a build with another role", "codebuild.amazonaws.com",
			"iam:PassRole with codebuild:CreateProject and codebuild:StartBuild runs commands under another role.", 3, []string{"codebuild-001", "codebuild-004"},
			"codebuild:CreateProject", "codebuild:StartBuild|codebuild:StartBuildBatch"),
		pass("glue-create-job", "Run a Glue job with another role", "glue.amazonaws.com",
			"iam:PassRole with glue:CreateJob and glue:StartJobRun runs a script under another role.", 4, []string{"glue-003", "glue-004", "glue-005", "glue-006"},
			"glue:CreateJob|glue:UpdateJob", "glue:StartJobRun|glue:CreateTrigger"),
		pass("ec2-run-instances", "Start an instance with another role", "ec2.amazonaws.com",
			"iam:PassRole with ec2:RunInstances starts an instance whose start-up script runs under another role.", 4, []string{"ec2-001", "ec2-003"},
			"ec2:RunInstances|ec2:RequestSpotInstances"),
		pass("ecs-run-task", "Run a container with another role", "ecs-tasks.amazonaws.com",
			"iam:PassRole with ecs:RegisterTaskDefinition and ecs:RunTask runs a container under another role.", 4, []string{"ecs-001", "ecs-002", "ecs-003", "ecs-004", "ecs-005"},
			"ecs:RegisterTaskDefinition", "ecs:RunTask|ecs:CreateService|ecs:StartTask"),
	}
}
