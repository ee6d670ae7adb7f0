package iam

import (
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/lint"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM013 = &rule.Rule{
	ID:       "IAM013",
	Area:     rule.IAM,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "A service may use the resource for any customer",
	Doc: `A resource policy that lets a service in without aws:SourceArn, aws:SourceAccount or aws:SourceOrgID lets it act for every
		AWS customer: somebody else's topic, rule, bucket or distribution can be pointed at the resource (the confused deputy).
		Add the ARN of the source, or the own account. Statements for services that act only on their owner's behalf are left out,
		and so are those for EventBridge on topics, where it takes no conditions: give the rule's target a role instead.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
			"https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
		},
		CWE:    []string{"CWE-441"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1199"},
	},
	Types: []string{"AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::S3::BucketPolicy"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			for _, q := range rule.Policies(r) {
				var last *policy.Statement // one finding a statement
				for _, e := range iam.Public(iam.Compile(q.Doc), r.Type, value.Hole("AWS::AccountId")) {
					if e.Who != iam.AnyService || e.Statement == last || !lint.ForOthers(e.Service) || lint.Unconditional(r.Type, e.Service) {
						continue
					}
					what := rule.Name(q.Holder(p.App))
					if e.Holds == value.Unknown {
						p.Undecided(r, undecided(e), "it cannot be decided whether %s may use %s for any customer", e.Service, what)
						continue
					}
					last = e.Statement
					p.Report(r, e.Principal.Span, "%s may use %s for any customer (%s); add aws:SourceArn or aws:SourceAccount", e.Service, what, rule.Actions(e.Statement))
				}
			}
		}
	},
}

// undecided is the part of a statement that decides.
func undecided(e iam.Exposure) *value.Value {
	if s := e.Statement; len(s.OpenCondition) > 0 {
		return s.OpenCondition[0]
	}
	return value.NewAbsent(e.Principal.Span)
}
