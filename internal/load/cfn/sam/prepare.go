package sam

import (
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// open checks the frame of the template and indexes its resources.
func (x *expansion) open() bool {
	root := place{span: x.doc.Span}
	if !isMap(x.doc) {
		x.refuse(root, "a template is a map; this is a %s", x.doc.Kind)
		return false
	}
	for _, section := range []string{"Mappings", "Parameters"} {
		if f := x.doc.Field(section); f != nil && !isMap(f.Value) {
			x.refuse(root.at(section, f.Value), "should be a map; remove it if it is empty")
		}
	}
	x.doc = x.include(x.doc)
	x.resources = x.doc.Get("Resources")
	if !isMap(x.resources) || len(x.resources.Fields) == 0 {
		x.refuse(root.at("Resources", x.resources), "should be a map with at least one resource")
		return false
	}
	for i, f := range x.resources.Fields {
		if !isMap(f.Value) {
			x.refuse(place{resource: f.Key, property: "Resources", span: spanOf(f.Value, f.KeySpan)},
				"a resource should be a map; check the indentation")
			continue
		}
		if c := f.Value.Get("Condition"); truthy(c) && !isStr(c) {
			x.refuse(place{resource: f.Key, span: f.KeySpan}.at("Condition", c), "should be the name of a condition")
			del(f.Value, "Condition")
		}
		e := &entry{id: f.Key, key: x.resources.Fields[i], node: f.Value}
		if old := x.entries[e.id]; old != nil {
			*old = *e // a key written twice: the last one counts
			continue
		}
		x.entries[e.id] = e
		x.declared = append(x.declared, e)
	}
	return true
}

// include puts the files in that AWS::Include names by a local path.
func (x *expansion) include(n *node) *node {
	if n == nil {
		return nil
	}
	if name, arg := fn(n); name == "Fn::Transform" && text(arg.Get("Name")) == "AWS::Include" {
		location := text(arg.Path("Parameters", "Location"))
		if location != "" && !strings.HasPrefix(location, "s3://") && x.o.ReadFile != nil {
			if got := x.read(location); got != nil {
				return got
			}
			return n
		}
		x.unresolved(place{property: "Fn::Transform", span: n.Span}, "the file that AWS::Include puts in here is not local; it is not read")
		return n
	}
	return mapTree(n, x.include)
}

// read reads a local file into a private tree; the reader reports problems.
func (x *expansion) read(path string) *node {
	n, problems := x.o.ReadFile(path)
	for _, p := range problems {
		x.problems = append(x.problems, Problem{Problem: p, Unresolved: true})
	}
	if n == nil {
		return nil
	}
	return x.own(intrinsic.Normalize(n))
}

// local reports whether a location is a path that ReadFile may read.
func (x *expansion) local(location *node) bool {
	return x.o.ReadFile != nil && isStr(location) && location.Text != "" && !strings.Contains(location.Text, "://")
}

// prepare does what the transform does before it looks at single resources.
func (x *expansion) prepare() {
	x.resolver = x.newResolver()
	x.locateApplications()
	x.giveDefinitions()
	x.implicit(restAPIs)
	x.implicit(httpAPIs)
	x.mergeGlobals()
	x.embeddedConnectors()
	for _, e := range x.declared {
		if d := x.declare(e); d != nil {
			x.decls = append(x.decls, d)
		}
	}
}

// sections are the types whose Globals sections and properties the transform
// looks at before it expands anything.
var sections = []string{typeAPI, typeCapacity, typeFunction, typeHTTPAPI, typeLayer, typeTable, typeStateMachine,
	typeWebSocket, typeApplication}

// each visits the declared resources of a type whose Properties are a map,
// creating them where they are missing.
func (x *expansion) each(visit func(e *entry, props *node), types ...string) {
	for _, e := range x.declared {
		for _, t := range types {
			if e.typ() != t {
				continue
			}
			if f := e.node.Field("Properties"); f == nil {
				set(e.node, "Properties", source.NewMap(e.key.KeySpan))
			}
			if props := e.node.Get("Properties"); isMap(props) {
				visit(e, props)
			}
		}
	}
}

// declare makes a resource ready for expansion, or reports why it is not.
func (x *expansion) declare(e *entry) *decl {
	if !e.serverless() {
		return nil
	}
	p := place{resource: e.id, span: e.key.KeySpan}
	if _, known := specified()[e.typ()]; !known {
		x.refuse(p.at("Type", e.node.Get("Type")), "the transform knows no type %s", e.typ())
		return nil
	}
	if !alnum(e.id) {
		x.refuse(p, "a logical id consists of letters and digits; rename the resource")
		return nil
	}
	props := e.node.Get("Properties")
	if props == nil {
		props = source.NewMap(e.key.KeySpan)
		set(e.node, "Properties", props)
	}
	if !x.wantMap(p.at("Properties", props), props) {
		return nil
	}
	return &decl{id: e.id, typ: e.typ(), node: e.node, props: props, span: e.key.KeySpan}
}

// conditions is the template's Conditions section, created if need be.
func (x *expansion) conditions() *node { return child(x.doc, "Conditions", x.doc.Span) }

func (x *expansion) addCondition(name string, definition *node) {
	set(x.conditions(), name, definition)
}

// expand runs over the resources in the order in which the transform does,
// since functions write into APIs and connectors read what became of others.
func (x *expansion) expand() {
	steps := []struct {
		typ string
		run func(*decl)
	}{
		{typeFunction, x.function},
		{typeStateMachine, x.stateMachine},
		{typeAPI, x.restAPI},
		{typeHTTPAPI, x.httpAPI},
		{typeWebSocket, x.webSocket},
		{typeTable, x.simpleTable},
		{typeLayer, x.layer},
		{typeApplication, x.application},
		{typeCapacity, x.capacityProvider},
		{typeGraphQL, x.graphQL},
		{typeConnector, x.connector},
	}
	for _, s := range steps {
		for _, d := range x.decls {
			if d.typ == s.typ {
				x.check(d.typ, d.place(), d.props)
				s.run(d)
			}
		}
	}
	x.deploy()
}
