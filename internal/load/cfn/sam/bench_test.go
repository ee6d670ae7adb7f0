package sam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// largeTemplate has so many functions, each with routes, a bucket event, a
// queue and policies, and one API that they share.
func largeTemplate(functions int) *source.Node {
	var b strings.Builder
	b.WriteString("Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Runtime: python3.13, Handler: a.b, Environment: {Variables: {A: b}}}}\n")
	b.WriteString("Resources:\n  Files: {Type: AWS::S3::Bucket}\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: p\n" +
		"      Auth: {DefaultAuthorizer: AWS_IAM, ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8]}}\n")
	for i := range functions {
		fmt.Fprintf(&b, `  Function%d:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      Policies: [S3CrudPolicy: {BucketName: !Ref Files}, Statement: {Effect: Allow, Action: 'sqs:*', Resource: '*'}]
      Events:
        Get: {Type: Api, Properties: {Path: /r%d, Method: get, RestApiId: !Ref Api}}
        Post: {Type: Api, Properties: {Path: /r%d, Method: post}}
        Http: {Type: HttpApi, Properties: {Path: /r%d, Method: post}}
        File: {Type: S3, Properties: {Bucket: !Ref Files, Events: 's3:ObjectCreated:*'}}
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
`, i, i, i, i)
	}
	doc, _ := source.ParseYAML("t", []byte(b.String()), testLimits)
	return intrinsic.Normalize(doc)
}

func BenchmarkExpand(b *testing.B) {
	for _, n := range []int{100, 400, 1600} {
		doc := largeTemplate(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if res := Expand(doc, Options{}); len(res.Problems) > 0 {
					b.Fatal(res.Problems[0])
				}
			}
		})
	}
}

// TestGrowth checks that a template in which everything repeats something
// large is cut off instead of filling the memory.
func TestGrowth(t *testing.T) {
	var b strings.Builder
	b.WriteString("Globals:\n  Function:\n    Runtime: r\n    Handler: h\n    Environment:\n      Variables:\n")
	for i := range 8000 {
		fmt.Fprintf(&b, "        V%d: x\n", i)
	}
	b.WriteString("Resources:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  F%d: {Type: AWS::Serverless::Function, Properties: {InlineCode: x}}\n", i)
	}
	doc, _ := source.ParseYAML("t", []byte(b.String()), testLimits)
	res := Expand(doc, Options{})
	if n := size(res.Doc); n > 2*maxGrow {
		t.Errorf("%d values", n)
	}
	found := false
	for _, p := range res.Problems {
		found = found || strings.Contains(p.Message, "too large")
	}
	if !found {
		t.Error("what is cut off is not reported")
	}
}
