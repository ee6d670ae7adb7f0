// Package policy owns the grammar of IAM policy documents: a lossless parse
// with spans, the checks that AWS itself would make, and printing.
//
// It imports source and value. A Document is immutable once parsed. What the
// sources leave open stays in the document as a hole or as a Maybe element;
// nothing that was written is dropped.
//
// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package policy

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Document is one policy.
type Document struct {
	Version    Item // zero where it is not written: AWS takes 2008-10-17
	ID         Item
	Statements []Statement
	// Single tells that the one statement was written without a list.
	Single bool
	Extra  []value.Field // keys that the grammar does not know
	Span   source.Span
}

// An Item is one string of a document: an action, an ARN, a condition's value.
type Item struct {
	// Text is the string with its holes.
	Text value.Text
	// Kind is how it was written: String, Bool, Number, Unresolved …
	Kind value.Kind
	// Maybe marks an item that stands in only one branch of an unresolved
	// condition: it may not be there at all.
	Maybe bool
	Span  source.Span
	// Refs are the resources that the expression names.
	Refs []value.Ref
}

// IsZero reports whether the item is not written at all.
func (i Item) IsZero() bool { return i.Kind == value.Absent }

// String shows the item with its holes.
func (i Item) String() string { return i.Text.String() }

// List is the value of an element that AWS takes as one string or a list.
type List struct {
	Items  []Item
	Single bool // written without brackets
	// Present tells an empty list from an element that is not written.
	Present bool
	Span    source.Span
}

// A Statement is one statement of a document.
type Statement struct {
	// Index counts the statements of the document from 0.
	Index  int
	Sid    Item
	Effect Item

	Principal    *Principal // nil where it is not written
	NotPrincipal *Principal
	Action       List
	NotAction    List
	Resource     List
	NotResource  List
	Condition    []Condition

	// HasCondition tells an empty condition block from none.
	HasCondition bool
	// OpenCondition holds the parts of the condition block that could not be
	// resolved; while there are any, whether the conditions hold is unknown.
	OpenCondition []*value.Value

	// Maybe marks a statement that stands in only one branch of an
	// unresolved condition, or that has an element which is not understood:
	// it may not be there, or not hold.
	Maybe bool
	// Open marks a statement of which nothing is known: it is not resolved, or
	// malformed beyond understanding.
	Open  *value.Value
	Extra []value.Field
	Span  source.Span
	// Of is the document that the statement was written in, where it stands in
	// one that is put together of several; nil: it is the same.
	Of *Document
}

// Effects as AWS spells them.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Is tells whether the statement has the effect. One that is not written, or
// is neither Allow nor Deny, may be either.
func (s *Statement) Is(effect string) value.Tri {
	if s.Open != nil || s.Effect.IsZero() {
		return value.Unknown
	}
	if known, ok := s.Effect.Text.Known(); ok && known != Allow && known != Deny {
		return value.Unknown
	}
	t := s.Effect.Text.Equal(value.Lit(effect))
	if s.Effect.Maybe && t == value.Yes {
		return value.Unknown
	}
	return t
}

// Name is how messages call the statement: its Sid, or its number.
func (s *Statement) Name() string {
	if sid := s.Sid.String(); sid != "" {
		return "statement " + Short(sid)
	}
	return "statement " + itoa(s.Index+1)
}

// A Principal is the value of Principal or NotPrincipal.
type Principal struct {
	// Any tells that it is the bare string "*".
	Any bool
	// Bare tells that a string other than "*" was written, which AWS refuses;
	// it is taken for an AWS entry.
	Bare bool
	// Entries are the typed principals in the order written.
	Entries []Entry
	// Open is set where a part of the element could not be resolved; any
	// principal may be meant.
	Open []*value.Value
	Span source.Span
}

// An Entry is one type of a principal with its values.
type Entry struct {
	Type   string // AWS, Service, Federated, CanonicalUser
	Values List
	Span   source.Span // of the type
	Maybe  bool
}

// A Condition is one operator applied to one key. An operator that is written
// without any key, which always holds, has no Values present.
type Condition struct {
	// Operator is as written: "StringEquals", "ForAnyValue:StringLikeIfExists".
	Operator     string
	OperatorSpan source.Span
	Key          string
	KeySpan      source.Span
	Values       List
}

// Variables tells whether ${…} in the document's strings are policy
// variables: only with Version 2012-10-17.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func (d *Document) Variables() value.Tri {
	if d.Version.IsZero() {
		return value.No
	}
	known, ok := d.Version.Text.Known()
	if ok && known != "2012-10-17" && known != "2008-10-17" {
		return value.Unknown // AWS refuses it
	}
	t := d.Version.Text.Equal(value.Lit("2012-10-17"))
	if d.Version.Maybe && t == value.Yes {
		return value.Unknown
	}
	return t
}

// VariablesIn is Variables of one of the document's statements.
func (d *Document) VariablesIn(s *Statement) value.Tri {
	if s.Of != nil {
		return s.Of.Variables()
	}
	return d.Variables()
}

// Joined is one document of the statements of several, each of which keeps the
// meaning that its own document gives it; nil without any.
func Joined(docs ...*Document) *Document {
	if len(docs) == 0 {
		return nil
	}
	out := *docs[0]
	out.Statements = nil
	for _, d := range docs {
		for i := range d.Statements {
			s := d.Statements[i]
			if s.Of == nil && d != docs[0] {
				s.Of = d
			}
			s.Index = len(out.Statements)
			out.Statements = append(out.Statements, s)
		}
	}
	return &out
}

// SplitAction cuts "s3:GetObject" into its service prefix and name; a bare
// "*" is every action of every service.
func SplitAction(action string) (service, name string) {
	if service, name, ok := strings.Cut(action, ":"); ok {
		return service, name
	}
	if action == "*" {
		return "*", "*"
	}
	return "", action
}
