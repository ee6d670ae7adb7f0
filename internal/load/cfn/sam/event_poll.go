package sam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// pollSource is what differs between the services that Lambda polls.
type pollSource struct {
	arn    string // property that names the source
	policy string // AWS managed policy for the role
}

var pollSources = map[string]pollSource{
	"Kinesis":          {"Stream", "service-role/AWSLambdaKinesisExecutionRole"},
	"DynamoDB":         {"Stream", "service-role/AWSLambdaDynamoDBExecutionRole"},
	"SQS":              {"Queue", "service-role/AWSLambdaSQSQueueExecutionRole"},
	"MSK":              {"Stream", "service-role/AWSLambdaMSKExecutionRole"},
	"MQ":               {"Broker", ""},
	"SelfManagedKafka": {"", ""},
	"DocumentDB":       {"Cluster", ""},
}

// pollEvent builds an event source mapping, and adds to the role what reading
// the source needs.
func (f *functionRun) pollEvent(e *event, typ string) []*resource {
	src := pollSources[typ]
	m := e.make(e.lid, "AWS::Lambda::EventSourceMapping")
	m.set("FunctionName", f.name(e.span))
	if src.arn != "" {
		m.set("EventSourceArn", e.prop(src.arn))
	}
	for _, name := range []string{"StartingPosition", "StartingPositionTimestamp", "BatchSize", "Enabled",
		"MaximumBatchingWindowInSeconds", "MaximumRetryAttempts", "BisectBatchOnFunctionError",
		"MaximumRecordAgeInSeconds", "ParallelizationFactor", "Topics", "Queues", "SourceAccessConfigurations",
		"TumblingWindowInSeconds", "FunctionResponseTypes", "FilterCriteria", "KmsKeyArn", "ScalingConfig",
		"ProvisionedPollerConfig", "MetricsConfig", "LoggingConfig"} {
		m.set(name, e.prop(name))
	}
	if c := e.prop("FilterCriteria"); truthy(c) && !isFn(c) && slices.ContainsFunc(c.Fields, func(f source.Field) bool { return f.Key != "Filters" }) {
		f.x.refuse(e.at("FilterCriteria"), "should have the key Filters only")
	}
	f.kafka(e, typ, m)
	if typ == "DocumentDB" {
		conf := obj(e.span, "DatabaseName", e.prop("DatabaseName"))
		for _, name := range []string{"CollectionName", "FullDocument"} {
			if v := e.prop(name); truthy(v) {
				set(conf, name, v)
			}
		}
		m.set("DocumentDBEventSourceConfig", conf)
	}
	failed := f.onFailure(e, m)
	var arn *node
	if src.policy != "" {
		arn = source.NewString(f.x.managedARN(src.policy), e.span)
	}
	f.link(arn, f.pollPolicy(e, typ))
	f.linkInline(failed...)
	return []*resource{m}
}

// kafka sets what only Kafka sources have.
func (f *functionRun) kafka(e *event, typ string, m *resource) {
	if s := e.prop("KafkaBootstrapServers"); truthy(s) {
		m.set("SelfManagedEventSource", obj(s.Span, "Endpoints", obj(s.Span, "KafkaBootstrapServers", s)))
	}
	name := map[string]string{"MSK": "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafka": "SelfManagedKafkaEventSourceConfig"}[typ]
	conf := source.NewMap(e.span)
	if g := e.prop("ConsumerGroupId"); truthy(g) {
		if name == "" {
			f.x.refuse(e.at("ConsumerGroupId"), "an event of the type %s has no consumer group", typ)
		}
		set(conf, "ConsumerGroupId", g)
	}
	if s := e.prop("SchemaRegistryConfig"); truthy(s) {
		set(conf, "SchemaRegistryConfig", s)
	}
	if name != "" && len(conf.Fields) > 0 {
		m.set(name, conf)
	}
}

// onFailure handles DestinationConfig.
func (f *functionRun) onFailure(e *event, m *resource) []*node {
	conf := e.prop("DestinationConfig")
	if !truthy(conf) {
		return nil
	}
	to := get(conf, "OnFailure")
	p := e.at("DestinationConfig").at("OnFailure", to)
	m.set("DestinationConfig", conf)
	if !f.x.wantMap(p, to) {
		return nil
	}
	typ := get(to, "Type")
	if !truthy(typ) {
		return nil
	}
	m.set("DestinationConfig", conf.With("OnFailure", to.Without("Type")))
	if !slices.Contains([]string{"SQS", "SNS", "S3", "Kafka"}, text(typ)) {
		f.x.refuse(p.at("Type", typ), "should be SQS, SNS, S3 or Kafka")
		return nil
	}
	return sendPolicy(text(typ), e.lid, get(to, "Destination"))
}

// link adds a managed and an inline policy to the function's role, each once.
func (f *functionRun) link(arn *node, policy *node) {
	if arn != nil {
		arns := f.role.prop("ManagedPolicyArns")
		if !slices.ContainsFunc(arns.Items, func(n *node) bool { return text(n) == arn.Text }) {
			push(arns, arn)
		}
	}
	if policy != nil {
		f.linkInline(policy)
	}
}

