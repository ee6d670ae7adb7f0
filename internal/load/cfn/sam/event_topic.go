package sam

// topicEvent subscribes the function to a topic, directly or through a queue.
func (f *functionRun) topicEvent(e *event) []*resource {
	topic, queue := e.prop("Topic"), e.prop("SqsSubscription")
	if !truthy(queue) {
		p := f.permission(e, "sns.amazonaws.com", e.lid, "", topic, nil)
		return []*resource{p, e.subscription("lambda", f.arn(e.span))}
	}
	var made []*resource
	arn, url, policyID := queue.Get("QueueArn"), queue.Get("QueueUrl"), e.lid+"QueuePolicy"
	size := value(e.span, 10)
	if isTrue(queue) {
		q := e.make(e.lid+"Queue", "AWS::SQS::Queue")
		if fifo := f.x.fifo(target(topic)); truthy(fifo) {
			q.set("FifoQueue", fifo)
		}
		made = append(made, q)
		arn, url = q.getAtt("Arn"), q.ref()
	} else {
		if !f.x.wantMap(e.at("SqsSubscription"), queue) {
			return nil
		}
		if !truthy(arn) || !truthy(url) {
			f.x.refuse(e.at("SqsSubscription"), "needs QueueArn and QueueUrl")
			return nil
		}
		if id := queue.Get("QueuePolicyLogicalId"); truthy(id) {
			policyID = text(id)
		}
		if b := queue.Get("BatchSize"); truthy(b) {
			size = b
		}
	}
	policy := e.make(policyID, "AWS::SQS::QueuePolicy")
	policy.set("PolicyDocument", queuePolicy(e.span, "*", arn, topic)).set("Queues", list(e.span, url))
	m := e.make(e.lid+"EventSourceMapping", "AWS::Lambda::EventSourceMapping")
	m.set("FunctionName", f.name(e.span)).set("EventSourceArn", arn).set("BatchSize", size).set("Enabled", true)
	f.link(value(e.span, f.x.managedARN("service-role/AWSLambdaSQSQueueExecutionRole")), nil)
	return append([]*resource{m, policy, e.subscription("sqs", arn)}, made...)
}

// fifo is the FifoTopic setting of a topic in the template.
func (x *expansion) fifo(id string) *node {
	e := x.entries[id]
	if e == nil {
		return nil
	}
	return x.resolver.values(e.node.Path("Properties", "FifoTopic"))
}

func (e *event) subscription(protocol string, endpoint *node) *resource {
	s := e.make(e.lid, "AWS::SNS::Subscription").set("Protocol", protocol).set("Endpoint", endpoint)
	s.set("TopicArn", e.prop("Topic"))
	for _, name := range []string{"Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"} {
		s.set(name, e.prop(name))
	}
	return s
}
