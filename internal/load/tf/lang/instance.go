package lang

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An Instance is one instance of a resource or data source: what count and
// for_each make of a block, in one instance of its module.
type Instance struct {
	// ID is unique in the project: the application's id, a slash and Address.
	ID string
	// Address is Terraform's: module.api["eu"].aws_lambda_function.f[0].
	Address string
	// Type and Name are the labels of the block.
	Type, Name string
	// Data tells a data source from a managed resource.
	Data bool
	// Span is the header of the block.
	Span source.Span
	// Attrs are the arguments as written, a Map. A nested block is a List of
	// Maps under its type, however often it may stand; an argument that is
	// written as an attribute has the kind that its expression gives. An
	// argument that is null is left out.
	Attrs *value.Value
	// Exists is Unknown where count or for_each decides and is not known.
	Exists value.Tri
	// When spells out what decides; empty where Exists is not Unknown.
	When string
	// Place is where the instance's provider configuration points.
	Place app.Place
	// DefaultTags are the tags that the provider configuration adds to every
	// resource that can have tags, a Map; nil without any. They are part of the
	// argument tags already where that is written as a map that is known.
	DefaultTags *value.Value
	// Protected is lifecycle.prevent_destroy.
	Protected value.Tri
	// DependsOn are ids of instances.
	DependsOn []string
}

// A Provider knows what the language does not: what attributes of instances
// are that their configuration does not give, and what data sources return.
type Provider interface {
	// Attribute is the attribute of a managed resource as an expression reads
	// it, written or computed, at the span of that expression. It carries a
	// reference to the instance. An attribute of which nothing is known is a
	// hole named after its address, never nil.
	Attribute(in *Instance, name string, at source.Span) *value.Value
	// Data is Attribute for data sources.
	Data(in *Instance, name string, at source.Span) *value.Value
}
