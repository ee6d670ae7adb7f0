package app

import (
	"iter"

	"github.com/remit-security/remit/internal/value"
)

// A FunctionURL is an AWS::Lambda::Url.
type FunctionURL struct{ *Resource }

// AsFunctionURL views r as a function URL.
func AsFunctionURL(r *Resource) FunctionURL { return FunctionURL{of(r, "AWS::Lambda::Url")} }

// FunctionURLs iterates the application's function URLs.
func (a *App) FunctionURLs() iter.Seq[FunctionURL] {
	return views(a, AsFunctionURL, "AWS::Lambda::Url")
}

// AuthType is AWS_IAM or NONE; the property is required.
func (u FunctionURL) AuthType() *value.Value { return u.Get("AuthType") }

// CORS is the Cors property.
func (u FunctionURL) CORS() *value.Value { return u.Get("Cors") }

// InvokeMode is BUFFERED (the default) or RESPONSE_STREAM.
func (u FunctionURL) InvokeMode() *value.Value { return u.orText("BUFFERED", "InvokeMode") }

// Functions are the functions that the URL calls; several only where a
// condition chooses.
func (u FunctionURL) Functions() []Target { return targets(u.Resource, "TargetFunctionArn") }

// A Permission is an AWS::Lambda::Permission: one statement of a function's
// resource policy.
type Permission struct{ *Resource }

// AsPermission views r as a permission.
func AsPermission(r *Resource) Permission { return Permission{of(r, "AWS::Lambda::Permission")} }

// Permissions iterates the application's permissions.
func (a *App) Permissions() iter.Seq[Permission] {
	return views(a, AsPermission, "AWS::Lambda::Permission")
}

// Action is what is allowed, usually lambda:InvokeFunction.
func (p Permission) Action() *value.Value { return p.Get("Action") }

// Principal is a service, an account, an ARN or *.
func (p Permission) Principal() *value.Value { return p.Get("Principal") }

// SourceArn limits a service to one of its resources.
func (p Permission) SourceArn() *value.Value { return p.Get("SourceArn") }

// SourceAccount limits a service to an account's resources.
func (p Permission) SourceAccount() *value.Value { return p.Get("SourceAccount") }

// OrgID limits the principal to an organisation.
func (p Permission) OrgID() *value.Value { return p.Get("PrincipalOrgID") }

// URLAuthType is the auth type of the URL that the permission is for.
func (p Permission) URLAuthType() *value.Value { return p.Get("FunctionUrlAuthType") }

// ViaURL is InvokedViaFunctionUrl, false by default.
func (p Permission) ViaURL() *value.Value { return p.orBool(false, "InvokedViaFunctionUrl") }

// EventSourceToken is what an Alexa skill must present.
func (p Permission) EventSourceToken() *value.Value { return p.Get("EventSourceToken") }

// Functions are the functions that the permission is for.
func (p Permission) Functions() []Target { return targets(p.Resource, "FunctionName") }

// An EventSourceMapping is an AWS::Lambda::EventSourceMapping.
type EventSourceMapping struct{ *Resource }

// AsEventSourceMapping views r as an event source mapping.
func AsEventSourceMapping(r *Resource) EventSourceMapping {
	return EventSourceMapping{of(r, "AWS::Lambda::EventSourceMapping")}
}

// EventSourceMappings iterates the application's event source mappings.
func (a *App) EventSourceMappings() iter.Seq[EventSourceMapping] {
	return views(a, AsEventSourceMapping, "AWS::Lambda::EventSourceMapping")
}

// Source is the ARN of the queue, stream or cluster; absent for a Kafka
// cluster that the customer runs.
func (m EventSourceMapping) Source() *value.Value { return m.Get("EventSourceArn") }

// Functions are the functions that get the records.
func (m EventSourceMapping) Functions() []Target { return targets(m.Resource, "FunctionName") }

// Enabled is true by default.
func (m EventSourceMapping) Enabled() *value.Value { return m.orBool(true, "Enabled") }

// Filter is the FilterCriteria.
func (m EventSourceMapping) Filter() *value.Value { return m.Get("FilterCriteria") }

// OnFailure is the ARN of what gets the records that failed.
func (m EventSourceMapping) OnFailure() *value.Value {
	return m.Get("DestinationConfig", "OnFailure", "Destination")
}

// SourceResource is the queue, table, stream or cluster, where it is one of the
// project: named whole, or by its stream's ARN.
func (m EventSourceMapping) SourceResource() *Resource {
	if m.Resource == nil {
		return nil
	}
	v := m.Source()
	if r, _ := m.App.Lookup(v); r != nil {
		return r
	}
	if arn, _, ok := cut(v.Text(), "/stream/"); ok {
		if found, _ := m.App.lookupText(arn, tableTypes); len(found) == 1 {
			return found[0].Resource
		}
	}
	return nil
}

// Kind tells what the mapping polls, from the source or what is known of its
// ARN.
func (m EventSourceMapping) Kind() EntryKind {
	if src := m.SourceResource(); src != nil {
		if k, ok := polled[src.Type]; ok {
			return k
		}
	}
	switch parts := m.Source().Text().Split(':', 6); {
	case m.Get("SelfManagedEventSource").Exists() != value.No, m.Get("SelfManagedKafkaEventSourceConfig").Exists() != value.No,
		m.Get("AmazonManagedKafkaEventSourceConfig").Exists() != value.No:
		return EntryKafka
	case m.Get("DocumentDBEventSourceConfig").Exists() != value.No:
		return EntryDocumentDB
	case len(parts) == 6:
		if k, ok := polledService[parts[2].String()]; ok {
			return k
		}
	}
	switch {
	case m.Get("Queues").Exists() != value.No:
		return EntryBroker
	case m.Get("Topics").Exists() != value.No:
		return EntryKafka
	case m.Get("StartingPosition").Exists() == value.No:
		return EntryQueue // streams need a starting position
	}
	return EntryStream
}

// polled and polledService tell what Lambda polls, by type and by the service
// of the ARN.
var (
	polled = map[string]EntryKind{
		"AWS::SQS::Queue": EntryQueue, "AWS::DynamoDB::Table": EntryTable, "AWS::DynamoDB::GlobalTable": EntryTable,
		"AWS::Kinesis::Stream": EntryStream, "AWS::Kinesis::StreamConsumer": EntryStream, "AWS::MSK::Cluster": EntryKafka,
		"AWS::MSK::ServerlessCluster": EntryKafka, "AWS::AmazonMQ::Broker": EntryBroker, "AWS::DocDB::DBCluster": EntryDocumentDB,
	}
	polledService = map[string]EntryKind{
		"sqs": EntryQueue, "dynamodb": EntryTable, "kinesis": EntryStream, "kafka": EntryKafka, "mq": EntryBroker, "rds": EntryDocumentDB,
	}
)

// targets are the functions that a property names.
func targets(r *Resource, keys ...string) []Target {
	if r == nil {
		return nil
	}
	return r.App.FunctionsNamed(r.Get(keys...))
}
