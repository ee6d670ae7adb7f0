package sls

import (
	"strings"
	"testing"
)

// TestVersion4 reads what only version 4 of the framework has: params of
// stages, resolvers, and roles of single functions. Its program needs a
// licence, so that this is held against its documentation and not its output.
// https://www.serverless.com/framework/docs/providers/aws/guide/iam
func TestVersion4(t *testing.T) {
	const service = `
service: four
frameworkVersion: ^4.4.0
stages:
  default:
    params: {size: small}
    observability: false
  live:
    params: {size: large}
    resolvers: {keeper: {type: vault}}
provider:
  name: aws
  runtime: nodejs22.x
  iam:
    role:
      mode: perFunction
      path: /four/
      managedPolicies: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
      statements: [{Effect: Allow, Action: "s3:ListBucket", Resource: "*"}]
build: {esbuild: {minify: true}}
functions:
  a:
    handler: a.a
    environment: {SIZE: "${param:size}", SECRET: "${keeper:secret/x}"}
    events:
      - sqs: arn:aws:sqs:us-east-1:111122223333:q
      - schedule: {rate: ["rate(1 hour)"], method: scheduler}
  b:
    handler: a.b
    iam:
      inheritStatements: false
      role: {name: b-role, statements: [{Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}]}
  c: {handler: a.c, role: "arn:aws:iam::111122223333:role/there"}
`
	r := compileText(t, service, Options{Parameters: map[string]string{"stage": "live"}})
	if len(r.Problems) > 0 {
		t.Errorf("problems %s", problemText(r))
	}
	got := strings.Join(facts(t, r.Doc), "\n")
	for _, want := range []string{
		`AIamRoleLambdaExecution.RoleName "four-live-a-${AWS::Region}-lambdaRole"`,
		`AIamRoleLambdaExecution.Path "/four/"`,
		`AIamRoleLambdaExecution.ManagedPolicyArns ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]`,
		`AIamRoleLambdaExecution.allow s3:ListBucket on "*"`,
		`AIamRoleLambdaExecution.allow sqs:ReceiveMessage on "arn:aws:sqs:us-east-1:111122223333:q"`,
		`AIamRoleLambdaExecution.allow lambda:InvokeFunction on "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:four-live-a"`,
		`"Service":["lambda.amazonaws.com","scheduler.amazonaws.com"]`,
		`ALambdaFunction.Role "${AIamRoleLambdaExecution.Arn}"`,
		`ALambdaFunction.Environment {"Variables":{"SECRET":"${keeper:secret/x}","SIZE":"large"}}`,
		`BIamRoleLambdaExecution.RoleName "b-role"`,
		`BIamRoleLambdaExecution.allow dynamodb:GetItem on "*"`,
		`CLambdaFunction.Role "arn:aws:iam::111122223333:role/there"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, not := range []string{"BIamRoleLambdaExecution.allow s3:ListBucket", "\nIamRoleLambdaExecution ", "CIamRole", "ServerlessDeploymentBucket "} {
		if strings.Contains(got, not) {
			t.Errorf("%s in\n%s", not, got)
		}
	}
}

// TestSelectedRoles: without perFunction only functions with statements of
// their own have a role of their own.
func TestSelectedRoles(t *testing.T) {
	r := compileText(t, `
service: four
frameworkVersion: "4"
provider: {name: aws, runtime: nodejs22.x, iam: {role: {statements: [{Effect: Allow, Action: "s3:ListBucket", Resource: "*"}]}}}
functions:
  a: {handler: a.a, iam: {inheritStatements: true, role: {managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}}}
  b: {handler: a.b}
  c: {handler: a.c, iamRoleStatements: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}
`, Options{})
	if len(r.Problems) > 0 {
		t.Errorf("problems %s", problemText(r))
	}
	got := strings.Join(facts(t, r.Doc), "\n")
	for _, want := range []string{
		`ALambdaFunction.Role "${AIamRoleLambdaExecution.Arn}"`, `BLambdaFunction.Role "${IamRoleLambdaExecution.Arn}"`,
		`CLambdaFunction.Role "${CIamRoleLambdaExecution.Arn}"`, `AIamRoleLambdaExecution.allow s3:ListBucket`, `CIamRoleLambdaExecution.allow s3:GetObject`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
