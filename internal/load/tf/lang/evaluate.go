package lang

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Evaluate evaluates a root module with all modules below it.
func Evaluate(o Options) *Result {
	o.Dir = path.Clean(o.Dir)
	r := newRun(o)
	conf := r.folder(o.Dir)
	if conf == nil {
		r.problem(source.FileSpan(o.Dir), "the folder holds no Terraform configuration")
		return &Result{Problems: r.reported(source.FileSpan(o.Dir))}
	}
	m := r.newModule(conf, nil, nil, "")
	m.readVariables()
	m.evaluate()
	out := &Result{Variables: m.parameters(), Place: m.provider("aws", "").place}
	for _, b := range conf.outputs {
		name := b.label(0)
		at := m.span(b.header)
		out.Outputs = append(out.Outputs, app.Output{Name: name, Value: m.output(name, at), Export: value.NewAbsent(at), Span: at})
	}
	for _, in := range sortedInstances(r.all) {
		in.evaluate(in.Span)
		if r.whole {
			in.Attrs = r.opened(in.Attrs, 0)
		}
		out.Instances = append(out.Instances, in.Instance)
	}
	r.provisioners()
	out.Files = r.fileNames()
	out.Problems = r.reported(source.FileSpan(firstFile(out.Files, o.Dir)))
	return out
}

func firstFile(files []string, dir string) string {
	if len(files) > 0 {
		return files[0]
	}
	return dir
}

// opened puts a module's outputs in the place of a value that stands for the
// module.
func (r *run) opened(v *value.Value, depth int) *value.Value {
	if depth > maxLevels {
		return v
	}
	switch v.Kind() {
	case value.String:
		if m := r.moduleOf(v); m != nil {
			return r.opened(m.object(v.Span()), depth+1)
		}
	case value.List:
		var items []*value.Value // once one has changed
		for i, it := range v.Items() {
			if o := r.opened(it, depth+1); o != it {
				if items == nil {
					items = slices.Clone(v.Items())
				}
				items[i] = o
			}
		}
		if items != nil {
			return value.NewList(items, v.Span())
		}
	case value.Map:
		var fields []value.Field
		for i, f := range v.Fields() {
			if o := r.opened(f.Value, depth+1); o != f.Value {
				if fields == nil {
					fields = slices.Clone(v.Fields())
				}
				fields[i].Value = o
			}
		}
		if fields != nil {
			return value.NewOpenMap(fields, v.Why(), v.Span())
		}
	}
	return v
}

// A Folder is a folder that holds configuration.
type Folder struct {
	Path string
	// Files are the files of configuration that are read there.
	Files []string
	// Calls are the folders that the module calls in it name, whether they hold
	// configuration or not.
	Calls []string
}

// Folders finds the folders with configuration among files, and which of them
// call which. It parses, and evaluates nothing; a file that cannot be read
// counts without calls, and Evaluate says why.
func Folders(root *source.Root, files []source.File) []Folder {
	names := map[string][]string{}
	for _, f := range files {
		dir, base := path.Split(f.Path)
		if ok, _ := isConfig(base); ok {
			dir = path.Clean(dir)
			names[dir] = append(names[dir], base)
		}
	}
	var out []Folder
	for dir, list := range names {
		slices.Sort(list)
		f := Folder{Path: dir}
		own, overrides := configFiles(list)
		for _, n := range append(own, overrides...) {
			f.Files = append(f.Files, path.Join(dir, n))
			f.look(root, path.Join(dir, n))
		}
		slices.Sort(f.Calls)
		f.Calls = slices.Compact(f.Calls)
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Folder) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// look notes the module calls in a file.
func (f *Folder) look(root *source.Root, name string) {
	data, err := root.Read(name)
	if err != nil || !bytes.Contains(data, []byte("module")) {
		return
	}
	parsed := parse(name, data, root.Limits(), func(source.Span, string, ...any) {})
	for _, b := range parsed.body.Blocks {
		a := b.Body.Attributes["source"]
		if b.Type != "module" || a == nil {
			continue
		}
		from := literal(a.Expr)
		if !strings.HasPrefix(from, ".") {
			continue
		}
		if dir, err := source.Clean(path.Join(f.Path, from)); err == nil {
			f.Calls = append(f.Calls, dir)
		}
	}
}
