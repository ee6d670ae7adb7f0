package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG051 = &rule.Rule{
	ID:       "CFG051",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Every website may upload to the bucket from a visitor's browser",
	Doc: `CORS with the origin "*" and PUT, POST or DELETE lets the pages of every site use a presigned address or a form that they
		got hold of to write to the bucket from a visitor's browser. It opens nothing by itself, so it is of low severity; name
		the origins of the own pages. A bucket that is open anyway has its own finding, which mentions CORS, and none here.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html"},
		CWE:   []string{"CWE-942"},
		OWASP: []string{"A6:2017"},
	},
	Types: []string{"AWS::S3::Bucket"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			if pub := publicityOf(r); pub.writable() || pub.readable() || len(pub.off) == 4 {
				continue
			}
			for _, c := range r.Get("CorsConfiguration", "CorsRules").Items() {
				methods := c.Get("AllowedMethods")
				writes := methods.Contains("PUT").Or(methods.Contains("POST")).Or(methods.Contains("DELETE"))
				origins := c.Get("AllowedOrigins")
				if f := p.Decide(origins.Contains("*").And(writes), r, origins, "every website may upload to %s from a visitor's browser; name the origins", rule.Name(r)); f != nil {
					f.Step(methods.Span(), "the methods include writing")
					break
				}
			}
		}
	},
}
