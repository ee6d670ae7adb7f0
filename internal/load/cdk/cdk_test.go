package cdk_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// The assemblies below testdata are those of the programs beside them, as
// aws-cdk-lib wrote them (shop: 2.276.0 with the path and asset metadata that
// the cdk command asks for; tickets: 2.100.0 without), reduced to what is read.

// project loads files: those of a fixture, with some replaced, added or, where
// the text is empty, taken away.
func project(t testing.TB, fixture string, changes map[string]string, o load.Options) *app.Project {
	t.Helper()
	dir := t.TempDir()
	if fixture != "" {
		if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", fixture))); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range changes {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if text == "" {
			if err := os.RemoveAll(file); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return load.Project(root, o)
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func apps(p *app.Project) string {
	var list []string
	for _, a := range p.Apps {
		list = append(list, fmt.Sprintf("%s=%s(%s)", a.ID, a.Name, a.Format))
	}
	return strings.Join(list, " ")
}

func problems(p *app.Project) string {
	var list []string
	for _, problem := range p.Problems {
		list = append(list, problem.String())
	}
	return strings.Join(list, "\n")
}

// find is the resource with a construct path.
func find(t *testing.T, p *app.Project, construct string) *app.Resource {
	t.Helper()
	for _, a := range p.Apps {
		for _, r := range a.Resources() {
			if r.Label() == construct {
				return r
			}
		}
	}
	t.Fatalf("no resource %s in %s", construct, apps(p))
	return nil
}

func TestShop(t *testing.T) {
	p := project(t, "shop", nil, load.Options{Region: "us-east-1"})
	if got, want := apps(p), "cdk.out/Shop.template.json=Shop(cdk) cdk.out/Store.template.json=Store(cdk) cdk.out/assembly-Prod/ProdStoreDF9EC5CE.template.json=Prod-Store(cdk)"; got != want {
		t.Errorf("applications\n%s, want\n%s", got, want)
	}
	if len(p.Problems) > 0 {
		t.Errorf("problems\n%s", problems(p))
	}
	if got := p.Apps[0].Place; got.Region.String() != "us-east-1" || !got.Account.IsEmpty() {
		t.Errorf("the place of Shop is %v: the options fill what the manifest leaves open", got)
	}
	if got := p.Apps[2].Place; got.Region.String() != "eu-west-1" || got.Account.String() != "111122223333" || got.Partition.String() != "aws" {
		t.Errorf("the place of Prod-Store is %v", got)
	}

	checkout := app.AsFunction(find(t, p, "Shop/Checkout"))
	if ref, ok := checkout.Env()[0].Value.Ref(); !ok || ref.Resource != "cdk.out/Store.template.json/OrdersA9B65338" {
		t.Errorf("the table of another stack is %v", ref)
	}
	if got, ok := checkout.Source(); !ok || got != "cdk.out/asset.3132ba79754fd2820fa1f4e9b2baa8a0529dacec754d144eb59f80b8401c1e71" {
		t.Errorf("the code lies in %q", got)
	}
	if got := checkout.Construct.Span; got.String() != "app.js:36:16" || got.EndLine != 36 || got.EndColumn != 55 {
		t.Errorf("the function is made at %+v", got)
	}
	worker := app.AsFunction(find(t, p, "Shop/Jobs/Worker"))
	if got, ok := worker.Source(); !ok || got != "cdk.out/asset.83d88d9cf304e538606e6180bcbe34a10579fbc6942081a06ba3d220a67f45c7" || !worker.Assets[0].Image {
		t.Errorf("the image is built from %q, %+v", got, worker.Assets)
	}
	if worker.ID != "cdk.out/Shop.template.json/JobsNestedStackJobsNestedStackResource4FE929C3/Worker11F36D0F" {
		t.Errorf("the function of the nested stack is %s", worker.ID)
	}
}

// TestTickets reads an assembly whose templates say nothing of constructs and
// assets: the nested stack is found by its address.
func TestTickets(t *testing.T) {
	check := func(t *testing.T, p *app.Project, at string) {
		t.Helper()
		if got, want := apps(p), "cdk.out/Tickets.template.json=tickets-prod(cdk)"; got != want || len(p.Problems) > 0 {
			t.Fatalf("applications %s, want %s, problems\n%s", got, want, problems(p))
		}
		// Both tables have the logical id Index4A79713B.
		own, nested := find(t, p, "Tickets/Index"), find(t, p, "Tickets/Search/Index")
		if own.LogicalID != "Index4A79713B" || !strings.HasSuffix(nested.LogicalID, "/Index4A79713B") {
			t.Errorf("the tables are %s and %s", own.ID, nested.ID)
		}
		if got := nested.Construct.Span.String(); got != at {
			t.Errorf("the table is made at %q, want %q", got, at)
		}
		if got, _ := app.AsFunction(find(t, p, "Tickets/Search/Find")).Source(); !strings.HasPrefix(got, "cdk.out/asset.fd11") {
			t.Errorf("the code lies in %q", got)
		}
		if name := own.Name.String(); !strings.HasPrefix(name, "tickets-prod-Index4A79713B-") {
			t.Errorf("the table is called %s", name)
		}
	}
	t.Run("metadata", func(t *testing.T) { check(t, project(t, "tickets", nil, load.Options{}), "app.js:17:5") })
	t.Run("changed program", func(t *testing.T) {
		check(t, project(t, "tickets", map[string]string{"app.js": "// nothing\n"}, load.Options{}), "")
	})
	t.Run("no program", func(t *testing.T) {
		check(t, project(t, "tickets", map[string]string{"app.js": ""}, load.Options{}), "")
	})
}

// TestTree: where no metadata names the constructs, the tree does.
func TestTree(t *testing.T) {
	changes := map[string]string{}
	for _, name := range []string{"manifest.json", "Shop.template.json", "ShopJobs0BA8D2FB.nested.template.json"} {
		text := fixture(t, "shop/cdk.out/"+name)
		changes["cdk.out/"+name] = strings.NewReplacer(`"additionalMetadataFile"`, `"was"`, `"aws:cdk:path"`, `"was"`).Replace(text)
	}
	p := project(t, "shop", changes, load.Options{})
	if got := find(t, p, "Shop/Jobs/Queue").LogicalID; got != "JobsNestedStackJobsNestedStackResource4FE929C3/Queue4A7E3555" {
		t.Errorf("the queue is %s", got)
	}
	if got := find(t, p, "Shop/Checkout").Construct.Span; !got.IsZero() || len(p.Problems) > 0 {
		t.Errorf("the function is made at %v, problems\n%s", got, problems(p))
	}
}

// TestBase: of two files that a trace may mean none is chosen by chance.
func TestBase(t *testing.T) {
	const program = "tickets/app.js"
	p := project(t, "", nested("site", "tickets"), load.Options{})
	if got := find(t, p, "Tickets/Index").Construct.Span.String(); got != "site/app.js:25:19" {
		t.Errorf("the table is made at %q", got)
	}
	files := nested("site", "tickets")
	files["app.js"] = fixture(t, program)
	if got := find(t, project(t, "", files, load.Options{}), "Tickets/Index").Construct.Span.String(); got != "site/app.js:25:19" {
		t.Errorf("with another file of the name the table is made at %q", got)
	}
	files["site/tickets/app.js"] = fixture(t, program)
	if got := find(t, project(t, "", files, load.Options{}), "Tickets/Index").Construct.Span.String(); got != "" {
		t.Errorf("of two files in the project %q is chosen", got)
	}
}

// nested are the files of a fixture in a folder.
func nested(folder, name string) map[string]string {
	files := map[string]string{}
	base := filepath.Join("testdata", name)
	_ = filepath.WalkDir(base, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := os.ReadFile(p)
			rel, _ := filepath.Rel(base, p)
			files[folder+"/"+filepath.ToSlash(rel)] = string(data)
		}
		return nil
	})
	return files
}

