package scan

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// scanText scans the files of a txtar archive.
func scanText(t testing.TB, archive string) *Result {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return scanDir(t, dir)
}

func scanDir(t testing.TB, dir string) *Result {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return Run(root, Options{Now: today, Version: "test"})
}

func problems(r *report.Report) string {
	var b strings.Builder
	for _, p := range r.Coverage.Problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

const openURL = `
Resources:
  Url:
    Type: AWS::Lambda::Url
    Properties:
      TargetFunctionArn: arn:aws:lambda:eu-central-1:123456789012:function:orders
      AuthType: NONE`

func TestReportIsComplete(t *testing.T) {
	res := scanText(t, "-- template.yaml --"+openURL+"\n")
	r := res.Report
	if res.Empty() || len(r.Applications) != 1 || r.Coverage.Resources != 1 || r.Coverage.Files != 1 {
		t.Errorf("coverage %+v of %d applications", r.Coverage, len(r.Applications))
	}
	if r.Data.IAMCatalogue == "" || r.Data.ManagedPolicies == "" || r.Tool.Version != "test" {
		t.Errorf("data %+v, tool %+v", r.Data, r.Tool)
	}
	for _, f := range r.Findings {
		if f.Span.IsZero() || r.Rule(f.Rule) == nil {
			t.Errorf("finding %s without span or without its rule's documentation", f.ID)
		}
	}
}

// A stage that fails costs its part of the report and nothing else.
func TestGuard(t *testing.T) {
	var failed source.Problems
	guard(&failed, "attack analysis", func() { panic("no such luck") })
	list := failed.Sorted()
	if len(list) != 1 || !strings.Contains(list[0].Message, "attack analysis failed") || !strings.Contains(list[0].Message, "no such luck") {
		t.Errorf("problems %v", list)
	}
}

func TestSameBytes(t *testing.T) {
	var first []byte
	for range 10 {
		res := scanDir(t, filepath.Join("..", "..", "examples", "orders"))
		var b bytes.Buffer
		if err := report.WriteJSON(&b, res.Report); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatal("two scans of the same folder differ")
		}
	}
}

// A literal that decides a verdict is replaced by a parameter without
// default: the verdict must become an open question and not disappear.
func TestUnknownIsNoPass(t *testing.T) {
	known := scanText(t, "-- template.yaml --"+openURL+"\n")
	open := scanText(t, "-- template.yaml --\nParameters:\n  Auth: {Type: String}"+strings.Replace(openURL, "NONE", "!Ref Auth", 1)+"\n")
	for _, f := range known.Report.Findings {
		asked := false
		for _, u := range open.Report.Coverage.Undecided {
			asked = asked || u.Rule == f.Rule && u.Resource == f.Resource
		}
		for _, g := range open.Report.Findings {
			asked = asked || g.Rule == f.Rule && g.Resource == f.Resource
		}
		if !asked {
			t.Errorf("%s passes where its value is not known", f.Rule)
		}
	}
	if len(known.Report.Findings) == 0 || !open.Incomplete() {
		t.Error("the case shows nothing")
	}
}
