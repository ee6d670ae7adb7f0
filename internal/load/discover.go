package load

import (
	"path"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/source"
)

// A candidate is a file that was looked into.
type candidate struct {
	file     string
	template *cfn.Template
	problems []source.Problem
}

// mayHold reports whether a file's name allows it to be a template: the
// extensions that people give templates, or none.
func mayHold(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".yaml", ".yml", ".json", ".template", ".txt", ".cfn", ".cf", ".cform", ".cloudformation", ".sam", "":
		return true
	}
	return false
}

// discover looks into every file that may be a template, in parallel; the
// result is in the order of the files.
func discover(root *source.Root, files []source.File, workers int) []candidate {
	var names []string
	for _, f := range files {
		if mayHold(f.Path) {
			names = append(names, f.Path)
		}
	}
	all := make([]candidate, len(names))
	parallel(workers, len(names), func(i int) {
		all[i].file = names[i]
		data, err := root.Read(names[i])
		if err != nil {
			all[i].problems = []source.Problem{{Span: source.FileSpan(names[i]), Message: "the file is not read: " + err.Error()}}
			return
		}
		all[i].template, all[i].problems = cfn.Parse(names[i], data, root.Limits())
	})
	out := all[:0]
	for _, c := range all {
		if c.template != nil || len(c.problems) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// unsupported notes the projects in formats that this version does not read,
// once for each project folder.
func unsupported(files []source.File) []source.Problem { return nil }
