package synthetic

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/remit-security/remit/internal/iam/organisation"
)

// principals are, of a hundred: 30 roles of functions with a policy that names
// the function's own resources, 10 roles of functions with a team's policy, 10
// roles of servers and containers with AWS's managed policies, 20 users, 20
// roles that people take on, 5 roles that other accounts or pipelines take on,
// 5 for the operation of the account.
func (m *maker) principals() iter.Seq[organisation.Principal] {
	return func(yield func(organisation.Principal) bool) {
		r := m.random(1)
		for n := range m.w.sizes.Principals {
			if !yield(m.principal(n, r)) {
				return
			}
		}
	}
}

func (m *maker) principal(n int, r *rand.Rand) organisation.Principal {
	switch k := n % 100; {
	case k < 30:
		return m.functionRole(n/100*30+k, r)
	case k < 40:
		return m.teamRole(n, r)
	case k < 50:
		return m.serverRole(n, r)
	case k < 70:
		return m.user(n, r)
	case k < 90:
		return m.personRole(n, r)
	case k < 95:
		return m.foreignRole(n, r)
	}
	return m.operator(n)
}

func (m *maker) role(name string) string { return "arn:aws:iam::" + m.id + ":role/" + name }

func trust(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`
}

func (m *maker) trusts(service string) *organisation.Document {
	return m.w.document("trust "+service, trust(service))
}

func (m *maker) ownTrust() *organisation.Document {
	return m.w.document("trust "+m.id, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+m.id+`:root"},"Action":"sts:AssumeRole"}]}`)
}

func (m *maker) tags(n int) []organisation.Tag {
	return []organisation.Tag{{Key: "team", Value: m.team(n)}, {Key: "cost-centre", Value: fmt.Sprint(4000 + n%37)}}
}

func (m *maker) boundary() *organisation.Document {
	return m.w.document("boundary", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
		{"Effect":"Allow","Action":["iam:PassRole","iam:Get*","iam:List*"],"Resource":"*"}]}`)
}

func (m *maker) functionRole(n int, r *rand.Rand) organisation.Principal {
	name := m.service(n)
	p := organisation.Principal{ARN: m.role("app/" + name + "-role"), Trust: m.trusts("lambda.amazonaws.com"), Tags: m.tags(n),
		Policies: []organisation.Policy{m.w.managed("service-role/AWSLambdaBasicExecutionRole")}}
	region := "eu-west-1"
	text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem","dynamodb:Query"],"Resource":["arn:aws:dynamodb:%s:%s:table/%s","arn:aws:dynamodb:%[1]s:%[2]s:table/%[3]s/index/*"]}`, region, m.id, name)
	switch n % 4 {
	case 1:
		text += fmt.Sprintf(`,{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::%s-%s/*"}`, m.id, name)
	case 2:
		text += fmt.Sprintf(`,{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:%s:%s:%s"},{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:*:%[2]s:secret:%[3]s-*"}`, region, m.id, name)
	case 3:
		text += fmt.Sprintf(`,{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:%s:%s:function:%s"}`, region, m.id, m.service(n+1))
	}
	p.Policies = append(p.Policies, organisation.Policy{Document: organisation.JSON("inline policy of "+name, text+"]}")})
	if r.IntN(5) == 0 {
		p.Boundary = m.boundary()
	}
	return p
}

