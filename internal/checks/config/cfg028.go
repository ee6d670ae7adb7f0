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
			for _, attached := range x.Policies() {
				doc, _ := policy.Parse(attached.Document)
				open, fenced := openStatement(doc)
				if open == nil || fenced {
					continue
				}
				if rule.OpenToAnyone(open) == value.Unknown {
					p.Undecided(x.Resource, value.NewAbsent(openSpan(open)), "it cannot be decided whether %s lets every VPC in", rule.Name(x.Resource))
					continue
				}
				p.Report(x.Resource, rule.PrincipalSpan(open), "%s is private and lets every VPC endpoint of every customer in; condition its policy on aws:SourceVpce", rule.Name(x.Resource))
			}
		}
	},
}

// openStatement is the first statement that lets, or may let, everybody in,
// and whether a Deny with conditions keeps some of them out again.
func openStatement(doc *policy.Document) (open *policy.Statement, fenced bool) {
	all := statements(doc)
	for i := range all {
		s := &all[i]
		if s.Is(policy.Deny) != value.No && s.HasCondition {
			fenced = true
		}
		if open == nil && rule.OpenToAnyone(s) != value.No {
			open = s
		}
	}
	return open, fenced
}
