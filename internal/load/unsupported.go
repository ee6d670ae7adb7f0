package load

import (
	"path"

	"github.com/remit-security/remit/internal/source"
)

// unsupported notes the projects in formats that this version does not read,
// one problem for each project folder, at its first file.
func unsupported(files []source.File) []source.Problem {
	var out []source.Problem
	for _, f := range files {
		switch path.Base(f.Path) {
		case "serverless.yml", "serverless.yaml", "serverless.ts", "serverless.js":
			out = append(out, note(f.Path, "the Serverless Framework is not read in this version"))
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

// serverlessFolders are the folders of Serverless Framework projects.
func serverlessFolders(files []source.File) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		switch path.Base(f.Path) {
		case "serverless.yml", "serverless.yaml", "serverless.ts", "serverless.js":
			out[path.Dir(f.Path)] = true
		}
	}
	return out
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
