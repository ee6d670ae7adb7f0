package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// mapping makes the event source mapping of an event that Lambda polls for.
func (s *service) mapping(f *function, e event, id string, props *node) *resource {
	set(props, "FunctionName", f.target(e.span))
	set(props, "Enabled", e.get("enabled"))
	set(props, "BatchSize", e.get("batchSize"))
	set(props, "MaximumBatchingWindowInSeconds", first(e.get("maximumBatchingWindow"), e.get("batchWindow")))
	set(props, "FilterCriteria", filters(e.get("filterPatterns")))
	r := s.add(e.span, f.from(), id, "AWS::Lambda::EventSourceMapping", props, s.roleDependency(f), f.aliasID)
	if n := e.get("functionResponseType"); n != nil {
		set(props, "FunctionResponseTypes", list(n.Span, n))
	}
	if e.kind == "sqs" || e.kind == "stream" { // what the framework writes where nothing is said
		for _, d := range []struct {
			name string
			v    any
		}{{"BatchSize", 10}, {"Enabled", true}} {
			if !props.Has(d.name) {
				set(props, d.name, value(e.span, d.v))
			}
		}
	}
	return r
}

// pollers are the settings that Kafka's mappings have in common.
func pollers(e event, props *node) {
	set(props, "StartingPosition", first(e.get("startingPosition"), source.NewString("TRIM_HORIZON", e.span)))
	set(props, "StartingPositionTimestamp", e.get("startingPositionTimestamp"))
	if n := e.get("provisionedPollerConfig"); plain(n) {
		set(props, "ProvisionedPollerConfig", obj(n.Span, "MinimumPollers", get(n, "minimumPollers"), "MaximumPollers", get(n, "maximumPollers")))
	}
}

func (s *service) queueEvent(f *function, e event, _ int) {
	queue := e.main("arn")
	if queue == nil {
		s.missing(f, e, "arn")
		return
	}
	name := sourceName(queue, func(arn string) string { return afterLast(arn, ":") })
	props := obj(e.span, "EventSourceArn", queue)
	if n := e.get("maximumConcurrency"); n != nil {
		set(props, "ScalingConfig", obj(n.Span, "MaximumConcurrency", n))
	}
	s.mapping(f, e, normal(f.key)+"EventSourceMappingSQS"+alphaNumeric(name), props)
	s.grant(f, e.span, []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}, list(e.span, queue))
}

// missing notes an event that lacks what it is about.
func (s *service) missing(f *function, e event, key string) {
	s.problem(e.span, "the event %s of the function %s has no %s; it is not analysed", e.kind, f.key, key)
}

var (
	tableActions          = strings.Fields("dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:DescribeStream dynamodb:ListStreams")
	streamActions         = strings.Fields("kinesis:GetRecords kinesis:GetShardIterator kinesis:DescribeStream kinesis:ListStreams")
	streamConsumerActions = strings.Fields("kinesis:GetRecords kinesis:GetShardIterator kinesis:DescribeStreamSummary kinesis:ListShards")
)

func (s *service) streamEvent(f *function, e event, _ int) {
	stream := e.main("arn")
	if stream == nil {
		s.missing(f, e, "arn")
		return
	}
	typ := text(e.get("type"))
	if typ == "" {
		if cut := strings.Split(shown(stream), ":"); len(cut) > 2 {
			typ = cut[2]
		}
	}
	name := sourceName(stream, func(arn string) string {
		if stream.IsScalar() {
			if cut := strings.Split(arn, "/"); len(cut) > 1 {
				return cut[1]
			}
			return arn
		}
		return afterLast(arn, "/")
	})
	props := obj(e.span, "EventSourceArn", stream, "ParallelizationFactor", e.get("parallelizationFactor"),
		"StartingPosition", first(e.get("startingPosition"), source.NewString("TRIM_HORIZON", e.span)),
		"StartingPositionTimestamp", e.get("startingPositionTimestamp"), "MaximumRetryAttempts", e.get("maximumRetryAttempts"),
		"BisectBatchOnFunctionError", e.get("bisectBatchOnFunctionError"), "MaximumRecordAgeInSeconds", e.get("maximumRecordAgeInSeconds"),
		"TumblingWindowInSeconds", e.get("tumblingWindowInSeconds"))
	r := s.mapping(f, e, normal(f.key)+"EventSourceMapping"+upperFirst(typ)+alphaNumeric(name), props)
	consumer := e.get("consumer")
	switch {
	case typ == "dynamodb":
		s.grant(f, e.span, tableActions, list(e.span, stream))
	case truthy(consumer):
		s.grant(f, e.span, streamConsumerActions, list(e.span, stream))
	default:
		s.grant(f, e.span, streamActions, list(e.span, stream))
	}
	if truthy(consumer) && typ == "kinesis" {
		s.consumer(f, e, r, stream, name)
	}
	if to := e.get("destinations", "onFailure"); to != nil {
		s.failure(f, e, props, to)
	}
}

