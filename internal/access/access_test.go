package access

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// read loads files by their names.
func read(t testing.TB, files map[string]string) *Model {
	t.Helper()
	return readWith(t, files, load.Options{Account: "111122223333"})
}

func readWith(t testing.TB, files map[string]string, o load.Options) *Model {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return Load(root, o)
}

func doc(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`
}

const (
	readAll  = `{"Sid": "R", "Effect": "Allow", "Action": ["s3:Get*", "sqs:SendMessage"], "Resource": "*"}`
	office   = `{"Sid": "O", "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "arn:aws:dynamodb:*:*:table/a", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}`
	notACL   = `{"Sid": "D", "Effect": "Deny", "Action": "s3:*Acl", "Resource": "*"}`
	notThere = `{"Sid": "N", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}`
)

// TestWhatCan replays what is granted in the evaluator.
func TestWhatCan(t *testing.T) {
	m := read(t, map[string]string{"p.json": doc(readAll, office, notACL, notThere)})
	out, err := m.WhatCan("p")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, g := range out.Grants {
		lines = append(lines, g.Answer+" "+strings.Join(g.Conditions, "; "))
		for _, a := range g.Actions {
			for _, action := range append(catalogue.Expand(a), a)[:1] {
				id := m.Identities[0]
				r := iam.Request{Principal: id.Principal, Action: action, Resource: general(value.Lit(strings.Replace(g.Resources[0], "*", "arn:aws:s3:::open/x", 1))), Account: id.Principal.Account}
				if d := iam.Decide(&r, m.policiesOf(id, nil)); g.Answer == report.AccessYes && d != iam.Allowed {
					t.Errorf("%s is said to be allowed on %v, and is %v", action, g.Resources, d)
				}
			}
			if strings.HasSuffix(a, "Acl") {
				t.Errorf("%s is denied", a)
			}
		}
	}
	got := strings.Join(lines, "\n")
	if !strings.Contains(got, "conditional IpAddress aws:SourceIp 203.0.113.0/24") || !strings.Contains(got, "not denied by statement N") {
		t.Errorf("grants:\n%s", got)
	}
}

func TestPrincipal(t *testing.T) {
	const role = `{"RoleDetailList": [{"RoleName": "a", "Path": "/x/", "Arn": "arn:aws:iam::111122223333:role/x/a", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
		"UserDetailList": [{"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a"}, {"UserName": "b", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/b"}]}`
	m := read(t, map[string]string{"x.json": role})
	for word, want := range map[string]string{
		"b": "arn:aws:iam::111122223333:user/b", "role/a": "arn:aws:iam::111122223333:role/x/a", "arn:aws:iam::111122223333:role/x/a": "arn:aws:iam::111122223333:role/x/a",
		"arn:aws:sts::111122223333:assumed-role/a/s": "arn:aws:iam::111122223333:role/x/a",
		"a": "error may be", "c": "error there is no", "*": "*", "sns.amazonaws.com": "sns.amazonaws.com", "444455556666": "444455556666",
	} {
		id, err := m.Principal(word)
		switch {
		case strings.HasPrefix(want, "error "):
			if err == nil || !strings.Contains(err.Error(), want[6:]) {
				t.Errorf("%s: %v", word, err)
			}
		case err != nil || id.Name != want:
			t.Errorf("%s: %+v, %v", word, id, err)
		}
	}
}

func TestCompress(t *testing.T) {
	for _, tt := range []struct{ in, want []string }{
		{catalogue.Expand("sqs:*"), []string{"sqs:*"}},
		{catalogue.Expand("sqs:Get*"), []string{"sqs:Get*"}},
		{[]string{"sqs:SendMessage", "sqs:ReceiveMessage"}, []string{"sqs:ReceiveMessage", "sqs:SendMessage"}},
		{[]string{"sqs:sendmessage", "new:Thing"}, []string{"new:Thing", "sqs:SendMessage"}},
	} {
		if got := compress(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("compress(%.80v) = %v, want %v", tt.in, got, tt.want)
		}
	}
	// Nothing more, nothing less.
	for _, pattern := range []string{"s3:Get*", "ec2:*Tags", "iam:Create*", "dynamodb:*Table*", "kms:*"} {
		in := catalogue.Expand(pattern)
		var back []string
		for _, p := range compress(in) {
			back = append(back, catalogue.Expand(p)...)
		}
		slices.Sort(in)
		slices.Sort(back)
		if !slices.Equal(slices.Compact(back), in) {
			t.Errorf("%s: %d actions became %d", pattern, len(in), len(back))
		}
	}
}

func TestNeeds(t *testing.T) {
	m := read(t, map[string]string{"p.json": doc(readAll)})
	needs, problems := ParseNeeds("n", []byte("s3:GetObject arn:aws:s3:::a/* # why\n\ns3:GetObject arn:aws:s3:::b/*\nsns:Publish\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	out, err := m.Needed("", needs)
	if err != nil {
		t.Fatal(err)
	}
	x := out.Identities[0]
	if x.Answer != report.AccessYes || !slices.Equal(x.Missing, []string{"sns:Publish on *"}) {
		t.Errorf("answer %s, missing %v", x.Answer, x.Missing)
	}
	if d, ok := x.Policy.(document); !ok || len(d.Statement) != 2 || len(d.Statement[1].Resource) != 2 {
		t.Errorf("the fewest statements are %+v", x.Policy)
	}
	if _, problems := ParseNeeds("n", []byte("GetObject\n")); len(problems) != 1 || problems[0].Span.Line != 1 {
		t.Errorf("problems %v", problems)
	}
}

// TestCompare: what a version adds grows, what it takes away shrinks, and the
// same is the same, for every pair of some policies.
func TestCompare(t *testing.T) {
	docs := map[string][]string{"read": {readAll}, "less": {readAll, notACL}, "least": {readAll, notACL, notThere}, "office": {office}, "none": {notACL}}
	within := map[string]bool{"less read": true, "least read": true, "least less": true, "none read": true, "none less": true, "none least": true, "none office": true}
	for a, sa := range docs {
		for b, sb := range docs {
			now, old := read(t, map[string]string{a + ".json": doc(sa...)}), read(t, map[string]string{b + ".json": doc(sb...)})
			d := Compare("diff", now, old, a, b, true)
			if len(d.Changes) != 1 {
				t.Fatalf("%s against %s: %+v", a, b, d.Changes)
			}
			c := d.Changes[0]
			want := report.AccessYes
			if a == b || within[a+" "+b] {
				want = report.AccessNo
			}
			if c.Grows.Answer != want {
				t.Errorf("%s against %s: grows %s (%s %v)", a, b, c.Grows.Answer, c.Grows.Certainty, c.Grows.Why)
			}
			if (want == report.AccessYes) != (len(c.Grows.Examples) > 0) {
				t.Errorf("%s against %s: examples %+v", a, b, c.Grows.Examples)
			}
			for _, e := range c.Grows.Examples {
				if len(e.By) == 0 || e.By[0].Span.Line == 0 {
					t.Errorf("%s against %s: no statement for %+v", a, b, e.Request)
				}
			}
		}
	}
}

// TestKinds: a resource's policy that comes in the place of one that names
// nobody is asked of all whom it names.
func TestKinds(t *testing.T) {
	for _, principal := range []string{`{"AWS": "444455556666"}`, `{"Service": "sns.amazonaws.com"}`, `{"CanonicalUser": "79a5"}`, `"*"`} {
		now := read(t, map[string]string{"p.json": doc(`{"Effect": "Allow", "Principal": ` + principal + `, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}`)})
		for _, old := range []string{doc(), doc(readAll)} {
			d := Compare("within", now, read(t, map[string]string{"p.json": old}), "new", "old", false)
			if got := d.Changes[0].Grows.Answer; got == report.AccessNo {
				t.Errorf("%s against %s: grows %s", principal, old, got)
			}
		}
	}
}

// TestMethods: an API's policy is about its methods, an event bus's about its
// rules, which have ARNs of their own.
func TestMethods(t *testing.T) {
	for _, c := range [][4]string{
		{`{"Type": "AWS::ApiGateway::RestApi", "Properties": {"Policy": `, `}}`, `{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/a"}`,
			`{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}`},
		{`{"Type": "AWS::Events::EventBusPolicy", "Properties": {"EventBusName": {"Ref": "Bus"}, "StatementId": "s", "Statement": `, `}}, "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "bus"}}`,
			`{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "events:PutRule", "Resource": "arn:aws:events:eu-west-1:111122223333:rule/bus/a"}`,
			`{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "events:PutRule", "Resource": "arn:aws:events:eu-west-1:111122223333:rule/bus/*"}`},
	} {
		make := func(s string) *Model {
			if !strings.Contains(c[0], `"Statement": `) {
				s = doc(s)
			}
			return read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"X": ` + c[0] + s + c[1] + `}}`})
		}
		narrow, wide := make(c[2]), make(c[3])
		if got := Compare("within", wide, narrow, "new", "old", false).Changes[0].Grows.Answer; got != report.AccessYes {
			t.Errorf("%s: grows %s", c[3], got)
		}
		if got := Compare("within", narrow, wide, "new", "old", false).Changes[0].Grows.Answer; got != report.AccessNo {
			t.Errorf("%s: grows %s", c[2], got)
		}
		if strings.Contains(c[0], "RestApi") {
			who, err := wide.WhoCan("execute-api:Invoke", "X")
			if err != nil || len(who.Grants) == 0 || who.Grants[0].Answer != report.AccessYes {
				t.Errorf("who may invoke: %+v, %v", who, err)
			}
		}
	}
}

// TestInvoke: the ARN of a method is found in the API of the sources, with the
// API's policy and what its routes ask for.
func TestInvoke(t *testing.T) {
	template := func(auth, policy string) *Model {
		return read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {
			"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "shop"` + policy + `}},
			"Orders": {"Type": "AWS::ApiGateway::Resource", "Properties": {"RestApiId": {"Ref": "Api"}, "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": "orders"}},
			"Get": {"Type": "AWS::ApiGateway::Method", "Properties": {"RestApiId": {"Ref": "Api"}, "ResourceId": {"Ref": "Orders"}, "HttpMethod": "GET", "AuthorizationType": "` + auth + `"}},
			"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "app", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}, "Policies": [{"PolicyName": "p", "PolicyDocument": ` +
			`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:111122223333:${Api}/prod/GET/*"}}]}}]}}}}`})
	}
	partner := `, "Policy": ` + doc(`{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/*"}`)
	denied := `, "Policy": ` + doc(`{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}`, `{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/orders"}`)
	const arn = "arn:aws:execute-api:eu-west-1:111122223333:abc123/prod/GET/orders"
	role := "arn:aws:iam::111122223333:role/app yes"
	for _, c := range []struct{ auth, policy, resource, want string }{
		{"AWS_IAM", "", arn, role},
		{"AWS_IAM", "", "Api/prod/GET/orders", role},
		{"AWS_IAM", "", "Api", role},
		{"AWS_IAM", "", "Api/prod/POST/orders", ""},
		{"AWS_IAM", partner, arn, role + ", identities of the account 444455556666 yes"},
		{"AWS_IAM", denied, arn, ""},
		{"NONE", "", arn, "anyone yes"},
		{"NONE", denied, arn, ""},
		{"NONE", "", "Api", "anyone yes"},
	} {
		out, err := template(c.auth, c.policy).WhoCan("execute-api:Invoke", c.resource)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range out.Grants {
			got = append(got, g.Principal+" "+g.Answer)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s on %s with %q: %s, want %s; %q", c.auth, c.resource, c.policy, s, c.want, out.Notes)
		}
	}
}

