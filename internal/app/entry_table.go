package app

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A feed row says where resources of a type name functions that they call.
// Paths follow keys with dots; "[]" goes into the elements of a list, and "*"
// into every value of a map.
type feed struct {
	kind EntryKind
	path string
	// source is the property that names what sends the events; empty where
	// the resource itself does. types are what it may be.
	source string
	types  []string
	// via and filter are paths; with a leading dot from the list element.
	via, filter string
}

// feeds is the table behind Entries, by type. What needs more than a path
// (routes, mappings, rules, triggers, state machines, resolvers) is in
// entrySpecial.
var feeds = map[string][]feed{
	"AWS::Lambda::Url":              {{kind: EntryURL, path: "TargetFunctionArn", via: "AuthType"}},
	"AWS::SNS::Subscription":        {{kind: EntryTopic, path: "Endpoint", source: "TopicArn", types: topicTypes, filter: "FilterPolicy"}},
	"AWS::SNS::Topic":               {{kind: EntryTopic, path: "Subscription[].Endpoint"}},
	"AWS::Logs::SubscriptionFilter": {{kind: EntryLogs, path: "DestinationArn", source: "LogGroupName", types: logGroupTypes, filter: "FilterPattern"}},
	"AWS::Logs::AccountPolicy":      {{kind: EntryLogs, path: "PolicyDocument"}},
	"AWS::S3ObjectLambda::AccessPoint": {{kind: EntryObjectLambda,
		path: "ObjectLambdaConfiguration.TransformationConfigurations[].ContentTransformation.AwsLambda.FunctionArn", via: ".Actions"}},
	"AWS::Pipes::Pipe": {
		{kind: EntryPipe, path: "Target", source: "Source", filter: "SourceParameters.FilterCriteria"},
		{kind: EntryPipe, path: "Enrichment", source: "Source", filter: "SourceParameters.FilterCriteria"},
	},
	"AWS::IoT::TopicRule": {
		{kind: EntryIoT, path: "TopicRulePayload.Actions[].Lambda.FunctionArn", via: "TopicRulePayload.Sql"},
		{kind: EntryIoT, path: "TopicRulePayload.ErrorAction.Lambda.FunctionArn", via: "TopicRulePayload.Sql"},
	},
	"AWS::SES::ReceiptRule": {{kind: EntryMail, path: "Rule.Actions[].LambdaAction.FunctionArn", filter: "Rule.Recipients"}},
	"AWS::CloudFront::Distribution": {
		{kind: EntryEdge, path: "DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations[].LambdaFunctionARN", via: ".EventType"},
		{kind: EntryEdge, path: "DistributionConfig.CacheBehaviors[].LambdaFunctionAssociations[].LambdaFunctionARN", via: ".EventType"},
	},
	"AWS::Config::ConfigRule":                  {{kind: EntryConfig, path: "Source.SourceIdentifier"}},
	"AWS::Config::OrganizationConfigRule":      {{kind: EntryConfig, path: "OrganizationCustomRuleMetadata.LambdaFunctionArn"}},
	"AWS::CloudFormation::CustomResource":      {{kind: EntryCustom, path: "ServiceToken"}},
	"AWS::CloudFormation::Macro":               {{kind: EntryCustom, path: "FunctionName"}},
	"AWS::ElasticLoadBalancingV2::TargetGroup": {{kind: EntryLoadBalancer, path: "Targets[].Id"}},
	"AWS::VpcLattice::TargetGroup":             {{kind: EntryLoadBalancer, path: "Targets[].Id"}},
	"AWS::Lambda::EventInvokeConfig": {
		{kind: EntryDestination, path: "DestinationConfig.OnSuccess.Destination", source: "FunctionName", types: functionTypes},
		{kind: EntryDestination, path: "DestinationConfig.OnFailure.Destination", source: "FunctionName", types: functionTypes},
	},
	"AWS::KinesisFirehose::DeliveryStream": {
		{kind: EntryFirehose, path: "ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "RedshiftDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "ElasticsearchDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "AmazonopensearchserviceDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "AmazonOpenSearchServerlessDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "SplunkDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "HttpEndpointDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "SnowflakeDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
		{kind: EntryFirehose, path: "IcebergDestinationConfiguration.ProcessingConfiguration.Processors[].Parameters[].ParameterValue"},
	},
	"AWS::SecretsManager::RotationSchedule": {{kind: EntryRotation, path: "RotationLambdaARN", source: "SecretId", types: []string{"AWS::SecretsManager::Secret"}}},
	"AWS::BedrockAgentCore::GatewayTarget":  {{kind: EntryAgent, path: "TargetConfiguration.Mcp.Lambda.LambdaArn", via: "Name"}},
	"AWS::BedrockAgentCore::Gateway":        {{kind: EntryAgent, path: "InterceptorConfigurations[].Interceptor.Lambda.Arn"}},
	"AWS::IoT::Authorizer":                  {{kind: EntryAuthorizer, path: "AuthorizerFunctionArn", via: "AuthorizerName"}},
	"AWS::Transfer::Server":                 {{kind: EntryAuthorizer, path: "IdentityProviderDetails.Function"}},
	"AWS::AppSync::Api":                     {{kind: EntryAuthorizer, path: "EventConfig.AuthProviders[].LambdaAuthorizerConfig.AuthorizerUri"}},
	"AWS::Lex::BotAlias": {{kind: EntryBot,
		path: "BotAliasLocaleSettings[].BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn", via: "BotAliasName"}},
	"AWS::Lex::Bot": {{kind: EntryBot,
		path: "TestBotAliasSettings.BotAliasLocaleSettings[].BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn"}},
	"AWS::Connect::IntegrationAssociation": {{kind: EntryBot, path: "IntegrationArn", via: "IntegrationType"}},
	"AWS::SSM::Document":                   {{kind: EntryAutomation, path: "Content.mainSteps[].inputs.FunctionName", via: ".name"}},
	"AWS::CloudFormation::LambdaHook":      {{kind: EntryCustom, path: "LambdaFunction", via: "TargetOperations"}},
	"AWS::Bedrock::Agent":                  {{kind: EntryAgent, path: "ActionGroups[].ActionGroupExecutor.Lambda", via: ".ActionGroupName"}},
	"AWS::CloudWatch::Alarm": {
		{kind: EntryAlarm, path: "AlarmActions[]"}, {kind: EntryAlarm, path: "OKActions[]"}, {kind: EntryAlarm, path: "InsufficientDataActions[]"},
	},
	"AWS::Transfer::Workflow": {
		{kind: EntryTransfer, path: "Steps[].CustomStepDetails.Target", via: ".CustomStepDetails.Name"},
		{kind: EntryTransfer, path: "OnExceptionSteps[].CustomStepDetails.Target", via: ".CustomStepDetails.Name"},
	},
	"AWS::CodePipeline::Pipeline": {{kind: EntryPipeline, path: "Stages[].Actions[].Configuration.FunctionName", via: ".Name"}},
}

// switches are the properties that switch a resource off, so that it calls
// nothing, with the value that does; all are on by default but the receipt
// rule of SES, of which only what is written counts.
var switches = map[string]struct{ path, off string }{
	"AWS::Events::Rule":               {"State", "DISABLED"},
	"AWS::Scheduler::Schedule":        {"State", "DISABLED"},
	"AWS::Lambda::EventSourceMapping": {"Enabled", "false"},
	"AWS::Pipes::Pipe":                {"DesiredState", "STOPPED"},
	"AWS::IoT::TopicRule":             {"TopicRulePayload.RuleDisabled", "true"},
	"AWS::IoT::Authorizer":            {"Status", "INACTIVE"},
	"AWS::SES::ReceiptRule":           {"Rule.Enabled", "false"},
	"AWS::CloudWatch::Alarm":          {"ActionsEnabled", "false"},
	"AWS::CloudFront::Distribution":   {"DistributionConfig.Enabled", "false"},
}

// on tells whether the resource is not switched off.
func (r *Resource) on() value.Tri {
	s, ok := switches[r.Type]
	if !ok {
		return value.Yes
	}
	return r.Get(strings.Split(s.path, ".")...).IsFold(s.off).Not()
}

// feed adds the entries that a row finds in a resource.
func (x *entryIndex) feed(r *Resource, f feed) {
	in := place{r: r, v: r.Props, element: nil, sure: r.Exists.And(r.on())}
	in.follow(strings.Split(f.path, "."), func(p place) {
		e := Entry{Kind: f.kind, Source: r, In: r, Span: r.Span, Sure: p.sure}
		if p.element != nil {
			e.Span = p.element.Span()
		}
		if f.source != "" {
			e.SourceValue = r.Get(f.source)
			e.Source = sourceNamed(r.App, e.SourceValue, f.types...)
		}
		e.Via, e.Filter = p.at(f.via), p.at(f.filter)
		x.add(r.App, p.v, e)
	})
}

// A place is where following a path has come to.
type place struct {
	r       *Resource
	v       *value.Value
	element *value.Value // the innermost list element on the way
	sure    value.Tri
}

// follow visits what the keys lead to.
func (p place) follow(keys []string, visit func(place)) {
	if len(keys) == 0 {
		if p.v.Exists() != value.No {
			visit(p)
		}
		return
	}
	key, list := strings.CutSuffix(keys[0], "[]")
	next := place{p.r, p.v.Get(key), p.element, p.sure}
	if !list {
		next.follow(keys[1:], visit)
		return
	}
	for _, i := range items(next.v) {
		place{p.r, i.Value, i.Value, p.sure.And(i.sure)}.follow(keys[1:], visit)
	}
}

// at is the value at a path from the resource or, with a leading dot, from the
// innermost list element; nil where there is none.
func (p place) at(path string) *value.Value {
	if path == "" {
		return nil
	}
	v := p.r.Props
	if rest, ok := strings.CutPrefix(path, "."); ok {
		v, path = p.element, rest
	}
	if v = v.Get(strings.Split(path, ".")...); v.Exists() == value.No {
		return nil
	}
	return v
}
