package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
)

// mounts turns the arguments of a scan into the folders it may read. One
// folder is scanned as it is, and paths in the report are relative to it.
// With several, paths start with the folder's name as it was given (its last
// part, where that leaves the working directory). A file means its folder,
// with only that template as application; several files of one folder mean
// that folder once. A file of Terraform means its folder, whose files make one
// module.
func mounts(args []string) ([]source.Mount, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var list []source.Mount
	var named []string // the argument that each folder comes from
	for _, arg := range args {
		m, err := mount(arg)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(list, func(o source.Mount) bool { return o.Dir == m.Dir && o.Only != nil && m.Only != nil }); i >= 0 {
			if !slices.Contains(list[i].Only, m.Only[0]) {
				list[i].Only = append(list[i].Only, m.Only[0])
			}
			continue
		}
		list, named = append(list, m), append(named, arg)
	}
	if len(list) == 1 {
		return list, nil
	}
	for i := range list {
		list[i].Name = mountName(list[i].Dir)
		for j := range i {
			if err := apart(named[j], list[j], named[i], list[i]); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func mount(arg string) (source.Mount, error) {
	info, err := os.Stat(arg)
	switch {
	case err != nil:
		return source.Mount{}, usage("name a folder or a template that exists", "cannot scan %s: %v", arg, cause(err))
	case info.IsDir():
		return source.Mount{Dir: arg}, nil
	case info.Mode().IsRegular() && lang.IsConfig(filepath.ToSlash(arg)):
		return source.Mount{Dir: filepath.Dir(arg)}, nil // a module is its whole folder
	case info.Mode().IsRegular():
		return source.Mount{Dir: filepath.Dir(arg), Only: []string{filepath.Base(arg)}}, nil
	}
	return source.Mount{}, usage("name a folder or a template", "cannot scan %s: it is neither a folder nor a regular file", arg)
}

// mountName is what paths of the folder start with in the report: never an
// absolute path, so that the report is the same on every machine.
func mountName(dir string) string {
	clean := filepath.Clean(dir)
	if clean != "." && filepath.IsLocal(clean) {
		return filepath.ToSlash(clean)
	}
	abs, err := filepath.Abs(clean)
	if err != nil || filepath.Base(abs) == string(filepath.Separator) {
		return "root"
	}
	return filepath.Base(abs)
}

// apart refuses two folders that hold the same files, or that would be
// reported under the same names.
func apart(argA string, a source.Mount, argB string, b source.Mount) error {
	switch {
	case a.Name == b.Name:
		return usage("scan them one by one, or from a folder that holds both", "%s and %s would both be called %s in the report", argA, argB, a.Name)
	case inside(b.Dir, a.Dir) || strings.HasPrefix(b.Name, a.Name+"/"):
		return usage("leave "+argB+" out", "%s lies inside %s, which is scanned too", argB, argA)
	case inside(a.Dir, b.Dir) || strings.HasPrefix(a.Name, b.Name+"/"):
		return usage("leave "+argA+" out", "%s lies inside %s, which is scanned too", argA, argB)
	}
	return nil
}

// inside reports whether a folder is another one or lies in it.
func inside(dir, other string) bool {
	rel, err := filepath.Rel(resolved(other), resolved(dir))
	return err == nil && filepath.IsLocal(rel)
}

// resolved is a folder's absolute path without links.
func resolved(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	return abs
}
