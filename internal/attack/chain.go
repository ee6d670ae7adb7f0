package attack

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

func chainTechniques() []*Technique {
	return []*Technique{eventChain, functionDestination, tableStream}
}

var eventChain = &Technique{
	ID: "event-chain", Title: "Run a function by writing what triggers it",
	Doc: "A notification, an event source mapping, a subscription or a rule runs a function for what is written to its source. Whoever may write there " +
		"runs the function and chooses what it is sent: an object's key and content, a message, a record, an event's detail. " +
		"The source's policy is the function's front door.",
	Needs: []string{"to write to the bucket, queue, topic, stream, bus or state machine"}, Gives: "invoke the function with chosen content",
	Refs: Refs{ATTACK: []string{"T1546", "T1648"}, CWE: []string{"CWE-441"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, c := range []struct {
			kind   app.EntryKind
			fields string
			how    string
		}{
			{app.EntryBucket, "object keys and contents", "each object in %s runs %s"},
			{app.EntryQueue, "messages", "each message in %s runs %s"},
			{app.EntryTopic, "messages", "each message to %s runs %s"},
			{app.EntryStream, "records", "each record in %s runs %s"},
			{app.EntryFirehose, "records", "each record in %s runs %s"},
			{app.EntryRule, "event details", "each event on %s that matches runs %s"},
			{app.EntryLogs, "log lines", "each line in %s that matches runs %s"},
			{app.EntryStateMachine, "input", "an execution of %s runs %s"},
			{app.EntryPipe, "records", "what is put into %s runs %s"},
		} {
			b.eachEntry(c.kind, func(f *function, e *app.Entry) {
				if e.Source == nil || c.kind == app.EntryRule && onlyAWS(e.Via) {
					return
				}
				from := Capability{Kind: KindWrite, Of: e.Source.ID}
				if c.kind == app.EntryBucket && strings.HasPrefix(e.Via.Str(), "s3:ObjectRemoved") {
					from.Kind = KindDelete
				}
				h := hop{by: t, from: []Capability{from}, to: Capability{KindInvoke, f.ID, c.fields},
					why:      strings.Replace(strings.Replace(c.how, "%s", e.Source.Label(), 1), "%s", f.Label(), 1),
					evidence: evidence(e.Span, e.Source.Label()+" runs "+f.Label())}
				h.evidence = append(h.evidence, filterEvidence(e)...)
				unsure(&h, e.Sure, e.Source.Label()+" runs "+f.Label())
				conditional(&h, f.Resource, e.Source)
				b.add(h)
			})
		}
		b.busesFromBuckets(t)
	},
}

// filterEvidence shows the filter that a sender has to pass: it looks at the
// object's key, the message, the record or the event's source and detail, all
// of which the sender writes.
func filterEvidence(e *app.Entry) []Evidence {
	if e.Filter.Exists() == value.No || e.Filter.Span().IsZero() {
		return nil
	}
	return []Evidence{{e.Filter.Span(), "the filter looks at what the sender writes"}}
}

// onlyAWS tells whether a rule takes only events that AWS's services send: no
// caller of PutEvents may use their names as its source.
func onlyAWS(sources *value.Value) bool {
	items := sources.Items()
	for _, s := range items {
		if s.Text().HasPrefix("aws.") != value.Yes {
			return false
		}
	}
	return len(items) > 0
}

// busesFromBuckets joins what passes messages on without a function: a
// bucket's notification to a queue or topic, a topic's subscription of a queue,
// and a bucket's events that a rule waits for.
func (b *building) busesFromBuckets(t *Technique) {
	for _, a := range b.apps {
		for bucket := range a.Buckets() {
			for _, n := range bucket.Notifications() {
				if n.Destination == nil {
					b.objectRules(t, bucket, n)
					continue
				}
				to, sure := a.Lookup(n.Destination, "AWS::SQS::Queue", "AWS::SNS::Topic")
				if to == nil {
					continue
				}
				h := hop{by: t, from: []Capability{{Kind: KindWrite, Of: bucket.ID}}, to: Capability{Kind: KindWrite, Of: to.ID},
					why: "each object in " + bucket.Label() + " puts a message into " + to.Label(), evidence: evidence(n.Span, "the notification of "+bucket.Label())}
				unsure(&h, sure.And(n.Sure), bucket.Label()+" notifies "+to.Label())
				b.add(h)
			}
		}
		for sub := range a.OfType("AWS::SNS::Subscription") {
			topic, sure := a.Lookup(sub.Get("TopicArn"), "AWS::SNS::Topic")
			queue, sure2 := a.Lookup(sub.Get("Endpoint"), "AWS::SQS::Queue")
			if topic == nil || queue == nil {
				continue
			}
			h := hop{by: t, from: []Capability{{Kind: KindWrite, Of: topic.ID}}, to: Capability{Kind: KindWrite, Of: queue.ID},
				why: "each message to " + topic.Label() + " is put into " + queue.Label(), evidence: evidence(sub.Span, "the subscription")}
			unsure(&h, sure.And(sure2), topic.Label()+" feeds "+queue.Label())
			b.add(h)
		}
	}
}

var tableStream = &Technique{
	ID: "table-stream", Title: "Run a function by changing an item",
	Doc: "A table's stream runs its functions for every change, with the old and new item. Whoever may write items runs them and chooses what they see; " +
		"code tends to trust its own tables.",
	Needs: []string{"to write to the table"}, Gives: "invoke the stream's functions with chosen items",
	Refs:       Refs{ATTACK: []string{"T1546", "T1565.001"}, CWE: []string{"CWE-441"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryTable, func(f *function, e *app.Entry) {
			if e.Source == nil {
				return
			}
			h := hop{by: t, from: []Capability{{Kind: KindWrite, Of: e.Source.ID}}, to: Capability{KindInvoke, f.ID, "items"},
				why: "each change of " + e.Source.Label() + " runs " + f.Label(), evidence: evidence(e.Span, "the stream of "+e.Source.Label()+" runs "+f.Label())}
			h.evidence = append(h.evidence, filterEvidence(e)...)
			unsure(&h, e.Sure, e.Source.Label()+" runs "+f.Label())
			conditional(&h, f.Resource, e.Source)
			b.add(h)
		})
	},
}

var functionDestination = &Technique{
	ID: "function-destination", Title: "Run a function through another's destination",
	Doc: "A destination or a dead letter target gets the event and the answer of an asynchronous call. Whoever chooses the event of the first function " +
		"chooses much of what the second is sent.",
	Needs: []string{"to invoke the first function with chosen fields"}, Gives: "invoke the second with the same fields",
	Refs:       Refs{ATTACK: []string{"T1648"}, CWE: []string{"CWE-441"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		fields := map[string][]string{}
		for _, c := range b.caps {
			if c.Kind == KindInvoke {
				fields[c.Of] = append(fields[c.Of], c.Detail)
			}
		}
		b.eachEntry(app.EntryDestination, func(f *function, e *app.Entry) {
			if e.Source == nil || e.Source.Type != "AWS::Lambda::Function" {
				return
			}
			for _, d := range fields[e.Source.ID] {
				h := hop{by: t, from: []Capability{{KindInvoke, e.Source.ID, d}}, to: Capability{KindInvoke, f.ID, d},
					why: "what " + e.Source.Label() + " was sent goes on to " + f.Label(), evidence: evidence(e.Span, "the destination of "+e.Source.Label())}
				unsure(&h, e.Sure.And(value.Yes), e.Source.Label()+" sends to "+f.Label())
				b.add(h)
			}
		})
	},
}

// objectRules adds the rules that wait for the objects of a bucket.
func (b *building) objectRules(t *Technique, bucket app.Bucket, n app.Notification) {
	b.eachEntry(app.EntryRule, func(f *function, e *app.Entry) {
		if e.Via.Contains("aws.s3") == value.No || f.App != bucket.App {
			return
		}
		names := e.Filter.Get("detail", "bucket", "name")
		if names.Exists() != value.No {
			named := value.No
			for _, v := range names.Items() {
				r, sure := f.App.Lookup(v, "AWS::S3::Bucket")
				if r == bucket.Resource || r == nil && sure == value.Unknown {
					named = named.Or(sure)
				}
			}
			if named == value.No {
				return
			}
		}
		h := hop{by: t, from: []Capability{{Kind: KindWrite, Of: bucket.ID}}, to: Capability{KindInvoke, f.ID, "object keys and contents"},
			why: "each object in " + bucket.Label() + " sends an event that runs " + f.Label(), evidence: []Evidence{{n.Span, "events go to EventBridge"}, {e.Span, "the rule runs " + f.Label()}}}
		unsure(&h, n.Sure.And(e.Sure), bucket.Label()+" runs "+f.Label())
		b.add(h)
	})
}
