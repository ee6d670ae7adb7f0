package aws

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
)

// A node is a name of a schema with what lies below it.
type node struct {
	list, keyed, any bool
	below            map[string]*node
	computed         map[string]bool // attributes, in the typings' spelling
}

// facts reads a file that gen wrote.
func facts(t *testing.T, name string) map[string]*node {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	root := &node{below: map[string]*node{}}
	stack := []*node{root}
	for line := range strings.SplitSeq(string(text), "\n") {
		trimmed := strings.TrimLeft(line, "\t")
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		depth := len(line) - len(trimmed)
		if attr, ok := strings.CutPrefix(trimmed, "= "); ok {
			stack[1].computed[attr] = true
			continue
		}
		n := &node{below: map[string]*node{}, computed: map[string]bool{}}
		for {
			switch {
			case strings.HasSuffix(trimmed, "*"):
				trimmed, n.any = trimmed[:len(trimmed)-1], true
				continue
			case strings.HasSuffix(trimmed, "[]"):
				trimmed, n.list = trimmed[:len(trimmed)-2], true
				continue
			case strings.HasSuffix(trimmed, "{}"):
				trimmed, n.keyed = trimmed[:len(trimmed)-2], true
				continue
			}
			break
		}
		stack = append(stack[:depth+1], n)
		stack[depth].below[trimmed] = n
	}
	return root.below
}

// lacks is the first step of a path that the schema does not have; "" where it
// has all.
func (n *node) lacks(p path, lists bool) string {
	for i, s := range p {
		if n.any || n.keyed && i > 0 {
			return ""
		}
		next := n.below[s.key]
		if next == nil {
			return s.key
		}
		if lists && i < len(p)-1 && next.list != (s.list || s.grow) && !next.any {
			return s.key + "[]"
		}
		n = next
	}
	return ""
}

// own are properties that CloudFormation's types do not have: what has no
// counterpart has a name of its own, and what CloudFormation makes a resource
// of a shape moves there.
var own = map[string]bool{
	"AWS::CloudFormation::Stack.Capabilities": true, // of a stack that Terraform makes from a template
	"AWS::CloudFormation::Stack.RoleARN":      true,
	"AWS::CloudFormation::Stack.StackName":    true,
	"AWS::CloudFormation::Stack.TemplateBody": true,
	"AWS::DynamoDB::Table.Replicas":           true, // CloudFormation has AWS::DynamoDB::GlobalTable for it
	"AWS::S3::Bucket.Policy":                  true, // AWS::S3::BucketPolicy
	"AWS::SecretsManager::Secret.Policy":      true, // AWS::SecretsManager::ResourcePolicy
	"AWS::SNS::Topic.Policy":                  true, // AWS::SNS::TopicPolicy
	"AWS::SQS::Queue.Policy":                  true, // AWS::SQS::QueuePolicy
	"AWS::SSM::Parameter.KeyId":               true, // CloudFormation makes no SecureString
}

// Every property that a row makes is one of CloudFormation's.
func TestPropertiesExist(t *testing.T) {
	schema := facts(t, "testdata/cloudformation.txt")
	all := allTables()
	for _, typ := range slices.Sorted(maps.Keys(all.managed)) {
		table := all.managed[typ]
		targets := []string{table.cfn}
		for _, p := range table.parts {
			if whole := all.managed[p.into]; whole == nil || whole.cfn == "" {
				t.Errorf("%s:%d: %s is a part of %s, which has no table", table.file, table.line, typ, p.into)
			} else {
				targets = append(targets, whole.cfn)
			}
		}
		for _, cfn := range targets {
			if cfn == "" {
				continue
			}
			n := schema[cfn]
			if n == nil {
				t.Errorf("%s:%d: no type %s; run gen", table.file, table.line, cfn)
				continue
			}
			for _, r := range table.rows {
				if s := n.lacks(r.prop, !r.shaped); s != "" && !own[cfn+"."+r.prop[0].key] {
					t.Errorf("%s:%d: %s has no %s: %q", table.file, r.line, cfn, r.prop, s)
				}
			}
			for _, d := range table.defaults {
				if s := n.lacks(d.prop, true); s != "" {
					t.Errorf("%s:%d: %s has no %s: %q", table.file, d.line, cfn, d.prop, s)
				}
			}
		}
	}
}

