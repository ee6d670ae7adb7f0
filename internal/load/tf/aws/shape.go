package aws

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A shape makes what a table cannot say.
type shape func(*shaping)

// shapeSets are the shapes, one set a group of services, by Terraform type.
var shapeSets = []map[string]shape{lambdaShapes, apiShapes, graphqlShapes, iamShapes,
	storageShapes, tableShapes, messagingShapes, cognitoShapes, secretShapes, networkShapes, containerShapes}

func shapeOf(typ string) shape {
	for _, set := range shapeSets {
		if f := set[typ]; f != nil {
			return f
		}
	}
	return nil
}

// A shaping is one instance at work: its arguments, and the properties that
// the rows made, which a shape may change. props is nil where there are none.
type shaping struct {
	*mapper
	in    *lang.Instance
	props *value.Value
}

// arg is an argument with its key's span.
func (s *shaping) arg(name string) field { return find(s.in.Attrs, name) }

// has reports whether an argument is, or may be, written.
func (s *shaping) has(name string) bool { return s.in.Attrs.Get(name).Exists() != value.No }

// put sets the property at a path of keys.
func (s *shaping) put(keys []string, span source.Span, v *value.Value) {
	p := make(path, len(keys))
	for i, k := range keys {
		p[i].key = k
	}
	s.props = put(s.props, p, field{span, v}, source.Span{})
}

// more makes a second resource of the instance: name tells it from the first.
func (s *shaping) more(name, typ string, props *value.Value) *app.Resource {
	r := &app.Resource{
		ID: s.in.ID + "." + name, LogicalID: s.in.Address + "." + name, Type: typ, Span: s.in.Span,
		Name: value.Fresh(s.in.ID + "." + name), Exists: s.in.Exists, When: s.in.When, Props: props, GeneratedFrom: s.in.ID,
	}
	if place := s.in.Place; !samePlace(place, s.options.Place) {
		r.Place = &place
	}
	s.out = append(s.out, r)
	return r
}

// self refers to the instance by an attribute of CloudFormation's.
func (s *shaping) self(attr string) *value.Value {
	t := s.tables.of(s.in.Type, false)
	return s.reference(s.in, t, attr, s.in.Span)
}

// whole is the instance that a value refers to whole.
func (s *shaping) whole(v *value.Value) *lang.Instance {
	ref, ok := v.Ref()
	if !ok {
		return nil
	}
	return s.byID[ref.Resource]
}
