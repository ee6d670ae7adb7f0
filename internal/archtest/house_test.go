package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const maxLines = 800

var (
	generated  = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b|for now\b`)
)

// sources calls visit for every Go file of the project.
func sources(t *testing.T, visit func(name string, data []byte)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "examples") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		visit(filepath.ToSlash(rel), data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiles(t *testing.T) {
	sources(t, func(name string, data []byte) {
		if generated.Match(data) {
			return
		}
		if n := strings.Count(string(data), "\n"); n > maxLines {
			t.Errorf("%s has %d lines; split it below %d", name, n, maxLines)
		}
		if strings.HasPrefix(name, "internal/archtest/") {
			return
		}
		if m := unfinished.Find(data); m != nil {
			t.Errorf("%s says %q; finish it or write an issue", name, m)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == "init" && f.Recv == nil {
				t.Errorf("%s has an init function; build the value where it is used", name)
			}
		}
	})
}

// TestPackageNames keeps out packages whose names say nothing.
func TestPackageNames(t *testing.T) {
	for _, p := range goList(t, "./cmd/...", "./internal/...") {
		switch base := filepath.Base(p.ImportPath); base {
		case "util", "utils", "common", "helper", "helpers", "types", "models", "misc", "shared":
			t.Errorf("%s: a package is named after what it owns, not %q", strings.TrimPrefix(p.ImportPath, module), base)
		}
	}
}
