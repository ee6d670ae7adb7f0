package sls

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/remit-security/remit/internal/source"
)

// compileText compiles a service that is written in a test; further files may
// follow as a txtar archive.
func compileText(t testing.TB, text string, o Options) *Result {
	t.Helper()
	if !strings.HasPrefix(text, "-- ") {
		text = "-- serverless.yml --\n" + text
	}
	return compileDir(t, extract(t, txtar.Parse([]byte(text))), o)
}

func problemText(r *Result) string {
	var b strings.Builder
	for _, p := range r.Problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// TestVariables resolves one expression at a time, as a variable of a
// function's environment.
func TestVariables(t *testing.T) {
	const service = `-- serverless.yml --
service: words
provider: {name: aws, runtime: nodejs20.x, region: eu-west-1, stage: "${opt:stage, 'test'}"}
params: {default: {a: one}, live: {a: two}}
custom:
  name: box
  deep: {list: [x, {y: z}]}
  loop: ${self:custom.back}
  back: ${self:custom.loop}
  own: ${file(own.yml)}
  code: ${file(config.js)}
  big: {k: v}
functions:
  f:
    handler: a.b
    environment: {V: EXPR}
-- own.yml --
name: ${self:custom.name}
inner: {v: 1}
-- config.js --
module.exports = {}
`
	tests := []struct{ expr, want, problem string }{
		{"${self:custom.name}", "box", ""},
		{"a-${self:custom.name}-${self:service}", "a-box-words", ""},
		{"${self:custom.deep.list.1.y}", "z", ""},
		{"${self:custom.own.name}", "box", ""},
		{"${self:custom.own.inner.v}", "1", ""},
		{"${sls:stage}/${self:provider.stage}/${opt:stage, 'other'}", "test/test/other", ""},
		{"${self:provider.region}", "eu-west-1", ""},
		{"${param:a}", "one", ""},
		{"${env:HOME}", "${env:HOME}", ""},
		{"${env:HOME, 'x'}", "x", ""},
		{"p-${env:HOME}-${env:HOME}", "p-${env:HOME}-${env:HOME}", ""},
		{"${opt:tier}", "${opt:tier}", ""},
		{"${self:custom.none, env:X, self:custom.name}", "box", ""},
		{"${self:custom.none, 'a, b'}", "a, b", ""},
		{"${self:custom.none, null}", "", ""},
		{"${self:custom.none, true}", "true", ""},
		{"${self:custom.none, ${self:custom.name}}", "box", ""},
		{"${self:custom.${self:custom.none, 'name'}}", "box", ""},
		{"${ssm:/a/b~true}", "${ssm:/a/b-true-", ""},
		{"${ssm(us-east-1):/a/b}", "${ssm:us-east-1:/a/b}", ""},
		{"${cf:stack.Out, 'x'}", "${cf:stack.Out}", ""},
		{"${cf.us-west-2:stack.Out}", "${cf.us-west-2:stack.Out}", ""},
		{"${s3:bucket/key}", "${s3:bucket/key}", ""},
		{"${git:sha1}", "${git:sha1}", ""},
		{"${aws:accountId}-${aws:region}", "${AWS::AccountId}-${AWS::Region}", ""},
		{"${sls:instanceId}", "${sls:instanceId}", ""},
		{"${strToBool(false)}", "false", ""},
		{"${strToBool(${self:custom.none, '1'})}", "true", ""},
		{`\${self:custom.name}`, "${self:custom.name}", ""},
		{"${AWS::Region} ${Name} ${", "${AWS::Region} ${Name} ${", ""},
		{"${file(own.yml):inner.v}", "1", ""},
		{"${file(gone.yml):a, 'x'}", "x", ""},
		{"${self:custom.code.table}", "${file:config.js:table}", "is code, which remit does not run"},
		{"${file(config.js):table, 'x'}", "${file:config.js:table}", "is code"},
		{"${file(gone.yml):a}", "${file:gone.yml:a}", "there is no such file"},
		{"${file(../out.yml):a}", "${file:../out.yml:a}", "leaves the scanned folder"},
		{"${file(/etc/passwd)}", "${file:/etc/passwd}", "leaves"},
		{"${file(~/x.yml)}", "${file:-/x.yml-", "leaves"},
		{"${self:custom.none}", "${self:custom.none}", "there is nothing at ${self:custom.none}"},
		{"${self:custom.loop}", "", "depends on itself"},
		{"a-${self:custom.big}", "a-${", "stands inside a text but is a map"},
		{"${strToBool(maybe)}", "${strToBool", "takes true, false"},
		{"${odd:thing}", "${odd:thing}", "is not known to remit"},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			r := compileText(t, strings.Replace(service, "EXPR", "'"+strings.ReplaceAll(tt.expr, "'", "''")+"'", 1), Options{})
			v := r.Doc.Path("Resources", "FLambdaFunction", "Properties", "Environment", "Variables", "V")
			got, _ := stable{}.text(v)
			if got != tt.want && (tt.want == "" && tt.problem == "" || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if p := problemText(r); (tt.problem == "") != (p == "") || !strings.Contains(p, tt.problem) {
				t.Errorf("problems %s, want %q", p, tt.problem)
			}
		})
	}
}