// TestAssetFolders: what is uploaded is not deployed.
func TestAssetFolders(t *testing.T) {
	const topic = `{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}`
	asset := "cdk.out/asset.fd11a8e12bf3f7ea01ccb589a96d574dbfdbc4daea3703ced0a33461f03cc5d0/"
	p := project(t, "tickets", map[string]string{
		asset + "template.yaml":                 topic,
		asset + "cdk.out/manifest.json":         `{"artifacts": {"S": {"type": "aws:cloudformation:stack"}}}`,
		asset + "cdk.json":                      "{}",
		"cdk.out/Loose.template.json":           topic,
		"cdk.out/assets.json":                   topic,
		"other/cdk.out/asset.1/t.template.json": topic,
		"other/cdk.out/Old.template.json":       topic,
		"other/cdk.json":                        "{}",
	}, load.Options{})
	want := "cdk.out/Loose.template.json=Loose(cloudformation) cdk.out/Tickets.template.json=tickets-prod(cdk) cdk.out/assets.json=assets(cloudformation) other/cdk.out/Old.template.json=Old(cloudformation)"
	if got := apps(p); got != want || len(p.Problems) > 0 {
		t.Errorf("applications\n%s, want\n%s, problems\n%s", got, want, problems(p))
	}
}

// TestParameters: the manifest gives parameters their values, and the command
// line wins over it.
func TestParameters(t *testing.T) {
	files := map[string]string{
		"cdk.out/manifest.json": `{"artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-1",
			"properties": {"templateFile": "S.template.json", "parameters": {"A": "one", "B": "two", "C": []}}}}}`,
		"cdk.out/S.template.json": `{"Parameters": {"A": {"Type": "String"}, "B": {"Type": "String"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic",
			"Properties": {"TopicName": {"Fn::Sub": "${A}-${B}-${AWS::Region}-${AWS::StackName}-${AWS::AccountId}"}}}}}`,
		"cdk.out/values.json": `{"Parameters": {"A": "beside"}}`,
	}
	p := project(t, "", files, load.Options{Parameters: map[string]string{"B": "three"}, Region: "us-east-1"})
	if got := p.Apps[0].Resources()[0].Name.String(); got != "one-three-eu-west-1-S-${AWS::AccountId}" {
		t.Errorf("the topic is called %s", got)
	}
	if got := problems(p); !strings.Contains(got, `the parameter "C" of the stack "S" must be a string`) || len(p.Problems) != 1 {
		t.Errorf("problems\n%s", got)
	}
}

