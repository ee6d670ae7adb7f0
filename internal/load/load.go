// Package load turns the files below one root into a project: it finds what
// each format describes, by content, and hands it to the format's loader.
//
// It imports source, value, app and the loaders. Two things never change:
// loading never fails as a whole, what could not be read becomes a problem of
// the project; and the result does not depend on the order of the work.
package load

import (
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/account"
	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/load/tf"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
)

// Options say what the sources do not: the values that a deployment gives.
type Options struct {
	// Parameters are values for template parameters, by name.
	Parameters map[string]string
	// VarFiles are files of Terraform variables, the last one wins.
	VarFiles []VarFile
	// Region, Account and Partition are the place of the deployment; empty
	// ones stay unknown.
	Region, Account, Partition string
	// Redefined are conditions, as App/Name, that another version of the same
	// application defines otherwise: what they choose is called by other names,
	// so that it is not taken for the same.
	Redefined map[string]bool
	// Workers bounds how many templates are read at once; 0 means one for
	// each processor.
	Workers int
}

// A VarFile is a file of Terraform variables, which may lie anywhere.
type VarFile = lang.VarFile

// Project loads everything below root.
func Project(root *source.Root, o Options) *app.Project {
	b := app.NewBuilder()
	files, problems := root.Files()
	b.Problems(problems)
	b.Problems(unsupported(files))
	assemblies := findAssemblies(b, root, files)

	l := cfn.NewLoader(root, cfn.Options{Parameters: o.Parameters, Region: o.Region, Account: o.Account, Partition: o.Partition, Redefined: o.Redefined})
	l.List(files)
	w := o.Workers
	if w <= 0 {
		w = runtime.GOMAXPROCS(0)
	}
	found := discover(root, assemblies.Others(files), o, w)
	parts := serviceParts(files, found)
	var templates []*cfn.Template
	var plans []string
	var pages []*account.Page
	for _, f := range found {
		pages = append(pages, f.pages...)
		if f.plan {
			plans = append(plans, f.file)
		}
		if f.template != nil && !assemblies.Lists(f.file) && parts.hold(b, f.template) {
			continue
		}
		b.Problems(f.problems)
		if f.template != nil {
			assemblies.Prepare(f.template)
			templates = append(templates, f.template)
			l.Add(f.template)
		} else if len(f.problems) > 0 {
			b.File(f.file)
		}
	}
	unreadStacks(b, assemblies, found)
	copies := packaged(templates)
	templates = slices.DeleteFunc(templates, func(t *cfn.Template) bool {
		original := copies[t]
		if original != nil {
			b.Problem(source.FileSpan(t.File), "the template is the packaged form of %s, which is read in its place", original.File)
		}
		return original != nil
	})
	roots := rootTemplates(templates)
	apps := make([]*cfn.App, len(roots))
	parallel(w, len(roots), func(i int) {
		guard(b, roots[i].File, func() { apps[i] = l.Open(roots[i], name(roots[i].File)) })
	})
	apps = slices.DeleteFunc(apps, func(a *cfn.App) bool { return a == nil })
	var exports *cfn.Exports
	guard(b, ".", func() { exports = cfn.CollectExports(apps) })
	resources := make([][]*app.Resource, len(apps))
	parallel(w, len(apps), func(i int) {
		guard(b, apps[i].File(), func() { resources[i] = apps[i].Resources(exports) })
	})
	finishStacks(b, assemblies, apps, resources)
	for i, a := range apps {
		a.AddTo(b, resources[i])
	}
	guard(b, ".", func() { accounts(b, pages) })
	stacks := terraform(b, root, files, plans, o, w)
	unusedParameters(b, o.Parameters, apps, stacks)
	return b.Freeze()
}

// accounts loads what accounts tell of their identities and policies.
func accounts(b *app.Builder, pages []*account.Page) {
	stacks, problems := account.Stacks(pages)
	b.Problems(problems)
	for _, p := range pages {
		b.File(p.File)
	}
	for _, s := range stacks {
		b.App(s.App, s.Resources)
	}
}

// terraform loads the root modules of Terraform, and the plans made of them.
func terraform(b *app.Builder, root *source.Root, files []source.File, plans []string, o Options, workers int) []*tf.App {
	var stacks []*tf.Stack
	guard(b, ".", func() {
		var problems []source.Problem
		stacks, problems = tf.Stacks(root, files, plans, tf.Options{Variables: o.Parameters, VarFiles: o.VarFiles, Region: o.Region, Account: o.Account, Partition: o.Partition})
		b.Problems(problems)
	})
	apps := make([]*tf.App, len(stacks))
	parallel(workers, len(stacks), func(i int) {
		guard(b, stacks[i].File(), func() { apps[i] = stacks[i].Load() })
	})
	apps = slices.DeleteFunc(apps, func(a *tf.App) bool { return a == nil })
	for _, a := range apps {
		a.AddTo(b)
	}
	return apps
}

// unusedParameters notes values that were given for parameters which no
// template and no root module declares: most likely the name is mistyped.
func unusedParameters(b *app.Builder, given map[string]string, apps []*cfn.App, stacks []*tf.App) {
	if len(apps)+len(stacks) == 0 {
		return
	}
	first := "."
	if len(apps) > 0 {
		first = apps[0].File()
	} else {
		first = stacks[0].File()
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(apps, func(a *cfn.App) bool { return a.Declares(name) }) && !slices.ContainsFunc(stacks, func(a *tf.App) bool { return a.Declares(name) }) {
			b.Problem(source.FileSpan(first), "no template or root module declares the parameter %q that was given a value; correct its name", name)
		}
	}
}

// guard keeps a defect of remit that one template brings out from taking the
// other templates down: what failed is a problem.
func guard(b *app.Builder, file string, f func()) {
	defer func() {
		if err := recover(); err != nil {
			b.Problem(source.FileSpan(file), "loading failed and something is missing; report this as a bug: %v", err)
		}
	}()
	f()
}

// name is what people call the application: the folder of a template with one
// of the usual names, else the template's own name.
func name(file string) string {
	dir, base := path.Split(file)
	stem := strings.TrimSuffix(base, path.Ext(base))
	if s := strings.TrimSuffix(stem, ".template"); s != "" { // the CDK's "Stack.template.json"
		stem = s
	}
	switch strings.ToLower(stem) {
	case "template", "sam", "main", "index", "cloudformation", "serverless":
		if dir = strings.TrimSuffix(dir, "/"); dir != "" {
			return path.Base(dir)
		}
	}
	return stem
}

// parallel calls f for 0 to n-1 on as many goroutines as there are workers.
func parallel(workers, n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
}

// rootTemplates leaves out the templates that others nest. Of templates that
// nest each other in a circle the first stays.
func rootTemplates(templates []*cfn.Template) []*cfn.Template {
	children := map[string][]string{}
	nested := map[string]bool{}
	for _, t := range templates {
		children[t.File] = t.LocalChildren()
		for _, c := range children[t.File] {
			if c != t.File {
				nested[c] = true
			}
		}
	}
	reached := map[string]bool{}
	var reach func(file string)
	reach = func(file string) {
		if reached[file] {
			return
		}
		reached[file] = true
		for _, c := range children[file] {
			reach(c)
		}
	}
	isRoot := map[string]bool{}
	for _, t := range templates {
		if !nested[t.File] {
			isRoot[t.File] = true
			reach(t.File)
		}
	}
	var roots []*cfn.Template
	for _, t := range templates {
		if isRoot[t.File] || !reached[t.File] {
			reach(t.File)
			roots = append(roots, t)
		}
	}
	return roots
}