// TestGiven gives variables values on the command line.
func TestGiven(t *testing.T) {
	r := compileText(t, `
service: s
provider: {name: aws, stage: dev, region: us-east-1}
params: {default: {p: d}, live: {p: l}}
functions:
  f: {handler: a.b, environment: {A: "${sls:stage} ${param:p} ${env:X, 'no'} ${opt:tier, 'no'} ${ssm:/x} ${self:provider.region}"}}
`, Options{Region: "eu-north-1", Parameters: map[string]string{"stage": "live", "env:X": "x", "tier": "t", "ssm:/x": "y"}})
	got := text(r.Doc.Path("Resources", "FLambdaFunction", "Properties", "Environment", "Variables", "A"))
	if want := "live l x t y eu-north-1"; got != want || len(r.Problems) > 0 {
		t.Errorf("%q, want %q; problems %s", got, want, problemText(r))
	}
	if got := text(r.Doc.Path("Resources", "FLambdaFunction", "Properties", "FunctionName")); got != "s-live-f" || text(r.Stack) != "s-live" {
		t.Errorf("function %q, stack %v", got, r.Stack)
	}
	for _, name := range []string{"stage", "env:X", "tier", "ssm:/x", "p"} {
		if !r.Asked[name] {
			t.Errorf("%s is not asked for", name)
		}
	}
}

// TestSub keeps what is not known inside of Fn::Sub's text.
func TestSub(t *testing.T) {
	r := compileText(t, `
service: s
provider: {name: aws}
resources:
  Resources:
    T:
      Type: AWS::SNS::Topic
      Properties: {TopicName: !Sub "${env:X}-${AWS::Region}-${self:service}-${Other}"}
`, Options{})
	got := text(r.Doc.Path("Resources", "T", "Properties", "TopicName", "Fn::Sub"))
	if want := "${env:X}-${AWS::Region}-s-${Other}"; got != want || len(r.Problems) > 0 {
		t.Errorf("%q, want %q; problems %s", got, want, problemText(r))
	}
	if _, ok := r.Inputs["env:X"]; !ok {
		t.Error("env:X is no input")
	}
}

// TestPseudo reads the references of the plug-in for pseudo parameters.
func TestPseudo(t *testing.T) {
	r := compileText(t, `
service: s
plugins: [serverless-pseudo-parameters]
provider: {name: aws, runtime: nodejs20.x}
functions:
  f: {handler: a.b, environment: {A: "arn:aws:sqs:#{AWS::Region}:#{AWS::AccountId}:${self:service}-q", B: "#{T.TopicName}", C: !Sub "#{AWS::Region}-${env:X}"}}
resources: {Resources: {T: {Type: AWS::SNS::Topic}}}
`, Options{})
	got := (stable{}).render(r.Doc.Path("Resources", "FLambdaFunction", "Properties", "Environment", "Variables"))
	if want := `{"A":"arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:s-q","B":"${T.TopicName}","C":"${AWS::Region}-${env:X}"}`; got != want || len(r.Problems) > 0 {
		t.Errorf("%s, want %s; problems %s", got, want, problemText(r))
	}
}

// TestBad reads services that are broken in part: each part is a problem at
// its place, and the rest is read. A fixture has the file problems.
func TestBad(t *testing.T) {
	names, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			for _, f := range a.Files {
				if f.Name == "problems" {
					want = string(f.Data)
				}
			}
			r := compileDir(t, extract(t, a), Options{})
			if *update {
				a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "problems" })
				a.Files = append(a.Files, txtar.File{Name: "problems", Data: []byte(problemText(r))})
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got := problemText(r); got != want {
				t.Errorf("problems\n%s\nwant\n%s", got, want)
			}
			if r.Doc != nil && !strings.Contains(string(a.Comment), "nothing") && r.Doc.Path("Resources", "GoodLambdaFunction") == nil {
				t.Error("the function good is not read")
			}
		})
	}
}

