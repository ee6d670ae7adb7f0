package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG046 = &rule.Rule{
	ID:       "CFG046",
	Area:     rule.Configuration,
	Severity: rule.Critical,
	Since:    "0.1",
	Title:    "Anyone may use the key",
	Doc: `A key policy that allows Principal "*" without a condition lets every AWS account decrypt with the key, or manage it.
		Name the own account root (which hands over to IAM), roles or services; for use through a service add kms:CallerAccount
		and kms:ViaService.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1552", "T1530"},
	},
	Types: []string{"AWS::KMS::Key"},
	Check: func(p *rule.Pass) {
		openPolicies(p, "%s lets anyone do %s; name the principals or add kms:CallerAccount")
	},
}