func (f *functionRun) linkInline(policies ...*node) {
	for _, p := range policies {
		have := f.role.prop("Policies")
		if have == nil {
			have = source.NewList(p.Span)
			f.role.set("Policies", have)
		}
		if f.linked == nil {
			f.linked = map[string]bool{}
			for _, n := range have.Items {
				f.linked[canonical(n.Get("PolicyDocument"))] = true
			}
		}
		if key := canonical(p.Get("PolicyDocument")); !f.linked[key] {
			f.linked[key] = true
			push(have, p)
		}
	}
}

var networkActions = []string{"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
	"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"}

// pollPolicy is the inline policy that reading the source needs.
func (f *functionRun) pollPolicy(e *event, typ string) *node {
	document := func(name string, statements []*node) *node {
		return obj(e.span, "PolicyName", name, "PolicyDocument", obj(e.span, "Statement", statements))
	}
	switch typ {
	case "MSK":
		st := f.registry(e)
		for _, c := range asList(e.prop("SourceAccessConfigurations")) {
			if uri := c.Get("URI"); text(c.Get("Type")) == "CLIENT_CERTIFICATE_TLS_AUTH" && truthy(uri) {
				st = append(st, allow(c.Span, uri, "secretsmanager:GetSecretValue"))
			}
		}
		if len(st) > 0 {
			return document("MSKExecutionRolePolicy", st)
		}
	case "MQ":
		secret := f.secret(e, "BASIC_AUTH", "VIRTUAL_HOST")
		st := []*node{allow(e.span, secret, "secretsmanager:GetSecretValue"), allow(e.span, e.prop("Broker"), "mq:DescribeBroker")}
		for _, k := range f.decrypt(e) {
			set(k, "Action", k.Get("Action").Items[0])
			st = append(st, k)
		}
		name := "SamAutoGeneratedAMQPolicy"
		if truthy(e.prop("DynamicPolicyName")) {
			name = e.lid + "AMQPolicy"
		}
		return document(name, st)
	case "DocumentDB":
		secret := f.secret(e, "BASIC_AUTH")
		rds := "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:"
		st := []*node{allow(e.span, secret, "secretsmanager:GetSecretValue"),
			allow(e.span, sub(e.span, rds+"cluster-pg:*"), "rds:DescribeDBClusterParameters"),
			allow(e.span, sub(e.span, rds+"subgrp:*"), "rds:DescribeDBSubnetGroups"),
			allow(e.span, e.prop("Cluster"), "rds:DescribeDBClusters"),
			allow(e.span, "*", networkActions...)}
		return document("SamAutoGeneratedDocumentDBPolicy", append(st, f.decrypt(e)...))
	case "SelfManagedKafka":
		doc := document("SelfManagedKafkaExecutionRolePolicy", f.selfManaged(e))
		set(doc.Get("PolicyDocument"), "Version", source.NewString("2012-10-17", e.span))
		return doc
	}
	return nil
}

// decrypt allows using the key that encrypts the secrets.
func (f *functionRun) decrypt(e *event) []*node {
	key := e.prop("SecretsManagerKmsKeyId")
	if !truthy(key) || !f.x.wantString(e.at("SecretsManagerKmsKeyId"), key) {
		return nil
	}
	arn := sub(key.Span, "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"+key.Text)
	return []*node{allow(key.Span, arn, "kms:Decrypt")}
}

// secret finds the URI of the secret of the first type in the list, which
// must be there once; all types in the list are allowed.
func (f *functionRun) secret(e *event, types ...string) *node {
	confs := e.prop("SourceAccessConfigurations")
	p := e.at("SourceAccessConfigurations")
	var uri *node
	if !truthy(confs) {
		f.x.refuse(p, "is required; it should have an entry of the type %s", types[0])
		return nil
	}
	if !f.x.wantList(p, confs) {
		return nil
	}
	for i, c := range confs.Items {
		at := p.at("["+strconv.Itoa(i)+"]", c)
		typ := c.Get("Type")
		if !f.x.wantMap(at, c) || !f.x.wantString(at.at("Type", typ), typ) {
			continue
		}
		switch {
		case !slices.Contains(types, typ.Text):
			f.x.refuse(at.at("Type", typ), "should be one of %s", strings.Join(types, ", "))
		case typ.Text == types[0] && uri != nil:
			f.x.refuse(at.at("Type", typ), "there is more than one entry of the type %s", types[0])
		case typ.Text == types[0]:
			if uri = get(c, "URI"); !truthy(uri) {
				f.x.refuse(at.at("URI", uri), "is required in the entry of the type %s", types[0])
			}
		}
	}
	if uri == nil {
		f.x.refuse(p, "lacks an entry of the type %s with a URI", types[0])
	}
	return uri
}

var kafkaAuth = []string{"SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH"}

