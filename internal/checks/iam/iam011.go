package iam

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/lint"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var IAM011 = &rule.Rule{
	ID:       "IAM011",
	Area:     rule.IAM,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Policy names an action that does not exist",
	Doc: `IAM takes any name for an action and never matches one that does not exist. In an Allow the code lacks what its author
		meant to grant, and somebody may widen the policy until it works; in a Deny the guard is not there: medium. The catalogue
		of actions has a date, which the report prints: an action that is newer may be right. The names of one policy are one
		finding.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"},
		CWE:   []string{"CWE-1068"},
		OWASP: []string{"A6:2017"},
	},
	Types: append([]string{"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::KMS::Key",
		"AWS::SecretsManager::ResourcePolicy", "AWS::DynamoDB::Table", "AWS::Events::EventBusPolicy", "AWS::ECR::Repository", "AWS::ApiGateway::RestApi", "AWS::Kinesis::ResourcePolicy"}, identityTypes...),
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			for _, q := range rule.Policies(r) {
				checkNames(p, r, q)
			}
		}
	},
}

func checkNames(p *rule.Pass, r *app.Resource, q *rule.Policy) {
	var words, hints []string
	var at []source.Span
	severity := rule.Low
	for i := range q.Doc.Statements {
		s := &q.Doc.Statements[i]
		for _, item := range slices.Concat(s.Action.Items, s.NotAction.Items) {
			hint, wrong := lint.UnknownAction(item)
			if !wrong {
				continue
			}
			words, hints, at = append(words, item.String()), append(hints, hint), append(at, item.Span)
			if s.Is(policy.Deny) == value.Yes {
				severity = rule.Medium
			}
		}
	}
	name := rule.Name(q.Holder(p.App))
	switch len(words) {
	case 0:
	case 1:
		p.Report(r, at[0], "a policy of %s names %s, which is no action%s", name, words[0], hints[0]).As(severity)
	default:
		f := p.Report(r, at[0], "a policy of %s names %d actions that do not exist (%s); correct or remove them", name, len(words), rule.Enumerate(words, 4)).As(severity)
		for i := range words {
			f.Step(at[i], "%s is no action%s", words[i], hints[i])
		}
	}
}
