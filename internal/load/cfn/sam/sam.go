// Package sam owns the AWS SAM transform (AWS::Serverless-2016-10-31): it
// turns a template with AWS::Serverless resources into the plain
// CloudFormation template that AWS would deploy from it, as a pure function
// from tree to tree.
//
// It imports source and the intrinsic functions' syntax only. Two things never
// change: every generated value carries the span of the setting that asked for
// it, and a defect in one resource becomes a Problem while everything else is
// still expanded, where the transform itself would stop.
package sam

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Name is the value of a template's Transform that asks for this package.
const Name = "AWS::Serverless-2016-10-31"

// The resource types that the transform knows.
const (
	typeFunction     = "AWS::Serverless::Function"
	typeAPI          = "AWS::Serverless::Api"
	typeHTTPAPI      = "AWS::Serverless::HttpApi"
	typeWebSocket    = "AWS::Serverless::WebSocketApi"
	typeTable        = "AWS::Serverless::SimpleTable"
	typeLayer        = "AWS::Serverless::LayerVersion"
	typeApplication  = "AWS::Serverless::Application"
	typeStateMachine = "AWS::Serverless::StateMachine"
	typeConnector    = "AWS::Serverless::Connector"
	typeGraphQL      = "AWS::Serverless::GraphQLApi"
	typeCapacity     = "AWS::Serverless::CapacityProvider"
)

// Options say what is known around the template.
type Options struct {
	// Parameters are the values of the template's parameters, defaults
	// included; an absent one is unknown and stays a reference.
	Parameters map[string]*source.Node
	// Region and Partition are where the template is deployed. Without a
	// region AWS::Region stays a reference; without a partition it follows
	// the region, and is "aws" without one.
	Region, Partition string
	// ReadFile reads a file that the template names, such as a DefinitionUri,
	// by its path as written. A nil result means that a problem has been
	// given with it. Without ReadFile the template counts as packaged: local
	// paths are refused, as AWS does.
	ReadFile func(path string) (*source.Node, []source.Problem)
	// ManagedPolicy finds the ARN of an AWS managed policy by its name.
	ManagedPolicy func(name string) (arn string, ok bool)
	// FeatureToggles switches on what AWS switches on account by account: an
	// API's own "openapi" version wins over the property OpenApiVersion, and
	// deployment groups follow their function's condition.
	FeatureToggles bool
}

// Result is an expanded template.
type Result struct {
	// Doc is the CloudFormation template: no AWS::Serverless resource, no
	// Globals and no SAM transform is left.
	Doc *source.Node
	// From tells for each generated logical id what it was generated from.
	From map[string]From
	// Problems are sorted by place.
	Problems []Problem
}

// From is the origin of a generated resource.
type From struct {
	ID    string // logical id of the AWS::Serverless resource
	Type  string // its type
	Event string // its event that asked for the resource, if one did
}

// A Problem is a part of the template that the transform refuses, or that
// could not be looked up.
type Problem struct {
	source.Problem
	Resource string // logical id; empty for the template as a whole
	Property string // path within its properties, dots between the keys
	// Unresolved marks what AWS would accept, but offline analysis cannot
	// see, such as an application in the public repository.
	Unresolved bool
}

// Expand runs the transform on a template whose intrinsic functions are in the
// long form. The template itself is not changed.
func Expand(doc *source.Node, o Options) Result {
	if doc == nil {
		doc = &source.Node{}
	}
	x := &expansion{
		o:        o,
		entries:  map[string]*entry{},
		made:     map[string]*resource{},
		renamed:  map[string]string{},
		parts:    map[string]map[string]string{},
		groups:   map[string]*resource{},
		managed:  map[string]bool{},
		editors:  map[string]*editor{},
		shared:   &sharedPlan{},
		buckets:  map[string]*bucketUse{},
		resolved: map[string]bool{},
	}
	x.partition = partitionOf(o)
	x.doc = x.own(doc)
	if x.open() {
		x.prepare()
		x.expand()
	}
	return x.close()
}

// expansion is the state of one run.
type expansion struct {
	o         Options
	partition string
	doc       *node
	resources *node // its Resources

	declared []*entry // the template's resources in order
	entries  map[string]*entry
	decls    []*decl // the AWS::Serverless ones that are well formed

	made    map[string]*resource
	order   []string                     // of made
	renamed map[string]string            // logical ids that the expansion changes
	parts   map[string]map[string]string // resource id -> name such as Alias -> generated id

	managed     map[string]bool      // APIs whose definition the transform alone writes
	editors     map[string]*editor   // of API definitions, by id of the API
	groups      map[string]*resource // Route 53 record sets that APIs share
	shared      *sharedPlan
	deployments []*deployment
	polls       map[string][]string    // event source mappings by source and function
	dependents  map[string][]dependent // by the connector that they depend on
	resolver    *resolver
	problems    []Problem

	copier   copier // of everything that is read
	grown    int    // values that the expansion has repeated
	buckets  map[string]*bucketUse
	resolved map[string]bool // REST APIs whose Auth is resolved
}

