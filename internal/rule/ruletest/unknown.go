package ruletest

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/remit-security/remit/internal/rule"
)

// hidden is the parameter that takes a value's place.
const hidden = "HiddenByTheTest"

var (
	// written is a wanted line whose value stands on it: an element of a list
	// or a key's value, which is no map, list or function of more lines.
	written = regexp.MustCompile(`^(\s*(?:- )?(?:'[^']*'|[\w:.-]+): |\s*- )([^\s#][^#]*?)(\s+#.*)$`)
	// writtenHCL is the same in Terraform: an argument or a key of an object.
	writtenHCL = regexp.MustCompile(`^(\s*[\w"-]+\s*=\s*)([^\s#\[{][^#]*?)(\s+#.*)$`)
	quietFor   = regexp.MustCompile(`(?m)^quiet when unknown: \S`)
)

// unknownIsNoPass replaces the value of each wanted line, one at a time.
func unknownIsNoPass(t *testing.T, r *rule.Rule, archive *txtar.Archive) {
	t.Helper()
	if quietFor.Match(archive.Comment) {
		return
	}
	for _, f := range archive.Files {
		if filepath.Ext(f.Name) == ".json" {
			continue
		}
		lines := strings.Split(string(f.Data), "\n")
		for i, line := range lines {
			if !wants(r.ID, line) {
				continue
			}
			cover := hide
			if filepath.Ext(f.Name) == ".tf" {
				cover = hideHCL
			}
			data, ok := cover(lines, i)
			if !ok {
				continue
			}
			project := open(t, &txtar.Archive{Files: []txtar.File{{Name: f.Name, Data: data}}})
			result := rule.Run(project, []*rule.Rule{r}, day(t, archive.Comment))
			if len(result.Findings) == 0 {
				t.Errorf("%s:%d: the rule is quiet when a parameter stands for the value: unknown is never a pass", f.Name, i+1)
			}
		}
	}
}

func wants(id, line string) bool {
	for _, m := range yamlMark.FindAllStringSubmatch(line, -1) {
		if m[1] == "want" && m[2] == id {
			return true
		}
	}
	return false
}

// hide returns the file with the value of one line replaced; false where the
// line has no value of its own or declares what the loader must know.
func hide(lines []string, at int) ([]byte, bool) {
	m := written.FindStringSubmatch(lines[at])
	if m == nil || strings.HasPrefix(strings.TrimSpace(lines[at]), "Type: AWS::") || strings.HasSuffix(m[2], ":") {
		return nil, false
	}
	var out bytes.Buffer
	declared := false
	for i, line := range lines {
		if i == at {
			line = m[1] + "!Ref " + hidden
		}
		out.WriteString(line + "\n")
		if strings.HasPrefix(line, "Parameters:") {
			out.WriteString("  " + hidden + ": {Type: String}\n")
			declared = true
		}
	}
	if !declared {
		out.WriteString("\nParameters:\n  " + hidden + ": {Type: String}\n")
	}
	return out.Bytes(), true
}

// hideHCL is hide for a file of Terraform.
func hideHCL(lines []string, at int) ([]byte, bool) {
	m := writtenHCL.FindStringSubmatch(lines[at])
	if m == nil {
		return nil, false
	}
	out := slices.Clone(lines)
	out[at] = m[1] + "var." + hidden
	out = append(out, "variable \""+hidden+"\" {}", "")
	return []byte(strings.Join(out, "\n")), true
}
