// Package ruletest checks one rule against its annotated fixtures: a txtar
// archive whose files are small applications of our own, and whose lines say
// what the rule must report there.
//
//	AuthType: NONE   # want CFG012 "takes requests from anyone"
//	AuthType: !Ref A # undecided CFG012 "AuthType"
//
// The quoted texts are regular expressions, one for each expected message; an
// undecided mark may go without. What is reported on a line without a mark is
// an error, and so is a mark without its report. Marks for other rules are
// passed over. In JSON files, which know no comments, a mark is written as
// "// want …" at the end of a line and taken away before the file is read.
//
// Rules with dates are run as of the archive's comment line "now: 2026-01-31",
// or of 2026-01-01.
//
// Unknown is never a pass: in each wanted line of a YAML or Terraform file
// whose value stands on the line, the value is also replaced by a parameter
// without a default, and the application must then still give a finding or an undecided.
// Where a value that is not written cannot be the defect (a literal secret),
// the comment says "quiet when unknown: REASON".
package ruletest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

// Run checks the rules, each against testdata/ID.txtar.
func Run(t *testing.T, rules ...*rule.Rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(filepath.Join("testdata", r.ID+".txtar"))
			if err != nil {
				t.Fatalf("the rule has no fixtures: %v", err)
			}
			c := check(t, r, archive)
			unknownIsNoPass(t, r, archive)
			if c.wanted == 0 {
				t.Error("no line wants a finding of the rule")
			}
			if c.clean == 0 {
				t.Error("no application is clean: one must have a resource that the rule looks at and no mark")
			}
			if asks(r.ID) && c.undecided == 0 {
				t.Error("the rule can be undecided, and no line expects it")
			}
		})
	}
}

// asks tells from the rule's source whether it can be undecided.
func asks(id string) bool {
	src, err := os.ReadFile(strings.ToLower(id) + ".go")
	return err != nil || bytes.Contains(src, []byte(".Undecided(")) || bytes.Contains(src, []byte(".Decide("))
}

// counts tell what an archive's files showed.
type counts struct{ wanted, undecided, clean int }

func check(t *testing.T, r *rule.Rule, archive *txtar.Archive) counts {
	marks := map[place][]mark{}
	var files []string
	plain := &txtar.Archive{}
	for _, f := range archive.Files {
		found, data, err := parse(r.ID, f.Name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(marks, found)
		files = append(files, f.Name)
		plain.Files = append(plain.Files, txtar.File{Name: f.Name, Data: data})
	}
	project := open(t, plain)
	for _, p := range project.Problems {
		t.Errorf("problem while loading: %s", p)
	}
	result := rule.Run(project, []*rule.Rule{r}, day(t, archive.Comment))
	for _, p := range result.Problems {
		t.Errorf("problem while checking: %s", p)
	}
	var c counts
	noisy := map[string]bool{}
	for _, f := range result.Findings {
		at := place{f.Span.File, f.Span.Line}
		noisy[f.Resource.App.ID] = true
		if i := slices.IndexFunc(marks[at], func(m mark) bool { return m.covers(f) }); i >= 0 {
			marks[at][i].met = true
			continue
		}
		kind := "finding"
		if f.Undecided() {
			kind = "undecided"
		}
		t.Errorf("%s: unexpected %s: %s", f.Span, kind, f.Message)
	}
	for _, at := range slices.SortedFunc(maps.Keys(marks), place.compare) {
		for _, m := range marks[at] {
			if !m.met {
				t.Errorf("%s:%d: nothing reported that matches %s", at.file, at.line, m)
			}
			if m.undecided {
				c.undecided++
			} else {
				c.wanted++
			}
		}
	}
	for _, a := range project.Apps {
		for range a.OfType(r.Types...) {
			if !noisy[a.ID] {
				c.clean++
			}
			break
		}
		if !slices.Contains(files, a.Root) {
			t.Errorf("the application %s is no file of the archive", a.ID)
		}
	}
	return c
}

// open loads the files of an archive.
func open(t *testing.T, archive *txtar.Archive) *app.Project {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := source.Open(dir, source.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return load.Project(root, load.Options{})
}

type place struct {
	file string
	line int
}

func (p place) compare(o place) int {
	return source.Span{File: p.file, Line: p.line}.Compare(source.Span{File: o.file, Line: o.line})
}

type mark struct {
	undecided bool
	message   *regexp.Regexp // nil for any message
	met       bool
}

func (m mark) covers(f *rule.Finding) bool {
	return !m.met && m.undecided == f.Undecided() && (m.message == nil || m.message.MatchString(f.Message))
}

func (m mark) String() string {
	kind := "want"
	if m.undecided {
		kind = "undecided"
	}
	if m.message == nil {
		return kind
	}
	return fmt.Sprintf("%s %q", kind, m.message)
}

var (
	yamlMark = regexp.MustCompile(`#\s*(want|undecided) ([A-Z]{3}\d{3})((?:\s+"(?:[^"\\]|\\.)*")*)`)
	jsonMark = regexp.MustCompile(`//\s*(want|undecided) ([A-Z]{3}\d{3})((?:\s+"(?:[^"\\]|\\.)*")*)\s*$`)
	quoted   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// parse finds the marks for a rule, and returns the file without those that
// its format would not read.
func parse(id, name string, data []byte) (map[place][]mark, []byte, error) {
	form := yamlMark
	isJSON := filepath.Ext(name) == ".json"
	if isJSON {
		form = jsonMark
	}
	marks := map[place][]mark{}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		at := place{name, i + 1}
		for _, m := range form.FindAllStringSubmatch(line, -1) {
			if m[2] != id {
				continue
			}
			messages := quoted.FindAllString(m[3], -1)
			undecided := m[1] == "undecided"
			if len(messages) == 0 {
				if !undecided {
					return nil, nil, fmt.Errorf("%s:%d: a wanted finding needs its message", name, i+1)
				}
				marks[at] = append(marks[at], mark{undecided: true})
			}
			for _, q := range messages {
				re, err := regexp.Compile(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`))
				if err != nil {
					return nil, nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
				}
				marks[at] = append(marks[at], mark{undecided: undecided, message: re})
			}
		}
		if isJSON {
			lines[i] = form.ReplaceAllString(line, "")
		}
	}
	return marks, []byte(strings.Join(lines, "\n")), nil
}

var nowForm = regexp.MustCompile(`(?m)^now: (\d{4}-\d\d-\d\d)$`)

func day(t *testing.T, comment []byte) time.Time {
	text := "2026-01-01"
	if m := nowForm.FindSubmatch(comment); m != nil {
		text = string(m[1])
	}
	now, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return now
}
