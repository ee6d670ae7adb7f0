package sam

import (
	"github.com/remit-security/remit/internal/source"
)

// order makes what uses a policy wait for it.
func (r *connectorRun) order(before, policy string) {
	if r.from.id == "" {
		return
	}
	switch before {
	case "SOURCE":
		r.x.dependOn(r.from.id, policy)
	case "DESTINATION_EVENT_SOURCE_MAPPING":
		if ids := r.x.mappings(r.from.id, r.to.id); r.to.id != "" && len(ids) == 1 {
			r.x.dependOn(ids[0], policy)
		}
	}
}

// dependOn adds a dependency to a generated or declared resource.
func (x *expansion) dependOn(id, on string) {
	if r := x.made[id]; r != nil {
		r.dependOn(on)
	} else if e := x.entries[id]; e != nil && !e.serverless() {
		set(e.node, "DependsOn", addDependency(e.node.Get("DependsOn"), e.key.KeySpan, on))
	}
}

// mappings are the event source mappings from a source to a function.
func (x *expansion) mappings(from, function string) []string {
	if x.polls == nil {
		x.polls = map[string][]string{}
		note := func(id string, props *node) {
			key := target(props.Get("EventSourceArn")) + " " + target(props.Get("FunctionName"))
			x.polls[key] = append(x.polls[key], id)
		}
		for _, e := range x.declared {
			if e.typ() == "AWS::Lambda::EventSourceMapping" {
				note(e.id, e.node.Get("Properties"))
			}
		}
		for _, id := range x.order {
			if r := x.made[id]; r.typ == "AWS::Lambda::EventSourceMapping" {
				note(id, r.props)
			}
		}
	}
	return x.polls[from+" "+function]
}

// replaceDependency lets what depends on a connector depend on its policies.
func (x *expansion) replaceDependency(id string, list []*resource) {
	var ids []string
	for _, m := range list {
		ids = append(ids, m.id)
	}
	if x.dependents == nil {
		x.indexDependents()
	}
	for _, dep := range x.dependents[id] {
		if !x.grow(place{resource: id}, len(ids)) {
			return
		}
		old := dep.get()
		kept := source.NewList(old.Span)
		for _, it := range asList(old) {
			if text(it) != id {
				push(kept, it)
			}
		}
		dep.set(addDependency(kept, old.Span, ids...))
	}
}

// dependent is the DependsOn of one resource.
type dependent struct {
	get func() *node
	set func(*node)
}

func (x *expansion) indexDependents() {
	x.dependents = map[string][]dependent{}
	note := func(d dependent) {
		for _, it := range asList(d.get()) {
			if id := text(it); x.entries[id] != nil && x.entries[id].typ() == typeConnector {
				x.dependents[id] = append(x.dependents[id], d)
			}
		}
	}
	for _, e := range x.declared {
		if !e.serverless() {
			note(dependent{func() *node { return e.node.Get("DependsOn") }, func(n *node) { set(e.node, "DependsOn", n) }})
		}
	}
	for _, id := range x.order {
		r := x.made[id]
		note(dependent{func() *node { return r.dependsOn }, func(n *node) { r.dependsOn = n }})
	}
}
