package synthetic

import (
	"fmt"
	"math/rand/v2"

	"github.com/remit-security/remit/internal/iam/organisation"
)

// resource makes one resource. Of a hundred 20 are tables, 15 buckets, 15
// queues, 15 functions, 10 log groups, 10 parameters, 5 secrets, 5 topics, 5
// keys; one in twelve has a policy of its own, one in three a team's tag.
func (m *maker) resource(n int, r *rand.Rand) organisation.Resource {
	name := m.service(n)
	if n >= m.services() {
		name = numbered(m.team(n)+"-", n, 5)
	}
	at := ":eu-west-1:" + m.id + ":"
	var out organisation.Resource
	switch k := n % 20; {
	case k < 4:
		out = organisation.Resource{ARN: "arn:aws:dynamodb" + at + "table/" + name, Type: "AWS::DynamoDB::Table"}
	case k < 7:
		out = organisation.Resource{ARN: "arn:aws:s3:::" + m.id + "-" + name, Type: "AWS::S3::Bucket"}
	case k < 10:
		out = organisation.Resource{ARN: "arn:aws:sqs" + at + name, Type: "AWS::SQS::Queue"}
	case k < 13:
		out = organisation.Resource{ARN: "arn:aws:lambda" + at + "function:" + name, Type: "AWS::Lambda::Function", Role: m.role("app/" + m.service(n%m.services()) + "-role")}
	case k < 15:
		out = organisation.Resource{ARN: "arn:aws:logs" + at + "log-group:/aws/lambda/" + name, Type: "AWS::Logs::LogGroup"}
	case k < 17:
		out = organisation.Resource{ARN: "arn:aws:ssm" + at + "parameter/" + name, Type: "AWS::SSM::Parameter"}
	case k < 18:
		out = organisation.Resource{ARN: "arn:aws:secretsmanager" + at + "secret:" + name + "-AbCdEf", Type: "AWS::SecretsManager::Secret"}
	case k < 19:
		out = organisation.Resource{ARN: "arn:aws:sns" + at + name, Type: "AWS::SNS::Topic"}
	default:
		out = organisation.Resource{ARN: fmt.Sprintf("arn:aws:kms%skey/%08x-0000-4000-8000-%012x", at, n, m.number), Type: "AWS::KMS::Key"}
		out.Policy = m.w.document("key "+m.id, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+m.id+`:root"},"Action":"kms:*","Resource":"*"}]}`)
	}
	if r.IntN(3) == 0 {
		out.Tags = []organisation.Tag{{Key: "team", Value: m.team(n)}, {Key: "stage", Value: "prod"}}
	}
	if r.IntN(12) == 0 {
		out.Policy = m.policy(&out, r)
	}
	return out
}

// hosts makes what runs as a role, beside the resources: an instance for each
// hundred principals, which Systems Manager manages, and in each account one
// build project, which deploys.
func (m *maker) hosts(yield func(organisation.Resource) bool) {
	at := ":eu-west-1:" + m.id + ":"
	for n := 99; n < m.w.sizes.Principals; n += 100 {
		if !yield(organisation.Resource{ARN: fmt.Sprintf("arn:aws:ec2%sinstance/i-%08x%08x", at, m.number, n), Type: "AWS::EC2::Instance", Role: m.role(task(n)),
			Tags: []organisation.Tag{{Key: "team", Value: m.team(n)}}}) {
			return
		}
	}
	if m.w.sizes.Principals > 96 {
		yield(organisation.Resource{ARN: "arn:aws:codebuild" + at + "project/deploy", Type: "AWS::CodeBuild::Project", Role: m.role("operate/deploy")})
	}
}

// policy is one in four for the whole organisation's reading, else for another
// account or for one role.
func (m *maker) policy(to *organisation.Resource, r *rand.Rand) *organisation.Document {
	action, resource := "", to.ARN
	switch to.Type {
	case "AWS::S3::Bucket":
		action, resource = "s3:GetObject", to.ARN+"/*"
	case "AWS::SQS::Queue":
		action = "sqs:SendMessage"
	case "AWS::SecretsManager::Secret":
		action = "secretsmanager:GetSecretValue"
	case "AWS::SNS::Topic":
		action = "sns:Publish"
	case "AWS::KMS::Key":
		action = "kms:*"
	default:
		return to.Policy
	}
	who := `{"AWS":"arn:aws:iam::` + accountID((m.number+1+r.IntN(5))%m.w.sizes.Accounts) + `:root"}`
	cond := ""
	switch r.IntN(20) {
	case 0:
		who, cond = `"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}`
	case 1, 2, 3, 4, 5, 6, 7, 8:
		who = `{"AWS":"` + m.role("app/"+m.service(r.IntN(m.services()))+"-role") + `"}`
	case 9, 10, 11, 12:
		return organisation.JSON("policy of "+to.ARN, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":["`+to.ARN+`","`+to.ARN+`/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
	}
	if to.Type == "AWS::KMS::Key" {
		return organisation.JSON("policy of "+to.ARN, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"kms:*","Resource":"*"},
			{"Effect":"Allow","Principal":%s,"Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"*"%s}]}`, m.id, who, cond))
	}
	return organisation.JSON("policy of "+to.ARN, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":`+who+`,"Action":"`+action+`","Resource":"`+resource+`"`+cond+`}]}`)
}