// own makes a private copy of what is read.
func (x *expansion) own(n *node) *node {
	out := x.copier.copy(n, 0)
	if x.copier.over {
		x.copier.over = false
		x.refuse(place{span: n.Span}, "is too large or nests too deep; parts of it are not read")
	}
	return out
}

// grow reports whether the expansion may repeat so many values more. A
// template in which every resource repeats something large is not expanded
// fully.
func (x *expansion) grow(p place, values int) bool {
	if x.grown > maxGrow {
		return false
	}
	if x.grown += values; x.grown > maxGrow {
		x.refuse(p, "the expanded template is too large; what repeats here is left out from now on")
		return false
	}
	return true
}

// place is where a problem is.
type place struct {
	resource, property string
	span               source.Span
	value              *node // what stands there, nil if nothing does
}

// at is the place of a value below p.
func (p place) at(key string, n *node) place {
	if p.property != "" && !strings.HasPrefix(key, "[") {
		key = "." + key
	}
	p.property += key
	p.span, p.value = spanOf(n, p.span), n
	return p
}

// refuse notes what the transform does not accept. A parameter whose value is
// not known is not refused: with its value the transform may accept it.
func (x *expansion) refuse(p place, format string, args ...any) {
	if name := x.unknownParameter(p.value); name != "" {
		x.unresolved(p, "depends on the parameter %s, whose value is not known", name)
		return
	}
	x.problem(p, false, format, args...)
}

// unknownParameter is the template's parameter that n refers to if it has no
// value, else "".
func (x *expansion) unknownParameter(n *node) string {
	fnName, arg := fn(n)
	if fnName != "Ref" || x.resolver == nil || x.resolver.params[text(arg)] != nil || !x.doc.Get("Parameters").Has(text(arg)) {
		return ""
	}
	return arg.Text
}

// unresolved notes what cannot be seen from here.
func (x *expansion) unresolved(p place, format string, args ...any) {
	x.problem(p, true, format, args...)
}

func (x *expansion) problem(p place, unresolved bool, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	switch {
	case p.resource != "" && p.property != "":
		msg = "resource " + p.resource + ", property " + p.property + ": " + msg
	case p.resource != "":
		msg = "resource " + p.resource + ": " + msg
	case p.property != "":
		msg = p.property + ": " + msg
	}
	x.problems = append(x.problems, Problem{
		Problem:    source.Problem{Span: p.span, Message: msg},
		Resource:   p.resource,
		Property:   p.property,
		Unresolved: unresolved,
	})
}

// partitionOf follows the region, as AWS names its regions.
func partitionOf(o Options) string {
	if o.Partition != "" {
		return o.Partition
	}
	region := strings.ToLower(o.Region)
	for _, p := range []struct{ prefix, partition string }{
		{"cn-", "aws-cn"}, {"us-iso-", "aws-iso"}, {"us-isob", "aws-iso-b"}, {"us-gov", "aws-us-gov"},
		{"eu-isoe", "aws-iso-e"}, {"us-isof", "aws-iso-f"}, {"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// close assembles the result.
func (x *expansion) close() Result {
	res := Result{From: map[string]From{}}
	for id, r := range x.made {
		res.From[id] = r.from
	}
	if isMap(x.doc) {
		res.Doc = x.assemble()
	} else {
		res.Doc = x.doc
	}
	slices.SortStableFunc(x.problems, func(a, b Problem) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Message, b.Message))
	})
	res.Problems = slices.CompactFunc(x.problems, func(a, b Problem) bool { return a == b })
	return res
}

// assemble writes the template: what is generated stands where the resource
// that asked for it stood.
func (x *expansion) assemble() *node {
	if isMap(x.resources) {
		bySource := map[string][]*resource{}
		for _, id := range x.order {
			r := x.made[id]
			bySource[r.from.ID] = append(bySource[r.from.ID], r)
		}
		out := source.NewMap(x.resources.Span)
		write := func(list []*resource) {
			for _, r := range list {
				out.Fields = append(out.Fields, source.Field{Key: r.id, KeySpan: r.span, Value: r.tree()})
			}
		}
		for _, e := range x.declared {
			if !e.serverless() && x.made[e.id] == nil {
				f := e.key
				f.Value = e.node
				out.Fields = append(out.Fields, f)
			}
			write(bySource[e.id])
			delete(bySource, e.id)
		}
		for _, id := range x.order {
			from := x.made[id].from.ID
			write(bySource[from])
			delete(bySource, from)
		}
		set(x.doc, "Resources", out)
	}
	del(x.doc, "Globals")
	x.dropTransform()
	return x.rename(x.doc)
}

// dropTransform removes this transform; others, such as AWS::Include or
// macros, are not its business.
func (x *expansion) dropTransform() {
	t := x.doc.Get("Transform")
	var rest []*node
	for _, it := range asList(t) {
		if text(it) != Name && text(it.Get("Name")) != Name {
			rest = append(rest, it)
		}
	}
	if len(rest) == 0 {
		del(x.doc, "Transform")
		return
	}
	set(x.doc, "Transform", source.NewList(t.Span, rest...))
}
