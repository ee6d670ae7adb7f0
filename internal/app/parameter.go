package app

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Parameter is an input of an application that whoever deploys it gives.
type Parameter struct {
	Name string
	// Hole is what stands for the value in texts where it is not known; empty
	// where that is the name.
	Hole string
	// Type is "String", "Number", "CommaDelimitedList" and so on.
	Type string
	Span source.Span
	// Secret marks a parameter whose value is hidden (NoEcho, sensitive). Its
	// value is never part of the model; HasDefault tells that the sources hold
	// one.
	Secret     bool
	HasDefault bool
	// Placeholder tells that the default only says that a value belongs there,
	// such as <password>.
	Placeholder bool
	// DefaultSpan is where the default is written, or what the sources give in
	// its place.
	DefaultSpan source.Span
	// Default is the default of a parameter that is not Secret, nil without one.
	Default *value.Value
}

// placeholder matches defaults that stand where a value belongs. A word such as
// "changeme" is none: stacks run with it.
var placeholder = regexp.MustCompile(`(?is)^\s*(<.*>|\[.*\]|\*+|x{3,}|(your|enter|insert|replace)[ _-].*)\s*$`)

// IsPlaceholder tells whether a default only says that a value belongs there.
func IsPlaceholder(text string) bool { return placeholder.MatchString(text) }

// StandsIn tells whether a part of a text is the parameter, or of what it holds.
func (p Parameter) StandsIn(part value.Part) bool {
	rest, ok := strings.CutPrefix(part.Hole, cmp.Or(p.Hole, p.Name))
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// An Output is a value that an application shows to whoever may describe its
// stack, and to other applications where it is exported.
type Output struct {
	// Name is the output's key; an output of a nested stack has its stack's
	// logical id and a slash before it.
	Name   string
	Value  *value.Value
	Export *value.Value // its exported name, Absent without one
	Span   source.Span
}
