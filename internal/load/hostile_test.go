package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
)

// TestHostile loads documents that would take minutes or all memory if cost
// did not grow in step with the input; the test then runs into its time limit.
func TestHostile(t *testing.T) {
	const (
		head     = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::LanguageExtensions\n"
		resource = "Resources:\n  A:\n    Type: AWS::X::Y\n    Properties:\n      L:\n"
	)
	rep := strings.Repeat
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	tests := []struct {
		name    string
		files   map[string]string
		problem string
	}{
		{"a document in one line", map[string]string{"t.yaml": head + "Resources: {A: {Type: 'AWS::X::Y', Properties: {L: [" + rep("ä,", 400_000) + "1]}}}"}, ""},
		{"aliases in one line", map[string]string{"t.yaml": head + "Resources: {A: {Type: 'AWS::X::Y', Properties: {L: [&a x" + rep(",*a", 200_000) + "]}}}"}, ""},
		{"lists in a configuration", map[string]string{"t.yaml": head + resource, "samconfig.toml": "a = " + rep("[", 4_000_000)}, "nests deeper"},
		{"tables in a configuration", map[string]string{"t.yaml": head + resource, "samconfig.toml": "a = " + rep("{a=", 60_000)}, "nests deeper"},
		{"keys in a configuration", map[string]string{"t.yaml": head + resource, "samconfig.toml": rep("a.", 100_000) + "b = 1\n"}, "nests deeper"},
		{"a loop over a long value", map[string]string{"t.yaml": head + "Resources:\n  Fn::ForEach::L:\n  - X\n  - [" + rep("a", 500_000) + "]\n  - A${X}: {Type: AWS::X::Y, Properties: {V: \"" + rep("${X}", 20_000) + "\"}}\n"}, "writes more than"},
		{"a loop over a long text", map[string]string{"t.yaml": head + "Resources:\n  Fn::ForEach::L:\n  - X\n  - [" + numbered("x%d,", 20_000) + "y]\n  - A${X}: {Type: AWS::X::Y, Properties: {V: \"${X}" + rep("z", 500_000) + "\"}}\n"}, "writes more than"},
		{"pieces", map[string]string{"t.yaml": head + "Parameters: {P: {Type: String, Default: \"" + rep("a,", 500_000) + "\"}}\n" + resource + rep("      - !Split [',', !Ref P]\n", 2000)}, "puts together more"},
		{"encodings", map[string]string{"t.yaml": head + "Parameters: {P: {Type: String, Default: \"" + rep("a,", 500_000) + "\"}}\n" + resource + rep("      - !Base64 {Ref: P}\n", 20_000)}, "puts together more"},
		{"documents in text", map[string]string{"t.yaml": head + "Parameters: {P: {Type: CommaDelimitedList, Default: \"" + rep("a,", 100_000) + "\"}}\n" + resource + rep("      - !ToJsonString {Ref: P}\n", 20_000)}, "puts together more"},
		{"variables", map[string]string{"t.yaml": head + resource + "      - !Sub\n        - \"" + numbered("${x%d}", 100_000) + "\"\n        - {" + numbered("x%d: a,\n", 100_000) + " y: b}\n"}, ""},
		{"a large entry of a mapping", map[string]string{"t.yaml": head + "Mappings: {M: {a: {b: [\n" + rep("1,\n", 100_000) + "1]}}}\n" + resource + rep("      - !FindInMap [M, a, b]\n", 50_000)}, "all its stacks taken together"},
		{"a large file that is included", map[string]string{"t.yaml": head + "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: i.yaml}}\n" + numbered("  X%d: {Type: AWS::X::Y}\n", 80_000), "i.yaml": numbered("Y%d: {Type: AWS::X::Y}\n", 80_000)}, ""},
		{"a large file that is included often", map[string]string{"t.yaml": head + resource + rep("      - {Fn::Transform: {Name: AWS::Include, Parameters: {Location: i.yaml}}}\n", 1000), "i.yaml": numbered("Y%d: [a]\n", 50_000)}, "all its stacks taken together"},
		{"files of a service that include each other", map[string]string{"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions: ${file(a.yml)}\n", "a.yml": "x: {handler: a.b, environment: '${file(b.yml)}'}\n", "b.yml": "y: ${file(a.yml)}\n"}, "depends on itself"},
		{"a large file that a service reads often", map[string]string{"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions: {f: {handler: a.b, tags: '${self:custom}'}}\ncustom:\n" + numbered("  k%d: ${file(a.yml)}\n", 2000), "a.yml": numbered("Y%d: [a]\n", 20_000)}, "more than 500000 values"},
		{"files that include each other", map[string]string{"t.yaml": head + resource + "        Fn::Transform: {Name: AWS::Include, Parameters: {Location: i.yaml}}\n", "i.yaml": "B: 1\nFn::Transform: {Name: AWS::Include, Parameters: {Location: i.yaml}}\n"}, "includes itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				write(t, dir, name, []byte(text))
			}
			p := Project(open(t, dir), Options{})
			if got := problems(p); (tt.problem == "") != (got == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %.500q, want %q", got, tt.problem)
			}
		})
	}
}

// TestManyResources loads a template that is far larger than AWS takes.
func TestManyResources(t *testing.T) {
	const n = 10_000
	var b strings.Builder
	b.WriteString("Resources:\n  B0: {Type: 'AWS::S3::Bucket'}\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "  B%d: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'a-${B%d}'}}\n", i, i%10)
	}
	dir := t.TempDir()
	write(t, dir, "t.yaml", []byte(strings.Replace(b.String(), "'a-${B1}'", "b", 1)))
	p := Project(open(t, dir), Options{})
	count := func(a *app.App) int { return len(a.Resources()) }
	if len(p.Apps) != 1 || count(p.Apps[0]) != n {
		t.Fatalf("%d applications, problems %.300s", len(p.Apps), problems(p))
	}
}

// TestUTF16 loads a template as some editors and shells save it.
func TestUTF16(t *testing.T) {
	text := "AWSTemplateFormatVersion: '2010-09-09'\nResources: {A: {Type: 'AWS::SNS::Topic'}}\n"
	data := []byte{0xff, 0xfe}
	for i := range len(text) {
		data = append(data, text[i], 0)
	}
	dir := t.TempDir()
	write(t, dir, "t.yaml", data)
	if p := Project(open(t, dir), Options{}); len(p.Apps) != 1 || len(p.Apps[0].Resources()) != 1 {
		t.Errorf("the template is not read: %s", problems(p))
	}
}
