package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

// areas maps a folder of internal/checks to its area and id prefix.
var areas = map[string]struct{ Area, Prefix string }{
	"config":  {"Configuration", "CFG"},
	"iam":     {"IAM", "IAM"},
	"code":    {"Code", "COD"},
	"library": {"Library", "LIB"},
}

var ruleTemplate = template.Must(template.New("rule").Parse(`package {{.Package}}

import (
	"github.com/remit-security/remit/internal/rule"
)

var {{.ID}} = &rule.Rule{
	ID:       "{{.ID}}",
	Area:     rule.{{.Area}},
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    {{printf "%q" .Title}},
	Doc: ` + "``" + `,
	Refs: rule.Refs{
		AWS:   []string{},
		CWE:   []string{},
		OWASP: []string{},
	},
	Types: []string{},
	Check: func(p *rule.Pass) {
		for range p.Resources() {
		}
	},
}
`))

var fixtureTemplate = template.Must(template.New("fixture").Parse(`{{.Title}}
-- wanted/template.yaml --
Resources:
  Thing:
    Type: "" # want {{.ID}} "message"
-- clean/template.yaml --
Resources:
  Thing:
    Type: ""
`))

// writeRule writes the rule and its fixtures below dir. Both fail their tests
// until they are filled in.
func writeRule(dir, id, pkg, title string) error {
	a, ok := areas[pkg]
	if !ok {
		return fmt.Errorf("no package %q below %s: use code, config, iam or library", pkg, dir)
	}
	if !regexp.MustCompile(`^` + a.Prefix + `\d{3}$`).MatchString(id) {
		return fmt.Errorf("the id of a rule in %s is %s and three digits, not %q", pkg, a.Prefix, id)
	}
	data := struct{ ID, Package, Area, Title string }{id, pkg, a.Area, title}
	files := map[string]*template.Template{
		filepath.Join(dir, pkg, strings.ToLower(id)+".go"): ruleTemplate,
		filepath.Join(dir, pkg, "testdata", id+".txtar"):   fixtureTemplate,
	}
	for name := range files {
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already", name)
		}
	}
	for name, tmpl := range files {
		var out bytes.Buffer
		if err := tmpl.Execute(&out, data); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
