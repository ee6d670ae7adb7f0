package app_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

const shop = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth:
        DefaultAuthorizer: Pool
        Authorizers: {Pool: {UserPoolArn: !GetAtt Users.Arn}}
  Users: {Type: AWS::Cognito::UserPool}
  Uploads: {Type: AWS::S3::Bucket}
  Jobs: {Type: AWS::SQS::Queue}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: x
      AutoPublishAlias: live
      Environment: {Variables: {TABLE: orders}}
      Policies: [AWSLambdaBasicExecutionRole, {Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*'}]}]
      Events:
        Create:
          Type: Api
          Properties: {RestApiId: !Ref Api, Path: /orders, Method: post}
        Health:
          Type: Api
          Properties: {RestApiId: !Ref Api, Path: /health, Method: get, Auth: {Authorizer: NONE}}
        Daily:
          Type: Schedule
          Properties: {Schedule: rate(1 day)}
        Upload:
          Type: S3
          Properties: {Bucket: !Ref Uploads, Events: 's3:ObjectCreated:*'}
        Job:
          Type: SQS
          Properties: {Queue: !GetAtt Jobs.Arn}
  Public:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: x
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        Any: {Type: HttpApi, Properties: {Path: /any, Method: ANY}}
`

func TestServerless(t *testing.T) {
	a := open(t, shop)
	var routes []string
	for _, r := range a.Routes() {
		routes = append(routes, toldRoute(r))
	}
	slices.Sort(routes)
	if want := []string{"ANY /any none -> Public", "GET /health none -> Orders", "POST /orders Cognito Pool -> Orders"}; !slices.Equal(routes, want) {
		t.Errorf("routes %v, want %v", routes, want)
	}
	// Each entry points to the event in the source that asked for it.
	lines := strings.Split(shop, "\n")
	for id, want := range map[string]map[app.EntryKind]string{
		"Orders": {app.EntryRoute: "Create|Health", app.EntrySchedule: "Daily", app.EntryBucket: "Upload", app.EntryQueue: "Job"},
		"Public": {app.EntryURL: "FunctionUrlConfig|Public", app.EntryRoute: "Any"},
	} {
		f := app.AsFunction(get(t, a, id))
		seen := map[app.EntryKind]bool{}
		for _, e := range a.Entries(f) {
			seen[e.Kind] = true
			found := false
			for _, word := range strings.Split(want[e.Kind], "|") {
				// The event's name, or a line of the event.
				for n := max(0, e.Span.Line-4); n < e.Span.Line; n++ {
					found = found || strings.Contains(lines[n], word+":")
				}
			}
			if !found {
				t.Errorf("%s: %s is at %v, which is no line of %s", id, told(e), e.Span, want[e.Kind])
			}
			needs := e.Kind != app.EntryQueue && e.Kind != app.EntryURL
			if (e.Permission != nil) != needs {
				t.Errorf("%s: the permission of %s is %v", id, told(e), e.Permission)
			}
		}
		for kind := range want {
			if !seen[kind] {
				t.Errorf("%s has no entry by %s", id, kind)
			}
		}
		if role, sure := a.RoleOf(f); sure != value.Yes || len(role.Policies()) == 0 {
			t.Errorf("%s: role %v with %d policies", id, sure, len(role.Policies()))
		}
	}
	for _, e := range a.Entries(app.AsFunction(get(t, a, "Orders"))) {
		if e.Target.Alias == nil || e.Target.Qualifier.String() != "live" {
			t.Errorf("%s does not name the alias", told(e))
		}
	}
}

// TestConcurrentReaders has many readers ask a new project at once.
func TestConcurrentReaders(t *testing.T) {
	p := openAll(t, map[string]string{"a.yml": shop, "b.yml": shop})
	var wg sync.WaitGroup
	counts := make([]int, 8)
	for i := range counts {
		wg.Go(func() {
			for _, a := range p.Apps {
				counts[i] += len(a.Routes())
				for f := range a.Functions() {
					counts[i] += len(a.Entries(f)) + len(f.Permissions())
				}
				for q := range a.Queues() {
					q.IsDeadLetter()
				}
			}
		})
	}
	wg.Wait()
	for _, n := range counts {
		if n != counts[0] || n == 0 {
			t.Fatalf("readers disagree: %v", counts)
		}
	}
}

// TestImports links an entry whose source another application exports.
func TestImports(t *testing.T) {
	p := openAll(t, map[string]string{
		"a.yml": "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Q: {Type: AWS::SQS::Queue}\nOutputs: {Q: {Value: !GetAtt Q.Arn, Export: {Name: jobs}}}\n",
		"b.yml": "AWSTemplateFormatVersion: '2010-09-09'\nResources:" + plain + "  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !ImportValue jobs}}\n",
	})
	f := app.AsFunction(p.Resource("b.yml/Fn"))
	list := f.App.Entries(f)
	if len(list) != 1 || list[0].Source == nil || list[0].Source.ID != "a.yml/Q" || list[0].Kind != app.EntryQueue {
		t.Errorf("entries: %+v", list)
	}
}
