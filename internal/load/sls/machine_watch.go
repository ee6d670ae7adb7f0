package sls

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// What watches a state machine: alarms on its metrics, and rules that tell
// other resources of the end of its executions.
// https://www.npmjs.com/package/serverless-step-functions

// metrics are the names of metrics in the file and in CloudWatch.
var metrics = map[string]string{
	"executionsTimedOut": "ExecutionsTimedOut", "executionsFailed": "ExecutionsFailed", "executionsAborted": "ExecutionsAborted",
	"executionThrottled": "ExecutionThrottled", "executionsSucceeded": "ExecutionsSucceeded",
}

// alarms makes the alarms of a state machine, one for each metric.
func (s *service) alarms(m *machine) {
	n := get(m.config, "alarms")
	if n == nil {
		return
	}
	if !plain(n) {
		s.unread(n, "alarms of the state machine "+m.key)
		return
	}
	s.known(n, "alarms", words("topics metrics treatMissingData period nameTemplate"))
	for _, it := range items(get(n, "metrics")) {
		metric := metrics[text(first(get(it, "metric"), it))]
		if metric == "" {
			s.problem(it.Span, "an alarm of the state machine %s is on no metric that the plug-in knows; there is no such alarm", m.key)
			continue
		}
		id := m.id + metric + "Alarm"
		if own := text(get(it, "logicalId")); own != "" {
			id = own
		}
		s.call(id, m.key+"/"+metric+"Alarm")
		s.add(it.Span, m.from(), id, "AWS::CloudWatch::Alarm", obj(it.Span, "Namespace", "AWS/States", "MetricName", metric, "Threshold", 1,
			"Period", first(get(it, "period"), get(n, "period"), value(it.Span, 60)), "EvaluationPeriods", 1, "Statistic", "Sum",
			"ComparisonOperator", "GreaterThanOrEqualToThreshold", "AlarmName", get(it, "alarmName"),
			"TreatMissingData", first(get(it, "treatMissingData"), get(n, "treatMissingData"), source.NewString("missing", it.Span)),
			"OKActions", s.topic(n, "ok"), "AlarmActions", s.topic(n, "alarm"), "InsufficientDataActions", s.topic(n, "insufficientData"),
			"Dimensions", list(it.Span, obj(it.Span, "Name", "StateMachineArn", "Value", ref(it.Span, m.id)))))
	}
}

// topic is the topic that alarms tell of a state, in a list; nil if none is given.
func (s *service) topic(alarms *node, state string) *node {
	if t := get(alarms, "topics", state); t != nil {
		return list(t.Span, t)
	}
	return nil
}

// ends are the states of executions that notifications tell of, in the order in
// which the plug-in goes through them.
var ends = []string{"ABORTED", "FAILED", "RUNNING", "SUCCEEDED", "TIMED_OUT"}

// targetKinds are what notifications may go to. What has a policy of its own
// lets them in by that, for the others there is an action for a role.
var targetKinds = []struct{ key, action string }{
	{"sns", ""}, {"sqs", ""}, {"lambda", ""},
	{"kinesis", "kinesis:PutRecord"}, {"firehose", "firehose:PutRecord"}, {"stepFunctions", "states:StartExecution"},
}