// TestUnread: an account's listing has no policies of keys, so that what its
// identities may do with one is not known; nobody is the wrong answer.
func TestUnread(t *testing.T) {
	m := read(t, map[string]string{"a.json": `{"UserDetailList": [
		{"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": ` + doc(`{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}`) + `}]},
		{"UserName": "b", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/b"}]}`})
	out, err := m.WhoCan("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1")
	if err != nil || len(out.Grants) != 1 || out.Grants[0].Answer != report.AccessUnknown || !strings.HasSuffix(out.Grants[0].Principal, "/a") {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestOutsiders: a condition that strangers meet too lets them in, and an id
// that only AWS can read may be a stranger's.
func TestOutsiders(t *testing.T) {
	for _, c := range []struct{ principal, condition, want string }{
		{`"*"`, `"StringLike": {"aws:SourceVpce": "*"}`, "yes"},
		{`"*"`, `"StringLike": {"aws:SourceVpce": "vpce-*"}`, "yes"},
		{`"*"`, `"Null": {"aws:SourceVpc": "false"}`, "yes"},
		{`"*"`, `"StringLike": {"aws:SourceVpce": "vpce-1*"}`, ""},
		{`"*"`, `"StringEquals": {"aws:SourceVpce": "vpce-1"}`, ""},
		{`"*"`, `"StringLike": {"aws:PrincipalOrgID": "o-*"}`, "yes"},
		{`"*"`, `"StringLike": {"aws:PrincipalOrgID": "o-a*"}`, ""},
		{`"*"`, `"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}`, ""},
		{`{"Service": "sns.amazonaws.com"}`, `"StringEquals": {"aws:SourceOrgID": "o-a"}`, ""},
		{`{"CanonicalUser": "79a5"}`, ``, "unknown"},
	} {
		out := read(t, map[string]string{"p.json": doc(`{"Effect": "Allow", "Principal": ` + c.principal + `, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {` + c.condition + `}}`)}).Public()
		got := ""
		if len(out.Exposures) > 0 {
			got = out.Exposures[0].Answer
		}
		if got != c.want {
			t.Errorf("%s under %s: %q, want %q", c.principal, c.condition, got, c.want)
		}
	}
}

// TestMaybe: what stood under a condition and stands without one, or under
// another, may grow.
func TestMaybe(t *testing.T) {
	template := func(condition string) *Model {
		return read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}, "D": {"Fn::Equals": [{"Ref": "P"}, "b"]}},
			"Resources": {"Role": {` + condition + `"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": ` + doc() + `, "Policies": [{"PolicyName": "p", "PolicyDocument": ` + doc(readAll) + `}]}}}}`})
	}
	always, sometimes, otherwise := template(""), template(`"Condition": "C", `), template(`"Condition": "D", `)
	for _, tt := range []struct {
		now, old *Model
		want     string
	}{{always, sometimes, report.AccessUnknown}, {sometimes, always, report.AccessNo}, {sometimes, sometimes, report.AccessNo}, {otherwise, sometimes, report.AccessUnknown}} {
		d := Compare("within", tt.now, tt.old, "new", "old", false)
		if got := d.Changes[0].Grows.Answer; got != tt.want {
			t.Errorf("grows %s, want %s: %+v", got, tt.want, d.Changes)
		}
	}
}

// TestRedefined: a condition that is defined otherwise is another one, though it
// keeps its name: what hangs on it may be there where it was not.
func TestRedefined(t *testing.T) {
	const trust = `{"Version": "2012-10-17", "Statement": []}`
	bodies := map[string]string{
		"role":      `"Role": {"Condition": "C", "Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": ` + trust + `, "Policies": [{"PolicyName": "p", "PolicyDocument": ` + doc(readAll) + `}]}}`,
		"attached":  `"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": ` + trust + `}}, "P": {"Condition": "C", "Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}], "PolicyName": "p", "PolicyDocument": ` + doc(readAll) + `}}`,
		"statement": `"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": ` + trust + `, "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Fn::If": ["C", ` + readAll + `, {"Ref": "AWS::NoValue"}]}]}}]}}`,
		"value":     `"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": ` + trust + `, "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::If": ["C", "arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}}]}}]}}`,
		"apart":     `"P": {"Condition": "C", "Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ` + doc(readAll) + `}}`,
		"resource":  `"Q": {"Type": "AWS::SQS::Queue"}, "P": {"Condition": "C", "Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": ` + doc(`{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sqs:SendMessage", "Resource": "*"}`) + `}}`,
	}
	for name, body := range bodies {
		template := func(condition string) map[string]string {
			return map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": ` + condition + `, "Other": {"Fn::Equals": [{"Ref": "P"}, "x"]}}, "Resources": {` + body + `}}`}
		}
		const was, again, otherwise = `{"Fn::Equals": [{"Ref": "P"}, "a"]}`, `{ "Fn::Equals" : [ { "Ref" : "P" }, "a" ] }`, `{"Fn::Not": [{"Fn::Equals": [{"Ref": "P"}, "a"]}]}`
		old := read(t, template(was))
		for condition, want := range map[string]string{was: report.AccessNo, again: report.AccessNo, otherwise: report.AccessUnknown} {
			now := read(t, template(condition))
			old := old
			if changed := Redefined(now, old); len(changed) > 0 {
				old = readWith(t, template(was), load.Options{Account: "111122223333", Redefined: changed})
			}
			got := report.AccessNo
			for _, c := range Compare("within", now, old, "new", "old", false).Changes {
				if c.Grows.Answer != report.AccessNo {
					got = c.Grows.Answer
				}
			}
			if got != want {
				t.Errorf("%s under %s: grows %s, want %s", name, condition, got, want)
			}
		}
	}
}

