package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// The page that decides is the one on blocking public access unless a case
// names another.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func TestPublic(t *testing.T) {
	own := value.Hole("AWS::AccountId")
	for _, tc := range []struct {
		name, kind, statement string
		want                  string
	}{
		{"star", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, "anyone yes s3:GetObject"},
		{"typed star", "AWS::S3::Bucket", `"Principal":{"AWS":"*"},"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"`, "anyone yes s3:GetObject,s3:PutObject"},
		{"all actions", "AWS::SQS::Queue", `"Principal":"*","Action":"sqs:*","Resource":"*"`, "anyone yes sqs:*"},
		{"organisation", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}`, ""},
		{"organisation, if it exists", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}`, "anyone yes s3:GetObject"},
		{"one key", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:eu-west-1:111122223333:key/k"}}`, ""},
		{"canned ACL", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}`, "anyone yes s3:PutObject chosen=s3:x-amz-acl"},
		{"tagged objects", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/public":"yes"}}`, "anyone unknown s3:GetObject hinges=s3:ExistingObjectTag/public"},
		{"narrow address", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, ""},
		{"any address", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`, "anyone yes s3:GetObject"},
		{"endpoint", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, ""},
		{"not endpoint denied", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`, ""},
		{"plain transport denied", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`, "anyone yes s3:GetObject chosen=aws:SecureTransport"},
		{"referer is chosen", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"aws:Referer":"https://example.com/*"}}`, "anyone yes s3:GetObject chosen=aws:Referer"},
		{"topic may send", "AWS::SQS::Queue", `"Principal":"*","Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-west-1:111122223333:t"}}`, ""},
		{"any topic may send", "AWS::SQS::Queue", `"Principal":"*","Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`, "a service on anybody's behalf yes sqs:SendMessage"},
		{"not principal", "AWS::SNS::Topic", `"NotPrincipal":{"AWS":"111122223333"},"Action":"sns:Publish","Resource":"*"`, "anyone yes sns:Publish"},
		{"named account", "AWS::SNS::Topic", `"Principal":{"AWS":"111122223333"},"Action":"sns:Publish","Resource":"*"`, "another account unknown sns:Publish open=Account"},
		{"own account", "AWS::SNS::Topic", `"Principal":{"AWS":"111122223333"},"Action":"sns:Publish","Resource":"*" OWN`, ""},
		// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
		{"origin access identity", "AWS::S3::Bucket", `"Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},"Action":"s3:GetObject","Resource":"*"`, ""},
		{"origin access control", "AWS::S3::Bucket", `"Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}`, ""},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
		{"service", "AWS::SNS::Topic", `"Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*"`, "a service on anybody's behalf yes sns:Publish"},
		{"service for one account", "AWS::SNS::Topic", `"Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`, ""},
		{"service for one bucket", "AWS::SNS::Topic", `"Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::my-bucket"}}`, ""},
		{"service for any bucket", "AWS::SNS::Topic", `"Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}`, "a service on anybody's behalf yes sns:Publish"},
		{"service for any rule", "AWS::SQS::Queue", `"Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:events:*:*:rule/nightly"}}`, "a service on anybody's behalf unknown sqs:SendMessage hinges=aws:SourceArn"},
		{"service for our rules", "AWS::SQS::Queue", `"Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:events:*:111122223333:rule/*"}}`, ""},
		// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
		{"key by caller account", "AWS::KMS::Key", `"Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}`, ""},
		{"key for all", "AWS::KMS::Key", `"Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"`, "any AWS account yes kms:*"},
		// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
		{"function url", "AWS::Lambda::Function", `"Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"*","Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}`, "anyone yes lambda:InvokeFunctionUrl"},
		{"function url for signed requests", "AWS::Lambda::Function", `"Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"*","Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}}`, "any AWS account yes lambda:InvokeFunctionUrl chosen=lambda:FunctionUrlAuthType"},
		{"by user id", "AWS::S3::Bucket", `"Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"aws:userid":"AROAEXAMPLEEXAMPLE12:*"}}`, ""},
		{"function by its url", "AWS::Lambda::Function", `"Principal":"*","Action":"lambda:InvokeFunction","Resource":"*","Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}`, ""},
		// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
		{"api, some addresses denied", "AWS::ApiGateway::RestApi", `"Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"},{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, "anyone yes execute-api:Invoke"},
		{"api, all but some addresses denied", "AWS::ApiGateway::RestApi", `"Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"},{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, ""},
		{"endpoint of a subscription", "AWS::SNS::Topic", `"Principal":"*","Action":"sns:Subscribe","Resource":"*","Condition":{"StringLike":{"sns:Endpoint":"*@example.com"}}`, ""},
		{"a stranger's own tags", "AWS::SNS::Topic", `"Principal":"*","Action":"sns:Publish","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}`, "any AWS account yes sns:Publish chosen=aws:PrincipalTag/team"},
		{"function", "AWS::Lambda::Function", `"Principal":"*","Action":"lambda:InvokeFunction","Resource":"*"`, "any AWS account yes lambda:InvokeFunction"},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
		{"any repository", "AWS::IAM::Role", `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}`, "any identity of the provider yes sts:AssumeRoleWithWebIdentity chosen=token.actions.githubusercontent.com:aud"},
		{"one organisation's repositories", "AWS::IAM::Role", `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/*"}}`, ""},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
		{"role for a service", "AWS::IAM::Role", `"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"`, ""},
		{"role for all", "AWS::IAM::Role", `"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`, "any AWS account yes sts:AssumeRole"},
		{"external id", "AWS::IAM::Role", `"Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}`, "another account unknown sts:AssumeRole open=Account chosen=sts:ExternalId"},
	} {
		owner := own
		text, isOwn := strings.CutSuffix(tc.statement, " OWN")
		if isOwn {
			owner = value.Lit("111122223333")
		}
		p := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+text+`}]}`)
		var got []string
		for _, e := range Public(p, tc.kind, owner) {
			s := fmt.Sprintf("%s %s %s", e.Who, e.Holds, strings.Join(e.Actions, ","))
			if len(e.Hinges) > 0 {
				s += " hinges=" + strings.Join(e.Hinges, ",")
			}
			if len(e.Open) > 0 {
				s += " open=" + strings.Join(e.Open, ",")
			}
			if len(e.Chosen) > 0 {
				s += " chosen=" + strings.Join(e.Chosen, ",")
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "; "); g != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, g, tc.want)
		}
	}
}

