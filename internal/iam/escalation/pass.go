package escalation

import "strings"

// passRows are the ways to pass a role to a service that then acts as it: with
// something new, or with something that exists.
func passRows() []Row {
	// The service is several where one role is for several: any will do.
	pass := func(id, title, services, doc string, cost int, pathfinding []string, needs ...Need) Row {
		role := Need{Actions: []string{"iam:PassRole"}, On: Role, Services: strings.Fields(services)}
		return Row{ID: id, Title: title, Doc: doc, Pathfinding: pathfinding, ATTACK: []string{"T1098.003", "T1648"}, Needs: append([]Need{role}, needs...), Gain: PassedRole, Cost: cost}
	}
	over := func(host string, r Row) Row {
		r.Host = host
		return r
	}
	wants := func(r Row, w ...Want) Row {
		r.Wants = w
		return r
	}
	is := func(c Condition, r Row) Row {
		r.Is = c
		return r
	}
	cluster := Want{Type: "AWS::ECS::Cluster", Make: []Need{on(Anything, "ecs:CreateCluster")}, What: "the account has a cluster"}
	profile := Want{Is: Profiled, What: "there is an instance profile with %s",
		Make: []Need{on(Anything, "iam:AddRoleToInstanceProfile"), on(Anything, "iam:CreateInstanceProfile", "iam:RemoveRoleFromInstanceProfile")}}
	return []Row{
		pass("lambda-create-function", "Make a function with another role", "lambda.amazonaws.com",
			"iam:PassRole with lambda:CreateFunction, and lambda:InvokeFunction or lambda:AddPermission, runs code under a role that Lambda may take on.", 3, []string{"lambda-001", "lambda-006"},
			on(Anything, "lambda:CreateFunction"), on(Anything, "lambda:InvokeFunction", "lambda:AddPermission")),
		is(ReadsSource, pass("lambda-create-mapping", "Make a function with another role, run by a queue or stream", "lambda.amazonaws.com",
			"iam:PassRole with lambda:CreateFunction and lambda:CreateEventSourceMapping runs code under another role, which may read the queue or stream, without the right to invoke.", 4, []string{"lambda-002"},
			on(Anything, "lambda:CreateFunction"), on(Anything, "lambda:CreateEventSourceMapping"))),
		pass("states-create-machine", "Make a state machine with another role", "states.amazonaws.com",
			"iam:PassRole with states:CreateStateMachine and states:StartExecution calls AWS's APIs under a role that Step Functions may take on.", 4, nil,
			on(Anything, "states:CreateStateMachine"), on(Anything, "states:StartExecution", "states:StartSyncExecution")),
		pass("scheduler-create-schedule", "Make a schedule with another role", "scheduler.amazonaws.com",
			"iam:PassRole with scheduler:CreateSchedule calls almost any API of AWS, at the time that the schedule says, under a role that EventBridge Scheduler may take on.", 4, nil,
			on(Anything, "scheduler:CreateSchedule", "scheduler:UpdateSchedule")),
		wants(pass("events-put-targets", "Make a rule whose target is called with another role", "events.amazonaws.com",
			"iam:PassRole with events:PutRule and events:PutTargets starts what the passed role may start: a task, a build, a state machine, a command on an instance.", 5, nil,
			on(Anything, "events:PutRule"), on(Anything, "events:PutTargets")), Want{What: "a target that a rule can have runs what the attacker gives it"}),
		wants(pass("pipes-create-pipe", "Make a pipe with another role", "pipes.amazonaws.com",
			"iam:PassRole with pipes:CreatePipe reads what the passed role may read, and sends it to what the role may start.", 5, nil,
			on(Anything, "pipes:CreatePipe")), Want{What: "a target that a pipe can have runs what the attacker gives it"}),
		pass("cloudformation-create-stack", "Deploy a stack with another role", "cloudformation.amazonaws.com",
			"iam:PassRole with cloudformation:CreateStack makes whatever the passed role may make.", 3, []string{"cloudformation-001"},
			on(Anything, "cloudformation:CreateStack")),
		pass("cloudformation-create-change-set", "Deploy a stack with another role by a change set", "cloudformation.amazonaws.com",
			"iam:PassRole with cloudformation:CreateChangeSet and cloudformation:ExecuteChangeSet makes whatever the passed role may make.", 4, nil,
			on(Anything, "cloudformation:CreateChangeSet"), on(Anything, "cloudformation:ExecuteChangeSet")),
		pass("cloudformation-create-stack-set", "Deploy a stack set with another role", "cloudformation.amazonaws.com",
			"iam:PassRole with cloudformation:CreateStackSet and cloudformation:CreateStackInstances deploys, through the passed role, what the execution role of each account may make.", 4, []string{"cloudformation-003"},
			on(Anything, "cloudformation:CreateStackSet"), on(Anything, "cloudformation:CreateStackInstances")),
		over("AWS::CloudFormation::StackSet", pass("cloudformation-update-stack-set", "Change a stack set, and its role", "cloudformation.amazonaws.com",
			"iam:PassRole with cloudformation:UpdateStackSet deploys a template of the attacker's to all instances of a stack set.", 4, []string{"cloudformation-004"},
			on(Host, "cloudformation:UpdateStackSet"))),
		pass("codebuild-create-project", "Run a build with another role", "codebuild.amazonaws.com",
			"iam:PassRole with codebuild:CreateProject and codebuild:StartBuild, or codebuild:StartBuildBatch, runs commands under another role.", 3, []string{"codebuild-001", "codebuild-004"},
			on(Anything, "codebuild:CreateProject"), on(Anything, "codebuild:StartBuild", "codebuild:StartBuildBatch")),
		over("AWS::CodeBuild::Project", pass("codebuild-update-project", "Give a build project another role", "codebuild.amazonaws.com",
			"iam:PassRole with codebuild:UpdateProject and codebuild:StartBuild runs commands in an existing project under another role.", 3, nil,
			on(Host, "codebuild:UpdateProject"), on(Host, "codebuild:StartBuild", "codebuild:StartBuildBatch"))),
		pass("datapipeline-create-pipeline", "Run a data pipeline with another role", "datapipeline.amazonaws.com elasticmapreduce.amazonaws.com",
			"iam:PassRole with datapipeline:CreatePipeline, datapipeline:PutPipelineDefinition and datapipeline:ActivatePipeline runs commands under another role.", 4, []string{"datapipeline-001"},
			on(Anything, "datapipeline:CreatePipeline"), on(Anything, "datapipeline:PutPipelineDefinition"), on(Anything, "datapipeline:ActivatePipeline")),
		pass("glue-create-endpoint", "Make a Glue development endpoint with another role", "glue.amazonaws.com",
			"iam:PassRole with glue:CreateDevEndpoint makes an endpoint with an SSH key of the attacker's, which runs under another role.", 3, []string{"glue-001"},
			on(Anything, "glue:CreateDevEndpoint")),
		pass("glue-create-session", "Run statements in a Glue session with another role", "glue.amazonaws.com",
			"iam:PassRole with glue:CreateSession and glue:RunStatement runs code under another role.", 3, nil,
			on(Anything, "glue:CreateSession"), on(Anything, "glue:RunStatement")),
		pass("glue-create-job", "Run a Glue job with another role", "glue.amazonaws.com",
			"iam:PassRole with glue:CreateJob, and glue:StartJobRun or glue:CreateTrigger, runs a script under another role.", 4, []string{"glue-003", "glue-004"},
			on(Anything, "glue:CreateJob"), on(Anything, "glue:StartJobRun", "glue:CreateTrigger")),
		over("AWS::Glue::Job", pass("glue-update-job", "Change a Glue job, and its role", "glue.amazonaws.com",
			"iam:PassRole with glue:UpdateJob, and glue:StartJobRun or glue:CreateTrigger, runs a script of the attacker's in an existing job under another role.", 4, []string{"glue-005", "glue-006"},
			on(Host, "glue:UpdateJob"), on(Anything, "glue:StartJobRun", "glue:CreateTrigger"))),
		wants(pass("ec2-run-instances", "Start an instance with another role", "ec2.amazonaws.com",
			"iam:PassRole with ec2:RunInstances, or with ec2:RequestSpotInstances, starts an instance whose start-up script runs under another role.", 4, []string{"ec2-001", "ec2-003"},
			on(Anything, "ec2:RunInstances", "ec2:RequestSpotInstances")), profile),
		wants(pass("ecs-run-task", "Run a container with another role", "ecs-tasks.amazonaws.com",
			"iam:PassRole with ecs:RegisterTaskDefinition, and ecs:RunTask, ecs:CreateService or ecs:StartTask, runs a container under another role, in a cluster that exists or is made.", 4,
			[]string{"ecs-001", "ecs-002", "ecs-003", "ecs-004", "ecs-005"},
			on(Anything, "ecs:RegisterTaskDefinition"), on(Anything, "ecs:RunTask", "ecs:CreateService", "ecs:StartTask")), cluster),
		over("AWS::ECS::Service", pass("ecs-update-service", "Run another container in a service, with another role", "ecs-tasks.amazonaws.com",
			"iam:PassRole with ecs:RegisterTaskDefinition and ecs:UpdateService runs a container of the attacker's in a service that exists, under another role.", 4, nil,
			on(Anything, "ecs:RegisterTaskDefinition"), on(Host, "ecs:UpdateService"))),
		pass("batch-submit-job", "Run a batch job with another role", "ecs-tasks.amazonaws.com",
			"iam:PassRole with batch:RegisterJobDefinition and batch:SubmitJob runs a container under another role.", 4, nil,
			on(Anything, "batch:RegisterJobDefinition"), on(Anything, "batch:SubmitJob")),
		pass("apprunner-create-service", "Run a web service with another role", "tasks.apprunner.amazonaws.com",
			"iam:PassRole with apprunner:CreateService runs an image of the attacker's under another role.", 3, []string{"apprunner-001"},
			on(Anything, "apprunner:CreateService")),
		pass("agentcore-create-interpreter", "Make a code interpreter with another role", "bedrock-agentcore.amazonaws.com",
			"iam:PassRole with bedrock-agentcore:CreateCodeInterpreter, bedrock-agentcore:StartCodeInterpreterSession and bedrock-agentcore:InvokeCodeInterpreter runs code under another role.", 3, []string{"bedrock-001"},
			on(Anything, "bedrock-agentcore:CreateCodeInterpreter"), on(Anything, "bedrock-agentcore:StartCodeInterpreterSession"), on(Anything, "bedrock-agentcore:InvokeCodeInterpreter")),
		pass("sagemaker-create-notebook", "Make a notebook with another role", "sagemaker.amazonaws.com",
			"iam:PassRole with sagemaker:CreateNotebookInstance makes a notebook whose life-cycle script, or whose terminal, has another role.", 3, []string{"sagemaker-001"},
			on(Anything, "sagemaker:CreateNotebookInstance")),
		pass("sagemaker-create-training-job", "Run a training job with another role", "sagemaker.amazonaws.com",
			"iam:PassRole with sagemaker:CreateTrainingJob runs an image of the attacker's under another role.", 4, []string{"sagemaker-002"},
			on(Anything, "sagemaker:CreateTrainingJob")),
		pass("sagemaker-create-processing-job", "Run a processing job with another role", "sagemaker.amazonaws.com",
			"iam:PassRole with sagemaker:CreateProcessingJob runs an image of the attacker's under another role.", 4, []string{"sagemaker-003"},
			on(Anything, "sagemaker:CreateProcessingJob")),
		pass("ssm-start-automation", "Run an automation with another role", "ssm.amazonaws.com",
			"iam:PassRole with ssm:StartAutomationExecution calls AWS's APIs, and runs scripts, under a role that Systems Manager may take on.", 4, nil,
			on(Anything, "ssm:StartAutomationExecution")),
	}
}
