package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
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

// project loads a folder of files.
func project(t testing.TB, files map[string]string, o Options) *app.Project {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, []byte(text))
	}
	return Project(open(t, dir), o)
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

// dump writes everything of a project in a stable form.
func dump(p *app.Project) string {
	var b bytes.Buffer
	for _, a := range p.Apps {
		fmt.Fprintln(&b, a.ID, a.Name, a.Format, a.Files)
		for _, p := range a.Parameters {
			fmt.Fprintln(&b, p.Name, p.Type, p.Span, p.Secret, p.HasDefault, p.DefaultSpan)
		}
		for _, r := range a.Resources() {
			fmt.Fprintln(&b, r.ID, r.Type, r.Name, r.Exists, r.Span, r.DependsOn, r.GeneratedFrom, r.Construct, r.Called, r.Assets)
			r.Props.Walk(func(v *value.Value) bool {
				fmt.Fprintln(&b, " ", v.Kind(), v.Str(), v.Span(), v.Refs(), v.Why())
				for _, f := range v.Fields() {
					fmt.Fprintln(&b, " ", f.Key, f.KeySpan)
				}
				return true
			})
		}
		for _, o := range a.Outputs {
			fmt.Fprintln(&b, o.Name, o.Value.Str(), o.Export.Str())
		}
	}
	fmt.Fprintln(&b, p.Files)
	b.WriteString(problems(p))
	return b.String()
}

func TestDiscovery(t *testing.T) {
	const topic = "Resources: {T: {Type: 'AWS::SNS::Topic'}}\n"
	p := project(t, map[string]string{
		"template.yaml":                        topic,
		"api/template.yml":                     "Transform: AWS::Serverless-2016-10-31\n" + topic,
		"infra/queue.template":                 topic,
		"infra/deploy":                         topic,
		"infra/notes.txt":                      "Resources: see AWS::SNS::Topic in the\n\tmanual\n",
		"infra/plain.json":                     `{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}`,
		"values.yaml":                          "Resources:\n  cpu: 1\nimage: AWS::thing\n",
		"k8s.yaml":                             "apiVersion: v1\n---\nResources: [AWS::S3]\n",
		"node_modules/x/template.yaml":         topic,
		".aws-sam/build/template.yaml":         topic,
		"parent.yaml":                          "Resources: {N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: parts/child.yaml}}}\n",
		"parts/child.yaml":                     topic,
		"ring/a.yaml":                          "Resources: {N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: b.yaml}}}\n",
		"ring/b.yaml":                          "Resources: {N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: a.yaml}}}\n",
		"cdk/cdk.json":                         "{}",
		"cdk/cdk.out/Shop.template.json":       `{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Sub": "https://s3/${AWS::Region}"}}, "Metadata": {"aws:asset:path": "Shopnested.template.json"}}}}`,
		"cdk/cdk.out/Shopnested.template.json": `{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}`,
		"cdk/cdk.out/manifest.json":            `{"version": "1", "artifacts": {"Shop": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}}}`,
	}, Options{})
	want := "api/template.yml=api(sam) cdk/cdk.out/Shop.template.json=Shop(cdk) infra/deploy=deploy(cloudformation) " +
		"infra/plain.json=plain(cloudformation) infra/queue.template=queue(cloudformation) parent.yaml=parent(cloudformation) " +
		"ring/a.yaml=a(cloudformation) template.yaml=template(cloudformation)"
	if got := apps(p); got != want {
		t.Errorf("applications\n%s\nwant\n%s", got, want)
	}
	for _, id := range []string{"parent.yaml/N/T", "cdk/cdk.out/Shop.template.json/N/T"} {
		if p.Resource(id) == nil {
			t.Errorf("no resource %s", id)
		}
	}
	if got := problems(p); strings.Count(got, "\n") != 0 || !strings.Contains(got, "contains itself") {
		t.Errorf("problems\n%s", got)
	}
}

func TestUnsupported(t *testing.T) {
	p := project(t, map[string]string{
		"sls/serverless.ts": "", "sls/parts/roles.yml": "Resources:\n  R: {Type: 'AWS::IAM::Role', Properties: {X: !Ref Nowhere}}\n",
		"cdk/cdk.json": "{}", "cdk/lib/stack.ts": "", "pulumi/Pulumi.yaml": "name: x\n",
	}, Options{})
	want := []string{
		"cdk/cdk.json:1:1: the CDK project has no cdk.out",
		"pulumi/Pulumi.yaml:1:1: Pulumi is not read",
		"sls/serverless.ts:1:1: the service is written as code",
	}
	if len(p.Problems) != len(want) {
		t.Fatalf("problems\n%s", problems(p))
	}
	for i, w := range want {
		if !strings.HasPrefix(p.Problems[i].String(), w) {
			t.Errorf("problem %v, want %s", p.Problems[i], w)
		}
	}
}