// A principal whose ARN is known in part is nobody but the one with the ARN: of
// another account unless the account is the owner's.
func TestPublicPartlyKnown(t *testing.T) {
	own := value.Hole("AWS::AccountId")
	arn := func(account value.Text) *value.Value {
		at := source.Span{File: "t", Line: 1, Column: 1}
		text := value.Concat(value.Lit("arn:aws:"), value.Hole("service"), value.Lit("::"), account, value.Lit(":"), value.Hole("caller"))
		field := func(k string, v *value.Value) value.Field { return value.Field{Key: k, KeySpan: at, Value: v} }
		lit := func(s string) *value.Value { return value.NewText(value.Lit(s), at) }
		statement := value.NewMap([]value.Field{field("Effect", lit("Allow")), field("Action", lit("sts:AssumeRole")),
			field("Principal", value.NewMap([]value.Field{field("AWS", value.NewText(text, at))}, at))}, at)
		return value.NewMap([]value.Field{field("Version", lit("2012-10-17")), field("Statement", statement)}, at)
	}
	for _, tc := range []struct {
		account value.Text
		want    string
	}{
		{own, "[]"},
		{value.Lit("444455556666"), "[another account unknown]"},
		{value.Hole("var.other"), "[another account unknown]"},
	} {
		doc, problems := policy.Parse(arn(tc.account))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		got := []string{}
		for _, e := range Public(Compile(doc), "AWS::IAM::Role", own) {
			got = append(got, fmt.Sprintf("%s %s", e.Who, e.Holds))
		}
		if fmt.Sprint(got) != tc.want {
			t.Errorf("%s: got %v, want %s", tc.account, got, tc.want)
		}
	}
}