// newer are arguments that the typings do not have: of later releases of the
// provider, or of earlier ones, which configurations still use.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs
var newer = map[string]bool{
	"aws_api_gateway_account.reset_on_delete":                                     true, // until 6.0
	"aws_api_gateway_deployment.canary_settings.percent_traffic":                  true, // until 6.0
	"aws_api_gateway_deployment.canary_settings.stage_variable_overrides":         true,
	"aws_api_gateway_deployment.canary_settings.use_stage_cache":                  true,
	"aws_api_gateway_deployment.stage_name":                                       true, // until 6.0
	"aws_api_gateway_deployment.stage_description":                                true,
	"aws_api_gateway_deployment.execution_arn":                                    true,
	"aws_api_gateway_deployment.invoke_url":                                       true,
	"aws_iam_policy.delay_after_policy_creation_in_ms":                            true,
	"aws_lambda_event_source_mapping.logging_config.system_log_level":             true,
	"aws_lambda_event_source_mapping.provisioned_poller_config.poller_group_name": true,
	"aws_autoscaling_group.tags":                                                  true,
	"aws_batch_compute_environment.compute_environment_name":                      true,
	"aws_batch_job_queue.compute_environments":                                    true,
	"aws_cognito_user_pool.admin_create_user_config.unused_account_validity_days": true,
	"aws_db_instance.name":                                                        true,
	"aws_db_instance.security_group_names":                                        true,
	"aws_dynamodb_table.global_secondary_index.key_schema.attribute_name":         true,
	"aws_dynamodb_table.global_secondary_index.key_schema.key_type":               true,
	"aws_ecs_cluster.capacity_providers":                                          true,
	"aws_ecs_cluster.default_capacity_provider_strategy.base":                     true,
	"aws_ecs_cluster.default_capacity_provider_strategy.capacity_provider":        true,
	"aws_ecs_cluster.default_capacity_provider_strategy.weight":                   true,
	"aws_eip.vpc": true,
	"aws_elasticache_replication_group.availability_zones":                           true,
	"aws_elasticache_replication_group.number_cache_clusters":                        true,
	"aws_elasticache_replication_group.replication_group_description":                true,
	"aws_instance.cpu_core_count":                                                    true,
	"aws_instance.cpu_threads_per_core":                                              true,
	"aws_kinesis_firehose_delivery_stream.extended_s3_configuration.buffer_interval": true,
	"aws_kinesis_firehose_delivery_stream.extended_s3_configuration.buffer_size":     true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.bucket_arn":               true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.buffer_interval":          true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.buffer_size":              true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.compression_format":       true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.kms_key_arn":              true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.prefix":                   true,
	"aws_kinesis_firehose_delivery_stream.s3_configuration.role_arn":                 true,
	"aws_launch_configuration.vpc_classic_link_id":                                   true,
	"aws_launch_configuration.vpc_classic_link_security_groups":                      true,
	"aws_redshift_cluster.cluster_security_groups":                                   true,
	"aws_redshift_cluster.logging.bucket_name":                                       true,
	"aws_redshift_cluster.logging.enable":                                            true,
	"aws_redshift_cluster.logging.s3_key_prefix":                                     true,
	"aws_redshift_cluster.snapshot_copy":                                             true,
	"aws_lambda_function.code_sha256":                                                true,
	"aws_lambda_function.response_streaming_invoke_arn":                              true,
	"aws_lambda_permission.invoked_via_function_url":                                 true,
}

// Every argument that a row reads is one of the provider's.
func TestArgumentsExist(t *testing.T) {
	schema := facts(t, "testdata/terraform.txt")
	all := allTables()
	for _, index := range []map[string]*table{all.managed, all.data} {
		for _, typ := range slices.Sorted(maps.Keys(index)) {
			table := index[typ]
			if !strings.HasPrefix(typ, "aws_") {
				continue
			}
			key := typ
			if table.data {
				key = "data " + typ
			}
			n := schema[key]
			if n == nil {
				if !newer[key] {
					t.Errorf("%s:%d: no type %s; run gen", table.file, table.line, key)
				}
				continue
			}
			for _, p := range table.read.paths(nil) {
				if standard := len(p) == 1 && (slices.Contains([]string{"timeouts", "tags_all", "region", table.prefix}, p[0].key)); standard {
					continue
				}
				if s := n.lacks(p, false); s != "" && !newer[typ+"."+p.String()] {
					t.Errorf("%s:%d: %s has no argument %s: %q", table.file, table.line, key, p, s)
				}
			}
			for _, attr := range slices.Sorted(maps.Keys(table.attrs)) {
				if !n.computed[camel(attr)] && n.below[attr] == nil && !newer[typ+"."+attr] {
					t.Errorf("%s:%d: %s has no attribute %s", table.file, table.line, key, attr)
				}
			}
		}
	}
}

// paths are the ends of the trie.
func (t *trie) paths(at path) []path {
	if t.end {
		return []path{slices.Clone(at)}
	}
	var out []path
	for _, key := range slices.Sorted(maps.Keys(t.next)) {
		out = append(out, t.next[key].paths(append(at, step{key: key}))...)
	}
	return out
}

// camel is the typings' spelling of an attribute.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// Every attribute of CloudFormation that a row names is one that the model
// knows, or the argument's own.
func TestAttributesAreKnown(t *testing.T) {
	all := allTables()
	for _, typ := range slices.Sorted(maps.Keys(all.managed)) {
		table := all.managed[typ]
		for _, name := range slices.Sorted(maps.Keys(table.attrs)) {
			text := table.attrs[name]
			if !isAttribute(text) || table.read.next[name] != nil {
				continue
			}
			if _, ok := app.AttrText(table.cfn, text, app.Names{ID: "a/b"}); !ok {
				t.Errorf("%s:%d: %s.%s: the model knows no %s of %s", table.file, table.line, typ, name, text, table.cfn)
			}
		}
	}
}

// No attribute is made of itself.
func TestAttributesEnd(t *testing.T) {
	all := allTables()
	for _, index := range []map[string]*table{all.managed, all.data} {
		for typ, table := range index {
			var walk func(name string, depth int)
			walk = func(name string, depth int) {
				if depth > 8 {
					t.Errorf("%s: the attribute %s is made of itself", typ, name)
					return
				}
				for _, part := range strings.Split(table.attrs[name], "${")[1:] {
					if hole, _, _ := strings.Cut(part, "}"); table.attrs[hole] != "" {
						walk(hole, depth+1)
					}
				}
			}
			for name := range table.attrs {
				walk(name, 0)
			}
		}
	}
}
