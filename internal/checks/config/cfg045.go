package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG045 = &rule.Rule{
	ID:       "CFG045",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Anyone may put events on the bus",
	Doc: `An event bus policy that allows "*" lets every AWS account put events on the bus. Rules match on fields that the sender
		writes, so forged events start functions and state machines as real ones do. Name the accounts, or require the
		organisation with aws:PrincipalOrgID.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html"},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::Events::EventBus", "AWS::Events::EventBusPolicy"},
	Check: func(p *rule.Pass) {
		openPolicies(p, "%s lets anyone do %s; name the accounts or require aws:PrincipalOrgID")
	},
}
