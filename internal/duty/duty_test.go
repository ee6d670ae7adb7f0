package duty

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// day is the day as of which the fixtures are judged.
var day = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// project loads the fixtures.
func project(t testing.TB) *app.Project {
	t.Helper()
	root, err := source.Open("testdata", source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	p := load.Project(root, load.Options{})
	for _, problem := range p.Problems {
		t.Errorf("problem while loading: %s", problem)
	}
	return p
}

var (
	declaration = regexp.MustCompile(`^  ([A-Za-z0-9]+):`)
	marked      = regexp.MustCompile(`([a-z0-9-]+)=([a-z/]+)`)
)

// marks reads what a fixture's comments want: "# s3-versioning=met" behind a
// logical id or on the lines after it.
func marks(t *testing.T, file string) map[string]State {
	t.Helper()
	root, err := source.Open("testdata", source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	data, err := root.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]State{}
	name := ""
	for line := range strings.Lines(string(data)) {
		if m := declaration.FindStringSubmatch(line); m != nil {
			name = m[1]
		}
		_, comment, found := strings.Cut(line, "#")
		if !found {
			continue
		}
		for _, m := range marked.FindAllStringSubmatch(comment, -1) {
			want[file+"/"+name+" "+m[1]] = State(m[2])
		}
	}
	return want
}

func TestStates(t *testing.T) {
	p := project(t)
	want := map[string]State{}
	for _, a := range p.Apps {
		for k, s := range marks(t, a.ID) {
			want[k] = s
		}
	}
	seen := map[string]map[State]bool{}
	for _, row := range Matrix(p, day) {
		key := row.Resource.ID + " " + row.Duty.ID
		if seen[row.Duty.ID] == nil {
			seen[row.Duty.ID] = map[State]bool{}
		}
		if !slices.Contains(row.Duty.States, row.State) {
			t.Errorf("%s: %s is none of the duty's states %v", key, row.State, row.Duty.States)
		}
		w, ok := want[key]
		delete(want, key)
		switch {
		case ok && w != row.State:
			t.Errorf("%s: %s (%s), want %s", key, row.State, row.Why, w)
		case ok:
			seen[row.Duty.ID][row.State] = true
		case len(row.Duty.States) == 1:
			seen[row.Duty.ID][row.State] = true
		}
	}
	for key := range want {
		t.Errorf("there is no row for %s", key)
	}
	for _, d := range Catalogue() {
		for _, s := range d.States {
			if !seen[d.ID][s] {
				t.Errorf("no fixture marks %s=%s", d.ID, s)
			}
		}
	}
}

func TestRows(t *testing.T) {
	p := project(t)
	for _, row := range Matrix(p, day) {
		key := row.Resource.ID + " " + row.Duty.ID
		if row.Why == "" || strings.HasSuffix(row.Why, ".") {
			t.Errorf("%s: why is %q", key, row.Why)
		}
		if row.State != NA && len(row.Evidence) == 0 {
			t.Errorf("%s: no evidence", key)
		}
		for _, e := range row.Evidence {
			if e.Span.IsZero() || e.Message == "" {
				t.Errorf("%s: evidence without place or words: %+v", key, e)
			}
			if strings.Contains(e.Message, "canary") || strings.Contains(row.Why, "canary") {
				t.Errorf("%s: a secret's value is shown: %s", key, e.Message)
			}
		}
		if row.State == Provided && row.Holder != AWS {
			t.Errorf("%s: provided, but %s holds it", key, row.Holder)
		}
		if row.Holder == AWS && row.State != Provided {
			t.Errorf("%s: AWS holds it, and its state is %s", key, row.State)
		}
	}
}

// TestCatalogue holds every duty to its form, and the catalogue to the types
// of the model.
func TestCatalogue(t *testing.T) {
	ids := map[string]bool{}
	types := map[string][]string{}
	for _, d := range Catalogue() {
		if ids[d.ID] {
			t.Errorf("two duties are called %s", d.ID)
		}
		ids[d.ID] = true
		if d.Title == "" || strings.HasSuffix(d.Title, ".") || d.Doc == "" || len(d.Types) == 0 || len(d.States) == 0 || d.Compute == nil {
			t.Errorf("%s lacks something", d.ID)
		}
		if len(d.Refs.AWS) == 0 {
			t.Errorf("%s needs a page of AWS", d.ID)
		}
		for _, u := range d.Refs.AWS {
			if !strings.HasPrefix(u, "https://docs.aws.amazon.com/") {
				t.Errorf("%s: %s is no page of AWS's documentation", d.ID, u)
			}
		}
		for _, typ := range d.Types {
			types[typ] = append(types[typ], d.ID)
		}
		if Find(d.ID) == nil {
			t.Errorf("%s is not found", d.ID)
		}
	}
	for _, typ := range []string{
		"AWS::Lambda::Function", "AWS::Lambda::Url", "AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping",
		"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy",
		"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer",
		"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Events::EventBus", "AWS::Events::Rule",
		"AWS::Scheduler::Schedule", "AWS::Kinesis::Stream", "AWS::StepFunctions::StateMachine", "AWS::Cognito::UserPool",
		"AWS::Cognito::IdentityPool", "AWS::AppSync::GraphQLApi", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::KMS::Key",
		"AWS::Logs::LogGroup", "AWS::CloudFront::Distribution",
	} {
		if len(types[typ]) == 0 {
			t.Errorf("no duty for %s", typ)
		}
	}
}

// TestRuntimesAge shows that the day decides and no clock.
func TestRuntimesAge(t *testing.T) {
	p := project(t)
	state := func(now time.Time) State {
		for _, row := range Matrix(p, now) {
			if row.Duty.ID == "lambda-runtime-patches" && path.Base(row.Resource.ID) == "Plain" {
				return row.State
			}
		}
		return ""
	}
	if before, after := state(day), state(day.AddDate(10, 0, 0)); before != Provided || after != Unmet {
		t.Errorf("python3.13 is %s now and %s in ten years", before, after)
	}
}

func TestDeterminism(t *testing.T) {
	print := func() string {
		var b strings.Builder
		for _, row := range Matrix(project(t), day) {
			fmt.Fprintln(&b, row.Resource.ID, row.Duty.ID, row.Answer)
		}
		return b.String()
	}
	if once, again := print(), print(); once != again {
		t.Error("two runs differ")
	}
}

func TestFailingDuty(t *testing.T) {
	a := compute(&Duty{Compute: func(*View) Answer { panic("broken") }}, &View{})
	if a.State != Unknown || !strings.Contains(a.Why, "broken") {
		t.Errorf("a duty that fails is %s: %s", a.State, a.Why)
	}
}

// BenchmarkMatrix shows the cost in step with the input: functions that share
// one role, which is the worst for rows that look at others.
func BenchmarkMatrix(b *testing.B) {
	for _, n := range []int{100, 400, 1600} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			var t strings.Builder
			t.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}\n      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess']\n")
			for i := range n {
				fmt.Fprintf(&t, "  F%d:\n    Type: AWS::Lambda::Function\n    Properties: {Runtime: python3.13, Handler: a, Role: !GetAtt Role.Arn, Code: {ZipFile: ''}}\n", i)
			}
			if err := os.WriteFile(filepath.Join(dir, "template.yaml"), []byte(t.String()), 0o644); err != nil {
				b.Fatal(err)
			}
			root, err := source.Open(dir, source.DefaultLimits)
			if err != nil {
				b.Fatal(err)
			}
			defer root.Close()
			p := load.Project(root, load.Options{})
			for b.Loop() {
				if rows := Matrix(p, day); len(rows) < 15*n {
					b.Fatal(len(rows))
				}
			}
		})
	}
}

