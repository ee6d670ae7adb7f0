package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// plainProvider knows nothing but what instances write.
type plainProvider struct{}

func (plainProvider) Attribute(in *lang.Instance, name string, at source.Span) *value.Value {
	t := value.Hole(in.Address + "." + name)
	if v, ok := in.Attrs.Get(name).Known(); ok {
		t = value.Lit(v)
	}
	return value.NewRef(t, at, value.Ref{Resource: in.ID, Attr: name})
}

func (p plainProvider) Data(in *lang.Instance, name string, at source.Span) *value.Value {
	if v := in.Attrs.Get(name); v.Exists() == value.Yes {
		return v.At(at)
	}
	return value.NewText(value.Hole(in.Address+"."+name), at)
}

func open(t testing.TB, dir string) *source.Root {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// copied is the fixture without its configuration.
func copied(t testing.TB, files ...string) *source.Root {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, dir)
}

// show writes a value with its place and references.
func show(v *value.Value) string {
	s := ""
	switch v.Kind() {
	case value.List:
		var items []string
		for _, it := range v.Items() {
			items = append(items, show(it))
		}
		s = "[" + strings.Join(items, " ") + "]"
	case value.Map:
		var fields []string
		for _, f := range v.Fields() {
			fields = append(fields, f.Key+": "+show(f.Value))
		}
		s = "{" + strings.Join(fields, ", ") + "}"
	case value.Unresolved:
		s = "?"
	case value.String:
		s = fmt.Sprintf("%q", v.Str())
	default:
		s = v.Str()
	}
	if v.Kind() != value.List && v.Kind() != value.Map {
		s += fmt.Sprintf("@%s:%d", strings.TrimSuffix(filepath.Base(v.Span().File), filepath.Ext(v.Span().File)), v.Span().Line)
	}
	if ref, ok := v.Ref(); ok {
		return s + "=" + ref.Resource + "#" + ref.Attr
	}
	for _, ref := range v.Refs() {
		s += "~" + ref.Resource + "#" + ref.Attr
	}
	return s
}

func instances(res *lang.Result) map[string]*lang.Instance {
	out := map[string]*lang.Instance{}
	for _, in := range res.Instances {
		out[in.Address] = in
	}
	return out
}

