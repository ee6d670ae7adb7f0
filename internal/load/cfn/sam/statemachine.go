package sam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// stateMachine expands AWS::Serverless::StateMachine.
func (x *expansion) stateMachine(d *decl) {
	m := &machineRun{x: x, d: d, machine: d.main("AWS::StepFunctions::StateMachine")}
	m.define()
	list := []*resource{m.machine}
	list = append(list, m.roles()...)
	m.machine.set("StateMachineName", d.prop("Name")).set("StateMachineType", d.prop("Type")).
		set("LoggingConfiguration", d.prop("Logging")).set("TracingConfiguration", d.prop("Tracing")).set("Tags", m.tags())
	list = append(list, m.publish()...)
	for _, e := range x.eventsOf(d, "StateMachine.", false) {
		list = append(list, m.event(e)...)
	}
	x.spread(d, list)
	x.add(list...)
}

// machineRun is the expansion of one state machine.
type machineRun struct {
	x       *expansion
	d       *decl
	machine *resource
	alias   *resource
}

func (m *machineRun) tags() []*node {
	span := m.d.spanOf("Tags")
	return append([]*node{obj(span, "Key", "stateMachine:createdBy", "Value", "SAM")}, tagList(span, m.d.prop("Tags"))...)
}

// define writes the definition: as text with substitutions for intrinsic
// functions, or as a place in S3.
func (m *machineRun) define() {
	d, x := m.d, m.x
	def, uri := d.prop("Definition"), d.prop("DefinitionUri")
	subs := clone(d.prop("DefinitionSubstitutions"))
	switch {
	case truthy(def) && truthy(uri):
		x.refuse(d.at("DefinitionUri"), "set either Definition or DefinitionUri, not both")
	case truthy(uri):
		if x.local(uri) {
			m.machine.set("Definition", x.read(uri.Text))
		} else if at := x.location(d.at("DefinitionUri"), uri, "Bucket", "Key", "Version"); at != nil {
			m.machine.set("DefinitionS3Location", at)
		}
	case !truthy(def):
		x.refuse(d.at("Definition"), "set one of Definition and DefinitionUri")
	}
	if truthy(def) {
		var found []*node
		def = extract(def, &found)
		if !truthy(subs) && len(found) > 0 {
			subs = source.NewMap(def.Span)
		}
		for i, n := range found {
			set(subs, "definition_substitution_"+strconv.Itoa(i+1), n)
		}
		lines := strings.Split(indented(def), "\n")
		m.machine.set("DefinitionString", obj(def.Span, "Fn::Join", list(def.Span, "\n", lines)))
	}
	if truthy(subs) {
		m.machine.set("DefinitionSubstitutions", subs)
	}
}

// extract replaces intrinsic functions and dynamic references in a definition
// by numbered substitutions, in the order of the sorted keys.
func extract(n *node, found *[]*node) *node {
	dynamic := isStr(n) && strings.HasPrefix(n.Text, "{{resolve:") && strings.HasSuffix(n.Text, "}}")
	if isFn(n) || dynamic {
		*found = append(*found, n)
		return source.NewString("${definition_substitution_"+strconv.Itoa(len(*found))+"}", n.Span)
	}
	switch {
	case isList(n):
		return mapTree(n, func(c *node) *node { return extract(c, found) })
	case isMap(n):
		out := source.NewMap(n.Span)
		for _, f := range sortedFields(n) {
			f.Value = extract(f.Value, found)
			out.Fields = append(out.Fields, f)
		}
		return out
	}
	return n
}

// indented writes a tree as JSON with sorted keys, four spaces a level.
func indented(n *node) string {
	var b strings.Builder
	writeIndented(&b, n, "\n")
	return b.String()
}

func writeIndented(b *strings.Builder, n *node, newline string) {
	switch {
	case isMap(n) && len(n.Fields) > 0:
		b.WriteByte('{')
		for i, f := range sortedFields(n) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(newline + "    ")
			writeString(b, f.Key)
			b.WriteString(": ")
			writeIndented(b, f.Value, newline+"    ")
		}
		b.WriteString(newline + "}")
	case isList(n) && len(n.Items) > 0:
		b.WriteByte('[')
		for i, it := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(newline + "    ")
			writeIndented(b, it, newline+"    ")
		}
		b.WriteString(newline + "]")
	default:
		writeCanonical(b, n)
	}
}

// roles gives the machine its role, and returns it if SAM creates it.
func (m *machineRun) roles() []*resource {
	d, x := m.d, m.x
	if role := d.prop("Role"); truthy(role) {
		if truthy(d.prop("Policies")) {
			x.refuse(d.at("Policies"), "set either Role or Policies, not both")
		}
		m.machine.set("RoleArn", role)
		return nil
	}
	policies := source.NewList(d.spanOf("Policies"), slices.Clone(asList(d.prop("Policies")))...)
	if isTrue(d.prop("Tracing").Get("Enabled")) {
		push(policies, source.NewString(x.xrayPolicy(), d.spanOf("Tracing")))
	}
	r := x.role(d, roleSpec{trust: trust(d.span, "states.amazonaws.com"), policies: policies, tags: m.tags()})
	m.machine.set("RoleArn", r.getAtt("Arn"))
	return []*resource{r}
}

