package scan

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// corpus is the folder of a real application that the environment names.
func corpus(t *testing.T, variable string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		t.Skipf("%s is not set: docs/testing.md says which repository it names", variable)
	}
	return dir
}

// measure scans a folder and prints what it took. Memory is what the program
// got from the system, which bounds what it used at any time.
func measure(t *testing.T, dir string, limit time.Duration, megabytes uint64) *Result {
	t.Helper()
	start := time.Now()
	res := scanDir(t, dir)
	took := time.Since(start)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r := res.Report
	t.Logf("%.2f s, %d MB, %d applications, %d files, %d resources, %d paths, %d findings, %d undecided, %d problems, %d duties",
		took.Seconds(), m.Sys>>20, len(r.Applications), r.Coverage.Files, r.Coverage.Resources,
		len(r.Paths), len(r.Findings), len(r.Coverage.Undecided), len(r.Coverage.Problems), len(r.Duties))
	if took > limit || m.Sys>>20 > megabytes {
		t.Errorf("over the budget of %v and %d MB", limit, megabytes)
	}
	for _, p := range r.Coverage.Problems {
		if strings.Contains(p.Message, "report this as a bug") {
			t.Errorf("a stage failed: %s", p)
		}
	}
	return res
}

func TestCorpusDVSA(t *testing.T) {
	r := measure(t, corpus(t, "REMIT_DVSA"), 500*time.Millisecond, 200).Report
	functions := 0
	for _, res := range r.Resources {
		if res.Type == "AWS::Lambda::Function" {
			functions++
		}
	}
	if len(r.Applications) != 1 || functions < 22 {
		t.Errorf("%d applications with %d functions, want 1 with at least 22", len(r.Applications), functions)
	}
	if len(r.Paths) == 0 {
		t.Error("no path into an application that is made to be broken")
	}
}

func TestCorpusPatterns(t *testing.T) {
	measure(t, corpus(t, "REMIT_PATTERNS"), 8*time.Second, 500)
}
