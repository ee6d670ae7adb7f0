package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG091 = &rule.Rule{
	ID:       "CFG091",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "GraphQL queries may be as deep as a caller likes",
	Doc: `Without QueryDepthLimit or ResolverCountLimit one small query can nest objects that refer to each other and make AppSync run
		thousands of resolvers, each a read that is paid for, and introspection, which is on unless it is switched off, tells
		callers how. Set both limits a little above what the own clients need. Private APIs are left out.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/appsync/latest/devguide/configuration-limits.html", "https://docs.aws.amazon.com/appsync/latest/APIReference/API_GraphqlApi.html"},
		CWE:    []string{"CWE-770", "CWE-674"},
		OWASP:  []string{"A6:2017"},
		ATTACK: []string{"T1499"},
	},
	Types: []string{"AWS::AppSync::GraphQLApi"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			if r.Get("Visibility").Is("PRIVATE") == value.Yes || r.Get("ApiType").Is("MERGED") == value.Yes {
				continue
			}
			bounded := value.No
			for _, key := range []string{"QueryDepthLimit", "ResolverCountLimit"} {
				limit := r.Get(key)
				bounded = bounded.Or(written(limit).And(limit.Is("0").Not()))
			}
			p.Decide(bounded.Not(), r, value.NewAbsent(r.Span),
				"%s runs queries of any depth; set QueryDepthLimit and ResolverCountLimit", rule.Name(r))
		}
	},
}