// publish builds the version and alias that AutoPublishAlias asks for.
func (m *machineRun) publish() []*resource {
	d, x := m.d, m.x
	name, pref := d.prop("AutoPublishAlias"), d.prop("DeploymentPreference")
	if !truthy(name) {
		if truthy(d.prop("UseAliasAsEventTarget")) {
			x.refuse(d.at("UseAliasAsEventTarget"), "requires AutoPublishAlias")
		}
		if truthy(pref) {
			x.refuse(d.at("DeploymentPreference"), "requires AutoPublishAlias")
		}
		return nil
	}
	v := d.make(d.id+"Version", "AWS::StepFunctions::StateMachineVersion", name.Span)
	for _, k := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
		if v.attr(k) == nil {
			v.setAttr(k, source.NewString("Retain", name.Span))
		}
	}
	v.set("StateMachineArn", ref(name.Span, d.id)).set("StateMachineRevisionId", getAtt(name.Span, d.id, "StateMachineRevisionId"))
	m.alias = d.make(d.id+"Alias"+text(name), "AWS::StepFunctions::StateMachineAlias", name.Span)
	if pref = clone(pref); !isMap(pref) || !truthy(pref) {
		pref = obj(name.Span, "Type", "ALL_AT_ONCE")
	}
	set(pref, "StateMachineVersionArn", v.ref())
	m.alias.set("Name", name).set("DeploymentPreference", pref)
	return []*resource{v, m.alias}
}

// arn is what events start: the alias if that is asked for.
func (m *machineRun) arn(span source.Span) *node {
	if m.alias != nil && truthy(m.d.prop("UseAliasAsEventTarget")) {
		return ref(span, m.alias.id)
	}
	return ref(span, m.d.id)
}

// startRole is the role with which an event's service starts the machine.
func (m *machineRun) startRole(e *event, service string) *resource {
	r := e.make(e.lid+"Role", "AWS::IAM::Role")
	r.set("AssumeRolePolicyDocument", trust(e.span, service))
	r.set("Policies", list(e.span, inline(e.span, r.id+"StartExecutionPolicy", "states:StartExecution", m.arn(e.span))))
	if b := m.d.prop("PermissionsBoundary"); truthy(b) {
		r.set("PermissionsBoundary", b)
	}
	return r
}

func (m *machineRun) event(e *event) []*resource {
	switch text(m.d.prop("Events").Get(e.id).Get("Type")) {
	case "Api":
		return m.apiEvent(e)
	case "ScheduleV2":
		return e.schedule(m.arn(e.span), "states")
	}
	rule := e.rule()
	out := []*resource{rule}
	role := e.prop("RoleArn")
	if role == nil {
		r := m.startRole(e, "events.amazonaws.com")
		out = append(out, r)
		role = r.getAtt("Arn")
	}
	queue, made := e.deadLetters(rule.getAtt("Arn"), true)
	rule.set("Targets", list(e.span, e.ruleTarget(m.arn(e.span), role, queue, "StepFunctionsTarget")))
	return append(out, made...)
}

// apiEvent adds a route of a REST API that starts the machine.
func (m *machineRun) apiEvent(e *event) []*resource {
	path, method := e.prop("Path"), e.prop("Method")
	if !isStr(path) || !isStr(method) {
		return nil
	}
	role := m.startRole(e, "apigateway.amazonaws.com")
	l := e.linkAPI()
	if l == nil || !m.x.managed[l.entry.id] {
		return []*resource{role}
	}
	r := &restRoute{x: m.x, e: e, l: l, route: route{place: e.place, path: path.Text,
		method: strings.ToLower(method.Text), condition: m.d.condition()}}
	r.route.place.span, r.stage = e.span, e.prop("Stage")
	if !r.open() {
		return []*resource{role}
	}
	uri := sub(e.span, "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution")
	if c := r.route.condition; c != "" {
		uri = when(e.span, c, uri, nil)
	}
	target := m.d.id
	if m.alias != nil && truthy(m.d.prop("UseAliasAsEventTarget")) {
		target = m.alias.id
	}
	body := `{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": "${` + target + `}"}`
	if truthy(e.prop("UnescapeMappingTemplate")) {
		body = `{"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")", "stateMachineArn": "${` + target + `}"}`
	}
	integ := obj(e.span, "type", "aws", "httpMethod", "POST", "uri", uri,
		"responses", obj(e.span, "200", obj(e.span, "statusCode", "200"), "400", obj(e.span, "statusCode", "400")),
		"credentials", role.getAtt("Arn"),
		"requestTemplates", obj(e.span, "application/json", sub(e.span, body)))
	r.ed.integrate(r.route, integ, obj(e.span, "200", obj(e.span, "description", "OK"), "400", obj(e.span, "description", "Bad Request")))
	if auth := e.prop("Auth"); truthy(auth) {
		r.authorize(auth)
	}
	return []*resource{role}
}
