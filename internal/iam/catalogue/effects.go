package catalogue

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// Effect is what an action does to a resource, as an attacker sees it.
type Effect uint8

// The effects. One action may stand under several.
const (
	ReadData     Effect = iota + 1 // returns the data itself
	ListData                       // returns names and metadata by which data is found
	WriteData                      // adds or changes data
	DeleteData                     // destroys data or the resource
	Invoke                         // makes the resource act: runs code, delivers a message
	ChangeCode                     // changes what runs
	ChangeAccess                   // changes who may use the resource
	ChangeGuard                    // takes protection away: encryption, logging, retention, locks
	Impersonate                    // gives credentials or a token of somebody else
)

var effectNames = [...]string{"", "read", "list", "write", "delete", "invoke", "change code", "change access", "change protection", "impersonate"}

func (e Effect) String() string { return effectNames[e] }

// Form is the ARN that an action takes, made from the resource's own:
// "${Arn}" is the resource, "${Arn}/*" what lies in it, "*" any (the action
// has no resource level).
type Form string

// The forms in use.
const (
	Own     Form = "${Arn}"
	Inside  Form = "${Arn}/*"       // objects of a bucket; stage, method and path of an API
	Index   Form = "${Arn}/index/*" // indexes of a table
	Stream  Form = "${Arn}/stream/*"
	Streams Form = "${Arn}:*"       // log streams of a group; versions and aliases of a function
	Fields  Form = "${Arn}/types/*" // of a GraphQL API
	AnyForm Form = "*"
)

// ARN fills the form. Each wildcard becomes a hole, "some object of the
// bucket": what a policy allows on all of them is allowed on it.
func (f Form) ARN(arn value.Text) value.Text {
	if f == AnyForm {
		return value.Lit("*")
	}
	tail := strings.TrimPrefix(string(f), string(Own))
	if head, ok := strings.CutSuffix(tail, "*"); ok {
		return value.Concat(arn, value.Lit(head), value.Hole("any of "+arn.String()+tail))
	}
	return value.Concat(arn, value.Lit(tail))
}

// A DataAction says which actions have an effect on a type of resource.
type DataAction struct {
	Type    string // CloudFormation type
	Effect  Effect
	Form    Form
	Actions []string
}

// Effects returns what actions do to resources of a CloudFormation type.
//
// Source: the service authorization reference, one page a service:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
func Effects(cfnType string) []DataAction {
	first, found := slices.BinarySearchFunc(effects, cfnType, func(d DataAction, t string) int { return strings.Compare(d.Type, t) })
	if !found {
		return nil
	}
	last := first
	for last < len(effects) && effects[last].Type == cfnType {
		last++
	}
	return effects[first:last:last]
}

// EffectTypes are the types that Effects knows, sorted.
func EffectTypes() []string {
	var out []string
	for _, d := range effects {
		out = append(out, d.Type)
	}
	return slices.Compact(out)
}