func TestWithConfiguration(t *testing.T) {
	res := Read(Options{Root: open(t, "testdata/orders"), Provider: plainProvider{}, App: "app", File: "plan.json"})
	if len(res.Problems) > 0 {
		t.Fatal(res.Problems)
	}
	all := instances(res)
	for address, rows := range map[string]map[string]string{
		"aws_dynamodb_table.orders": {
			"name": `"orders"@main:18`, "attribute": `[{name: "customer"@main:27, type: "S"@main:28} {name: "id"@main:22, type: "S"@main:23}]`,
			"billing_mode": `@main:17`, "ttl": `@main:17`, "arn": `@main:17`,
		},
		"aws_lambda_function.worker": {
			"function_name": `"orders-eu-west-1-worker"@main:55`, "role": `"${aws_iam_role.worker.arn}"@main:56=app/aws_iam_role.worker#arn`, "memory_size": `@main:54`,
			"environment": `[{variables: {TABLE: "orders"@main:59=app/aws_dynamodb_table.orders#name, SECRET: "${the sensitive aws_lambda_function.worker.environment.variables.SECRET}"@main:61, QUEUE: "${module.queue[\"fast\"].aws_sqs_queue.this.url}"@main:60=app/module.queue["fast"].aws_sqs_queue.this#url}}]`,
		},
		"aws_lambda_permission.bucket[1]":         {"function_name": `"orders-eu-west-1-worker"@main:69=app/aws_lambda_function.worker#function_name`},
		`module.queue["fast"].aws_sqs_queue.this`: {"name": `"fast"@main:6`, "kms_master_key_id": `"arn:aws:kms:eu-west-1:123456789012:key/k-1"@main:7=app/aws_kms_key.queue#arn`},
		"data.aws_caller_identity.current":        {"account_id": `"123456789012"@plan:485`},
		"aws_iam_role_policy.worker":              {"role": `"${aws_iam_role.worker.id}"@main:44=app/aws_iam_role.worker#id`},
	} {
		in := all[address]
		if in == nil {
			t.Errorf("%s is not read", address)
			continue
		}
		for key, want := range rows {
			if got := show(in.Attrs.Get(key)); got != want {
				t.Errorf("%s.%s\n\tis   %s\n\twant %s", address, key, got, want)
			}
		}
	}
	if all["aws_s3_bucket.old"] != nil || len(all) != 10 {
		t.Errorf("%d instances, or one that is deleted", len(all))
	}
	resource := all["aws_iam_role_policy.worker"].Attrs.Get("policy").Document().Get("Statement").Items()[0].Get("Resource")
	if got := show(resource); got != `"${aws_dynamodb_table.orders.arn}/*"@main:49~app/aws_dynamodb_table.orders#arn` {
		t.Errorf("the policy's resource is %s", got)
	}
	if got := show(all["aws_iam_role.worker"].Attrs.Get("assume_role_policy").Document()); got != `{Statement: [{Action: "sts:AssumeRole"@main:37, Effect: "Allow"@main:36, Principal: {Service: "lambda.amazonaws.com"@main:38}}]}` {
		t.Errorf("the trust policy is %s", got)
	}
	in := all["aws_lambda_permission.bucket[0]"]
	if in.Span.File != "main.tf" || in.Span.Line != 66 || in.Type != "aws_lambda_permission" || in.Name != "bucket" || in.Data || in.Exists != value.Yes || in.ID != "app/aws_lambda_permission.bucket[0]" || fmt.Sprint(in.DependsOn) != "[app/aws_kms_key.queue]" {
		t.Errorf("the instance is %+v", in)
	}
	if p := in.Place; p.Region.String() != "eu-west-1" || p.Account.String() != "123456789012" || p.Partition.String() != "" {
		t.Errorf("its place is %v", p)
	}
	if p := all[`module.queue["slow"].aws_sqs_queue.this`].Place; p.Region.String() != "eu-west-1" {
		t.Errorf("the module's place is %v", p)
	}
	if len(res.Outputs) != 3 || show(res.Outputs[0].Value) != `"${module.queue[\"fast\"].aws_sqs_queue.this.url}"@plan:14=app/module.queue["fast"].aws_sqs_queue.this#url` || res.Outputs[1].Value.Kind() != value.Unresolved || res.Outputs[2].Value.Str() != "orders" {
		t.Errorf("the outputs are %v, %v, %v", show(res.Outputs[0].Value), show(res.Outputs[1].Value), show(res.Outputs[2].Value))
	}
	if len(res.Variables) != 2 || res.Variables[1].Name != "webhook_secret" || !res.Variables[1].Secret {
		t.Errorf("the variables are %+v", res.Variables)
	}
	if got := fmt.Sprint(res.Files); got != "[main.tf plan.json queue/main.tf]" {
		t.Errorf("the files are %s", got)
	}
	noSecret(t, res)
}

func TestAlone(t *testing.T) {
	res := Read(Options{Root: copied(t, "testdata/orders/plan.json"), Provider: plainProvider{}, App: "app", File: "plan.json", Partition: "aws"})
	if len(res.Problems) > 0 {
		t.Fatal(res.Problems)
	}
	all := instances(res)
	fn := all["aws_lambda_function.worker"].Attrs
	for key, want := range map[string]string{
		"role": `"${aws_iam_role.worker.arn}"=app/aws_iam_role.worker#arn`, "function_name": `"orders-eu-west-1-worker"`,
		"environment": `[{variables: {TABLE: "orders"=app/aws_dynamodb_table.orders#name, SECRET: "${the sensitive aws_lambda_function.worker.environment.variables.SECRET}", QUEUE: ?~app/aws_dynamodb_table.orders#name~app/module.queue["fast"].aws_sqs_queue.this#url}}]`,
	} {
		if got := unplaced(show(fn.Get(key))); got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", key, got, want)
		}
	}
	for _, f := range fn.Fields() {
		if s := f.Value.Span(); s.File != "plan.json" || s.Line < 2 {
			t.Errorf("%s stands at %v", f.Key, s)
		}
	}
	if got := unplaced(show(all["aws_iam_role_policy.worker"].Attrs.Get("policy"))); got != `?~app/aws_dynamodb_table.orders#arn` {
		t.Errorf("a policy that is not known is %s", got)
	}
	if got := unplaced(show(all[`module.queue["fast"].aws_sqs_queue.this`].Attrs.Get("kms_master_key_id"))); !strings.HasSuffix(got, `=app/aws_kms_key.queue#arn`) {
		t.Errorf("the key is %s", got)
	}
	if doc := all["aws_iam_role.worker"].Attrs.Get("assume_role_policy").Document(); doc.Get("Statement").Len() != 1 || doc.Get("Statement").Span().File != "plan.json" {
		t.Error("a document in a string is not read")
	}
	if p := res.Place; p.Partition.String() != "aws" || p.Region.String() != "eu-west-1" {
		t.Errorf("the place is %v", p)
	}
	noSecret(t, res)
}

