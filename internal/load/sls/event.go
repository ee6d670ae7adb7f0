package sls

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// An event is one entry of a function's events.
type event struct {
	kind  string
	n     *node // its settings
	span  source.Span
	index int // among all events of the function, from 1
}

// get is a setting of an event that is written as a map.
func (e event) get(keys ...string) *node { return get(e.n, keys...) }

// An eventKind is one kind of event: the properties that it has, and how it is
// compiled; nil where all events of the service are compiled together.
type eventKind struct {
	keys    string
	compile func(s *service, f *function, e event, number int)
}

// eventKinds are all events of the framework.
// https://www.serverless.com/framework/docs/providers/aws/guide/events
func eventKinds() map[string]eventKind {
	return map[string]eventKind{
		"http":                 {"async authorizer connectionId connectionType cors integration method operationId path private request response timeoutInMillis documentation", nil},
		"httpApi":              {"authorizer method path timeout documentation", nil},
		"websocket":            {"route routeResponseSelectionExpression authorizer", nil},
		"cloudFront":           {"behavior cachePolicy eventType isDefaultOrigin includeBody origin pathPattern", nil},
		"s3":                   {"bucket event existing forceDeploy rules", (*service).bucketEvent},
		"sns":                  {"arn topicName displayName filterPolicy filterPolicyScope redrivePolicy", (*service).topicEvent},
		"sqs":                  {"arn batchSize enabled maximumBatchingWindow functionResponseType filterPatterns maximumConcurrency", (*service).queueEvent},
		"stream":               {"arn type batchSize parallelizationFactor startingPosition startingPositionTimestamp enabled consumer batchWindow maximumRetryAttempts bisectBatchOnFunctionError maximumRecordAgeInSeconds functionResponseType destinations tumblingWindowInSeconds filterPatterns", (*service).streamEvent},
		"msk":                  {"arn batchSize maximumBatchingWindow enabled startingPosition startingPositionTimestamp topic saslScram512 consumerGroupId filterPatterns provisionedPollerConfig", (*service).mskEvent},
		"kafka":                {"accessConfigurations batchSize maximumBatchingWindow enabled bootstrapServers startingPosition startingPositionTimestamp topic onFailureDestination consumerGroupId filterPatterns provisionedPollerConfig", (*service).kafkaEvent},
		"activemq":             {"arn basicAuthArn batchSize maximumBatchingWindow enabled queue filterPatterns", (*service).brokerEvent},
		"rabbitmq":             {"arn basicAuthArn batchSize maximumBatchingWindow enabled queue virtualHost filterPatterns", (*service).brokerEvent},
		"documentDb":           {"cluster smk db auth batchSize batchWindow collection document enabled startingPosition filterPatterns", (*service).documentEvent},
		"schedule":             {"rate enabled name description input inputPath inputTransformer method roleArn groupName timezone", (*service).scheduleEvent},
		"eventBridge":          {"eventBus schedule name description enabled pattern input inputPath inputTransformer retryPolicy deadLetterQueueArn", (*service).busEvent},
		"cloudwatchEvent":      {"event input inputPath inputTransformer description name enabled", (*service).ruleEvent},
		"cloudwatchLog":        {"logGroup filter", (*service).logEvent},
		"cognitoUserPool":      {"pool trigger existing forceDeploy kmsKeyId lambdaVersion", (*service).poolEvent},
		"alb":                  {"authorizer conditions healthCheck listenerArn multiValueHeaders priority targetGroupName", (*service).balancerEvent},
		"alexaSkill":           {"appId enabled", (*service).alexaEvent},
		"alexaSmartHome":       {"appId enabled", (*service).alexaEvent},
		"iot":                  {"sql sqlVersion name enabled description", (*service).iotEvent},
		"iotFleetProvisioning": {"enabled provisioningRoleArn templateBody templateName", (*service).fleetEvent},
	}
}

