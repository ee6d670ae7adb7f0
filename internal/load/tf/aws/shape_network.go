package aws

import (
	"slices"

	"github.com/remit-security/remit/internal/value"
)

var networkShapes = map[string]shape{
	"aws_security_group":         securityGroup,
	"aws_default_security_group": securityGroup,
	"aws_security_group_rule":    groupRule,
	"aws_lb":                     balancerAttributes,
	"aws_alb":                    balancerAttributes,
	"aws_wafv2_web_acl":          webACL,
	"aws_wafv2_rule_group":       func(s *shaping) { s.webRules("rule", "rules_json") },
}

// securityGroup makes the rules that stand in the group itself.
func securityGroup(s *shaping) {
	for _, d := range directions {
		arg := s.arg(d.block)
		if list := spread(arg.value, d.rules(s.self("GroupId"))); list.Exists() != value.No {
			s.put([]string{d.property}, arg.span, list)
		}
	}
}

// A direction is one of the two lists of rules of a security group.
type direction struct{ block, property, prefixList, group string }

var directions = []direction{
	{"ingress", "SecurityGroupIngress", "SourcePrefixListId", "SourceSecurityGroupId"},
	{"egress", "SecurityGroupEgress", "DestinationPrefixListId", "DestinationSecurityGroupId"},
}

// rules makes one rule of CloudFormation's for each range, list and group of a
// block.
func (d direction) rules(self *value.Value) func(*value.Value) []*value.Value {
	return func(r *value.Value) []*value.Value {
		var out []*value.Value
		add := func(key string, peers *value.Value) {
			for _, peer := range elementsOf(peers) {
				var b block
				b.put(key, peer)
				b.put("IpProtocol", r.Get("protocol"))
				b.put("FromPort", r.Get("from_port"))
				b.put("ToPort", r.Get("to_port"))
				b.put("Description", r.Get("description"))
				out = append(out, b.at(r.Span()))
			}
		}
		add("CidrIp", r.Get("cidr_blocks"))
		add("CidrIpv6", r.Get("ipv6_cidr_blocks"))
		add(d.prefixList, r.Get("prefix_list_ids"))
		add(d.group, r.Get("security_groups"))
		add(d.group, r.Get("source_security_group_id"))
		if r.Get("self").IsTrue() != value.No {
			add(d.group, self)
		}
		return out
	}
}

// groupRule puts a rule into the list that its type names.
func groupRule(s *shaping) {
	kind := s.arg("type")
	for _, d := range directions {
		is := kind.value.Is(d.block)
		if is == value.No {
			continue
		}
		rules := d.rules(s.in.Attrs.Get("security_group_id"))(s.in.Attrs)
		if is == value.Unknown {
			rules = slices.Clone(rules)
			for i, r := range rules {
				rules[i] = value.NewUnresolved(kind.value.Str(), r.Span(), kind.value.Refs(), r, value.NewAbsent(r.Span()))
			}
		}
		s.put([]string{d.property}, kind.span, value.NewList(rules, s.in.Span))
	}
}

// balancerKeys are the attributes of load balancers that have an argument.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
var balancerKeys = [][2]string{
	{"client_keep_alive", "client_keep_alive.seconds"},
	{"desync_mitigation_mode", "routing.http.desync_mitigation_mode"},
	{"dns_record_client_routing_policy", "dns_record.client_routing_policy"},
	{"drop_invalid_header_fields", "routing.http.drop_invalid_header_fields.enabled"},
	{"enable_cross_zone_load_balancing", "load_balancing.cross_zone.enabled"},
	{"enable_deletion_protection", "deletion_protection.enabled"},
	{"enable_http2", "routing.http2.enabled"},
	{"enable_tls_version_and_cipher_suite_headers", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"},
	{"enable_waf_fail_open", "waf.fail_open.enabled"},
	{"enable_xff_client_port", "routing.http.xff_client_port.enabled"},
	{"enable_zonal_shift", "zonal_shift.config.enabled"},
	{"idle_timeout", "idle_timeout.timeout_seconds"},
	{"preserve_host_header", "routing.http.preserve_host_header.enabled"},
	{"xff_header_processing_mode", "routing.http.xff_header_processing.mode"},
}

// balancerAttributes makes CloudFormation's list of attributes.
func balancerAttributes(s *shaping) {
	var list []*value.Value
	add := func(key string, v *value.Value) {
		if v.Exists() == value.No {
			return
		}
		var b block
		b.lit("Key", key, v.Span())
		b.put("Value", v)
		list = append(list, b.at(v.Span()))
	}
	for _, logs := range [...]string{"access_logs", "connection_logs", "health_check_logs"} {
		of := one(s.in.Attrs.Get(logs))
		for _, key := range [...]string{"enabled", "bucket", "prefix"} {
			add(logs+".s3."+key, of.Get(key))
		}
	}
	for _, k := range balancerKeys {
		add(k[1], s.in.Attrs.Get(k[0]))
	}
	if list != nil {
		s.put([]string{"LoadBalancerAttributes"}, list[0].Span(), value.NewList(list, list[0].Span()))
	}
}

// webSpelling is how the rules of a web ACL are spelt.
var webSpelling = spelling{
	names: map[string]string{"arn": "Arn", "ip_set_reference_statement": "IPSetReferenceStatement", "ip_set_forwarded_ip_config": "IPSetForwardedIPConfig",
		"forwarded_ip_config": "ForwardedIPConfig", "cloudwatch_metrics_enabled": "CloudWatchMetricsEnabled", "ja3_fingerprint": "JA3Fingerprint"},
	lists: map[string]string{"text_transformation": "TextTransformations", "excluded_rule": "ExcludedRules", "rule_action_override": "RuleActionOverrides",
		"managed_rule_group_configs": "ManagedRuleGroupConfigs", "rule_label": "RuleLabels", "insert_header": "InsertHeaders", "response_header": "ResponseHeaders"},
}

// webACL makes what is done by default, an empty block, and the rules.
func webACL(s *shaping) {
	if arg := s.arg("default_action"); arg.value.Exists() != value.No {
		s.put([]string{"DefaultAction"}, arg.span, webSpelling.spell(one(arg.value)))
	}
	s.webRules("rule", "rule_json")
}

// webRules makes the rules of a web ACL, whose statements lie in each other as
// deep as they like, of blocks or of a document.
func (s *shaping) webRules(blocks, doc string) {
	arg := s.arg(blocks)
	if arg.value.Exists() == value.No {
		if arg = s.arg(doc); arg.value.Exists() == value.No {
			return
		}
		s.put([]string{"Rules"}, arg.span, each(arg.value, document))
		return
	}
	s.put([]string{"Rules"}, arg.span, elements(arg.value, func(r *value.Value) *value.Value { return statements(webSpelling.spell(r)) }))
}

// statements names the lists of statements below "and" and "or".
func statements(v *value.Value) *value.Value {
	if v.Kind() != value.Map {
		return v
	}
	fields := make([]value.Field, v.Len())
	for i, f := range v.Fields() {
		fields[i] = value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: statements(f.Value)}
		if list := f.Value.Get("Statement"); (f.Key == "AndStatement" || f.Key == "OrStatement") && list.Kind() == value.List {
			made := elements(list, func(el *value.Value) *value.Value { return statements(webSpelling.spell(el)) })
			fields[i].Value = put(nil, path{{key: "Statements"}}, field{f.KeySpan, made}, f.KeySpan)
		}
	}
	return remap(v, fields, v.Span())
}
