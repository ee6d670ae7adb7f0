package aws_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/load/tf/aws"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// TestFamilies compares the same small configuration in Terraform and
// CloudFormation: testdata/families/*.txtar hold main.tf, template.yaml, and
// before them lines with a Terraform address and a logical id. All resources
// must have equal types and properties, and nothing may be unread.
func TestFamilies(t *testing.T) {
	files, err := filepath.Glob("testdata/families/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, archive)
		})
	}
}

func compare(t *testing.T, archive *txtar.Archive) {
	dir := t.TempDir()
	var template []byte
	for _, f := range archive.Files {
		if f.Name == "template.yaml" {
			template = f.Data
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	want := described(fromTemplate(t, root, template), nil)
	names := map[string]string{}
	for line := range strings.Lines(string(archive.Comment)) {
		if address, id, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			names[address] = strings.TrimSpace(id)
		}
	}
	got := described(fromTerraform(t, root), names)
	for _, id := range sortedKeys(want) {
		if got[id] != want[id] {
			t.Errorf("%s\nTerraform:      %s\nCloudFormation: %s", id, got[id], want[id])
		}
	}
	for _, id := range sortedKeys(got) {
		if want[id] == "" {
			t.Errorf("%s is in Terraform only: %s", id, got[id])
		}
	}
}

func fromTemplate(t *testing.T, root *source.Root, data []byte) []*app.Resource {
	tpl, problems := cfn.Parse("t", data, source.DefaultLimits)
	if tpl == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	l := cfn.NewLoader(root, cfn.Options{Region: "eu-west-1", Account: "111122223333", Partition: "aws"})
	l.Add(tpl)
	return l.Open(tpl, "t").Resources(nil)
}

func fromTerraform(t *testing.T, root *source.Root) []*app.Resource {
	r := lang.Evaluate(lang.Options{Root: root, Provider: aws.Provider(), App: "t", Dir: ".",
		Region: "eu-west-1", Account: "111122223333", Partition: "aws"})
	resources, problems := aws.Resources(r.Instances, aws.Options{Place: r.Place})
	for _, p := range append(r.Problems, problems...) {
		t.Error(p)
	}
	return resources
}

// described are the type and properties of the resources, by the names that
// both formats share.
func described(list []*app.Resource, names map[string]string) map[string]string {
	addresses := sortedKeys(names)
	sort.SliceStable(addresses, func(i, j int) bool { return len(addresses[i]) > len(addresses[j]) })
	out := map[string]string{}
	for _, r := range list {
		if !strings.HasPrefix(r.Type, "AWS::") {
			continue // of what carries nothing
		}
		text := r.Type + " " + describe(r.Props)
		for _, a := range addresses {
			text = strings.ReplaceAll(text, a, names[a])
		}
		id := r.LogicalID
		if n := names[id]; n != "" {
			id = n
		}
		out[id] = text
	}
	return out
}

// describe writes a value without spans: fields sorted, holes as ${}, whole
// references with an arrow.
func describe(v *value.Value) string {
	var list []string
	switch v.Kind() {
	case value.Absent, value.Null:
		return "none"
	case value.Bool, value.Number:
		return v.Str()
	case value.String:
		if ref, ok := v.Ref(); ok {
			return fmt.Sprintf("%q->%s", v.Str(), ref.Resource)
		}
		return fmt.Sprintf("%q", v.Str())
	case value.List:
		for _, it := range v.Items() {
			list = append(list, describe(it))
		}
		return "[" + strings.Join(list, " ") + "]"
	case value.Map:
		for _, f := range v.Fields() {
			list = append(list, f.Key+":"+describe(f.Value))
		}
		slices.Sort(list)
		return "{" + strings.Join(list, " ") + "}"
	}
	for _, c := range v.Choices() {
		list = append(list, describe(c))
	}
	return "unknown(" + strings.Join(append([]string{v.Why()}, list...), " ") + ")"
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
