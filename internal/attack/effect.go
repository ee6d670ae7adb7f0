package attack

// An effect is what being allowed an action on a resource of some type gives.
type effect struct {
	kind Kind
	// actions give it, each by itself; the first are the usual ones.
	actions []string
	// object says that the actions work on what lies in the resource: its ARN
	// with this tail and a name.
	object string
	// needsKey says that a resource under a customer's key gives its data only
	// to those who may also use the key.
	needsKey bool
}

// effectsOn are the effects of actions on a resource type. Only what matters
// to an attacker is in the table: see
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
func effectsOn(typ string) []effect {
	switch typ {
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		return []effect{
			{kind: KindRead, needsKey: true, actions: []string{"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:PartiQLSelect", "dynamodb:ExportTableToPointInTime"}},
			{kind: KindWrite, needsKey: true, actions: []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"}},
			{kind: KindDelete, actions: []string{"dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"}},
			{kind: KindManage, actions: []string{"dynamodb:PutResourcePolicy", "dynamodb:UpdateTable"}},
		}
	case "AWS::S3::Bucket":
		return []effect{
			{kind: KindRead, needsKey: true, object: "/", actions: []string{"s3:GetObject", "s3:GetObjectVersion"}},
			{kind: KindWrite, needsKey: true, object: "/", actions: []string{"s3:PutObject"}},
			{kind: KindDelete, object: "/", actions: []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}},
			{kind: KindManage, actions: []string{"s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketAcl", "s3:PutReplicationConfiguration"}},
		}
	case "AWS::SQS::Queue":
		return []effect{
			{kind: KindRead, needsKey: true, actions: []string{"sqs:ReceiveMessage"}},
			{kind: KindWrite, needsKey: true, actions: []string{"sqs:SendMessage"}},
			{kind: KindDelete, actions: []string{"sqs:PurgeQueue", "sqs:DeleteQueue"}},
			{kind: KindManage, actions: []string{"sqs:SetQueueAttributes", "sqs:AddPermission"}},
		}
	case "AWS::SNS::Topic":
		return []effect{
			{kind: KindRead, actions: []string{"sns:Subscribe"}},
			{kind: KindWrite, actions: []string{"sns:Publish"}},
			{kind: KindDelete, actions: []string{"sns:DeleteTopic"}},
			{kind: KindManage, actions: []string{"sns:AddPermission", "sns:SetTopicAttributes"}},
		}
	case "AWS::Events::EventBus":
		return []effect{
			{kind: KindWrite, actions: []string{"events:PutEvents"}},
			{kind: KindManage, actions: []string{"events:PutPermission"}},
		}
	case "AWS::Kinesis::Stream":
		return []effect{
			{kind: KindRead, needsKey: true, actions: []string{"kinesis:GetRecords", "kinesis:SubscribeToShard"}},
			{kind: KindWrite, needsKey: true, actions: []string{"kinesis:PutRecord", "kinesis:PutRecords"}},
			{kind: KindDelete, actions: []string{"kinesis:DeleteStream"}},
		}
	case "AWS::KinesisFirehose::DeliveryStream":
		return []effect{
			{kind: KindWrite, actions: []string{"firehose:PutRecord", "firehose:PutRecordBatch"}},
			{kind: KindManage, actions: []string{"firehose:UpdateDestination"}},
		}
	case "AWS::StepFunctions::StateMachine":
		return []effect{
			{kind: KindWrite, actions: []string{"states:StartExecution", "states:StartSyncExecution"}},
			{kind: KindManage, actions: []string{"states:UpdateStateMachine"}},
			{kind: KindDelete, actions: []string{"states:DeleteStateMachine"}},
		}
	case "AWS::SecretsManager::Secret":
		return []effect{
			{kind: KindRead, needsKey: true, actions: []string{"secretsmanager:GetSecretValue"}},
			{kind: KindWrite, needsKey: true, actions: []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"}},
			{kind: KindDelete, actions: []string{"secretsmanager:DeleteSecret"}},
			{kind: KindManage, actions: []string{"secretsmanager:PutResourcePolicy"}},
		}
	case "AWS::SSM::Parameter":
		return []effect{
			{kind: KindRead, actions: []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"}},
			{kind: KindWrite, actions: []string{"ssm:PutParameter"}},
			{kind: KindDelete, actions: []string{"ssm:DeleteParameter", "ssm:DeleteParameters"}},
		}
	case "AWS::KMS::Key":
		return []effect{
			{kind: KindRead, actions: []string{"kms:Decrypt"}},
			{kind: KindDelete, actions: []string{"kms:ScheduleKeyDeletion", "kms:DisableKey"}},
			{kind: KindManage, actions: []string{"kms:PutKeyPolicy", "kms:CreateGrant"}},
		}
	case "AWS::Cognito::UserPool":
		return []effect{
			{kind: KindRead, actions: []string{"cognito-idp:ListUsers", "cognito-idp:AdminGetUser"}},
			{kind: KindWrite, actions: []string{"cognito-idp:AdminSetUserPassword", "cognito-idp:AdminUpdateUserAttributes", "cognito-idp:AdminCreateUser", "cognito-idp:AdminAddUserToGroup"}},
			{kind: KindDelete, actions: []string{"cognito-idp:AdminDeleteUser", "cognito-idp:DeleteUserPool"}},
			{kind: KindManage, actions: []string{"cognito-idp:UpdateUserPool"}},
		}
	case "AWS::Logs::LogGroup":
		return []effect{
			{kind: KindRead, object: ":", actions: []string{"logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"}},
			{kind: KindDelete, actions: []string{"logs:DeleteLogGroup"}},
		}
	case "AWS::ECR::Repository":
		return []effect{
			{kind: KindWrite, actions: []string{"ecr:PutImage"}},
			{kind: KindManage, actions: []string{"ecr:SetRepositoryPolicy"}},
		}
	case "AWS::RDS::DBCluster":
		return []effect{
			{kind: KindRead, actions: []string{"rds-data:ExecuteStatement"}},
			{kind: KindWrite, actions: []string{"rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"}},
			{kind: KindDelete, actions: []string{"rds:DeleteDBCluster"}},
			{kind: KindManage, actions: []string{"rds:ModifyDBCluster"}},
		}
	case "AWS::RDS::DBInstance":
		return []effect{
			{kind: KindDelete, actions: []string{"rds:DeleteDBInstance"}},
			{kind: KindManage, actions: []string{"rds:ModifyDBInstance"}},
		}
	case "AWS::Lambda::Function":
		return []effect{
			{kind: KindCode, actions: []string{"lambda:UpdateFunctionCode"}},
			{kind: KindInvoke, actions: []string{"lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:AddPermission"}},
			{kind: KindEnv, actions: []string{"lambda:GetFunctionConfiguration", "lambda:GetFunction"}},
			{kind: KindManage, actions: []string{"lambda:UpdateFunctionConfiguration"}},
			{kind: KindDelete, actions: []string{"lambda:DeleteFunction"}},
		}
	}
	return nil
}

func indexByte(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return len(s)
}
