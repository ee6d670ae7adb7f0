package sam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// decl is one declared AWS::Serverless resource, Globals merged in.
type decl struct {
	id    string
	typ   string
	node  *node // the whole declaration
	props *node // its Properties, never nil
	span  source.Span
}

func (d *decl) place() place { return place{resource: d.id, span: d.span} }

// prop is a property's value, nil if it is absent or null.
func (d *decl) prop(name string) *node { return get(d.props, name) }

// at is the place of a property of the declaration.
func (d *decl) at(name string) place { return d.place().at(name, d.prop(name)) }

// spanOf is the span of a property, or of the declaration without it.
func (d *decl) spanOf(name string) source.Span { return spanOf(d.prop(name), d.span) }

// inherited are the attributes that every generated resource takes over; kept
// are those that the main one does.
var (
	inherited = []string{"Condition", "DeletionPolicy", "UpdateReplacePolicy"}
	kept      = []string{"DeletionPolicy", "UpdatePolicy", "Condition", "UpdateReplacePolicy", "Metadata"}
)

func (d *decl) attrs(names []string) []source.Field {
	var out []source.Field
	for _, name := range names {
		if f := d.node.Field(name); f != nil {
			out = append(out, *f)
		}
	}
	return out
}

func (d *decl) condition() string { return text(d.node.Get("Condition")) }

// resource is one generated CloudFormation resource.
type resource struct {
	id        string
	typ       string
	dependsOn *node
	attrs     []source.Field
	props     *node
	span      source.Span
	from      From
}

// make starts a generated resource that inherits the declaration's
// attributes. It is not part of the result before add.
func (d *decl) make(id, typ string, span source.Span) *resource {
	return &resource{id: id, typ: typ, attrs: d.attrs(inherited), props: source.NewMap(span), span: span,
		from: From{ID: d.id, Type: d.typ}}
}

// main starts the resource that carries the declaration's own logical id.
func (d *decl) main(typ string) *resource {
	r := d.make(d.id, typ, d.span)
	r.attrs = d.attrs(kept)
	r.dependsOn = d.node.Get("DependsOn")
	return r
}

// event notes which event of the source asked for the resource.
func (r *resource) event(id string) *resource {
	r.from.Event = id
	return r
}

// set gives a property a value (see obj); absent values are left out.
func (r *resource) set(name string, v any) *resource {
	if n := value(r.span, v); !isNone(n) {
		set(r.props, name, n)
	}
	return r
}

// setAttr gives the resource attribute a value, replacing an inherited one.
func (r *resource) setAttr(name string, v *node) {
	for i := range r.attrs {
		if r.attrs[i].Key == name {
			r.attrs[i].Value = v
			return
		}
	}
	r.attrs = append(r.attrs, source.F(name, v))
}

func (r *resource) attr(name string) *node {
	for _, f := range r.attrs {
		if f.Key == name {
			return f.Value
		}
	}
	return nil
}

// copyProps copies properties of the declaration that keep their name.
func (r *resource) copyProps(d *decl, names ...string) {
	for _, name := range names {
		r.set(name, d.prop(name))
	}
}

func (r *resource) ref() *node               { return ref(r.span, r.id) }
func (r *resource) getAtt(attr string) *node { return getAtt(r.span, r.id, attr) }
func (r *resource) prop(name string) *node   { return r.props.Get(name) }
func (r *resource) has(property string) bool { return r.props.Has(property) }

// dependOn adds to DependsOn, each id once.
func (r *resource) dependOn(ids ...string) { r.dependsOn = addDependency(r.dependsOn, r.span, ids...) }

func addDependency(old *node, span source.Span, ids ...string) *node {
	out := source.NewList(spanOf(old, span), slices.Clone(asList(old))...)
	for _, id := range ids {
		if !slices.ContainsFunc(out.Items, func(n *node) bool { return text(n) == id }) {
			push(out, source.NewString(id, span))
		}
	}
	return out
}

// tree is the resource as a template writes it.
func (r *resource) tree() *node {
	out := obj(r.span, "Type", r.typ)
	if truthy(r.dependsOn) {
		set(out, "DependsOn", r.dependsOn)
	}
	out.Fields = append(out.Fields, r.attrs...)
	if r.props == nil {
		r.props = source.NewMap(r.span)
	}
	out.Fields = append(out.Fields, source.Field{Key: "Properties", KeySpan: r.span, Value: r.props})
	return out
}

// sameKind lists the types whose generated resource may carry an id that the
// template has already: the declared type and what it becomes.
func sameKind(generated, declared string) bool {
	switch generated {
	case "AWS::Lambda::Function":
		return declared == typeFunction
	case "AWS::Lambda::LayerVersion":
		return declared == typeLayer
	case "AWS::Lambda::CapacityProvider":
		return declared == typeCapacity
	case "AWS::ApiGateway::RestApi":
		return declared == typeAPI
	case "AWS::ApiGatewayV2::Api":
		return declared == typeHTTPAPI || declared == typeWebSocket
	case "AWS::DynamoDB::Table":
		return declared == typeTable
	case "AWS::CloudFormation::Stack":
		return declared == typeApplication
	case "AWS::StepFunctions::StateMachine":
		return declared == typeStateMachine
	case "AWS::AppSync::GraphQLApi":
		return declared == typeGraphQL
	case "AWS::SNS::Topic", "AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping",
		"AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::BasePathMappingV2":
		return declared == generated
	}
	return false
}

// add makes generated resources part of the result. A later one replaces an
// earlier one of the same id, as shared resources are generated repeatedly.
func (x *expansion) add(list ...*resource) {
	for _, r := range list {
		if r == nil {
			continue
		}
		if e := x.entries[r.id]; e != nil && !sameKind(r.typ, e.typ()) {
			x.refuse(place{resource: r.from.ID, property: eventPath(r.from.Event), span: r.span},
				"needs a new %s with the logical id %s, which the template uses for something else; rename one of them", r.typ, r.id)
			continue
		}
		if _, again := x.made[r.id]; !again {
			x.order = append(x.order, r.id)
		}
		x.made[r.id] = r
	}
}

func eventPath(event string) string {
	if event == "" {
		return ""
	}
	return "Events." + event
}

// entry is one resource of the template as declared.
type entry struct {
	id   string
	key  source.Field
	node *node
}

func (e *entry) typ() string { return text(e.node.Get("Type")) }

func (e *entry) serverless() bool { return strings.HasPrefix(e.typ(), "AWS::Serverless::") }

// tagList turns a map of tags into CloudFormation's list of keys and values.
func tagList(span source.Span, tags *node) []*node {
	var out []*node
	if !isMap(tags) || isFn(tags) && tags.Fields[0].Key != "Condition" {
		return nil
	}
	for _, f := range tags.Fields {
		v := f.Value
		if isNone(v) {
			v = source.NewString("", f.KeySpan)
		}
		out = append(out, obj(f.KeySpan, "Key", f.Key, "Value", v))
	}
	return out
}

// spread gives the declaration's tags to what it generates, where
// PropagateTags asks for it and the type takes tags.
func (x *expansion) spread(d *decl, list []*resource) {
	tags := d.prop("Tags")
	if !isTrue(d.prop("PropagateTags")) || !truthy(tags) {
		return
	}
	for _, r := range list {
		if r != nil && taggable(r.typ) && x.grow(d.at("Tags"), size(tags)) {
			r.set("Tags", tagList(r.span, tags))
		}
	}
}
