// Package cdk reads the cloud assemblies that the CDK synthesises (cdk.out): it
// says which templates are stacks and how each is deployed, which local files
// stand behind what a deployment uploads, and which construct wrote a resource.
// The templates themselves are loaded by load/cfn.
//
// It imports source, value, app and load/cfn. Two things never change: no
// program of a project is run, so a project that was not synthesised is a
// problem; and a manifest decides nothing silently, what it names and is not
// there, or lies outside the scanned folder, is a problem.
package cdk

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/source"
)

// Format is that of the applications.
const Format = "cdk"

// Assemblies are the cloud assemblies below one root. The zero value has none.
// After Find it is safe for concurrent use.
type Assemblies struct {
	root     *source.Root
	listed   map[string]bool      // all files
	folders  map[string]*assembly // by their folder
	stacks   map[string]*stack    // by their template
	read     map[string]bool      // files that were read here
	lengths  map[string][]int     // of the lines of files that programs consist of
	problems source.Problems
}

// An assembly is one manifest with what it lists. A stage is an assembly of
// its own inside that of its app.
type assembly struct {
	*Assemblies
	manifest string
	uploads  cfn.Uploads
	images   map[string]string // tag -> folder
	stacks   []*stack
	used     map[string]bool // lists that were read: none is read for each of many stacks
	base     mapping         // from the machine that synthesised; zero where it is not known
	refused  map[string]bool // sources of assets that are a problem already

	tree struct { // of all constructs
		file   string
		root   *source.Node
		walked map[*source.Node]bool
	}
}

// A stack is one template that is deployed.
type stack struct {
	id         string
	span       source.Span
	template   string
	deployment cfn.Deployment
	constructs *constructs
}

// Find reads the assemblies among the files, an outer one before those inside.
func Find(root *source.Root, files []source.File) *Assemblies {
	a := &Assemblies{root: root, listed: map[string]bool{}, folders: map[string]*assembly{}, stacks: map[string]*stack{}, read: map[string]bool{}, lengths: map[string][]int{}}
	var manifests []source.File
	for _, f := range files {
		a.listed[f.Path] = true
		if path.Base(f.Path) == "manifest.json" {
			manifests = append(manifests, f)
		}
	}
	slices.SortStableFunc(manifests, func(x, y source.File) int {
		return cmp.Compare(strings.Count(x.Path, "/"), strings.Count(y.Path, "/"))
	})
	for _, f := range manifests {
		if !a.inAsset(f.Path) {
			a.open(f)
		}
	}
	return a
}

// open reads one file if it is the manifest of an assembly: many other things
// have a manifest.json.
func (a *Assemblies) open(f source.File) {
	marked := a.listed[path.Join(path.Dir(f.Path), "cdk.out")]
	if f.Size > a.root.Limits().FileBytes {
		if is, err := a.root.Contains(f.Path, stackType, assemblyType); marked || is && err == nil {
			a.problem(source.FileSpan(f.Path), "the manifest has %d MB; remit reads files up to %d MB, and its templates as plain CloudFormation", f.Size>>20, a.root.Limits().FileBytes>>20)
		}
		return
	}
	data, err := a.root.Read(f.Path)
	if err != nil {
		if marked {
			a.problem(source.FileSpan(f.Path), "the manifest is not read, and its templates are taken for plain CloudFormation: %v", err)
		}
		return
	}
	if !marked && !(bytes.Contains(data, []byte(`"artifacts"`)) &&
		(bytes.Contains(data, []byte(stackType)) || bytes.Contains(data, []byte(assemblyType)))) {
		return
	}
	as := &assembly{Assemblies: a, manifest: f.Path, uploads: cfn.Uploads{}, images: map[string]string{}, used: map[string]bool{}, refused: map[string]bool{}}
	a.folders[path.Dir(f.Path)] = as
	as.parse(data)
}

