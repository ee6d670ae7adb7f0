package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// open loads one template as its own application.
func open(t testing.TB, template string) *app.App {
	t.Helper()
	p := openAll(t, map[string]string{"template.yml": template})
	if len(p.Apps) != 1 {
		t.Fatalf("%d applications", len(p.Apps))
	}
	for _, problem := range p.Problems {
		t.Log(problem)
	}
	return p.Apps[0]
}

func openAll(t testing.TB, files map[string]string) *app.Project {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "\t", "  ")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	return load.Project(root, load.Options{})
}

// get returns a resource by its logical id.
func get(t testing.TB, a *app.App, logical string) *app.Resource {
	t.Helper()
	r := a.Project.Resource(a.ID + "/" + logical)
	if r == nil {
		t.Fatalf("no resource %s", logical)
	}
	return r
}
