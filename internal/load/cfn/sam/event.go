package sam

import (
	"cmp"
	"slices"

	"github.com/remit-security/remit/internal/source"
)

// event is one event of a function or state machine.
type event struct {
	x     *expansion
	d     *decl
	id    string // as written under Events
	lid   string // logical id of what it generates: owner and event
	props *node
	place place
	span  source.Span
}

func (e *event) prop(name string) *node        { return get(e.props, name) }
func (e *event) at(name string) place          { return e.place.at(name, e.prop(name)) }
func (e *event) make(id, typ string) *resource { return e.d.make(id, typ, e.span).event(e.id) }

// eventsOf reads the Events of a declaration in the order in which the
// transform handles them. The prefix chooses the specification.
func (x *expansion) eventsOf(d *decl, prefix string, byPath bool) []*event {
	events := d.prop("Events")
	if !isMap(events) {
		return nil
	}
	fields := slices.Clone(events.Fields)
	if byPath {
		key := func(f source.Field) string { return cmp.Or(text(f.Value.Path("Properties", "Path")), f.Key) }
		slices.SortStableFunc(fields, func(a, b source.Field) int { return cmp.Compare(key(a), key(b)) })
	}
	var out []*event
	for _, f := range fields {
		p := d.at("Events").at(f.Key, f.Value)
		p.span = f.KeySpan
		if !x.wantMap(p, f.Value) {
			continue
		}
		e := &event{x: x, d: d, id: f.Key, lid: d.id + f.Key, place: p, span: f.KeySpan, props: f.Value.Get("Properties")}
		typ := text(f.Value.Get("Type"))
		spec := prefix + typ
		if _, known := specified()[spec]; !known || typ == "" {
			x.refuse(p.at("Type", f.Value.Get("Type")), "there is no event type %q here", typ)
			continue
		}
		if !alnum(e.lid) {
			x.refuse(p, "the name of an event consists of letters and digits; rename it")
			continue
		}
		if e.props == nil {
			e.props = source.NewMap(f.KeySpan)
		}
		if !x.wantMap(p.at("Properties", e.props), e.props) {
			continue
		}
		if !x.check(spec, p, e.props) && missingRequired(spec, e.props) {
			continue
		}
		e.place.span = f.KeySpan
		out = append(out, e)
	}
	return out
}

func missingRequired(spec string, props *node) bool {
	return slices.ContainsFunc(specified()[spec], func(p property) bool { return p.required && get(props, p.name) == nil })
}

// events expands all events of a function.
func (f *functionRun) events() {
	for _, e := range f.x.eventsOf(f.d, "Function.", true) {
		typ := text(f.d.prop("Events").Get(e.id).Get("Type"))
		switch typ {
		case "Api":
			f.add(f.apiEvent(e)...)
		case "HttpApi":
			f.add(f.httpEvent(e)...)
		case "S3":
			f.add(f.bucketEvent(e)...)
		case "SNS":
			f.add(f.topicEvent(e)...)
		case "Schedule", "CloudWatchEvent", "EventBridgeRule":
			f.add(f.ruleEvent(e)...)
		case "ScheduleV2":
			f.add(e.schedule(f.arn(e.span), "lambda")...)
		case "CloudWatchLogs":
			f.add(f.logsEvent(e)...)
		case "IoTRule":
			f.add(f.iotEvent(e)...)
		case "AlexaSkill":
			p := f.permission(e, "alexa-appkit.amazon.com", e.lid, "", nil, nil)
			f.add(p.set("EventSourceToken", e.prop("SkillId")))
		case "Cognito":
			f.add(f.cognitoEvent(e)...)
		default:
			f.add(f.pollEvent(e, typ)...)
		}
	}
}

func (f *functionRun) add(list ...*resource) { f.list = append(f.list, list...) }

// permission lets a service invoke the function.
func (f *functionRun) permission(e *event, principal, prefix, suffix string, arn, account *node) *resource {
	if suffix != "" && !alnum(suffix) {
		suffix = textHash(suffix)
	}
	r := e.make(prefix+"Permission"+suffix, "AWS::Lambda::Permission")
	return r.set("Action", "lambda:InvokeFunction").set("FunctionName", f.name(e.span)).set("Principal", principal).
		set("SourceArn", arn).set("SourceAccount", account)
}

// arn is the ARN of something in the account, as text for Fn::Sub.
func (x *expansion) arn(service, resource string) string {
	return "arn:" + x.partition + ":" + service + ":${AWS::Region}:${AWS::AccountId}:" + resource
}

func (f *functionRun) logsEvent(e *event) []*resource {
	group := e.prop("LogGroupName")
	arn := sub(e.span, f.x.arn("logs", "log-group:${__LogGroupName__}:*"), "__LogGroupName__", group)
	p := f.permission(e, "logs.amazonaws.com", e.lid, "", arn, nil)
	s := e.make(e.lid, "AWS::Logs::SubscriptionFilter")
	s.dependOn(p.id)
	s.set("LogGroupName", group).set("FilterPattern", e.prop("FilterPattern")).set("DestinationArn", f.arn(e.span))
	return []*resource{p, s}
}

func (f *functionRun) iotEvent(e *event) []*resource {
	arn := sub(e.span, f.x.arn("iot", "rule/${RuleName}"), "RuleName", ref(e.span, e.lid))
	p := f.permission(e, "iot.amazonaws.com", e.lid, "", arn, sub(e.span, "${AWS::AccountId}"))
	payload := obj(e.span, "Sql", e.prop("Sql"), "RuleDisabled", false,
		"Actions", list(e.span, obj(e.span, "Lambda", obj(e.span, "FunctionArn", f.arn(e.span)))))
	if v := e.prop("AwsIotSqlVersion"); truthy(v) {
		set(payload, "AwsIotSqlVersion", v)
	}
	return []*resource{p, e.make(e.lid, "AWS::IoT::TopicRule").set("TopicRulePayload", payload)}
}

