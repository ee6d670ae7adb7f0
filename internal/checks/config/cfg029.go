package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG029 = &rule.Rule{
	ID:       "CFG029",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Domain accepts outdated encryption",
	Doc: `A domain with the security policy TLS_1_0, or a distribution whose MinimumProtocolVersion is below TLS 1.2, lets clients
		agree on protocols with known flaws. Set TLS_1_2 or newer, or TLSv1.2_2021. A distribution under its own cloudfront.net
		name has no choice and is left out.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html",
			"https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
		},
		CWE:    []string{"CWE-327", "CWE-326"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1557"},
	},
	Types: []string{"AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName", "AWS::CloudFront::Distribution"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			versions := []*value.Value{r.Get("SecurityPolicy"), r.Get("DistributionConfig", "ViewerCertificate", "MinimumProtocolVersion")}
			for _, c := range r.Get("DomainNameConfigurations").Items() {
				versions = append(versions, c.Get("SecurityPolicy"))
			}
			for _, v := range versions {
				p.Decide(v.OneOf("TLS_1_0", "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"), r, v,
					"%s accepts outdated encryption (%s); ask for TLS 1.2 or newer", rule.Name(r), v.Str())
			}
		}
	},
}
