package organisation_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/organisation"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A small organisation as the tests keep it: everything by name, nothing
// shared, so that it can be asked question by question.
type plain struct {
	accounts []plainAccount
}

type plainAccount struct {
	id         string
	scp, rcp   []string // one document a level
	principals []plainPrincipal
	resources  []plainResource
}

type plainPrincipal struct {
	arn      string
	policies []string
	boundary string
	trust    string
	tags     []organisation.Tag
	groups   []string
	newborn  bool // its name and tags are free
}

type plainResource struct {
	arn, kind, policy string
	tags              []organisation.Tag
	role              string
	bounded           bool
}

const orgID = "o-exampleorg"

func path(i int) string { return fmt.Sprintf("%s/r-root/ou-%d/", orgID, i%2) }

func seq[T any](list []T) iter.Seq[T] { return slices.Values(list) }

func (p *plain) organisation() *organisation.Organisation {
	out := &organisation.Organisation{ID: orgID}
	doc := func(text string) *organisation.Document {
		if text == "" {
			return nil
		}
		return organisation.JSON("policy", text)
	}
	for i, a := range p.accounts {
		x := organisation.Account{ID: a.id, Path: path(i), Management: i == 0}
		for _, s := range a.scp {
			x.SCP = append(x.SCP, []*organisation.Document{doc(s)})
		}
		for _, s := range a.rcp {
			x.RCP = append(x.RCP, []*organisation.Document{doc(s)})
		}
		var ps []organisation.Principal
		for _, m := range a.principals {
			y := organisation.Principal{ARN: m.arn, Boundary: doc(m.boundary), Trust: doc(m.trust), Tags: m.tags, Groups: m.groups}
			for _, s := range m.policies {
				y.Policies = append(y.Policies, organisation.Policy{Document: doc(s)})
			}
			ps = append(ps, y)
		}
		var rs []organisation.Resource
		for _, r := range a.resources {
			rs = append(rs, organisation.Resource{ARN: r.arn, Type: r.kind, Policy: doc(r.policy), Tags: r.tags, Role: r.role})
		}
		x.Principals, x.Resources = seq(ps), seq(rs)
		out.Accounts = append(out.Accounts, x)
	}
	return out
}

// random makes a small organisation whose policies touch what they can: names,
// tags, accounts, boundaries, denies, variables.
type random struct{ *rand.Rand }

func one[T any](r random, list ...T) T { return list[r.IntN(len(list))] }

func (r random) account() string { return one(r, "111111111111", "222222222222", "333333333333") }

func (r random) resource() string {
	name := one(r, "orders", "orders-eu", "logs", "*", "o*", "${aws:PrincipalTag/team}", "orders*", "${aws:username}", "?ogs", "${aws:userid}")
	switch r.IntN(10) {
	case 0:
		return "*"
	case 8:
		return "arn:aws:" + one(r, "codebuild:*:*:project/", "glue:*:*:job/", "ec2:*:*:instance/", "iam::*:group/", "ssm:*:*:*/") + name
	case 9:
		return "arn:aws:*:*:" + r.account() + ":" + one(r, "*", "project/*", "stack*", "instance/*", "group/*")
	case 1, 2:
		return "arn:aws:s3:::" + name + one(r, "/*", "", "/public/*", "*", "/*/x")
	case 3:
		return "arn:aws:dynamodb:" + one(r, "*", "eu-west-1") + ":" + one(r, r.account(), "*") + ":table/" + name
	case 4:
		return "arn:aws:sqs:*:" + r.account() + ":" + name
	case 5:
		return "arn:aws:iam::" + one(r, r.account(), "*") + ":" + one(r, "role/*", "role/a1", "user/*", "*")
	case 6:
		return one(r, "arn:aws:dynamodb:*", "arn:*:sqs:*:*:logs", "*orders", "arn:aws:s3*")
	}
	return "arn:aws:lambda:*:*:function:" + name
}

