package rule

import (
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func TestWild(t *testing.T) {
	region := value.Hole("AWS::Region")
	for _, c := range []struct {
		text value.Text
		want bool
	}{
		{value.Lit("*"), true},
		{value.Lit("arn:aws:s3:::*"), true},
		{value.Lit("arn:aws:s3:::*/*"), true},
		{value.Lit("arn:aws:s3:::orders/*"), false},
		{value.Lit("arn:aws:dynamodb:eu-west-1:111122223333:table/*"), true},
		{value.Lit("arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/*"), false},
		{value.Concat(value.Lit("arn:aws:sqs:"), region, value.Lit(":111122223333:*")), true},
		{value.Concat(value.Lit("arn:aws:lambda:"), region, value.Lit(":111122223333:function:*")), true},
		{value.Concat(value.Lit("arn:aws:s3:::"), region), false},
		{value.Lit("arn:aws:lambda:eu-west-1:111122223333:function:orders-*"), false},
		{region, false},
	} {
		if got := Wild(c.text); got != c.want {
			t.Errorf("Wild(%s) = %v", c.text, got)
		}
	}
}

func document(t *testing.T, text string) *policy.Document {
	t.Helper()
	node, problems := source.Parse("policy.json", []byte(text), source.DefaultLimits)
	if node == nil {
		t.Fatal(problems)
	}
	doc, problems := policy.Parse(value.FromNode(node))
	if doc == nil {
		t.Fatal(problems)
	}
	return doc
}

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		statement string
		want      value.Tri
	}{
		{`"Effect":"Allow","Principal":"*"`, value.Yes},
		{`"Effect":"Allow","Principal":{"AWS":"*"}`, value.Yes},
		{`"Effect":"Allow","Principal":{"AWS":["111122223333","*"]}`, value.Yes},
		{`"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"}`, value.Yes},
		{`"Effect":"Deny","Principal":"*"`, value.No},
		{`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"}`, value.No},
		{`"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"}`, value.No},
		{`"Effect":"Allow","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}`, value.No},
		{`"Effect":"Allow","Principal":"*","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::orders"}}`, value.No},
		{`"Effect":"Allow","Principal":"*","Condition":{"StringLike":{"aws:PrincipalArn":"*"}}`, value.Yes},
		{`"Effect":"Allow","Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, value.Yes},
		{`"Effect":"Allow","Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`, value.Yes},
		{`"Effect":"Allow","Principal":"*","Condition":{"StringLike":{"aws:Referer":"https://example.com/*"}}`, value.Yes},
		{`"Effect":"Allow","Principal":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`, value.Yes},
		{`"Effect":"Allow","Principal":"*","Condition":{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}`, value.Yes},
	} {
		doc := document(t, `{"Statement":[{"Action":"s3:GetObject","Resource":"*",`+c.statement+`}]}`)
		if got := Open(doc, "AWS::S3::BucketPolicy")[&doc.Statements[0]]; got != c.want {
			t.Errorf("%s: %v, want %v", c.statement, got, c.want)
		}
	}
}

func TestGrants(t *testing.T) {
	for _, c := range []struct {
		statement, action string
		want              value.Tri
	}{
		{`"Effect":"Allow","Action":"s3:*"`, "s3:GetObject", value.Yes},
		{`"Effect":"Allow","Action":"S3:getobject"`, "s3:GetObject", value.Yes},
		{`"Effect":"Allow","Action":["sqs:*","s3:Get*"]`, "s3:PutObject", value.No},
		{`"Effect":"Deny","Action":"*"`, "s3:GetObject", value.No},
		{`"Effect":"Allow","NotAction":"iam:*"`, "s3:GetObject", value.Yes},
		{`"Effect":"Allow","NotAction":"iam:*"`, "iam:PassRole", value.No},
	} {
		doc := document(t, `{"Statement":[{"Resource":"*",`+c.statement+`}]}`)
		if got := Grants(&doc.Statements[0], c.action); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.statement, c.action, got, c.want)
		}
	}
}

func TestOpenRespectsDeny(t *testing.T) {
	const open = `{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}`
	for _, c := range []struct {
		deny string
		want value.Tri
	}{
		{`"Principal":"*","Action":"sqs:*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}`, value.No},
		{`"Principal":"*","Action":"sqs:SendMessage","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, value.No},
		{`"Principal":"*","Action":"sqs:ReceiveMessage","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, value.Yes},
		{`"Principal":"*","Action":"sqs:*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`, value.Yes},
		{`"Principal":{"AWS":"444455556666"},"Action":"sqs:*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, value.Yes},
	} {
		doc := document(t, `{"Statement":[`+open+`,{"Effect":"Deny","Resource":"*",`+c.deny+`}]}`)
		if got := Open(doc, "AWS::SQS::QueuePolicy")[&doc.Statements[0]]; got != c.want {
			t.Errorf("%s: %v", c.deny, got)
		}
	}
}