// effects is sorted by type.
var effects = []DataAction{
	{"AWS::ApiGateway::RestApi", Invoke, Inside, []string{"execute-api:Invoke"}},

	{"AWS::ApiGatewayV2::Api", Invoke, Inside, []string{"execute-api:Invoke"}},

	{"AWS::AppSync::GraphQLApi", Invoke, Fields, []string{"appsync:GraphQL"}},
	{"AWS::AppSync::GraphQLApi", ChangeCode, AnyForm, []string{"appsync:StartSchemaCreation"}},
	{"AWS::AppSync::GraphQLApi", ChangeAccess, Own, []string{"appsync:UpdateGraphqlApi"}},
	{"AWS::AppSync::GraphQLApi", DeleteData, Own, []string{"appsync:DeleteGraphqlApi"}},

	{"AWS::Cognito::IdentityPool", ChangeAccess, Own, []string{"cognito-identity:UpdateIdentityPool"}},
	{"AWS::Cognito::IdentityPool", ChangeAccess, AnyForm, []string{"cognito-identity:SetIdentityPoolRoles"}},
	{"AWS::Cognito::IdentityPool", Impersonate, Own, []string{"cognito-identity:GetOpenIdTokenForDeveloperIdentity"}},
	{"AWS::Cognito::IdentityPool", DeleteData, Own, []string{"cognito-identity:DeleteIdentityPool"}},

	{"AWS::Cognito::UserPool", ReadData, Own, []string{"cognito-idp:AdminGetUser", "cognito-idp:DescribeUserPoolClient", "cognito-idp:ListUsers", "cognito-idp:ListUsersInGroup"}},
	{"AWS::Cognito::UserPool", WriteData, Own, []string{"cognito-idp:AdminCreateUser", "cognito-idp:AdminUpdateUserAttributes"}},
	{"AWS::Cognito::UserPool", Impersonate, Own, []string{"cognito-idp:AdminInitiateAuth", "cognito-idp:AdminSetUserPassword", "cognito-idp:AdminRespondToAuthChallenge"}},
	{"AWS::Cognito::UserPool", ChangeAccess, Own, []string{"cognito-idp:AdminAddUserToGroup", "cognito-idp:CreateUserPoolClient", "cognito-idp:UpdateGroup", "cognito-idp:UpdateUserPool", "cognito-idp:UpdateUserPoolClient"}},
	{"AWS::Cognito::UserPool", DeleteData, Own, []string{"cognito-idp:AdminDeleteUser", "cognito-idp:DeleteUserPool"}},

	{"AWS::DynamoDB::GlobalTable", ReadData, Own, []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan"}},
	{"AWS::DynamoDB::GlobalTable", WriteData, Own, []string{"dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}},
	{"AWS::DynamoDB::GlobalTable", DeleteData, Own, []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:DeleteTable"}},
	{"AWS::DynamoDB::GlobalTable", ChangeAccess, Own, []string{"dynamodb:PutResourcePolicy"}},

	{"AWS::DynamoDB::Table", ReadData, Own, []string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ExportTableToPointInTime"}},
	{"AWS::DynamoDB::Table", ReadData, Index, []string{"dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan"}},
	{"AWS::DynamoDB::Table", ReadData, Stream, []string{"dynamodb:GetRecords"}},
	{"AWS::DynamoDB::Table", WriteData, Own, []string{"dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PutItem", "dynamodb:UpdateItem"}},
	{"AWS::DynamoDB::Table", DeleteData, Own, []string{"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:PartiQLDelete"}},
	{"AWS::DynamoDB::Table", ChangeAccess, Own, []string{"dynamodb:PutResourcePolicy"}},
	{"AWS::DynamoDB::Table", ChangeGuard, Own, []string{"dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"}},

	{"AWS::ECR::Repository", ReadData, Own, []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}},
	{"AWS::ECR::Repository", ChangeCode, Own, []string{"ecr:PutImage"}},
	{"AWS::ECR::Repository", ChangeAccess, Own, []string{"ecr:SetRepositoryPolicy"}},
	{"AWS::ECR::Repository", DeleteData, Own, []string{"ecr:BatchDeleteImage", "ecr:DeleteRepository"}},

	{"AWS::Events::EventBus", Invoke, Own, []string{"events:PutEvents"}},
	{"AWS::Events::EventBus", ChangeAccess, AnyForm, []string{"events:PutPermission"}},
	{"AWS::Events::EventBus", DeleteData, Own, []string{"events:DeleteEventBus"}},

	{"AWS::Events::Rule", ChangeCode, Own, []string{"events:PutTargets", "events:PutRule"}},
	{"AWS::Events::Rule", DeleteData, Own, []string{"events:DeleteRule", "events:DisableRule", "events:RemoveTargets"}},

	{"AWS::IAM::Group", ChangeAccess, Own, []string{"iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:PutGroupPolicy"}},

	{"AWS::IAM::ManagedPolicy", ChangeAccess, Own, []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"}},

	{"AWS::IAM::Role", Impersonate, Own, []string{"iam:PassRole", "sts:AssumeRole"}},
	{"AWS::IAM::Role", ChangeAccess, Own, []string{"iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"}},
	{"AWS::IAM::Role", DeleteData, Own, []string{"iam:DeleteRole"}},

	{"AWS::IAM::User", Impersonate, Own, []string{"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"}},
	{"AWS::IAM::User", ChangeAccess, Own, []string{"iam:AttachUserPolicy", "iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy"}},

	{"AWS::KMS::Key", ReadData, Own, []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"}},
	{"AWS::KMS::Key", WriteData, Own, []string{"kms:Encrypt", "kms:Sign", "kms:GenerateMac"}},
	{"AWS::KMS::Key", ChangeAccess, Own, []string{"kms:CreateGrant", "kms:PutKeyPolicy"}},
	{"AWS::KMS::Key", DeleteData, Own, []string{"kms:DisableKey", "kms:ScheduleKeyDeletion"}},

	{"AWS::Kinesis::Stream", ReadData, Own, []string{"kinesis:GetRecords", "kinesis:GetShardIterator"}},
	{"AWS::Kinesis::Stream", WriteData, Own, []string{"kinesis:PutRecord", "kinesis:PutRecords"}},
	{"AWS::Kinesis::Stream", ChangeAccess, Own, []string{"kinesis:PutResourcePolicy"}},
	{"AWS::Kinesis::Stream", ChangeGuard, Own, []string{"kinesis:DecreaseStreamRetentionPeriod", "kinesis:StopStreamEncryption"}},
	{"AWS::Kinesis::Stream", DeleteData, Own, []string{"kinesis:DeleteStream"}},

	{"AWS::KinesisFirehose::DeliveryStream", WriteData, Own, []string{"firehose:PutRecord", "firehose:PutRecordBatch"}},
	{"AWS::KinesisFirehose::DeliveryStream", ChangeCode, Own, []string{"firehose:UpdateDestination"}},
	{"AWS::KinesisFirehose::DeliveryStream", DeleteData, Own, []string{"firehose:DeleteDeliveryStream"}},

	{"AWS::Lambda::Function", Invoke, Own, []string{"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}},
	{"AWS::Lambda::Function", Invoke, Streams, []string{"lambda:InvokeFunction"}},
	{"AWS::Lambda::Function", ReadData, Own, []string{"lambda:GetFunction", "lambda:GetFunctionConfiguration"}},
	{"AWS::Lambda::Function", ChangeCode, Own, []string{"lambda:PublishVersion", "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"}},
	{"AWS::Lambda::Function", ChangeAccess, Own, []string{"lambda:AddPermission", "lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"}},
	{"AWS::Lambda::Function", ChangeGuard, Own, []string{"lambda:DeleteFunctionConcurrency", "lambda:PutFunctionConcurrency"}},
	{"AWS::Lambda::Function", DeleteData, Own, []string{"lambda:DeleteFunction"}},

	{"AWS::Lambda::LayerVersion", ReadData, Own, []string{"lambda:GetLayerVersion"}},
	{"AWS::Lambda::LayerVersion", ChangeAccess, Own, []string{"lambda:AddLayerVersionPermission"}},

	{"AWS::Logs::LogGroup", ReadData, Own, []string{"logs:FilterLogEvents", "logs:StartQuery", "logs:StartLiveTail"}},
	{"AWS::Logs::LogGroup", ReadData, Streams, []string{"logs:GetLogEvents"}},
	{"AWS::Logs::LogGroup", WriteData, Streams, []string{"logs:PutLogEvents"}},
	{"AWS::Logs::LogGroup", ChangeGuard, Own, []string{"logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "logs:PutSubscriptionFilter"}},
	{"AWS::Logs::LogGroup", DeleteData, Own, []string{"logs:DeleteLogGroup"}},

	{"AWS::RDS::DBCluster", ReadData, Own, []string{"rds-data:BatchExecuteStatement", "rds-data:ExecuteStatement"}},
	{"AWS::RDS::DBCluster", WriteData, Own, []string{"rds-data:BatchExecuteStatement", "rds-data:ExecuteStatement"}},
	{"AWS::RDS::DBCluster", ChangeAccess, Own, []string{"rds:ModifyDBCluster"}},
	{"AWS::RDS::DBCluster", DeleteData, Own, []string{"rds:DeleteDBCluster"}},

	{"AWS::S3::Bucket", ListData, Own, []string{"s3:ListBucket", "s3:ListBucketVersions"}},
	{"AWS::S3::Bucket", ReadData, Inside, []string{"s3:GetObject", "s3:GetObjectVersion"}},
	{"AWS::S3::Bucket", WriteData, Inside, []string{"s3:PutObject"}},
	{"AWS::S3::Bucket", DeleteData, Inside, []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}},
	{"AWS::S3::Bucket", DeleteData, Own, []string{"s3:DeleteBucket", "s3:PutLifecycleConfiguration"}},
	{"AWS::S3::Bucket", ChangeAccess, Own, []string{"s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock"}},
	{"AWS::S3::Bucket", ChangeAccess, Inside, []string{"s3:PutObjectAcl"}},
	{"AWS::S3::Bucket", ChangeGuard, Own, []string{"s3:PutBucketLogging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutReplicationConfiguration"}},
	{"AWS::S3::Bucket", Invoke, Own, []string{"s3:PutBucketNotification"}},

	{"AWS::SNS::Topic", Invoke, Own, []string{"sns:Publish"}},
	{"AWS::SNS::Topic", ReadData, Own, []string{"sns:Subscribe"}},
	{"AWS::SNS::Topic", ChangeAccess, Own, []string{"sns:AddPermission", "sns:SetTopicAttributes"}},
	{"AWS::SNS::Topic", DeleteData, Own, []string{"sns:DeleteTopic"}},

	{"AWS::SQS::Queue", ReadData, Own, []string{"sqs:ReceiveMessage"}},
	{"AWS::SQS::Queue", WriteData, Own, []string{"sqs:SendMessage"}},
	{"AWS::SQS::Queue", DeleteData, Own, []string{"sqs:DeleteMessage", "sqs:DeleteQueue", "sqs:PurgeQueue"}},
	{"AWS::SQS::Queue", ChangeAccess, Own, []string{"sqs:AddPermission", "sqs:SetQueueAttributes"}},

	{"AWS::SSM::Parameter", ReadData, Own, []string{"ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"}},
	{"AWS::SSM::Parameter", WriteData, Own, []string{"ssm:PutParameter"}},
	{"AWS::SSM::Parameter", DeleteData, Own, []string{"ssm:DeleteParameter", "ssm:DeleteParameters"}},

	{"AWS::SecretsManager::Secret", ReadData, Own, []string{"secretsmanager:GetSecretValue"}},
	{"AWS::SecretsManager::Secret", WriteData, Own, []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"}},
	{"AWS::SecretsManager::Secret", ChangeAccess, Own, []string{"secretsmanager:PutResourcePolicy"}},
	{"AWS::SecretsManager::Secret", DeleteData, Own, []string{"secretsmanager:DeleteSecret"}},

	{"AWS::StepFunctions::StateMachine", Invoke, Own, []string{"states:StartExecution", "states:StartSyncExecution"}},
	{"AWS::StepFunctions::StateMachine", ChangeCode, Own, []string{"states:UpdateStateMachine"}},
	{"AWS::StepFunctions::StateMachine", DeleteData, Own, []string{"states:DeleteStateMachine"}},
}
