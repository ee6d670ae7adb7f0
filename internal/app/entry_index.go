package app

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// entries builds the index of entries of all functions of the project.
func (p *Project) entries() map[*Resource][]Entry {
	p.entriesOnce.Do(func() {
		x := &entryIndex{of: map[*Resource][]Entry{}}
		for _, a := range p.Apps {
			for _, r := range a.resources {
				if add := entriesBy[r.Type]; add != nil {
					add(x, r)
				}
			}
			for i := range a.Routes() {
				x.route(&a.Routes()[i])
			}
		}
		for f, list := range x.of {
			x.of[f] = f.withPermissions(list)
		}
		p.entriesIndex = x.of
	})
	return p.entriesIndex
}

// An entryIndex collects entries by function.
type entryIndex struct{ of map[*Resource][]Entry }

// add notes the entry for each function that v names.
func (x *entryIndex) add(a *App, v *value.Value, e Entry) {
	for _, t := range a.FunctionsNamed(v) {
		x.target(t, e)
	}
}

func (x *entryIndex) target(t Target, e Entry) {
	e.Target = t
	e.Sure = e.Sure.And(t.Sure)
	x.of[t.Function] = append(x.of[t.Function], e)
}

func (x *entryIndex) route(r *Route) {
	for _, t := range r.Integration.Functions {
		x.target(t, Entry{Kind: EntryRoute, Source: r.API, In: r.In, Span: r.Span, Route: r, SourceValue: r.Integration.URI, Sure: r.Sure})
	}
}

// sourceNamed finds what a value names among the resources of the types.
func sourceNamed(a *App, v *value.Value, types ...string) *Resource {
	r, _ := a.Lookup(v, types...)
	return r
}

// entriesBy is what each type adds.
var entriesBy = map[string]func(*entryIndex, *Resource){
	"AWS::Lambda::Url":                (*entryIndex).url,
	"AWS::S3::Bucket":                 (*entryIndex).bucket,
	"AWS::Lambda::EventSourceMapping": (*entryIndex).mapping,
	"AWS::SNS::Subscription":          (*entryIndex).subscription,
	"AWS::SNS::Topic":                 (*entryIndex).topic,
	"AWS::Events::Rule":               (*entryIndex).rule,
	"AWS::Cognito::UserPool":          (*entryIndex).userPool,
}

func (x *entryIndex) url(r *Resource) {
	x.add(r.App, r.Get("TargetFunctionArn"), Entry{Kind: EntryURL, Source: r, In: r, Span: r.Span, Via: r.Get("AuthType"), Sure: r.Exists})
}

func (x *entryIndex) bucket(r *Resource) {
	for _, n := range AsBucket(r).Notifications() {
		if n.Destination == nil {
			continue
		}
		x.add(r.App, n.Destination, Entry{Kind: EntryBucket, Source: r, In: r, Span: n.Span, Filter: n.Filter, Via: n.Event, Sure: n.Sure.And(r.Exists)})
	}
}

func (x *entryIndex) mapping(r *Resource) {
	m := AsEventSourceMapping(r)
	on := m.Enabled().IsFalse().Not()
	if on == value.No {
		return
	}
	e := Entry{Kind: EntryStream, In: r, Span: r.Span, SourceValue: m.Source(), Filter: r.Get("FilterCriteria"), Sure: r.Exists.And(on)}
	e.Source = sourceNamed(r.App, m.Source())
	e.Kind = mappingKind(r, e.Source)
	x.add(r.App, r.Get("FunctionName"), e)
}

// mappingKind tells what a mapping polls.
func mappingKind(r, src *Resource) EntryKind {
	service := ""
	if parts := r.Get("EventSourceArn").Text().Split(':', 6); len(parts) == 6 {
		service, _ = parts[2].Known()
	}
	if src != nil {
		switch src.Type {
		case "AWS::SQS::Queue":
			return EntryQueue
		case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
			return EntryTable
		case "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster":
			return EntryKafka
		case "AWS::AmazonMQ::Broker":
			return EntryBroker
		case "AWS::DocDB::DBCluster":
			return EntryDocumentDB
		}
		return EntryStream
	}
	switch {
	case service == "sqs":
		return EntryQueue
	case service == "dynamodb":
		return EntryTable
	case service == "kafka", r.Get("SelfManagedEventSource").Exists() != value.No, r.Get("AmazonManagedKafkaEventSourceConfig").Exists() != value.No:
		return EntryKafka
	case service == "mq":
		return EntryBroker
	case r.Get("DocumentDBEventSourceConfig").Exists() != value.No:
		return EntryDocumentDB
	}
	return EntryStream
}

func (x *entryIndex) subscription(r *Resource) {
	if r.Get("Protocol").IsFold("lambda") == value.No {
		return
	}
	x.add(r.App, r.Get("Endpoint"), Entry{Kind: EntryTopic, Source: sourceNamed(r.App, r.Get("TopicArn"), topicTypes...),
		SourceValue: r.Get("TopicArn"), In: r, Span: r.Span, Filter: r.Get("FilterPolicy"), Sure: r.Exists})
}

func (x *entryIndex) topic(r *Resource) {
	for _, s := range items(r.Get("Subscription")) {
		if s.Get("Protocol").IsFold("lambda") != value.No {
			x.add(r.App, s.Get("Endpoint"), Entry{Kind: EntryTopic, Source: r, In: r, Span: s.Span(), Sure: s.sure.And(r.Exists)})
		}
	}
}

func (x *entryIndex) rule(r *Resource) {
	for _, t := range items(r.Get("Targets")) {
		e := Entry{Kind: EntryRule, In: r, Span: t.Span(), SourceValue: r.Get("EventBusName"), Filter: r.Get("EventPattern"), Sure: t.sure.And(r.Exists)}
		if s := r.Get("ScheduleExpression"); s.Exists() != value.No {
			e.Kind, e.Via, e.Source = EntrySchedule, s, r
		} else {
			e.Source = sourceNamed(r.App, r.Get("EventBusName"), busTypes...)
		}
		x.add(r.App, t.Get("Arn"), e)
	}
}

func (x *entryIndex) userPool(r *Resource) {
	for _, f := range r.Get("LambdaConfig").Fields() {
		v := f.Value
		if v.Kind() == value.Map {
			v = v.Get("LambdaArn")
		}
		x.add(r.App, v, Entry{Kind: EntryUserPool, Source: r, In: r, Span: f.KeySpan, Via: value.NewText(value.Lit(f.Key), f.KeySpan), Sure: r.Exists})
	}
}

// withPermissions sorts a function's entries, ties each to the permission that
// serves it, and adds those of which only a permission tells.
func (f *Resource) withPermissions(list []Entry) []Entry {
	slices.SortStableFunc(list, func(a, b Entry) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), a.Span.Compare(b.Span), byIn(a, b))
	})
	return list
}

func byIn(a, b Entry) int {
	if a.In == nil || b.In == nil {
		return 0
	}
	return strings.Compare(a.In.ID, b.In.ID)
}

