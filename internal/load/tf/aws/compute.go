package aws

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A provider tells what the providers compute.
type provider struct {
	tables *tables
}

// Provider is what the language asks about AWS and the small providers. It
// never changes and may be used by several goroutines.
func Provider() lang.Provider { return provider{allTables()} }

// Attribute is an attribute of a managed resource.
func (p provider) Attribute(in *lang.Instance, name string, at source.Span) *value.Value {
	t := p.tables.of(in.Type, false)
	written := in.Attrs.Get(name)
	if t == nil || t.plain {
		if written.Exists() != value.No {
			return written.At(at)
		}
		if t != nil && t.attrs[name] != "" {
			return p.template(in, t, t.attrs[name], at)
		}
		return unknown(in, name, at)
	}
	if written.Exists() != value.No {
		return p.written(in, t, name, written, at)
	}
	switch {
	case name == t.name && name != "":
		return value.NewRef(p.nameOf(in), at, value.Ref{Resource: in.ID, Attr: p.nameAttr(t, name)})
	case t.attrs[name] != "":
		return p.computed(in, t, t.attrs[name], name, at)
	case name == "id" && len(t.parts) > 0 && !t.parts[0].list && in.Attrs.Get(t.parts[0].by[0]).Exists() != value.No:
		return in.Attrs.Get(t.parts[0].by[0]).At(at) // most parts are called like their whole
	case name == "id":
		return p.computed(in, t, "Ref", name, at)
	case name == "arn":
		return p.computed(in, t, "Arn", name, at)
	case name == "tags_all" && in.Attrs.Get("tags").Exists() != value.No:
		return in.Attrs.Get("tags").At(at)
	}
	return unknown(in, name, at)
}

// written is a written argument as an expression reads it. One that identifies
// the resource refers to it.
func (p provider) written(in *lang.Instance, t *table, name string, v *value.Value, at source.Span) *value.Value {
	if name != t.name && t.attrs[name] == "" || v.Kind() != value.String && v.Kind() != value.Unresolved {
		return blocks(v, in.Address+"."+name).At(at)
	}
	return value.NewRef(v.Text(), at, value.Ref{Resource: in.ID, Attr: p.nameAttr(t, name)})
}

// blocks are repeated blocks as an expression reads them: the provider may
// compute more of their attributes than are written.
func blocks(v *value.Value, why string) *value.Value {
	if v.Kind() != value.List {
		return v
	}
	items := make([]*value.Value, len(v.Items()))
	for i, el := range v.Items() {
		if el.Kind() != value.Map {
			return v
		}
		fields := slices.Clone(el.Fields())
		for k, f := range fields {
			fields[k].Value = blocks(f.Value, why+"."+f.Key)
		}
		items[i] = value.NewOpenMap(fields, why, el.Span())
	}
	return value.NewList(items, v.Span())
}

// nameAttr is what CloudFormation calls an identifying argument.
func (p provider) nameAttr(t *table, name string) string {
	if attr := t.attrs[name]; attr != "" && isAttribute(attr) {
		return attr
	}
	return "Ref"
}

