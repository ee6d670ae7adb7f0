package source

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func paths(files []File) string {
	var list []string
	for _, f := range files {
		list = append(list, f.Path)
	}
	return strings.Join(list, " ")
}

func TestMounts(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "one.yaml"), "one")
	write(t, filepath.Join(dir, "b", "sub", "two.yaml"), "two")
	write(t, filepath.Join(dir, "c.yaml"), "outside")
	r, err := OpenAll([]Mount{{Dir: filepath.Join(dir, "b"), Name: "b"}, {Dir: filepath.Join(dir, "a"), Name: "x/a"}}, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files, problems := r.Files()
	if got, want := paths(files), "b/sub/two.yaml x/a/one.yaml"; got != want || len(problems) > 0 {
		t.Errorf("files %q, want %q; problems %v", got, want, problems)
	}
	if data, err := r.Read("b/sub/../../x/a/one.yaml"); err != nil || string(data) != "one" {
		t.Errorf("reading across folders gave %q, %v", data, err)
	}
	for _, name := range []string{"c.yaml", "../c.yaml", "b/../../c.yaml", "x/one.yaml"} {
		if _, err := r.Read(name); !errors.Is(err, ErrOutside) {
			t.Errorf("reading %s gave %v, want %v", name, err, ErrOutside)
		}
	}
	if !r.IsDir("b") || !r.IsDir("b/sub") || r.IsDir("x/a/one.yaml") || r.IsDir("a") {
		t.Error("IsDir is wrong about the mounted folders")
	}
}

func TestOnly(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "one.yaml"), "one")
	write(t, filepath.Join(dir, "two.yaml"), "two")
	r, err := OpenAll([]Mount{{Dir: dir, Only: []string{"one.yaml"}}}, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if files, _ := r.Files(); paths(files) != "one.yaml" {
		t.Errorf("files %v, want one.yaml alone", files)
	}
	if data, err := r.Read("two.yaml"); err != nil || string(data) != "two" {
		t.Errorf("a file that is named must still be readable: %q, %v", data, err)
	}
}

func TestFilesLimit(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		write(t, filepath.Join(dir, name), name)
	}
	limits := DefaultLimits
	limits.Files = 2
	r, err := Open(dir, limits)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files, problems := r.Files()
	if paths(files) != "a b" || len(problems) != 1 || !strings.Contains(problems[0].Message, "more than 2 files") {
		t.Errorf("files %v, problems %v", files, problems)
	}
}
