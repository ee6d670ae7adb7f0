package sam

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// FuzzExpand looks for input that panics, that leaves a SAM resource in the
// result, or that gives different results in two runs.
func FuzzExpand(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, s := range seeds {
		data, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, _ := source.ParseYAML("t.yaml", data, source.Limits{Nodes: 20_000, Depth: 100})
		if doc == nil {
			return
		}
		doc = intrinsic.Normalize(doc)
		before := canonical(doc)
		o := Options{Region: "eu-west-1", Parameters: map[string]*source.Node{
			"Stage": source.NewString("prod", source.Span{}),
			"List":  source.NewList(source.Span{}, source.NewString("a", source.Span{})),
		}}
		a, b := Expand(doc, o), Expand(doc, o)
		if canonical(doc) != before {
			t.Error("the input is changed")
		}
		if canonical(a.Doc) != canonical(b.Doc) || len(a.Problems) != len(b.Problems) {
			t.Error("two runs differ")
		}
		if res := a.Doc.Get("Resources"); isMap(res) && isMap(doc) && len(a.From) > 0 {
			for _, fl := range res.Fields {
				if typ := text(fl.Value.Get("Type")); typ == typeFunction || typ == typeAPI {
					t.Errorf("%s is still a %s", fl.Key, typ)
				}
			}
		}
	})
}
