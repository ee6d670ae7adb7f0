package sls

import (
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// A machine is one state machine of the plug-in serverless-step-functions.
type machine struct {
	key    string
	span   source.Span
	config *node
	id     string
	events map[string]int // by kind
}

func (m *machine) from() string { return "stepFunctions.stateMachines." + m.key }

var machineKeys = words(`id events name role useExactVersion definition dependsOn tags alarms notifications type retain loggingConfig tracingConfig
	encryptionConfig inheritGlobalTags iamRoleStatements`)

// readMachines reads the state machines of the service.
func (s *service) readMachines() {
	if !s.plugins[pluginMachines] {
		if n := s.root.Get("stepFunctions"); n != nil {
			s.problem(n.Span, "stepFunctions is not read: the service does not use the plug-in %s", pluginMachines)
		}
		return
	}
	n := s.section("stepFunctions")
	s.known(n, "stepFunctions", words("stateMachines activities validate noOutput"))
	s.steps = n
	all := get(n, "stateMachines")
	if all == nil {
		return
	}
	if !plain(all) {
		s.unread(all, "stepFunctions.stateMachines")
		return
	}
	for _, f := range all.Fields {
		if !plain(f.Value) {
			s.unread(f.Value, "the state machine "+f.Key)
			continue
		}
		s.known(f.Value, "a state machine", machineKeys)
		m := &machine{key: f.Key, span: f.KeySpan, config: f.Value, events: map[string]int{}}
		if own := first(get(f.Value, "id"), get(f.Value, "name")); own != nil {
			m.id = normal(shown(own))
		} else {
			m.id = normal(f.Key) + "StepFunctionsStateMachine"
		}
		s.machines = append(s.machines, m)
	}
}

// stepFunctions makes the activities, and the state machines with their roles
// and events.
func (s *service) stepFunctions() {
	for _, n := range items(get(s.steps, "activities")) {
		if name := text(n); name != "" {
			id := normal(name) + "StepFunctionsActivity"
			s.add(n.Span, "stepFunctions.activities", id, "AWS::StepFunctions::Activity", obj(n.Span, "Name", n))
			s.call(id, name)
			s.stepOutput(n.Span, id)
		} else {
			s.problem(n.Span, "an activity must be a name; it is not read")
		}
	}
	for _, m := range s.machines {
		s.stateMachine(m)
		for _, e := range items(get(m.config, "events")) {
			if !plain(e) {
				s.unread(e, "an event of the state machine "+m.key)
				continue
			}
			for _, f := range e.Fields {
				s.machineEvent(m, f)
			}
		}
	}
}

// stepOutput gives out the ARN of what the plug-in makes, unless it is told not to.
func (s *service) stepOutput(span source.Span, id string) {
	if !truthy(get(s.steps, "noOutput")) {
		s.output(id+"Arn", ref(span, id))
	}
}

func (s *service) stateMachine(m *machine) {
	c := m.config
	definition := s.definition(get(c, "definition"))
	if definition == nil {
		s.problem(m.span, "the state machine %s has no definition", m.key)
	}
	role, depends := get(c, "role"), ""
	if role == nil {
		depends = m.id + "Role"
		role = getAtt(m.span, depends, "Arn")
		s.machineRole(m, definition, depends)
	} else if id := s.roleIn(role); id != "" {
		depends = id
	}
	props := obj(m.span, "RoleArn", role, "StateMachineType", get(c, "type"), "StateMachineName", get(c, "name"),
		"EncryptionConfiguration", get(c, "encryptionConfig"))
	if definition.Is(source.StringNode) {
		set(props, "DefinitionString", definition)
	} else {
		set(props, "Definition", definition)
	}
	shared := s.setting("tags")
	if isFalse(get(c, "inheritGlobalTags")) {
		shared = nil
	}
	set(props, "Tags", s.tagList(shared, get(c, "tags")))
	if l := get(c, "loggingConfig"); plain(l) {
		to := source.NewList(l.Span)
		for _, d := range items(get(l, "destinations")) {
			to.Items = append(to.Items, obj(d.Span, "CloudWatchLogsLogGroup", obj(d.Span, "LogGroupArn", d)))
		}
		set(props, "LoggingConfiguration", obj(l.Span, "Level", first(get(l, "level"), source.NewString("OFF", l.Span)),
			"IncludeExecutionData", get(l, "includeExecutionData"), "Destinations", to))
	}
	if t := get(c, "tracingConfig"); plain(t) {
		set(props, "TracingConfiguration", obj(t.Span, "Enabled", get(t, "enabled")))
	}
	r := s.add(m.span, m.from(), m.id, "AWS::StepFunctions::StateMachine", props, depends)
	for _, d := range items(get(c, "dependsOn")) {
		r.depend(text(d))
	}
	if n := get(c, "retain"); truthy(n) {
		r.attr("DeletionPolicy", source.NewString("Retain", n.Span))
	}
	s.alarms(m)
	s.notifications(m)
	s.stepOutput(m.span, m.id)
}

// definition is a definition with the names of the service's functions made
// logical ids, and #{AWS::Region} made a reference.
func (s *service) definition(n *node) *node {
	if n == nil {
		return nil
	}
	if name, arg, ok := intrinsic.Of(n); ok {
		id := shown(arg)
		if name == "Fn::GetAtt" && isList(arg) && len(arg.Items) == 2 {
			id = shown(arg.Items[0])
		}
		f := s.byName[id]
		switch {
		case f == nil || s.made[id] != nil:
			return n
		case name == "Ref":
			return ref(n.Span, f.id)
		case name == "Fn::GetAtt":
			return getAtt(n.Span, f.id, "Arn")
		}
		return n
	}
	switch n.Kind {
	case source.StringNode:
		if strings.Contains(n.Text, "#{") {
			return obj(n.Span, "Fn::Sub", strings.ReplaceAll(n.Text, "#{", "${"))
		}
	case source.ListNode:
		out := source.NewList(n.Span)
		for _, it := range n.Items {
			out.Items = append(out.Items, s.definition(it))
		}
		return out
	case source.MapNode:
		out := source.NewMap(n.Span)
		for _, f := range n.Fields {
			f.Value = s.definition(f.Value)
			out.Fields = append(out.Fields, f)
		}
		return out
	}
	return n
}

// machineEvent starts the state machine by the clock, a rule or a route.
func (s *service) machineEvent(m *machine, f source.Field) {
	e := event{kind: f.Key, n: f.Value, span: f.KeySpan}
	if isNone(e.n) {
		return
	}
	m.events[e.kind]++
	n := strconv.Itoa(m.events[e.kind])
	target := obj(e.span, "Arn", ref(e.span, m.id))
	switch e.kind {
	case "schedule":
		s.known(e.n, "the event schedule", words("rate enabled input inputPath inputTransformer name description role method timezone deadLetterConfig retryPolicy"))
		scheduler := text(e.get("method")) == "scheduler"
		principal := "events.amazonaws.com"
		if scheduler {
			principal = "scheduler.amazonaws.com"
		}
		set(target, "RoleArn", s.starter(m, e, normal(m.key)+"ScheduleToStepFunctionsRole", principal, e.get("role")))
		if scheduler {
			s.add(e.span, m.from(), normal(m.key)+"StepFunctionsSchedulerSchedule"+n, "AWS::Scheduler::Schedule", obj(e.span,
				"ScheduleExpression", e.main("rate"), "State", state(e), "Name", e.get("name"), "Target", target,
				"ScheduleExpressionTimezone", e.get("timezone"), "FlexibleTimeWindow", obj(e.span, "Mode", "OFF")))
			return
		}
		set(target, "Id", source.NewString(m.key+"StepFunctionsSchedule", e.span))
		set(target, "Input", asText(e.get("input")))
		s.add(e.span, m.from(), normal(m.key)+"StepFunctionsEventsRuleSchedule"+n, "AWS::Events::Rule", obj(e.span,
			"ScheduleExpression", e.main("rate"), "State", state(e), "Name", e.get("name"), "Description", e.get("description"), "Targets", list(e.span, target)))
	case "cloudwatchEvent", "eventBridge":
		s.known(e.n, "the event "+e.kind, words("event eventBusName enabled input inputPath inputTransformer name description iamRole deadLetterConfig retryPolicy"))
		set(target, "Id", source.NewString(m.key+"CloudWatchEvent", e.span))
		set(target, "Input", asText(e.get("input")))
		set(target, "InputPath", e.get("inputPath"))
		set(target, "RoleArn", s.starter(m, e, normal(m.key)+"EventToStepFunctionsRole", "events.amazonaws.com", e.get("iamRole")))
		s.add(e.span, m.from(), normal(m.key)+"EventsRuleCloudWatchEvent"+n, "AWS::Events::Rule", obj(e.span, "EventBusName", e.get("eventBusName"),
			"EventPattern", e.get("event"), "State", state(e), "Name", e.get("name"), "Description", e.get("description"), "Targets", list(e.span, target)))
	case "http": // compiled with the routes of the REST API
	default:
		s.problem(e.span, "the event %s of the state machine %s is of no kind that remit knows; what starts it by the event is not seen", quote(e.kind), m.key)
	}
}

// starter is the role by which an event starts the state machine.
func (s *service) starter(m *machine, e event, id, principal string, own *node) *node {
	if own != nil {
		return own
	}
	what := "schedule"
	if e.kind != what {
		what = "event"
	}
	s.add(e.span, m.from(), id, "AWS::IAM::Role", obj(e.span, "AssumeRolePolicyDocument", policy(e.span, obj(e.span, "Effect", "Allow",
		"Principal", obj(e.span, "Service", principal), "Action", "sts:AssumeRole")),
		"Policies", list(e.span, obj(e.span, "PolicyName", joinedBy(e.span, "-", s.stage, s.place(e.span), s.name, m.key, what),
			"PolicyDocument", policy(e.span, allowed(e.span, []string{"states:StartExecution"}, ref(e.span, m.id)))))))
	return getAtt(e.span, id, "Arn")
}

// machineRoutes are the http events of the state machines.
func (s *service) machineRoutes() []*route {
	var out []*route
	for _, m := range s.machines {
		for _, it := range items(get(m.config, "events")) {
			n := get(it, "http")
			if n == nil {
				continue
			}
			f := it.Field("http")
			s.known(n, "the event http", words("action authorizer authorizationType cors iamRole method operationId path private request response stateMachine"))
			if r := s.route(&function{key: m.key, span: m.span, config: source.NewMap(m.span)}, event{kind: "http", n: n, span: f.KeySpan}); r != nil {
				r.machine, r.integration = m, "AWS"
				out = append(out, r)
			}
		}
	}
	return out
}

// machineIntegration is what stands behind a route that starts a state
// machine, with the role by which it does.
func (s *service) machineIntegration(r *route) *node {
	action := text(r.get("action"))
	if action == "" {
		action = "StartExecution"
	}
	role := r.get("iamRole")
	if role == nil {
		id := "ApigatewayToStepFunctionsRole"
		if s.made[id] == nil {
			s.add(r.span, "stepFunctions", id, "AWS::IAM::Role", obj(r.span, "AssumeRolePolicyDocument", policy(r.span, obj(r.span, "Effect", "Allow",
				"Principal", obj(r.span, "Service", "apigateway.amazonaws.com"), "Action", "sts:AssumeRole")),
				"Policies", list(r.span, obj(r.span, "PolicyName", "apigatewaytostepfunctions",
					"PolicyDocument", policy(r.span, allowed(r.span, []string{"states:StartExecution"}, "*"))))))
		}
		if key := "states " + action; action != "StartExecution" && !s.noted[key] {
			s.noted[key] = true
			actions := s.made[id].props.Get("Policies").Items[0].Path("PolicyDocument", "Statement").Items[0].Get("Action")
			actions.Items = append(actions.Items, source.NewString("states:"+action, r.span))
		}
		role = getAtt(r.span, id, "Arn")
	}
	input := cat(r.span, `{"input":"$util.escapeJavaScript($input.json('$'))","stateMachineArn":"`, ref(r.span, r.machine.id), `"}`)
	return obj(r.span, "Type", "AWS", "IntegrationHttpMethod", "POST", "Credentials", role, "PassthroughBehavior", "NEVER",
		"Uri", cat(r.span, "arn:", ref(r.span, "AWS::Partition"), ":apigateway:", ref(r.span, "AWS::Region"), ":states:action/"+action),
		"RequestTemplates", obj(r.span, "application/json", input))
}
