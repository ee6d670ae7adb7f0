package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG044 = &rule.Rule{
	ID:       "CFG044",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Anyone may use the topic",
	Doc: `A topic policy that allows "*" lets every AWS account publish messages that all subscribers act on, or subscribe and
		read along. Name the accounts or services that need the topic, or tie the statement down with aws:SourceArn,
		aws:SourceAccount or aws:PrincipalOrgID.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1190", "T1530"},
	},
	Types: []string{"AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"},
	Check: func(p *rule.Pass) {
		openPolicies(p, "%s lets anyone do %s; name the principals or add aws:SourceArn")
	},
}