// isAttribute tells the name of an attribute from a text, such as an identifier
// in capitals.
func isAttribute(text string) bool {
	if text[0] < 'A' || text[0] > 'Z' {
		return false
	}
	odd := strings.IndexFunc(text, func(r rune) bool {
		return r != '.' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	return odd < 0 && (strings.ToUpper(text) != text || !strings.ContainsAny(text, "0123456789"))
}

// plurals are how attributes that are lists are called.
var plurals = []string{"names", "ids", "arns", "blocks", "options", "ips", "tags"}

// unknown is an attribute of which only the name is known: a text with one
// hole, or something unresolved where the name is that of a list.
func unknown(in *lang.Instance, name string, at source.Span) *value.Value {
	if last := name[strings.LastIndexByte(name, '_')+1:]; slices.Contains(plurals, last) {
		return unknownList(in, name, at)
	}
	text := value.Hole(in.Address + "." + name)
	if in.Data {
		return value.NewText(text, at)
	}
	return value.NewRef(text, at, value.Ref{Resource: in.ID, Attr: name})
}

// unknownList is an attribute that is a list of which nothing is known.
func unknownList(in *lang.Instance, name string, at source.Span) *value.Value {
	if in.Data {
		return value.NewUnresolved(in.Address+"."+name, at, nil)
	}
	return value.NewUnresolved(in.Address+"."+name, at, []value.Ref{{Resource: in.ID, Attr: name}})
}

// computed is an attribute by the row of a table.
func (p provider) computed(in *lang.Instance, t *table, text, name string, at source.Span) *value.Value {
	if text == "[]" {
		return unknownList(in, name, at)
	}
	if !isAttribute(text) {
		v := p.template(in, t, text, at)
		if _, whole := v.Ref(); (name == "id" || name == "arn") && t.cfn != "" && !in.Data && !whole {
			return value.NewRef(v.Text(), at, value.Ref{Resource: in.ID, Attr: name}) // whatever its text, it stands for the resource
		}
		return v
	}
	if v := p.reference(in, t, text, at); v != nil {
		return v
	}
	return unknown(in, name, at)
}

// reference is an attribute of CloudFormation's; nil where its text is not
// known.
func (p provider) reference(in *lang.Instance, t *table, attr string, at source.Span) *value.Value {
	text, ok := app.AttrText(t.cfn, attr, p.names(in, t))
	if !ok {
		return nil
	}
	if in.Data {
		return value.NewText(stale(text), at)
	}
	return value.NewRef(text, at, value.Ref{Resource: in.ID, Attr: attr})
}

// names are the names of an instance.
func (p provider) names(in *lang.Instance, t *table) app.Names {
	place := in.Place
	return app.Names{
		ID: in.ID, Name: p.nameOf(in), Region: place.Region, Account: place.Account, Partition: place.Partition,
		Prop: func(key string) *value.Value { return property(in, t, key) },
	}
}

// property is one property that the rows of a table make.
func property(in *lang.Instance, t *table, key string) *value.Value {
	var rows []row
	for _, r := range t.rows {
		if r.prop[0].key == key {
			rows = append(rows, r)
		}
	}
	return mapped(rows, in.Attrs).Get(key)
}

// nameOf is the deployed name of an instance.
func (p provider) nameOf(in *lang.Instance) value.Text {
	t := p.tables.of(in.Type, in.Data)
	if t == nil || t.name == "" {
		return value.Fresh(in.ID)
	}
	if v := in.Attrs.Get(t.name); v.Exists() != value.No {
		return v.Text()
	}
	if in.Data {
		return value.Hole(in.Address + "." + t.name)
	}
	if v := in.Attrs.Get(t.prefix); v.Exists() != value.No {
		return value.Concat(v.Text(), value.Fresh(in.ID))
	}
	return value.Concat(value.Lit("terraform-"), value.Fresh(in.ID))
}

// template fills the ${…} of a text.
func (p provider) template(in *lang.Instance, t *table, text string, at source.Span) *value.Value {
	var out []value.Text
	var refs []value.Ref
	for text != "" {
		lit, rest, found := strings.Cut(text, "${")
		out = append(out, value.Lit(lit))
		if !found {
			break
		}
		hole, after, _ := strings.Cut(rest, "}")
		filled, ref := p.hole(in, t, hole)
		out = append(out, filled)
		refs = append(refs, ref...)
		text = after
	}
	made := value.Concat(out...)
	if in.Data {
		return value.NewText(stale(made), at, refs...)
	}
	if t.cfn != "" && len(refs) == 0 {
		refs = []value.Ref{{Resource: in.ID, Attr: "Ref"}}
	}
	return value.NewText(made, at, refs...)
}

// hole is the text of one ${…}.
func (p provider) hole(in *lang.Instance, t *table, name string) (value.Text, []value.Ref) {
	place := in.Place
	switch name {
	case "N":
		return p.nameOf(in), nil
	case "R":
		return orHole(place.Region, "AWS::Region"), nil
	case "A":
		return orHole(place.Account, "AWS::AccountId"), nil
	case "P":
		return orHole(place.Partition, "AWS::Partition"), nil
	case "U":
		return urlSuffix(place), nil
	}
	switch {
	case name[0] == '!':
		return value.Fresh(in.ID + "." + name[1:]), nil
	case name[0] >= 'A' && name[0] <= 'Z':
		v := property(in, t, name)
		return v.Text(), v.Refs()
	}
	if arg, dflt, ok := strings.Cut(name, "="); ok {
		if v := in.Attrs.Get(arg); v.Exists() != value.No {
			return v.Text(), v.Refs()
		}
		return value.Lit(dflt), nil
	}
	var v *value.Value
	if in.Data {
		v = p.Data(in, name, in.Span)
	} else {
		v = p.Attribute(in, name, in.Span)
	}
	return v.Text(), v.Refs()
}

// arnHead is an ARN up to the resource: arn:aws:lambda:eu-west-1:123456789012:.
func arnHead(place app.Place, service string) value.Text {
	return value.Concat(value.Lit("arn:"), orHole(place.Partition, "AWS::Partition"), value.Lit(":"+service+":"), orHole(place.Region, "AWS::Region"),
		value.Lit(":"), orHole(place.Account, "AWS::AccountId"), value.Lit(":"))
}

func urlSuffix(place app.Place) value.Text {
	switch p, _ := place.Partition.Known(); p {
	case "aws", "aws-us-gov":
		return value.Lit("amazonaws.com")
	case "aws-cn":
		return value.Lit("amazonaws.com.cn")
	}
	return value.Hole("AWS::URLSuffix")
}

func orHole(t value.Text, hole string) value.Text {
	if t.IsEmpty() {
		return value.Hole(hole)
	}
	return t
}

// stale makes holes that could be anything of those that AWS fills anew: what
// a data source finds was there before.
func stale(t value.Text) value.Text {
	parts := make([]value.Text, 0, len(t.Parts()))
	for _, p := range t.Parts() {
		if p.Hole == "" {
			parts = append(parts, value.Lit(p.Lit))
		} else {
			parts = append(parts, value.Hole(p.Hole))
		}
	}
	return value.Concat(parts...)
}