func (r random) action() string {
	return one(r, "*", "s3:GetObject", "s3:*", "dynamodb:GetItem", "dynamodb:*", "sqs:SendMessage", "sqs:*", "lambda:*", "lambda:InvokeFunction", "sts:AssumeRole", "iam:*", "iam:PassRole",
		"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "lambda:CreateFunction", "s3:Put*", "iam:CreateAccessKey",
		"codebuild:*", "codebuild:StartBuild", "codebuild:UpdateProject", "ssm:*", "ssm:StartSession", "ssm:UpdateInstanceInformation", "glue:*", "cloudformation:*", "ec2:*", "ecs:*",
		"iam:AddUserToGroup", "iam:PutGroupPolicy", "iam:CreateRole", "iam:AttachRolePolicy", "iam:UpdateSAMLProvider", "iam:*LoginProfile")
}

func (r random) principal() string {
	switch r.IntN(8) {
	case 0:
		return `"*"`
	case 1, 2:
		return `{"AWS":"arn:aws:iam::` + r.account() + `:root"}`
	case 3:
		return `{"AWS":["` + r.account() + `","arn:aws:iam::` + r.account() + `:role/a1"]}`
	case 4:
		return `{"AWS":"arn:aws:iam::` + r.account() + `:user/u` + one(r, "0", "1") + `"}`
	case 5:
		return `{"Service":"` + one(r, "lambda", "lambda", "codebuild", "glue", "ec2", "cloudformation", "ecs-tasks", "ssm") + `.amazonaws.com"}`
	case 6:
		return one(r, `{"AWS":"arn:aws:sts::`+r.account()+`:assumed-role/a2/s"}`, `{"Federated":"arn:aws:iam::`+r.account()+`:saml-provider/idp"}`)
	}
	return `{"AWS":"arn:aws:iam::` + r.account() + `:role/a` + one(r, "0", "1", "2", "3") + `"}`
}

