package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG043 = &rule.Rule{
	ID:       "CFG043",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Anyone may use the queue",
	Doc: `A queue policy that allows "*" lets every AWS account, and without signing anyone at all, send messages that the
		consumers take for their own, read what others sent, or delete it. Name the accounts or services that need the queue, and
		tie a service to its source with aws:SourceArn.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html"},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1190", "T1530"},
	},
	Types: []string{"AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"},
	Check: func(p *rule.Pass) {
		openPolicies(p, "%s lets anyone do %s; name the principals or add aws:SourceArn")
	},
}
