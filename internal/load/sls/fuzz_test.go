package sls

import (
	"testing"

	"github.com/remit-security/remit/internal/source"
)

// FuzzCompile compiles whole services: no input may crash or hang, and every
// problem has a place.
func FuzzCompile(f *testing.F) {
	for _, a := range []string{"functions", "rest", "http", "sockets", "queues", "topics", "rules", "others", "variables", "existing", "roles", "machines"} {
		f.Add(fixture(f, "testdata/conformance/"+a+".txtar"))
	}
	f.Add(fixture(f, "testdata/bad/shapes.txtar"))
	root, err := source.Open(f.TempDir(), source.DefaultLimits)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { root.Close() })
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := source.DefaultLimits
		limits.Nodes, limits.Depth = 20_000, 60
		n, _ := source.Parse("serverless.yml", data, limits)
		if n == nil {
			return
		}
		r := Compile("serverless.yml", n, Options{Root: root})
		for _, p := range r.Problems {
			if p.Span.File == "" || p.Span.Line < 1 || p.Message == "" {
				t.Fatalf("the problem %+v is nowhere", p)
			}
		}
	})
}

// FuzzVariable cuts texts into variables and puts them together again.
func FuzzVariable(f *testing.F) {
	for _, s := range []string{"${self:a.b, 'c'}", `a\${x}${env:Y}`, "${file(./a.yml):b.${opt:c, \"d\"}}", "${strToBool(${a:b})}", "${cf.eu-west-1:s.o}", "${a:b, ${c:d}, 1, true, null}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := 0
		for _, p := range parts(s) {
			if p.variable == nil {
				n += len(p.lit)
				continue
			}
			if len(p.variable.sources) == 0 {
				t.Fatalf("%q has a variable without sources", s)
			}
			n += len(p.variable.raw)
		}
		if n > len(s) {
			t.Fatalf("%q has %d bytes in its parts", s, n)
		}
	})
}
