package app

import (
	"iter"
	"strconv"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// views iterates the resources of one type as views.
func views[V any](a *App, as func(*Resource) V, types ...string) iter.Seq[V] {
	return func(yield func(V) bool) {
		for r := range a.OfType(types...) {
			if !yield(as(r)) {
				return
			}
		}
	}
}

// of returns r where it has one of the types, else nil: a view of something
// else is empty, and its properties are absent.
func of(r *Resource, types ...string) *Resource {
	if r == nil {
		return nil
	}
	return r.App.accept(r, types)
}

// or returns a property with AWS's default in its place where it is absent.
func (r *Resource) or(dflt *value.Value, keys ...string) *value.Value {
	if r == nil {
		return nil
	}
	v := r.Get(keys...)
	if v.Exists() == value.No && v.Span().IsZero() {
		v = value.NewAbsent(r.Span)
	}
	return v.Or(dflt)
}

func (r *Resource) orText(dflt string, keys ...string) *value.Value {
	return r.or(value.NewText(value.Lit(dflt), source.Span{}), keys...)
}

func (r *Resource) orBool(dflt bool, keys ...string) *value.Value {
	return r.or(value.NewBool(dflt, source.Span{}), keys...)
}

func (r *Resource) orNumber(dflt int, keys ...string) *value.Value {
	return r.or(value.NewNumber(strconv.Itoa(dflt), source.Span{}), keys...)
}

// children are the children of r, whatever application they are in.
func (r *Resource) children(types ...string) []Child {
	if r == nil {
		return nil
	}
	return r.App.Children(r, types...)
}

// resources drops what children say about their owner.
func resources(children []Child) []*Resource {
	out := make([]*Resource, len(children))
	for i, c := range children {
		out[i] = c.Resource
	}
	return out
}

// A Function is an AWS::Lambda::Function.
type Function struct{ *Resource }

// AsFunction views r as a function; of another resource the view is empty.
func AsFunction(r *Resource) Function { return Function{of(r, "AWS::Lambda::Function")} }

// Functions iterates the application's functions in the order of their ids.
func (a *App) Functions() iter.Seq[Function] { return views(a, AsFunction, "AWS::Lambda::Function") }

// Runtime is the runtime's identifier; absent for container images.
func (f Function) Runtime() *value.Value { return f.Get("Runtime") }

// Handler is the entry point in the code.
func (f Function) Handler() *value.Value { return f.Get("Handler") }

// PackageType is Zip (the default) or Image.
func (f Function) PackageType() *value.Value { return f.orText("Zip", "PackageType") }

// Code is the Code property: S3Bucket and S3Key, ZipFile, ImageUri, or the
// local path that a template not yet packaged has in its place.
func (f Function) Code() *value.Value { return f.Get("Code") }

// Source is the local file or folder of the code, relative to the scanned
// root; ok is false where the code is written in the template, lies elsewhere
// or is not known. It need not exist.
func (f Function) Source() (path string, ok bool) { return f.source("Code") }

// RoleValue is the execution role as written; App.RoleOf finds the resource.
func (f Function) RoleValue() *value.Value { return f.Get("Role") }

// An EnvVar is one environment variable. A value that is a secret is the
// caller's to keep out of output.
type EnvVar struct {
	Name  string
	Span  source.Span // of the name
	Value *value.Value
}

// Env are the environment variables as written; of a condition, those of all
// its branches.
func (f Function) Env() []EnvVar {
	var out []EnvVar
	collect(f.Get("Environment", "Variables"), func(v *value.Value) {
		for _, field := range v.Fields() {
			if field.Value.Exists() != value.No {
				out = append(out, EnvVar{field.Key, field.KeySpan, field.Value})
			}
		}
	})
	return out
}

// collect visits v, or the branches of an unresolved condition.
func collect(v *value.Value, visit func(*value.Value)) {
	if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		for _, c := range v.Choices() {
			collect(c, visit)
		}
		return
	}
	visit(v)
}

