package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/remit-security/remit/"

// A listed package, as go list prints it.
type listed struct {
	ImportPath string
	Name       string
	Doc        string
	Dir        string
	Imports    []string
	Deps       []string
	Standard   bool
}

func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Name,Doc,Dir,Imports,Deps,Standard"}, args...)...)
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var list []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// A row of the table says what the packages under a folder may import.
type row struct {
	folder  string   // below the module: "internal/attack"
	imports []string // folders, or "everything"
}

var rowForm = regexp.MustCompile("^\\| `([a-z0-9/]+)` \\|.*\\| ([^|]+) \\|$")

// table reads the rows of docs/architecture.md's import table. The document
// is the source; the code is held to it.
func table(t *testing.T) []row {
	t.Helper()
	data, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(data), "<!-- imports -->")
	text, _, ok2 := strings.Cut(text, "<!-- /imports -->")
	if !ok || !ok2 {
		t.Fatal("docs/architecture.md has no table between <!-- imports --> and <!-- /imports -->")
	}
	var rows []row
	for line := range strings.Lines(text) {
		m := rowForm.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		r := row{folder: m[1]}
		for _, name := range strings.Split(m[2], ",") {
			name = strings.Trim(strings.TrimSpace(name), "`")
			if name != "nothing of ours" {
				r.imports = append(r.imports, name)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// within reports whether a package lies in a folder.
func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// find returns the row of the innermost folder that holds the package.
func find(rows []row, pkg string) *row {
	var best *row
	for i := range rows {
		if within(pkg, rows[i].folder) && (best == nil || len(rows[i].folder) > len(best.folder)) {
			best = &rows[i]
		}
	}
	return best
}

func TestImportDirections(t *testing.T) {
	rows := table(t)
	if len(rows) < 10 {
		t.Fatalf("only %d rows read from docs/architecture.md", len(rows))
	}
	used := map[string]bool{}
	for _, p := range goList(t, "./cmd/...", "./internal/...") {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		r := find(rows, pkg)
		if r == nil {
			t.Errorf("%s has no row in the import table of docs/architecture.md", pkg)
			continue
		}
		used[r.folder] = true
		for _, imp := range p.Imports {
			imp, ours := strings.CutPrefix(imp, module)
			if !ours || within(imp, r.folder) || slices.Contains(r.imports, "everything") {
				continue
			}
			if !slices.ContainsFunc(r.imports, func(f string) bool { return within(imp, f) }) {
				t.Errorf("%s imports %s; docs/architecture.md allows %s only %s", pkg, imp, r.folder, strings.Join(r.imports, ", "))
			}
		}
	}
	for _, r := range rows {
		if !used[r.folder] {
			t.Errorf("docs/architecture.md has a row for %s, which is no package", r.folder)
		}
	}
}

// TestWhatIsNotLinked proves two promises from the binary's own imports: what
// cannot start a program does not execute what it scans, and what has no
// client sends nothing.
func TestWhatIsNotLinked(t *testing.T) {
	banned := map[string]string{
		"os/exec":  "remit never starts a program",
		"plugin":   "remit never loads code",
		"net/http": "remit works offline",
		"net/rpc":  "remit works offline",
		"net/smtp": "remit works offline",
	}
	for _, p := range goList(t, "./cmd/remit") {
		for _, dep := range p.Deps {
			if why := banned[dep]; why != "" {
				t.Errorf("cmd/remit links %s: %s", dep, why)
			}
		}
	}
	for _, p := range goList(t, "./cmd/...", "./internal/...") {
		if generator(p) {
			continue
		}
		for _, imp := range p.Imports {
			if imp == "net" || imp == "unsafe" || imp == "syscall" || banned[imp] != "" {
				t.Errorf("%s imports %s", strings.TrimPrefix(p.ImportPath, module), imp)
			}
		}
	}
}

// generator reports whether a package is a program that writes files of the
// project and is no part of remit.
func generator(p listed) bool {
	return p.Name == "main" && !strings.HasPrefix(p.ImportPath, module+"cmd/")
}

// TestPackageComments asks every package to say what it owns and may import.
func TestPackageComments(t *testing.T) {
	for _, p := range goList(t, "./cmd/...", "./internal/...") {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", strings.TrimPrefix(p.ImportPath, module))
		}
	}
}
