package sam

import (
	"slices"

	"github.com/remit-security/remit/internal/source"
)

// destinations builds what EventInvokeConfig asks for: the configuration,
// queues and topics that it lets SAM create, and the policies for the role.
func (f *functionRun) destinations() []*resource {
	d, x := f.d, f.x
	given := d.prop("EventInvokeConfig")
	if !truthy(given) {
		return nil
	}
	conf := x.resolver.values(given)
	var list []*resource
	r := d.make(d.id+"EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", given.Span)
	r.attrs = d.attrs(kept)
	if f.alias != nil {
		r.dependOn(f.alias.id)
	}
	out := source.NewMap(given.Span)
	if dest := get(conf, "DestinationConfig"); truthy(dest) {
		p := d.at("EventInvokeConfig").at("DestinationConfig", dest)
		if x.wantMap(p, dest) {
			for _, outcome := range []string{"OnSuccess", "OnFailure"} {
				to := get(dest, outcome)
				if to == nil || !x.wantMap(p.at(outcome, to), to) {
					continue
				}
				made, arn := f.destination(p.at(outcome, to), outcome, to)
				set(out, outcome, obj(to.Span, "Destination", arn))
				list = append(list, made)
			}
		}
	}
	r.set("FunctionName", ref(given.Span, d.id)).set("Qualifier", "$LATEST")
	if f.alias != nil {
		r.set("Qualifier", f.alias.prop("Name"))
	}
	r.set("DestinationConfig", out)
	r.set("MaximumEventAgeInSeconds", get(conf, "MaximumEventAgeInSeconds"))
	r.set("MaximumRetryAttempts", get(conf, "MaximumRetryAttempts"))
	return append(list, r)
}

var destinationTypes = []string{"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"}

// destination handles one outcome: it returns a queue or topic to create, if
// there is one, and the ARN to send to. The role's policy is noted.
func (f *functionRun) destination(p place, outcome string, to *node) (*resource, *node) {
	d, x := f.d, f.x
	typ := text(to.Get("Type"))
	if !slices.Contains(destinationTypes, typ) {
		x.refuse(p.at("Type", to.Get("Type")), "should be one of SQS, SNS, EventBridge, Lambda and S3Bucket")
		return nil, get(to, "Destination")
	}
	given := get(to, "Destination")
	id := d.id + "EventInvokeConfig" + outcome
	condition, other := f.optional(p, given)
	if given != nil && condition == "" {
		f.allow(typ, id, given)
		return nil, given
	}
	var r *resource
	arn := given
	switch typ {
	case "SQS":
		r = d.make(id+"Queue", "AWS::SQS::Queue", to.Span)
		arn = r.getAtt("Arn")
		x.part(d.id, "DestinationQueue", r.id)
	case "SNS":
		r = d.make(id+"Topic", "AWS::SNS::Topic", to.Span)
		arn = r.ref()
		x.part(d.id, "DestinationTopic", r.id)
	default:
		x.refuse(p.at("Destination", given), "is required unless Type is SQS or SNS")
		return nil, given
	}
	if condition != "" {
		arn = when(given.Span, condition, arn, other)
	}
	if c := f.both(d.condition(), condition, to.Span); c != "" {
		r.setAttr("Condition", source.NewString(c, to.Span))
	}
	f.allow(typ, id, arn)
	return r, arn
}

// optional reads a destination that a condition leaves out in one case: the
// condition under which SAM creates it, and what is used otherwise.
func (f *functionRun) optional(p place, given *node) (condition string, other *node) {
	args, is := ifArgs(given)
	if !is {
		return "", nil
	}
	if args == nil {
		f.x.refuse(p.at("Destination", given), "Fn::If needs a list of three values")
		return "", nil
	}
	yes, no := isNoValue(args[1]), isNoValue(args[2])
	switch {
	case yes && !no:
		return text(args[0]), args[2]
	case no && !yes:
		name := "NOT" + text(args[0])
		name += textHash(f.d.id + "EventInvokeConfig")
		f.x.addCondition(name, obj(given.Span, "Fn::Not", list(given.Span, obj(given.Span, "Condition", text(args[0])))))
		return name, args[1]
	}
	return "", nil
}

// both returns a condition that holds if two do, either of which may be "".
func (f *functionRun) both(a, b string, span source.Span) string {
	if a == "" || b == "" {
		return a + b
	}
	name := a + "AND" + b + textHash(f.d.id)
	nested := func(c string) *node { return obj(span, "Condition", obj(span, "Condition", c)) }
	f.x.addCondition(name, obj(span, "Fn::And", list(span, nested(a), nested(b))))
	return name
}

// allow notes the policy by which the role may send to a destination.
func (f *functionRun) allow(typ, id string, arn *node) {
	f.inline = append(f.inline, sendPolicy(typ, id, arn)...)
}

// sendPolicy is the inline policy for sending to a destination.
func sendPolicy(typ, id string, arn *node) []*node {
	if arn == nil {
		arn = &node{}
	}
	span := arn.Span
	switch typ {
	case "SQS":
		return []*node{inline(span, id+"SQSPolicy", "sqs:SendMessage", arn)}
	case "SNS":
		return []*node{inline(span, id+"SNSPolicy", "sns:publish", arn)}
	case "EventBridge":
		return []*node{inline(span, id+"EventBridgePolicy", "events:PutEvents", arn)}
	case "Lambda":
		return []*node{inline(span, id+"LambdaPolicy", "lambda:InvokeFunction", arn)}
	case "S3", "S3Bucket":
		objects := obj(span, "Fn::Join", list(span, "/", list(span, arn, "*")))
		p := inline(span, id+"S3Policy", "s3:PutObject", objects)
		push(p.Path("PolicyDocument", "Statement"), obj(span, "Action", "s3:ListBucket", "Effect", "Allow", "Resource", arn))
		return []*node{p}
	}
	return nil
}