// linked finds the resource of the template that an event changes.
func (e *event) linked(property, typ string) *entry {
	given := e.prop(property)
	id := given.Get("Ref")
	if isMap(given) && id != nil && !isStr(id) {
		e.x.refuse(e.at(property), "Ref should name a resource by a string")
		return nil
	}
	target := e.x.entries[text(id)]
	if target == nil {
		e.x.refuse(e.at(property), "should be a Ref to a resource of the type %s in the same template", typ)
		return nil
	}
	if target.typ() != typ {
		e.x.refuse(e.at(property), "%s is a %s; it should be a %s", target.id, target.typ(), typ)
		return nil
	}
	return target
}

func (f *functionRun) cognitoEvent(e *event) []*resource {
	pool := e.linked("UserPool", "AWS::Cognito::UserPool")
	if pool == nil {
		return nil
	}
	p := f.permission(e, "cognito-idp.amazonaws.com", f.d.id+"Cognito", "", getAtt(e.span, pool.id, "Arn"), nil)
	if f.alias != nil {
		p = f.permission(e, "cognito-idp.amazonaws.com", f.alias.id+"Cognito", "", getAtt(e.span, pool.id, "Arn"), nil)
	}
	props := child(pool.node, "Properties", e.span)
	config := child(props, "LambdaConfig", e.span)
	if !f.x.wantMap((place{resource: pool.id, span: pool.key.KeySpan}).at("LambdaConfig", config), config) {
		return []*resource{p}
	}
	for _, t := range asList(e.prop("Trigger")) {
		if config.Has(text(t)) {
			f.x.refuse(e.at("Trigger"), "the trigger %s is set more than once", text(t))
			continue
		}
		set(config, text(t), f.arn(e.span))
	}
	return []*resource{p}
}

// bucketUse is what events have added to one bucket.
type bucketUse struct {
	depends  *node           // its DependsOn
	notified map[string]bool // its LambdaConfigurations, canonical
	listed   bool            // notified has those of the template
}

// bucketEvent adds the function to a bucket's notifications.
func (f *functionRun) bucketEvent(e *event) []*resource {
	bucket := e.linked("Bucket", "AWS::S3::Bucket")
	if bucket == nil {
		return nil
	}
	p := f.permission(e, "s3.amazonaws.com", e.lid, "", nil, ref(e.span, "AWS::AccountId"))
	if f.x.buckets[bucket.id] == nil {
		f.x.buckets[bucket.id] = &bucketUse{notified: map[string]bool{}}
	}
	at := place{resource: bucket.id, span: bucket.key.KeySpan}
	props := child(bucket.node, "Properties", e.span)
	if !f.x.wantMap(at.at("Properties", props), props) {
		return []*resource{p}
	}
	if tags := f.d.prop("Tags"); isTrue(f.d.prop("PropagateTags")) && truthy(tags) {
		defer func() { set(props, "Tags", source.NewList(tags.Span, tagList(tags.Span, tags)...)) }()
	}
	if c := f.d.condition(); c == "" {
		f.dependBucket(e, bucket, p.id)
	} else {
		f.tagBucket(e, at, props, p.id, c)
	}
	conf := child(props, "NotificationConfiguration", e.span)
	if !f.x.wantMap(at.at("NotificationConfiguration", conf), conf) {
		return []*resource{p}
	}
	lambdas := get(conf, "LambdaConfigurations")
	if lambdas == nil {
		lambdas = source.NewList(e.span)
		set(conf, "LambdaConfigurations", lambdas)
	}
	if !f.x.wantList(at.at("NotificationConfiguration", conf).at("LambdaConfigurations", lambdas), lambdas) {
		return []*resource{p}
	}
	use := f.x.buckets[bucket.id]
	if !use.listed {
		use.listed = true
		for _, n := range lambdas.Items {
			use.notified[canonical(n)] = true
		}
	}
	for _, typ := range asList(e.prop("Events")) {
		n := obj(e.span, "Function", f.arn(e.span), "Filter", clone(e.prop("Filter")), "Event", typ)
		if c := f.d.condition(); c != "" {
			n = when(e.span, c, n, nil)
		}
		if key := canonical(n); !use.notified[key] {
			use.notified[key] = true
			push(lambdas, n)
		}
	}
	return []*resource{p}
}

func (f *functionRun) dependBucket(e *event, bucket *entry, id string) {
	old := bucket.node.Get("DependsOn")
	if old != nil && !isStr(old) && (!isList(old) || slices.ContainsFunc(old.Items, func(n *node) bool { return isMap(n) || isList(n) })) {
		f.x.refuse(e.place.at("DependsOn", old), "DependsOn of %s should be a string or a list of strings", bucket.id)
		return
	}
	use := f.x.buckets[bucket.id]
	if use.depends == nil {
		use.depends = addDependency(old, e.span)
		set(bucket.node, "DependsOn", use.depends)
	}
	push(use.depends, source.NewString(id, e.span)) // a new id each time
}

// tagBucket makes the bucket depend on a permission that exists only under a
// condition: by a tag, since DependsOn knows no conditions.
func (f *functionRun) tagBucket(e *event, at place, props *node, id, condition string) {
	tags := props.Get("Tags")
	if isNone(tags) {
		tags = source.NewList(e.span)
	}
	if !f.x.wantList(at.at("Tags", tags), tags) {
		return
	}
	tag := obj(e.span, "Key", "sam:ConditionalDependsOn:"+id, "Value",
		when(e.span, condition, ref(e.span, id), source.NewString("no dependency", e.span)))
	push(tags, tag)
	set(props, "Tags", tags)
}
