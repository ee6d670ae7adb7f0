package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG090 = &rule.Rule{
	ID:       "CFG090",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "GraphQL API lets in everybody who has its key",
	Doc: `AppSync's API key is one secret for all callers that every page and application carries; AWS calls APIs with it public.
		As the default mode it opens every field that has no directive of its own, mutations included. Use Cognito, OpenID
		Connect, IAM or a Lambda authoriser as default, and keep the key, if at all, as an additional mode for the few fields
		that are marked with @aws_api_key. As an additional mode it is no finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html"},
		CWE:    []string{"CWE-306", "CWE-798"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::AppSync::GraphQLApi"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			mode := r.Get("AuthenticationType")
			private := r.Get("Visibility").Is("PRIVATE")
			p.Decide(mode.Is("API_KEY").And(private.Not()), r, mode,
				"%s lets in everybody who has its key (AuthenticationType API_KEY); use Cognito, IAM or an authoriser as default", rule.Name(r))
		}
	},
}
