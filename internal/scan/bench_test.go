package scan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
)

// sizes are the three at which cost must grow in step with the input.
var sizes = [...]int{1, 4, 16}

func benchmarkScan(b *testing.B, dir string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		root, err := source.Open(dir, source.DefaultLimits)
		if err != nil {
			b.Fatal(err)
		}
		Run(root, Options{Now: today})
		root.Close()
	}
}

// Many applications: copies of the orders example.
func BenchmarkApplications(b *testing.B) {
	data, err := os.ReadFile(filepath.Join("..", "..", "examples", "orders", "template.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("x%d", n), func(b *testing.B) {
			dir := b.TempDir()
			for i := range n {
				writeBench(b, filepath.Join(dir, fmt.Sprintf("app%02d", i), "template.yaml"), string(data))
			}
			benchmarkScan(b, dir)
		})
	}
}

// One large application: functions with a route, a queue and a table each.
func BenchmarkResources(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("x%d", n), func(b *testing.B) {
			dir := b.TempDir()
			writeBench(b, filepath.Join(dir, "template.yaml"), largeTemplate(10*n))
			benchmarkScan(b, dir)
		})
	}
}

func writeBench(b *testing.B, name, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func largeTemplate(functions int) string {
	var t strings.Builder
	t.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n")
	for i := range functions {
		fmt.Fprintf(&t, `  Table%[1]d:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Queue%[1]d:
    Type: AWS::SQS::Queue
  Function%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src/
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Table%[1]d}
        - SQSSendMessagePolicy: {QueueName: !GetAtt Queue%[1]d.QueueName}
      Events:
        Route: {Type: Api, Properties: {Path: /things%[1]d, Method: POST}}
        Message: {Type: SQS, Properties: {Queue: !GetAtt Queue%[1]d.Arn}}
`, i)
	}
	return t.String()
}