// consumer makes the stream consumer that consumer: true asks for, or takes
// the one that is named.
func (s *service) consumer(f *function, e event, r *resource, stream *node, name string) {
	own := e.get("consumer")
	if isTrue(own) {
		label := joinedBy(e.span, "", f.key, name, "Consumer")
		if text(s.setting("kinesis", "consumerNamingMode")) != "" {
			label = cat(e.span, f.key, name, s.name, s.stage, "Consumer")
		}
		id := normal(shown(label)) + "StreamConsumer"
		s.add(own.Span, f.from(), id, "AWS::Kinesis::StreamConsumer", obj(own.Span, "StreamARN", stream, "ConsumerName", label))
		r.depend(id)
		own = ref(own.Span, id)
	}
	set(r.props, "EventSourceArn", own)
	s.grant(f, e.span, []string{"kinesis:SubscribeToShard"}, list(e.span, own))
}

// failure sets where records go that fail, and lets the role send them.
func (s *service) failure(f *function, e event, props, to *node) {
	target, typ := to, ""
	if plain(to) {
		target, typ = to.Get("arn"), text(to.Get("type"))
	}
	if cut := strings.Split(shown(target), ":"); typ == "" && len(cut) > 2 {
		typ = cut[2]
	}
	if typ == "sns" {
		s.grant(f, to.Span, []string{"sns:Publish"}, list(to.Span, target))
	} else {
		s.grant(f, to.Span, []string{"sqs:ListQueues", "sqs:SendMessage"}, list(to.Span, target))
	}
	set(props, "DestinationConfig", obj(to.Span, "OnFailure", obj(to.Span, "Destination", target)))
}

// networkActions let Lambda reach a cluster or broker in a network.
var networkActions = strings.Fields(`ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeVpcs ec2:DeleteNetworkInterface
	ec2:DescribeSubnets ec2:DescribeSecurityGroups`)

func (s *service) mskEvent(f *function, e event, _ int) {
	cluster, topic := e.get("arn"), e.get("topic")
	if cluster == nil {
		s.missing(f, e, "arn")
		return
	}
	name := sourceName(cluster, func(arn string) string {
		if cut := strings.Split(arn, "/"); len(cut) > 1 {
			return cut[1]
		}
		return arn
	})
	props := obj(e.span, "EventSourceArn", cluster, "Topics", list(e.span, topic))
	pollers(e, props)
	if n := e.get("saslScram512"); n != nil {
		set(props, "SourceAccessConfigurations", list(n.Span, obj(n.Span, "Type", "SASL_SCRAM_512_AUTH", "URI", n)))
	}
	if n := e.get("consumerGroupId"); n != nil {
		set(props, "AmazonManagedKafkaEventSourceConfig", obj(n.Span, "ConsumerGroupId", n))
	}
	s.mapping(f, e, normal(f.key)+"EventSourceMappingMSK"+limited(alphaNumeric(name), 79)+limited(alphaNumeric(shown(topic)), 79), props)
	s.grant(f, e.span, []string{"kafka:DescribeCluster", "kafka:GetBootstrapBrokers"}, list(e.span, cluster))
	s.grant(f, e.span, networkActions, "*")
}

// accessTypes are the ways in which a cluster of one's own is reached: the
// type's name, what stands before the value, and whether it is a secret.
var accessTypes = map[string]struct {
	name, prefix string
	secret       bool
}{
	"vpcSubnet":                {"VPC_SUBNET", "subnet:", false},
	"vpcSecurityGroup":         {"VPC_SECURITY_GROUP", "security_group:", false},
	"saslPlainAuth":            {"BASIC_AUTH", "", true},
	"saslScram256Auth":         {"SASL_SCRAM_256_AUTH", "", true},
	"saslScram512Auth":         {"SASL_SCRAM_512_AUTH", "", true},
	"clientCertificateTlsAuth": {"CLIENT_CERTIFICATE_TLS_AUTH", "", true},
	"serverRootCaCertificate":  {"SERVER_ROOT_CA_CERTIFICATE", "", true},
}

