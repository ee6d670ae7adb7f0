package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG048 = &rule.Rule{
	ID:       "CFG048",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Topic sends its messages over plain HTTP",
	Doc: `A subscription with the protocol http sends every message unencrypted over the internet, where it can be read and
		changed on the way. Use https.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"},
		CWE:    []string{"CWE-319"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1557", "T1040"},
	},
	Types: []string{"AWS::SNS::Subscription", "AWS::SNS::Topic"},
	Check: func(p *rule.Pass) {
		check := func(r *app.Resource, protocol *value.Value) {
			p.Decide(protocol.Is("http"), r, protocol, "%s sends messages over plain HTTP; use https", rule.Name(r))
		}
		for r := range p.Resources() {
			check(r, r.Get("Protocol"))
			for _, s := range r.Get("Subscription").Items() {
				check(r, s.Get("Protocol"))
			}
		}
	},
}
