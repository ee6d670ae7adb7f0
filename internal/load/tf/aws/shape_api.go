package aws

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var apiShapes = map[string]shape{
	"aws_api_gateway_method_settings": methodSettingsShape,
	"aws_api_gateway_usage_plan":      usagePlanShape,
	"aws_apigatewayv2_stage":          routeSettingsShape,
	"aws_apigatewayv2_authorizer":     cacheShape,
}

// methodSettingsShape parts a method_path, orders/GET or */*, and writes it as
// CloudFormation does: /orders with its slashes as ~1, and GET.
func methodSettingsShape(s *shaping) {
	p := s.arg("method_path")
	list := s.props.Get("MethodSettings")
	if p.value.Exists() == value.No {
		return
	}
	element := value.NewMap(nil, p.span)
	if list.Kind() == value.List && list.Len() > 0 {
		element = list.Items()[0]
	}
	known, ok := p.value.Known()
	at := strings.LastIndexByte(known, '/')
	if !ok || at < 0 {
		hole := value.NewUnresolved(p.value.Str(), p.value.Span(), p.value.Refs())
		element = put(put(element, path{{key: "ResourcePath"}}, field{p.span, hole}, source.Span{}), path{{key: "HttpMethod"}}, field{p.span, hole}, source.Span{})
	} else {
		text := func(s string) field { return field{p.span, value.NewText(value.Lit(s), p.value.Span())} }
		resource := "/" + strings.ReplaceAll(strings.TrimPrefix(known[:at], "/"), "/", "~1")
		if strings.HasPrefix(known, "~1") {
			resource = "/" + known[:at]
		}
		element = put(element, path{{key: "ResourcePath"}}, text(resource), source.Span{})
		element = put(element, path{{key: "HttpMethod"}}, text(known[at+1:]), source.Span{})
	}
	s.put([]string{"MethodSettings"}, p.span, value.NewList([]*value.Value{element}, element.Span()))
}

// usagePlanShape makes a map of the throttles of a stage, by their path.
func usagePlanShape(s *shaping) {
	stages := s.props.Get("ApiStages")
	written := s.in.Attrs.Get("api_stages")
	if stages.Kind() != value.List || written.Kind() != value.List || stages.Len() != written.Len() {
		return
	}
	made := slices.Clone(stages.Items())
	for i, el := range written.Items() {
		t := find(el, "throttle")
		if t.value.Kind() != value.List || t.value.Len() == 0 {
			continue
		}
		var fields []value.Field
		for _, b := range t.value.Items() {
			rates := mapRows([]rest{
				{path{{key: "burst_limit"}}, path{{key: "BurstLimit"}}, nil},
				{path{{key: "rate_limit"}}, path{{key: "RateLimit"}}, nil},
			}, b, b.Span())
			fields = append(fields, value.Field{Key: b.Get("path").Str(), KeySpan: b.Get("path").Span(), Value: rates})
		}
		made[i] = put(made[i], path{{key: "Throttle"}}, field{t.span, value.NewMap(fields, t.value.Span())}, source.Span{})
	}
	s.put([]string{"ApiStages"}, stages.Span(), value.NewList(made, stages.Span()))
}

// routeSettings are the rows of one block of route_settings.
var routeSettings = []rest{
	{path{{key: "data_trace_enabled"}}, path{{key: "DataTraceEnabled"}}, nil},
	{path{{key: "detailed_metrics_enabled"}}, path{{key: "DetailedMetricsEnabled"}}, nil},
	{path{{key: "logging_level"}}, path{{key: "LoggingLevel"}}, nil},
	{path{{key: "throttling_burst_limit"}}, path{{key: "ThrottlingBurstLimit"}}, nil},
	{path{{key: "throttling_rate_limit"}}, path{{key: "ThrottlingRateLimit"}}, nil},
}

// routeSettingsShape makes a map of repeated blocks, by the key of the route.
func routeSettingsShape(s *shaping) {
	arg := s.arg("route_settings")
	if arg.value.Kind() != value.List && arg.value.Kind() != value.Unresolved {
		return
	}
	var fields []value.Field
	why := ""
	for _, b := range arg.value.Items() {
		key, ok := b.Get("route_key").Known()
		if !ok || b.Kind() == value.Unresolved {
			why = "the route " + b.Get("route_key").Str()
			continue
		}
		m := mapRows(routeSettings, b, b.Span())
		if m == nil {
			m = value.NewMap(nil, b.Span())
		}
		fields = append(fields, value.Field{Key: key, KeySpan: b.Get("route_key").Span(), Value: m})
	}
	made := value.NewMap(fields, arg.value.Span())
	if why != "" || arg.value.Kind() == value.Unresolved {
		made = value.NewOpenMap(fields, why+arg.value.Why(), arg.value.Span())
	}
	s.put([]string{"RouteSettings"}, arg.span, made)
}

// cacheShape writes out how long the provider lets decisions of a function
// hold for an HTTP API, where nothing is written.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_authorizer
func cacheShape(s *shaping) {
	if s.has("authorizer_result_ttl_in_seconds") || s.in.Attrs.Get("authorizer_type").Is("REQUEST") != value.Yes {
		return
	}
	api := s.whole(s.in.Attrs.Get("api_id"))
	if api == nil || api.Attrs.Get("protocol_type").Is("HTTP") != value.Yes || s.in.Attrs.Get("identity_sources").Len() == 0 {
		return
	}
	s.put([]string{"AuthorizerResultTtlInSeconds"}, s.in.Span, value.NewNumber("300", s.in.Span))
}
