package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
)

// plain is a function that each fixture of this file can call.
const plain = `
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: handler, Runtime: python3.13, Handler: a.b, Role: 'arn:aws:iam::111122223333:role/r', Code: {ZipFile: x}}
`

// told is an entry as the tests compare it: kind, source, line, permission.
func told(e app.Entry) string {
	src, permission := "-", ""
	if e.Source != nil {
		src = e.Source.LogicalID
	}
	if e.Permission != nil {
		permission = " by " + e.Permission.LogicalID
	}
	via := ""
	if e.Via != nil {
		via = " via " + e.Via.Str()
	}
	if e.Target.Alias != nil {
		via += " to " + e.Target.Alias.LogicalID
	}
	sure := ""
	if e.Sure.String() != "yes" {
		sure = " " + e.Sure.String()
	}
	return fmt.Sprintf("%s from %s in %s%s%s%s", e.Kind, src, e.In.LogicalID, via, permission, sure)
}

func entriesOf(t testing.TB, a *app.App, logical string) []string {
	t.Helper()
	var out []string
	for _, e := range a.Entries(app.AsFunction(get(t, a, logical))) {
		if e.Span.IsZero() || e.Span.Line < 2 {
			t.Errorf("%s has no span", told(e))
		}
		out = append(out, told(e))
	}
	return out
}

