package app

import (
	"slices"

	"github.com/remit-security/remit/internal/value"
)

// An owner row says which property of a type names the resource that the
// resource belongs to, and of which types that may be. The path goes through
// the elements of a list after its first key.
type owner struct {
	path  []string
	types []string
}

var (
	functionTypes = []string{"AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"}
	restAPI       = []string{"AWS::ApiGateway::RestApi"}
	httpAPI       = []string{"AWS::ApiGatewayV2::Api"}
	bucketTypes   = []string{"AWS::S3::Bucket"}
	queueTypes    = []string{"AWS::SQS::Queue"}
	topicTypes    = []string{"AWS::SNS::Topic"}
	busTypes      = []string{"AWS::Events::EventBus"}
	userPoolTypes = []string{"AWS::Cognito::UserPool"}
	graphqlTypes  = []string{"AWS::AppSync::GraphQLApi"}
	tableTypes    = []string{"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}
	roleTypes     = []string{"AWS::IAM::Role"}
	userTypes     = []string{"AWS::IAM::User"}
	groupTypes    = []string{"AWS::IAM::Group"}
	logGroupTypes = []string{"AWS::Logs::LogGroup"}
	streamTypes   = []string{"AWS::Kinesis::Stream"}
)

// owners is the table behind Children, by the type of the child.
var owners = map[string][]owner{
	"AWS::Lambda::Url":                    {{[]string{"TargetFunctionArn"}, functionTypes}},
	"AWS::Lambda::Permission":             {{[]string{"FunctionName"}, functionTypes}},
	"AWS::Lambda::EventInvokeConfig":      {{[]string{"FunctionName"}, functionTypes}},
	"AWS::Lambda::Alias":                  {{[]string{"FunctionName"}, functionTypes}},
	"AWS::Lambda::Version":                {{[]string{"FunctionName"}, functionTypes}},
	"AWS::Lambda::EventSourceMapping":     {{[]string{"FunctionName"}, functionTypes}},
	"AWS::Lambda::LayerVersionPermission": {{[]string{"LayerVersionArn"}, []string{"AWS::Lambda::LayerVersion"}}},

	"AWS::ApiGateway::Stage":            {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::Deployment":       {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::Resource":         {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::Method":           {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::Authorizer":       {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::RequestValidator": {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::Model":            {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::GatewayResponse":  {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::BasePathMapping":  {{[]string{"RestApiId"}, restAPI}},
	"AWS::ApiGateway::UsagePlan":        {{[]string{"ApiStages", "ApiId"}, restAPI}},
	"AWS::ApiGatewayV2::Stage":          {{[]string{"ApiId"}, httpAPI}},
	"AWS::ApiGatewayV2::Deployment":     {{[]string{"ApiId"}, httpAPI}},
	"AWS::ApiGatewayV2::Route":          {{[]string{"ApiId"}, httpAPI}},
	"AWS::ApiGatewayV2::Integration":    {{[]string{"ApiId"}, httpAPI}},
	"AWS::ApiGatewayV2::Authorizer":     {{[]string{"ApiId"}, httpAPI}},
	"AWS::ApiGatewayV2::ApiMapping":     {{[]string{"ApiId"}, httpAPI}},

	"AWS::S3::BucketPolicy":        {{[]string{"Bucket"}, bucketTypes}},
	"AWS::SQS::QueuePolicy":        {{[]string{"Queues"}, queueTypes}},
	"AWS::SQS::QueueInlinePolicy":  {{[]string{"Queue"}, queueTypes}},
	"AWS::SNS::TopicPolicy":        {{[]string{"Topics"}, topicTypes}},
	"AWS::SNS::TopicInlinePolicy":  {{[]string{"TopicArn"}, topicTypes}},
	"AWS::SNS::Subscription":       {{[]string{"TopicArn"}, topicTypes}},
	"AWS::Events::EventBusPolicy":  {{[]string{"EventBusName"}, busTypes}},
	"AWS::Events::Rule":            {{[]string{"EventBusName"}, busTypes}},
	"AWS::Events::Archive":         {{[]string{"SourceArn"}, busTypes}},
	"AWS::Kinesis::StreamConsumer": {{[]string{"StreamARN"}, streamTypes}},
	"AWS::Kinesis::ResourcePolicy": {{[]string{"ResourceArn"}, []string{"AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"}}},

	"AWS::Cognito::UserPoolClient":                      {{[]string{"UserPoolId"}, userPoolTypes}},
	"AWS::Cognito::UserPoolDomain":                      {{[]string{"UserPoolId"}, userPoolTypes}},
	"AWS::Cognito::UserPoolGroup":                       {{[]string{"UserPoolId"}, userPoolTypes}},
	"AWS::Cognito::UserPoolIdentityProvider":            {{[]string{"UserPoolId"}, userPoolTypes}},
	"AWS::Cognito::UserPoolResourceServer":              {{[]string{"UserPoolId"}, userPoolTypes}},
	"AWS::Cognito::UserPoolRiskConfigurationAttachment": {{[]string{"UserPoolId"}, userPoolTypes}},
	"AWS::Cognito::IdentityPoolRoleAttachment":          {{[]string{"IdentityPoolId"}, []string{"AWS::Cognito::IdentityPool"}}},

	"AWS::AppSync::GraphQLSchema":         {{[]string{"ApiId"}, graphqlTypes}},
	"AWS::AppSync::DataSource":            {{[]string{"ApiId"}, graphqlTypes}},
	"AWS::AppSync::Resolver":              {{[]string{"ApiId"}, graphqlTypes}},
	"AWS::AppSync::FunctionConfiguration": {{[]string{"ApiId"}, graphqlTypes}},
	"AWS::AppSync::ApiKey":                {{[]string{"ApiId"}, graphqlTypes}},
	"AWS::AppSync::ApiCache":              {{[]string{"ApiId"}, graphqlTypes}},

	"AWS::SecretsManager::ResourcePolicy":         {{[]string{"SecretId"}, []string{"AWS::SecretsManager::Secret"}}},
	"AWS::SecretsManager::RotationSchedule":       {{[]string{"SecretId"}, []string{"AWS::SecretsManager::Secret"}}},
	"AWS::SecretsManager::SecretTargetAttachment": {{[]string{"SecretId"}, []string{"AWS::SecretsManager::Secret"}}},
	"AWS::KMS::Alias":                             {{[]string{"TargetKeyId"}, []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}}},
	"AWS::Logs::SubscriptionFilter":               {{[]string{"LogGroupName"}, logGroupTypes}},
	"AWS::Logs::MetricFilter":                     {{[]string{"LogGroupName"}, logGroupTypes}},

	"AWS::IAM::Policy":              {{[]string{"Roles"}, roleTypes}, {[]string{"Users"}, userTypes}, {[]string{"Groups"}, groupTypes}},
	"AWS::IAM::ManagedPolicy":       {{[]string{"Roles"}, roleTypes}, {[]string{"Users"}, userTypes}, {[]string{"Groups"}, groupTypes}},
	"AWS::IAM::RolePolicy":          {{[]string{"RoleName"}, roleTypes}},
	"AWS::IAM::UserPolicy":          {{[]string{"UserName"}, userTypes}},
	"AWS::IAM::GroupPolicy":         {{[]string{"GroupName"}, groupTypes}},
	"AWS::IAM::AccessKey":           {{[]string{"UserName"}, userTypes}},
	"AWS::IAM::UserToGroupAddition": {{[]string{"GroupName"}, groupTypes}, {[]string{"Users"}, userTypes}},
	"AWS::IAM::InstanceProfile":     {{[]string{"Roles"}, roleTypes}},

	"AWS::WAFv2::WebACLAssociation": {{[]string{"ResourceArn"}, []string{"AWS::ApiGateway::Stage", "AWS::AppSync::GraphQLApi",
		"AWS::Cognito::UserPool", "AWS::ElasticLoadBalancingV2::LoadBalancer"}}},
}

// A Child is a resource that belongs to another, with the value that says so.
type Child struct {
	*Resource
	By   *value.Value
	Sure value.Tri // Yes or Unknown
}

// Children are the resources of the types (all, without any) that belong to r:
// the policies of a bucket, the routes of an API, the permissions of a
// function. Those of a function include those of its aliases and versions.
// They come in the order of their ids, from every application of the project.
func (a *App) Children(r *Resource, types ...string) []Child {
	if r == nil {
		return nil
	}
	all := a.Project.children()[r]
	if len(types) == 0 {
		return all
	}
	var out []Child
	for _, c := range all {
		if slices.Contains(types, c.Type) {
			out = append(out, c)
		}
	}
	return out
}

func (p *Project) children() map[*Resource][]Child {
	p.childrenOnce.Do(func() {
		index := map[*Resource][]Child{}
		for _, a := range p.Apps {
			for _, r := range a.resources {
				for _, o := range owners[r.Type] {
					link(index, a, r, o)
				}
			}
		}
		p.childrenIndex = index
	})
	return p.childrenIndex
}

func link(index map[*Resource][]Child, a *App, r *Resource, o owner) {
	v := r.Get(o.path[0])
	for _, item := range v.Items() {
		item = item.Get(o.path[1:]...)
		for _, m := range a.ownersOf(item, o.types) {
			parent := m.Resource
			if n := len(index[parent]); n > 0 && index[parent][n-1].Resource == r {
				continue
			}
			if v.Kind() == value.Unresolved && len(v.Choices()) > 1 {
				m.Sure = value.Unknown
			}
			index[parent] = append(index[parent], Child{r, item, m.Sure})
		}
	}
}

// ownersOf finds the owners that a value names; of an alias or version it is
// the function.
func (a *App) ownersOf(v *value.Value, types []string) []Match {
	if len(types) > 0 && types[0] == functionTypes[0] {
		var out []Match
		for _, t := range a.FunctionsNamed(v) {
			out = append(out, Match{t.Function, t.Sure})
		}
		return out
	}
	return a.LookupAll(v, types...)
}
