package cfn

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

// A named is the physical name of a resource while it is found and after.
type named struct {
	text value.Text
	done bool
}

// physicalName is the deployed name of a resource: the one that the template
// gives, or the one that CloudFormation makes up.
func (s *stack) physicalName(logical string) value.Text {
	n := s.names[logical]
	if n == nil {
		n = &named{text: value.Hole(s.id(logical))}
		s.names[logical] = n
		if s.follow(s.declared(logical)) {
			n.text = s.findName(logical)
		}
		s.leave()
		n.done = true
		return n.text
	}
	if !n.done {
		s.problem(s.declared(logical), "the name of %s depends on itself; it stays unresolved", logical)
	}
	return n.text
}

func (s *stack) findName(logical string) value.Text {
	typ := s.typeOf(logical)
	if key := app.NameProperty(typ); key != "" {
		if v := s.property(logical, key); v.Exists() != value.No {
			if t, ok := scalar(v); ok {
				return t
			}
		}
	}
	return app.GeneratedName(typ, logical, s.id(logical), s.name)
}

// property evaluates one property of a resource.
func (s *stack) property(logical, key string) *value.Value {
	return s.eval(s.resource(logical).Path("Properties", key))
}

// attributeText is what is known of the text of an attribute.
func (s *stack) attributeText(logical, typ, attr string) value.Text {
	id := s.id(logical)
	unknown := value.Hole(id + "." + attr)
	if attr == "Ref" {
		unknown = value.Hole(id)
	}
	key := logical + "." + attr
	if t, ok := s.texts[key]; ok {
		return t
	}
	if s.asking[key] {
		s.problem(s.declared(logical), "the attribute %s of %s depends on itself; it stays unresolved", attr, logical)
		return unknown
	}
	s.asking[key] = true
	defer delete(s.asking, key)
	defer s.leave()
	if !s.follow(s.declared(logical)) {
		return unknown
	}
	place := s.place()
	text, ok := app.AttrText(typ, attr, app.Names{
		ID: id, Name: s.physicalName(logical),
		Region: place.Region, Account: place.Account, Partition: place.Partition,
		Prop: func(key string) *value.Value { return s.property(logical, key) },
	})
	if !ok {
		text = unknown
	}
	s.texts[key] = text
	return text
}

// place is where the application is deployed, as far as it is known.
func (r *run) place() app.Place {
	w := r.where
	return app.Place{Region: value.Lit(w.region), Account: value.Lit(w.account), Partition: value.Lit(w.partition)}
}
