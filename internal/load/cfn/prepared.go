package cfn

import (
	"maps"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Prepared is what a template brings along that another format was compiled
// to. Its document is evaluated like any other; files beside it that only AWS's
// own tools read (samconfig.toml, parameter files) do not count.
type Prepared struct {
	// Format and Name are those of the application.
	Format, Name string
	// Stack is the name of the stack; nil if it is not known.
	Stack *source.Node
	// Region is where the application is deployed if the command line does not
	// say; empty if that is not known.
	Region string
	// Inputs are names that the document refers to for values which nobody
	// knows before a deployment, of any kind.
	Inputs map[string]source.Span
	// Asked are further names that the command line may give a value.
	Asked map[string]bool
	// Given are values for the template's parameters.
	Given map[string]*source.Node
	// Open tells that something adds resources which nobody sees here, as the
	// format has said: a name that is not declared may be one of them.
	Open bool
	// From tells for each generated resource the setting that it was made from.
	From map[string]string
	// Files are the files that were read.
	Files []string
}

// prepared sets up the root stack of an application that was compiled.
func (s *stack) prepared(p *Prepared) {
	for _, f := range p.Files {
		s.files[f] = true
	}
	for name, at := range p.Inputs {
		if _, ok := s.params[name]; !ok {
			s.params[name] = value.NewUnresolved(name, at, nil)
		}
	}
	if p.Stack != nil {
		if t, ok := scalar(s.eval(p.Stack)); ok {
			s.name = t
		}
	}
}

// unseen reports whether a name that is not declared may be that of a resource
// which is not seen: one inside a module, or one that a plug-in adds.
func (s *stack) unseen(name string) bool {
	return s.tpl.Prepared != nil && s.tpl.Prepared.Open || s.inModule(name)
}

// from adds the settings that generated resources were made from.
func (s *stack) from(p *Prepared) {
	if s.generated == nil {
		s.generated = map[string]string{}
	}
	maps.Copy(s.generated, p.From)
}
