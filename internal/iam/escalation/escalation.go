// Package escalation owns the ways from permissions to another identity, as
// data: which actions, on what, and what follows.
//
// It imports nothing. The rows never change while the program runs. The ids are
// those of the techniques of internal/attack and, under Pathfinding, those of
// the public catalogue pathfinding.cloud, so that both analyses call one way by
// one name; a test there holds the two tables in step. The rows are the ways of
// the public catalogue that can be told from policies alone; what works on
// something that exists (an instance, a project) or is in no public catalogue
// stands in internal/attack.
package escalation

// A Row is one way. All of its needs must be met, those that name a victim by
// the same one.
type Row struct {
	ID          string
	Title       string
	Pathfinding []string
	Needs       []Need
	Gain        Gain
	// AsVictim asks that the identity can act as the victim, by another way.
	AsVictim bool
	// Unbinds tells that the way takes the permissions boundary away.
	Unbinds bool
}

// A Need is an action on a target: one of several will do.
type Need struct {
	Actions []string
	On      Target
	// Service is who a role is passed to: iam:PassedToService.
	Service string
}

// Target is what an action of a row works on.
type Target uint8

// The targets.
const (
	Anything Target = iota // the action has no resource level
	New                    // something that the call makes; its name is free
	Self                   // the identity that acts
	Role                   // the victim, a role
	User                   // the victim, a user
	Policy                 // a managed policy that the identity which acts has
	PolicyOf               // a managed policy that the victim has
	Group                  // a group that the identity which acts is in
	Function               // a function that runs as the victim
)

// Gain is what a row leads to.
type Gain uint8

// The gains.
const (
	Administer Gain = iota // the identity gets every right that its guardrails leave
	Victim                 // the identity comes to act as the victim
	AnyVictim              // the identity makes an administrator of its own
)

// Rows are the ways, the direct ones first.
func Rows() []Row {
	out := []Row{
		{ID: "assume-role", Title: "take on the role", Pathfinding: []string{"sts-001"}, Needs: []Need{{Actions: []string{"sts:AssumeRole"}, On: Role}}, Gain: Victim},
	}
	out = append(out, selfRows()...)
	out = append(out, victimRows()...)
	return append(out, passRows()...)
}

func selfRows() []Row {
	self := func(id, title, number string, on Target, actions ...string) Row {
		return Row{ID: id, Title: title, Pathfinding: []string{number}, Needs: []Need{{Actions: actions, On: on}}, Gain: Administer}
	}
	return []Row{
		self("iam-create-policy-version", "rewrite a managed policy of its own", "iam-001", Policy, "iam:CreatePolicyVersion"),
		self("iam-put-role-policy", "write a policy into its own role", "iam-005", Self, "iam:PutRolePolicy"),
		self("iam-put-user-policy", "write a policy into its own user", "iam-007", Self, "iam:PutUserPolicy"),
		self("iam-attach-user-policy", "attach AdministratorAccess to its own user", "iam-008", Self, "iam:AttachUserPolicy"),
		self("iam-attach-role-policy", "attach AdministratorAccess to its own role", "iam-009", Self, "iam:AttachRolePolicy"),
		self("iam-attach-group-policy", "attach AdministratorAccess to a group that it is in", "iam-010", Group, "iam:AttachGroupPolicy"),
		self("iam-put-group-policy", "write a policy into a group that it is in", "iam-011", Group, "iam:PutGroupPolicy"),
		{ID: "iam-delete-boundary", Title: "take its permissions boundary away and give itself every right",
			Needs: []Need{{Actions: []string{"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"}, On: Self},
				{Actions: []string{"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:AttachUserPolicy"}, On: Self}}, Gain: Administer, Unbinds: true},
		{ID: "iam-create-user", Title: "make a new user with every right and a key for it",
			Needs: []Need{{Actions: []string{"iam:CreateUser"}, On: New}, {Actions: []string{"iam:AttachUserPolicy", "iam:PutUserPolicy"}, On: New},
				{Actions: []string{"iam:CreateAccessKey"}, On: New}}, Gain: AnyVictim},
	}
}