func TestEntries(t *testing.T) {
	for _, c := range []struct {
		name, resources string
		want            []string
	}{
		{"none", "", nil},
		{"url", `
  Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Fn, AuthType: NONE}}
  Open: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: NONE}}`,
			[]string{"url from Url in Url via NONE"}},
		{"bucket", `
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: in, NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt Fn.Arn}]}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceArn: 'arn:aws:s3:::in'}}`,
			[]string{"bucket from B in B via s3:ObjectCreated:* by P"}},
		{"permission for another bucket", `
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: in, NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt Fn.Arn}]}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceArn: 'arn:aws:s3:::other'}}`,
			[]string{"bucket from B in B via s3:ObjectCreated:*", "bucket from - in P via s3.amazonaws.com by P"}},
		{"queue", `
  Q: {Type: AWS::SQS::Queue}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Q.Arn}}`,
			[]string{"queue from Q in M"}},
		{"queue by text", `
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: todo}}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: handler, EventSourceArn: !Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:todo'}}`,
			[]string{"queue from Q in M"}},
		{"mapping switched off", `
  Q: {Type: AWS::SQS::Queue}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Q.Arn, Enabled: false}}`, nil},
		{"table and stream", `
  T: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  S: {Type: AWS::Kinesis::Stream}
  M1: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt T.StreamArn, StartingPosition: LATEST}}
  M2: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt S.Arn, StartingPosition: LATEST}}`,
			[]string{"stream from S in M2", "table from T in M1"}},
		{"Kafka, broker and DocumentDB outside", `
  M1: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, Topics: [t], SelfManagedEventSource: {Endpoints: {KafkaBootstrapServers: ['a:1']}}}}
  M2: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, Queues: [q], EventSourceArn: 'arn:aws:mq:eu-west-1:111122223333:broker:b:b-1'}}
  M3: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, DocumentDBEventSourceConfig: {DatabaseName: d}, EventSourceArn: 'arn:aws:rds:eu-west-1:111122223333:cluster:c'}}`,
			[]string{"broker from - in M2", "documentdb from - in M3", "kafka from - in M1"}},
		{"topic", `
  T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Fn.Arn}]}}
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt Fn.Arn}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Ref T}}`,
			[]string{"topic from T in T by P", "topic from T in S by P"}},
		{"rules and schedules", `
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  R: {Type: AWS::Events::Rule, Properties: {EventBusName: shop, EventPattern: {source: [orders]}, Targets: [{Id: a, Arn: !GetAtt Fn.Arn}]}}
  C: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !GetAtt Fn.Arn}]}}
  Off: {Type: AWS::Events::Rule, Properties: {State: DISABLED, ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !GetAtt Fn.Arn}]}}
  Z: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(2 days), Target: {Arn: !GetAtt Fn.Arn, RoleArn: r}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: events.amazonaws.com, SourceArn: !GetAtt C.Arn}}`,
			[]string{"rule from Bus in R via ${…}", "schedule from C in C via rate(1 day) by P", "schedule from Z in Z via rate(2 days)"}},
		{"alias and version", `
  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Fn}}
  A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Fn, FunctionVersion: !GetAtt V.Version, Name: live}}
  Q: {Type: AWS::SQS::Queue}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref A, EventSourceArn: !GetAtt Q.Arn}}
  D: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {DefaultCacheBehavior: {LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref V}]}}}}`,
			[]string{"edge from D in D via viewer-request to V", "queue from Q in M to A"}},
		{"triggers", `
  U: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreSignUp: !GetAtt Fn.Arn, KMSKeyID: k, CustomSMSSender: {LambdaArn: !GetAtt Fn.Arn, LambdaVersion: V1_0}}}}
  L: {Type: AWS::Logs::LogGroup}
  F: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref L, DestinationArn: !GetAtt Fn.Arn, FilterPattern: ERROR}}
  Rot: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Sec, RotationLambdaARN: !GetAtt Fn.Arn}}
  Sec: {Type: AWS::SecretsManager::Secret}`,
			[]string{"logs from L in F", "rotation from Sec in Rot", "user-pool from U in U via CustomSMSSender", "user-pool from U in U via PreSignUp"}},
		{"the rest", `
  Iot: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: 'SELECT *', Actions: [{Lambda: {FunctionArn: !GetAtt Fn.Arn}}]}}}
  Mail: {Type: AWS::SES::ReceiptRule, Properties: {Rule: {Actions: [{LambdaAction: {FunctionArn: !GetAtt Fn.Arn}}]}}}
  Cfg: {Type: AWS::Config::ConfigRule, Properties: {Source: {Owner: CUSTOM_LAMBDA, SourceIdentifier: !GetAtt Fn.Arn}}}
  Made: {Type: Custom::Made, Properties: {ServiceToken: !GetAtt Fn.Arn}}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Fn.Arn}]}}
  Fire: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {ExtendedS3DestinationConfiguration: {ProcessingConfiguration: {Processors: [{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: !Sub '${Fn.Arn}:$LATEST'}]}]}}}}
  Other: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}
  Inv: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref Other, Qualifier: $LATEST, DestinationConfig: {OnFailure: {Destination: !GetAtt Fn.Arn}}}}
  Pipe: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Q.Arn, Target: !GetAtt Fn.Arn, RoleArn: r}}
  Q: {Type: AWS::SQS::Queue}`,
			[]string{"config from Cfg in Cfg", "custom-resource from Made in Made", "destination from Other in Inv", "firehose from Fire in Fire", "iot from Iot in Iot via SELECT *",
				"load-balancer from Group in Group", "mail from Mail in Mail", "pipe from Q in Pipe"}},
		{"agents, bots, automations and authorisers", `
  Target: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: tool, TargetConfiguration: {Mcp: {Lambda: {LambdaArn: !GetAtt Fn.Arn}}}}}
  Gate: {Type: AWS::BedrockAgentCore::Gateway, Properties: {InterceptorConfigurations: [{Interceptor: {Lambda: {Arn: !GetAtt Fn.Arn}}}]}}
  Bot: {Type: AWS::Lex::BotAlias, Properties: {BotAliasName: b, BotAliasLocaleSettings: [{LocaleId: en_GB, BotAliasLocaleSetting: {CodeHookSpecification: {LambdaCodeHook: {LambdaArn: !GetAtt Fn.Arn}}}}]}}
  Doc: {Type: AWS::SSM::Document, Properties: {DocumentType: Automation, Content: {mainSteps: [{name: run, action: 'aws:invokeLambdaFunction', inputs: {FunctionName: !Ref Fn}}]}}}
  Thing: {Type: AWS::IoT::Authorizer, Properties: {AuthorizerName: a, AuthorizerFunctionArn: !GetAtt Fn.Arn}}
  Ftp: {Type: AWS::Transfer::Server, Properties: {IdentityProviderType: AWS_LAMBDA, IdentityProviderDetails: {Function: !GetAtt Fn.Arn}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: transfer.amazonaws.com, SourceArn: !GetAtt Ftp.Arn}}`,
			[]string{"agent from Target in Target via tool", "agent from Gate in Gate", "bot from Bot in Bot via b", "automation from Doc in Doc via run",
				"authorizer from Thing in Thing via a", "authorizer from Ftp in Ftp by P"}},
		{"permissions by text, prefix, account and condition", `
  One: {Type: AWS::SNS::Topic, Properties: {TopicName: shop-one, Subscription: [{Protocol: lambda, Endpoint: !GetAtt Fn.Arn}]}}
  Two: {Type: AWS::SNS::Topic, Properties: {TopicName: shop-two, Subscription: [{Protocol: lambda, Endpoint: !GetAtt Fn.Arn}]}}
  Six: {Type: AWS::SNS::Topic, Properties: {TopicName: other, Subscription: [{Protocol: lambda, Endpoint: !GetAtt Fn.Arn}]}}
  A0: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: 'arn:aws:sns:eu-west-1:444455556666:elsewhere'}}
  A1: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Sub 'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:shop-*'}}
  A2: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Ref Two}}
  A3: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceAccount: '111122223333'}}
  A4: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com}}`,
			[]string{"topic from One in One by A1", "topic from Two in Two by A2", "topic from Six in Six", "topic from - in A0 via sns.amazonaws.com by A0",
				"bucket from - in A3 via s3.amazonaws.com by A3", "bucket from - in A4 via s3.amazonaws.com by A4"}},
		{"switched off", `
  R: {Type: AWS::Events::Rule, Properties: {State: DISABLED, ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !GetAtt Fn.Arn}]}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: events.amazonaws.com, SourceArn: !GetAtt R.Arn}}
  Pipe: {Type: AWS::Pipes::Pipe, Properties: {DesiredState: STOPPED, Source: 'arn:aws:sqs:eu-west-1:111122223333:q', Target: !GetAtt Fn.Arn, RoleArn: r}}
  Iot: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {RuleDisabled: true, Sql: 'SELECT *', Actions: [{Lambda: {FunctionArn: !GetAtt Fn.Arn}}]}}}
  Mail: {Type: AWS::SES::ReceiptRule, Properties: {Rule: {Enabled: false, Actions: [{LambdaAction: {FunctionArn: !GetAtt Fn.Arn}}]}}}`, nil},
		{"permissions alone", `
  Alexa: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: alexa-appkit.amazon.com}}
  Account: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: '444455556666'}}
  Read: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:GetFunction', Principal: '444455556666'}}`,
			[]string{"alexa from - in Alexa via alexa-appkit.amazon.com by Alexa", "direct from - in Account via 444455556666 by Account"}},
		{"state machine in a map", `
  S: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: r, Definition: {States: {A: {Type: Task, Resource: !GetAtt Fn.Arn}, B: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: handler}}}}}}`,
			[]string{"state-machine from S in S via ${…}"}},
		{"state machine in a string", `
  S: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: r, DefinitionString: !Sub '{"States":{"A":{"Type":"Task","Resource":"${Fn.Arn}"}}}'}}
  L: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: r, DefinitionString: '{"Resource":"arn:aws:lambda:eu-west-1:111122223333:function:handler"}'}}
  X: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: r, DefinitionString: '{"Resource":"${F}"}', DefinitionSubstitutions: {F: !GetAtt Fn.Arn}}}`,
			[]string{"state-machine from S in S via ${…}", "state-machine from L in L via ${…} unknown", "state-machine from X in X via ${…}"}},
		{"GraphQL", `
  G: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: g, AuthenticationType: AWS_LAMBDA, LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt Fn.Arn}}}
  D: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt G.ApiId, Name: src, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt Fn.Arn}}}
  R1: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !GetAtt G.ApiId, TypeName: Query, FieldName: one, DataSourceName: src}}
  C: {Type: AWS::AppSync::FunctionConfiguration, Properties: {ApiId: !GetAtt G.ApiId, Name: c, DataSourceName: !GetAtt D.Name}}
  R2: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !GetAtt G.ApiId, TypeName: Query, FieldName: two, PipelineConfig: {Functions: [!GetAtt C.FunctionId]}}}`,
			[]string{"authorizer from G in G", "graphql from G in R1 via Query.one", "graphql from G in R2 via Query.two"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, "AWSTemplateFormatVersion: '2010-09-09'\nResources:"+plain+c.resources)
			got := entriesOf(t, a, "Fn")
			want := slices.Clone(c.want)
			slices.Sort(want)
			for i, g := range got {
				// What a map or an expression holds is not compared.
				if head, _, ok := strings.Cut(g, " via ${"); ok || strings.HasPrefix(g, "state-machine") || strings.HasPrefix(g, "rule") {
					rest := ""
					if strings.HasSuffix(g, " unknown") {
						rest = " unknown"
					}
					head, _, _ = strings.Cut(head, " via ")
					got[i] = head + " via ${…}" + rest
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("entries\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}
