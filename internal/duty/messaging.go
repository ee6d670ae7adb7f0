package duty

import (
	"fmt"

	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

const (
	queue      = "AWS::SQS::Queue"
	topic      = "AWS::SNS::Topic"
	bus        = "AWS::Events::EventBus"
	eventRule  = "AWS::Events::Rule"
	schedule   = "AWS::Scheduler::Schedule"
	stream     = "AWS::Kinesis::Stream"
	sqsDocs    = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
	snsDocs    = "https://docs.aws.amazon.com/sns/latest/dg/"
	eventDocs  = "https://docs.aws.amazon.com/eventbridge/latest/userguide/"
	streamDocs = "https://docs.aws.amazon.com/streams/latest/dev/"
)

func queueDuties() []Duty {
	return []Duty{
		byAWS("sqs-delivery", "Keep and deliver messages", "SQS keeps messages over several Availability Zones and delivers them at least once", sqsDocs+"standard-queues.html", "SC-36", queue),
		{
			ID: "sqs-encryption", Title: "Encrypt messages at rest", Types: []string{queue},
			Doc:    "SQS encrypts every new queue with keys of its own. Switching that off, or a KMS key, moves the duty to the customer.",
			Refs:   Refs{AWS: []string{sqsDocs + "sqs-server-side-encryption.html"}, FSBP: "SQS.1", OWASP: "A3:2017", NIST: "SC-28"},
			States: decided(Provided), Compute: queueEncryption,
		},
		{
			ID: "sqs-callers", Title: "Let only known senders and readers in", Types: []string{queue},
			Doc:    "A queue policy for everybody lets strangers put messages before the consumers, or read them. One for a service should name the source.",
			Refs:   Refs{AWS: []string{sqsDocs + "sqs-security-best-practices.html"}, FSBP: "SQS.3", OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the queue")
			},
		},
		{
			ID: "sqs-tls-only", Title: "Refuse requests without TLS", Types: []string{queue},
			Doc:    "A statement that denies requests whose aws:SecureTransport is false refuses plain HTTP.",
			Refs:   Refs{AWS: []string{sqsDocs + "sqs-security-best-practices.html"}, OWASP: "A3:2017", NIST: "SC-8"},
			States: decided(),
			Compute: func(v *View) Answer {
				return tlsOnly(v.Resource, "the queue")
			},
		},
		{
			ID: "sqs-dead-letters", Title: "Keep messages that could not be handled", Types: []string{queue},
			Doc:    "Without a dead-letter queue a message that always fails comes back until it expires, and costs a run each time. A queue that serves as one needs none.",
			Refs:   Refs{AWS: []string{sqsDocs + "sqs-dead-letter-queues.html"}},
			States: decided(NA), Compute: queueDeadLetters,
		},
		attested("sqs-validation", "Validate messages before they are used", "only the consumers' code can show it",
			"A message is input: its sender may have been anyone whom the policy lets in, or any function that can be made to send.",
			Refs{AWS: []string{sqsDocs + "sqs-security-best-practices.html"}, Lens: "SEC 3", OWASP: "A1:2017", NIST: "SI-10"}, queue),
	}
}

func queueEncryption(v *View) Answer {
	key, managed := v.Get("KmsMasterKeyId"), v.Get("SqsManagedSseEnabled")
	switch {
	case set(key) == value.Yes:
		return met("a KMS key encrypts messages; if it is the customer's, so is its policy", Place{key.Span(), "KmsMasterKeyId"}).by(Shared)
	case managed.IsFalse() == value.Yes:
		return unmet("encryption at rest is switched off", prop("SqsManagedSseEnabled", managed))
	case set(key) == value.Unknown:
		return unknown("it is not known how messages are encrypted", key, prop("KmsMasterKeyId", key))
	case managed.IsFalse() == value.Unknown:
		return unknown("it is not known whether messages are encrypted", managed, prop("SqsManagedSseEnabled", managed))
	}
	return provided("SQS encrypts messages with keys of its own")
}

func queueDeadLetters(v *View) Answer {
	for _, u := range v.App.Users(v.Resource) {
		if u.By == v.Resource {
			continue
		}
		target := func(x *value.Value) bool { return names(x, v.Resource) }
		if target(u.By.Get("RedrivePolicy")) || target(u.By.Get("DeadLetterConfig")) || target(u.By.Get("DeadLetterQueue")) || target(u.By.Get("DestinationConfig")) {
			return notApplicable("the queue keeps what others could not handle (" + u.By.Label() + ")")
		}
	}
	p := v.Get("RedrivePolicy", "deadLetterTargetArn")
	return decide(set(p), "RedrivePolicy", p, "messages that fail go to a dead-letter queue", "messages that always fail come back until they expire: no dead-letter queue")
}

func topicDuties() []Duty {
	return []Duty{
		byAWS("sns-delivery", "Keep and deliver notifications", "SNS delivers notifications and retries where an endpoint does not answer", snsDocs+"sns-message-delivery-retries.html", "", topic),
		{
			ID: "sns-encryption", Title: "Encrypt notifications at rest", Types: []string{topic},
			Doc:    "SNS encrypts its storage; a KMS key encrypts each notification and moves the question of who may decrypt to the customer.",
			Refs:   Refs{AWS: []string{snsDocs + "sns-server-side-encryption.html"}, Hub: "SNS.1", OWASP: "A3:2017", NIST: "SC-28"},
			States: decided(),
			Compute: func(v *View) Answer {
				k := v.Get("KmsMasterKeyId")
				return decide(set(k), "KmsMasterKeyId", k, "a KMS key encrypts notifications", "no KMS key encrypts notifications").by(Shared)
			},
		},
		{
			ID: "sns-callers", Title: "Let only known publishers and subscribers in", Types: []string{topic},
			Doc:    "A topic policy for everybody lets strangers publish to all subscribers, or listen.",
			Refs:   Refs{AWS: []string{snsDocs + "sns-security-best-practices.html"}, FSBP: "SNS.4", OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the topic")
			},
		},
		{
			ID: "sns-subscriptions", Title: "Send notifications only over TLS", Types: []string{topic},
			Doc:    "A subscription with the protocol http sends notifications in the clear, and the endpoint's safety is the customer's.",
			Refs:   Refs{AWS: []string{snsDocs + "sns-security-best-practices.html"}, OWASP: "A3:2017", NIST: "SC-8"},
			States: decided(NA), Compute: topicSubscriptions,
		},
	}
}

func topicSubscriptions(v *View) Answer {
	var plain, open []Place
	n := 0
	look := func(protocol *value.Value) {
		n++
		switch protocol.Is("http") {
		case value.Yes:
			plain = append(plain, prop("Protocol", protocol))
		case value.Unknown:
			open = append(open, prop("Protocol", protocol))
		}
	}
	for _, s := range v.Get("Subscription").Items() {
		look(s.Get("Protocol"))
	}
	for _, c := range v.App.Children(v.Resource, "AWS::SNS::Subscription") {
		look(c.Get("Protocol"))
	}
	switch {
	case n == 0:
		return notApplicable("the sources give the topic no subscription")
	case len(plain) > 0:
		return unmet("notifications are sent in the clear", plain...)
	case len(open) > 0:
		return unknown("it is not known how notifications are sent", nil, open...)
	}
	return met(fmt.Sprintf("none of %d subscriptions is sent in the clear", n))
}

func busDuties() []Duty {
	return []Duty{
		byAWS("events-delivery", "Deliver events and retry", "EventBridge delivers events and retries for a day", eventDocs+"eb-rule-retry-policy.html", "", bus, eventRule, schedule),
		{
			ID: "events-callers", Title: "Let only known accounts send events", Types: []string{bus},
			Doc:    "Whoever may put events on the bus chooses what its rules pass on. A bus without a policy takes events of its own account only.",
			Refs:   Refs{AWS: []string{eventDocs + "eb-event-bus-perms.html"}, OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the bus")
			},
		},
		{
			ID: "events-dead-letters", Title: "Keep events that could not be delivered", Types: []string{eventRule},
			Doc:    "After a day of retries an event is lost, unless the target names a dead-letter queue.",
			Refs:   Refs{AWS: []string{eventDocs + "eb-rule-dlq.html"}},
			States: decided(NA), Compute: ruleDeadLetters,
		},
		{
			ID: "events-api-destination", Title: "Send events to other parties only over TLS and with credentials", Types: []string{"AWS::Events::ApiDestination"},
			Doc:    "An API destination leaves AWS: whom it sends events to, with which credentials, is the customer's.",
			Refs:   Refs{AWS: []string{eventDocs + "eb-api-destinations.html"}, OWASP: "A3:2017", NIST: "SC-8, AC-20"},
			States: []State{Manual, Unmet, Unknown}, Compute: apiDestination,
		},
	}
}

func ruleDeadLetters(v *View) Answer {
	targets := v.Get("Targets")
	if targets.Kind() == value.Unresolved {
		return unknown("the targets are not known", targets, prop("Targets", targets))
	}
	out := value.Yes
	var without []Place
	for _, t := range targets.Items() {
		has := set(t.Get("DeadLetterConfig", "Arn"))
		out = out.And(has)
		if has != value.Yes {
			without = append(without, Place{t.Span(), "a target without DeadLetterConfig"})
		}
	}
	switch {
	case targets.Len() == 0:
		return notApplicable("the rule has no target")
	case out == value.Yes:
		return met("every target keeps what could not be delivered")
	case out == value.No:
		return unmet(fmt.Sprintf("events that cannot be delivered are lost at %d of %s", len(without), rule.Count(targets.Len(), "target", "targets")), without...)
	}
	return unknown("it cannot be decided whether events that cannot be delivered are kept", nil, without...)
}

func apiDestination(v *View) Answer {
	u := v.Get("InvocationEndpoint")
	at := Place{u.Span(), "InvocationEndpoint"} // an address may hold credentials
	switch u.Text().HasPrefix("http://") {
	case value.Yes:
		return unmet("events leave AWS in the clear", at)
	case value.Unknown:
		return unknown("it is not known where events go", u, at)
	}
	return manual("events leave AWS: attest who runs the endpoint", at)
}

func scheduleDuties() []Duty {
	return []Duty{{
		ID: "schedule-dead-letters", Title: "Keep runs that could not be started", Types: []string{schedule},
		Doc:    "A run that cannot be started is retried and then lost, unless the target names a dead-letter queue.",
		Refs:   Refs{AWS: []string{"https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"}},
		States: decided(),
		Compute: func(v *View) Answer {
			d := v.Get("Target", "DeadLetterConfig", "Arn")
			return decide(set(d), "Target.DeadLetterConfig", d, "runs that cannot be started are kept", "runs that cannot be started are lost after the retries")
		},
	}, {
		ID: "schedule-role", Title: "Let the schedule start only its target", Types: []string{schedule},
		Doc:    "A schedule acts with a role of the customer's; that role should name the target and nothing else.",
		Refs:   Refs{AWS: []string{"https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html"}, OWASP: "A5:2017", NIST: "AC-6"},
		States: decided(Manual),
		Compute: func(v *View) Answer {
			return roleAt(v, v.Get("Target", "RoleArn"), "Target.RoleArn")
		},
	}}
}

// roleAt answers least privilege for the role that a property names.
func roleAt(v *View, at *value.Value, name string) Answer {
	r, sure := v.App.Lookup(at, "AWS::IAM::Role")
	switch {
	case r != nil && sure == value.Yes:
		return v.facts.privilegesOf(r).least("the role " + r.Label())
	case set(at) == value.Yes && sure == value.No:
		return manual("the role lies outside the sources: attest what it may do", Place{at.Span(), name})
	case set(at) == value.No:
		return unmet("no role is named", prop(name, at))
	}
	return unknown("the role is not known", at, Place{at.Span(), name})
}

func streamDuties() []Duty {
	return []Duty{
		byAWS("kinesis-durability", "Keep records over several Availability Zones", "Kinesis copies records to three Availability Zones", streamDocs+"disaster-recovery-resiliency.html", "SC-36", stream),
		{
			ID: "kinesis-encryption", Title: "Encrypt records at rest", Types: []string{stream},
			Doc:    "Kinesis encrypts records only where the stream says so.",
			Refs:   Refs{AWS: []string{streamDocs + "server-side-encryption.html"}, FSBP: "Kinesis.1", OWASP: "A3:2017", NIST: "SC-28"},
			States: decided(),
			Compute: func(v *View) Answer {
				e := v.Get("StreamEncryption", "EncryptionType")
				return decide(e.Is("KMS"), "StreamEncryption", e, "a KMS key encrypts records", "records are not encrypted at rest")
			},
		},
		{
			ID: "kinesis-callers", Title: "Let only known accounts in", Types: []string{stream},
			Doc:    "A stream's resource policy shares it with other accounts.",
			Refs:   Refs{AWS: []string{streamDocs + "controlling-access.html"}, OWASP: "A5:2017", NIST: "AC-3, AC-6"},
			States: decided(Manual),
			Compute: func(v *View) Answer {
				return audienceOf(v.Resource).keepOut("the stream")
			},
		},
		{
			ID: "kinesis-retention", Title: "Keep records long enough to handle them again", Types: []string{stream},
			Doc:    "Records are kept for a day unless the stream says more. After that, what consumers did not handle is lost.",
			Refs:   Refs{AWS: []string{streamDocs + "kinesis-extended-retention.html"}, FSBP: "Kinesis.3", NIST: "SI-12"},
			States: decided(), Compute: streamRetention,
		},
	}
}

// aWeek is what FSBP's Kinesis.3 asks for, in hours.
const aWeek = 7 * 24

func streamRetention(v *View) Answer {
	h := v.Get("RetentionPeriodHours").Or(value.NewNumber("24", v.Span))
	n, ok := h.Int()
	if !ok {
		return unknown("it is not known how long records are kept", h, prop("RetentionPeriodHours", h))
	}
	return decide(value.Of(n >= aWeek), "RetentionPeriodHours", h, fmt.Sprintf("records are kept for %d hours", n), fmt.Sprintf("records are kept for %d hours, less than a week", n))
}
