package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// An edgePlan is the distribution that the cloudFront events of the service
// make together.
type edgePlan struct {
	origins   []*node
	behaviors []*node        // maps; the one without PathPattern is the default
	index     map[string]int // of both
	main      *node          // the origin that isDefaultOrigin marks
}

// managedCaching is AWS's managed policy CachingOptimized.
const managedCaching = "658327ea-f89d-4fab-a63d-7e88639e58f6"

// compileEdge makes the distribution of the service's cloudFront events.
func (s *service) compileEdge() {
	if policies := s.setting("cloudFront", "cachePolicies"); plain(policies) {
		for _, f := range policies.Fields {
			config := s.overlay(f.Value, obj(f.KeySpan, "Name", joinedBy(f.KeySpan, "-", s.name, s.stage, f.Key)))
			s.add(f.KeySpan, "provider", "CloudFrontCachePolicy"+normal(f.Key), "AWS::CloudFront::CachePolicy", obj(f.KeySpan, "CachePolicyConfig", config))
		}
	}
	var span source.Span
	s.edge.index = map[string]int{}
	for _, f := range s.functions {
		for _, e := range f.events {
			if e.kind != "cloudFront" {
				continue
			}
			span = e.span
			s.trust(f, span, "edgelambda.amazonaws.com")
			s.grantOnce(f, "edge", span, []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:TagResource"},
				list(span, cat(span, "arn:", ref(span, "AWS::Partition"), ":logs:*:*:*")))
			s.edgeEvent(f, e)
		}
	}
	if len(s.edge.behaviors) == 0 {
		return
	}
	rest := source.NewList(span)
	var byDefault *node
	for _, b := range s.edge.behaviors {
		if !b.Has("PathPattern") && byDefault == nil {
			byDefault = b
		} else {
			rest.Items = append(rest.Items, b)
		}
	}
	if byDefault == nil {
		byDefault = s.edge.behaviors[0].Without("PathPattern", "LambdaFunctionAssociations")
		origin := s.edge.main
		if origin == nil {
			origin = s.edge.origins[0]
		}
		byDefault = byDefault.With("TargetOriginId", origin.Get("Id"))
	}
	config := obj(span, "Comment", joinedBy(span, " ", s.name, s.stage), "Enabled", true, "DefaultCacheBehavior", byDefault,
		"Origins", s.edge.origins)
	if len(rest.Items) > 0 {
		set(config, "CacheBehaviors", rest)
	}
	s.add(span, "provider", "CloudFrontDistribution", "AWS::CloudFront::Distribution", obj(span, "DistributionConfig", config))
	s.output("CloudFrontDistribution", ref(span, "CloudFrontDistribution"))
	s.output("CloudFrontDistributionDomainName", getAtt(span, "CloudFrontDistribution", "DomainName"))
}

func (s *service) edgeEvent(f *function, e event) {
	if f.res.attrs = append(f.res.attrs, source.F("DeletionPolicy", source.NewString("Retain", e.span))); e.get("origin") == nil {
		s.missing(f, e, "origin")
		return
	}
	origin := s.edgeOrigin(e.get("origin"))
	if truthy(e.get("isDefaultOrigin")) {
		s.edge.main = origin
	}
	version := normal(f.key) + versionSuffix
	call := obj(e.span, "EventType", e.get("eventType"), "LambdaFunctionARN", ref(e.span, version), "IncludeBody", e.get("includeBody"))
	behavior := s.overlay(obj(e.span, "ViewerProtocolPolicy", "allow-all"), e.get("behavior"))
	caching := false
	for _, key := range []string{"CachePolicyId", "ForwardedValues", "MaxTTL", "MinTTL", "DefaultTTL"} {
		caching = caching || get(behavior, key) != nil
	}
	switch p := e.get("cachePolicy"); {
	case get(p, "id") != nil:
		set(behavior, "CachePolicyId", p.Get("id"))
	case text(get(p, "name")) != "":
		set(behavior, "CachePolicyId", ref(p.Span, "CloudFrontCachePolicy"+normal(text(p.Get("name")))))
	case !caching:
		set(behavior, "CachePolicyId", source.NewString(managedCaching, e.span))
	}
	set(behavior, "TargetOriginId", origin.Get("Id"))
	set(behavior, "LambdaFunctionAssociations", list(e.span, call))
	set(behavior, "PathPattern", e.get("pathPattern"))
	key := "edge " + shown(behavior.Get("PathPattern")) + " " + shown(origin.Get("Id"))
	if i, ok := s.edge.index[key]; ok {
		old := s.edge.behaviors[i].Get("LambdaFunctionAssociations")
		old.Items = append(old.Items, call)
	} else {
		s.edge.index[key] = len(s.edge.behaviors)
		s.edge.behaviors = append(s.edge.behaviors, behavior)
	}
	s.add(e.span, f.from(), f.id+"InvokePermission", "AWS::Lambda::Permission", obj(e.span, "FunctionName", ref(e.span, version),
		"Action", "lambda:InvokeFunction", "Principal", "edgelambda.amazonaws.com",
		"SourceArn", cat(e.span, "arn:", ref(e.span, "AWS::Partition"), ":cloudfront::", ref(e.span, "AWS::AccountId"), ":distribution/",
			ref(e.span, "CloudFrontDistribution"))))
}

// edgeOrigin is the origin of an event: a URL, or what CloudFormation takes.
func (s *service) edgeOrigin(n *node) *node {
	out := n
	if n.IsScalar() {
		scheme, rest, _ := strings.Cut(n.Text, "://")
		host, path, _ := strings.Cut(rest, "/")
		out = obj(n.Span, "DomainName", host)
		if path != "" {
			set(out, "OriginPath", source.NewString("/"+path, n.Span))
		}
		if scheme == "s3" {
			set(out, "S3OriginConfig", source.NewMap(n.Span))
		} else {
			set(out, "CustomOriginConfig", obj(n.Span, "OriginProtocolPolicy", "match-viewer"))
		}
	}
	kind := "custom/"
	if out.Has("S3OriginConfig") {
		kind = "s3/"
	}
	id := kind + shown(out.Get("DomainName")) + shown(out.Get("OriginPath"))
	key := "origin " + id
	if i, ok := s.edge.index[key]; ok {
		return s.edge.origins[i]
	}
	s.edge.index[key] = len(s.edge.origins)
	out = out.With("Id", source.NewString(id, n.Span))
	s.edge.origins = append(s.edge.origins, out)
	return out
}