// TestExports: two stages export under one name, and each stack means its own.
func TestExports(t *testing.T) {
	files := map[string]string{}
	for stage, env := range map[string]string{"Dev": "aws://111111111111/eu-west-1", "Prod": "aws://222222222222/eu-west-1"} {
		dir := "cdk.out/assembly-" + stage + "/"
		files[dir+"manifest.json"] = strings.ReplaceAll(`{"artifacts": {
			"A": {"type": "aws:cloudformation:stack", "environment": "ENV", "properties": {"templateFile": "A.template.json", "stackName": "a"}},
			"B": {"type": "aws:cloudformation:stack", "environment": "ENV", "properties": {"templateFile": "B.template.json", "stackName": "b"}}}}`, "ENV", env)
		files[dir+"A.template.json"] = `{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"O": {"Value": {"Ref": "T"}, "Export": {"Name": "a:T"}}}}`
		files[dir+"B.template.json"] = `{"Resources": {"S": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Fn::ImportValue": "a:T"}}}}}`
	}
	p := project(t, "", files, load.Options{})
	for _, stage := range []string{"Dev", "Prod"} {
		ref, _ := p.Resource("cdk.out/assembly-" + stage + "/B.template.json/S").Get("TopicArn").Ref()
		if want := "cdk.out/assembly-" + stage + "/A.template.json/T"; ref.Resource != want {
			t.Errorf("the topic of %s is %s", stage, ref.Resource)
		}
	}
	if len(p.Problems) > 0 {
		t.Errorf("problems\n%s", problems(p))
	}
	for name := range files {
		if strings.Contains(name, "Prod/A.") || strings.Contains(name, "Dev/B.") {
			delete(files, name)
		}
	}
	p = project(t, "", files, load.Options{})
	if got := problems(p); !strings.Contains(got, `"a:T" is exported here only to another account or region`) {
		t.Errorf("problems\n%s", got)
	}
}

func TestUnsynthesised(t *testing.T) {
	p := project(t, "", map[string]string{
		"a/cdk.json": `{"app": "npx ts-node bin/a.ts"}`, "a/package-lock.json": "{}", "a/package.json": "{}",
		"b/cdk.json": `{"app": "python3 app.py"}`, "b/requirements.txt": "aws-cdk-lib\n",
		"c/cdk.json": `{"context": {}}`,
		"d/cdk.json": `{"app": "go run main.go", "output": "build/cdk"}`, "d/build/cdk/manifest.json": `{"artifacts": {"S": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}, "x": "aws:cloudformation:stack"}`,
		"e/cdk.json": `{"app": `,
		"f/cdk.json": `{"app": "out"}`, "f/out/cdk.out": "{}", "f/out/manifest.json": `{"artifacts": {}}`,
	}, load.Options{})
	want := []string{
		`a/cdk.json:1:1: the CDK project has no cdk.out, so nothing of it is analysed; run npm ci && npx cdk synth in "a" and scan again`,
		`b/cdk.json:1:1: the CDK project has no cdk.out, so nothing of it is analysed; run pip install -r requirements.txt && npx cdk synth in "b" and`,
		`c/cdk.json:1:1: the CDK project has no cdk.out, so nothing of it is analysed; run npx cdk synth in "c" and`,
		`e/cdk.json:1:1: the CDK project has no cdk.out, so nothing of it is analysed; run npx cdk synth in "e" and`,
		`e/cdk.json:1:9: not valid JSON`,
	}
	got := strings.Split(problems(p), "\n")
	if len(got) != len(want) || !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("problems\n%s", problems(p))
	}
}

