package app

import (
	"iter"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Queue is an AWS::SQS::Queue.
type Queue struct{ *Resource }

// AsQueue views r as a queue.
func AsQueue(r *Resource) Queue { return Queue{of(r, queueTypes...)} }

// Queues iterates the application's queues.
func (a *App) Queues() iter.Seq[Queue] { return views(a, AsQueue, queueTypes...) }

// Policies are the queue policies attached to the queue.
func (q Queue) Policies() []Attached { return q.policies() }

// DeadLetter is the ARN of the dead-letter queue; absent without one. The
// redrive policy may be a map or a JSON string, which is not taken apart.
func (q Queue) DeadLetter() *value.Value {
	policy := q.Get("RedrivePolicy")
	if policy.Kind() == value.String {
		return policy
	}
	return policy.Get("deadLetterTargetArn")
}

// DeadLetterQueue is the dead-letter queue, where it is one of the project.
func (q Queue) DeadLetterQueue() *Resource {
	if q.Resource == nil {
		return nil
	}
	if v := q.DeadLetter(); v.Kind() == value.String {
		if r, _ := q.App.Lookup(v, queueTypes...); r != nil {
			return r
		}
		return q.App.firstRef([]*value.Value{v}, queueTypes)
	}
	return nil
}

// IsDeadLetter reports whether something of the project sends to the queue
// what failed: another queue, a function, a mapping, a rule, a schedule, a
// subscription.
func (q Queue) IsDeadLetter() bool {
	return q.Resource != nil && q.App.Project.deadLetters()[q.Resource]
}

// deadLetterPaths are the properties that name where failures go, by type. The
// paths go through the elements of a list.
var deadLetterPaths = map[string]string{
	"AWS::Lambda::Function":           "DeadLetterConfig.TargetArn",
	"AWS::Lambda::EventInvokeConfig":  "DestinationConfig.OnFailure.Destination",
	"AWS::Lambda::EventSourceMapping": "DestinationConfig.OnFailure.Destination",
	"AWS::Events::Rule":               "Targets[].DeadLetterConfig.Arn",
	"AWS::Scheduler::Schedule":        "Target.DeadLetterConfig.Arn",
	"AWS::SNS::Subscription":          "RedrivePolicy.deadLetterTargetArn",
	"AWS::Pipes::Pipe":                "SourceParameters.SqsQueueParameters.DeadLetterConfig.Arn",
}

func (p *Project) deadLetters() map[*Resource]bool {
	p.deadOnce.Do(func() {
		p.deadIndex = map[*Resource]bool{}
		for _, a := range p.Apps {
			for _, r := range a.resources {
				if path, ok := deadLetterPaths[r.Type]; ok {
					place{r: r, v: r.Props, sure: r.Exists}.follow(strings.Split(path, "."), func(at place) {
						for _, m := range a.LookupAll(at.v, queueTypes...) {
							p.deadIndex[m.Resource] = true
						}
					})
				} else if dead := AsQueue(r).DeadLetterQueue(); dead != nil && dead != r {
					p.deadIndex[dead] = true
				}
			}
		}
	})
	return p.deadIndex
}

// VisibilityTimeout is in seconds, 30 by default.
func (q Queue) VisibilityTimeout() *value.Value { return q.orNumber(30, "VisibilityTimeout") }

// Key is the KMS key; absent for SQS's own keys.
func (q Queue) Key() *value.Value { return q.Get("KmsMasterKeyId") }

// ManagedEncryption is SqsManagedSseEnabled: true by default, unless the queue
// has a KMS key.
func (q Queue) ManagedEncryption() *value.Value {
	if q.Resource == nil {
		return nil
	}
	managed := byBranch(q.Key(), func(key *value.Value) *value.Value {
		return value.NewBool(key.Exists() == value.No, q.Span)
	})
	return q.or(managed, "SqsManagedSseEnabled")
}

// A Topic is an AWS::SNS::Topic.
type Topic struct{ *Resource }

// AsTopic views r as a topic.
func AsTopic(r *Resource) Topic { return Topic{of(r, topicTypes...)} }

// Topics iterates the application's topics.
func (a *App) Topics() iter.Seq[Topic] { return views(a, AsTopic, topicTypes...) }

// Policies are the topic policies attached to the topic.
func (t Topic) Policies() []Attached { return t.policies() }

// Key is the KMS key; absent where the topic is not encrypted with one.
func (t Topic) Key() *value.Value { return t.Get("KmsMasterKeyId") }

// A Subscription is what a topic delivers to.
type Subscription struct {
	// Topic is the topic, where it is one of the project.
	Topic    *Resource
	Protocol *value.Value
	Endpoint *value.Value
	Filter   *value.Value
	Redrive  *value.Value
	// In declares the subscription: an AWS::SNS::Subscription or the topic.
	In   *Resource
	Span source.Span
	Sure value.Tri
}

// Subscriptions are the topic's subscriptions, its own and attached ones.
func (t Topic) Subscriptions() []Subscription {
	if t.Resource == nil {
		return nil
	}
	var out []Subscription
	for _, s := range items(t.Get("Subscription")) {
		out = append(out, Subscription{Topic: t.Resource, Protocol: s.Get("Protocol"), Endpoint: s.Get("Endpoint"), In: t.Resource, Span: s.Span(), Sure: s.sure})
	}
	for _, c := range t.children("AWS::SNS::Subscription") {
		s := subscription(c.Resource)
		s.Topic, s.Sure = t.Resource, c.Sure.And(c.Exists)
		out = append(out, s)
	}
	return out
}

// Subscriptions are all subscriptions of the application, those to topics
// outside it included.
func (a *App) Subscriptions() []Subscription {
	var out []Subscription
	for t := range a.Topics() {
		for _, s := range t.Subscriptions() {
			if s.In == t.Resource {
				out = append(out, s)
			}
		}
	}
	for r := range a.OfType("AWS::SNS::Subscription") {
		s := subscription(r)
		s.Topic, _ = a.Lookup(r.Get("TopicArn"), topicTypes...)
		out = append(out, s)
	}
	return out
}

func subscription(r *Resource) Subscription {
	return Subscription{Protocol: r.Get("Protocol"), Endpoint: r.Get("Endpoint"), Filter: r.Get("FilterPolicy"), Redrive: r.Get("RedrivePolicy"),
		In: r, Span: r.Span, Sure: r.Exists}
}

// A Stream is an AWS::Kinesis::Stream.
type Stream struct{ *Resource }

// AsStream views r as a stream.
func AsStream(r *Resource) Stream { return Stream{of(r, streamTypes...)} }

// Streams iterates the application's Kinesis streams.
func (a *App) Streams() iter.Seq[Stream] { return views(a, AsStream, streamTypes...) }

// Policies are the stream's resource policies.
func (s Stream) Policies() []Attached { return s.policies() }

// Consumers are the stream's registered consumers.
func (s Stream) Consumers() []*Resource { return resources(s.children("AWS::Kinesis::StreamConsumer")) }

// Encryption is the StreamEncryption; absent where the stream is not
// encrypted.
func (s Stream) Encryption() *value.Value { return s.Get("StreamEncryption") }
