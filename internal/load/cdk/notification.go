package cdk

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// The CDK sets a bucket's notifications by a custom resource, which calls
// S3 itself. Its properties have the names of S3's API, the bucket's those of
// CloudFormation.
const notifications = "Custom::S3BucketNotifications"

// kinds are the lists of notifications, with the key of the target.
var kinds = [...]struct{ from, target, to, as string }{
	{"LambdaFunctionConfigurations", "LambdaFunctionArn", "LambdaConfigurations", "Function"},
	{"QueueConfigurations", "QueueArn", "QueueConfigurations", "Queue"},
	{"TopicConfigurations", "TopicArn", "TopicConfigurations", "Topic"},
}

// Notify gives the buckets the notifications that custom resources set. The
// custom resource stays, since it is deployed too.
func Notify(apps [][]*app.Resource) {
	var found []*app.Resource
	for _, resources := range apps {
		for _, r := range resources {
			if r.Type == notifications {
				found = append(found, r)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	buckets := map[string]*app.Resource{}
	for _, resources := range apps {
		for _, r := range resources {
			if r.Type == "AWS::S3::Bucket" {
				buckets[r.ID] = r
			}
		}
	}
	// A bucket of another template than the custom resource is in the model
	// under its own id; one that is only named stays without, and the
	// permission of the function tells of it.
	added := map[*app.Resource][]value.Field{}
	for _, r := range found {
		if ref, ok := r.Get("BucketName").Ref(); ok && buckets[ref.Resource] != nil {
			b := buckets[ref.Resource]
			added[b] = append(added[b], configuration(r)...)
		}
	}
	for b, fields := range added {
		b.Props = notified(b.Props, fields)
	}
}

// configuration is the custom resource's configuration in the names of the
// bucket's property.
func configuration(r *app.Resource) []value.Field {
	conf := r.Get("NotificationConfiguration")
	var out []value.Field
	if conf.Kind() != value.Map {
		if conf.Exists() != value.No { // somewhere among what is not known
			for _, k := range kinds {
				out = append(out, value.Field{Key: k.to, KeySpan: conf.Span(), Value: conf})
			}
		}
		return out
	}
	for _, f := range conf.Fields() {
		if f.Key == "EventBridgeConfiguration" {
			on := value.Field{Key: "EventBridgeEnabled", KeySpan: f.KeySpan, Value: value.NewBool(true, f.KeySpan)}
			out = append(out, value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: value.NewMap([]value.Field{on}, f.KeySpan)})
		}
		for _, k := range kinds {
			if f.Key != k.from {
				continue
			}
			list := f.Value
			if list.Kind() == value.List {
				var items []*value.Value
				for _, it := range list.Items() {
					items = append(items, each(it, k.target, k.as)...)
				}
				list = value.NewList(items, list.Span())
			}
			out = append(out, value.Field{Key: k.to, KeySpan: f.KeySpan, Value: list})
		}
	}
	return out
}

// each are the notifications of one entry, one for each of its events.
func each(entry *value.Value, target, as string) []*value.Value {
	if entry.Kind() != value.Map {
		return []*value.Value{entry}
	}
	events := entry.Get("Events").Items()
	if len(events) == 0 {
		events = []*value.Value{entry.Get("Events")} // not known
	}
	at := entry.Span()
	field := func(key string, v *value.Value) value.Field { return value.Field{Key: key, KeySpan: at, Value: v} }
	var out []*value.Value
	for _, e := range events {
		fields := []value.Field{field("Event", e), field(as, entry.Get(target))}
		if f := entry.Get("Filter"); f.Exists() != value.No {
			key := value.NewMap([]value.Field{field("Rules", f.Get("Key", "FilterRules"))}, f.Span())
			fields = append(fields, field("Filter", value.NewMap([]value.Field{field("S3Key", key)}, f.Span())))
		}
		out = append(out, value.NewMap(fields, at))
	}
	return out
}

// notified is a bucket's properties with further notifications.
func notified(props *value.Value, more []value.Field) *value.Value {
	const key = "NotificationConfiguration"
	var at source.Span
	lists := map[string]int{}
	var fields []value.Field
	add := func(f value.Field) {
		i, ok := lists[f.Key]
		if !ok {
			lists[f.Key] = len(fields)
			fields = append(fields, f)
			return
		}
		if was := fields[i].Value; was.Kind() == value.List && f.Value.Kind() == value.List {
			fields[i].Value = value.NewList(append(append([]*value.Value(nil), was.Items()...), f.Value.Items()...), was.Span())
		} else if f.Value.Kind() == value.Unresolved {
			fields[i] = f
		}
	}
	own := props.Get(key)
	for _, f := range own.Fields() {
		add(f)
	}
	for _, f := range more {
		add(f)
		at = f.KeySpan
	}
	if own.Exists() != value.No {
		at = own.Span()
	}
	var out []value.Field
	for _, f := range props.Fields() {
		if f.Key != key {
			out = append(out, f)
		}
	}
	out = append(out, value.Field{Key: key, KeySpan: at, Value: value.NewMap(fields, at)})
	return value.NewOpenMap(out, props.Why(), props.Span())
}
