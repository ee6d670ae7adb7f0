package scan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// A sameFormat is one of the formats in which the application of testdata/same
// is written. What a format's tool adds, and the application does not ask for,
// is named here and nowhere else.
type sameFormat struct {
	name string
	// format is that of the loaded application.
	format string
	// adds are properties that the tool writes with AWS's default or with texts
	// of its own, by type.
	adds map[string][]string
	// makes tells of resources that the tool makes for its own work.
	makes func(r *app.Resource) bool
}

// sameFormats are compared with the first. The assembly of cdk was written by
// aws-cdk-lib 2.276.0 from the program beside it.
var sameFormats = []sameFormat{
	{name: "sam", format: "sam"},
	{name: "cloudformation", format: "cloudformation"},
	{name: "cdk", format: "cdk",
		adds: map[string][]string{
			"AWS::Cognito::UserPool": {"AccountRecoverySetting", "EmailVerificationMessage", "EmailVerificationSubject",
				"SmsVerificationMessage", "VerificationMessageTemplate"},
			"AWS::Cognito::UserPoolClient": {"AllowedOAuthFlowsUserPoolClient"},
		},
		// Notifications of buckets are set by a custom resource, for which the
		// CDK makes a function with a role.
		makes: func(r *app.Resource) bool {
			return r.Type == "Custom::S3BucketNotifications" || strings.HasPrefix(r.Construct.Path, "Same/BucketNotificationsHandler") ||
				strings.HasPrefix(r.Construct.Path, "Same/Uploads/Notifications")
		}},
	{name: "terraform", format: "terraform"},
	{name: "serverless", format: "serverless",
		adds: map[string][]string{"AWS::Lambda::Function": {"MemorySize"}},
		// The framework declares a log group for each function, and a bucket
		// for its uploads with a policy.
		makes: func(r *app.Resource) bool {
			return r.Type == "AWS::Logs::LogGroup" || strings.HasPrefix(r.LogicalID, "ServerlessDeploymentBucket")
		}},
}

func openSame(t *testing.T, name string) *source.Root {
	t.Helper()
	root, err := source.Open("testdata/same/"+name, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// TestSameApplication: one application in every format gives one model and the
// same paths.
func TestSameApplication(t *testing.T) {
	deployment := load.Options{Region: "eu-west-1", Account: "111122223333", Partition: "aws"}
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	var model, paths []string
	for i, f := range sameFormats {
		root := openSame(t, f.name)
		project := load.Project(root, deployment)
		if len(project.Apps) != 1 || project.Apps[0].Format != f.format {
			t.Errorf("%s gives %d applications; problems %v", f.name, len(project.Apps), project.Problems)
			continue
		}
		if len(project.Problems) > 0 {
			t.Errorf("%s: problems %v", f.name, project.Problems)
		}
		r := Run(root, Options{Load: deployment, Now: day}).Report
		gotModel, gotPaths := (&sameModel{a: project.Apps[0], f: f}).lines(), samePaths(project, r, f)
		if i == 0 {
			model, paths = gotModel, gotPaths
			if len(model) < 20 || len(paths) < 5 {
				t.Fatalf("the model is nearly empty: %q, paths %q", model, paths)
			}
			continue
		}
		compareLines(t, f.name+" model", model, gotModel)
		compareLines(t, f.name+" paths", paths, gotPaths)
	}
}

// compareLines shows what only one of two sorted lists has.
func compareLines(t *testing.T, name string, want, got []string) {
	t.Helper()
	for _, l := range want {
		if !slices.Contains(got, l) {
			t.Errorf("%s lacks\n  %s", name, l)
		}
	}
	for _, l := range got {
		if !slices.Contains(want, l) {
			t.Errorf("%s has besides\n  %s", name, l)
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s has %d lines, not %d", name, len(got), len(want))
	}
}

// lines describe the application: what there is, who may do what, and which
// events reach which function.
func (m *sameModel) lines() []string {
	types := map[string]int{}
	for _, r := range m.a.Resources() {
		if m.f.makes != nil && m.f.makes(r) {
			continue
		}
		switch r.Type {
		case "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Authorizer":
			continue // the routes tell of them; SAM writes an OpenAPI body
		case "AWS::Lambda::Permission", "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::S3::BucketPolicy", "AWS::S3::PublicAccessBlock":
			continue // the entries, roles and buckets tell of them
		}
		types[r.Type]++
		m.resource(r)
	}
	for _, typ := range slices.Sorted(maps.Keys(types)) {
		m.add("%d of %s", types[typ], typ)
	}
	for _, r := range m.a.Routes() {
		m.route(r)
	}
	slices.Sort(m.out)
	return m.out
}

// resource describes one resource by its properties, or by its view where
// formats may write the same thing in several ways.
func (m *sameModel) resource(r *app.Resource) {
	switch r.Type {
	case "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic":
		m.add("%s %s", m.who(r), m.props(r))
		m.add("%s is kept: %s", m.who(r), cmp.Or(r.DeletionPolicy.Str(), "Delete"))
	case "AWS::S3::Bucket":
		b := app.AsBucket(r)
		m.add("%s %s", m.who(r), m.props(r, "NotificationConfiguration", "PublicAccessBlockConfiguration"))
		m.add("%s is kept: %s", m.who(r), cmp.Or(r.DeletionPolicy.Str(), "Delete"))
		block := b.PublicAccess()
		m.add("%s blocks %v %v %v %v", m.who(r), block.BlockPublicAcls.Str(), block.BlockPublicPolicy.Str(), block.IgnorePublicAcls.Str(), block.RestrictPublicBuckets.Str())
		m.policies(r, b.Policies())
	case "AWS::IAM::Role":
		role := app.AsRole(r)
		m.add("%s is assumed by %s", m.who(r), m.document(role.Trust()))
		m.policies(r, role.Policies())
	case "AWS::Lambda::Function":
		f := app.AsFunction(r)
		role, sure := m.a.RoleOf(f)
		// Where the code lies, and the tag with which SAM marks its functions,
		// are each format's own.
		m.add("%s %s", m.who(r), m.props(r, "Code", "Tags", "Role"))
		m.add("%s runs as %s, %v", m.who(r), m.who(role.Resource), sure)
		for _, e := range m.a.Entries(f) {
			m.entry(r, e)
		}
	}
}

func (m *sameModel) entry(f *app.Resource, e app.Entry) {
	from, filter := m.who(e.Source), m.document(e.Filter)
	batch := e.In.Get("BatchSize").Str()
	via := m.text(e.Via)
	if e.Route != nil {
		from, via = "the API", e.Route.Label()
	}
	m.add("%s is called by %s %s, event %q, filter %s, batch %q, permitted %v, sure %v", m.who(f), e.Kind, from, via, filter, batch, e.Permission != nil, e.Sure)
}

func (m *sameModel) route(r app.Route) {
	var targets []string
	for _, t := range r.Integration.Functions {
		targets = append(targets, m.who(t.Function))
	}
	jwt := r.Auth.Authorizer.Get("JwtConfiguration")
	issuer, audience := jwt.Get("Issuer"), jwt.Get("Audience")
	if s := r.Auth.Scheme.Get("x-amazon-apigateway-authorizer", "jwtConfiguration"); s != nil && r.Auth.Authorizer == nil {
		issuer, audience = s.Get("issuer"), s.Get("audience")
	}
	m.add("route %s, %s by %q for %s, calls %v, sure %v", r.Label(), r.Auth.Kind, m.text(issuer), m.document(audience), targets, r.Sure)
}

func (m *sameModel) add(format string, args ...any) {
	m.out = append(m.out, fmt.Sprintf(format, args...))
}
