package cfn

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/source"
)

// parameterFile finds the parameter file in the template's folder whose names
// the template all declares. Where several fit nobody knows which is meant.
func (s *stack) parameterFile(dir string, declared *section) overrides {
	var fit []overrides
	for _, o := range s.loader.beside(dir) {
		all := true
		for name := range o.values {
			all = all && declared.field(name) != nil
		}
		if all {
			fit = append(fit, o)
		}
	}
	switch len(fit) {
	case 0:
		return overrides{}
	case 1:
		s.files[fit[0].file] = true
		return fit[0]
	}
	var names []string
	for _, o := range fit {
		names = append(names, path.Base(o.file))
	}
	slices.Sort(names)
	if len(names) > 4 {
		names = append(names[:4], "…")
	}
	s.problem(source.FileSpan(s.tpl.File), "the parameter files %s all fit this template, so none is used; choose values with --param", strings.Join(names, ", "))
	return overrides{}
}

// parameterValues reads a parameter file; it is nil for any other document.
func (l *Loader) parameterValues(file string) map[string]string {
	data, err := l.root.Read(file)
	if err != nil || !bytes.Contains(data, []byte("Parameter")) && !bytes.Contains(data, []byte("=")) ||
		bytes.Contains(data, []byte(`"Resources"`)) {
		return nil
	}
	n, _ := source.Parse(file, data, l.root.Limits())
	return parameterValues(n)
}

// parameterValues are the values of the documents that AWS's tools take:
// [{ParameterKey, ParameterValue}], ["Name=value"] or {"Parameters": {}}.
func parameterValues(n *source.Node) map[string]string {
	values := map[string]string{}
	switch {
	case n.Is(source.MapNode):
		p := n.Get("Parameters")
		if n.Has("Resources") || n.Has("AWSTemplateFormatVersion") || !p.Is(source.MapNode) {
			return nil
		}
		for _, f := range p.Fields {
			if !f.Value.IsScalar() {
				return nil
			}
			values[f.Key] = f.Value.Text
		}
	case n.Is(source.ListNode):
		for _, it := range n.Items {
			key, val := it.Get("ParameterKey"), it.Get("ParameterValue")
			switch {
			case it.Is(source.StringNode):
				k, v, ok := strings.Cut(it.Text, "=")
				if !ok || k == "" {
					return nil
				}
				values[k] = v
			case key.Is(source.StringNode) && val.IsScalar():
				values[key.Text] = val.Text
			case key.Is(source.StringNode) && isTrue(it.Get("UsePreviousValue")):
			default:
				return nil
			}
		}
	}
	return values
}

// A listing is what the loader knows of the files below the root.
type listing struct {
	all     map[string]bool
	folders map[string]*folder
}

// A folder has small JSON files; those that are parameter files are read when
// the first template of the folder asks, and once.
type folder struct {
	json   []string
	once   sync.Once
	values []overrides
}

// List tells the loader which files there are, so that it can find what lies
// beside a template.
func (l *Loader) List(files []source.File) {
	const largest = 256 << 10 // of a parameter file; AWS takes 200 values
	l.listed = listing{all: map[string]bool{}, folders: map[string]*folder{}}
	for _, f := range files {
		l.listed.all[f.Path] = true
		if path.Ext(f.Path) == ".json" && f.Size <= largest {
			dir := path.Dir(f.Path)
			if l.listed.folders[dir] == nil {
				l.listed.folders[dir] = &folder{}
			}
			l.listed.folders[dir].json = append(l.listed.folders[dir].json, f.Path)
		}
	}
}

func (l *Loader) exists(file string) bool { return l.listed.all[file] }

// beside are the parameter files of a folder, in the order of their names.
func (l *Loader) beside(dir string) []overrides {
	f := l.listed.folders[dir]
	if f == nil {
		return nil
	}
	f.once.Do(func() {
		for _, file := range f.json {
			if values := l.parameterValues(file); len(values) > 0 {
				f.values = append(f.values, overrides{file: file, values: values})
			}
		}
	})
	return f.values
}