// TestSpans: what is generated stands where the setting does that asked for
// it.
func TestSpans(t *testing.T) {
	r := compileText(t, `service: s
provider:
  name: aws
functions:
  f:
    handler: a.b
    events:
      - sqs: arn:aws:sqs:us-east-1:1:q
      - httpApi: GET /x
`, Options{})
	for id, line := range map[string]int{"FLambdaFunction": 5, "FLogGroup": 5, "FEventSourceMappingSQSQ": 8, "HttpApiRouteGetX": 9, "HttpApi": 9, roleID: 3} {
		f := r.Doc.Get("Resources").Field(id)
		if f == nil || f.KeySpan.Line != line {
			t.Errorf("%s stands at %v, want line %d", id, f, line)
		}
	}
	if r.From["FEventSourceMappingSQSQ"] != "functions.f" {
		t.Errorf("from %q", r.From["FEventSourceMappingSQSQ"])
	}
}

// TestIs tells service files from others.
func TestIs(t *testing.T) {
	tests := []struct {
		file, data string
		want       bool
	}{
		{"serverless.yml", "service: x\n", true},
		{"a/serverless.yaml", "# x\nfunctions:\n", true},
		{"serverless.yml", "AWSTemplateFormatVersion: x\nservice: y\n", false},
		{"serverless.yml", "service: x\nresources:\n  AWSTemplateFormatVersion: '2010-09-09'\n", true},
		{"serverless.yml", "a: b\n", false},
		{"serverless.json", `{"service": "x", "provider": {}}`, true},
		{"package.json", `{"service": "x", "provider": {}}`, false},
		{"serverless.prod.yml", "service: x\nprovider:\n  name: aws\n", true},
		{"compose.yml", "service: x\nprovider:\n  name: docker\n", false},
		{"t.yml", "Resources:\n", false},
	}
	for _, tt := range tests {
		if got := Is(tt.file, []byte(tt.data)); got != tt.want {
			t.Errorf("Is(%q, %q) = %v", tt.file, tt.data, got)
		}
	}
}

// TestHostile compiles services that would grow beyond all bounds.
func TestHostile(t *testing.T) {
	const head = "service: s\nprovider: {name: aws}\nfunctions: {f: {handler: a.b, environment: {V: \"${self:custom.z}\"}}}\ncustom:\n"
	doubling := head + "  a: [x, x, x, x, x, x, x, x, x, x]\n"
	texts := head + "  a: xxxxxxxxxx\n"
	for c := 'b'; c <= 'z'; c++ {
		prev := "${self:custom." + string(c-1) + "}"
		doubling += "  " + string(c) + ": [\"" + strings.Repeat(prev+"\", \"", 9) + prev + "\"]\n"
		texts += "  " + string(c) + ": \"" + strings.Repeat(prev, 10) + "\"\n"
	}
	var chain strings.Builder
	chain.WriteString(head + "  z: ${self:custom.k0}\n")
	for i := range 5000 {
		chain.WriteString("  k" + value(source.Span{}, i).Text + ": ${self:custom.k" + value(source.Span{}, i+1).Text + "}\n")
	}
	tests := []struct{ name, text, problem string }{
		{"values", doubling, "more than 500000 values"},
		{"texts", texts, "put together more than"},
		{"a chain", chain.String(), "more than 200 levels"},
		{"open variables", head + "  z: \"" + strings.Repeat("${a:", 300_000) + "\"\n", ""},
		{"open quotes", head + "  z: \"" + strings.Repeat("${a:b, '", 300_000) + "\"\n", ""},
		{"many functions", "service: s\nprovider: {name: aws, environment: {" + strings.Repeat("a: b, ", 1) + many("k%d: v, ", 2000) + "z: z}}\nfunctions:\n" + many("  f%d: {handler: a.b}\n", 5000), "is too large"},
		{"many events", "service: s\nprovider: {name: aws}\nfunctions:\n  f:\n    handler: a.b\n    events:\n" + strings.Repeat("    - s3: bucket-one\n    - sns: topic\n    - cloudwatchLog: /a/b\n    - http: GET /a/b/c\n    - cloudFront: {origin: 'https://a'}\n", 10_000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := compileText(t, tt.text, Options{})
			if p := problemText(r); !strings.Contains(p, tt.problem) {
				t.Errorf("problems %.500s, want %q", p, tt.problem)
			}
		})
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", value(source.Span{}, i).Text))
	}
	return b.String()
}

// fixture is the service file of an archive.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name == "serverless.yml" {
			return f.Data
		}
	}
	t.Fatalf("%s has no service", name)
	return nil
}