// teamPolicy is a customer managed policy of a team.
func (m *maker) teamPolicy(n int) organisation.Policy {
	t := m.team(n)
	return organisation.Policy{ARN: "arn:aws:iam::" + m.id + ":policy/" + t, Document: m.w.document(m.id+" "+t, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["dynamodb:*"],"Resource":"arn:aws:dynamodb:*:%s:table/%s-*"},
		{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:PutObject"],"Resource":["arn:aws:s3:::%[1]s-%[2]s-*","arn:aws:s3:::%[1]s-%[2]s-*/*"]},
		{"Effect":"Allow","Action":["sqs:*","sns:Publish"],"Resource":["arn:aws:sqs:*:%[1]s:%[2]s-*","arn:aws:sns:*:%[1]s:%[2]s-*"]},
		{"Effect":"Allow","Action":["lambda:Get*","lambda:InvokeFunction"],"Resource":"arn:aws:lambda:*:%[1]s:function:%[2]s-*"},
		{"Effect":"Deny","Action":["dynamodb:DeleteTable","s3:DeleteBucket"],"Resource":"*"}]}`, m.id, t))}
}

func (m *maker) teamRole(n int, r *rand.Rand) organisation.Principal {
	p := organisation.Principal{ARN: m.role(fmt.Sprintf("team/%s-worker%04d", m.team(n), n)), Trust: m.trusts("lambda.amazonaws.com"), Tags: m.tags(n),
		Policies: []organisation.Policy{m.teamPolicy(n), m.w.managed("service-role/AWSLambdaBasicExecutionRole")}}
	if r.IntN(3) == 0 {
		p.Policies = append(p.Policies, m.w.managed("AWSXrayWriteOnlyAccess"))
	}
	return p
}

func (m *maker) serverRole(n int, r *rand.Rand) organisation.Principal {
	service := []string{"ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "glue.amazonaws.com", "states.amazonaws.com", "codebuild.amazonaws.com"}[r.IntN(5)]
	p := organisation.Principal{ARN: m.role(fmt.Sprintf("server/host%04d", n)), Trust: m.trusts(service), Tags: m.tags(n)}
	all := []string{"AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy", "AmazonS3ReadOnlyAccess", "AmazonSQSFullAccess", "AmazonDynamoDBReadOnlyAccess", "AmazonEC2ContainerRegistryReadOnly"}
	for _, i := range r.Perm(len(all))[:1+r.IntN(3)] {
		p.Policies = append(p.Policies, m.w.managed(all[i]))
	}
	return p
}

func (m *maker) user(n int, r *rand.Rand) organisation.Principal {
	p := organisation.Principal{ARN: fmt.Sprintf("arn:aws:iam::%s:user/user%04d", m.id, n), Tags: m.tags(n), Groups: []string{"arn:aws:iam::" + m.id + ":group/" + m.team(n)}}
	p.Policies = append(p.Policies, m.teamPolicy(n), organisation.Policy{ARN: "arn:aws:iam::" + m.id + ":policy/self-service",
		Document: m.w.document("self-service", `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":["iam:ChangePassword","iam:CreateAccessKey","iam:ListAccessKeys"],"Resource":"arn:aws:iam::*:user/${aws:username}"},
			{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}`)})
	switch r.IntN(20) {
	case 0:
		p.Policies = append(p.Policies, m.w.managed("IAMFullAccess"))
	case 1, 2:
		p.Policies = append(p.Policies, m.w.managed("ReadOnlyAccess"))
	case 3:
		p.Policies = append(p.Policies, m.w.managed("AmazonS3FullAccess"))
	}
	return p
}

func (m *maker) personRole(n int, r *rand.Rand) organisation.Principal {
	p := organisation.Principal{ARN: m.role(fmt.Sprintf("people/%s-%04d", m.team(n), n)), Trust: m.ownTrust(), Tags: m.tags(n)}
	switch k := r.IntN(20); {
	case k < 6:
		p.Policies = append(p.Policies, m.w.managed("ReadOnlyAccess"))
	case k < 9:
		p.Policies = append(p.Policies, m.w.managed("PowerUserAccess"))
		p.Boundary = m.boundary()
	case k < 10:
		p.Policies = append(p.Policies, m.w.managed("SecurityAudit"))
	case k < 14:
		p.Policies = append(p.Policies, organisation.Policy{ARN: "arn:aws:iam::" + m.id + ":policy/by-tag", Document: m.w.document("by-tag", `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query","secretsmanager:GetSecretValue","sqs:ReceiveMessage"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}},
			{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shared-data/${aws:PrincipalTag/team}/*"}]}`)})
	case k < 17:
		p.Policies = append(p.Policies, m.teamPolicy(n))
	default:
		p.Policies = append(p.Policies, m.w.managed("AmazonDynamoDBFullAccess"), m.w.managed("AWSLambda_FullAccess"))
	}
	if n%40 == 30 { // who may take on what trusts the account
		p.Policies = append(p.Policies, organisation.Policy{Document: m.w.document("assume", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/people/*"}]}`)})
	}
	return p
}

func (m *maker) foreignRole(n int, r *rand.Rand) organisation.Principal {
	p := organisation.Principal{ARN: m.role(fmt.Sprintf("foreign/job%04d", n)), Tags: m.tags(n)}
	other := (m.number + 1 + r.IntN(5)) % m.w.sizes.Accounts
	switch n % 5 {
	case 0:
		p.Trust = m.w.document("trust "+m.id+" oidc", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::`+m.id+`:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:example/*"}}}]}`)
		p.Policies = []organisation.Policy{m.w.managed("PowerUserAccess")}
		if n%200 == 90 {
			p.Policies = append(p.Policies, m.w.managed("IAMFullAccess"))
		}
	case 1, 2:
		p.Trust = organisation.JSON("trust", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+accountID(other)+`:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}}]}`)
		p.Policies = []organisation.Policy{m.w.managed("AmazonS3ReadOnlyAccess")}
	case 3:
		p.Trust = organisation.JSON("trust", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+accountID(0)+`:role/operate/deploy"},"Action":"sts:AssumeRole"}]}`)
		p.Policies = []organisation.Policy{m.w.managed("ReadOnlyAccess")}
	default:
		p.Trust = organisation.JSON("trust", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+m.role(fmt.Sprintf("people/%s-%04d", m.team(n-10), n-10))+`"},"Action":"sts:AssumeRole"}]}`)
		p.Policies = []organisation.Policy{m.w.managed("AmazonSQSFullAccess")}
	}
	return p
}

// operator are the roles and users by which the account is run.
func (m *maker) operator(n int) organisation.Principal {
	switch k := n % 100; {
	case n == 95:
		return organisation.Principal{ARN: m.role("org/OrganizationAccess"), Policies: []organisation.Policy{m.w.managed("AdministratorAccess")},
			Trust: m.w.document("trust management", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+accountID(0)+`:root"},"Action":"sts:AssumeRole"}]}`)}
	case n == 96:
		return organisation.Principal{ARN: m.role("operate/deploy"), Trust: m.trusts("codebuild.amazonaws.com"), Policies: []organisation.Policy{
			{Document: m.w.document("deploy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudformation:*","lambda:*","iam:PassRole"],"Resource":"*"},
				{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/org/*"}]}`)}}}
	case n == 97:
		return organisation.Principal{ARN: m.role("operate/stacks"), Trust: m.trusts("cloudformation.amazonaws.com"), Policies: []organisation.Policy{m.w.managed("AdministratorAccess")}}
	case k == 98:
		return organisation.Principal{ARN: m.role(fmt.Sprintf("operate/audit%04d", n)), Trust: m.ownTrust(), Policies: []organisation.Policy{m.w.managed("SecurityAudit"), m.w.managed("job-function/ViewOnlyAccess")}}
	}
	return organisation.Principal{ARN: m.role(task(n)), Trust: m.trusts("ec2.amazonaws.com"), Tags: m.tags(n),
		Policies: []organisation.Policy{m.w.managed("AmazonSSMManagedInstanceCore"), m.w.managed("AmazonEC2ReadOnlyAccess")}}
}

// task is the name of the role of the account's own servers.
func task(n int) string { return numbered("operate/task", n, 4) }
