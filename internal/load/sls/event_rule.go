package sls

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// scheduleEvent calls the function by the clock: by rules, or by EventBridge
// Scheduler with the function's own role.
func (s *service) scheduleEvent(f *function, e event, _ int) {
	rates := items(e.main("rate"))
	if len(rates) == 0 {
		s.missing(f, e, "rate")
		return
	}
	for _, rate := range rates {
		f.schedules++
		if text(e.get("method")) == "scheduler" {
			s.scheduler(f, e, rate)
			continue
		}
		n := strconv.Itoa(f.schedules)
		id := normal(f.key) + "EventsRuleSchedule" + n
		props := obj(e.span, "ScheduleExpression", rate, "State", state(e), "Name", e.get("name"), "Description", e.get("description"),
			"Targets", list(e.span, s.ruleTarget(f, e, f.key+"Schedule")))
		s.add(e.span, f.from(), id, "AWS::Events::Rule", props, f.aliasID)
		s.allow(f, normal(f.key)+"LambdaPermissionEventsRuleSchedule"+n, e.span, "events.amazonaws.com", getAtt(e.span, id, "Arn"))
	}
}

func (s *service) scheduler(f *function, e event, rate *node) {
	role := e.get("roleArn")
	if role == nil {
		role = f.res.props.Get("Role")
	}
	target := obj(e.span, "Arn", f.target(e.span), "RoleArn", role, "Input", asText(e.get("input")))
	s.add(e.span, f.from(), normal(f.key)+"SchedulerSchedule"+strconv.Itoa(f.schedules), "AWS::Scheduler::Schedule",
		obj(e.span, "ScheduleExpression", rate, "State", state(e), "Target", target, "FlexibleTimeWindow", obj(e.span, "Mode", "OFF"),
			"Name", e.get("name"), "GroupName", e.get("groupName"), "Description", e.get("description"),
			"ScheduleExpressionTimezone", e.get("timezone")), f.aliasID)
	s.trust(f, e.span, "scheduler.amazonaws.com")
	target = arn(e.span, "lambda", "function:", f.name)
	s.grantOnce(f, "scheduler "+f.key, e.span, []string{"lambda:InvokeFunction"}, list(e.span, target, cat(e.span, target, ":*")))
}

// trust lets one more service take the role that the framework makes for the
// function.
func (s *service) trust(f *function, span source.Span, principal string) {
	r := s.roleOf(f)
	if r == nil || s.noted["trust "+r.id+" "+principal] {
		return
	}
	s.noted["trust "+r.id+" "+principal] = true
	services := r.props.Path("AssumeRolePolicyDocument", "Statement").Items[0].Path("Principal", "Service")
	services.Items = append(services.Items, source.NewString(principal, span))
}

// ruleTarget is the function as the target of a rule.
func (s *service) ruleTarget(f *function, e event, id any) *node {
	t := obj(e.span, "Arn", f.target(e.span), "Id", id)
	switch {
	case e.get("input") != nil:
		set(t, "Input", asText(e.get("input")))
	case e.get("inputPath") != nil:
		set(t, "InputPath", e.get("inputPath"))
	case e.get("inputTransformer") != nil:
		n := e.get("inputTransformer")
		set(t, "InputTransformer", obj(n.Span, "InputTemplate", get(n, "inputTemplate"), "InputPathsMap", get(n, "inputPathsMap")))
	}
	return t
}

// ruleEvent is a CloudWatch event: a rule of the default bus.
func (s *service) ruleEvent(f *function, e event, number int) {
	n := strconv.Itoa(number)
	id := normal(f.key) + "EventsRuleCloudWatchEvent" + n
	s.add(e.span, f.from(), id, "AWS::Events::Rule", obj(e.span, "EventPattern", e.get("event"), "State", state(e), "Name", e.get("name"),
		"Description", e.get("description"), "Targets", list(e.span, s.ruleTarget(f, e, f.key+"CloudWatchEvent"))), f.aliasID)
	s.allow(f, normal(f.key)+"LambdaPermissionEventsRuleCloudWatchEvent"+n, e.span, "events.amazonaws.com", getAtt(e.span, id, "Arn"))
}

