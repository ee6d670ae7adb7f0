package aws

import "github.com/remit-security/remit/internal/value"

var storageShapes = map[string]shape{
	"aws_s3_bucket": func(s *shaping) {
		s.ownPolicy("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument")
		s.grants(s.arg("grant"), func(grant *value.Value) (*value.Value, []*value.Value) {
			return grant.Get("uri"), elementsOf(grant.Get("permissions"))
		})
	},
	"aws_s3_bucket_acl": func(s *shaping) {
		list := one(s.in.Attrs.Get("access_control_policy")).Get("grant")
		s.grants(field{list.Span(), list}, func(grant *value.Value) (*value.Value, []*value.Value) {
			return one(grant.Get("grantee")).Get("uri"), elementsOf(grant.Get("permission"))
		})
	},
	"aws_s3_bucket_notification": notifications,
}

// notifications make one configuration for each event: CloudFormation's have
// one event each.
func notifications(s *shaping) {
	for _, kind := range [...]struct{ block, arn, list, key string }{
		{"lambda_function", "lambda_function_arn", "LambdaConfigurations", "Function"},
		{"queue", "queue_arn", "QueueConfigurations", "Queue"},
		{"topic", "topic_arn", "TopicConfigurations", "Topic"},
	} {
		arg := s.arg(kind.block)
		list := spread(arg.value, func(n *value.Value) []*value.Value {
			var out []*value.Value
			for _, event := range elementsOf(n.Get("events")) {
				var b block
				b.put("Event", event)
				b.put(kind.key, n.Get(kind.arn))
				b.put("Filter", keyFilter(n))
				out = append(out, b.at(n.Span()))
			}
			return out
		})
		if list.Exists() != value.No {
			s.put([]string{"NotificationConfiguration", kind.list}, arg.span, list)
		}
	}
}

// keyFilter is the filter on keys; nil where there is none.
func keyFilter(n *value.Value) *value.Value {
	var rules []*value.Value
	for _, part := range [...]string{"prefix", "suffix"} {
		if v := n.Get("filter_" + part); v.Exists() != value.No {
			var b block
			b.lit("Name", part, v.Span())
			b.put("Value", v)
			rules = append(rules, b.at(v.Span()))
		}
	}
	if rules == nil {
		return nil
	}
	var key, filter block
	key.put("Rules", value.NewList(rules, rules[0].Span()))
	filter.put("S3Key", key.at(rules[0].Span()))
	return filter.at(rules[0].Span())
}

// Groups that grants are made to.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
const (
	everybody   = "http://acs.amazonaws.com/groups/global/AllUsers"
	everyone    = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
	logDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery"
)

// grants sets the canned ACL that comes nearest to single grants, which
// CloudFormation does not have. Grants to single accounts count as private.
func (s *shaping) grants(list field, read func(*value.Value) (group *value.Value, permissions []*value.Value)) {
	if list.value.Exists() == value.No {
		return
	}
	acl := "Private"
	known := value.Yes
	for _, grant := range elementsOf(list.value) {
		group, permissions := read(grant)
		for _, p := range permissions {
			may := cannedACL(group, p)
			if may == "" {
				known = value.Unknown
			} else if wider(may, acl) {
				acl = may
			}
		}
	}
	v := value.NewText(value.Lit(acl), list.value.Span())
	if known == value.Unknown {
		open := value.NewText(value.Lit("PublicReadWrite"), list.value.Span())
		v = value.NewUnresolved("the grants of "+s.in.Address, list.value.Span(), list.value.Refs(), v, open)
	}
	s.put([]string{"AccessControl"}, list.span, v)
}

// cannedACL is the canned ACL with a grant; empty where it is not known.
func cannedACL(group, permission *value.Value) string {
	writes := permission.OneOf("WRITE", "WRITE_ACP", "FULL_CONTROL")
	switch {
	case group.Exists() == value.No:
		return "Private"
	case group.Is(logDelivery) == value.Yes:
		return "LogDeliveryWrite"
	case group.OneOf(everybody, everyone) == value.Unknown || group.OneOf(everybody, everyone) == value.Yes && writes == value.Unknown:
		return ""
	case group.OneOf(everybody, everyone) == value.No:
		return "Private"
	case writes == value.Yes:
		return "PublicReadWrite"
	case group.Is(everyone) == value.Yes:
		return "AuthenticatedRead"
	}
	return "PublicRead"
}

// wider tells whether the first of two canned ACLs lets more in.
func wider(a, b string) bool {
	order := map[string]int{"Private": 0, "LogDeliveryWrite": 1, "AuthenticatedRead": 2, "PublicRead": 3, "PublicReadWrite": 4}
	return order[a] > order[b]
}
