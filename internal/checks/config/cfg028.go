package config

import (
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG028 = &rule.Rule{
	ID:       "CFG028",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Private API lets in every VPC of every customer",
	Doc: `A private API is reached through VPC endpoints for execute-api, and any customer can make one. Only the API's policy keeps
		strangers' endpoints out: a policy that allows "*" without aws:SourceVpce or aws:SourceVpc makes the API private in name.
		Condition the policy on the own endpoints, or deny all others.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html",
			"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html",
		},
		CWE:    []string{"CWE-284", "CWE-732"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::ApiGateway::RestApi"},
	Check: func(p *rule.Pass) {
		for x := range p.App.APIs() {
			if x.Private() != value.Yes {
				continue
			}
			for _, doc := range apiPolicies(x) {
				s, open := openStatement(doc, x.Type)
				if s == nil {
					continue
				}
				if open == value.Unknown {
					p.Undecided(x.Resource, value.NewAbsent(openSpan(s)), "it cannot be decided whether %s lets every VPC in", rule.Name(x.Resource))
					continue
				}
				p.Report(x.Resource, rule.PrincipalSpan(s), "%s is private and lets every VPC endpoint of every customer in; condition its policy on aws:SourceVpce", rule.Name(x.Resource))
			}
		}
	},
}

// openStatement is the first statement that lets, or may let, everybody in.
func openStatement(doc *policy.Document, typ string) (*policy.Statement, value.Tri) {
	open := rule.Open(doc, typ)
	for i := range doc.Statements {
		if lets := open[&doc.Statements[i]]; lets != value.No {
			return &doc.Statements[i], lets
		}
	}
	return nil, value.No
}
