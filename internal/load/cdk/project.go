package cdk

import (
	"path"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Unsynthesised notes the CDK projects of which there is no assembly, one
// problem each. What their programs deploy is known only when they are run.
func (a *Assemblies) Unsynthesised(files []source.File) []source.Problem {
	loose := map[string]bool{} // folders with templates that no manifest lists
	for _, f := range files {
		if dir, _, ok := strings.Cut("/"+f.Path, "/cdk.out/"); ok && strings.HasSuffix(f.Path, ".template.json") {
			loose[path.Join(strings.TrimPrefix(dir, "/"), "cdk.out")] = true
		}
	}
	var problems source.Problems
	for _, f := range files {
		if path.Base(f.Path) != "cdk.json" || a.inAsset(f.Path) {
			continue
		}
		app, output := a.project(f, &problems)
		synthesised := false
		for _, dir := range []string{output, app} { // an app may be an assembly itself
			at, err := source.Join(f.Path, dir)
			synthesised = synthesised || err == nil && dir != "" && (a.folders[at] != nil || loose[at])
		}
		if synthesised {
			continue
		}
		problems.Add(source.FileSpan(f.Path), "the CDK project has no %s, so nothing of it is analysed; run %s in %s and scan again",
			output, a.synth(path.Dir(f.Path), app), folder(f.Path))
	}
	return problems.Sorted()
}

// project reads which command starts the project's program, and where it
// writes the assembly.
func (a *Assemblies) project(f source.File, problems *source.Problems) (app, output string) {
	output = "cdk.out"
	data, err := a.root.Read(f.Path)
	if err != nil {
		problems.Add(source.FileSpan(f.Path), "the file is not read: %v", err)
		return "", output
	}
	n, more := source.ParseJSON(f.Path, data, a.root.Limits())
	problems.Append(more...)
	if v := n.Get("app"); v.Is(source.StringNode) {
		app = v.Text
	}
	if v := n.Get("output"); v.Is(source.StringNode) && v.Text != "" {
		output = path.Clean(v.Text)
	}
	return app, output
}

// synth is the command that synthesises, with the one before it that installs
// what the program needs where the CDK's command does not do that itself.
func (a *Assemblies) synth(dir, app string) string {
	const synth = "npx cdk synth"
	has := func(name string) bool { return a.listed[path.Join(dir, name)] }
	first, _, _ := strings.Cut(app, " ")
	switch {
	case strings.HasPrefix(first, "python") && has("requirements.txt"):
		return "pip install -r requirements.txt && " + synth
	case has("pnpm-lock.yaml"):
		return "pnpm install && " + synth
	case has("yarn.lock"):
		return "yarn install && " + synth
	case has("package-lock.json"):
		return "npm ci && " + synth
	case has("package.json"):
		return "npm install && " + synth
	}
	return synth
}

func folder(file string) string {
	if dir := path.Dir(file); dir != "." {
		return quote(dir)
	}
	return "the scanned folder"
}
