package app

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// Names are what the texts of a resource's attributes are made of.
type Names struct {
	// ID is unique among the resources of the project: the resource id. It
	// names the holes that AWS fills when it creates the resource.
	ID string
	// Name is the deployed name: the explicit one, or GeneratedName.
	Name value.Text
	// Region, Account and Partition are the place of the deployment; an empty
	// one stands for the hole of its pseudo parameter.
	Region, Account, Partition value.Text
	// Prop returns a property of the resource, for names that consist of
	// several (the path of a role, the group of a schedule). It may be nil.
	Prop func(key string) *value.Value
}

// A naming says how resources of one type are called: one row of the table.
// Templates are texts with ${…}: N the name, R, A, P and U region, account,
// partition and URL suffix, ARN the resource's ARN; ${!x} an identifier x
// that AWS makes; ${Key=default} a property.
type naming struct {
	// name is the property that names the resource explicitly; empty where
	// the type has no name of its own.
	name string
	form form
	ref  string
	arn  string
	// attrs are the attributes of Fn::GetAtt beside Arn.
	attrs map[string]string
}

// A form is what CloudFormation makes of a name that the template does not
// give.
type form uint8

const (
	generated form = iota // stack-logical-random
	lowercase             // the same in lower case
	random                // an identifier without stack and logical id
)

// NameProperty is the property that names resources of a type explicitly, or
// "" where the type has none.
func NameProperty(typ string) string { return namings[typ].name }

// GeneratedName is the name that CloudFormation makes for a resource whose
// template gives none: the stack's name, the logical id and a random tail. id
// is unique among the resources of the project.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
func GeneratedName(typ, logical, id string, stack value.Text) value.Text {
	switch namings[typ].form {
	case random:
		return value.Fresh(id)
	case lowercase:
		stack, logical = stack.Map(strings.ToLower), strings.ToLower(logical)
	}
	return value.Concat(stack, value.Lit("-"+logical+"-"), value.Fresh(id))
}

// AttrText is what is known of the text that Ref (attr "Ref") or Fn::GetAtt
// gives for a resource of the type; false where the table does not tell.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
func AttrText(typ, attr string, n Names) (value.Text, bool) {
	row, known := namings[typ]
	if !known {
		if attr == "Ref" {
			return n.Name, true
		}
		return value.Text{}, false
	}
	var template string
	switch attr {
	case "Ref":
		template = row.ref
	case "Arn":
		template = row.arn
	}
	if t, ok := row.attrs[attr]; ok {
		template = t
	}
	if template == "" {
		return value.Text{}, false
	}
	return n.fill(template, row), true
}

// fill replaces the ${…} of a template.
func (n Names) fill(template string, row naming) value.Text {
	var out []value.Text
	for template != "" {
		lit, rest, found := strings.Cut(template, "${")
		out = append(out, value.Lit(lit))
		if !found {
			break
		}
		hole, after, _ := strings.Cut(rest, "}")
		out = append(out, n.hole(hole, row))
		template = after
	}
	return value.Concat(out...)
}

func (n Names) hole(name string, row naming) value.Text {
	or := func(t value.Text, hole string) value.Text {
		if t.IsEmpty() {
			return value.Hole(hole)
		}
		return t
	}
	switch name {
	case "N":
		return n.Name
	case "R":
		return or(n.Region, "AWS::Region")
	case "A":
		return or(n.Account, "AWS::AccountId")
	case "P":
		return or(n.Partition, "AWS::Partition")
	case "U":
		switch p, _ := n.Partition.Known(); p {
		case "aws", "aws-us-gov":
			return value.Lit("amazonaws.com")
		case "aws-cn":
			return value.Lit("amazonaws.com.cn")
		}
		return value.Hole("AWS::URLSuffix")
	case "ARN":
		return n.fill(row.arn, row)
	}
	if id, ok := strings.CutPrefix(name, "!"); ok {
		return value.Fresh(n.ID + "." + id)
	}
	key, dflt, _ := strings.Cut(name, "=")
	if n.Prop != nil {
		if v := n.Prop(key); v.Exists() != value.No {
			return v.Text()
		}
	}
	return value.Lit(dflt)
}

// names are the Names of a resource of the model.
func (r *Resource) names() Names {
	n := Names{ID: r.ID, Name: r.Name, Prop: func(key string) *value.Value { return r.Get(key) }}
	if r.App != nil {
		n.Region, n.Account, n.Partition = r.App.Place.Region, r.App.Place.Account, r.App.Place.Partition
	}
	return n
}

// ARN is what is known of the resource's ARN; empty where the type has none
// or the table does not know it.
func (r *Resource) ARN() value.Text {
	if r == nil || namings[r.Type].arn == "" {
		return value.Text{}
	}
	return r.names().fill(namings[r.Type].arn, namings[r.Type])
}

// Attr is what is known of the text of an attribute, "Ref" for the resource
// itself; false where the table does not tell.
func (r *Resource) Attr(attr string) (value.Text, bool) {
	if r == nil {
		return value.Text{}, false
	}
	return AttrText(r.Type, attr, r.names())
}
