package load

import (
	"path"
	"strings"

	"github.com/remit-security/remit/internal/load/account"
	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/load/sls"
	"github.com/remit-security/remit/internal/load/tf/plan"
	"github.com/remit-security/remit/internal/source"
)

// A candidate is a file that was looked into.
type candidate struct {
	file     string
	template *cfn.Template
	plan     bool // of Terraform
	pages    []*account.Page
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
func discover(root *source.Root, files []source.File, o Options, workers int) []candidate {
	var list []source.File
	// What the limit on all files together leaves out is decided from the
	// sizes, before anything is read, so that it does not depend on which
	// worker comes first. A quarter is left for the files that templates name.
	var total int64
	var unread []string
	for _, f := range files {
		if !mayHold(f.Path) {
			continue
		}
		if f.Size <= root.Limits().FileBytes {
			if total += f.Size; total > root.Limits().TotalBytes/4*3 {
				unread = append(unread, f.Path)
				continue
			}
		}
		list = append(list, f)
	}
	all := make([]candidate, len(list))
	parallel(workers, len(list), func(i int) { all[i] = look(root, list[i], o) })
	out := all[:0]
	for _, c := range all {
		if c.template != nil || c.plan || c.pages != nil || len(c.problems) > 0 {
			out = append(out, c)
		}
	}
	if len(unread) > 0 {
		c := candidate{file: unread[0]}
		c.problem("%d files from here on are not read: %v; scan the folders one by one", len(unread), source.ErrTotal)
		out = append(out, c)
	}
	return out
}

// look reads one file. A file that is too large to be read is a problem only
// where it says that it is a template or plan.
func look(root *source.Root, f source.File, o Options) candidate {
	c := candidate{file: f.Path}
	if f.Size > root.Limits().FileBytes {
		if is, err := root.Contains(f.Path, "AWSTemplateFormatVersion", "AWS::Serverless-2016-10-31"); err != nil || is {
			c.problem("the template has %d MB; remit reads files up to %d MB", f.Size>>20, root.Limits().FileBytes>>20)
		} else if is, err := root.Contains(f.Path, `"planned_values"`); err == nil && is {
			c.problem("the plan has %d MB; remit reads files up to %d MB", f.Size>>20, root.Limits().FileBytes>>20)
		} else if is, err := root.Contains(f.Path, account.Words()...); err == nil && is {
			c.problem("the account's details have %d MB; remit reads files up to %d MB, so write them in pages, with --max-items", f.Size>>20, root.Limits().FileBytes>>20)
		}
		return c
	}
	data, err := root.Read(f.Path)
	if err != nil {
		c.problem("the file is not read: %v", err)
		return c
	}
	if sls.Is(f.Path, data) {
		c.template, c.problems = service(root, f.Path, data, o)
		return c
	}
	if c.plan = plan.Detect(data); c.plan {
		return c
	}
	if c.pages, c.problems = account.Parse(f.Path, data, root.Limits()); c.pages != nil || len(c.problems) > 0 {
		return c
	}
	c.template, c.problems = cfn.Parse(f.Path, data, root.Limits())
	return c
}

func (c *candidate) problem(format string, args ...any) {
	var p source.Problems
	p.Add(source.FileSpan(c.file), format, args...)
	c.problems = append(c.problems, p.Sorted()...)
}
