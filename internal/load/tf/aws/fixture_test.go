package aws_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/aws"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// mapped evaluates and maps one file of a configuration.
func mapped(t testing.TB, text string) (*app.App, []source.Problem) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	r := lang.Evaluate(lang.Options{Root: root, Provider: aws.Provider(), App: "app", Dir: "."})
	for _, p := range r.Problems {
		t.Errorf("evaluation: %s", p)
	}
	resources, problems := aws.Resources(r.Instances, aws.Options{Place: r.Place, Dir: "."})
	b := app.NewBuilder()
	b.App(&app.App{ID: "app", Root: "main.tf", Format: "terraform", Place: r.Place}, resources)
	return b.Freeze().Apps[0], problems
}

// model maps a configuration of which everything is read.
func model(t testing.TB, text string) *app.App {
	t.Helper()
	a, problems := mapped(t, text)
	for _, p := range problems {
		t.Error(p)
	}
	return a
}

// get returns a resource by its address.
func get(t testing.TB, a *app.App, address string) *app.Resource {
	t.Helper()
	r := a.Project.Resource("app/" + address)
	if r == nil {
		t.Fatalf("no resource %s", address)
	}
	return r
}

// is asks that a property has a text.
func is(t testing.TB, v *value.Value, want string) {
	t.Helper()
	if got := v.Str(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// line asks for the line that a value stands on.
func line(t testing.TB, v *value.Value, want int) {
	t.Helper()
	if got := v.Span().Line; got != want {
		t.Errorf("%q stands on line %d, want %d", v.Str(), got, want)
	}
}