// selfManaged are the statements for a Kafka cluster outside AWS.
func (f *functionRun) selfManaged(e *event) []*node {
	x := f.x
	if !truthy(e.prop("KafkaBootstrapServers")) {
		x.refuse(e.at("KafkaBootstrapServers"), "is required for self-managed Kafka")
	}
	switch topics := e.prop("Topics"); {
	case !truthy(topics):
		x.refuse(e.at("Topics"), "is required for self-managed Kafka")
	case isList(topics) && len(topics.Items) != 1:
		x.refuse(e.at("Topics"), "should name one topic")
	}
	confs, p := e.prop("SourceAccessConfigurations"), e.at("SourceAccessConfigurations")
	if !truthy(confs) {
		x.refuse(p, "is required for self-managed Kafka")
		return nil
	}
	if !x.wantList(p, confs) {
		return nil
	}
	a := f.kafkaAccess(p, confs)
	var st []*node
	if truthy(a.auth) {
		st = append(st, allow(a.auth.Span, a.auth, "secretsmanager:GetSecretValue"))
	}
	if truthy(a.root) {
		// The transform grants the first secret twice, not this one.
		st = append(st, allow(a.root.Span, orNull(a.auth, a.root.Span), "secretsmanager:GetSecretValue"))
	}
	if a.subnet && a.group {
		st = append(st, allow(e.span, "*", networkActions...))
	}
	return append(append(st, f.decrypt(e)...), f.registry(e)...)
}

// kafkaAccess is how a self-managed Kafka cluster is reached.
type kafkaAccess struct {
	auth, root    *node // secrets of the client and of the root certificate
	subnet, group bool  // within a VPC
}

func (f *functionRun) kafkaAccess(p place, confs *node) (a kafkaAccess) {
	x := f.x
	for i, c := range confs.Items {
		at := p.at("["+strconv.Itoa(i)+"]", c)
		if !x.wantMap(at, c) {
			continue
		}
		typ, uri := text(c.Get("Type")), get(c, "URI")
		if !truthy(uri) || !isStr(uri) && !isFn(uri) {
			x.refuse(at.at("URI", uri), "is required; it should be a string")
		}
		switch {
		case typ == "VPC_SUBNET":
			a.subnet = true
		case typ == "VPC_SECURITY_GROUP":
			a.group = true
		case slices.Contains(kafkaAuth, typ):
			if a.auth != nil {
				x.refuse(at.at("Type", c.Get("Type")), "there is more than one way of authentication")
			}
			a.auth = uri
		case typ == "SERVER_ROOT_CA_CERTIFICATE":
			a.root = uri
		default:
			x.refuse(at.at("Type", c.Get("Type")), "there is no such type for self-managed Kafka")
		}
	}
	if a.subnet != a.group {
		x.refuse(p, "VPC_SUBNET and VPC_SECURITY_GROUP must be given together")
	}
	return a
}

func orNull(n *node, span source.Span) *node {
	if n == nil {
		return &node{Span: span}
	}
	return n
}

// registry are the statements for a schema registry.
func (f *functionRun) registry(e *event) []*node {
	conf := e.prop("SchemaRegistryConfig")
	if !truthy(conf) {
		return nil
	}
	x, p := f.x, e.at("SchemaRegistryConfig")
	for _, name := range []string{"SchemaRegistryURI", "EventRecordFormat", "SchemaValidationConfigs"} {
		if !conf.Has(name) {
			x.refuse(p.at(name, nil), "is required but missing")
		}
	}
	if r := get(conf, "EventRecordFormat"); r != nil && text(r) != "JSON" && text(r) != "SOURCE" {
		x.refuse(p.at("EventRecordFormat", r), "should be JSON or SOURCE")
	}
	if v := get(conf, "SchemaValidationConfigs"); v != nil {
		x.wantList(p.at("SchemaValidationConfigs", v), v)
	}
	var st []*node
	if access := get(conf, "AccessConfigs"); truthy(access) && x.wantList(p.at("AccessConfigs", access), access) {
		for i, c := range access.Items {
			if !c.Has("Type") || !c.Has("URI") {
				x.refuse(p.at("AccessConfigs", access).at("["+strconv.Itoa(i)+"]", c), "needs Type and URI")
			} else {
				st = append(st, allow(c.Span, c.Get("URI"), "secretsmanager:GetSecretValue"))
			}
		}
	}
	uri := get(conf, "SchemaRegistryURI")
	arn := text(uri)
	if isMap(uri) {
		_, arg := fn(x.resolver.values(uri))
		arn = text(arg)
	}
	if parts := strings.Split(arn, ":"); strings.HasPrefix(arn, "arn") && len(parts) > 5 {
		if name, ok := strings.CutPrefix(parts[5], "registry/"); ok {
			schemas := sub(uri.Span, "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/"+name+"/*")
			st = append(st, allow(uri.Span, uri, "glue:GetRegistry"), allow(uri.Span, list(uri.Span, schemas), "glue:GetSchemaVersion"))
		}
	}
	return st
}