func victimRows() []Row {
	return []Row{
		{ID: "iam-create-access-key", Title: "make a key for the user", Pathfinding: []string{"iam-002"},
			Needs: []Need{{Actions: []string{"iam:CreateAccessKey"}, On: User}}, Gain: Victim},
		{ID: "iam-login-profile", Title: "set a password for the user", Pathfinding: []string{"iam-004"},
			Needs: []Need{{Actions: []string{"iam:CreateLoginProfile"}, On: User}}, Gain: Victim},
		{ID: "iam-update-login-profile", Title: "change the password of the user", Pathfinding: []string{"iam-006"},
			Needs: []Need{{Actions: []string{"iam:UpdateLoginProfile"}, On: User}}, Gain: Victim},
		{ID: "iam-update-trust", Title: "change whom the role trusts", Pathfinding: []string{"iam-012"},
			Needs: []Need{{Actions: []string{"iam:UpdateAssumeRolePolicy"}, On: Role}}, Gain: Victim},
		{ID: "lambda-update-code", Title: "replace the code of a function that runs as the role", Pathfinding: []string{"lambda-003", "lambda-004", "lambda-005"},
			Needs: []Need{{Actions: []string{"lambda:UpdateFunctionCode"}, On: Function}}, Gain: Victim},
		{ID: "lambda-update-configuration", Title: "run code in a function of the role by its configuration",
			Needs: []Need{{Actions: []string{"lambda:UpdateFunctionConfiguration"}, On: Function}}, Gain: Victim},
		{ID: "iam-other-role-policy", Title: "give the role every right, and act as it", Pathfinding: []string{"iam-014", "iam-017"},
			Needs: []Need{{Actions: []string{"iam:AttachRolePolicy", "iam:PutRolePolicy"}, On: Role}}, Gain: Administer, AsVictim: true},
		{ID: "iam-other-user-policy", Title: "give the user every right, and act as it",
			Needs: []Need{{Actions: []string{"iam:AttachUserPolicy", "iam:PutUserPolicy"}, On: User}}, Gain: Administer, AsVictim: true},
		{ID: "iam-other-policy-version", Title: "rewrite a managed policy of the other, and act as it", Pathfinding: []string{"iam-016", "iam-020"},
			Needs: []Need{{Actions: []string{"iam:CreatePolicyVersion"}, On: PolicyOf}}, Gain: Administer, AsVictim: true},
	}
}

func passRows() []Row {
	pass := func(id, title, service string, pathfinding []string, more ...[]string) Row {
		r := Row{ID: id, Title: title, Pathfinding: pathfinding, Gain: Victim, Needs: []Need{{Actions: []string{"iam:PassRole"}, On: Role, Service: service}}}
		for _, actions := range more {
			r.Needs = append(r.Needs, Need{Actions: actions, On: New})
		}
		return r
	}
	one := func(actions ...string) []string { return actions }
	return []Row{
		pass("lambda-create-function", "make a function with the role", "lambda.amazonaws.com", one("lambda-001", "lambda-006"),
			one("lambda:CreateFunction"), one("lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateFunctionUrlConfig")),
		pass("lambda-create-mapping", "make a function with the role, run by a queue or stream", "lambda.amazonaws.com", one("lambda-002"),
			one("lambda:CreateFunction"), one("lambda:CreateEventSourceMapping")),
		pass("states-create-machine", "make a state machine with the role", "states.amazonaws.com", nil, one("states:CreateStateMachine"), one("states:StartExecution")),
		pass("cloudformation-create-stack", "deploy a stack with the role", "cloudformation.amazonaws.com", one("cloudformation-001"), one("cloudformation:CreateStack")),
		pass("cloudformation-create-stack-set", "deploy a stack set with the role", "cloudformation.amazonaws.com", one("cloudformation-003"),
			one("cloudformation:CreateStackSet"), one("cloudformation:CreateStackInstances")),
		pass("datapipeline-create-pipeline", "run a data pipeline with the role", "datapipeline.amazonaws.com", one("datapipeline-001"),
			one("datapipeline:CreatePipeline"), one("datapipeline:PutPipelineDefinition"), one("datapipeline:ActivatePipeline")),
		pass("glue-create-endpoint", "make a Glue development endpoint with the role", "glue.amazonaws.com", one("glue-001"), one("glue:CreateDevEndpoint")),
		pass("apprunner-create-service", "run a service with the role", "tasks.apprunner.amazonaws.com", one("apprunner-001"), one("apprunner:CreateService")),
		pass("agentcore-create-interpreter", "run code in a code interpreter with the role", "bedrock-agentcore.amazonaws.com", one("bedrock-001"),
			one("bedrock-agentcore:CreateCodeInterpreter"), one("bedrock-agentcore:StartCodeInterpreterSession"), one("bedrock-agentcore:InvokeCodeInterpreter")),
		pass("sagemaker-create-notebook", "make a notebook with the role", "sagemaker.amazonaws.com", one("sagemaker-001"), one("sagemaker:CreateNotebookInstance")),
		pass("sagemaker-create-training-job", "run a training job with the role", "sagemaker.amazonaws.com", one("sagemaker-002"), one("sagemaker:CreateTrainingJob")),
		pass("sagemaker-create-processing-job", "run a processing job with the role", "sagemaker.amazonaws.com", one("sagemaker-003"), one("sagemaker:CreateProcessingJob")),
		pass("codebuild-create-project", "run a build with the role", "codebuild.amazonaws.com", one("codebuild-001", "codebuild-004"),
			one("codebuild:CreateProject"), one("codebuild:StartBuild", "codebuild:StartBuildBatch")),
		pass("glue-create-job", "run a Glue job with the role", "glue.amazonaws.com", one("glue-003", "glue-004"),
			one("glue:CreateJob"), one("glue:StartJobRun", "glue:CreateTrigger")),
		pass("ec2-run-instances", "start an instance with the role", "ec2.amazonaws.com", one("ec2-001", "ec2-003"), one("ec2:RunInstances", "ec2:RequestSpotInstances")),
		pass("ecs-run-task", "run a container with the role", "ecs-tasks.amazonaws.com", one("ecs-001", "ecs-002", "ecs-003", "ecs-004", "ecs-005"),
			one("ecs:RegisterTaskDefinition"), one("ecs:RunTask", "ecs:CreateService", "ecs:StartTask")),
	}
}
