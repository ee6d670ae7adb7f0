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
