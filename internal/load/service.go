package load

import (
	"path"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/load/sls"
	"github.com/remit-security/remit/internal/source"
)

// service compiles a Serverless Framework service to the template that it
// deploys. There is none where nothing of it can be read.
func service(root *source.Root, file string, data []byte, o Options) (*cfn.Template, []source.Problem) {
	n, problems := source.Parse(file, data, root.Limits())
	if n == nil {
		return nil, problems
	}
	r := sls.Compile(file, n, sls.Options{Root: root, Parameters: o.Parameters, Region: o.Region, Account: o.Account})
	problems = append(problems, r.Problems...)
	if r.Doc == nil {
		return nil, problems
	}
	return &cfn.Template{File: file, Root: r.Doc, Deployment: &cfn.Deployment{
		Format: sls.Format, Name: r.Name, Stack: r.Stack, Region: r.Region, Parameters: r.Given, Files: r.Files,
		Inputs: r.Inputs, Asked: r.Asked, Open: r.Open, From: r.From, Labels: r.Labels,
	}}, problems
}

// isService reports whether a template was compiled from a service; t may be nil.
func isService(t *cfn.Template) bool {
	return t != nil && t.Deployment != nil && t.Deployment.Format == sls.Format
}

// serviceFiles are what services read, and the folders in which they lie.
type serviceFiles struct {
	read     map[string]bool
	services map[string]bool // folders of services that were read
	code     map[string]bool // folders of services that are code, and noted as not read
}

func serviceParts(files []source.File, found []candidate) serviceFiles {
	s := serviceFiles{read: map[string]bool{}, services: map[string]bool{}, code: map[string]bool{}}
	for _, f := range found {
		if isService(f.template) {
			s.services[path.Dir(f.file)] = true
			for _, name := range f.template.Deployment.Files {
				s.read[name] = true
			}
		} else if sls.Named(f.file) {
			s.code[path.Dir(f.file)] = true
		}
	}
	for _, f := range files {
		if base := path.Base(f.Path); strings.HasPrefix(base, "serverless.") && !sls.Named(f.Path) {
			switch path.Ext(base) {
			case ".ts", ".js", ".cjs", ".mjs":
				s.code[path.Dir(f.Path)] = true
			}
		}
	}
	return s
}

// hold reports whether a template is a part of a service: what the service
// reads, and what only looks like a template and lies in a service's folder.
// The latter is noted where no service names it.
func (s serviceFiles) hold(b *app.Builder, t *cfn.Template) bool {
	switch {
	case isService(t):
		return false
	case s.read[t.File]:
		return true
	case t.Declared():
		return false
	case under(s.services, t.File):
		b.Problem(source.FileSpan(t.File), "the file looks like a part of the service in its folder, which does not name it; it is not read")
		return true
	}
	return under(s.code, t.File)
}
