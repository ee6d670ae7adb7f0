package sam

import (
	"github.com/remit-security/remit/internal/source"
)

// targetID is the id of an EventBridge rule's target, which has 64 characters
// at most.
func targetID(id, suffix string) string {
	if most := 64 - len(suffix); len(id) > most {
		id = id[:most]
	}
	return id + suffix
}

// rule builds the EventBridge rule of an event without its targets.
func (e *event) rule() *resource {
	r := e.make(e.lid, "AWS::Events::Rule")
	r.set("ScheduleExpression", e.prop("Schedule"))
	r.set("EventBusName", e.prop("EventBusName")).set("EventPattern", e.prop("Pattern"))
	if e.prop("Schedule") != nil {
		r.set("Name", e.prop("Name")).set("Description", e.prop("Description"))
	} else {
		r.set("Name", e.prop("RuleName"))
	}
	state, enabled := e.prop("State"), e.prop("Enabled")
	if truthy(state) && enabled != nil {
		e.x.refuse(e.at("State"), "State and Enabled cannot be used together")
	}
	if truthy(state) {
		r.set("State", state)
	}
	if enabled != nil {
		on := "DISABLED"
		if truthy(enabled) {
			on = "ENABLED"
		}
		r.set("State", source.NewString(on, enabled.Span))
	}
	return r
}

// ruleTarget builds a rule's target.
func (e *event) ruleTarget(arn, role, queue *node, suffix string) *node {
	t := obj(e.span, "Arn", arn, "Id", targetID(e.lid, suffix), "RoleArn", role)
	if id := e.prop("Target").Get("Id"); id != nil {
		set(t, "Id", id)
	}
	for _, name := range []string{"Input", "InputPath", "RetryPolicy", "InputTransformer"} {
		if v := e.prop(name); v != nil {
			set(t, name, v)
		}
	}
	if c := e.prop("DeadLetterConfig"); c != nil {
		set(t, "DeadLetterConfig", obj(c.Span, "Arn", queue))
	}
	return t
}

// ruleEvent expands Schedule, CloudWatchEvent and EventBridgeRule.
func (f *functionRun) ruleEvent(e *event) []*resource {
	r := e.rule()
	queue, made := e.deadLetters(r.getAtt("Arn"), true)
	r.set("Targets", list(e.span, e.ruleTarget(f.arn(e.span), nil, queue, "LambdaTarget")))
	p := f.permission(e, "events.amazonaws.com", e.lid, "", r.getAtt("Arn"), nil)
	return append(append([]*resource{r}, made...), p)
}

// deadLetters reads DeadLetterConfig: the ARN of the queue, and the queue with
// its policy if SAM creates it. A scheduler's role needs no queue policy.
func (e *event) deadLetters(source *node, policy bool) (*node, []*resource) {
	conf := e.prop("DeadLetterConfig")
	if conf == nil {
		return nil, nil
	}
	p := e.at("DeadLetterConfig")
	switch arn, typ := conf.Has("Arn"), conf.Has("Type"); {
	case arn && typ:
		e.x.refuse(p, "needs either Arn or Type, not both")
	case typ && text(conf.Get("Type")) != "SQS":
		e.x.refuse(p.at("Type", conf.Get("Type")), "should be SQS")
	case !arn && !typ:
		e.x.refuse(p, "needs Arn or Type")
	}
	if arn := get(conf, "Arn"); arn != nil {
		return arn, nil
	}
	id := e.lid + "Queue"
	if given := get(conf, "QueueLogicalId"); given != nil {
		if !e.x.wantString(p.at("QueueLogicalId", given), given) {
			return nil, nil
		}
		if given.Text != "" {
			id = given.Text
		}
	}
	q := e.make(id, "AWS::SQS::Queue")
	q.span = conf.Span
	if !policy {
		return q.getAtt("Arn"), []*resource{q}
	}
	qp := e.make(e.lid+"QueuePolicy", "AWS::SQS::QueuePolicy")
	qp.set("PolicyDocument", queuePolicy(conf.Span, obj(conf.Span, "Service", "events.amazonaws.com"), q.getAtt("Arn"), source)).
		set("Queues", list(conf.Span, q.ref()))
	return q.getAtt("Arn"), []*resource{q, qp}
}

// queuePolicy lets a source send to a queue.
func queuePolicy(span source.Span, principal any, queue, from *node) *node {
	return obj(span, "Version", "2012-10-17", "Statement", list(span, obj(span,
		"Action", "sqs:SendMessage", "Effect", "Allow", "Principal", principal, "Resource", queue,
		"Condition", obj(span, "ArnEquals", obj(span, "aws:SourceArn", from)))))
}

// schedule expands ScheduleV2: an EventBridge Scheduler schedule with a role.
func (e *event) schedule(target *node, kind string) []*resource {
	s := e.make(e.lid, "AWS::Scheduler::Schedule")
	for _, name := range []string{"ScheduleExpression", "Description", "StartDate", "EndDate",
		"ScheduleExpressionTimezone", "GroupName", "KmsKeyArn"} {
		s.set(name, e.prop(name))
	}
	if v := e.prop("State"); truthy(v) {
		s.set("State", v)
	}
	switch name := e.prop("Name"); {
	case truthy(e.prop("OmitName")):
		if truthy(name) {
			e.x.refuse(e.at("Name"), "cannot be set when OmitName is true")
		}
	case truthy(name):
		s.set("Name", name)
	default:
		s.set("Name", e.lid)
	}
	if w := e.prop("FlexibleTimeWindow"); truthy(w) {
		s.set("FlexibleTimeWindow", w)
	} else {
		s.set("FlexibleTimeWindow", obj(e.span, "Mode", "OFF"))
	}
	queue, made := e.deadLetters(nil, false)
	out := append([]*resource{s}, made...)
	role := e.prop("RoleArn")
	if !truthy(role) {
		r := e.scheduleRole(target, queue, kind)
		out = append(out, r)
		role = r.getAtt("Arn")
	}
	t := obj(e.span, "Arn", target, "RoleArn", role)
	for _, name := range []string{"Input", "RetryPolicy"} {
		if v := e.prop(name); v != nil {
			set(t, name, v)
		}
	}
	if c := e.prop("DeadLetterConfig"); c != nil {
		set(t, "DeadLetterConfig", obj(c.Span, "Arn", queue))
	}
	s.set("Target", t)
	return out
}

func (e *event) scheduleRole(target, queue *node, kind string) *resource {
	policies := list(e.span)
	if kind == "lambda" {
		push(policies, inline(e.span, e.lid+"LambdaPolicy", "lambda:InvokeFunction", target))
	} else {
		push(policies, inline(e.span, e.lid+"StartExecutionPolicy", "states:StartExecution", target))
	}
	if queue != nil {
		push(policies, sendPolicy("SQS", e.lid, queue)...)
	}
	r := e.make(e.lid+"Role", "AWS::IAM::Role")
	r.set("AssumeRolePolicyDocument", trust(e.span, "scheduler.amazonaws.com")).set("Policies", policies)
	if b := e.prop("PermissionsBoundary"); truthy(b) {
		r.set("PermissionsBoundary", b)
	}
	return r
}
