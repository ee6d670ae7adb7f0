package sam

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// Every testdata/*.yaml is a small template whose comment lines say what
// must become of it:
//
//	#= PATH JSON   the value at the path of the result
//	#- PATH        nothing is there
//	#@ PATH TEXT   the value there points to a line that contains the text
//	#! ID PROPERTY a problem names this resource and property
//	#? ID PROPERTY the same, but what is there is only not known
//
// Paths start in Resources and have | between the keys.
func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) { runFixture(t, file) })
	}
}

// localFiles are what fixtures name by a local path.
var localFiles = map[string]string{
	"orders.json":  `{"openapi": "3.0.1", "paths": {"/orders": {"get": {}}}}`,
	"machine.yaml": "StartAt: A\nStates: {A: {Type: Pass, End: true}}\n",
	"paths.yaml":   "/health:\n  get:\n    summary: !Sub 'of ${AWS::StackName}'\n",
}

func fixtureOptions() Options {
	return Options{
		Region: "eu-central-1",
		Parameters: map[string]*source.Node{
			"Stage":      source.NewString("prod", source.Span{}),
			"AWS::Other": source.NewString("x", source.Span{}),
		},
		ReadFile: func(path string) (*source.Node, []source.Problem) {
			data, ok := localFiles[path]
			if !ok {
				return nil, []source.Problem{{Message: path + " is not there"}}
			}
			return source.ParseYAML(path, []byte(data), testLimits)
		},
		ManagedPolicy: func(name string) (string, bool) {
			if name == "ReadOnlyAccess" {
				return "arn:aws:iam::aws:policy/ReadOnlyAccess", true
			}
			return "", false
		},
	}
}

func runFixture(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	doc, problems := source.ParseYAML(filepath.Base(file), data, testLimits)
	if doc == nil {
		t.Fatal(problems)
	}
	o := fixtureOptions()
	if strings.Contains(lines[0], "packaged") {
		o.ReadFile = nil
	}
	res := Expand(intrinsic.Normalize(doc), o)
	said := make([]bool, len(res.Problems))
	for i, line := range lines {
		if len(line) < 3 || line[0] != '#' || !strings.Contains("=-@!?", line[1:2]) {
			continue
		}
		path, rest, _ := strings.Cut(line[3:], " ")
		got := follow(res.Doc.Get("Resources"), path)
		switch line[1] {
		case '=':
			want, _ := source.ParseJSON("want", []byte(rest), testLimits)
			if want == nil {
				t.Fatalf("line %d: %q is no JSON", i+1, rest)
			}
			if sorted(got) != sorted(want) {
				t.Errorf("line %d: %s is %s", i+1, path, sorted(got))
			}
		case '-':
			if got != nil {
				t.Errorf("line %d: %s is %s", i+1, path, sorted(got))
			}
		case '@':
			if got == nil || got.Span.Line < 1 || got.Span.Line > len(lines) || !strings.Contains(lines[got.Span.Line-1], rest) {
				t.Errorf("line %d: %s points to %v", i+1, path, got)
			}
		default:
			found := false
			for j, p := range res.Problems {
				if p.Resource == path && p.Property == rest && p.Unresolved == (line[1] == '?') {
					found, said[j] = true, true
				}
			}
			if !found {
				t.Errorf("line %d: no such problem", i+1)
			}
		}
	}
	for j, p := range res.Problems {
		if !said[j] {
			t.Errorf("unexpected problem: %s (%s %s)", p, p.Resource, p.Property)
		}
	}
	wholeSpans(t, res.Doc)
}

func follow(n *source.Node, path string) *source.Node {
	for _, key := range strings.Split(path, "|") {
		if i, err := strconv.Atoi(key); err == nil && isList(n) {
			if i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
			continue
		}
		n = n.Get(key)
	}
	return n
}

// wholeSpans checks that every generated value points somewhere.
func wholeSpans(t *testing.T, n *source.Node) {
	if n == nil {
		return
	}
	if n.Span.Line == 0 && !isNone(n) {
		t.Errorf("a value points nowhere: %.200s", sorted(n))
		return
	}
	for _, it := range n.Items {
		wholeSpans(t, it)
	}
	for _, f := range n.Fields {
		wholeSpans(t, f.Value)
	}
}

func TestExpandNothing(t *testing.T) {
	for _, src := range []string{"null", "[]", "a", "{}", "Resources: []", "Resources: {A: 1}", "Resources: {A: {Type: [x]}}"} {
		doc, _ := source.ParseYAML("t", []byte(src), testLimits)
		if res := Expand(doc, Options{}); len(res.Problems) == 0 && src != "Resources: {A: {Type: [x]}}" {
			t.Errorf("%s: no problem", src)
		}
	}
	if res := Expand(nil, Options{}); len(res.Problems) == 0 {
		t.Error("nil: no problem")
	}
}

// A cyclic tree cannot come from a parser, but must not hang either.
func TestCyclic(t *testing.T) {
	props := source.NewMap(source.Span{File: "t", Line: 1})
	props.Fields = append(props.Fields, source.Field{Key: "Environment", Value: props})
	doc := source.NewMap(source.Span{File: "t", Line: 1}, source.F("Resources", source.NewMap(source.Span{},
		source.F("F", source.NewMap(source.Span{}, source.F("Type", source.NewString(typeFunction, source.Span{})), source.F("Properties", props))))))
	res := Expand(doc, Options{})
	if !slices.ContainsFunc(res.Problems, func(p Problem) bool { return strings.Contains(p.Message, "too deep") }) {
		t.Error("the cycle is not reported")
	}
}

func TestPartitions(t *testing.T) {
	for region, want := range map[string]string{"": "aws", "eu-west-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov",
		"us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b", "eusc-de-east-1": "aws-eusc"} {
		if got := partitionOf(Options{Region: region}); got != want {
			t.Errorf("%q: %s", region, got)
		}
	}
	if partitionOf(Options{Region: "eu-west-1", Partition: "aws-x"}) != "aws-x" {
		t.Error("the given partition counts")
	}
}

func TestFrom(t *testing.T) {
	data, err := os.ReadFile("testdata/events.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := source.ParseYAML("t", data, testLimits)
	res := Expand(intrinsic.Normalize(doc), fixtureOptions())
	for id, want := range map[string]From{
		"Worker":                {"Worker", typeFunction, ""},
		"WorkerRole":            {"Worker", typeFunction, ""},
		"WorkerJobs":            {"Worker", typeFunction, "Jobs"},
		"WorkerDailyPermission": {"Worker", typeFunction, "Daily"},
	} {
		if res.From[id] != want {
			t.Errorf("%s is from %v", id, res.From[id])
		}
	}
	if _, ok := res.From["Uploads"]; ok {
		t.Error("a bucket of the template is not generated")
	}
}

// TestURLByCondition checks that settings which the transform drops are not
// dropped in silence.
func TestURLByCondition(t *testing.T) {
	doc, _ := source.ParseYAML("t", []byte("Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {InlineCode: x, Runtime: r, Handler: h, FunctionUrlConfig: !If [C, {AuthType: NONE}, !Ref AWS::NoValue]}\n"), testLimits)
	res := Expand(intrinsic.Normalize(doc), Options{})
	if len(res.Problems) != 1 || !res.Problems[0].Unresolved || res.Problems[0].Property != "FunctionUrlConfig" {
		t.Errorf("problems %v", res.Problems)
	}
}
