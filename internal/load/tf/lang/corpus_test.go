package lang_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// TestCorpus evaluates every root module of real repositories and asks that
// every policy in them has a structure.
func TestCorpus(t *testing.T) {
	for _, c := range []struct{ name, variable string }{
		{"serverless-patterns", "REMIT_PATTERNS"}, {"cloudgoat", "REMIT_CLOUDGOAT"}, {"iam-vulnerable", "REMIT_IAM_VULNERABLE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := os.Getenv(c.variable)
			if dir == "" {
				t.Skipf("%s names no clone of %s", c.variable, c.name)
			}
			corpus(t, dir)
		})
	}
}

func corpus(t *testing.T, dir string) {
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	files, _ := root.Files()
	start := time.Now()
	folders := lang.Folders(root, files)
	found := time.Since(start)
	called := map[string]bool{}
	for _, f := range folders {
		for _, c := range f.Calls {
			called[c] = true
		}
	}
	start = time.Now()
	roots, instances, policies, structured := 0, 0, 0, 0
	reasons := map[string]int{}
	for _, f := range folders {
		if called[f.Path] {
			continue
		}
		roots++
		r := lang.Evaluate(lang.Options{Root: root, Provider: fake{}, App: f.Path, Dir: f.Path})
		for _, p := range r.Problems {
			t.Logf("problem %s", p)
		}
		for _, in := range r.Instances {
			instances++
			for _, v := range documents(in) {
				policies++
				if hasStructure(v) {
					structured++
				} else {
					t.Errorf("%s: %s: a policy has no structure: %s %q", v.Span(), in.Address, v.Kind(), v.Str())
				}
			}
			in.Attrs.Walk(func(v *value.Value) bool {
				if v.Kind() == value.Unresolved {
					reasons[v.Why()]++
				}
				return true
			})
		}
	}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		t.Logf("unresolved %d times: %s", reasons[why], why)
	}
	t.Logf("%d folders found in %v; %d root modules, %d instances in %v; %d of %d policies have a structure",
		len(folders), found, roots, instances, time.Since(start), structured, policies)
}

// documents are the policies that an instance has.
func documents(in *lang.Instance) []*value.Value {
	var out []*value.Value
	for _, f := range in.Attrs.Fields() {
		switch {
		case in.Type == "aws_iam_policy_document" && f.Key == "statement":
			out = append(out, f.Value.Items()...)
		case strings.HasPrefix(in.Type, "aws_") && (f.Key == "policy" || f.Key == "assume_role_policy" || f.Key == "inline_policy"):
			out = append(out, f.Value)
		}
	}
	return out
}

// hasStructure tells whether a value is a document or a structure, or one of
// several.
func hasStructure(v *value.Value) bool {
	if len(v.Choices()) > 0 {
		return !slices.ContainsFunc(v.Choices(), func(c *value.Value) bool { return c.Kind() != value.Absent && !hasStructure(c) })
	}
	return v.Document() != nil || v.Kind() == value.List || v.Kind() == value.Map
}