// The controls that duties may name: those of the standard FSBP, and others of
// Security Hub, as their pages list them.
// https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html
// https://docs.aws.amazon.com/securityhub/latest/userguide/nist-standard.html
var fsbp = []string{
	"APIGateway.4", "APIGateway.8", "APIGateway.9", "AppSync.2", "AppSync.5", "CloudFront.3", "CloudFront.5", "CloudFront.6",
	"Cognito.2", "Cognito.3", "Cognito.5", "Cognito.6", "DynamoDB.2", "DynamoDB.6", "IAM.1", "IAM.2", "IAM.3", "IAM.5", "IAM.21",
	"KMS.5", "Kinesis.1", "Kinesis.3", "Lambda.1", "Lambda.2", "Lambda.5", "S3.2", "S3.3", "S3.5", "S3.6", "S3.8", "S3.9", "S3.12",
	"SNS.4", "SQS.1", "SQS.3", "SecretsManager.1", "StepFunctions.1",
}
var securityHub = []string{"Cognito.1", "KMS.4", "Lambda.7", "S3.14", "SNS.1"}

// https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html
var cis = []string{"1.10", "1.14", "1.15", "1.16", "2.1.1", "2.1.4", "3.6"}

// TestControls keeps duties from naming controls that nobody looked up.
func TestControls(t *testing.T) {
	nist := regexp.MustCompile(`^(AC|AU|CA|CM|CP|IA|PE|SA|SC|SI|SR)-\d{1,2}(\(\d{1,2}\))?$`)
	owasp := regexp.MustCompile(`^A([1-9]|10):2017$`)
	lens := regexp.MustCompile(`^(SEC [123]|REL [12])$`)
	each := func(d Duty, list string, ok func(string) bool) {
		for _, id := range strings.Split(list, ", ") {
			if id != "" && !ok(id) {
				t.Errorf("%s names the control %q, which is not known", d.ID, id)
			}
		}
	}
	for _, d := range Catalogue() {
		each(d, d.Refs.FSBP, func(id string) bool { return slices.Contains(fsbp, id) })
		each(d, d.Refs.Hub, func(id string) bool { return slices.Contains(securityHub, id) })
		each(d, d.Refs.CIS, func(id string) bool { return slices.Contains(cis, id) })
		each(d, d.Refs.NIST, nist.MatchString)
		each(d, d.Refs.OWASP, owasp.MatchString)
		each(d, d.Refs.Lens, lens.MatchString)
	}
}

// TestEvidence: what met a duty is shown, and not what another way would have
// met it by.
func TestEvidence(t *testing.T) {
	for _, row := range Matrix(project(t), day) {
		if row.Resource.LogicalID != "AccountPermission" || row.Duty.ID != "lambda-permission-source" {
			continue
		}
		if len(row.Evidence) != 1 || row.Evidence[0].Message != "SourceAccount: 111122223333" {
			t.Errorf("evidence %+v", row.Evidence)
		}
		return
	}
	t.Error("no such row")
}