// busEvent is a rule of an event bus: the default one, one that is there, or
// one that the event makes.
func (s *service) busEvent(f *function, e event, _ int) {
	n := strconv.Itoa(e.index)
	bus := e.get("eventBus")
	made := ""
	switch t := text(bus); {
	case t == "default":
		bus = nil
	case strings.HasPrefix(t, "arn"):
		bus = source.NewString(t[strings.Index(t, "/")+1:], bus.Span)
	case bus != nil && (bus.IsScalar() || !s.refersToResource(bus)):
		made = normal(shown(bus)) + "EventBridgeEventBus"
		s.add(bus.Span, f.from(), made, "AWS::Events::EventBus", obj(bus.Span, "Name", bus))
		s.call(made, shown(bus))
	}
	stub := cat(e.span, f.name, "-rule-"+n)
	name := e.get("name")
	if name == nil {
		name = stub
		if name.IsScalar() {
			name = source.NewString(cutName(name.Text, "rule-"+n), e.span)
		}
	}
	var targetID any = cat(e.span, name, "-target")
	if t := text(targetID.(*node)); t != "" {
		targetID = cutName(t, "target")
	}
	target := s.ruleTarget(f, e, targetID)
	if r := e.get("retryPolicy"); plain(r) {
		set(target, "RetryPolicy", obj(r.Span, "MaximumEventAgeInSeconds", get(r, "maximumEventAge"), "MaximumRetryAttempts", get(r, "maximumRetryAttempts")))
	}
	if q := e.get("deadLetterQueueArn"); q != nil {
		set(target, "DeadLetterConfig", obj(q.Span, "Arn", q))
	}
	id := alphaNumeric(shown(stub)) + "EventBridgeRule"
	s.call(id, f.key+"/EventBridgeRule"+n)
	s.add(e.span, f.from(), id, "AWS::Events::Rule",
		obj(e.span, "Description", e.get("description"), "EventBusName", bus, "EventPattern", e.get("pattern"), "Name", name,
			"ScheduleExpression", e.get("schedule"), "State", state(e), "Targets", list(e.span, target)), f.aliasID, made)
	rule := cat(e.span, "rule/", name)
	if bus != nil {
		rule = cat(e.span, "rule/", bus, "/", name)
	}
	s.allow(f, normal(f.key)+"EventBridgeLambdaPermission"+n, e.span, "events.amazonaws.com", arn(e.span, "events", rule))
}

// refersToResource tells a call that names a bus which is there from a text
// with parts that are not known.
func (s *service) refersToResource(n *node) bool {
	if _, unknown := s.isUnknown(n); unknown {
		return true
	}
	return isFn(n) && !n.Has("Fn::Join")
}

func (s *service) logEvent(f *function, e event, number int) {
	group := e.main("logGroup")
	if group == nil {
		s.missing(f, e, "logGroup")
		return
	}
	filter := e.get("filter")
	if filter == nil {
		filter = source.NewString("", e.span)
	}
	permission := normal(f.key) + "LambdaPermissionLogsSubscriptionFilterCloudWatchLog"
	s.add(e.span, f.from(), normal(f.key)+"LogsSubscriptionFilterCloudWatchLog"+strconv.Itoa(number), "AWS::Logs::SubscriptionFilter",
		obj(e.span, "LogGroupName", group, "FilterPattern", filter, "DestinationArn", f.target(e.span)), permission, f.aliasID)
	if f.logGroup == "" {
		f.logGroup = shown(group)
	} else { // one permission for all of them
		f.logGroup = commonStart(f.logGroup, shown(group))
		group = source.NewString(f.logGroup+"*", e.span)
	}
	s.allow(f, permission, e.span, cat(e.span, "logs.", ref(e.span, "AWS::Region"), ".amazonaws.com"), arn(e.span, "logs", "log-group:", group, ":*"))
}

func commonStart(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return a[:i]
}