// TestBadFiles puts hostile and broken files beside a good template: each
// gives its problem, and the good one is loaded.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	write(t, outside, "secret.yaml", []byte("Resources: {CANARY: {Type: 'AWS::SNS::Topic'}}\n"))
	write(t, dir, "good.yaml", []byte("Resources: {T: {Type: 'AWS::SNS::Topic'}}\n"))
	write(t, dir, "broken.yaml", []byte("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n    Type: 'AWS::SNS::Topic\n"))
	write(t, dir, "cut.json", []byte("{\"AWSTemplateFormatVersion\": \"2010-09-09\",\n\"Resources\": {\"A\": {\"Type\": \"AWS::S"))
	write(t, dir, "nul.yaml", []byte("AWSTemplateFormatVersion: '2010-09-09'\nResources:\x00\n"))
	write(t, dir, "latin.yaml", []byte("AWSTemplateFormatVersion: '2010-09-09'\nDescription: caf\xe9\nResources: {T: {Type: 'AWS::SNS::Topic'}}\n"))
	write(t, dir, "deep.json", []byte(`{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": `+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"}}}"))
	write(t, dir, "bomb.yaml", []byte(bomb()))
	write(t, dir, "binary", append([]byte("\x7fELF\x00\x00"), bytes.Repeat([]byte("AWS::\x00"), 1000)...))
	big := append([]byte("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"), bytes.Repeat([]byte("# padding padding padding padding\n"), 300_000)...)
	write(t, dir, "big.yaml", big)
	write(t, dir, "bigdata.json", bytes.Repeat([]byte("[1,2,3,4,5,6,7,8]\n"), 600_000))
	for link, target := range map[string]string{"link.yaml": filepath.Join(outside, "secret.yaml"), "up.yaml": "../../etc/hostname", "folder": outside, "inside.yaml": "good.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skipf("links cannot be made here: %v", err)
		}
	}
	p := Project(open(t, dir), Options{})
	if got, want := apps(p), "good.yaml=good(cloudformation) inside.yaml=inside(cloudformation) latin.yaml=latin(cloudformation)"; got != want {
		t.Errorf("applications %s, want %s", got, want)
	}
	got := problems(p)
	for _, want := range []string{
		"big.yaml:1:1: the template has 9 MB", "bomb.yaml:", "more than", "broken.yaml:4:1: not valid YAML: a quote that is opened here",
		"cut.json:2:", "breaks off", "deep.json:1:", "nests deeper", "latin.yaml:2:17: the text is not UTF-8", "link.yaml:1:1: the link is not followed",
		"nul.yaml:", "up.yaml:1:1: the link is not followed", "folder:1:1: the link is not followed",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no problem %q in\n%s", want, got)
		}
	}
	if strings.Contains(got+dump(p), "CANARY") || strings.Contains(got, outside) || strings.Contains(got, "bigdata") || strings.Contains(got, "binary") {
		t.Errorf("problems\n%s", got)
	}
}

func bomb() string {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nMetadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "  a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	b.WriteString("Resources: {T: {Type: 'AWS::SNS::Topic'}}\n")
	return b.String()
}

func TestPackaged(t *testing.T) {
	const text = "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a, Runtime: python3.13, CodeUri: %s}}}\n"
	p := project(t, map[string]string{
		"template.yaml": fmt.Sprintf(text, "src/"),
		"out.yaml":      fmt.Sprintf(text, "s3://bucket/key"),
		"far/only.yaml": fmt.Sprintf(text, "s3://bucket/key"),
	}, Options{})
	if got, want := apps(p), "far/only.yaml=only(sam) template.yaml=template(sam)"; got != want {
		t.Errorf("applications %s, want %s", got, want)
	}
	if got := problems(p); !strings.HasPrefix(got, "out.yaml:1:1: the template is the packaged form of template.yaml") || len(p.Problems) != 1 {
		t.Errorf("problems\n%s", got)
	}
}

// TestTotal checks that files beyond the limit of all together are counted in
// one problem.
func TestTotal(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		write(t, dir, fmt.Sprintf("t%02d.yaml", i), []byte("Resources: {T: {Type: 'AWS::SNS::Topic'}}\n"))
	}
	limits := source.DefaultLimits
	limits.TotalBytes = 268
	root, err := source.Open(dir, limits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p := Project(root, Options{Workers: 4})
	if len(p.Apps) != 4 || len(p.Problems) != 1 || !strings.Contains(problems(p), "t04.yaml:1:1: 16 files from here on are not read") {
		t.Errorf("%d applications, problems\n%s", len(p.Apps), problems(p))
	}
}

