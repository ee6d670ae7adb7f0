package app

// namings is the table of names, by type. Source: "Return values" and the
// naming property on each type's page of
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
var namings = map[string]naming{
	// Lambda
	"AWS::Lambda::Function": {name: "FunctionName", ref: "${N}", arn: "arn:${P}:lambda:${R}:${A}:function:${N}",
		attrs: map[string]string{"SnapStartResponse.ApplyOn": "${!SnapStart}"}},
	"AWS::Lambda::LayerVersion": {name: "LayerName", ref: "${ARN}", arn: "arn:${P}:lambda:${R}:${A}:layer:${N}:${!Version}",
		attrs: map[string]string{"LayerVersionArn": "${ARN}"}},

	// Storage
	"AWS::S3::Bucket": {name: "BucketName", form: lowercase, ref: "${N}", arn: "arn:${P}:s3:::${N}",
		attrs: map[string]string{"DomainName": "${N}.s3.${U}", "RegionalDomainName": "${N}.s3.${R}.${U}",
			"DualStackDomainName": "${N}.s3.dualstack.${R}.${U}", "WebsiteURL": "http://${N}.s3-website-${R}.${U}"}},
	"AWS::DynamoDB::Table": {name: "TableName", ref: "${N}", arn: "arn:${P}:dynamodb:${R}:${A}:table/${N}",
		attrs: map[string]string{"StreamArn": "${ARN}/stream/${!Stream}"}},
	"AWS::DynamoDB::GlobalTable": {name: "TableName", ref: "${N}", arn: "arn:${P}:dynamodb:${R}:${A}:table/${N}",
		attrs: map[string]string{"StreamArn": "${ARN}/stream/${!Stream}", "TableId": "${!TableId}"}},

	// Messaging
	"AWS::SQS::Queue": {name: "QueueName", ref: "https://sqs.${R}.${U}/${A}/${N}", arn: "arn:${P}:sqs:${R}:${A}:${N}",
		attrs: map[string]string{"QueueName": "${N}", "QueueUrl": "https://sqs.${R}.${U}/${A}/${N}"}},
	"AWS::SNS::Topic": {name: "TopicName", ref: "${ARN}", arn: "arn:${P}:sns:${R}:${A}:${N}",
		attrs: map[string]string{"TopicArn": "${ARN}", "TopicName": "${N}"}},

	// Identity
	"AWS::IAM::Role": {name: "RoleName", ref: "${N}", arn: "arn:${P}:iam::${A}:role${Path=/}${N}",
		attrs: map[string]string{"RoleId": "${!RoleId}"}},
}
