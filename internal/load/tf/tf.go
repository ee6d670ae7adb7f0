// Package tf loads Terraform and OpenTofu: the configuration below a folder, or
// the plan that was made of it, becomes an application under CloudFormation's
// names.
//
// It imports source, value, app and the packages below it: tf/lang evaluates
// the language, tf/function its functions, tf/plan reads plans, tf/aws maps the
// provider's types, tf/registry knows modules that are not at hand. Two things never change:
// nothing is fetched or executed, and a folder that is broken in part still
// gives the rest.
package tf

import (
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/aws"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/load/tf/plan"
	"github.com/remit-security/remit/internal/load/tf/registry"
	"github.com/remit-security/remit/internal/source"
)

// Options say what the sources do not: the values that a deployment gives.
type Options struct {
	// Variables are values of variables of root modules, by name.
	Variables map[string]string
	// VarFiles are files of variables, the last one wins.
	VarFiles []lang.VarFile
	// Region, Account and Partition are the place of the deployment; empty
	// ones stay unknown.
	Region, Account, Partition string
}

// A Stack is one root module, or a plan, which makes an application.
type Stack struct {
	root    *source.Root
	options Options
	files   []source.File
	folder  lang.Folder // without files where only a plan is at hand
	plan    string      // the plan of the folder; empty where there is none
}

// Stacks are the root modules among files, in the order of their folders, and
// the plans: a plan is read in the place of the folder that it lies in, since
// it knows more.
func Stacks(root *source.Root, files []source.File, plans []string, o Options) ([]*Stack, []source.Problem) {
	var problems source.Problems
	planned := map[string]string{}
	for _, file := range plans {
		dir := plan.Folder(file)
		if first := planned[dir]; first != "" {
			problems.Add(source.FileSpan(file), "the plan is not read: %s is of the same folder; scan one of them, or keep them in folders of their own", first)
			continue
		}
		planned[dir] = file
	}
	var out []*Stack
	for _, f := range lang.Folders(root, files) {
		out = append(out, &Stack{root: root, options: o, files: files, folder: f, plan: planned[f.Path]})
	}
	out = roots(out)
	for _, s := range out {
		delete(planned, s.folder.Path)
	}
	for dir, file := range planned {
		out = append(out, &Stack{root: root, options: o, files: files, folder: lang.Folder{Path: dir}, plan: file})
	}
	slices.SortFunc(out, func(a, b *Stack) int { return strings.Compare(a.folder.Path, b.folder.Path) })
	return out, problems.Sorted()
}

// roots leaves out the folders that others call as modules, unless a plan was
// made of them. Of folders that call each other in a circle the first stays.
func roots(all []*Stack) []*Stack {
	calls := map[string][]string{}
	called := map[string]bool{}
	for _, s := range all {
		calls[s.folder.Path] = s.folder.Calls
		for _, c := range s.folder.Calls {
			called[c] = called[c] || c != s.folder.Path
		}
	}
	reached := map[string]bool{}
	var reach func(dir string)
	reach = func(dir string) {
		if reached[dir] {
			return
		}
		reached[dir] = true
		for _, c := range calls[dir] {
			reach(c)
		}
	}
	for _, s := range all {
		if !called[s.folder.Path] {
			reach(s.folder.Path)
		}
	}
	var out []*Stack
	for _, s := range all {
		dir := s.folder.Path
		if called[dir] && reached[dir] && s.plan == "" {
			continue
		}
		reach(dir)
		out = append(out, s)
	}
	return out
}

// File is where the stack starts: main.tf, where there is one.
func (s *Stack) File() string {
	if len(s.folder.Files) == 0 {
		return s.plan
	}
	if main := path.Join(s.folder.Path, "main.tf"); slices.Contains(s.folder.Files, main) {
		return main
	}
	return s.folder.Files[0]
}

// Load evaluates the stack.
func (s *Stack) Load() *App {
	res := s.evaluate()
	resources, problems := aws.Resources(res.Instances, aws.Options{Place: res.Place, Dir: s.folder.Path})
	return &App{
		app: &app.App{ID: s.folder.Path, Name: name(s.folder.Path), Format: "terraform", Root: s.File(), Files: res.Files,
			Place: res.Place, Parameters: res.Variables, Outputs: res.Outputs},
		resources: resources,
		problems:  append(res.Problems, problems...),
	}
}

// evaluate evaluates the configuration, and reads the plan where there is one:
// the configuration then tells where things are written, and what the plan does
// not know yet.
func (s *Stack) evaluate() *lang.Result {
	res := &lang.Result{}
	if len(s.folder.Files) > 0 {
		res = lang.Evaluate(lang.Options{
			Root: s.root, Provider: aws.Provider(), App: s.folder.Path, Dir: s.folder.Path, Files: s.files,
			Variables: s.options.Variables, VarFiles: s.options.VarFiles,
			Region: s.options.Region, Account: s.options.Account, Partition: s.options.Partition,
			Module: registry.Module,
		})
	}
	if s.plan == "" {
		return res
	}
	planned := plan.Read(plan.Options{
		Root: s.root, Provider: aws.Provider(), App: s.folder.Path, File: s.plan, Files: s.files, Written: res.Instances,
		Region: s.options.Region, Account: s.options.Account, Partition: s.options.Partition,
	})
	if len(s.folder.Files) > 0 { // which says where its variables are written
		planned.Variables = res.Variables
	}
	planned.Files = append(planned.Files, res.Files...)
	return planned
}

// name is what people call the application: its folder, or the one above where
// that only says what is in it.
func name(dir string) string {
	for {
		switch base := strings.ToLower(path.Base(dir)); base {
		case "terraform", "tf", "infra", "infrastructure", "iac", "deploy", "src":
			if up := path.Dir(dir); up != "." && up != "/" {
				dir = up
				continue
			}
		case ".":
			return "terraform"
		}
		return path.Base(dir)
	}
}

// An App is an evaluated stack.
type App struct {
	app       *app.App
	resources []*app.Resource
	problems  []source.Problem
}

// File is where the application starts.
func (a *App) File() string { return a.app.Root }

// Declares reports whether the root module has the variable.
func (a *App) Declares(variable string) bool {
	return slices.ContainsFunc(a.app.Parameters, func(p app.Parameter) bool { return p.Name == variable })
}

// Empty reports whether the stack deploys nothing: a folder of nothing but
// settings or outputs is no application.
func (a *App) Empty() bool { return len(a.resources) == 0 }

// AddTo adds the application to b.
func (a *App) AddTo(b *app.Builder) {
	b.Problems(a.problems)
	if a.Empty() {
		for _, f := range a.app.Files {
			b.File(f)
		}
		return
	}
	b.App(a.app, a.resources)
}
