package catalogue

import (
	"slices"
	"strings"
)

// Effect is what an action does to a resource.
type Effect uint8

// The effects. One action may stand under several.
const (
	ReadData       Effect = iota + 1 // returns the data itself
	ReadSettings                     // returns the configuration, with what stands in it
	WriteData                        // adds or changes data, sends a message, starts an execution
	DeleteData                       // destroys data or the resource
	Invoke                           // runs the resource's code with an event of the caller's
	ChangeCode                       // replaces the code that runs
	ChangeSettings                   // changes what runs, or where data goes, by configuration
	ChangeAccess                     // changes who may use the resource
)

var effectNames = [...]string{"", "read", "read settings", "write", "delete", "invoke", "change code", "change settings", "change access"}

func (e Effect) String() string { return effectNames[e] }

// Form is what an action's ARN adds to the resource's own, before a name of
// the caller's choice.
type Form string

// The forms in use.
const (
	Own     Form = ""        // the resource itself
	Inside  Form = "/"       // objects of a bucket
	Index   Form = "/index/" // indexes of a table
	Streams Form = ":"       // log streams of a group
	AnyForm Form = "*"       // the action has no resource level
)

// A DataAction says which actions have an effect on a type of resource.
type DataAction struct {
	Type   string // CloudFormation type
	Effect Effect
	Form   Form
	// Key is what of the resource's customer managed key, if it has one, must
	// be allowed besides: ReadData for decryption, WriteData for data keys, 0
	// for nothing.
	Key Effect
	// Actions have the effect each by itself; the usual ones come first.
	Actions []string
}