// inAsset reports whether a file lies in an asset's folder, which holds what is
// uploaded and nothing that is deployed.
func (a *Assemblies) inAsset(file string) bool {
	for dir := path.Dir(file); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if parent := path.Dir(dir); strings.HasPrefix(path.Base(dir), "asset.") && (a.folders[parent] != nil || path.Base(parent) == "cdk.out") {
			return true
		}
	}
	return false
}

// Others are the files that are not read here and may be templates: all but
// what lies in the folders of assets and the assemblies' own lists.
func (a *Assemblies) Others(files []source.File) []source.File {
	out := make([]source.File, 0, len(files))
	for _, f := range files {
		if a.stacks[f.Path] != nil || !a.read[f.Path] && !a.inAsset(f.Path) {
			out = append(out, f)
		}
	}
	return out
}

// Prepare tells a template which files its assembly uploads, and how a manifest
// that lists it as a stack says it is deployed.
func (a *Assemblies) Prepare(t *cfn.Template) {
	if as := a.folders[path.Dir(t.File)]; as != nil {
		t.Uploads = as.uploads
	}
	if s := a.stacks[t.File]; s != nil {
		t.Deployment = &s.deployment
	}
}

// Lists reports whether a manifest lists a template as a stack.
func (a *Assemblies) Lists(template string) bool { return a.stacks[template] != nil }

// Unread notes the stacks whose templates are not among those that were
// found, nor among the files that gave problems: both are in found. A stack
// without resources is no template, and nothing of it is missing.
func (a *Assemblies) Unread(found map[string]bool) []source.Problem {
	var problems source.Problems
	for _, s := range a.stacks {
		if found[s.template] {
			continue
		}
		data, err := a.root.Read(s.template)
		if err != nil {
			problems.Add(s.span, "the template %s of the stack %s is not read: %v", quote(s.template), quote(s.id), missing(err))
			continue
		}
		n, more := source.Parse(s.template, data, a.root.Limits())
		switch res := n.Get("Resources"); {
		case n == nil:
			problems.Append(more...)
		case n.Kind != source.MapNode, res.Is(source.MapNode) && len(res.Fields) > 0, res != nil && !res.Is(source.MapNode) && res.Kind != source.NullNode:
			problems.Add(s.span, "%s is no template; nothing of the stack %s is analysed, run cdk synth again", quote(s.template), quote(s.id))
		}
	}
	return problems.Sorted()
}

// Problems are what could not be read or is missing, up to a number for each
// file: one with more defects is broken as a whole.
func (a *Assemblies) Problems() []source.Problem {
	const most = 500
	count := map[string]int{}
	var out source.Problems
	for _, p := range a.problems.Sorted() {
		if count[p.Span.File]++; count[p.Span.File] <= most {
			out.Append(p)
		}
	}
	for file, n := range count {
		if n > most {
			out.Add(source.FileSpan(file), "%d more problems in this file are not listed", n-most)
		}
	}
	return out.Sorted()
}

func (a *Assemblies) problem(at source.Span, format string, args ...any) {
	a.problems.Add(at, format, args...)
}

// exists reports whether a path is a file or folder inside the root.
func (a *Assemblies) exists(name string) bool {
	if a.listed[name] || a.root.IsDir(name) {
		return true
	}
	found, err := a.root.Contains(name, "")
	return found && err == nil
}

// document reads a JSON file of an assembly; nil, with a problem at the place
// that names it, where that fails.
func (a *Assemblies) document(file string, at source.Span, what string) *source.Node {
	data, err := a.root.Read(file)
	if err != nil {
		a.problem(at, "the %s %s is not read: %v", what, quote(file), missing(err))
		return nil
	}
	a.read[file] = true
	n, problems := source.ParseJSON(file, data, a.root.Limits())
	a.problems.Append(problems...)
	if n != nil && n.Kind != source.MapNode {
		a.problem(source.FileSpan(file), "the %s must be a map, not a %s; run cdk synth again", what, n.Kind)
		return nil
	}
	return n
}
