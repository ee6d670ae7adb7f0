package app

import (
	"iter"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Distribution is an AWS::CloudFront::Distribution.
type Distribution struct{ *Resource }

// AsDistribution views r as a distribution.
func AsDistribution(r *Resource) Distribution {
	return Distribution{of(r, "AWS::CloudFront::Distribution")}
}

// Distributions iterates the application's distributions.
func (a *App) Distributions() iter.Seq[Distribution] {
	return views(a, AsDistribution, "AWS::CloudFront::Distribution")
}

// Config is the DistributionConfig.
func (d Distribution) Config() *value.Value { return d.Get("DistributionConfig") }

// WebACL is the id or ARN of the web ACL; absent without one.
func (d Distribution) WebACL() *value.Value { return d.Get("DistributionConfig", "WebACLId") }

// Behaviors are the cache behaviours, the default one first.
func (d Distribution) Behaviors() []*value.Value {
	if d.Resource == nil {
		return nil
	}
	return append([]*value.Value{d.Get("DistributionConfig", "DefaultCacheBehavior")}, d.Get("DistributionConfig", "CacheBehaviors").Items()...)
}

// MinimumTLS is the least TLS version that viewers may use: TLSv1 with
// CloudFront's own certificate, which is the default.
func (d Distribution) MinimumTLS() *value.Value {
	return d.orText("TLSv1", "DistributionConfig", "ViewerCertificate", "MinimumProtocolVersion")
}

// Logging is where access logs go.
func (d Distribution) Logging() *value.Value { return d.Get("DistributionConfig", "Logging") }

// An Origin is where a distribution takes content from.
type Origin struct {
	*value.Value
	// Resource is the bucket, API, function URL or load balancer behind it,
	// where it is one of the project.
	Resource *Resource
	Span     source.Span
}

// Origins are the distribution's origins.
func (d Distribution) Origins() []Origin {
	var out []Origin
	for _, o := range d.Get("DistributionConfig", "Origins").Items() {
		domain := o.Get("DomainName")
		r, _ := d.App.Lookup(domain)
		if r == nil {
			domain.Walk(func(v *value.Value) bool {
				for _, ref := range v.Refs() {
					if x := d.App.Project.Resource(ref.Resource); r == nil && x != nil {
						r = x
					}
				}
				return r == nil
			})
		}
		out = append(out, Origin{o, r, o.Span()})
	}
	return out
}

// WebACLs are the associations that put a web ACL before the resource: a REST
// stage, a GraphQL API, a user pool, a load balancer; of an API they are those
// of its stages.
func (a *App) WebACLs(r *Resource) []Child {
	if x := AsAPI(r); x.Resource != nil {
		var out []Child
		for _, s := range x.Stages() {
			out = append(out, s.WebACLs()...)
		}
		return out
	}
	return a.Children(r, "AWS::WAFv2::WebACLAssociation")
}

// A LogGroup is an AWS::Logs::LogGroup.
type LogGroup struct{ *Resource }

// AsLogGroup views r as a log group.
func AsLogGroup(r *Resource) LogGroup { return LogGroup{of(r, logGroupTypes...)} }

// LogGroups iterates the application's log groups.
func (a *App) LogGroups() iter.Seq[LogGroup] { return views(a, AsLogGroup, logGroupTypes...) }

// Retention is in days; absent where logs are kept for ever.
func (l LogGroup) Retention() *value.Value { return l.Get("RetentionInDays") }

// Key is the KMS key; absent for the service's own.
func (l LogGroup) Key() *value.Value { return l.Get("KmsKeyId") }

// Filters are the group's subscription filters.
func (l LogGroup) Filters() []*Resource {
	return resources(l.children("AWS::Logs::SubscriptionFilter"))
}
