package lang

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/remit-security/remit/internal/load/tf/function"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Bounds of one root module with all modules below it. Each that is hit is a
// problem, once, and what lies behind it stays unresolved.
const (
	maxInstances = 10_000    // of all resources and data sources
	maxOfBlock   = 2_000     // instances of one block
	maxModules   = 2_000     // instances of modules
	maxLevels    = 40        // modules in modules
	maxDepth     = 6_000     // expressions in expressions, references followed
	maxWork      = 2_000_000 // expressions evaluated and values used
	maxChoices   = 16        // of one unresolved value
	maxProblems  = 500
)

// A run is the evaluation of one root module.
type run struct {
	options Options
	files   map[string]*file   // nil where a file could not be read
	folders map[string]*config // by folder
	known   map[string]*config // of Options.Module, by source
	texts   map[string]*file   // of Options.Module, by name
	vendor  *vendored

	objects map[string]*instance // by id, for values that stand for instances
	modules map[string]*module   // the same for modules
	whole   bool                 // a module was used as a value
	keys    map[string]value.Text
	made    int // instances
	levels  int // module instances
	depth   int
	work    int
	serial  int // of holes in loops
	said    map[string]bool
	sink    *sink // where problems go
	base    *sink // those of the sources
	env     *function.Env
	inner   *function.Env // inside templates
	all     []*instance
	empty   *module
	seen    map[string]bool // files that functions have read
}

// A sink collects what goes wrong. Where an expression is only tried, it is
// one of its own, so that a failure there is no problem of the sources.
type sink struct {
	list  source.Problems
	count int
	// perhaps tells that something failed for one of several possible values.
	perhaps bool
}

func newRun(o Options) *run {
	r := &run{
		options: o,
		files:   map[string]*file{},
		folders: map[string]*config{},
		known:   map[string]*config{},
		texts:   map[string]*file{},
		objects: map[string]*instance{},
		modules: map[string]*module{},
		keys:    map[string]value.Text{},
		said:    map[string]bool{},
		seen:    map[string]bool{},
		base:    &sink{},
	}
	r.sink = r.base
	r.inner = &function.Env{Root: o.Root, Dir: o.Dir, Files: r.listed, Problem: r.problem, Seen: func(name string) { r.seen[name] = true }}
	outer := *r.inner
	outer.Template = r.render
	r.env = &outer
	return r
}

// problem notes what was not read, not resolved or not understood.
func (r *run) problem(at source.Span, format string, args ...any) {
	const longest = 600 // names may have any length
	msg := fmt.Sprintf(format, args...)
	if len(msg) > longest {
		msg = strings.ToValidUTF8(msg[:longest], "") + "…"
	}
	r.sink.count++
	if r.sink.count < 4*maxProblems {
		r.sink.list.Add(at, "%s", msg)
	}
}

// once is problem for what would otherwise be said of every use.
func (r *run) once(key string, at source.Span, format string, args ...any) {
	if !r.said[key] {
		r.said[key] = true
		r.problem(at, format, args...)
	}
}

// apart evaluates something that is kept and used by others: its problems are
// those of the sources even where the use that came first was only a try.
func (r *run) apart(f func()) {
	outer := r.sink
	r.sink = r.base
	defer func() { r.sink = outer }()
	f()
}

// reported are the problems, bounded.
func (r *run) reported(at source.Span) []source.Problem {
	list := r.base.list.Sorted()
	if more := len(list) - maxProblems; more > 0 {
		list = append(list[:maxProblems:maxProblems], source.Problem{Span: at,
			Message: fmt.Sprintf("%d more problems in this configuration are not listed", more)})
	}
	return list
}

// spend takes n from the work that one configuration may make.
func (r *run) spend(n int, at source.Span) bool {
	if r.work > maxWork {
		return false
	}
	if r.work += n; r.work > maxWork {
		r.once("work", at, "the configuration has more values than remit evaluates (%d); from here on they stay unresolved", maxWork)
		return false
	}
	return true
}

// enter notes that the evaluation goes one level deeper. Where it reports
// true, leave must follow.
func (r *run) enter(at func() source.Span) bool {
	if r.depth >= maxDepth {
		r.once("depth", at(), "expressions and references nest deeper than %d levels; the rest stays unresolved", maxDepth)
		return false
	}
	if r.work > maxWork || r.work+1 > maxWork && !r.spend(1, at()) {
		return false
	}
	r.work++
	r.depth++
	return true
}

func (r *run) leave() { r.depth-- }

// size counts the parts of a value as a reader would visit them, up to limit.
func size(v *value.Value, limit int) int {
	if limit <= 0 {
		return 1
	}
	n := 1
	add := func(part *value.Value) bool {
		n += size(part, limit-n)
		return n < limit
	}
	if v.Kind() == value.List {
		for _, i := range v.Items() {
			if !add(i) {
				return n
			}
		}
	}
	for _, f := range v.Fields() {
		if !add(f.Value) {
			return n
		}
	}
	for _, c := range v.Choices() {
		if !add(c) {
			return n
		}
	}
	if d := v.Document(); d != nil {
		add(d)
	}
	if v.Kind() == value.String {
		for _, p := range v.Text().Parts() {
			n += (len(p.Lit) + len(p.Hole)) / 32
		}
	}
	return n
}

// used counts a value that is used in one more place.
func (r *run) used(v *value.Value, at source.Span) *value.Value {
	switch v.Kind() {
	case value.Bool, value.Number, value.Null, value.Absent:
		return v
	}
	if n := size(v, maxWork-r.work+2); n > 1 && !r.spend(n, at) {
		return value.NewUnresolved(tooMuch, at, nil)
	}
	return v
}

const tooMuch = "the configuration has more values than remit evaluates"

// read parses a file once; nil where it cannot be read, which is a problem.
func (r *run) read(name string) *file {
	if f, ok := r.files[name]; ok {
		return f
	}
	r.files[name] = nil
	data, err := r.options.Root.Read(name)
	if err != nil {
		r.problem(source.FileSpan(name), "the file cannot be read: %v", err)
		return nil
	}
	f := parse(name, data, r.options.Root.Limits(), r.problem)
	r.files[name] = f
	return f
}

// folder is the configuration in a folder, read once; nil where there is none.
func (r *run) folder(dir string) *config {
	if c, ok := r.folders[dir]; ok {
		return c
	}
	r.folders[dir] = nil
	files, overrides := configFiles(r.options.Root.List(dir))
	if len(files)+len(overrides) == 0 {
		return nil
	}
	c := newConfig(dir, r.problem)
	r.apart(func() {
		for _, n := range files {
			if f := r.read(path.Join(dir, n)); f != nil {
				c.add(f)
			}
		}
		for _, n := range overrides {
			if f := r.read(path.Join(dir, n)); f != nil {
				c.override(f)
			}
		}
	})
	r.folders[dir] = c
	return c
}

// fileNames are all files read, sorted.
func (r *run) fileNames() []string {
	var out []string
	for name, f := range r.files {
		if f != nil {
			out = append(out, name)
		}
	}
	for name := range r.seen {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// listed are the files below the root, for functions that look for some.
func (r *run) listed() []source.File {
	if r.options.Files == nil {
		r.options.Files, _ = r.options.Root.Files()
	}
	return r.options.Files
}

// text is what is written in a range, to name what is not known.
func (r *run) text(rng hcl.Range) string {
	if f := r.files[rng.Filename]; f != nil {
		return f.text(rng)
	}
	if f := r.texts[rng.Filename]; f != nil {
		return f.text(rng)
	}
	return ""
}
