package app

import (
	"iter"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A StateMachine is an AWS::StepFunctions::StateMachine.
type StateMachine struct{ *Resource }

// AsStateMachine views r as a state machine.
func AsStateMachine(r *Resource) StateMachine {
	return StateMachine{of(r, "AWS::StepFunctions::StateMachine")}
}

// StateMachines iterates the application's state machines.
func (a *App) StateMachines() iter.Seq[StateMachine] {
	return views(a, AsStateMachine, "AWS::StepFunctions::StateMachine")
}

// RoleValue is the role that the state machine acts with.
func (m StateMachine) RoleValue() *value.Value { return m.Get("RoleArn") }

// Kind is STANDARD (the default) or EXPRESS.
func (m StateMachine) Kind() *value.Value { return m.orText("STANDARD", "StateMachineType") }

// Logging is the LoggingConfiguration.
func (m StateMachine) Logging() *value.Value { return m.Get("LoggingConfiguration") }

// Tracing is TracingConfiguration.Enabled, false by default.
func (m StateMachine) Tracing() *value.Value {
	return m.orBool(false, "TracingConfiguration", "Enabled")
}

// Definition is the definition as a map, or as a string of JSON with holes
// where substitutions stand; absent where it lies in S3.
func (m StateMachine) Definition() *value.Value {
	if d := m.Get("Definition"); d.Exists() != value.No {
		return d
	}
	return m.Get("DefinitionString")
}

// A Task is what a state machine calls.
type Task struct {
	// Value is the resource or argument that says so, as written.
	Value *value.Value
	// Functions are the functions that it calls.
	Functions []Target
	// Resource is what else of the project it uses.
	Resource *Resource
	// Service and Action are the integration: "dynamodb" and "putItem";
	// "lambda" and "invoke" for functions.
	Service, Action string
	Span            source.Span
}

// Tasks are what the state machine's definition calls. Where the definition is
// a string, or a file that is not here, the resources that it or its
// substitutions name count as called.
func (m StateMachine) Tasks() []Task {
	if m.Resource == nil {
		return nil
	}
	var c taskCollector
	c.m = m
	d := m.Definition()
	d.Walk(func(v *value.Value) bool {
		if v.Kind() == value.Map {
			if res := v.Get("Resource"); v.Get("Type").Is("Task") == value.Yes && res.Exists() != value.No {
				c.task(v, res)
			}
		}
		return true
	})
	if d.Kind() != value.Map {
		d.Walk(func(v *value.Value) bool {
			c.text(v)
			return true
		})
	}
	for _, f := range m.Get("DefinitionSubstitutions").Fields() {
		c.named(f.Value, f.Value.Span())
	}
	return c.out
}

// A taskCollector gathers the tasks of one state machine, each once.
type taskCollector struct {
	m   StateMachine
	out []Task
}

func (c *taskCollector) add(t Task) {
	same := func(o Task) bool {
		return t.Resource == o.Resource && t.Service == o.Service && t.Action == o.Action &&
			slices.EqualFunc(t.Functions, o.Functions, func(a, b Target) bool { return a.Function == b.Function })
	}
	if !slices.ContainsFunc(c.out, same) {
		c.out = append(c.out, t)
	}
}

// task reads a Task state of a definition that is a map.
func (c *taskCollector) task(state, res *value.Value) {
	a := c.m.App
	if fns := a.FunctionsNamed(res); len(fns) > 0 {
		c.add(Task{Value: res, Functions: fns, Service: "lambda", Action: "invoke", Span: res.Span()})
		return
	}
	t := Task{Value: res, Span: res.Span()}
	t.Service, t.Action = integrationOf(res.Text())
	for _, key := range []string{"Parameters", "Arguments"} {
		args := state.Get(key)
		if t.Service == "lambda" {
			if fns := a.FunctionsNamed(args.Get("FunctionName")); len(fns) > 0 {
				t.Functions, t.Value = fns, args.Get("FunctionName")
			}
		}
		for _, f := range args.Fields() {
			if r, _ := a.Lookup(f.Value); r != nil && t.Resource == nil && len(t.Functions) == 0 {
				t.Resource = r
			}
		}
	}
	c.add(t)
}

// integrationOf reads arn:aws:states:::dynamodb:putItem and
// arn:aws:states:::aws-sdk:s3:getObject, patterns such as .sync dropped.
func integrationOf(arn value.Text) (service, action string) {
	parts := arn.Split(':', 8)
	if len(parts) < 7 {
		return "", ""
	}
	if s, _ := parts[2].Known(); s != "states" {
		return "", ""
	}
	service, action = parts[5].String(), parts[6].String()
	if service == "aws-sdk" && len(parts) == 8 {
		service, action = action, parts[7].String()
	}
	action, _, _ = strings.Cut(action, ".")
	return service, action
}

// text finds what a definition in a string names: references, and quoted ARNs
// and integrations.
func (c *taskCollector) text(v *value.Value) {
	if v.Kind() != value.String {
		return
	}
	for _, ref := range v.Refs() {
		if r := c.m.App.Project.Resource(ref.Resource); r != nil {
			c.resource(r, v, v.Span())
		}
	}
	for _, piece := range v.Text().Split('"', -1) {
		if piece.HasPrefix("arn:") != value.Yes {
			continue
		}
		if service, action := integrationOf(piece); service != "" {
			c.add(Task{Value: v, Service: service, Action: action, Span: v.Span()})
			continue
		}
		c.named(value.NewText(piece, v.Span()), v.Span())
	}
}

// named adds what a value names.
func (c *taskCollector) named(v *value.Value, span source.Span) {
	if fns := c.m.App.FunctionsNamed(v); len(fns) > 0 {
		c.add(Task{Value: v, Functions: fns, Service: "lambda", Action: "invoke", Span: span})
	} else if r, _ := c.m.App.Lookup(v); r != nil {
		c.resource(r, v, span)
	}
}

// resource adds a resource that is used in a way not told.
func (c *taskCollector) resource(r *Resource, v *value.Value, span source.Span) {
	if fns := c.m.App.targetOf(r, value.Yes, 0); len(fns) > 0 {
		c.add(Task{Value: v, Functions: fns, Service: "lambda", Action: "invoke", Span: span})
		return
	}
	c.add(Task{Value: v, Resource: r, Service: serviceOf(r.Type), Span: span})
}

// serviceOf is the service's part of a type: "dynamodb" of
// AWS::DynamoDB::Table.
func serviceOf(typ string) string {
	parts := strings.Split(typ, "::")
	if len(parts) < 2 {
		return ""
	}
	return strings.ToLower(parts[1])
}
