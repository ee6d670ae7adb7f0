package app

import (
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An EntryKind is a way by which events reach a function.
type EntryKind string

// The kinds of entries.
const (
	EntryRoute        EntryKind = "route"           // a route of an API
	EntryURL          EntryKind = "url"             // a function URL
	EntryBucket       EntryKind = "bucket"          // a bucket's notification
	EntryObjectLambda EntryKind = "object-lambda"   // an S3 Object Lambda access point
	EntryQueue        EntryKind = "queue"           // an SQS queue
	EntryStream       EntryKind = "stream"          // a Kinesis stream
	EntryTable        EntryKind = "table"           // a DynamoDB stream
	EntryKafka        EntryKind = "kafka"           // Amazon MSK or the customer's own Kafka
	EntryBroker       EntryKind = "broker"          // Amazon MQ
	EntryDocumentDB   EntryKind = "documentdb"      // a DocumentDB change stream
	EntryTopic        EntryKind = "topic"           // an SNS subscription
	EntryRule         EntryKind = "rule"            // an event bus rule with a pattern
	EntrySchedule     EntryKind = "schedule"        // a rule or schedule on time
	EntryPipe         EntryKind = "pipe"            // an EventBridge pipe's target or enrichment
	EntryLogs         EntryKind = "logs"            // a log subscription
	EntryUserPool     EntryKind = "user-pool"       // a Cognito trigger
	EntryAuthorizer   EntryKind = "authorizer"      // the authoriser of an API
	EntryStateMachine EntryKind = "state-machine"   // a task of a state machine
	EntryGraphQL      EntryKind = "graphql"         // an AppSync resolver
	EntryIoT          EntryKind = "iot"             // an IoT topic rule
	EntryAlexa        EntryKind = "alexa"           // an Alexa skill
	EntryMail         EntryKind = "mail"            // an SES receipt rule
	EntryEdge         EntryKind = "edge"            // a CloudFront association
	EntryConfig       EntryKind = "config"          // an AWS Config rule
	EntryCustom       EntryKind = "custom-resource" // a custom resource or macro of CloudFormation
	EntryLoadBalancer EntryKind = "load-balancer"   // a target group
	EntryDestination  EntryKind = "destination"     // another function's destination
	EntryFirehose     EntryKind = "firehose"        // a Firehose transformation
	EntryRotation     EntryKind = "rotation"        // a secret's rotation
	EntryAgent        EntryKind = "agent"           // a Bedrock agent's action group
	EntryBot          EntryKind = "bot"             // a Lex bot or a Connect contact flow
	EntryAutomation   EntryKind = "automation"      // a step of a Systems Manager automation
	EntryAlarm        EntryKind = "alarm"           // a CloudWatch alarm's action
	EntryPipeline     EntryKind = "pipeline"        // an action of CodePipeline
	EntryTransfer     EntryKind = "transfer"        // a step of a Transfer Family workflow
	EntryDirect       EntryKind = "direct"          // a permission with no source in sight
)

// An Entry is one way by which events reach a function.
type Entry struct {
	Kind EntryKind
	// Target is the function, with the alias or version that is named.
	Target Target
	// Source is what sends the events; nil where it is not of this project.
	// SourceValue names it as written.
	Source      *Resource
	SourceValue *value.Value
	// In is the resource that declares the entry: the API, the mapping, the
	// rule, the bucket.
	In *Resource
	// Span is the declaration: the route, the notification, the mapping.
	Span source.Span
	// Permission is the Lambda permission that lets the source call.
	Permission *Resource
	// Filter is what selects the events: the notification's filter, the
	// rule's pattern, the mapping's filter criteria; nil without.
	Filter *value.Value
	// Via is the event's or trigger's name: "s3:ObjectCreated:*",
	// "PostConfirmation", the schedule's expression, the principal.
	Via *value.Value
	// Route is the route, for EntryRoute.
	Route *Route
	// Sure is Unknown where it is not known whether the entry exists.
	Sure value.Tri
}

// Entries are all ways by which events reach the function, those to its
// aliases and versions included, in the order of their kinds and spans.
func (a *App) Entries(f Function) []Entry {
	if f.Resource == nil {
		return nil
	}
	return a.Project.entries()[f.Resource]
}
