package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// sized is an application of n functions, each with a role, a queue, a bucket,
// a rule, a route and their permissions.
func sized(n int) string {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}\n")
	for i := range n {
		fmt.Fprintf(&b, `  F%[1]d: {Type: AWS::Lambda::Function, Properties: {FunctionName: f%[1]d, Role: !GetAtt R%[1]d.Arn, Code: {ZipFile: x}}}
  R%[1]d: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}, ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}}
  P%[1]d: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [!Ref R%[1]d], PolicyDocument: {Statement: []}}}
  Q%[1]d: {Type: AWS::SQS::Queue, Properties: {QueueName: q%[1]d}}
  M%[1]d: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: f%[1]d, EventSourceArn: !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:q%[1]d'}}
  B%[1]d: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:*', Function: !GetAtt F%[1]d.Arn}]}}}
  E%[1]d: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !GetAtt F%[1]d.Arn}]}}
  I%[1]d: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F%[1]d.Arn}}
  W%[1]d: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'GET /%[1]d', Target: !Sub 'integrations/${I%[1]d}'}}
  L%[1]d: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F%[1]d, Action: 'lambda:InvokeFunction', Principal: events.amazonaws.com, SourceArn: !GetAtt E%[1]d.Arn}}
`, i)
	}
	return b.String()
}

// BenchmarkEntries links an application and finds all entries, roles and
// policies; the cost must grow with the number of resources.
func BenchmarkEntries(b *testing.B) {
	for _, n := range []int{25, 100, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			loaded := open(b, sized(n))
			b.ReportAllocs()
			for b.Loop() {
				a := again(loaded)
				found := 0
				for f := range a.Functions() {
					found += len(a.Entries(f))
					role, _ := a.RoleOf(f)
					found += len(role.Policies())
				}
				if found != 6*n {
					b.Fatalf("%d found, want %d", found, 6*n)
				}
			}
		})
	}
}

// BenchmarkManyRoutes finds the entries of one function behind many routes,
// each with a permission of its own: both are compared with each other.
func BenchmarkManyRoutes(b *testing.B) {
	for _, n := range []int{25, 100, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s strings.Builder
			s.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}\n" +
				"  F: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}\n" +
				"  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn}}\n")
			for i := range n {
				fmt.Fprintf(&s, `  W%[1]d: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: 'GET /r%[1]d/{id}', Target: !Sub 'integrations/${I}'}}
  P%[1]d: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: 'lambda:InvokeFunction', Principal: apigateway.amazonaws.com, SourceArn: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/r%[1]d/*'}}
`, i)
			}
			loaded := open(b, s.String())
			b.ReportAllocs()
			for b.Loop() {
				a := again(loaded)
				f := app.AsFunction(get(b, a, "F"))
				if got := len(a.Entries(f)); got != n {
					b.Fatalf("%d entries, want %d", got, n)
				}
			}
		})
	}
}

// again builds the application anew from its resources.
func again(old *app.App) *app.App {
	b := app.NewBuilder()
	a := &app.App{ID: old.ID, Root: old.Root, Place: old.Place}
	var copies []*app.Resource
	for _, r := range old.Resources() {
		c := *r
		copies = append(copies, &c)
	}
	b.App(a, copies)
	b.Freeze()
	return a
}

// BenchmarkLookup finds a queue by its name among many.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{25, 100, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a := open(b, sized(n))
			v := value.NewText(value.Lit("q7"), a.Resources()[0].Span)
			b.ReportAllocs()
			for b.Loop() {
				if r, _ := a.Lookup(v, "AWS::SQS::Queue"); r == nil {
					b.Fatal("not found")
				}
			}
		})
	}
}
