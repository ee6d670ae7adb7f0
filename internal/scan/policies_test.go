package scan

import (
	"strings"
	"testing"
)

// What is wrong in a policy is reported once, where it stands, and names the
// resource that holds it.
func TestPolicyProblems(t *testing.T) {
	r := scanText(t, `
-- template.yaml --
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: lambda.amazonaws.com, Action: sts:AssumeRole}
      Policies:
        - PolicyName: one
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: allow, Action: "s3:GetObject", Resource: "*"}
              - {Effect: Allow, Action: "s3:GetObject", Resource: orders}
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Role]
      Users: [someone]
      PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}'
  Bucket: {Type: AWS::S3::Bucket}
  Guard:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: no policy
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: api
      Policy:
        Statement: {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*"}
`)
	got := problems(r.Report)
	for _, want := range []string{
		`template.yaml:7:40: template.yaml/Role: policy: statement 1: Principal "lambda.amazonaws.com" is not valid; write "*" or a map such as {"AWS": …}`,
		`template.yaml:13:26: template.yaml/Role: policy: statement 1: Effect "allow" is neither Allow nor Deny`,
		`template.yaml:14:67: template.yaml/Role: policy: statement 2: Resource "orders" is not an ARN`,
		`template.yaml:20:23: template.yaml/Shared: policy: statement 1: has neither Resource nor NotResource`,
		`template.yaml:26:23: template.yaml/Guard: policy: not valid JSON`,
	} {
		if strings.Count(got, want) != 1 {
			t.Errorf("want once: %s", want)
		}
	}
	if n := strings.Count(got, "policy: "); n != 5 || t.Failed() {
		t.Errorf("%d problems of policies:\n%s", n, got)
	}
}
