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
	"fmt"
	"strings"

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
	// Redefined are conditions, as App/Name, that another version of the same
	// application defines otherwise: what they choose goes by other names.
	Redefined map[string]bool
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
	loader   *Loader
	template *Template
	app      *app.App
	stack    *stack
	run      *run
}

// Open prepares the application whose root template is t. The name counts
// where nothing is known of the template's deployment.
func (l *Loader) Open(t *Template, name string) *App {
	format := "cloudformation"
	if t.SAM() {
		format = "sam"
	}
	if d := t.Deployment; d != nil {
		format, name = d.Format, d.Name
	}
	a := &App{loader: l, template: t}
	a.reset(nil)
	a.app = &app.App{ID: t.File, Name: name, Format: format, Root: t.File, Place: a.run.place()}
	// The name that a deployment uses says more than that of a file.
	if a.run.stackName != "" {
		a.app.Name = a.run.stackName
	}
	return a
}

// reset starts the evaluation anew with the exports of the scan.
func (a *App) reset(exports *Exports) {
	t, d := a.template, a.template.Deployment
	a.run = &run{loader: a.loader, app: t.File, files: map[string]bool{t.File: true}, exports: exports, imported: map[string]bool{},
		where: d.where(a.loader.options)}
	if d != nil {
		a.run.group = d.Group
	}
	a.stack = newStack(a.run, nil, "", t)
	a.stack.params = a.stack.rootParameters()
	if d != nil {
		a.stack.deploy(d)
	}
	a.stack.prepare()
	if d != nil {
		a.stack.made(d)
	}
}

// Resources evaluates the whole application. exports may be nil.
func (a *App) Resources(exports *Exports) []*app.Resource {
	if len(a.run.imported) > 0 { // evaluated in part while exports were collected
		a.reset(exports)
	}
	a.run.exports, a.run.meant = exports, nil
	return a.stack.load(value.Yes, nil)
}

// File is the root template.
func (a *App) File() string { return a.template.File }

// Declares reports whether the root template has the parameter.
func (a *App) Declares(parameter string) bool {
	if d := a.template.Deployment; d != nil && d.Asked[parameter] {
		return true
	}
	return a.template.Root.Get("Parameters").Has(parameter)
}

// AddTo adds the application with its evaluated resources to b.
func (a *App) AddTo(b *app.Builder, resources []*app.Resource) {
	for f := range a.run.files {
		a.app.Files = append(a.app.Files, f)
	}
	a.app.Parameters = a.stack.declaredParameters()
	a.app.Outputs = a.run.outputs
	a.app.Conditions = a.run.defined
	b.App(a.app, resources)
	b.Problems(a.run.reported())
}

// A run is what all stacks of one application share while it is loaded.
type run struct {
	loader *Loader
	app    string
	files  map[string]bool
	where  where
	group  string // of templates that are deployed together; may be empty
	// stackName is the name that the deployment configuration gives the stack.
	stackName string
	stacks    int
	depth     int // of references that are being followed
	written   int // bytes of text that functions have put together
	values    int // parts of lists and maps that were evaluated
	problems  source.Problems
	outputs   []app.Output
	defined   map[string]string // conditions that are not known
	exports   *Exports
	imported  map[string]bool // names that were imported
	meant     map[string][]export
}

func (r *run) problem(span source.Span, format string, args ...any) {
	const longest = 600 // names in a template may have any length
	msg := fmt.Sprintf(format, args...)
	if len(msg) > longest {
		msg = strings.ToValidUTF8(msg[:longest], "") + "…"
	}
	r.problems.Append(source.Problem{Span: span, Message: msg})
}

// maxProblems bounds what one application reports: a file with more defects
// is broken as a whole.
const maxProblems = 500

func (r *run) reported() []source.Problem {
	list := r.problems.Sorted()
	if more := len(list) - maxProblems; more > 0 {
		list = append(list[:maxProblems:maxProblems], source.Problem{Span: source.FileSpan(r.app),
			Message: fmt.Sprintf("%d more problems in this application are not listed", more)})
	}
	return list
}

// maxFollow bounds chains of references, such as names made of names.
const maxFollow = 2000

// follow notes that one more reference is followed; it reports false, with a
// problem, where the chain is longer than remit goes. Every call is paired
// with one of leave.
func (r *run) follow(at source.Span) bool {
	r.depth++
	if r.depth == maxFollow {
		r.problem(at, "references lead over more than %d steps; the rest stays unresolved", maxFollow)
	}
	return r.depth < maxFollow
}

func (r *run) leave() { r.depth-- }

// A stack is one template with the values of its parameters. Everything in it
// is evaluated when it is first asked for, so the order in the file does not
// matter; what asks for itself is a cycle and a problem.
type stack struct {
	*run
	tpl    *Template
	parent *stack
	prefix string // before logical ids: "" or "Parent/"
	level  int    // of nesting
	name   value.Text
	params map[string]*value.Value

	body      *source.Node // after all transforms
	sections  map[string]*section
	generated map[string]string // logical id -> declaration it was made from
	labels    map[string]string // logical id -> what people call it

	conditions map[string]*condition
	names      map[string]*named
	asking     map[string]bool       // attributes that are being evaluated
	texts      map[string]value.Text // of attributes that were
	tables     map[string]*table
	outputs    map[string]*output
	children   map[string]*stack
	including  []string // files that are being included
}

func newStack(r *run, parent *stack, logical string, t *Template) *stack {
	r.stacks++
	s := &stack{
		run: r, tpl: t, parent: parent,
		name:       value.StackName(r.app),
		conditions: map[string]*condition{},
		names:      map[string]*named{},
		asking:     map[string]bool{},
		texts:      map[string]value.Text{},
		tables:     map[string]*table{},
		outputs:    map[string]*output{},
		children:   map[string]*stack{},
	}
	if parent != nil {
		s.prefix = parent.prefix + logical + "/"
		s.level = parent.level + 1
		s.name = value.Concat(parent.name, value.Lit("-"+logical+"-"), value.Fresh(parent.id(logical)))
	}
	return s
}

// id is the resource id of a logical id of this stack.
func (s *stack) id(logical string) string { return s.app + "/" + s.prefix + logical }
