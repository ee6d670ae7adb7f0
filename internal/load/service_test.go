package load

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/value"
)

const shopService = `service: shop
provider:
  name: aws
  runtime: nodejs20.x
  stage: ${opt:stage, 'dev'}
  environment: {TABLE: "${self:service}-${sls:stage}", KEY: "${env:KEY}"}
  iam: {role: {statements: "${file(parts/statements.yml)}"}}
package: {artifact: dist/all.zip}
functions:
  order:
    handler: src/order.handler
    events: [{httpApi: POST /orders}]
  inline: {handler: src/inline.handler, package: {artifact: "s3://box/key.zip"}}
resources:
  - ${file(parts/table.yml)}
  - ${file(parts/declared.yml)}
`

func TestService(t *testing.T) {
	p := project(t, map[string]string{
		"shop/serverless.yml":       shopService,
		"shop/parts/statements.yml": "- {Effect: Allow, Action: 'dynamodb:PutItem', Resource: !GetAtt Table.Arn}\n",
		"shop/parts/table.yml":      "Resources:\n  Table: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: '${self:service}-${sls:stage}'}}\n",
		"shop/parts/other.yml":      "Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\n",
		"shop/parts/declared.yml":   "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  D: {Type: 'AWS::SNS::Topic'}\n",
		"shop/samconfig.toml":       "[default.deploy.parameters]\nparameter_overrides = \"stage=sam\"\n",
		"web/serverless.ts":         "export default {}",
		"far/serverless.yml":        "service: far\nprovider: {name: google}\n",
	}, Options{Parameters: map[string]string{"stage": "live", "mistyped": "x"}})
	if got, want := apps(p), "shop/serverless.yml=shop(serverless)"; got != want {
		t.Fatalf("applications %s, want %s", got, want)
	}
	a := p.Apps[0]
	if want := []string{"shop/parts/declared.yml", "shop/parts/statements.yml", "shop/parts/table.yml", "shop/serverless.yml"}; !slices.Equal(a.Files, want) {
		t.Errorf("files %v", a.Files)
	}
	if got := a.Place.Region.String(); got != "us-east-1" {
		t.Errorf("region %q", got)
	}
	f := p.Resource("shop/serverless.yml/OrderLambdaFunction")
	for path, want := range map[string]string{
		"FunctionName": "shop-live-order", "Handler": "src/order.handler", "Code": "dist/all.zip",
		"Environment.Variables.TABLE": "shop-live", "Environment.Variables.KEY": "${env:KEY}",
	} {
		if got := f.Get(strings.Split(path, ".")...).Str(); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if f.GeneratedFrom != "shop/serverless.yml/functions.order" || f.Span.Line != 10 {
		t.Errorf("from %q at %v", f.GeneratedFrom, f.Span)
	}
	if f.Label() != "order" {
		t.Errorf("the function is called %q", f.Label())
	}
	if v := f.Get("Environment", "Variables", "KEY"); v.Kind() != value.Unresolved {
		t.Errorf("what the deployment's environment decides is %v", v.Kind())
	}
	if got := p.Resource("shop/serverless.yml/InlineLambdaFunction").Get("Code", "S3Bucket").Str(); got != "box" {
		t.Errorf("bucket %q", got)
	}
	table := p.Resource("shop/serverless.yml/Table")
	role := p.Resource("shop/serverless.yml/IamRoleLambdaExecution")
	if uses := a.Users(table); len(uses) != 1 || uses[0].By != role {
		t.Errorf("the table is used by %v", uses)
	}
	want := []string{
		"far/serverless.yml:1:1: ", "far/serverless.yml:2:18: the provider \"google\" is not read",
		"shop/parts/other.yml:1:1: the file looks like a part of the service in its folder",
		"shop/serverless.yml:1:1: no template or root module declares the parameter \"mistyped\"",
		"web/serverless.ts:1:1: the service is written as code",
	}
	got := problems(p)
	for _, w := range want[1:] {
		if !strings.Contains(got, w) {
			t.Errorf("no problem %s in\n%s", w, got)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != len(want)-1 {
		t.Errorf("%d problems\n%s", n, got)
	}
}

// TestServiceStack: the stack's name is known, and is not a hole.
func TestServiceStack(t *testing.T) {
	p := project(t, map[string]string{"serverless.yml": `service: s
provider: {name: aws}
resources:
  Parameters: {Kind: {Type: String, Default: a}}
  Resources:
    T: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Sub '${AWS::StackName}-${Kind}-${AWS::Region}'}}
`}, Options{Region: "eu-west-3", Parameters: map[string]string{"Kind": "b"}})
	if got := p.Resource("serverless.yml/T").Get("TopicName").Str(); got != "s-dev-b-eu-west-3" || len(p.Problems) > 0 {
		t.Errorf("%q, problems %s", got, problems(p))
	}
}

// TestServicePlugin: what a plug-in may have added is no mistake of the file's.
func TestServicePlugin(t *testing.T) {
	p := project(t, map[string]string{"serverless.yml": `service: s
plugins: [serverless-adds-things]
provider: {name: aws}
resources:
  Resources:
    T: {Type: 'AWS::SNS::Topic', DependsOn: Added, Properties: {TopicName: !Sub '${Added}-${Added.Arn}', DisplayName: !Ref Added}}
`}, Options{})
	if got := problems(p); strings.Count(got, "\n") != 0 || !strings.Contains(got, "what the plug-in \"serverless-adds-things\" adds") {
		t.Errorf("problems\n%s", got)
	}
	if got := p.Resource("serverless.yml/T").Get("TopicName").Str(); got != "${Added}-${Added.Arn}" {
		t.Errorf("%q", got)
	}
}

// TestServiceCorpus loads every service of a checkout of
// aws-samples/serverless-patterns: each is an application, and what is not
// read says so.
func TestServiceCorpus(t *testing.T) {
	dir := os.Getenv("REMIT_PATTERNS")
	if dir == "" {
		t.Skip("set REMIT_PATTERNS to a checkout of aws-samples/serverless-patterns")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*", "serverless.yml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no services: %v", err)
	}
	resources, noted := 0, 0
	for _, name := range names {
		p := Project(open(t, filepath.Dir(name)), Options{})
		if len(p.Apps) == 0 || p.Apps[0].Format != "serverless" {
			t.Errorf("%s is no application: %s", filepath.Base(filepath.Dir(name)), problems(p))
			continue
		}
		resources += len(p.Apps[0].Resources())
		noted += len(p.Problems)
		if strings.Contains(problems(p), "bug") {
			t.Errorf("%s: %s", name, problems(p))
		}
	}
	t.Logf("%d services, %d resources, %d problems", len(names), resources, noted)
	if len(names) < 18 || resources < 200 {
		t.Errorf("only %d services with %d resources", len(names), resources)
	}
}