// unplaced drops the places that show writes.
func unplaced(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if rest, ok := strings.CutPrefix(s[i:], "@plan:"); ok {
			i += len("@plan:") + len(rest) - len(strings.TrimLeft(rest, "0123456789")) - 1
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// noSecret asks that the secret of the fixtures is nowhere.
func noSecret(t *testing.T, res *lang.Result) {
	t.Helper()
	if strings.Contains(fmt.Sprintf("%+v %+v", res.Outputs, res.Variables), "hunter2") {
		t.Error("an output or a variable holds the secret")
	}
	for _, in := range res.Instances {
		in.Attrs.Walk(func(v *value.Value) bool {
			if strings.Contains(v.Str(), "hunter2") {
				t.Errorf("%s holds the secret", in.Address)
			}
			return true
		})
	}
}

func TestState(t *testing.T) {
	res := Read(Options{Root: open(t, "testdata/state"), Provider: plainProvider{}, App: "app", File: "show.json"})
	if len(res.Problems) > 0 || len(res.Instances) != 2 {
		t.Fatal(res.Problems, len(res.Instances))
	}
	all := instances(res)
	fn := all["aws_lambda_function.worker"]
	if got := unplaced(strings.ReplaceAll(show(fn.Attrs), "@show", "@plan")); got != `{function_name: "worker", role: "arn:aws:iam::123456789012:role/worker"=app/aws_iam_role.worker#arn, environment: [{variables: ?}]}` {
		t.Errorf("the function is %s", got)
	}
	if fmt.Sprint(fn.DependsOn) != "[app/aws_iam_role.worker]" {
		t.Errorf("it depends on %v", fn.DependsOn)
	}
	noSecret(t, res)
}

// TestWritten takes what the plan does not tell from an evaluated
// configuration.
func TestWritten(t *testing.T) {
	there := source.Span{File: "app.tf", Line: 3, Column: 1, EndLine: 3, EndColumn: 4}
	text := func(s string) *value.Value { return value.NewText(value.Lit(s), there) }
	policy := value.NewDocument(value.Lit("{}"), value.NewMap([]value.Field{{Key: "Version", Value: text("x")}}, there), there)
	w := &lang.Instance{Address: "aws_iam_role_policy.worker", Span: there, Attrs: value.NewMap([]value.Field{{Key: "policy", KeySpan: there, Value: policy}, {Key: "role", KeySpan: there, Value: text("other")}}, there)}
	res := Read(Options{Root: copied(t, "testdata/orders/plan.json"), Provider: plainProvider{}, App: "app", File: "plan.json", Written: []*lang.Instance{w}})
	in := instances(res)["aws_iam_role_policy.worker"]
	if in.Span != there || in.Attrs.Get("policy").Document().Get("Version").Str() != "x" || in.Attrs.Get("policy").Span() != there {
		t.Errorf("the instance is %s at %v", show(in.Attrs), in.Span)
	}
}

func TestDetect(t *testing.T) {
	read := func(f string) string {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	plan := read("testdata/orders/plan.json")
	for text, want := range map[string]bool{
		plan: true, read("testdata/state/show.json"): true, "\xef\xbb\xbf" + plan: true, plan[:5000]: true,
		"": false, "{}": false, read("testdata/orders/main.tf"): false, "[" + plan + "]": false,
		`{"format_version": "1.0", "terraform_version": "1.9"}`:                                             false,
		`{"x": {"format_version": "1.0", "terraform_version": "1.9", "planned_values": {}}}`:                false,
		`{"version": 4, "terraform_version": "1.9", "resources": []}`:                                       false,
		`{"a": "format_version", "b": "terraform_version", "c": ["planned_values"]}`:                        false,
		`{"a": "x", "format_version": "1.0", "b": [1, {"c": 2}], "terraform_version": "1", "values": null}`: true,
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("%.60q is detected: %v", text, got)
		}
	}
	if Folder("infra/tfplan.json") != "infra" || Folder("p.json") != "." {
		t.Error("wrong folders")
	}
}

// TestDamaged has files that are wrong, with a part of the only problem.
func TestDamaged(t *testing.T) {
	head := `{"format_version": "1.0", "terraform_version": "1.9", `
	for text, want := range map[string]string{
		head + `"planned_values": `: "breaks off",
		`{"format_version": "3.0", "terraform_version": "9", "planned_values": {}}`: `format version "3.0"`,
		`{"format_version": "x", "terraform_version": "9", "planned_values": {}}`:   `format version "x"`,
		`{"format_version": 1, "terraform_version": "9", "planned_values": {}}`:     "does not say its format_version",
		head + `"errored": true, "planned_values": {}}`:                             "ended with an error",
		head + `"complete": false, "planned_values": {}}`:                           "not complete",
		head + `"planned_values": {"root_module": {"resources": [{"address": "a.b[0]", "values": {}}, {"address": "a.b[1]", "values": {}}]}}, ` +
			`"configuration": {"root_module": {"resources": [{"address": "a.b", "provisioners": [{"type": "local-exec"}]}]}}}`: "local-exec in a.b: remit runs no provisioner",
		head + `"planned_values": {"root_module": {"resources": [{"type": "x"}]}}}`:                               "has no address",
		head + `"planned_values": {"root_module": {"resources": [{"address": "x"}]}}}`:                            "is no address",
		head + `"planned_values": {"root_module": {"resources": [{"address": "a.b[", "values": {}}]}}}`:           "is no address",
		head + `"planned_values": {"root_module": {"resources": [{"address": "module.a.b.c.d", "values": []}]}}}`: "is no address",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "p.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		res := Read(Options{Root: open(t, dir), App: "app", File: "p.json"})
		if len(res.Problems) != 1 || !strings.Contains(res.Problems[0].Message, want) || res.Problems[0].Span.Line == 0 {
			t.Errorf("%.80s: %v, want %q", text, res.Problems, want)
		}
	}
	if res := Read(Options{Root: open(t, t.TempDir()), File: "none.json"}); len(res.Problems) != 1 {
		t.Error("a file that is not there is no problem")
	}
}

func TestSteps(t *testing.T) {
	for s, want := range map[string]string{
		`module.a["x.y"].aws_s3_bucket.b[0]`: `[{module [] module} {a [x.y] a["x.y"]} {aws_s3_bucket [] aws_s3_bucket} {b [0] b[0]}]`,
		`a["q\"]"].b`:                        `[{a [q"]] a["q\"]"]} {b [] b}]`, "": "[]", "a.": "[]", ".a": "[]", `a["`: "[]", "a[0": "[]", "a[0]b": "[]",
	} {
		if got := fmt.Sprint(steps(s)); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

// FuzzRead reads plans of any form beside a configuration.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/orders/plan.json", "testdata/state/show.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, []byte("resource \"a\" \"b\" {\n  x = a.b.x\n  dynamic \"y\" {}\n}\n"))
	}
	config, err := os.ReadFile("testdata/orders/main.tf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"format_version": "1.0", "terraform_version": "1", "resource_changes": [{"address": "a.b", "change": {"actions": ["create"], "after_unknown": {"x": true}}}], "configuration": {"root_module": {"resources": [{"address": "a.b", "expressions": {"x": {"references": ["a.b.x", "a.b"]}}}]}}}`), config)
	dir := f.TempDir()
	root := open(f, dir)
	f.Fuzz(func(t *testing.T, plan, config []byte) {
		if len(plan)+len(config) > 100_000 {
			return
		}
		Detect(plan)
		if os.WriteFile(filepath.Join(dir, "p.json"), plan, 0o644) != nil || os.WriteFile(filepath.Join(dir, "m.tf"), config, 0o644) != nil {
			t.Skip()
		}
		root2, err := source.Open(dir, root.Limits())
		if err != nil {
			t.Skip()
		}
		defer root2.Close()
		res := Read(Options{Root: root2, Provider: plainProvider{}, App: "app", File: "p.json"})
		for _, in := range res.Instances {
			if in.Attrs.Kind() != value.Map || in.Span.File == "" {
				t.Fatalf("%s has %v at %v", in.Address, in.Attrs.Kind(), in.Span)
			}
		}
	})
}
