package aws

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/value"
)

var messagingShapes = map[string]shape{
	"aws_sqs_queue":                        func(s *shaping) { s.ownPolicy("AWS::SQS::QueuePolicy", "Queues", "PolicyDocument") },
	"aws_sns_topic":                        func(s *shaping) { s.ownPolicy("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument") },
	"aws_kinesis_stream":                   streamEncryption,
	"aws_kinesis_firehose_delivery_stream": deliveryEncryption,
	"aws_iot_topic_rule":                   topicRule,
	"aws_ses_receipt_rule":                 receiptRule,
}

// streamEncryption leaves out an encryption of type NONE, which CloudFormation
// says by leaving it out.
func streamEncryption(s *shaping) {
	kind := s.arg("encryption_type")
	none := kind.value.Is("NONE")
	if none == value.Yes || kind.value.Exists() == value.No {
		return
	}
	var b block
	b.put("EncryptionType", kind.value)
	b.put("KeyId", s.in.Attrs.Get("kms_key_id"))
	v := b.at(kind.value.Span())
	if none == value.Unknown {
		v = value.NewUnresolved(kind.value.Str(), kind.value.Span(), kind.value.Refs(), v, value.NewAbsent(kind.value.Span()))
	}
	s.put([]string{"StreamEncryption"}, kind.span, v)
}

// deliveryEncryption adds the kind of key that the provider takes where none
// is written, and leaves out an encryption that is switched off.
func deliveryEncryption(s *shaping) {
	const key = "DeliveryStreamEncryptionConfigurationInput"
	on := one(s.in.Attrs.Get("server_side_encryption")).Get("enabled")
	if on.IsTrue() == value.No {
		s.props = without(s.props, key)
		return
	}
	if fieldOf(s.props, key).Get("KeyType").Exists() == value.No {
		s.put([]string{key, "KeyType"}, on.Span(), value.NewText(value.Lit("AWS_OWNED_CMK"), on.Span()))
	}
	if on.IsTrue() == value.Unknown {
		s.put([]string{key}, on.Span(), value.NewUnresolved(on.Str(), on.Span(), on.Refs(), fieldOf(s.props, key), value.NewAbsent(on.Span())))
	}
}

// Blocks of actions, by what CloudFormation calls them.
var (
	ruleActions = spelling{names: map[string]string{"dynamodb": "DynamoDB", "dynamodbv2": "DynamoDBv2"},
		lists: map[string]string{"header": "Headers", "http_header": "Headers", "dimension": "Dimensions"}}
	ruleActionNames = []string{"cloudwatch_alarm", "cloudwatch_logs", "cloudwatch_metric", "dynamodb", "dynamodbv2", "elasticsearch", "firehose", "http",
		"iot_analytics", "iot_events", "kafka", "kinesis", "lambda", "republish", "s3", "sns", "sqs", "step_functions", "timestream"}
	mailActionNames = []string{"add_header_action", "bounce_action", "lambda_action", "s3_action", "sns_action", "stop_action", "workmail_action"}
)

// topicRule makes one list of the blocks that each kind of action has.
func topicRule(s *shaping) {
	if list := s.actions(ruleActions, ruleActionNames); list != nil {
		s.put([]string{"TopicRulePayload", "Actions"}, list.Span(), list)
	}
}

// receiptRule does the same, in the order of the actions' positions.
func receiptRule(s *shaping) {
	list := s.actions(spelling{}, mailActionNames)
	if list == nil {
		return
	}
	items := slices.Clone(list.Items())
	slices.SortStableFunc(items, func(a, b *value.Value) int { return cmp.Compare(position(a), position(b)) })
	for i, action := range items {
		for _, f := range action.Fields() {
			items[i] = put(action, path{{key: f.Key}}, field{f.KeySpan, without(f.Value, "Position")}, f.KeySpan)
		}
	}
	s.put([]string{"Rule", "Actions"}, list.Span(), value.NewList(items, list.Span()))
}

func position(action *value.Value) int64 {
	for _, f := range action.Fields() {
		n, _ := f.Value.Get("Position").Int()
		return n
	}
	return 0
}

// actions are the blocks of the names, each in a map under its kind; nil where
// there are none.
func (s *shaping) actions(how spelling, names []string) *value.Value {
	var all []*value.Value
	for _, name := range names {
		key := how.names[name]
		if key == "" {
			key = pascal(name)
		}
		list := spread(s.in.Attrs.Get(name), func(el *value.Value) []*value.Value {
			return []*value.Value{value.NewMap([]value.Field{{Key: key, KeySpan: el.Span(), Value: how.spell(el)}}, el.Span())}
		})
		if list.Exists() != value.No {
			all = append(all, elementsOf(list)...)
		}
	}
	if all == nil {
		return nil
	}
	return value.NewList(all, all[0].Span())
}
