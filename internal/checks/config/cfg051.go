package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
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
			writes := func(c *value.Value) value.Tri {
				m := c.Get("AllowedMethods")
				return m.Contains("PUT").Or(m.Contains("POST")).Or(m.Contains("DELETE"))
			}
			c, open := firstOf(app.AsBucket(r).CORS(), func(c *value.Value) value.Tri { return c.Get("AllowedOrigins").Contains("*").And(writes(c)) })
			p.Decide(open, r, c.Get("AllowedOrigins"), "every website may upload to %s from a visitor's browser; name the origins", rule.Name(r)).
				Step(c.Get("AllowedMethods").Span(), "the methods include writing")
		}
	},
}