func (r random) condition() string {
	return one(r, "", "", "", "", `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"`+one(r, "red", "blue")+`"}}`,
		`,"Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}`,
		`,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"`+orgID+`"}}`,
		`,"Condition":{"StringEquals":{"aws:PrincipalAccount":"`+r.account()+`"}}`,
		`,"Condition":{"StringNotEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}`,
		`,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a`+one(r, "0", "1", "*")+`"}}`,
		`,"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::`+r.account()+`:role/a1"}}`,
		`,"Condition":{"StringLike":{"aws:username":"u*"}}`,
		`,"Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"`+orgID+`/r-root/ou-1/*"}}`,
		`,"Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`,
		`,"Condition":{"`+one(r, "StringEquals", "StringNotEquals")+`":{"iam:PermissionsBoundary":"arn:aws:iam::`+r.account()+`:policy/limits"}}`,
		`,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`,
		`,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)
}

func list(items ...string) string { return `["` + strings.Join(items, `","`) + `"]` }

func (r random) statement(principal bool) string {
	s := `{"Effect":"` + one(r, "Allow", "Allow", "Allow", "Deny") + `"`
	if principal {
		s += `,"` + one(r, "Principal", "Principal", "Principal", "Principal", "Principal", "NotPrincipal") + `":` + r.principal()
	}
	s += `,"` + one(r, "Action", "Action", "Action", "Action", "NotAction") + `":` + list(r.action(), r.action())
	return s + `,"` + one(r, "Resource", "Resource", "Resource", "Resource", "Resource", "NotResource") + `":` + list(r.resource(), r.resource()) + r.condition() + `}`
}

func (r random) document(principal bool) string {
	s := `{"Version":"2012-10-17","Statement":[` + r.statement(principal)
	for range r.IntN(3) {
		s += "," + r.statement(principal)
	}
	return s + "]}"
}

func (r random) trust() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + r.principal() + `,"Action":"sts:AssumeRole"` + r.condition() + `}]}`
}

func (r random) tags() []organisation.Tag {
	if r.IntN(3) == 0 {
		return nil
	}
	return []organisation.Tag{{Key: "team", Value: one(r, "red", "blue", "orders")}, {Key: "other", Value: fmt.Sprint(r.IntN(9))}}
}

const everythingAllowed = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func (r random) organisation() *plain {
	out := &plain{}
	pool := []string{everythingAllowed}
	for range 5 {
		pool = append(pool, r.document(false))
	}
	service := one(r, "lambda", "codebuild", "glue", "ec2", "cloudformation", "ecs", "ssm") // that a role is passed to, or of what exists
	pool = append(pool, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:PassRole","`+service+`:*"],"Resource":"*"`+r.condition()+`}]}`)
	for _, id := range []string{"111111111111", "222222222222", "333333333333"} {
		a := plainAccount{id: id, scp: []string{everythingAllowed}}
		if r.IntN(2) == 0 {
			a.scp = append(a.scp, strings.Replace(everythingAllowed, "]}", ","+strings.Replace(r.statement(false), `"Allow"`, `"Deny"`, 1)+"]}", 1))
		}
		switch r.IntN(4) {
		case 0:
			a.rcp = append(a.rcp, r.document(true))
		case 1, 2: // as they are: everything, less something for everybody but some
			a.rcp = append(a.rcp, strings.Replace(strings.Replace(everythingAllowed, `"Action"`, `"Principal":"*","Action"`, 1), "]}", `,{"Effect":"Deny","Principal":"*","Action":`+list(r.action())+`,"Resource":`+list(r.resource())+r.condition()+"}]}", 1))
		}
		for n := range 4 {
			p := plainPrincipal{arn: fmt.Sprintf("arn:aws:iam::%s:role/a%d", id, n), trust: r.trust(), tags: r.tags()}
			if n > 2 || r.IntN(4) == 0 {
				p = plainPrincipal{arn: fmt.Sprintf("arn:aws:iam::%s:user/u%d", id, n), tags: r.tags()}
				if r.IntN(2) == 0 {
					p.groups = []string{"arn:aws:iam::" + id + ":group/" + one(r, "orders", "logs")}
				}
			}
			for range r.IntN(3) {
				p.policies = append(p.policies, one(r, append(pool[1:], pool...)...))
			}
			if r.IntN(4) == 0 {
				p.policies = append(p.policies, r.document(false))
			}
			if r.IntN(4) == 0 {
				p.boundary = one(r, pool...)
			}
			a.principals = append(a.principals, p)
		}
		for _, name := range []string{"orders", "orders-eu", "logs", "red-" + id} {
			for _, x := range [][2]string{{"AWS::S3::Bucket", "arn:aws:s3:::" + id + "-" + name}, {"AWS::DynamoDB::Table", "arn:aws:dynamodb:eu-west-1:" + id + ":table/" + name},
				{"AWS::SQS::Queue", "arn:aws:sqs:eu-west-1:" + id + ":" + name}, {"AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:" + id + ":function:" + name}} {
				if r.IntN(3) == 0 {
					continue
				}
				res := plainResource{kind: x[0], arn: x[1], tags: r.tags()}
				if strings.Contains(x[0], "S3") && id == "111111111111" {
					res.arn = "arn:aws:s3:::" + name // as policies write it
				}
				if r.IntN(2) == 0 {
					res.policy = strings.ReplaceAll(r.document(true), "arn:aws:s3:::orders", res.arn)
				}
				a.resources = append(a.resources, res)
			}
		}
		r.hosts(&a)
		out.accounts = append(out.accounts, a)
	}
	return out
}

// hosts adds what runs as a role, or a role may be passed to.
func (r random) hosts(a *plainAccount) {
	for _, x := range [][2]string{{"AWS::CodeBuild::Project", "codebuild:eu-west-1:%:project/"}, {"AWS::CodeBuild::Project", "codebuild:eu-west-1:%:project/o-"},
		{"AWS::EC2::Instance", "ec2:eu-west-1:%:instance/i-"}, {"AWS::EC2::Instance", "ec2:eu-west-1:%:instance/"}, {"AWS::Glue::Job", "glue:eu-west-1:%:job/"},
		{"AWS::CloudFormation::Stack", "cloudformation:eu-west-1:%:stack/"}, {"AWS::CloudFormation::StackSet", "cloudformation:eu-west-1:%:stackset/"},
		{"AWS::ECS::Service", "ecs:eu-west-1:%:service/c/"}, {"AWS::SageMaker::NotebookInstance", "sagemaker:eu-west-1:%:notebook-instance/"}} {
		if r.IntN(2) == 0 {
			continue
		}
		h := plainResource{kind: x[0], arn: "arn:aws:" + strings.Replace(x[1], "%", a.id, 1) + one(r, "orders", "logs"), tags: r.tags()}
		if p := one(r, a.principals...); p.trust != "" {
			h.role = p.arn
		}
		a.resources = append(a.resources, h)
	}
	if r.IntN(2) == 0 {
		a.resources = append(a.resources, plainResource{kind: "AWS::IAM::SAMLProvider", arn: "arn:aws:iam::" + a.id + ":saml-provider/idp"})
	}
}

