package sls

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// The framework's open fork and the plug-ins that are compared with. They are
// installed at test time, run as separate programs, and never part of remit.
const (
	toolPackage = "osls"
	toolVersion = "4.3.1"
)

var toolPlugins = []string{"serverless-iam-roles-per-function@3.2.0", "serverless-step-functions@3.31.2"}

// recordedFacts is the file of an archive with what the tool makes of it.
const recordedFacts = "facts: " + toolPackage + " " + toolVersion

var update = flag.Bool("update", false, "record anew what the framework makes of the fixtures")

func archives(t *testing.T) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob("testdata/conformance/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	out := map[string]*txtar.Archive{}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = a
	}
	return out
}

// extract writes the files of an archive into a folder.
func extract(t testing.TB, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		if f.Name == recordedFacts {
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// compileDir compiles the service of a folder.
func compileDir(t testing.TB, dir string, o Options) *Result {
	t.Helper()
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	data, err := root.Read("serverless.yml")
	if err != nil {
		t.Fatal(err)
	}
	n, problems := source.Parse("serverless.yml", data, root.Limits())
	if n == nil {
		t.Fatalf("problems %v", problems)
	}
	o.Root = root
	return Compile("serverless.yml", n, o)
}

// additions are resources that the framework makes during deployment and not
// in its template, which remit adds so that they are seen.
var additions = []string{"LambdaPermissionExistingS3", "LambdaPermissionExistingPool"}

// TestConformance compares what remit makes of each fixture with what the
// framework made of it.
func TestConformance(t *testing.T) {
	for name, a := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			var want []string
			for _, f := range a.Files {
				if f.Name == recordedFacts {
					want = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
				}
			}
			if want == nil {
				t.Fatalf("no facts of %s %s are recorded; run the test TestOracleServerless with -update", toolPackage, toolVersion)
			}
			r := compileDir(t, extract(t, a), Options{})
			for _, p := range r.Problems {
				t.Errorf("problem: %v", p)
			}
			if again := compileDir(t, extract(t, a), Options{}); again.Doc != nil && (stable{}).render(again.Doc) != (stable{}).render(r.Doc) {
				t.Error("a second run makes another template")
			}
			got := slices.DeleteFunc(facts(t, r.Doc), func(line string) bool {
				return slices.ContainsFunc(additions, func(a string) bool { return strings.Contains(line, a) })
			})
			if d := difference(got, want); d != "" {
				t.Errorf("- framework, + remit\n%s", d)
			}
		})
	}
}

// difference lists the lines that only one of two sorted lists has.
func difference(got, want []string) string {
	var b strings.Builder
	for _, w := range want {
		if _, ok := slices.BinarySearch(got, w); !ok {
			fmt.Fprintf(&b, "- %s\n", w)
		}
	}
	for _, g := range got {
		if _, ok := slices.BinarySearch(want, g); !ok {
			fmt.Fprintf(&b, "+ %s\n", g)
		}
	}
	return b.String()
}

// TestOracleServerless packages each fixture with the framework itself and
// compares the facts with those that are recorded.
func TestOracleServerless(t *testing.T) {
	if os.Getenv("REMIT_ORACLE") == "" {
		t.Skipf("set REMIT_ORACLE, as make oracle does, to run %s %s on the fixtures", toolPackage, toolVersion)
	}
	dir := tool(t)
	for name, a := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			got := facts(t, packaged(t, dir, extract(t, a)))
			a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool {
				if f.Name == recordedFacts && !*update {
					if d := difference(got, strings.Split(strings.TrimSpace(string(f.Data)), "\n")); d != "" {
						t.Errorf("- recorded, + made now\n%s", d)
					}
				}
				return strings.HasPrefix(f.Name, "facts: ")
			})
			if *update {
				a.Files = append(a.Files, txtar.File{Name: recordedFacts, Data: []byte(strings.Join(got, "\n") + "\n")})
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// tool installs the framework once; the test is skipped where that is
// impossible.
func tool(t *testing.T) string {
	t.Helper()
	for _, p := range []string{"npm", "node"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("the comparison with %s needs %s", toolPackage, p)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no cache folder for %s: %v", toolPackage, err)
	}
	dir := filepath.Join(cache, "remit", toolPackage+"-"+toolVersion)
	if _, err := os.Stat(filepath.Join(dir, "installed")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Skipf("cannot make %s: %v", dir, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append([]string{"install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--legacy-peer-deps",
		toolPackage + "@" + toolVersion}, toolPlugins...)
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s cannot be installed: %v\n%s", toolPackage, err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "installed"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// packaged is the template that the framework makes of a service.
func packaged(t *testing.T, tool, dir string) *node {
	t.Helper()
	if err := os.Symlink(filepath.Join(tool, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(tool, "node_modules", toolPackage, "bin", "serverless.js"), "package")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none", "SLS_NOTIFICATIONS_MODE=off", "SLS_TRACKING_DISABLED=1")
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s package: %v\n%s", toolPackage, err, out)
	}
	file := filepath.Join(dir, ".serverless", "cloudformation-template-update-stack.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, problems := source.Parse("template.json", data, source.DefaultLimits)
	if n == nil {
		t.Fatalf("problems %v", problems)
	}
	return intrinsic.Normalize(n)
}
