package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// TestBlocks drops what the provider fills into a block that the plan's
// configuration shows, and keeps it where the plan does not show the block.
func TestBlocks(t *testing.T) {
	const form = `{"format_version": "1.0", "terraform_version": "1.9",
"planned_values": {"root_module": {"resources": [{"address": "aws_instance.a", "mode": "managed", "values": {"disk": [{"name": "x", "label": ""}]}}]}},
"resource_changes": [{"address": "aws_instance.a", "change": {"actions": ["create"], "after_unknown": {"id": true, "disk": [{"encrypted": true}]}}}],
"configuration": {"root_module": {"resources": [{"address": "aws_instance.a", "expressions": {%s}}]}}}`
	for exprs, want := range map[string]string{
		`"disk": [{"name": {"constant_value": "x"}}]`:                                         `{disk: [{name: "x"}]}`,
		`"disk": [{"name": {"constant_value": "x"}, "encrypted": {"references": ["var.e"]}}]`: `{disk: [{name: "x", encrypted: ?}]}`,
		``: `{disk: [{name: "x", label: "", encrypted: ?}]}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "plan.json"), fmt.Appendf(nil, form, exprs), 0o644); err != nil {
			t.Fatal(err)
		}
		res := Read(Options{Root: open(t, dir), Provider: plainProvider{}, App: "app", File: "plan.json"})
		if got := unplaced(show(res.Instances[0].Attrs)); got != want || len(res.Problems) > 0 {
			t.Errorf("%s\n\tis   %s %v\n\twant %s", exprs, got, res.Problems, want)
		}
	}
}

// large is a plan of n functions, each with a role of its own.
func large(n int) []byte {
	var planned, changes, config []string
	for i := range n {
		planned = append(planned, fmt.Sprintf(`{"address": "aws_iam_role.r%d", "values": {"name": "r%d"}}`, i, i), fmt.Sprintf(`{"address": "aws_lambda_function.f%d", "values": {"function_name": "f%d"}}`, i, i))
		changes = append(changes, fmt.Sprintf(`{"address": "aws_lambda_function.f%d", "change": {"actions": ["create"], "after_unknown": {"role": true}}}`, i))
		config = append(config, fmt.Sprintf(`{"address": "aws_iam_role.r%d", "expressions": {"name": {"constant_value": "x"}}}`, i),
			fmt.Sprintf(`{"address": "aws_lambda_function.f%d", "expressions": {"function_name": {"constant_value": "x"}, "role": {"references": ["aws_iam_role.r%d.arn", "aws_iam_role.r%d"]}}}`, i, i, i))
	}
	return []byte(`{"format_version": "1.0", "terraform_version": "1.9", "planned_values": {"root_module": {"resources": [` + strings.Join(planned, ",") + `]}}, "resource_changes": [` +
		strings.Join(changes, ",") + `], "configuration": {"root_module": {"resources": [` + strings.Join(config, ",") + `]}}}`)
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{500, 2000, 8000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "plan.json"), large(n), 0o644); err != nil {
				b.Fatal(err)
			}
			root := open(b, dir)
			for b.Loop() {
				res := Read(Options{Root: root, Provider: plainProvider{}, App: "app", File: "plan.json"})
				if len(res.Instances) != 2*n || len(res.Problems) > 0 {
					b.Fatal(len(res.Instances), res.Problems)
				}
				root.Close()
				root = reopen(b, dir)
			}
		})
	}
}

// reopen opens a folder anew, since what a root has read is counted.
func reopen(b *testing.B, dir string) *source.Root {
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		b.Fatal(err)
	}
	return root
}

// TestWide has maps with very many fields.
func TestWide(t *testing.T) {
	var values, marks []string
	for i := range 50_000 {
		values = append(values, fmt.Sprintf(`"k%d": "v"`, i))
		marks = append(marks, fmt.Sprintf(`"k%d": false`, i))
	}
	v, m := "{"+strings.Join(values, ",")+"}", "{"+strings.Join(marks, ",")+"}"
	doc := `{"format_version": "1.0", "terraform_version": "1.9", "values": {"root_module": {"resources": [{"address": "a.b", "values": {"m": ` + v + `}, "sensitive_values": {"m": ` + m + `}}]}}}`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.json"), []byte(doc), 0o644); err != nil {
		t.Fatal(err)
	}
	res := Read(Options{Root: open(t, dir), App: "app", File: "plan.json"})
	if m := res.Instances[0].Attrs.Get("m"); m.Kind() != value.Map || m.Len() != 50_000 {
		t.Errorf("a wide map has %d fields", m.Len())
	}
}

// TestChain has resources of which each refers to the next.
func TestChain(t *testing.T) {
	const n = 20_000
	var changes, config []string
	for i := range n {
		changes = append(changes, fmt.Sprintf(`{"address": "a.r%d", "change": {"actions": ["create"], "after_unknown": {"x": true}}}`, i))
		config = append(config, fmt.Sprintf(`{"address": "a.r%d", "expressions": {"x": {"references": ["a.r%d.x"]}}}`, i, (i+1)%n))
	}
	doc := `{"format_version": "1.0", "terraform_version": "1.9", "resource_changes": [` + strings.Join(changes, ",") + `], "configuration": {"root_module": {"resources": [` + strings.Join(config, ",") + `]}}}`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.json"), []byte(doc), 0o644); err != nil {
		t.Fatal(err)
	}
	res := Read(Options{Root: open(t, dir), Provider: plainProvider{}, App: "app", File: "plan.json"})
	if len(res.Instances) != n || res.Instances[0].Attrs.Get("x").Kind() == value.Absent {
		t.Errorf("%d instances of a circle", len(res.Instances))
	}
}
