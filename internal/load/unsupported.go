package load

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// unsupported notes the projects in formats that this version does not read,
// one problem for each project folder, at its first file.
func unsupported(files []source.File) []source.Problem {
	out := cdk(files)
	out = append(out, terraform(files)...)
	for _, f := range files {
		switch path.Base(f.Path) {
		case "serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs":
			out = append(out, note(f.Path, "the service is written as code, which remit does not run; run serverless package and scan the folder .serverless"))
		case "serverless-compose.yml", "serverless-compose.yaml":
			out = append(out, source.Problem{Span: source.FileSpan(f.Path),
				Message: "what the file hands from one service to another is not read; its services are, and --param gives them the values"})
		case "Pulumi.yaml", "Pulumi.yml":
			out = append(out, note(f.Path, "Pulumi is not read in this version"))
		case "sst.config.ts":
			out = append(out, note(f.Path, "SST is not read in this version"))
		}
	}
	return out
}

func note(file, what string) source.Problem {
	return source.Problem{Span: source.FileSpan(file), Message: what + "; nothing of this project is analysed"}
}

// under reports whether a file lies in one of the folders or below.
func under(folders map[string]bool, file string) bool {
	for d := path.Dir(file); ; d = path.Dir(d) {
		if folders[d] {
			return true
		}
		if d == "." || d == "/" {
			return false
		}
	}
}

// cdk notes CDK projects that were not synthesised: their templates are what
// is read.
func cdk(files []source.File) []source.Problem {
	synthesised := map[string]bool{}
	for _, f := range files {
		if dir, _, ok := strings.Cut("/"+f.Path, "/cdk.out/"); ok && strings.HasSuffix(f.Path, ".template.json") {
			synthesised[strings.TrimPrefix(dir, "/")] = true
		}
	}
	var out []source.Problem
	for _, f := range files {
		dir, base := path.Split(f.Path)
		if base == "cdk.json" && !synthesised[strings.TrimSuffix(dir, "/")] {
			out = append(out, source.Problem{Span: source.FileSpan(f.Path),
				Message: "the CDK project has no cdk.out; run cdk synth and scan again, nothing of it is analysed"})
		}
	}
	return out
}

// terraform notes each topmost folder with Terraform files; the folders below
// it are its modules.
func terraform(files []source.File) []source.Problem {
	count := map[string]int{}
	first := map[string]string{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".tf") || strings.HasSuffix(f.Path, ".tf.json") {
			dir := path.Dir(f.Path)
			if count[dir] == 0 {
				first[dir] = f.Path
			}
			count[dir]++
		}
	}
	dirs := make([]string, 0, len(count))
	for dir := range count {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	total := map[string]int{}
	var tops []string
	for _, dir := range dirs {
		top := dir
		for d := dir; d != "." && d != "/"; {
			d = path.Dir(d)
			if count[d] > 0 {
				top = d
			}
		}
		if total[top] == 0 {
			tops = append(tops, top)
		}
		total[top] += count[dir]
	}
	var out []source.Problem
	for _, top := range tops {
		out = append(out, note(first[top], fmt.Sprintf("Terraform is not read in this version (%s)", countFiles(total[top]))))
	}
	return out
}

func countFiles(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}
