package aws

import "github.com/remit-security/remit/internal/value"

var containerShapes = map[string]shape{
	"aws_ecs_task_definition": func(s *shaping) {
		s.containers("container_definitions", "ContainerDefinitions")
	},
	"aws_batch_job_definition": func(s *shaping) {
		s.containers("container_properties", "ContainerProperties")
		s.containers("ecs_properties", "EcsProperties")
		s.containers("node_properties", "NodeProperties")
	},
	"aws_opensearch_domain":    searchLogs,
	"aws_elasticsearch_domain": searchLogs,
	"aws_cloudwatch_log_group": retention,
}

// containers gives a document about containers CloudFormation's capitals.
func (s *shaping) containers(arg, property string) {
	doc := s.arg(arg)
	if doc.value.Exists() == value.No {
		return
	}
	own := map[string]bool{"dockerLabels": true, "options": true, "parameters": true, "tags": true, "labels": true, "driverOpts": true}
	s.put([]string{property}, doc.span, each(doc.value, func(v *value.Value) *value.Value { return capitals(document(v), own) }))
}

// searchLogs makes a map by kind of log of repeated blocks.
func searchLogs(s *shaping) {
	arg := s.arg("log_publishing_options")
	if arg.value.Exists() == value.No {
		return
	}
	s.put([]string{"LogPublishingOptions"}, arg.span, each(arg.value, func(v *value.Value) *value.Value {
		var out block
		for _, o := range v.Items() {
			var b block
			b.put("CloudWatchLogsLogGroupArn", o.Get("cloudwatch_log_group_arn"))
			if on := o.Get("enabled"); on.Exists() != value.No {
				b.put("Enabled", on)
			} else {
				b.put("Enabled", value.NewBool(true, o.Span())) // the provider's default
			}
			out.put(o.Get("log_type").Str(), b.at(o.Span()))
		}
		return out.at(v.Span())
	}))
}

// retention leaves out a retention of 0 days: that is for ever, which
// CloudFormation says by leaving it out.
func retention(s *shaping) {
	days := s.arg("retention_in_days")
	v := each(days.value, func(v *value.Value) *value.Value {
		if v.Is("0") == value.Yes {
			return value.NewAbsent(v.Span())
		}
		return v
	})
	if v.Exists() != value.No {
		s.put([]string{"RetentionInDays"}, days.span, v)
	}
}
