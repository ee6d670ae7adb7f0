// Package cfn loads CloudFormation and SAM templates: parameters, conditions,
// mappings, intrinsic functions, transforms, nested stacks, exports and
// imports become resources whose properties are values.
//
// It imports source, value, app and, for the SAM transform, cfn/sam. Two
// things never change: nothing outside the root is read, and a template that
// is broken in part still gives the rest, with a problem for each part that
// could not be understood.
package cfn

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Options say what the sources do not: the values that a deployment gives.
type Options struct {
	// Parameters are values for the parameters of root templates; they win
	// over every file and default.
	Parameters map[string]string
	// Region, Account and Partition are the place of the deployment; empty
	// ones stay holes (AWS::Region and so on).
	Region, Account, Partition string
}

// A Loader turns templates of one root into applications. It is safe for
// concurrent use once all files are added and listed.
type Loader struct {
	root    *source.Root
	options Options
	listed  listing
	files   cache
}

// NewLoader returns a Loader that reads below root.
func NewLoader(root *source.Root, o Options) *Loader {
	return &Loader{root: root, options: o, files: cache{files: map[string]*entry{}}}
}

// An App is one root template being loaded.
type App struct {
	app   *app.App
	stack *stack
	run   *run
}

// Open prepares the application whose root template is t.
func (l *Loader) Open(t *Template, name string) *App {
	r := &run{loader: l, app: t.File, files: map[string]bool{t.File: true}, imports: map[string]bool{}}
	format := "cloudformation"
	if t.SAM() {
		format = "sam"
	}
	s := newStack(r, nil, "", t)
	s.params = s.rootParameters()
	s.prepare()
	return &App{
		app:   &app.App{ID: t.File, Name: name, Format: format, Root: t.File, Place: r.place()},
		stack: s,
		run:   r,
	}
}

// Load evaluates the whole application and adds it to b. exports may be nil.
func (a *App) Load(exports *Exports, b *app.Builder) {
	resources := a.Resources(exports)
	a.AddTo(b, resources)
}

// Resources evaluates the whole application.
func (a *App) Resources(exports *Exports) []*app.Resource {
	a.run.exports = exports
	return a.stack.load(nil)
}

// AddTo adds the application with its evaluated resources to b.
func (a *App) AddTo(b *app.Builder, resources []*app.Resource) {
	for f := range a.run.files {
		a.app.Files = append(a.app.Files, f)
	}
	b.App(a.app, resources)
	b.Problems(a.run.problems.Sorted())
}

// A run is what all stacks of one application share while it is loaded.
type run struct {
	loader   *Loader
	app      string
	files    map[string]bool
	stacks   int
	problems source.Problems
	exports  *Exports
	imports  map[string]bool // names of imports already reported
}

func (r *run) problem(span source.Span, format string, args ...any) {
	r.problems.Add(span, format, args...)
}

// A stack is one template with the values of its parameters. Everything in it
// is evaluated when it is first asked for, so the order in the file does not
// matter; what asks for itself is a cycle and a problem.
type stack struct {
	*run
	tpl    *Template
	parent *stack
	prefix string // before logical ids: "" or "Parent/"
	depth  int
	name   value.Text
	params map[string]*value.Value

	body      *source.Node // after all transforms
	sections  map[string]*section
	generated map[string]string // logical id -> declaration it was made from

	conditions map[string]*condition
	names      map[string]*named
	asking     map[string]bool // attributes that are being evaluated
	outputs    map[string]*output
	children   map[string]*stack
}

func newStack(r *run, parent *stack, logical string, t *Template) *stack {
	r.stacks++
	s := &stack{
		run: r, tpl: t, parent: parent,
		name:       value.Hole("AWS::StackName"),
		conditions: map[string]*condition{},
		names:      map[string]*named{},
		asking:     map[string]bool{},
		outputs:    map[string]*output{},
		children:   map[string]*stack{},
	}
	if parent != nil {
		s.prefix = parent.prefix + logical + "/"
		s.depth = parent.depth + 1
		s.name = value.Concat(parent.name, value.Lit("-"+logical+"-"), value.Fresh(parent.id(logical)))
	}
	return s
}

// id is the resource id of a logical id of this stack.
func (s *stack) id(logical string) string { return s.app + "/" + s.prefix + logical }
