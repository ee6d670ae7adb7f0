package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func managed(t testing.TB, name string) *Policy {
	t.Helper()
	arn, ok := catalogue.ManagedByName(name)
	if !ok {
		t.Fatalf("no managed policy %s", name)
	}
	doc, _ := catalogue.Managed(arn)
	return Compile(doc)
}

const functionPolicy = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem","dynamodb:Query"],"Resource":["arn:aws:dynamodb:*:*:table/orders","arn:aws:dynamodb:*:*:table/orders/index/*"]},
	{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::receipts/*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"},"Bool":{"aws:SecureTransport":"true"}}},
	{"Effect":"Deny","NotAction":["dynamodb:*","s3:*","logs:*"],"Resource":"*"}]}`

type question struct {
	name     string
	request  Request
	policies Policies
}

func questions(t testing.TB) []question {
	fn := compileJSON(t, functionPolicy)
	ctx := func(r Request) Request {
		r.Context.Closed = true
		r.Context.Set("aws:SecureTransport", "true")
		r.Principal = Session(value.Lit(session), value.Lit(role))
		return r
	}
	bucket := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::receipts/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
	table := value.Lit("arn:aws:dynamodb:eu-west-1:111122223333:table/orders")
	return []question{
		{"identity", ctx(Request{Action: "dynamodb:GetItem", Resource: table}), Policies{Identity: []*Policy{fn}}},
		{"conditions", ctx(Request{Action: "s3:GetObject", Resource: value.Lit("arn:aws:s3:::receipts/a")}), Policies{Identity: []*Policy{fn}, Resource: bucket, Boundary: managed(t, "PowerUserAccess")}},
		{"managed", ctx(Request{Action: "dynamodb:Scan", Resource: table}), Policies{Identity: []*Policy{managed(t, "ReadOnlyAccess"), managed(t, "SecurityAudit")}}},
	}
}

// Decide does not allocate for resolved requests.
func TestDecideAllocates(t *testing.T) {
	for _, q := range questions(t) {
		if d := Decide(&q.request, &q.policies); d != Allowed {
			t.Errorf("%s: %s", q.name, d)
		}
		if n := testing.AllocsPerRun(100, func() { Decide(&q.request, &q.policies) }); n > 0 {
			t.Errorf("%s: %v allocations", q.name, n)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, q := range questions(b) {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Decide(&q.request, &q.policies)
			}
		})
	}
	q := questions(b)[0]
	q.request.Resource = value.Concat(value.Lit("arn:aws:dynamodb:"), value.Hole("AWS::Region"), value.Lit(":"), value.Hole("AWS::AccountId"), value.Lit(":table/orders"))
	q.request.Principal = Role(value.Concat(value.Lit("arn:aws:iam::"), value.Hole("AWS::AccountId"), value.Lit(":role/app")))
	b.Run("holes", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Decide(&q.request, &q.policies)
		}
	})
	b.Run("evaluate", func(b *testing.B) {
		q := questions(b)[1]
		b.ReportAllocs()
		for b.Loop() {
			Evaluate(&q.request, &q.policies)
		}
	})
}

// manyStatements is a document of n statements, each with a condition.
func manyStatements(n int) string {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Effect":"Allow","Action":["s3:GetObject","s3:Put*"],"Resource":"arn:aws:s3:::bucket-%d/*","Condition":{"StringLike":{"aws:PrincipalTag/team":"t%d*"}}}`, i, i)
	}
	b.WriteString("]}")
	return b.String()
}

func BenchmarkStatements(b *testing.B) {
	for _, n := range []int{625, 2500, 10_000} {
		p := compileJSON(b, manyStatements(n))
		r := Request{Principal: ParsePrincipal(role), Action: "s3:GetObject", Resource: value.Lit(fmt.Sprintf("arn:aws:s3:::bucket-%d/k", n-1))}
		r.Context.Set("aws:PrincipalTag/team", fmt.Sprintf("t%d", n-1))
		set := Policies{Identity: []*Policy{p}}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := Decide(&r, &set); d != Allowed {
					b.Fatal(d)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{625, 2500, 10_000} {
		doc, _ := policy.ParseJSON("p.json", []byte(manyStatements(n)))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Compile(doc)
			}
		})
	}
}
