package iam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM006 = &rule.Rule{
	ID:       "IAM006",
	Area:     rule.IAM,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Identity may use the data of every application in the account",
	Doc: `The statement names actions on data that could be granted on single tables, buckets, queues or functions, and leaves the
		resource open: "*", or a name of "*" in a SAM policy template. A flaw in one function then reaches the data of all. Name
		the resource. For secrets and parameters the finding is of high severity. Statements with conditions, actions
		without resource level, and sns:Publish alone (messages to telephones need "*") are left out, and so is what the rules on
		administrators and whole services report. The actions of one identity are one finding.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
			"https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
		},
		CWE:    []string{"CWE-250", "CWE-732"},
		OWASP:  []string{"A5:2017", "A3:2017"},
		ATTACK: []string{"T1530", "T1552"},
	},
	Types: identityTypes,
	Check: func(p *rule.Pass) {
		lesser(p, func(holder *app.Resource, list []grant) {
			var hits []hit
			severity := rule.Medium
			for _, g := range list {
				found := dataActions(g)
				if len(found) == 1 && found[0] == "sns:Publish" {
					continue
				}
				at := policy.Item{Span: g.Span}
				if i, ok := rule.WildResource(g.Statement); ok {
					at = i
				}
				for _, action := range found {
					h := g.found(action, policy.Item{}, at)
					hits = append(hits, h)
					if h.sure == value.Yes && slices.Contains(secretActions, action) && action != "kms:Decrypt" {
						severity = rule.High
					}
				}
			}
			judge(p, holder, hits, 4, "%s may use %s on every resource of the account; name the resources").As(severity)
		})
	},
}

// dataActions are the actions on data that the statement names, by themselves
// or by a pattern, as far as no rule on whole services reports them.
func dataActions(g grant) []string {
	var out []string
	for _, i := range g.Action.Items {
		if _, whole := wholeService(i); whole || !strings.Contains(i.String(), ":") {
			continue
		}
		pattern := i.Text.Map(strings.ToLower)
		for _, action := range slices.Concat(secretActions, onData) {
			if pattern.Glob(value.Lit(strings.ToLower(action))) == value.Yes && !slices.Contains(out, action) {
				out = append(out, action)
			}
		}
	}
	return out
}

// secretActions give secrets; onData are other actions on data or code that
// have a resource level.
var (
	secretActions = strings.Fields(`secretsmanager:GetSecretValue secretsmanager:PutSecretValue ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath kms:Decrypt`)
	onData        = strings.Fields(`s3:GetObject s3:PutObject s3:DeleteObject s3:PutBucketPolicy s3:PutObjectAcl
		dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query dynamodb:Scan dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem
		lambda:InvokeFunction states:StartExecution sqs:SendMessage sqs:ReceiveMessage sqs:DeleteMessage sqs:PurgeQueue sns:Publish events:PutEvents
		kinesis:PutRecord kinesis:PutRecords kinesis:GetRecords firehose:PutRecord rds-data:ExecuteStatement
		cognito-idp:AdminGetUser cognito-idp:AdminCreateUser cognito-idp:AdminSetUserPassword cognito-idp:AdminUpdateUserAttributes cognito-idp:AdminAddUserToGroup
		codecommit:GitPull codecommit:GitPush ecr:PutImage`)
)
