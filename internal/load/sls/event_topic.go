package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// topicEvent subscribes the function to a topic: one that is there, by its
// ARN, or one that the event makes.
func (s *service) topicEvent(f *function, e event, _ int) {
	var topic, name *node
	switch t := e.main("arn"); {
	case plain(e.n):
		topic, name = e.get("arn"), e.get("topicName")
	case strings.HasPrefix(shown(t), "arn:") || isFn(t) && !strings.Contains(shown(t), "-"):
		topic = t
	default:
		name = t
	}
	if name == nil {
		if topic == nil {
			s.missing(f, e, "arn or topicName")
			return
		}
		name = source.NewString(afterLast(shown(topic), ":"), topic.Span)
	}
	label := alphaNumeric(shown(name))
	subscription := obj(e.span, "Protocol", "lambda", "Endpoint", f.target(e.span), "FilterPolicy", e.get("filterPolicy"),
		"FilterPolicyScope", e.get("filterPolicyScope"))
	sourceARN := topic
	if topic == nil {
		sourceARN = arn(e.span, "sns", name)
	}
	if n := e.get("redrivePolicy"); plain(n) {
		set(subscription, "RedrivePolicy", s.redrive(f, n, shown(name), topic))
	}
	if topic == nil {
		id := "SNSTopic" + label
		if s.made[id] == nil {
			s.add(e.span, f.from(), id, "AWS::SNS::Topic", obj(e.span, "TopicName", name, "DisplayName", e.get("displayName")), f.aliasID)
		}
		topic = ref(e.span, id)
		if !subscription.Has("FilterPolicy") && !subscription.Has("RedrivePolicy") { // stands in the topic itself
			props := s.made[id].props
			all := props.Get("Subscription")
			if all == nil {
				all = source.NewList(e.span)
				set(props, "Subscription", all)
			}
			all.Items = append(all.Items, subscription)
			subscription = nil
		}
	}
	if subscription != nil {
		set(subscription, "TopicArn", topic)
		if cut := strings.Split(shown(sourceARN), ":"); sourceARN.IsScalar() && len(cut) > 3 && cut[3] != s.out.Region {
			set(subscription, "Region", source.NewString(cut[3], e.span))
		}
		s.add(e.span, f.from(), normal(f.key)+"SnsSubscription"+label, "AWS::SNS::Subscription", subscription, f.aliasID)
	}
	s.allow(f, normal(f.key)+"LambdaPermission"+label+"SNS", e.span, "sns.amazonaws.com", sourceARN)
}

// redrive is the queue for messages that fail, with the policy that lets the
// topic send to it.
func (s *service) redrive(f *function, n *node, name string, topic *node) *node {
	s.known(n, "redrivePolicy", words("deadLetterTargetArn deadLetterTargetRef deadLetterTargetImport"))
	var target, url *node
	switch {
	case get(n, "deadLetterTargetArn") != nil:
		target = n.Get("deadLetterTargetArn")
		url = queueURL(target)
	case get(n, "deadLetterTargetRef") != nil:
		id := text(n.Get("deadLetterTargetRef"))
		target, url = getAtt(n.Span, id, "Arn"), ref(n.Span, id)
	default:
		target = obj(n.Span, "Fn::ImportValue", get(n, "deadLetterTargetImport", "arn"))
		url = obj(n.Span, "Fn::ImportValue", get(n, "deadLetterTargetImport", "url"))
	}
	id := alphaNumeric(name) + "To" + normal(f.key) + "DLQPolicy"
	statement := obj(n.Span, "Effect", "Allow", "Principal", obj(n.Span, "Service", "sns.amazonaws.com"), "Action", "sqs:SendMessage",
		"Resource", target)
	if topic != nil {
		set(statement, "Condition", obj(n.Span, "ArnEquals", obj(n.Span, "aws:SourceArn", topic)))
	} else { // the framework leaves the topic out that the event makes itself
		set(statement, "Condition", obj(n.Span, "ArnEquals", source.NewMap(n.Span)))
	}
	doc := policy(n.Span, statement)
	set(doc, "Id", source.NewString(id, n.Span))
	s.add(n.Span, f.from(), id, "AWS::SQS::QueuePolicy", obj(n.Span, "PolicyDocument", doc, "Queues", list(n.Span, url)))
	return obj(n.Span, "deadLetterTargetArn", target)
}
