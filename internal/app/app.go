// Package app owns the application model: what one root template, module or
// account deploys, in one vocabulary, CloudFormation's type and property
// names, whatever the sources are written in.
//
// It imports source and value. Only loaders write the model, through Builder;
// Freeze links it, and after that nothing changes. The whole property tree of
// every resource is kept; the typed views (Function, Role, Bucket, Route …)
// read it and copy nothing. Analyses return facts keyed by resource id and
// never annotate the model.
package app

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Project is everything one scan read: its applications, linked where one
// imports what another exports.
type Project struct {
	Apps []*App // in the order of their ids
	// Files are the files that were read, sorted.
	Files []string
	// Problems are what could not be read, resolved or understood, sorted.
	Problems []source.Problem

	byID map[string]*Resource

	childrenOnce  sync.Once
	childrenIndex map[*Resource][]Child
	entriesOnce   sync.Once
	entriesIndex  map[*Resource][]Entry
	deadOnce      sync.Once
	deadIndex     map[*Resource]bool
}

// Resource returns the resource with this id in any application, or nil.
func (p *Project) Resource(id string) *Resource { return p.byID[id] }

// An App is what one root deploys.
type App struct {
	// ID is the root template's path relative to the scanned root; resource
	// ids start with it.
	ID string
	// Name is for people: the stack's or the folder's name.
	Name string
	// Format is "sam", "cloudformation", and later "terraform" and so on.
	Format string
	// Root is the file that the application starts from, Files all it read.
	Root  string
	Files []string
	// Place is where the application is deployed, as far as it is known.
	Place Place
	// Parameters are the inputs of the root, Outputs the outputs of all its
	// stacks, each in the order written.
	Parameters []Parameter
	Outputs    []Output
	// Conditions are the definitions of those conditions that are not known, by
	// their names, where the format has names for conditions.
	Conditions map[string]string

	Project   *Project
	resources []*Resource
	byType    map[string][]*Resource
	users     map[string][]Use

	textsOnce   sync.Once
	textsIndex  *textIndex
	routesOnce  sync.Once
	routesIndex *routeIndex
}

// A Place is where a deployment goes; empty texts are unknown.
type Place struct {
	Region, Account, Partition value.Text
}

// A Resource is one deployed thing.
type Resource struct {
	// ID is the application's id, a slash and the logical id; a resource of a
	// nested stack has its stack's logical id and a slash before its own.
	ID        string
	LogicalID string
	// Type is the CloudFormation type, "AWS::Lambda::Function".
	Type string
	// Span is where the resource is declared (its logical id); for one that a
	// transform generates, the declaration that asked for it.
	Span source.Span
	// Props is the whole property tree.
	Props *value.Value
	// Name is the deployed name as far as it is known.
	Name value.Text
	// Place is where the resource is deployed, where that is not the place of
	// its application; nil stands for the application's.
	Place *Place
	// Exists is Unknown where a condition decides that cannot be evaluated.
	// Resources whose condition is false are not in the model.
	Exists value.Tri
	// Condition is the name of the condition that decides, where the format
	// has names for conditions.
	Condition string
	// When spells out what decides, with what is known put in: of two versions
	// of a resource, only those of one definition hang on the same condition.
	// Empty where Exists is not Unknown, or nobody knows.
	When string
	// DependsOn are resource ids; Metadata, DeletionPolicy and
	// UpdateReplacePolicy are the attributes beside the properties.
	DependsOn           []string
	Metadata            *value.Value
	DeletionPolicy      *value.Value
	UpdateReplacePolicy *value.Value
	// Assets are the local files and folders that a deployment uploads and the
	// properties name by where they will lie.
	Assets []Asset
	// Construct is what in a program wrote the resource; empty for what is
	// written as it is.
	Construct Construct
	// Called is what people call it; empty where that is the logical id.
	Called string
	// GeneratedFrom is the id of the declaration a transform made this
	// resource from ("AWS::Serverless::Function" and so on); empty for what
	// is written as it is.
	GeneratedFrom string

	App *App
}

// Get follows keys into the properties.
func (r *Resource) Get(keys ...string) *value.Value {
	if r == nil {
		return nil
	}
	return r.Props.Get(keys...)
}

// Label is what messages call the resource: its logical id, or where a program
// made that up, the words that people wrote: the path of its construct, or what
// its format calls it.
func (r *Resource) Label() string {
	return cmp.Or(r.Construct.Path, r.Called, r.LogicalID)
}

// An Asset is a local file or folder that a deployment uploads.
type Asset struct {
	// Property names it, keys with dots between: "Code.S3Key"; empty where it
	// is not known which does.
	Property string
	// Path is relative to the scanned root.
	Path string
	// Image tells of a folder from which a container image is built.
	Image bool
}

// A Construct is a part of a program that wrote a resource.
type Construct struct {
	// Path leads to it through the program's constructs: "Shop/Checkout".
	Path string
	// Span is where the program makes it; zero where that is not known.
	Span source.Span
}

// Resources are all resources in the order of their ids.
func (a *App) Resources() []*Resource { return a.resources }

// OfType iterates the resources of the types in the order of their ids.
func (a *App) OfType(types ...string) iter.Seq[*Resource] {
	return func(yield func(*Resource) bool) {
		if len(types) == 1 {
			for _, r := range a.byType[types[0]] {
				if !yield(r) {
					return
				}
			}
			return
		}
		var all []*Resource
		for _, t := range types {
			all = append(all, a.byType[t]...)
		}
		slices.SortFunc(all, byResourceID)
		for _, r := range all {
			if !yield(r) {
				return
			}
		}
	}
}

// A Use is one place where a resource refers to another.
type Use struct {
	By    *Resource
	Value *value.Value // what holds the reference
	Ref   value.Ref
}

// Users are the places that refer to the resource, from this application and
// from those that import from it, in the order of their resources and spans.
func (a *App) Users(r *Resource) []Use { return a.users[r.ID] }

// Target returns the resource that a value refers to, whole, or nil.
func (a *App) Target(v *value.Value) *Resource {
	ref, ok := v.Ref()
	if !ok {
		return nil
	}
	return a.Project.Resource(ref.Resource)
}