func TestUnknownParameter(t *testing.T) {
	p := project(t, map[string]string{"t.yaml": "Parameters: {A: {Type: String}}\nResources: {T: {Type: 'AWS::SNS::Topic'}}\n"},
		Options{Parameters: map[string]string{"A": "1", "B": "2"}})
	if got := problems(p); !strings.Contains(got, `no template or root module declares the parameter "B"`) || len(p.Problems) != 1 {
		t.Errorf("problems %s", got)
	}
}

// fixtures are the folders of our own templates.
func fixtures(t testing.TB) []string {
	list := []string{"testdata/shop", "testdata/reports", "sls/testdata/mail", "cdk/testdata/shop", "cdk/testdata/tickets"}
	examples, err := filepath.Glob("../../examples/*/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		list = append(list, filepath.Dir(e))
	}
	return list
}

func TestShop(t *testing.T) {
	p := Project(open(t, "testdata"), Options{Region: "eu-west-1", Account: "111122223333", Partition: "aws"})
	if got := apps(p); got != "reports/reports.yaml=reports(cloudformation) shop/template.yaml=shop(sam)" {
		t.Errorf("applications %s", got)
	}
	if len(p.Problems) > 0 {
		t.Errorf("problems\n%s", problems(p))
	}
	for path, want := range map[string]string{
		"shop/template.yaml/Orders MemorySize":                                          "128",
		"shop/template.yaml/Orders Environment.Variables.TABLE":                         "shop-dev-mine",
		"shop/template.yaml/Orders Environment.Variables.PASSWORD":                      "${Password}",
		"shop/template.yaml/Orders Environment.Variables.SECRET":                        "${resolve:secretsmanager:shop:SecretString:password}",
		"shop/template.yaml/Orders Environment.Variables.TOPIC":                         "arn:aws:sns:eu-west-1:111122223333:dev-größe",
		"shop/template.yaml/Files BucketName":                                           "dev-files",
		"shop/template.yaml/Bucketsmall BucketName":                                     "111122223333-small",
		"shop/template.yaml/Bucketlarge PublicAccessBlockConfiguration.BlockPublicAcls": "true",
		"shop/template.yaml/Topics/Topic TopicName":                                     "dev-größe",
	} {
		id, keys, _ := strings.Cut(path, " ")
		if got := p.Resource(id).Get(strings.Split(keys, ".")...); got.Str() != want {
			t.Errorf("%s is %q, want %q", path, got.Str(), want)
		}
	}
	if ref, ok := p.Resource("shop/template.yaml/Orders").Get("Environment", "Variables", "TOPIC").Ref(); !ok || ref.Resource != "shop/template.yaml/Topics/Topic" {
		t.Errorf("the output of the nested stack leads to %v", ref)
	}
	if r := p.Resource("shop/template.yaml/OrdersRole"); r == nil || r.GeneratedFrom != "shop/template.yaml/Orders" {
		t.Errorf("the role of the function is %+v", r)
	}
	statement := p.Resource("reports/reports.yaml/Reader").Get("PolicyDocument", "Statement").Items()[0].Get("Resource")
	if statement.Str() != "arn:aws:s3:::dev-files/*" || len(statement.Refs()) != 1 || statement.Refs()[0].Resource != "shop/template.yaml/Files" {
		t.Errorf("the imported value is %s, references %v", statement.Str(), statement.Refs())
	}
	if got := dump(p); strings.Contains(got, "changeme") {
		t.Error("the secret default came out")
	}
}

