package app

import (
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Parameter is an input of an application that whoever deploys it gives.
type Parameter struct {
	Name string
	// Type is "String", "Number", "CommaDelimitedList" and so on.
	Type string
	Span source.Span
	// Secret marks a parameter whose value is hidden (NoEcho). Its value is
	// never part of the model; HasDefault tells that the sources hold one.
	Secret     bool
	HasDefault bool
	// Placeholder tells that the default only says that a value belongs there,
	// such as <password>.
	Placeholder bool
	// DefaultSpan is where the default is written.
	DefaultSpan source.Span
	// Default is the default of a parameter that is not Secret, nil without one.
	Default *value.Value
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