// TestCounts: so are the counts of Terraform, which have no names.
func TestCounts(t *testing.T) {
	configuration := func(count, local string) *Model {
		return read(t, map[string]string{"main.tf": `variable "on" {
  type = bool
}
locals {
  wanted = ` + local + `
}
resource "aws_iam_role" "r" {
  count = ` + count + `
  name  = "r"
  assume_role_policy = jsonencode({Version = "2012-10-17", Statement = []})
  inline_policy {
    name   = "p"
    policy = jsonencode({Version = "2012-10-17", Statement = [{Effect = "Allow", Action = "s3:GetObject", Resource = "*"}]})
  }
}
`})
	}
	old := configuration("local.wanted ? 1 : 0", "var.on")
	for _, c := range []struct{ count, local, want string }{
		{"local.wanted ? 1 : 0", "var.on", report.AccessNo},
		{"local.wanted   ? 1 : 0", "var.on", report.AccessNo},
		{"local.wanted ? 0 : 1", "var.on", report.AccessUnknown},
		{"local.wanted ? 1 : 0", "!var.on", report.AccessUnknown},
	} {
		d := Compare("within", configuration(c.count, c.local), old, "new", "old", false)
		if len(d.Changes) == 0 {
			t.Fatal("nothing is compared")
		}
		got := report.AccessNo
		for _, x := range d.Changes {
			if x.Grows.Answer != report.AccessNo {
				got = x.Grows.Answer
			}
		}
		if got != c.want {
			t.Errorf("count = %s with %s: grows %s, want %s", c.count, c.local, got, c.want)
		}
	}
}

