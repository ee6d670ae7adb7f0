package attack

import "testing"

// What must exist besides permissions decides, and what the sources do not tell
// of it is said.
func TestWhatRowsNeedBesides(t *testing.T) {
	keys := "\n  K1:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n\n  K2:\n    Type: AWS::IAM::AccessKey\n    Properties: {UserName: !Ref V}\n"
	signsIn := "\n  V:\n    Type: AWS::IAM::User\n    Properties: {LoginProfile: {Password: !Ref PX}}\n"
	parameter := "Parameters: {PX: {Type: String}}\n"
	ec2 := role("{Service: ec2.amazonaws.com}", "", "")
	profile := "\n  P:\n    Type: AWS::IAM::InstanceProfile\n    Properties: {Roles: [!Ref R]}\n"
	instance := "\n  I:\n    Type: AWS::EC2::Instance\n    Properties: {IamInstanceProfile: !Ref P}\n"
	agent := role("{Service: ec2.amazonaws.com}", "", "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore']\n")
	tasks, cluster := role("{Service: ecs-tasks.amazonaws.com}", "", ""), "\n  C:\n    Type: AWS::ECS::Cluster\n"
	reader := role("{Service: lambda.amazonaws.com}", "", "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole']\n")
	queue := "\n  Q:\n    Type: AWS::SQS::Queue\n"
	glue, job := role("{Service: glue.amazonaws.com}", "", ""), "\n  J:\n    Type: AWS::Glue::Job\n    Properties: {Name: nightly}\n"
	provider := "\n  SP:\n    Type: AWS::IAM::SAMLProvider\n    Properties: {Name: ours, SamlMetadataDocument: '<xml/>'}\n"
	service := func(exec string) string {
		return "\n  S:\n    Type: AWS::ECS::Service\n    Properties: {TaskDefinition: !Ref TD" + exec + "}\n\n  TD:\n    Type: AWS::ECS::TaskDefinition\n    Properties: {TaskRoleArn: !GetAtt R.Arn}\n"
	}
	mapping := me("", allow("'iam:PassRole', 'lambda:CreateFunction', 'lambda:CreateEventSourceMapping'", ""))
	run := "'iam:PassRole', 'ecs:RegisterTaskDefinition', 'ecs:RunTask'"
	exec := me("", allow("'ecs:ExecuteCommand'", ""))
	for _, c := range []struct {
		name, template, technique string
		want                      Certainty
	}{
		{"room for a key", resources(victimUser, me("", allow("'iam:CreateAccessKey'", ""))), "iam-create-access-key", Exact},
		{"two keys", resources(victimUser, keys, me("", allow("'iam:CreateAccessKey'", ""))), "iam-create-access-key", ""},
		{"two keys to replace", resources(victimUser, keys, me("", allow("'iam:CreateAccessKey', 'iam:DeleteAccessKey'", ""))), "iam-replace-access-key", Exact},
		{"no password to change in sight", resources(victimUser, me("", allow("'iam:UpdateLoginProfile'", ""))), "iam-update-login-profile", Approximate},
		{"a password to change", parameter + resources(signsIn, me("", allow("'iam:UpdateLoginProfile'", ""))), "iam-update-login-profile", Exact},
		{"a password where there is one", parameter + resources(signsIn, me("", allow("'iam:CreateLoginProfile'", ""))), "iam-login-profile", ""},
		{"an instance profile", resources(ec2, profile, me("", allow("'iam:PassRole', 'ec2:RunInstances'", ""))), "ec2-run-instances", Exact},
		{"no instance profile in sight", resources(ec2, me("", allow("'iam:PassRole', 'ec2:RunInstances'", ""))), "ec2-run-instances", Approximate},
		{"an instance profile to make", resources(ec2, me("", allow("'iam:PassRole', 'ec2:RunInstances', 'iam:CreateInstanceProfile', 'iam:AddRoleToInstanceProfile'", ""))), "ec2-run-instances", Exact},
		{"a cluster", resources(tasks, cluster, me("", allow(run, ""))), "ecs-run-task", Exact},
		{"a new cluster", resources(tasks, me("", allow(run+", 'ecs:CreateCluster'", ""))), "ecs-run-task", Exact},
		{"no cluster in sight", resources(tasks, me("", allow(run, ""))), "ecs-run-task", Approximate},
		{"a queue that runs a function", resources(reader, queue, mapping), "lambda-create-mapping", Exact},
		{"no queue in sight", resources(reader, mapping), "lambda-create-mapping", Approximate},
		{"a role that reads no queue", resources(role("{Service: lambda.amazonaws.com}", "", ""), queue, mapping), "lambda-create-mapping", ""},
		{"a job", resources(glue, job, me("", allow("'iam:PassRole', 'glue:UpdateJob', 'glue:StartJobRun'", ""))), "glue-update-job", Exact},
		{"no job", resources(glue, me("", allow("'iam:PassRole', 'glue:UpdateJob', 'glue:StartJobRun'", ""))), "glue-update-job", ""},
		{"another job", resources(glue, job, me("", allow("'iam:PassRole', 'glue:StartJobRun'", ""), "{Effect: Allow, Action: 'glue:UpdateJob', Resource: 'arn:aws:glue:*:*:job/weekly'}")), "glue-update-job", ""},
		{"an instance that is managed", resources(agent, profile, instance, me("", allow("'ssm:StartSession'", ""))), "ssm-session", Exact},
		{"an instance that may be managed", resources(ec2, profile, instance, me("", allow("'ssm:StartSession'", ""))), "ssm-session", Approximate},
		{"a command without a document", resources(agent, profile, instance, me("", "{Effect: Allow, Action: 'ssm:SendCommand', Resource: 'arn:aws:ec2:*:*:instance/*'}")), "ssm-send-command", ""},
		{"a command with a document", resources(agent, profile, instance, me("", "{Effect: Allow, Action: 'ssm:SendCommand', Resource: ['arn:aws:ec2:*:*:instance/*', 'arn:aws:ssm:*:*:document/AWS-RunShellScript']}")), "ssm-send-command", Exact},
		{"commands allowed", resources(tasks, service(", EnableExecuteCommand: true"), exec), "ecs-execute-command", Exact},
		{"commands not allowed", resources(tasks, service(""), exec), "ecs-execute-command", ""},
		{"commands perhaps allowed", parameter + resources(tasks, service(", EnableExecuteCommand: !Ref PX"), exec), "ecs-execute-command", Unknown},
		{"a provider that nobody trusts", resources(role("{Federated: !Sub 'arn:aws:iam::${AWS::AccountId}:saml-provider/other'}", "", ""), provider, me("", allow("'iam:UpdateSAMLProvider'", ""))), "iam-update-saml-provider", ""},
	} {
		if got := appliedBy(group(t, c.template), []Actor{Insider})[c.technique]; got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.name, c.technique, got, c.want)
		}
	}
}