// Effects returns what actions do to resources of a CloudFormation type.
//
// Sources: the service authorization reference, one page a service
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html),
// and for keys the pages on encryption at rest of each service's guide.
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
	{"AWS::Cognito::UserPool", ReadData, Own, 0, []string{"cognito-idp:ListUsers", "cognito-idp:AdminGetUser"}},
	{"AWS::Cognito::UserPool", WriteData, Own, 0, []string{"cognito-idp:AdminSetUserPassword", "cognito-idp:AdminUpdateUserAttributes", "cognito-idp:AdminCreateUser", "cognito-idp:AdminAddUserToGroup"}},
	{"AWS::Cognito::UserPool", DeleteData, Own, 0, []string{"cognito-idp:AdminDeleteUser", "cognito-idp:DeleteUserPool"}},
	{"AWS::Cognito::UserPool", ChangeAccess, Own, 0, []string{"cognito-idp:UpdateUserPool"}},

	{"AWS::DynamoDB::GlobalTable", ReadData, Own, ReadData, []string{"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:PartiQLSelect", "dynamodb:ExportTableToPointInTime"}},
	{"AWS::DynamoDB::GlobalTable", ReadData, Index, ReadData, []string{"dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"}},
	{"AWS::DynamoDB::GlobalTable", WriteData, Own, ReadData, []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"}},
	{"AWS::DynamoDB::GlobalTable", DeleteData, Own, 0, []string{"dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"}},
	{"AWS::DynamoDB::GlobalTable", ChangeAccess, Own, 0, []string{"dynamodb:PutResourcePolicy"}},

	{"AWS::DynamoDB::Table", ReadData, Own, ReadData, []string{"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:PartiQLSelect", "dynamodb:ExportTableToPointInTime"}},
	{"AWS::DynamoDB::Table", ReadData, Index, ReadData, []string{"dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"}},
	{"AWS::DynamoDB::Table", WriteData, Own, ReadData, []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"}},
	{"AWS::DynamoDB::Table", DeleteData, Own, 0, []string{"dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"}},
	{"AWS::DynamoDB::Table", ChangeAccess, Own, 0, []string{"dynamodb:PutResourcePolicy"}},

	{"AWS::ECR::Repository", WriteData, Own, 0, []string{"ecr:PutImage"}},
	{"AWS::ECR::Repository", ChangeAccess, Own, 0, []string{"ecr:SetRepositoryPolicy"}},

	{"AWS::Events::EventBus", WriteData, Own, 0, []string{"events:PutEvents"}},
	{"AWS::Events::EventBus", ChangeAccess, AnyForm, 0, []string{"events:PutPermission"}},

	{"AWS::KMS::Key", ReadData, Own, 0, []string{"kms:Decrypt"}},
	{"AWS::KMS::Key", WriteData, Own, 0, []string{"kms:GenerateDataKey"}},
	{"AWS::KMS::Key", DeleteData, Own, 0, []string{"kms:ScheduleKeyDeletion", "kms:DisableKey"}},
	{"AWS::KMS::Key", ChangeAccess, Own, 0, []string{"kms:PutKeyPolicy", "kms:CreateGrant"}},

	{"AWS::Kinesis::Stream", ReadData, Own, ReadData, []string{"kinesis:GetRecords", "kinesis:SubscribeToShard"}},
	{"AWS::Kinesis::Stream", WriteData, Own, WriteData, []string{"kinesis:PutRecord", "kinesis:PutRecords"}},
	{"AWS::Kinesis::Stream", DeleteData, Own, 0, []string{"kinesis:DeleteStream"}},
	{"AWS::Kinesis::Stream", ChangeAccess, Own, 0, []string{"kinesis:PutResourcePolicy"}},

	{"AWS::KinesisFirehose::DeliveryStream", WriteData, Own, 0, []string{"firehose:PutRecord", "firehose:PutRecordBatch"}},
	{"AWS::KinesisFirehose::DeliveryStream", ChangeSettings, Own, 0, []string{"firehose:UpdateDestination"}},

	{"AWS::Lambda::Function", ChangeCode, Own, 0, []string{"lambda:UpdateFunctionCode", "lambda:AddPermission"}},
	{"AWS::Lambda::Function", Invoke, Own, 0, []string{"lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:AddPermission"}},
	{"AWS::Lambda::Function", ReadSettings, Own, 0, []string{"lambda:GetFunctionConfiguration", "lambda:GetFunction"}},
	{"AWS::Lambda::Function", ChangeSettings, Own, 0, []string{"lambda:UpdateFunctionConfiguration"}},
	{"AWS::Lambda::Function", DeleteData, Own, 0, []string{"lambda:DeleteFunction"}},

	{"AWS::Logs::LogGroup", ReadData, Streams, 0, []string{"logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"}},
	{"AWS::Logs::LogGroup", DeleteData, Own, 0, []string{"logs:DeleteLogGroup"}},

	{"AWS::RDS::DBCluster", ReadData, Own, 0, []string{"rds-data:ExecuteStatement"}},
	{"AWS::RDS::DBCluster", WriteData, Own, 0, []string{"rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"}},
	{"AWS::RDS::DBCluster", DeleteData, Own, 0, []string{"rds:DeleteDBCluster"}},
	{"AWS::RDS::DBCluster", ChangeAccess, Own, 0, []string{"rds:ModifyDBCluster"}},

	{"AWS::RDS::DBInstance", DeleteData, Own, 0, []string{"rds:DeleteDBInstance"}},
	{"AWS::RDS::DBInstance", ChangeAccess, Own, 0, []string{"rds:ModifyDBInstance"}},

	{"AWS::S3::Bucket", ReadData, Inside, ReadData, []string{"s3:GetObject", "s3:GetObjectVersion"}},
	{"AWS::S3::Bucket", WriteData, Inside, WriteData, []string{"s3:PutObject"}},
	{"AWS::S3::Bucket", DeleteData, Inside, 0, []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}},
	{"AWS::S3::Bucket", ChangeAccess, Own, 0, []string{"s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketAcl", "s3:PutReplicationConfiguration"}},

	{"AWS::SNS::Topic", ReadData, Own, 0, []string{"sns:Subscribe"}},
	{"AWS::SNS::Topic", WriteData, Own, 0, []string{"sns:Publish"}},
	{"AWS::SNS::Topic", DeleteData, Own, 0, []string{"sns:DeleteTopic"}},
	{"AWS::SNS::Topic", ChangeAccess, Own, 0, []string{"sns:AddPermission", "sns:SetTopicAttributes"}},

	{"AWS::SQS::Queue", ReadData, Own, ReadData, []string{"sqs:ReceiveMessage"}},
	{"AWS::SQS::Queue", WriteData, Own, ReadData, []string{"sqs:SendMessage"}},
	{"AWS::SQS::Queue", DeleteData, Own, 0, []string{"sqs:PurgeQueue", "sqs:DeleteQueue"}},
	{"AWS::SQS::Queue", ChangeAccess, Own, 0, []string{"sqs:SetQueueAttributes", "sqs:AddPermission"}},

	{"AWS::SSM::Parameter", ReadData, Own, 0, []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"}},
	{"AWS::SSM::Parameter", WriteData, Own, 0, []string{"ssm:PutParameter"}},
	{"AWS::SSM::Parameter", DeleteData, Own, 0, []string{"ssm:DeleteParameter", "ssm:DeleteParameters"}},

	{"AWS::SecretsManager::Secret", ReadData, Own, ReadData, []string{"secretsmanager:GetSecretValue"}},
	{"AWS::SecretsManager::Secret", WriteData, Own, ReadData, []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"}},
	{"AWS::SecretsManager::Secret", DeleteData, Own, 0, []string{"secretsmanager:DeleteSecret"}},
	{"AWS::SecretsManager::Secret", ChangeAccess, Own, 0, []string{"secretsmanager:PutResourcePolicy"}},

	{"AWS::StepFunctions::StateMachine", WriteData, Own, 0, []string{"states:StartExecution", "states:StartSyncExecution"}},
	{"AWS::StepFunctions::StateMachine", ChangeSettings, Own, 0, []string{"states:UpdateStateMachine"}},
	{"AWS::StepFunctions::StateMachine", DeleteData, Own, 0, []string{"states:DeleteStateMachine"}},
}

// Unsigned tells whether the action's service answers requests without a
// signature where the resource's policy lets everybody in. The others ask for
// credentials, of whatever account.
func Unsigned(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	switch service {
	case "s3", "sqs", "sns", "execute-api", "es":
		return true
	}
	return false
}