// readEvents takes the events of a function apart.
func (s *service) readEvents(f *function) {
	list := f.get("events")
	if list == nil {
		return
	}
	if !isList(list) {
		s.unread(list, "the events of the function "+f.key)
		return
	}
	kinds := eventKinds()
	for i, it := range list.Items {
		switch {
		case isNone(it):
			continue
		case it.IsScalar(): // "- alexaSkill", as version 1 took it
			it = source.NewMap(it.Span, source.Field{Key: it.Text, KeySpan: it.Span, Value: source.NewMap(it.Span)})
		case !plain(it):
			s.unread(it, "an event of the function "+f.key)
			continue
		}
		for _, fl := range it.Fields {
			k, ok := kinds[fl.Key]
			switch {
			case !ok:
				s.problem(fl.KeySpan, "the event %s of the function %s is of no kind that remit knows; what calls the function by it is not seen", quote(fl.Key), f.key)
			case isNone(fl.Value), isFalse(fl.Value):
			case isList(fl.Value):
				s.problem(fl.Value.Span, "the event %s of the function %s must be a map or text, not a list; it is not read", fl.Key, f.key)
			default:
				if name, unknown := s.isUnknown(fl.Value); unknown && k.compile == nil {
					s.problem(fl.Value.Span, "nothing is read of the event %s of the function %s: it comes from %s, which is not known here", fl.Key, f.key, name)
					continue
				}
				s.known(fl.Value, "the event "+fl.Key, words(k.keys))
				f.events = append(f.events, event{kind: fl.Key, n: fl.Value, span: fl.KeySpan, index: i + 1})
			}
		}
	}
}

// has reports whether the function has an event of the kind.
func (f *function) has(kind string) bool {
	return slices.ContainsFunc(f.events, func(e event) bool { return e.kind == kind })
}

// compileEvents compiles the events that need no others of the service.
func (s *service) compileEvents(f *function) {
	kinds := eventKinds()
	number := map[string]int{}
	for _, e := range f.events {
		number[e.kind]++
		if k := kinds[e.kind]; k.compile != nil {
			k.compile(s, f, e, number[e.kind])
		}
	}
}

// main is the value of an event that is written as text, or as a map with a
// key for it.
func (e event) main(key string) *node {
	if plain(e.n) {
		return e.get(key)
	}
	return e.n
}

// sourceName is the part of a logical id that names where events come from:
// the end of an ARN, or what a function refers to.
func sourceName(n *node, last func(arn string) string) string {
	if name, arg, ok := intrinsic.Of(n); ok {
		switch {
		case name == "Fn::GetAtt" && isList(arg) && len(arg.Items) > 0:
			return shown(arg.Items[0])
		case name == "Fn::Join" && isList(arg) && len(arg.Items) == 2 && isList(arg.Items[1]) && len(arg.Items[1].Items) > 0:
			return last(shown(arg.Items[1].Items[len(arg.Items[1].Items)-1]))
		}
		return shown(arg)
	}
	return last(shown(n))
}

// afterLast is what follows the last separator.
func afterLast(s, sep string) string { return s[strings.LastIndex(s, sep)+1:] }

// state is what the framework calls enabled.
func state(e event) string {
	if isFalse(e.get("enabled")) {
		return "DISABLED"
	}
	return "ENABLED"
}

// filters turns filter patterns into the filters of an event source mapping.
func filters(n *node) *node {
	if !isList(n) {
		return n
	}
	out := source.NewList(n.Span)
	for _, p := range n.Items {
		out.Items = append(out.Items, obj(p.Span, "Pattern", asText(p)))
	}
	return obj(n.Span, "Filters", out)
}

// asText is a value as the JSON text that a property holds; a call of a
// function or a value that is not known in it keeps the whole from being text.
func asText(n *node) *node {
	if isNone(n) {
		return nil
	}
	if n.Is(source.StringNode) || isFn(n) {
		return n
	}
	return obj(n.Span, "Fn::ToJsonString", n)
}