func (s *service) kafkaEvent(f *function, e event, _ int) {
	topic := e.get("topic")
	access := source.NewList(e.span)
	network := false
	var secrets []*node
	if n := e.get("accessConfigurations"); plain(n) {
		for _, fl := range n.Fields {
			t, ok := accessTypes[fl.Key]
			if !ok {
				t.name = fl.Key
			}
			network = network || t.prefix != ""
			for _, v := range items(fl.Value) {
				access.Items = append(access.Items, obj(v.Span, "Type", t.name, "URI", cat(v.Span, t.prefix, v)))
				if t.secret {
					secrets = append(secrets, v)
				}
			}
		}
	}
	props := obj(e.span, "Topics", list(e.span, topic), "SourceAccessConfigurations", access,
		"SelfManagedEventSource", obj(e.span, "Endpoints", obj(e.span, "KafkaBootstrapServers", e.get("bootstrapServers"))))
	pollers(e, props)
	if n := e.get("consumerGroupId"); n != nil {
		set(props, "SelfManagedKafkaEventSourceConfig", obj(n.Span, "ConsumerGroupId", n))
	}
	if n := e.get("onFailureDestination"); n != nil {
		set(props, "DestinationConfig", obj(n.Span, "OnFailure", obj(n.Span, "Destination", n)))
	}
	s.mapping(f, e, normal(f.key)+"EventSourceMappingKafka"+limited(alphaNumeric(shown(topic)), 158), props)
	if len(secrets) > 0 {
		s.grant(f, e.span, []string{"secretsmanager:GetSecretValue"}, secrets)
	}
	if network {
		s.grant(f, e.span, networkActions, "*")
	}
}

func (s *service) brokerEvent(f *function, e event, _ int) {
	queue, secret := e.get("queue"), e.get("basicAuthArn")
	label := map[string]string{"activemq": "ActiveMQ", "rabbitmq": "RabbitMQ"}[e.kind]
	access := list(e.span, obj(e.span, "Type", "BASIC_AUTH", "URI", secret))
	if n := e.get("virtualHost"); n != nil {
		access.Items = append(access.Items, obj(n.Span, "Type", "VIRTUAL_HOST", "URI", n))
	}
	props := obj(e.span, "EventSourceArn", e.get("arn"), "Queues", list(e.span, queue), "SourceAccessConfigurations", access)
	s.mapping(f, e, normal(f.key)+"EventSourceMapping"+label+limited(alphaNumeric(shown(queue)), 150), props)
	s.grant(f, e.span, []string{"secretsmanager:GetSecretValue"}, list(e.span, secret))
	s.grant(f, e.span, []string{"mq:DescribeBroker"}, list(e.span, e.get("arn")))
	s.grant(f, e.span, networkActions, "*")
}

// documentEvent is version 4's event of DocumentDB change streams. The
// framework names the mapping; remit names it after the database.
func (s *service) documentEvent(f *function, e event, _ int) {
	auth := text(e.get("auth"))
	if auth == "" {
		auth = "BASIC_AUTH"
	}
	stream := obj(e.span, "DatabaseName", e.get("db"), "CollectionName", e.get("collection"), "FullDocument", e.get("document"))
	props := obj(e.span, "EventSourceArn", e.get("cluster"), "DocumentDBEventSourceConfig", stream,
		"SourceAccessConfigurations", list(e.span, obj(e.span, "Type", auth, "URI", e.get("smk"))), "StartingPosition", e.get("startingPosition"))
	s.mapping(f, e, normal(f.key)+"EventSourceMappingDocumentDb"+alphaNumeric(shown(e.get("db"))), props)
	s.grant(f, e.span, []string{"rds:DescribeDBClusters", "rds:DescribeDBClusterParameters", "rds:DescribeDBSubnetGroups"}, "*")
	s.grant(f, e.span, networkActions, "*")
	s.grant(f, e.span, []string{"secretsmanager:GetSecretValue"}, list(e.span, e.get("smk")))
}
