package app

import (
	"iter"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An EventBus is an AWS::Events::EventBus.
type EventBus struct{ *Resource }

// AsEventBus views r as an event bus.
func AsEventBus(r *Resource) EventBus { return EventBus{of(r, busTypes...)} }

// EventBuses iterates the application's event buses.
func (a *App) EventBuses() iter.Seq[EventBus] { return views(a, AsEventBus, busTypes...) }

// Policies are the bus's own policy and the statements attached to it.
func (b EventBus) Policies() []Attached { return b.policies() }

// Rules are the bus's rules.
func (b EventBus) Rules() []Rule {
	var out []Rule
	for _, c := range b.children("AWS::Events::Rule") {
		out = append(out, Rule{c.Resource})
	}
	return out
}

// policies are the resource policies of r.
func (r *Resource) policies() []Attached {
	if r == nil {
		return nil
	}
	return r.App.PolicyDocumentsOn(r)
}

// A Rule is an AWS::Events::Rule.
type Rule struct{ *Resource }

// AsRule views r as a rule.
func AsRule(r *Resource) Rule { return Rule{of(r, "AWS::Events::Rule")} }

// Rules iterates the application's event bus rules.
func (a *App) Rules() iter.Seq[Rule] { return views(a, AsRule, "AWS::Events::Rule") }

// Bus is the bus of the project that the rule is on; nil for the default bus
// and those outside.
func (r Rule) Bus() *Resource {
	if r.Resource == nil {
		return nil
	}
	bus, _ := r.App.Lookup(r.Get("EventBusName"), busTypes...)
	return bus
}

// BusName is the bus as written, "default" by default.
func (r Rule) BusName() *value.Value { return r.orText("default", "EventBusName") }

// Pattern is the event pattern; absent for a rule on time only.
func (r Rule) Pattern() *value.Value { return r.Get("EventPattern") }

// Schedule is the schedule's expression.
func (r Rule) Schedule() *value.Value { return r.Get("ScheduleExpression") }

// Enabled tells whether the rule is switched on, as it is by default.
func (r Rule) Enabled() value.Tri { return r.orText("ENABLED", "State").Is("DISABLED").Not() }

// A RuleTarget is one target of a rule or schedule.
type RuleTarget struct {
	ARN, Role, Input, DeadLetter *value.Value
	Functions                    []Target
	Resource                     *Resource // where it is one of the project
	Span                         source.Span
	Sure                         value.Tri
}

// Targets are what the rule calls.
func (r Rule) Targets() []RuleTarget {
	var out []RuleTarget
	for _, t := range items(r.Get("Targets")) {
		out = append(out, r.target(t.Value, t.sure))
	}
	return out
}

func (r *Resource) target(t *value.Value, sure value.Tri) RuleTarget {
	out := RuleTarget{ARN: t.Get("Arn"), Role: t.Get("RoleArn"), Input: t.Get("Input"), DeadLetter: t.Get("DeadLetterConfig", "Arn"), Span: t.Span(), Sure: sure}
	out.Functions = r.App.FunctionsNamed(out.ARN)
	out.Resource, _ = r.App.Lookup(out.ARN)
	return out
}

// A Schedule is an AWS::Scheduler::Schedule.
type Schedule struct{ *Resource }

// AsSchedule views r as a schedule.
func AsSchedule(r *Resource) Schedule { return Schedule{of(r, "AWS::Scheduler::Schedule")} }

// Schedules iterates the application's schedules.
func (a *App) Schedules() iter.Seq[Schedule] { return views(a, AsSchedule, "AWS::Scheduler::Schedule") }

// Expression is when the schedule runs.
func (s Schedule) Expression() *value.Value { return s.Get("ScheduleExpression") }

// Target is what the schedule calls.
func (s Schedule) Target() RuleTarget {
	if s.Resource == nil {
		return RuleTarget{}
	}
	return s.target(s.Get("Target"), s.Exists)
}
