package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM002 = &rule.Rule{
	ID:       "IAM002",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Identity may do everything in a service that holds data or rights",
	Doc: `An action such as s3:* or lambda:* on every resource includes reading all data, changing policies and code, and deleting
		everything, of this application and of all others in the account. Name the actions that are called and the resources that
		they are called on. Only services count that hold data, secrets, code or identities; iam:*, sts:* and organizations:* are
		critical. The statements of one identity are one finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"},
		CWE:    []string{"CWE-250", "CWE-732"},
		OWASP:  []string{"A5:2017", "A6:2017"},
		ATTACK: []string{"T1078.004", "T1530"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		lesser(p, func(holder *app.Resource, list []grant) {
			var hits []hit
			severity := rule.High
			for _, g := range list {
				for _, i := range g.Action.Items {
					if _, name := policy.SplitAction(i.String()); name == "*" && mayBe(i, []string{"*:*"}) {
						h := g.found(i.String(), i, i)
						h.sure = h.sure.And(value.Unknown) // all actions of some service
						hits = append(hits, h)
						continue
					}
					service, ok := wholeService(i)
					if !ok {
						continue
					}
					h := g.found(i.String(), i, i)
					hits = append(hits, h)
					if h.sure == value.Yes && (service == "iam" || service == "sts" || service == "organizations") {
						severity = rule.Critical
					}
				}
			}
			judge(p, holder, hits, 6, "%s may do %s on every resource; name the actions and resources that are used").As(severity)
		})
	},
}

// sensitive are services that hold data, secrets, code or identities.
var sensitive = strings.Fields(`iam sts organizations s3 dynamodb lambda secretsmanager ssm kms rds rds-data rds-db redshift redshift-data
	cognito-idp cognito-identity cloudformation ec2 ecs eks ecr sqs sns events states kinesis firehose apigateway execute-api appsync codebuild codepipeline
	codecommit es aoss elasticfilesystem backup sso identitystore cloudtrail route53 acm-pca glue athena lakeformation bedrock sagemaker`)

// wholeService reads an action as all actions of a sensitive service.
func wholeService(i policy.Item) (string, bool) {
	service, name := policy.SplitAction(strings.ToLower(i.String()))
	if strings.Trim(name, "*") != "" {
		return "", false
	}
	for _, s := range sensitive {
		if s == service {
			return service, true
		}
	}
	return "", false
}