func TestDeterminism(t *testing.T) {
	dir := t.TempDir()
	for name, from := range map[string]string{"a": "testdata", "b": "../../examples", "c": "cdk/testdata", "d": "sls/testdata/mail"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		write(t, dir, fmt.Sprintf("many/t%d.yaml", i), fmt.Appendf(nil, "Resources: {T: {Type: 'AWS::SNS::Topic', Properties: {I: !ImportValue e%d}}}\nOutputs: {O: {Value: !ImportValue e%d, Export: {Name: e%d}}}\n", i/2, i+1, i))
	}
	want := ""
	for workers := range 20 {
		got := dump(Project(open(t, dir), Options{Workers: workers}))
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("%d workers give another result", workers)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if dump(Project(open(t, dir), Options{})) != want {
		t.Error("one processor gives another result")
	}
}

// A random is a small generator whose numbers never change between versions.
type random uint64

func (r *random) next(n int) int {
	*r = *r*6364136223846793005 + 1442695040888963407
	return int(uint64(*r)>>33) % n
}

// mutate changes a file as an editor or a bad merge might.
func mutate(data []byte, r *random) []byte {
	out := slices.Clone(data)
	words := []string{"!Ref", "!Sub", "${", "}", "[", "]", "{", ":", "- ", "\n", "\t", "Fn::If", "Fn::ForEach::X", "&a ", "*a", "\"", "'", "AWS::NoValue", "\x00", "\xff", "null", "!GetAtt", "Transform", "~", "|", ">-", "<<: "}
	for range 1 + r.next(4) {
		if len(out) == 0 {
			break
		}
		i := r.next(len(out))
		j := min(len(out), i+1+r.next(40))
		switch r.next(6) {
		case 0:
			out = append(out[:i], out[j:]...)
		case 1:
			out = slices.Insert(out, i, []byte(words[r.next(len(words))])...)
		case 2:
			out[i] = byte(r.next(256))
		case 3:
			k := r.next(len(out))
			out = slices.Insert(out, k, slices.Clone(out[i:j])...)
		case 4:
			out = out[:i]
		case 5:
			lines := bytes.SplitAfter(out, []byte("\n"))
			a, b := r.next(len(lines)), r.next(len(lines))
			lines[a], lines[b] = lines[b], lines[a]
			out = bytes.Join(lines, nil)
		}
	}
	return out
}

// TestMutations loads a thousand damaged versions of our own templates: no
// panic, and whatever cannot be read leaves a problem at a place.
func TestMutations(t *testing.T) {
	type file struct {
		name    string
		data    []byte
		changed bool // as it lies in the folder
	}
	dir := t.TempDir()
	var bases [][]file
	for _, fixture := range fixtures(t) {
		var files []file
		root := open(t, fixture)
		list, _ := root.Files()
		for _, f := range list {
			if f.Size < 64<<10 {
				if data, err := root.Read(f.Path); err == nil {
					files = append(files, file{name: f.Path, data: data})
				}
			}
		}
		if len(files) > 0 {
			for i := range files {
				write(t, filepath.Join(dir, fmt.Sprint(len(bases))), files[i].name, files[i].data)
			}
			bases = append(bases, files)
		}
	}
	r := random(1)
	for i := range 1000 {
		base := bases[i%len(bases)]
		one := filepath.Join(dir, fmt.Sprint(i%len(bases)))
		hit := r.next(len(base))
		for k := range base {
			f, data := &base[k], base[k].data
			change := k == hit || r.next(4) == 0
			if change {
				data = mutate(data, &r)
			}
			if change || f.changed { // writing costs more than loading
				write(t, one, f.name, data)
			}
			f.changed = change
		}
		root, err := source.Open(one, source.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		p := Project(root, Options{})
		root.Close()
		for _, problem := range p.Problems {
			if problem.Span.File == "" || problem.Span.Line < 1 || problem.Message == "" {
				t.Fatalf("mutation %d: the problem %+v is nowhere", i, problem)
			}
		}
	}
}

func FuzzProject(f *testing.F) {
	for _, dir := range []string{"testdata/shop/template.yaml", "testdata/shop/topics.json", "testdata/reports/reports.yaml"} {
		data, err := os.ReadFile(dir)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		one, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(one)
		write(t, one, "template.yaml", data)
		root, err := source.Open(one, source.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		Project(root, Options{Workers: 1})
	})
}

// BenchmarkProject loads one template with 50, 200 and 800 functions, each
// with a table, a queue and a policy.
func BenchmarkProject(b *testing.B) {
	for _, n := range []int{50, 200, 800} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			var t strings.Builder
			t.WriteString("AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nParameters: {Stage: {Type: String}}\nResources:\n")
			for i := range n {
				fmt.Fprintf(&t, `  Function%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      CodeUri: src/
      Environment: {Variables: {TABLE: !Ref Table%[1]d, QUEUE: !GetAtt Queue%[1]d.Arn, NAME: !Sub "${Stage}-${Table%[1]d}"}}
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Table%[1]d}
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue%[1]d.Arn}}
        Api: {Type: Api, Properties: {Path: /p%[1]d, Method: get}}
  Table%[1]d: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Sub "${Stage}-%[1]d"}}
  Queue%[1]d: {Type: "AWS::SQS::Queue"}
`, i)
			}
			write(b, dir, "template.yaml", []byte(t.String()))
			root := open(b, dir)
			b.SetBytes(int64(t.Len()))
			b.ReportAllocs()
			for b.Loop() {
				p := Project(root, Options{})
				if len(p.Problems) > 0 || len(p.Apps) != 1 {
					b.Fatal(problems(p))
				}
			}
		})
	}
}
