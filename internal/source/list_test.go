package source

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestList(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	for _, name := range []string{"a/two", "a/one", "a/sub/three", ".terraform/x", "out"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("one", filepath.Join(dir, "a/inside")); err != nil {
		t.Skip("links cannot be made here")
	}
	if err := os.WriteFile(filepath.Join(outside, "secret"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "a/leaves")); err != nil {
		t.Fatal(err)
	}
	root, err := OpenAll([]Mount{{Dir: dir, Name: "m"}}, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, want := range map[string][]string{
		"m/a":          {"inside", "one", "two"},
		"m":            {"out"},
		"m/.terraform": {"x"},
		"m/a/one":      nil,
		"m/none":       nil,
		"other":        nil,
		"../..":        nil,
	} {
		if got := root.List(name); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