// EnvKey is the key that encrypts the environment; absent where Lambda's own
// key does.
func (f Function) EnvKey() *value.Value { return f.Get("KmsKeyArn") }

// Timeout is in seconds, 3 by default.
func (f Function) Timeout() *value.Value { return f.orNumber(3, "Timeout") }

// Memory is in megabytes, 128 by default.
func (f Function) Memory() *value.Value { return f.orNumber(128, "MemorySize") }

// ReservedConcurrency is absent where the function shares the account's.
func (f Function) ReservedConcurrency() *value.Value { return f.Get("ReservedConcurrentExecutions") }

// Layers are the ARNs of the layers in the order in which they are merged.
func (f Function) Layers() []*value.Value { return f.Get("Layers").Items() }

// VPC is the VpcConfig; absent outside a VPC of the customer.
func (f Function) VPC() *value.Value { return f.Get("VpcConfig") }

// DeadLetter is the ARN of the queue or topic that gets failed events.
func (f Function) DeadLetter() *value.Value { return f.Get("DeadLetterConfig", "TargetArn") }

// Tracing is Active or PassThrough, the default.
func (f Function) Tracing() *value.Value { return f.orText("PassThrough", "TracingConfig", "Mode") }

// RuntimeUpdate is Auto (the default), FunctionUpdate or Manual.
func (f Function) RuntimeUpdate() *value.Value {
	return f.orText("Auto", "RuntimeManagementConfig", "UpdateRuntimeOn")
}

// CodeSigning is the ARN of the code signing configuration.
func (f Function) CodeSigning() *value.Value { return f.Get("CodeSigningConfigArn") }

// RecursiveLoop is Terminate (the default) or Allow.
func (f Function) RecursiveLoop() *value.Value { return f.orText("Terminate", "RecursiveLoop") }

// Architectures are x86_64 (the default) or arm64.
func (f Function) Architectures() *value.Value {
	return f.or(value.NewList([]*value.Value{value.NewText(value.Lit("x86_64"), source.Span{})}, source.Span{}), "Architectures")
}

// LogGroup is the name of the function's log group: by default
// /aws/lambda/NAME.
func (f Function) LogGroup() *value.Value {
	if f.Resource == nil {
		return nil
	}
	return f.or(value.NewText(value.Concat(value.Lit("/aws/lambda/"), f.Name), source.Span{}), "LoggingConfig", "LogGroup")
}

// LogGroupResource is the log group that the application declares for the
// function, or nil where Lambda makes it on the first run.
func (f Function) LogGroupResource() *Resource {
	if f.Resource == nil {
		return nil
	}
	r, _ := f.App.Lookup(f.LogGroup(), logGroupTypes...)
	return r
}

// URLs are the function's URLs, those of its aliases included.
func (f Function) URLs() []FunctionURL {
	var out []FunctionURL
	for _, c := range f.children("AWS::Lambda::Url") {
		out = append(out, FunctionURL{c.Resource})
	}
	return out
}

// Permissions are the statements of the function's resource policy.
func (f Function) Permissions() []Permission {
	var out []Permission
	for _, c := range f.children("AWS::Lambda::Permission") {
		out = append(out, Permission{c.Resource})
	}
	return out
}

// EventSources are the mappings that poll for the function.
func (f Function) EventSources() []EventSourceMapping {
	var out []EventSourceMapping
	for _, c := range f.children("AWS::Lambda::EventSourceMapping") {
		out = append(out, EventSourceMapping{c.Resource})
	}
	return out
}

// InvokeConfigs are the settings of asynchronous calls, one for each qualifier.
func (f Function) InvokeConfigs() []*Resource {
	return resources(f.children("AWS::Lambda::EventInvokeConfig"))
}

// Aliases are the function's aliases.
func (f Function) Aliases() []*Resource { return resources(f.children("AWS::Lambda::Alias")) }

// Versions are the function's published versions.
func (f Function) Versions() []*Resource { return resources(f.children("AWS::Lambda::Version")) }