// notifications makes a rule for each state of executions, and what lets the
// rules reach their targets. The policies are numbered, where the plug-in has
// digests: nobody can refer to them.
func (s *service) notifications(m *machine) {
	n := get(m.config, "notifications")
	if n == nil {
		return
	}
	if !plain(n) {
		s.unread(n, "notifications of the state machine "+m.key)
		return
	}
	s.known(n, "notifications", words(strings.Join(ends, " ")))
	role := m.id + "NotificationsIamRole"
	policies := source.NewList(n.Span)
	var rules []*resource
	count := 0
	for _, end := range ends {
		f := n.Field(end)
		if f == nil || isNone(f.Value) {
			continue
		}
		targets := source.NewList(f.KeySpan)
		for _, t := range items(f.Value) {
			count++
			if target := s.notified(m, t, policies, count); target != nil {
				targets.Items = append(targets.Items, target)
			}
		}
		id := m.id + "Notifications" + strings.ReplaceAll(end, "_", "") + "EventRule"
		s.call(id, m.key+"/Notifications/"+end)
		rules = append(rules, s.add(f.KeySpan, m.from(), id, "AWS::Events::Rule", obj(f.KeySpan, "Name", m.key+"-"+end+"-notification",
			"Targets", targets, "EventPattern", obj(f.KeySpan, "source", []string{"aws.states"},
				"detail-type", []string{"Step Functions Execution Status Change"},
				"detail", obj(f.KeySpan, "status", []string{end}, "stateMachineArn", list(f.KeySpan, ref(f.KeySpan, m.id)))))))
	}
	if len(policies.Items) == 0 {
		return
	}
	s.call(role, m.key+"/NotificationsIamRole")
	s.add(n.Span, m.from(), role, "AWS::IAM::Role", obj(n.Span, "AssumeRolePolicyDocument", obj(n.Span, "Statement", obj(n.Span,
		"Effect", "Allow", "Principal", obj(n.Span, "Service", "events.amazonaws.com"), "Action", "sts:AssumeRole")), "Policies", policies))
	for _, r := range rules {
		set(r.props, "RoleArn", getAtt(r.span, role, "Arn"))
	}
}

// notified is one target of a notification, with what lets the rule reach it;
// nil for one that is not understood.
func (s *service) notified(m *machine, n, policies *node, number int) *node {
	for _, kind := range targetKinds {
		to := get(n, kind.key)
		if to == nil {
			continue
		}
		partition := get(to, "partitionKeyPath")
		to = s.definition(first(get(to, "arn"), to))
		target := obj(n.Span, "Id", m.key+"-"+strconv.Itoa(number), "Arn", to, "InputPath", get(n, "inputPath"))
		if partition != nil {
			set(target, "KinesisParameters", obj(n.Span, "PartitionKeyPath", partition))
		}
		id := m.id + "ResourcePolicy" + strconv.Itoa(number)
		let := func(action string) *node {
			return policy(n.Span, obj(n.Span, "Effect", "Allow", "Principal", obj(n.Span, "Service", "events.amazonaws.com"), "Action", action, "Resource", to))
		}
		switch kind.key {
		case "sns":
			s.add(n.Span, m.from(), id, "AWS::SNS::TopicPolicy", obj(n.Span, "PolicyDocument", let("sns:Publish"), "Topics", list(n.Span, to)))
		case "sqs":
			s.add(n.Span, m.from(), id, "AWS::SQS::QueuePolicy", obj(n.Span, "PolicyDocument", let("sqs:SendMessage"), "Queues", list(n.Span, queueURL(to))))
		case "lambda":
			s.add(n.Span, m.from(), id, "AWS::Lambda::Permission", obj(n.Span, "Action", "lambda:InvokeFunction", "FunctionName", to, "Principal", "events.amazonaws.com"))
		default:
			if kind.key == "stepFunctions" {
				set(target, "RoleArn", getAtt(n.Span, m.id+"NotificationsIamRole", "Arn"))
			}
			policies.Items = append(policies.Items, obj(n.Span, "PolicyName", kind.key+"-"+strconv.Itoa(number),
				"PolicyDocument", policy(n.Span, allowed(n.Span, []string{kind.action}, to))))
		}
		s.call(id, m.key+"/ResourcePolicy"+strconv.Itoa(number))
		return target
	}
	s.problem(n.Span, "a notification of the state machine %s names no target that remit knows; it is not read", m.key)
	return nil
}

// queueURL is the address of a queue that is named by its ARN; nil where the
// file does not tell it.
func queueURL(arn *node) *node {
	if at := arn.Get("Fn::GetAtt"); isList(at) && len(at.Items) > 0 {
		return ref(arn.Span, shown(at.Items[0]))
	}
	if cut := strings.Split(shown(arn), ":"); len(cut) == 6 {
		return cat(arn.Span, "https://sqs."+cut[3]+".", ref(arn.Span, "AWS::URLSuffix"), "/"+cut[4]+"/"+cut[5])
	}
	return nil
}
