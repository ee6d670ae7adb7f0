package iam_test

import (
	"fmt"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func Example() {
	doc, _ := policy.ParseJSON("orders.json", []byte(`{
		"Version": "2012-10-17",
		"Statement": [{
			"Sid": "ReadOrders",
			"Effect": "Allow",
			"Action": "dynamodb:GetItem",
			"Resource": "arn:aws:dynamodb:*:*:table/orders",
			"Condition": {"StringEquals": {"aws:PrincipalTag/team": "orders"}}
		}]
	}`))
	table := value.Concat(value.Lit("arn:aws:dynamodb:"), value.Hole("AWS::Region"), value.Lit(":"),
		value.Hole("AWS::AccountId"), value.Lit(":table/orders"))
	role := value.Concat(value.Lit("arn:aws:iam::"), value.Hole("AWS::AccountId"), value.Lit(":role/orders"))

	req := iam.Request{Principal: iam.Role(role), Action: "dynamodb:GetItem", Resource: table}
	policies := iam.Policies{Identity: []*iam.Policy{iam.Compile(doc)}}
	res := iam.Evaluate(&req, &policies)
	fmt.Println(res.Decision, res.Hinges)

	req.Context.Set("aws:PrincipalTag/team", "orders")
	res = iam.Evaluate(&req, &policies)
	fmt.Println(res.Decision, res.Statements[0].Statement.Name())
	// Output:
	// unknown [aws:PrincipalTag/team]
	// allowed statement ReadOrders
}

func ExampleIdentity_Can() {
	arn, _ := catalogue.ManagedByName("AmazonS3ReadOnlyAccess")
	doc, _ := catalogue.Managed(arn)
	id := iam.Identity{
		Principal: iam.Role(value.Lit("arn:aws:iam::123456789012:role/reader")),
		Policies:  []*iam.Policy{iam.Compile(doc)},
	}
	object := value.Concat(value.Lit("arn:aws:s3:::receipts/"), value.Hole("key"))
	fmt.Println(id.Can("s3:GetObject", object, nil).Decision)
	fmt.Println(id.Can("s3:PutObject", object, nil).Decision)
	fmt.Println(id.Admin().Decision)
	// Output:
	// allowed
	// denied implicitly
	// denied implicitly
}

func ExampleTrust() {
	doc, _ := policy.ParseJSON("trust.json", []byte(`{
		"Version": "2012-10-17",
		"Statement": [{
			"Effect": "Allow",
			"Principal": {"Service": "lambda.amazonaws.com"},
			"Action": "sts:AssumeRole"
		}]
	}`))
	role := value.Lit("arn:aws:iam::123456789012:role/orders")
	for _, service := range []string{"lambda.amazonaws.com", "ec2.amazonaws.com"} {
		req := iam.AssumeRequest(iam.Service(service), role)
		fmt.Println(service, iam.Trust(&req, iam.Compile(doc), nil).Decision)
	}
	// Output:
	// lambda.amazonaws.com allowed
	// ec2.amazonaws.com denied implicitly
}

func ExamplePublic() {
	doc, _ := policy.ParseJSON("bucket.json", []byte(`{
		"Version": "2012-10-17",
		"Statement": [{
			"Effect": "Allow",
			"Principal": "*",
			"Action": ["s3:GetObject", "s3:PutObject"],
			"Resource": "arn:aws:s3:::feedback/*"
		}]
	}`))
	for _, e := range iam.Public(iam.Compile(doc), "AWS::S3::Bucket", value.Hole("AWS::AccountId")) {
		fmt.Println(e.Who, e.Actions, e.Holds)
	}
	// Output:
	// anyone [s3:GetObject s3:PutObject] yes
}
