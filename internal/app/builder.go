package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A Builder collects what loaders find. It is not safe for concurrent use;
// loaders that work in parallel build each application apart and add it whole.
type Builder struct {
	apps     []*App
	ids      map[string]bool
	files    map[string]bool
	problems source.Problems
}

// NewBuilder returns an empty Builder.
func NewBuilder() *Builder {
	return &Builder{ids: map[string]bool{}, files: map[string]bool{}}
}

// Problem notes what could not be read, resolved or understood.
func (b *Builder) Problem(span source.Span, format string, args ...any) {
	b.problems.Add(span, format, args...)
}

// Problems notes several problems.
func (b *Builder) Problems(list []source.Problem) { b.problems.Append(list...) }

// File notes that a file was read.
func (b *Builder) File(path string) { b.files[path] = true }

// App adds an application with its resources. Resource ids must start with
// the application's id and a slash; a second resource of the same id is a
// problem and is left out.
func (b *Builder) App(a *App, resources []*Resource) {
	if b.ids[a.ID] {
		b.problems.Add(source.FileSpan(a.Root), "the application %q is defined twice; the second is left out", a.ID)
		return
	}
	b.ids[a.ID] = true
	slices.SortStableFunc(resources, byResourceID)
	for i, r := range resources {
		if i > 0 && resources[i-1].ID == r.ID {
			b.problems.Add(r.Span, "the resource %s is defined twice; the second is left out", r.LogicalID)
			continue
		}
		if !strings.HasPrefix(r.ID, a.ID+"/") {
			panic(fmt.Sprintf("app: resource id %q outside application %q", r.ID, a.ID))
		}
		r.App = a
		a.resources = append(a.resources, r)
	}
	slices.Sort(a.Files)
	a.Files = slices.Compact(a.Files)
	for _, f := range a.Files {
		b.File(f)
	}
	b.apps = append(b.apps, a)
}

// Freeze links the applications and ends building.
func (b *Builder) Freeze() *Project {
	p := &Project{Apps: b.apps, byID: map[string]*Resource{}}
	slices.SortFunc(p.Apps, func(x, y *App) int { return strings.Compare(x.ID, y.ID) })
	for _, a := range p.Apps {
		a.Project = p
		a.byType = map[string][]*Resource{}
		a.users = map[string][]Use{}
		for _, r := range a.resources {
			p.byID[r.ID] = r
			a.byType[r.Type] = append(a.byType[r.Type], r)
		}
	}
	for _, a := range p.Apps {
		for _, r := range a.resources {
			linkUses(p, r)
		}
	}
	for f := range b.files {
		p.Files = append(p.Files, f)
	}
	slices.Sort(p.Files)
	p.Problems = b.problems.Sorted()
	return p
}
