// Package sls owns the Serverless Framework: it turns a service file
// (serverless.yml, version 1 to 4) into the plain CloudFormation template that
// the framework would deploy from it, as a function from tree to tree that
// reads no more than the files which the service names.
//
// It imports source and the intrinsic functions' syntax only. Three things
// never change: every generated value carries the span of the setting that
// asked for it; what only a deployment knows stays an input without a value,
// and the text around it stays known; and nothing of the service is run, no
// configuration in JavaScript, no plug-in.
package sls

import (
	"slices"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// Format is that of the applications.
const Format = "serverless"

// defaultRegion is where the framework deploys what names no region.
// https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
const defaultRegion = "us-east-1"

// Options say what is known around the service.
type Options struct {
	// Root is where files that the service names are read.
	Root *source.Root
	// Parameters are what the command line gives: "stage", the names of
	// options and params, and the names of other variables as they stand in
	// the file ("env:TABLE"). The environment of the scan is never asked.
	Parameters map[string]string
	// Region and Account are where the service is deployed, if that is known.
	Region, Account string
}

// Result is a compiled service.
type Result struct {
	// Name is the service's name, Stack that of its stack.
	Name  string
	Stack *source.Node
	// Region is where the service is deployed; empty if that is not known.
	Region string
	// Doc is the CloudFormation template; nil for a service that is not on AWS. Code of functions and layers is the
	// local path of their sources, or of the artifact, relative to the file.
	Doc *source.Node
	// Inputs are the names that Doc refers to for values which only a
	// deployment knows, with the first place that asks for each.
	Inputs map[string]source.Span
	// Asked are the names that Options.Parameters may give a value.
	Asked map[string]bool
	// Given are values of the template's own parameters (stackParameters).
	Given map[string]*source.Node
	// Open tells that a plug-in is used which may add anything.
	Open bool
	// From tells for each generated logical id what it was made from: a
	// setting such as "functions.hello", or words for people.
	From map[string]string
	// Labels tells for a generated logical id what people call the resource,
	// where its name in the service was rewritten.
	Labels map[string]string
	// Files are the files that were read, sorted.
	Files []string
	// Problems are sorted by place.
	Problems []source.Problem
}

// Compile makes the template of a service file that is parsed already.
func Compile(file string, doc *source.Node, o Options) *Result {
	problems := &source.Problems{}
	root := intrinsic.Normalize(doc)
	r := newResolver(file, root, o, problems)
	s := &service{resolver: r, made: map[string]*resource{}, noted: map[string]bool{}, out: &Result{From: map[string]string{}, Labels: map[string]string{}}}
	if s.read() {
		s.compile()
		s.label()
		s.out.Doc = s.assemble()
		s.unlabel()
	}
	s.out.Inputs, s.out.Asked, s.out.Open = r.inputs, r.asked, s.opaque
	s.out.Files = []string{file}
	for f, d := range r.files {
		if d.read {
			s.out.Files = append(s.out.Files, f)
		}
	}
	slices.Sort(s.out.Files)
	s.out.Problems = problems.Sorted()
	return s.out
}
