package escalation

// The types of identity providers, which roles name and not the reverse.
const (
	SAMLProvider = "AWS::IAM::SAMLProvider"
	OIDCProvider = "AWS::IAM::OIDCProvider"
)

// Function is the type of functions, the hosts of which there are most.
const Function = "AWS::Lambda::Function"

// hostRows are the ways to the role of something that exists and runs code: an
// instance, a notebook, a build project. No role needs to be passed.
func hostRows() []Row {
	return []Row{
		{ID: "lambda-update-code", Title: "Replace the code of a function", Pathfinding: []string{"lambda-003", "lambda-004", "lambda-005"}, ATTACK: []string{"T1525", "T1648"},
			Doc: "lambda:UpdateFunctionCode puts code of the attacker's into a function, which runs at its next event with the function's role. " +
				"No pipeline's role but one should hold it, and no function's; code signing refuses what the pipeline did not sign.",
			Host: Function, Needs: []Need{on(Host, "lambda:UpdateFunctionCode")}, Gain: HostRole, Cost: 1},
		{ID: "lambda-update-configuration", Title: "Run code in a function by its configuration", ATTACK: []string{"T1574", "T1648"},
			Doc: "lambda:UpdateFunctionConfiguration adds a layer of the attacker's, or a variable such as NODE_OPTIONS or AWS_LAMBDA_EXEC_WRAPPER, " +
				"and that code runs with the function's role.",
			Host: Function, Needs: []Need{on(Host, "lambda:UpdateFunctionConfiguration")}, Gain: HostRole, Cost: 2},
		{ID: "ec2-change-user-data", Title: "Change what an instance runs when it starts", Pathfinding: []string{"ec2-002"}, ATTACK: []string{"T1059", "T1578"},
			Doc:  "ec2:ModifyInstanceAttribute writes the start-up script of a stopped instance, which runs with the instance's role.",
			Host: "AWS::EC2::Instance", Needs: []Need{on(Host, "ec2:ModifyInstanceAttribute"), on(Host, "ec2:StopInstances"), on(Host, "ec2:StartInstances")}, Gain: HostRole, Cost: 2},
		{ID: "ec2-instance-connect", Title: "Sign in to an instance with a key of one's own", Pathfinding: []string{"ec2instanceconnect-003"}, ATTACK: []string{"T1021.004"},
			Doc:  "ec2-instance-connect:SendSSHPublicKey lets a key of the attacker's in for a minute; from the instance its role's credentials can be read.",
			Host: "AWS::EC2::Instance", Needs: []Need{on(Host, "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey")}, Gain: HostRole, Cost: 3,
			Wants: []Want{{What: "the network lets the attacker reach %s by SSH"}}},
		{ID: "ssm-session", Title: "Open a session on an instance", Pathfinding: []string{"ssm-001"}, ATTACK: []string{"T1021", "T1651"},
			Doc:  "ssm:StartSession opens a shell on an instance that Systems Manager manages, with its role.",
			Host: "AWS::EC2::Instance", Needs: []Need{on(Host, "ssm:StartSession")}, Gain: HostRole, Cost: 1, Is: Managed},
		{ID: "ssm-send-command", Title: "Send a command to an instance", Pathfinding: []string{"ssm-002"}, ATTACK: []string{"T1651"},
			Doc:  "ssm:SendCommand, on an instance that Systems Manager manages and on a document such as AWS-RunShellScript, runs commands with the instance's role.",
			Host: "AWS::EC2::Instance", Needs: []Need{on(Host, "ssm:SendCommand"), on(Anything, "ssm:SendCommand")}, Gain: HostRole, Cost: 1, Is: Managed},
		{ID: "ec2-launch-template", Title: "Change the template that instances start from", Pathfinding: []string{"ec2-004"}, ATTACK: []string{"T1578", "T1059"},
			Doc:  "ec2:CreateLaunchTemplateVersion with ec2:ModifyLaunchTemplate puts a start-up script of the attacker's into a launch template; the next instance runs it with the template's role.",
			Host: "AWS::EC2::LaunchTemplate", Needs: []Need{on(Host, "ec2:CreateLaunchTemplateVersion"), on(Host, "ec2:ModifyLaunchTemplate")}, Gain: HostRole, Cost: 3,
			Wants: []Want{{What: "instances are started from %s"}}},
		{ID: "ecs-execute-command", Title: "Run commands in a container of a service", ATTACK: []string{"T1609"},
			Doc:  "ecs:ExecuteCommand opens a shell in a running container, which has the task's role; ecs:UpdateService allows such sessions where they are off.",
			Host: "AWS::ECS::Service", Needs: []Need{on(Anything, "ecs:ExecuteCommand")}, Gain: HostRole, Cost: 1, Is: TakesCommands},
		{ID: "codebuild-start-build", Title: "Run one's own commands in a build project", Pathfinding: []string{"codebuild-002", "codebuild-003"}, ATTACK: []string{"T1648"},
			Doc:  "codebuild:StartBuild takes a build specification in place of the project's, and its commands run with the project's role.",
			Host: "AWS::CodeBuild::Project", Needs: []Need{on(Host, "codebuild:StartBuild", "codebuild:StartBuildBatch")}, Gain: HostRole, Cost: 1},
		{ID: "glue-update-endpoint", Title: "Sign in to a Glue development endpoint", Pathfinding: []string{"glue-002"}, ATTACK: []string{"T1098.004"},
			Doc:  "glue:UpdateDevEndpoint adds an SSH key of the attacker's to an endpoint, which runs with its role.",
			Host: "AWS::Glue::DevEndpoint", Needs: []Need{on(Host, "glue:UpdateDevEndpoint")}, Gain: HostRole, Cost: 2},
		{ID: "sagemaker-open-notebook", Title: "Open a notebook of somebody else's", Pathfinding: []string{"sagemaker-004"}, ATTACK: []string{"T1059"},
			Doc:  "sagemaker:CreatePresignedNotebookInstanceUrl opens a notebook with a terminal that has the notebook's role.",
			Host: "AWS::SageMaker::NotebookInstance", Needs: []Need{on(Host, "sagemaker:CreatePresignedNotebookInstanceUrl")}, Gain: HostRole, Cost: 1},
		{ID: "sagemaker-notebook-script", Title: "Change what a notebook runs when it starts", Pathfinding: []string{"sagemaker-005"}, ATTACK: []string{"T1059", "T1578"},
			Doc:  "A life-cycle configuration of the attacker's runs when a notebook starts, with the notebook's role.",
			Host: "AWS::SageMaker::NotebookInstance", Needs: []Need{on(Anything, "sagemaker:CreateNotebookInstanceLifecycleConfig"), on(Host, "sagemaker:UpdateNotebookInstance"),
				on(Host, "sagemaker:StopNotebookInstance"), on(Host, "sagemaker:StartNotebookInstance")}, Gain: HostRole, Cost: 2},
		{ID: "cloudformation-update-stack", Title: "Change a stack that has a role", Pathfinding: []string{"cloudformation-002"}, ATTACK: []string{"T1578"},
			Doc:  "cloudformation:UpdateStack makes whatever the stack's service role may make: new roles too.",
			Host: "AWS::CloudFormation::Stack", Needs: []Need{on(Host, "cloudformation:UpdateStack")}, Gain: HostRole, Cost: 2},
		{ID: "cloudformation-change-set", Title: "Change a stack that has a role by a change set", Pathfinding: []string{"cloudformation-005"}, ATTACK: []string{"T1578"},
			Doc:  "cloudformation:CreateChangeSet with cloudformation:ExecuteChangeSet makes whatever the stack's service role may make.",
			Host: "AWS::CloudFormation::Stack", Needs: []Need{on(Host, "cloudformation:CreateChangeSet"), on(Host, "cloudformation:ExecuteChangeSet")}, Gain: HostRole, Cost: 2},
		{ID: "apprunner-update-service", Title: "Change what a service runs", Pathfinding: []string{"apprunner-002"}, ATTACK: []string{"T1648"},
			Doc:  "apprunner:UpdateService sets an image or start command of the attacker's, which runs with the service's role.",
			Host: "AWS::AppRunner::Service", Needs: []Need{on(Host, "apprunner:UpdateService")}, Gain: HostRole, Cost: 2},
		{ID: "iam-update-saml-provider", Title: "Become the identity provider that a role trusts", ATTACK: []string{"T1484.002", "T1606.002"},
			Doc:  "iam:UpdateSAMLProvider puts metadata of the attacker's in the place of a provider's: whatever the attacker then signs is believed by every role that trusts the provider.",
			Host: SAMLProvider, Needs: []Need{on(Host, "iam:UpdateSAMLProvider")}, Gain: HostRole, Cost: 2},
		{ID: "iam-update-oidc-provider", Title: "Change which certificate of an identity provider is believed", ATTACK: []string{"T1484.002"},
			Doc:  "iam:UpdateOpenIDConnectProviderThumbprint makes AWS believe a certificate of the attacker's for a provider's keys, and so the attacker's tokens.",
			Host: OIDCProvider, Needs: []Need{on(Host, "iam:UpdateOpenIDConnectProviderThumbprint")}, Gain: HostRole, Cost: 8,
			Wants: []Want{{What: "AWS checks %s by its thumbprint, and the attacker stands between the two"}}},
		{ID: "agentcore-run-code", Title: "Run code in a code interpreter", Pathfinding: []string{"bedrock-002"}, ATTACK: []string{"T1059"},
			Doc:  "bedrock-agentcore:InvokeCodeInterpreter runs code in a session that has the interpreter's role.",
			Host: "AWS::BedrockAgentCore::CodeInterpreterCustom", Needs: []Need{on(Host, "bedrock-agentcore:StartCodeInterpreterSession"), on(Host, "bedrock-agentcore:InvokeCodeInterpreter")}, Gain: HostRole, Cost: 1},
	}
}
