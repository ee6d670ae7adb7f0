package scan

import (
	"testing"
	"time"

	"github.com/remit-security/remit/internal/source"
)

// TestConstructs: what is found in a synthesised template leads back to the
// program.
func TestConstructs(t *testing.T) {
	root, err := source.Open("../load/cdk/testdata/shop", source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r := Run(root, Options{Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}).Report
	const id = "cdk.out/Shop.template.json/ApiF70053CD"
	for _, res := range r.Resources {
		if res.ID == id && (res.Origin == nil || res.Origin.Construct != "Shop/Api" || res.Origin.Span.String() != "app.js:43:5" || res.Span.File != "cdk.out/Shop.template.json") {
			t.Errorf("the API is %+v", res)
		}
	}
	found := false
	for _, f := range r.Findings {
		if f.Resource != id {
			continue
		}
		last := f.Trace[len(f.Trace)-1]
		found = true
		if last.Span.String() != "app.js:43:5" || last.Message != "the construct Shop/Api is made here" {
			t.Errorf("%s leads to %+v", f.Rule, last)
		}
	}
	made := false
	for _, p := range r.Paths {
		for _, h := range p.Hops {
			for _, e := range h.Evidence {
				if e.Origin != nil && e.Origin.Construct == "Shop/Checkout" && e.Origin.Span.String() == "app.js:36:16" {
					made = true
				} else if e.Origin != nil && e.Origin.Span != nil && e.Origin.Span.File != "app.js" {
					t.Errorf("the hop %s leads to %+v", h.Technique, e.Origin)
				}
			}
		}
	}
	if !made {
		t.Error("no hop leads to the program")
	}
	if !found {
		t.Error("nothing is found in the API")
	}
	if len(r.Coverage.Problems) > 0 {
		t.Errorf("problems %v", r.Coverage.Problems)
	}
}
