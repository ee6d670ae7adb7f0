package app_test

import (
	"reflect"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// everyView makes all views of a resource; those of other types are empty.
func everyView(r *app.Resource) []any {
	return []any{
		app.AsFunction(r), app.AsFunctionURL(r), app.AsPermission(r), app.AsEventSourceMapping(r), app.AsLayer(r),
		app.AsRole(r), app.AsUser(r), app.AsGroup(r), app.AsAPI(r), app.AsStage(r), app.AsAuthorizer(r),
		app.AsBucket(r), app.AsTable(r), app.AsQueue(r), app.AsTopic(r), app.AsStream(r),
		app.AsEventBus(r), app.AsRule(r), app.AsSchedule(r), app.AsStateMachine(r),
		app.AsUserPool(r), app.AsUserPoolClient(r), app.AsIdentityPool(r), app.AsGraphQLAPI(r),
		app.AsSecret(r), app.AsStoredParameter(r), app.AsKey(r), app.AsLogGroup(r), app.AsDistribution(r),
		app.AsRepository(r),
	}
}

// viewTypes are the types that have a view, and those that are linked to them.
var viewTypes = []string{
	"AWS::Lambda::Function", "AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::LayerVersion", "AWS::Lambda::Alias",
	"AWS::Lambda::Version", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::LayerVersionPermission", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group",
	"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGateway::Method", "AWS::ApiGateway::Resource",
	"AWS::ApiGateway::Authorizer", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::UsagePlan", "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage",
	"AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Authorizer", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
	"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::RDS::DBInstance", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SNS::Topic",
	"AWS::SNS::Subscription", "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream", "AWS::Events::EventBus", "AWS::Events::EventBusPolicy",
	"AWS::Events::Rule", "AWS::Events::Connection", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe", "AWS::StepFunctions::StateMachine", "AWS::Cognito::UserPool",
	"AWS::Cognito::UserPoolClient", "AWS::Cognito::IdentityPool", "AWS::Cognito::IdentityPoolRoleAttachment", "AWS::AppSync::GraphQLApi",
	"AWS::AppSync::DataSource", "AWS::AppSync::Resolver", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::KMS::Key", "AWS::Logs::LogGroup",
	"AWS::Logs::SubscriptionFilter", "AWS::CloudFront::Distribution", "AWS::EC2::VPCEndpoint", "AWS::ECR::Repository", "AWS::CodeBuild::Project",
	"AWS::ECS::TaskDefinition", "AWS::IoT::TopicRule", "AWS::SES::ReceiptRule", "AWS::CloudFormation::CustomResource", "AWS::WAFv2::WebACLAssociation",
}

// keys are properties that views look into, so that what stands there has a
// chance to be of the wrong kind.
var keys = []string{
	"FunctionName", "TargetFunctionArn", "EventSourceArn", "Role", "Environment", "Policies", "ManagedPolicyArns", "Roles", "Body", "Definition",
	"DefinitionString", "DefinitionSubstitutions", "NotificationConfiguration", "PublicAccessBlockConfiguration", "OwnershipControls", "BucketEncryption",
	"Targets", "Target", "LambdaConfig", "Subscription", "RedrivePolicy", "RestApiId", "ApiId", "ResourceId", "ParentId", "AuthorizerId", "AuthorizationType",
	"MethodSettings", "RouteSettings", "ApiStages", "DistributionConfig", "Replicas", "Statement", "PolicyDocument", "Principal", "TopicRulePayload", "Rule",
	"RoleMappings", "CognitoIdentityProviders", "RouteKey", "Integration", "Uri", "IntegrationUri", "Path", "Queues", "Bucket", "EventBusName", "Topics",
	"AdditionalAuthenticationProviders", "ContainerDefinitions", "TopicArn", "Endpoint", "Source", "ResourceArn", "Permissions", "Layers", "Groups",
}

// TestHostileProperties asks every view everything of resources whose
// properties are of any kind, absent and unresolved included.
func TestHostileProperties(t *testing.T) {
	at := source.Span{File: "t.yml", Line: 3, Column: 1, EndLine: 3, EndColumn: 2}
	text := value.NewText(value.Concat(value.Lit("arn:aws:"), value.Hole("x"), value.Lit(":a/b/${stageVariables.y}")), at)
	whole := value.NewRef(value.Hole("r"), at, value.Ref{Resource: "t.yml/R0", Attr: "Arn"})
	fields := func(v *value.Value) *value.Value {
		return value.NewMap([]value.Field{{Key: "paths", KeySpan: at, Value: v}, {Key: "get", KeySpan: at, Value: v}, {Key: "Rules", KeySpan: at, Value: v}}, at)
	}
	for name, v := range map[string]*value.Value{
		"nil":          nil,
		"absent":       value.NewAbsent(at),
		"null":         value.NewNull(at),
		"bool":         value.NewBool(true, at),
		"number":       value.NewNumber("12", at),
		"text":         text,
		"empty":        value.NewText(value.Text{}, at),
		"reference":    whole,
		"list":         value.NewList([]*value.Value{text, whole, nil, value.NewNull(at)}, at),
		"map":          fields(text),
		"nested":       fields(fields(value.NewList([]*value.Value{fields(whole)}, at))),
		"unresolved":   value.NewUnresolved("why", at, nil),
		"choices":      value.NewUnresolved("why", at, nil, value.NewAbsent(at), text, fields(whole), value.NewList([]*value.Value{whole}, at)),
		"no choice":    value.NewUnresolved("why", at, nil, value.NewAbsent(at)),
		"list of list": value.NewList([]*value.Value{value.NewList([]*value.Value{whole}, at)}, at),
	} {
		var all []value.Field
		for _, key := range keys {
			all = append(all, value.Field{Key: key, KeySpan: at, Value: v})
		}
		for _, props := range []*value.Value{v, value.NewMap(all, at)} {
			a := oneOfEach(props, at)
			for _, r := range append(a.Resources(), nil) {
				ask(t, name, a, r)
			}
		}
	}
}

func oneOfEach(props *value.Value, at source.Span) *app.App {
	b := app.NewBuilder()
	var list []*app.Resource
	for i, typ := range viewTypes {
		id := "R" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		if i == 0 {
			id = "R0"
		}
		list = append(list, &app.Resource{ID: "t.yml/" + id, LogicalID: id, Type: typ, Span: at, Props: props, Name: value.Lit("n"), Exists: value.Yes})
	}
	b.App(&app.App{ID: "t.yml", Root: "t.yml"}, list)
	return b.Freeze().Apps[0]
}

// ask calls everything that a resource's views answer without arguments.
func ask(t *testing.T, name string, a *app.App, r *app.Resource) {
	t.Helper()
	if r != nil {
		_, _ = r.ARN(), a.WebACLs(r)
		for _, p := range a.PolicyDocumentsOn(r) {
			if p.Document.Exists() == value.No {
				t.Errorf("%s: %s has a policy without a document", name, r.Type)
			}
		}
	}
	for _, view := range everyView(r) {
		v := reflect.ValueOf(view)
		for i := range v.NumMethod() {
			m := v.Method(i)
			if m.Type().NumIn() > 0 || v.Type().Method(i).Name == "Label" && r == nil {
				continue
			}
			if v.Field(0).IsNil() && promoted(v.Type().Method(i).Name) {
				continue
			}
			for _, out := range m.Call(nil) {
				if got, ok := out.Interface().(*value.Value); ok && got.IsDefault() && got.Span().IsZero() {
					t.Errorf("%s: %s.%s of %s has a default without a span", name, v.Type(), v.Type().Method(i).Name, r.Type)
				}
			}
		}
	}
	_ = a.Entries(app.AsFunction(r))
	_, _ = a.RoleOf(app.AsFunction(r))
	_, _ = a.Routes(), a.Subscriptions()
}

// promoted reports whether a method is the resource's own.
func promoted(method string) bool {
	_, ok := reflect.TypeFor[*app.Resource]().MethodByName(method)
	return ok
}
