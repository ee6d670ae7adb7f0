// Package source owns what remit knows about files: the one root that a scan
// may read, the syntax trees of YAML and JSON documents, the spans that tie
// every value to a place in them, and the problems met on the way.
//
// It imports nothing else of remit. Two things never change: no byte outside
// the root is read, and whatever could not be read or understood becomes a
// Problem instead of disappearing.
package source

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// A Span is a place in a file of the root. Lines and columns count from 1;
// columns count bytes, and the end is exclusive. File is relative to the
// root and uses slashes.
type Span struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

// IsZero reports whether the span points nowhere.
func (s Span) IsZero() bool { return s == Span{} }

// String is the form that editors and terminals make a link of.
func (s Span) String() string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// Compare orders spans by file, then start, then end.
func (s Span) Compare(o Span) int {
	return cmp.Or(
		cmp.Compare(s.File, o.File),
		cmp.Compare(s.Line, o.Line),
		cmp.Compare(s.Column, o.Column),
		cmp.Compare(s.EndLine, o.EndLine),
		cmp.Compare(s.EndColumn, o.EndColumn),
	)
}

// To returns the span from the start of s to the end of o.
func (s Span) To(o Span) Span {
	s.EndLine, s.EndColumn = o.EndLine, o.EndColumn
	return s
}

// FileSpan points at a whole file, for problems that have no line.
func FileSpan(file string) Span {
	return Span{File: file, Line: 1, Column: 1, EndLine: 1, EndColumn: 1}
}

// A Problem is a part of the input that was not read, not resolved or not
// understood. It names what is wrong and what to do about it.
type Problem struct {
	Span    Span   `json:"span"`
	Message string `json:"message"`
}

func (p Problem) String() string { return p.Span.String() + ": " + p.Message }

// Problems collects problems. It is safe for concurrent use; its zero value
// is ready.
type Problems struct {
	mu   sync.Mutex
	list []Problem
}

// Add notes one problem.
func (p *Problems) Add(span Span, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, Problem{Span: span, Message: fmt.Sprintf(format, args...)})
}

// Append notes several problems.
func (p *Problems) Append(list ...Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, list...)
}

// Sorted returns the problems in the order of their spans, each once.
func (p *Problems) Sorted() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := slices.Clone(p.list)
	slices.SortFunc(out, func(a, b Problem) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(out)
}
