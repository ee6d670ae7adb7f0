package aws_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/aws"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
)

// TestCorpus maps every root module of real repositories and lists what no row
// reads.
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
	defer func() { _ = root.Close() }()
	files, _ := root.Files()
	folders := lang.Folders(root, files)
	called := map[string]bool{}
	for _, f := range folders {
		for _, c := range f.Calls {
			called[c] = true
		}
	}
	problems, types := map[string]int{}, map[string]int{}
	var mapping time.Duration
	instances, resources := 0, 0
	b := app.NewBuilder()
	for _, f := range folders {
		if called[f.Path] {
			continue
		}
		r := lang.Evaluate(lang.Options{Root: root, Provider: aws.Provider(), App: f.Path, Dir: f.Path})
		for _, p := range r.Problems {
			problems["evaluation: "+p.Message]++
		}
		start := time.Now()
		made, list := aws.Resources(r.Instances, aws.Options{Place: r.Place})
		mapping += time.Since(start)
		for _, in := range r.Instances {
			if !in.Data {
				instances++
			}
		}
		resources += len(made)
		for _, p := range list {
			problems[p.Message]++
		}
		for _, x := range made {
			types[x.Type]++
		}
		b.App(&app.App{ID: f.Path, Root: f.Path, Place: r.Place}, made)
	}
	p := b.Freeze()
	for _, a := range p.Apps {
		for f := range a.Functions() {
			a.Entries(f)
		}
	}
	for _, m := range byCount(problems) {
		t.Log(m)
	}
	raw := map[string]int{}
	for typ, n := range types {
		if !strings.HasPrefix(typ, "AWS::") {
			raw[typ] = n
		}
	}
	for _, m := range byCount(raw) {
		t.Logf("under Terraform's name %s", m)
	}
	t.Logf("%d instances, %d resources, mapped in %v", instances, resources, mapping)
}

// byCount are the keys with their counts, the largest first.
func byCount(m map[string]int) []string {
	keys := slices.Collect(maps.Keys(m))
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(m[b]-m[a], strings.Compare(a, b)) })
	for i, k := range keys {
		keys[i] = fmt.Sprintf("%d times: %s", m[k], k)
	}
	return keys
}