// TestOnce: a managed policy that grows is told once, with those that have it;
// what an identity gets beside it is its own.
func TestOnce(t *testing.T) {
	template := func(managed, inline string) *Model {
		role := func(name, inline string) string {
			return `"` + name + `": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}, "ManagedPolicyArns": [{"Ref": "M"}],
				"Policies": [{"PolicyName": "p", "PolicyDocument": ` + doc(`{"Effect": "Allow", "Action": "`+inline+`", "Resource": "*"}`) + `}]}}`
		}
		denied := role("Denied", "sns:Publish")
		denied = strings.Replace(denied, `"Statement": [{"Effect": "Allow"`, `"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Allow"`, 1)
		return read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"M": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ` +
			doc(`{"Effect": "Allow", "Action": "`+managed+`", "Resource": "*"}`) + `}}, ` + role("A", "sns:Publish") + `, ` + role("B", inline) + `, ` + denied + `}}`})
	}
	narrow := template("s3:GetObject", "sns:Publish")
	for _, c := range []struct {
		now  *Model
		want string
	}{
		{narrow, ""},
		{template("s3:*", "sns:Publish"), "M of A B"},
		{template("s3:*", "sns:*"), "B; M of A B"},
		{template("s3:GetObject", "sns:*"), "B"},
	} {
		var got []string
		for _, x := range Compare("diff", c.now, narrow, "new", "old", true).Changes {
			if x.Grows.Answer == report.AccessNo {
				if len(x.Identities) > 0 || x.Shrinks.Answer != report.AccessNo {
					t.Errorf("%+v", x)
				}
				continue
			}
			line := x.Subject
			if len(x.Identities) > 0 {
				line += " of " + strings.Join(x.Identities, " ")
			}
			got = append(got, line)
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("grows: %s, want %s", g, c.want)
		}
	}
}

// TestLoose: policies of what stands elsewhere, of log groups, devices and
// endpoints are policies too.
func TestLoose(t *testing.T) {
	const anybody = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::elsewhere/*"}]}`
	for _, c := range []struct {
		typ, properties string
		open            int
		note            string
	}{
		{"AWS::Logs::ResourcePolicy", `"PolicyName": "p", "PolicyDocument": ` + strconv.Quote(doc(`{"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:*"}`)), 1, ""},
		{"AWS::IoT::Policy", `"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}`, 0, "devices"},
		{"AWS::EC2::VPCEndpoint", `"VpcId": "vpc-1", "ServiceName": "s3", "PolicyDocument": ` + anybody, 0, "endpoint"},
		{"AWS::S3::BucketPolicy", `"Bucket": "elsewhere", "PolicyDocument": ` + anybody, 1, ""},
		{"AWS::S3::AccessPoint", `"Bucket": "elsewhere", "Policy": ` + anybody, 0, "Block Public Access"},
		{"AWS::S3::AccessPoint", `"Bucket": "elsewhere", "PublicAccessBlockConfiguration": {"BlockPublicPolicy": false, "RestrictPublicBuckets": false}, "Policy": ` + anybody, 1, ""},
		{"AWS::Lambda::Permission", `"FunctionName": "elsewhere", "Action": "lambda:InvokeFunction", "Principal": "*"`, 1, ""},
		{"AWS::ECR::RegistryPolicy", `"PolicyText": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "ecr:ReplicateImage", "Resource": "*"}]}`, 1, ""},
	} {
		m := read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"X": {"Type": "` + c.typ + `", "Properties": {` + c.properties + `}}}}`})
		if m.Empty() {
			t.Errorf("%s: nothing to ask about", c.typ)
		}
		out := m.Public()
		if len(out.Exposures) != c.open || (c.note == "") != (len(out.Notes) == 0) || c.note != "" && !strings.Contains(out.Notes[0], c.note) {
			t.Errorf("%s: %+v", c.typ, out)
		}
		if check := m.Check(); c.typ != "AWS::Lambda::Permission" && check.Policies != 1 {
			t.Errorf("%s: %d policies are checked", c.typ, check.Policies)
		}
	}
}

// TestTimes: what is over lets nobody in any more; what ends is told.
func TestTimes(t *testing.T) {
	at := func(bucket, condition string) string {
		return `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::` + bucket + `/*", "Condition": {` + condition + `}}`
	}
	m := read(t, map[string]string{"p.json": doc(at("over", `"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}`), at("ends", `"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}`),
		at("since", `"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}`), at("never", `"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2098-01-01T00:00:00Z"}`))})
	for bucket, want := range map[string]int{"over": 0, "ends": 1, "since": 1, "never": 0} {
		out, err := m.WhoCan("s3:GetObject", "arn:aws:s3:::"+bucket+"/k")
		if err != nil || len(out.Grants) != want || want == 1 && out.Grants[0].Answer != report.AccessYes {
			t.Errorf("%s: %+v, %v", bucket, out.Grants, err)
		}
	}
	out, err := m.WhatCan("p")
	if err != nil || len(out.Grants) < 2 || out.Grants[0].Answer != report.AccessConditional || len(out.Grants[0].Conditions) != 1 || out.Grants[1].Answer != report.AccessYes {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestACLs: a canned ACL lets in too, where ACLs count.
func TestACLs(t *testing.T) {
	const off = `"PublicAccessBlockConfiguration": {"BlockPublicAcls": false, "IgnorePublicAcls": false}`
	const writer = `"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}`
	for _, c := range []struct{ properties, want string }{
		{`"AccessControl": "PublicRead", ` + off + `, ` + writer, "anyone yes"},
		{`"AccessControl": "AuthenticatedRead", ` + off + `, ` + writer, "any AWS account yes"},
		{`"AccessControl": "PublicRead", ` + off, ""},
		{`"AccessControl": "PublicRead", ` + writer, ""},
		{`"AccessControl": "Private", ` + off + `, ` + writer, ""},
		{`"AccessControl": "PublicRead", "PublicAccessBlockConfiguration": {"IgnorePublicAcls": {"Ref": "P"}}, ` + writer, "anyone unknown"},
	} {
		out := read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"P": {"Type": "String"}}, "Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {` + c.properties + `}}}}`}).Public()
		var got []string
		for _, x := range out.Exposures {
			got = append(got, x.Who+" "+x.Answer)
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%s: %s, want %s", c.properties, g, c.want)
		}
	}
}

// TestStale: an id that AWS left in the place of a deleted identity is nobody
// whom a question can name.
func TestStale(t *testing.T) {
	m := read(t, map[string]string{"policy.json": doc(`{"Effect": "Allow", "Principal": {"AWS": ["AROAEXAMPLEEXAMPLE12"]}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}`),
		"own.json": doc(`{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}`)})
	public := m.Public()
	if len(public.Exposures) != 0 || len(public.Notes) != 1 || !strings.Contains(public.Notes[0], "AROAEXAMPLEEXAMPLE12") {
		t.Errorf("public: %+v", public)
	}
	who, err := m.WhoCan("s3:GetObject", "arn:aws:s3:::b/k")
	if err != nil || len(who.Grants) != 1 || who.Grants[0].Kind != "unique id" || who.Grants[0].Answer != report.AccessUnknown {
		t.Errorf("who can: %+v, %v", who, err)
	}
	if codes := m.Check().Messages; len(codes) != 1 || codes[0].Code != "stale-principal" {
		t.Errorf("check: %+v", codes)
	}
}

// TestVersions: of several policies of one resource each keeps its version; in
// the old one ${…} is text.
func TestVersions(t *testing.T) {
	for _, first := range []bool{true, false} {
		text := []string{`"2008-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ada"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:Referer": "${aws:username}"}}}`,
			`"2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:Referer": "${aws:username}"}}}`}
		if !first {
			text[0], text[1] = text[1], text[0]
		}
		m := read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}},
			"A": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": {"Version": ` + text[0] + `}}},
			"B": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": {"Version": ` + text[1] + `}}}}}`})
		for _, c := range []struct{ user, referer, want string }{{"ada", "ada", "no"}, {"ada", "${aws:username}", "yes"}, {"bob", "bob", "yes"}, {"bob", "${aws:username}", "no"}} {
			var context iam.Context
			context.Set("aws:Referer", c.referer)
			m.Identities = []*Identity{{ID: "x", Name: "x", Kind: "user", Identity: iam.Identity{Principal: iam.User(value.Lit("arn:aws:iam::111122223333:user/" + c.user))}}}
			got, err := m.Can("x", "sqs:SendMessage", "Q", context)
			if err != nil || got.Answer != c.want {
				t.Errorf("%s with %s: %+v, %v, want %s", c.user, c.referer, got, err, c.want)
			}
		}
	}
}

// TestApart: a policy that belongs to nothing in the sources is compared too.
func TestApart(t *testing.T) {
	for _, x := range []string{
		`"AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {%}}`, `"AWS::IAM::Group", "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {%}}]}`,
		`"AWS::IAM::RolePolicy", "Properties": {"RoleName": "elsewhere", "PolicyName": "p", "PolicyDocument": {%}}`, `"AWS::SSO::PermissionSet", "Properties": {"InlinePolicy": {%}}`,
		`"AWS::S3::BucketPolicy", "Properties": {"Bucket": "elsewhere", "PolicyDocument": {*}}`, `"AWS::S3::AccessPoint", "Properties": {"Bucket": "b", "Policy": {*}}`,
	} {
		template := func(action string) *Model {
			s := `"Statement": {"Effect": "Allow", "Action": "` + action + `", "Resource": "*"`
			body := strings.NewReplacer("%", s+"}", "*", s+`, "Principal": {"AWS": "444455556666"}}`).Replace(x)
			return read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Key": {"Type": "AWS::IAM::Role"}, "X": {"Type": ` + body + `}}}`})
		}
		wide, narrow := template("s3:*"), template("s3:GetObject")
		for _, tt := range []struct {
			now, old *Model
			grows    bool
		}{{wide, narrow, true}, {narrow, wide, false}, {wide, wide, false}} {
			got := false
			for _, c := range Compare("within", tt.now, tt.old, "new", "old", false).Changes {
				got = got || c.Grows.Answer != report.AccessNo
			}
			if got != tt.grows {
				t.Errorf("%s: grows %v", x, got)
			}
		}
	}
}

// TestUnnamed: callers whose ARNs only a deployment knows are compared too.
func TestUnnamed(t *testing.T) {
	template := func(action string) string {
		return `{"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": ` + doc(`{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}`) + `}},
			"Box": {"Type": "AWS::S3::Bucket"}, "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Box"},
			"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": "Role.Arn"}}, "Action": "` + action + `", "Resource": {"Fn::Sub": "${Box.Arn}/*"}}]}}}},
			"AWSTemplateFormatVersion": "2010-09-09"}`
	}
	narrow, wide := read(t, map[string]string{"t.json": template("s3:GetObject")}), read(t, map[string]string{"t.json": template("s3:*")})
	for _, tt := range []struct {
		now, old *Model
		want     string
	}{{wide, narrow, report.AccessYes}, {narrow, wide, report.AccessNo}, {wide, wide, report.AccessNo}} {
		d := Compare("within", tt.now, tt.old, "new", "old", false)
		if got := d.Changes[0].Grows.Answer; got != tt.want {
			t.Errorf("grows %s, want %s: %+v", got, tt.want, d.Changes[0])
		}
	}
}

func FuzzPolicyFile(f *testing.F) {
	f.Add([]byte(doc(readAll, office)))
	f.Add([]byte(`{"PolicyVersion": {"Document": ` + doc(notACL) + `}}`))
	f.Add([]byte(`{"Policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}`))
	f.Add([]byte("Statement:\n- Effect: Allow\n  NotPrincipal: '*'\n  NotAction: [a, 3]\n"))
	limits := source.DefaultLimits
	limits.Nodes, limits.Depth = 2_000, 40
	f.Fuzz(func(t *testing.T, data []byte) {
		p := ParsePolicy("p.json", data, limits)
		if p == nil {
			return
		}
		m := &Model{Project: load.Project(emptyRoot(t), load.Options{}), policies: map[*iam.Policy]origin{}}
		m.addFile(p)
		m.Check()
		m.Public()
		_, _ = m.WhoCan("s3:GetObject", "arn:aws:s3:::a/b")
		if len(m.Identities) > 0 {
			_, _ = m.WhatCan("p.json")
		}
	})
}

func emptyRoot(t testing.TB) *source.Root {
	t.Helper()
	root, err := source.Open(t.TempDir(), source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// TestPublicUnderConditions: what tags of the resource decide is told with the
// conditions, and is not the same as what nobody resolved.
func TestPublicUnderConditions(t *testing.T) {
	for _, c := range []struct{ condition, answer, certainty, conditions string }{
		{`"StringEquals": {"s3:ExistingObjectTag/public": "yes"}`, "conditional", "exact", "StringEquals s3:ExistingObjectTag/public yes"},
		{`"StringEquals": {"s3:ExistingObjectTag/public": "yes"}, "StringLike": {"aws:Referer": "x*"}`, "conditional", "exact", "StringEquals s3:ExistingObjectTag/public yes"},
		{`"StringEquals": {"aws:Referer": "x"}, "StringLike": {"aws:Referer": "y*"}`, "", "", ""},
		{`"StringEquals": {"s3:ExistingObjectTag/public": "yes"}, "StringLike": {"s3:ExistingObjectTag/public": "n*"}`, "", "", ""},
		{`"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}`, "", "", ""},
		{`"StringLike": {"aws:Referer": "x*"}`, "yes", "exact", ""},
	} {
		out := read(t, map[string]string{"p.json": doc(`{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {` + c.condition + `}}`)}).Public()
		var x report.AccessExposure
		if len(out.Exposures) > 0 {
			x = out.Exposures[0]
		}
		if x.Answer != c.answer || x.Certainty != c.certainty || strings.Join(x.Conditions, "; ") != c.conditions || (x.Answer != "") != (x.Witness != nil) {
			t.Errorf("%s: %s, %s, if %q, %v", c.condition, x.Answer, x.Certainty, x.Conditions, x.Witness)
		}
	}
	out := read(t, map[string]string{"t.json": `{"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"P": {"Type": "String"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
		"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}, "Policy": {"Type": "AWS::SNS::TopicPolicy", "Condition": "C", "Properties": {"Topics": [{"Ref": "Topic"}],
		"PolicyDocument": ` + doc(`{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}`) + `}}}}`}).Public()
	if len(out.Exposures) == 0 || out.Exposures[0].Answer != report.AccessUnknown || out.Exposures[0].Certainty != "approximate" {
		t.Errorf("a policy that is perhaps there: %+v", out.Exposures)
	}
}
