package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG014 = &rule.Rule{
	ID:       "CFG014",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Every AWS account may read the layer",
	Doc: `A layer permission with Principal "*" and no organisation lets every AWS customer download the layer's code, and with it
		whatever keys, internal addresses or proprietary code it holds. Name the accounts, or set OrganizationId. A layer that is
		meant for the public belongs into a template of its own, with the finding ignored and the reason given.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html"},
		CWE:    []string{"CWE-732", "CWE-200"},
		OWASP:  []string{"A5:2017", "A3:2017"},
		ATTACK: []string{"T1530"},
	},
	Types: []string{"AWS::Lambda::LayerVersionPermission"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			who := r.Get("Principal")
			p.Decide(who.Is("*").And(written(r.Get("OrganizationId")).Not()), r, who,
				"%s lets every AWS account read the layer; name the accounts or set OrganizationId", rule.Name(r))
		}
	},
}