// TestAbsoluteAsset: an asset that was not copied is named by its place on the
// machine that synthesised, which is known here by the lines of the program.
func TestAbsoluteAsset(t *testing.T) {
	const folder = "asset.fd11a8e12bf3f7ea01ccb589a96d574dbfdbc4daea3703ced0a33461f03cc5d0"
	list := fixture(t, "tickets/cdk.out/Tickets.assets.json")
	p := project(t, "tickets", map[string]string{"cdk.out/Tickets.assets.json": strings.Replace(list, `"`+folder+`"`, `"/home/dev/tickets/search"`, 1)}, load.Options{})
	if got, _ := app.AsFunction(find(t, p, "Tickets/Search/Find")).Source(); got != "search" || len(p.Problems) > 0 {
		t.Errorf("the code lies in %q, problems\n%s", got, problems(p))
	}
	p = project(t, "tickets", map[string]string{"cdk.out/Tickets.assets.json": strings.Replace(list, `"`+folder+`"`, `"/home/dev/tickets/../../other"`, 1)}, load.Options{})
	if got := problems(p); !strings.Contains(got, `"/home/dev/tickets/../../other" is not read: the path leaves`) || len(p.Problems) != 1 {
		t.Errorf("problems\n%s", got)
	}
}

// TestNotifications: what a custom resource sets is the bucket's.
func TestNotifications(t *testing.T) {
	p := project(t, "", map[string]string{
		"cdk.out/manifest.json": `{"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}`,
		"cdk.out/S.template.json": `{"Resources": {
			"F": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "a.b"}},
			"Q": {"Type": "AWS::SQS::Queue"},
			"B": {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:Own", "Function": {"Fn::GetAtt": ["F", "Arn"]}}]}}},
			"N": {"Type": "Custom::S3BucketNotifications", "Properties": {"BucketName": {"Ref": "B"}, "NotificationConfiguration": {
				"EventBridgeConfiguration": {},
				"LambdaFunctionConfigurations": [{"Events": ["s3:A", "s3:B"], "LambdaFunctionArn": {"Fn::GetAtt": ["F", "Arn"]}, "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}}],
				"QueueConfigurations": [{"Events": ["s3:C"], "QueueArn": {"Fn::GetAtt": ["Q", "Arn"]}}]}}},
			"M": {"Type": "Custom::S3BucketNotifications", "Properties": {"BucketName": "other", "NotificationConfiguration": {}}},
			"C": {"Type": "AWS::S3::Bucket"},
			"O": {"Type": "Custom::S3BucketNotifications", "Properties": {"BucketName": {"Ref": "C"}, "NotificationConfiguration": {"LambdaFunctionConfigurations": {"Fn::Split": [",", {"Ref": "AWS::NotificationARNs"}]}}}}}}`,
	}, load.Options{})
	bucket := app.AsBucket(p.Resource("cdk.out/S.template.json/B"))
	var got []string
	for _, n := range bucket.Notifications() {
		ref, _ := n.Destination.Ref()
		got = append(got, n.Event.Str()+" "+path.Base(ref.Resource))
	}
	slices.Sort(got)
	if got, want := strings.Join(got, ", "), " ., s3:A F, s3:B F, s3:C Q, s3:Own F"; got != want {
		t.Errorf("notifications %s, want %s", got, want)
	}
	if v := bucket.Get("NotificationConfiguration", "EventBridgeConfiguration", "EventBridgeEnabled"); v.IsTrue().String() != "yes" {
		t.Errorf("EventBridge is %v", v.IsTrue())
	}
	a := p.Apps[0]
	entries := a.Entries(app.AsFunction(p.Resource("cdk.out/S.template.json/F")))
	var events []string
	for _, e := range entries {
		events = append(events, e.Via.Str()+" "+e.Filter.Get("S3Key", "Rules").Kind().String())
	}
	if got, want := strings.Join(events, ", "), "s3:Own absent, s3:A list, s3:B list"; got != want {
		t.Errorf("entries %s, want %s", got, want)
	}
	if v := p.Resource("cdk.out/S.template.json/C").Get("NotificationConfiguration", "LambdaConfigurations"); v.IsResolved() {
		t.Errorf("what is not known is %v", v.Kind())
	}
}