// ask puts one question to the evaluator, with nothing shared or remembered.
func (p *plain) ask(from int, caller *plainPrincipal, to int, r *plainResource, action, subject, service string) value.Tri {
	return p.askText(from, caller, to, r, action, value.Lit(subject), service)
}

// askAny asks about any resource at all.
func (p *plain) askAny(from int, caller *plainPrincipal, r *plainResource, action string) value.Tri {
	return p.askText(from, caller, from, r, action, value.Fresh("any resource"), "")
}

func (p *plain) askText(from int, caller *plainPrincipal, to int, r *plainResource, action string, subject value.Text, service string) value.Tri {
	owner := p.accounts[to]
	req := iam.Request{Action: action, Resource: subject, Account: value.Lit(owner.id), Principal: iam.Role(value.Lit(caller.arn))}
	if strings.Contains(caller.arn, ":user/") {
		req.Principal = iam.User(value.Lit(caller.arn))
	}
	req.Context.Chosen = true
	req.Context.Set("aws:ViaAWSService", "false")
	req.Context.Absent("aws:CalledVia")
	req.Context.Set("aws:PrincipalOrgID", orgID)
	req.Context.Set("aws:ResourceOrgID", orgID)
	req.Context.Set("aws:PrincipalOrgPaths", path(from))
	req.Context.Set("aws:ResourceOrgPaths", path(to))
	req.Context.Absent("aws:PrincipalTag/team")
	for _, t := range caller.tags {
		req.Context.Set("aws:PrincipalTag/"+t.Key, t.Value)
	}
	if caller.newborn {
		req.Context.Unknown("aws:PrincipalArn")
		req.Context.Unknown("aws:userid")
		req.Context.Unknown("aws:PrincipalTag/team")
	}
	req.Context.Absent("aws:ResourceTag/team")
	for _, t := range r.tags {
		req.Context.Set("aws:ResourceTag/"+t.Key, t.Value)
	}
	if service != "" {
		req.Context.Set("iam:PassedToService", service)
	}
	if strings.HasPrefix(action, "iam:") && r.kind != "none" {
		switch {
		case strings.HasPrefix(action, "iam:Put") && strings.HasSuffix(action, "PermissionsBoundary"):
			req.Context.Set("iam:PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess")
		case !r.bounded:
			req.Context.Absent("iam:PermissionsBoundary")
		}
	}
	if strings.HasPrefix(action, "iam:Attach") {
		req.Context.Set("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")
	}
	set := iam.Policies{Boundary: compile(caller.boundary), Resource: compile(r.policy), Management: from == 0}
	if r.kind == "AWS::IAM::Role" && !strings.HasPrefix(action, "sts:") {
		set.Resource = nil
	}
	for _, s := range caller.policies {
		set.Identity = append(set.Identity, compile(s))
	}
	for _, s := range p.accounts[from].scp {
		set.SCP = append(set.SCP, []*iam.Policy{compile(s)})
	}
	for _, s := range owner.rcp {
		set.RCP = append(set.RCP, []*iam.Policy{compile(s)})
	}
	out := iam.Evaluate(&req, &set).Decision.Allows()
	if out == value.Yes && r.bounded && strings.HasPrefix(action, "iam:") && !(strings.HasPrefix(action, "iam:Put") && strings.HasSuffix(action, "PermissionsBoundary")) {
		req.Context.Set("iam:PermissionsBoundary", "arn:aws:iam::999999999999:policy/zz~zz")
		out = out.And(value.Unknown.Or(iam.Evaluate(&req, &set).Decision.Allows()))
	}
	return out
}

var compiled = map[string]*iam.Policy{}

func compile(text string) *iam.Policy {
	if text == "" {
		return nil
	}
	p, ok := compiled[text]
	if !ok {
		doc, _ := policy.ParseJSON("policy", []byte(text))
		p = iam.Compile(doc)
		compiled[text] = p
	}
	return p
}

