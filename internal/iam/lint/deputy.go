package lint

import (
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// Unconditional tells whether a service takes no conditions in policies of the
// type, so that none can be added.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
func Unconditional(typ, service string) bool {
	return service == "events.amazonaws.com" && strings.HasPrefix(typ, "AWS::SNS::")
}

// ForOthers tells whether a service acts at the request of any customer on
// resources of others.
func ForOthers(service string) bool {
	switch service {
	case "s3.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com", "cloudfront.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com",
		"ses.amazonaws.com", "iot.amazonaws.com", "cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com", "codestar-notifications.amazonaws.com",
		"backup.amazonaws.com", "logging.s3.amazonaws.com", "apigateway.amazonaws.com", "lambda.amazonaws.com", "sqs.amazonaws.com", "firehose.amazonaws.com":
		return true
	}
	return false
}

// deputies looks for services that a resource policy lets in on anybody's behalf.
func (l *linter) deputies() {
	if l.Kind != policy.Resource && l.Kind != policy.OwnResource {
		return
	}
	var last *policy.Statement
	for _, e := range iam.Public(iam.Compile(l.doc), l.Type, value.Hole("AWS::AccountId")) {
		if e.Who != iam.AnyService || e.Statement == last || e.Holds != value.Yes || !ForOthers(e.Service) || Unconditional(l.Type, e.Service) {
			continue
		}
		last = e.Statement
		l.s = e.Statement
		l.add("confused-deputy", Warning, e.Principal.Span, "add a condition on aws:SourceArn, or on aws:SourceAccount", "%s may come for the resources of any customer", e.Service)
	}
}
