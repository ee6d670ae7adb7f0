package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG094 = &rule.Rule{
	ID:       "CFG094",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Distribution serves or fetches over plain HTTP",
	Doc: `A cache behaviour with allow-all answers visitors over plain HTTP, where what they send and get can be read and changed; an
		origin with http-only does the same between CloudFront and the application. Use redirect-to-https or https-only, and
		https-only for origins. The website endpoint of a bucket speaks HTTP only, so such an origin is left out. What one
		distribution lacks is one finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https.html"},
		CWE:    []string{"CWE-319"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1557", "T1040"},
	},
	Types: []string{"AWS::CloudFront::Distribution"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			config := r.Get("DistributionConfig")
			var first *rule.Finding
			note := func(v *value.Value, plain value.Tri, what string) {
				if first != nil && (plain != value.Yes || !first.Undecided()) {
					if plain == value.Yes {
						first.Step(v.Span(), "%s", what)
					}
					return
				}
				first = p.Decide(plain, r, v, "%s uses plain HTTP (%s); use HTTPS", rule.Name(r), what)
			}
			behaviours := append([]*value.Value{config.Get("DefaultCacheBehavior")}, config.Get("CacheBehaviors").Items()...)
			for _, b := range behaviours {
				policy := b.Get("ViewerProtocolPolicy")
				note(policy, policy.Is("allow-all"), "visitors may use it")
			}
			for _, o := range config.Get("Origins").Items() {
				policy := o.Get("CustomOriginConfig", "OriginProtocolPolicy")
				note(policy, policy.Is("http-only").And(websiteEndpoint(o.Get("DomainName")).Not()), "the origin is fetched over it")
			}
		}
	},
}

// websiteEndpoint tells whether a domain is that of a bucket's website.
func websiteEndpoint(v *value.Value) value.Tri {
	for _, ref := range v.Refs() {
		if ref.Attr == "WebsiteURL" {
			return value.Yes
		}
	}
	return value.Lit("*.s3-website*").Glob(v.Text())
}