// subjects are names to try for what lies in a resource: one that no policy
// names, and what the patterns of this file's documents reach.
func subjects(arn string, form catalogue.Form) []string {
	switch form {
	case catalogue.Own:
		return []string{arn}
	case catalogue.AnyForm:
		return []string{"*"}
	}
	var out []string
	for _, tail := range []string{"zz~zz", "public/zz~zz", "zz~zz/x", "x", "zz~zz/orders", "orders", "zz~zzorders", "zz~zz/zz~zz/x"} {
		out = append(out, arn+string(form)+tail)
	}
	return out
}

func (p *plain) truth(from int, caller *plainPrincipal, to int, r *plainResource) map[string]value.Tri {
	out := map[string]value.Tri{}
	put := func(name string, t value.Tri) {
		if old, ok := out[name]; ok {
			t = t.Or(old)
		}
		out[name] = t
	}
	for _, e := range catalogue.Effects(r.kind) {
		for _, action := range e.Actions {
			for _, s := range subjects(r.arn, e.Form) {
				put(e.Effect.String(), p.ask(from, caller, to, r, action, s, ""))
			}
		}
	}
	actions := map[string][]string{"AWS::IAM::Role": {"sts:AssumeRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"}, "AWS::IAM::User": {"iam:CreateAccessKey"},
		"AWS::CodeBuild::Project": {"codebuild:StartBuild", "codebuild:UpdateProject"}, "AWS::EC2::Instance": {"ssm:StartSession", "ssm:UpdateInstanceInformation"}}
	for _, action := range actions[r.kind] {
		put(action, p.ask(from, caller, to, r, action, r.arn, ""))
	}
	return out
}

func (p *plain) all(i int) []plainResource {
	a := p.accounts[i]
	out := slices.Clone(a.resources)
	for _, m := range a.principals {
		kind := "AWS::IAM::Role"
		if strings.Contains(m.arn, ":user/") {
			kind = "AWS::IAM::User"
		}
		out = append(out, plainResource{arn: m.arn, kind: kind, policy: m.trust, tags: m.tags, bounded: m.boundary != ""})
		for _, g := range m.groups {
			if !slices.ContainsFunc(out, func(r plainResource) bool { return r.arn == g }) {
				out = append(out, plainResource{arn: g, kind: "AWS::IAM::Group"})
			}
		}
	}
	return out
}

// The index answers what the evaluator answers, principal by principal and
// resource by resource. Where a policy beside the principal's own speaks of it
// by its name, the index may know less: unknown for a yes or no.
func TestSameAsOneByOne(t *testing.T) {
	n := 6
	if testing.Short() {
		n = 2
	}
	compared, vague := 0, 0
	for seed := range n {
		r := random{rand.New(rand.NewPCG(uint64(seed), 5))}
		p := r.organisation()
		ix := organisation.Build(p.organisation())
		for from := range p.accounts {
			for c := range p.accounts[from].principals {
				caller := &p.accounts[from].principals[c]
				got := map[string]map[string]value.Tri{}
				for a := range ix.Reach(caller.arn) {
					m := map[string]value.Tri{}
					for _, x := range a.Can {
						if x.Service == "" {
							m[x.Capability] = x.Holds
						}
					}
					got[a.Resource] = m
				}
				for to := range p.accounts {
					for _, res := range p.all(to) {
						for name, want := range p.truth(from, caller, to, &res) {
							have, ok := got[res.arn][name]
							if !ok {
								have = value.No
							}
							compared++
							if have == want {
								continue
							}
							if have == value.Unknown {
								vague++
								continue
							}
							t.Fatalf("seed %d: %s on %s, %s: the index says %v, the evaluator %v\npolicies %v\nboundary %s\nscp %v\nresource %s\nrcp %v", seed, caller.arn, res.arn, name, have, want,
								strings.Join(caller.policies, "\n"), caller.boundary, p.accounts[from].scp, res.policy, p.accounts[to].rcp)
						}
					}
				}
			}
		}
	}
	t.Logf("%d answers compared, %d of them only possible in the index", compared, vague)
	if vague*50 > compared {
		t.Errorf("%d of %d answers are vague", vague, compared)
	}
}
