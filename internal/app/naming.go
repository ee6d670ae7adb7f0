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
// ref, arn and attrs are templates, texts with ${…}; hole explains them.
type naming struct {
	// name is the property that names the resource explicitly; empty where
	// the type has no name of its own.
	name  string
	form  form
	ref   string
	arn   string
	attrs attributes // of Fn::GetAtt, beside Arn
}

type attributes map[string]string

// identifies reports whether the name finds the resource; of an API, say, it
// is for people only.
func (row naming) identifies() bool { return strings.Contains(row.ref+row.arn, "${N}") }

// A form is what CloudFormation makes of a name that the template does not
// give.
type form uint8

const (
	generated form = iota // stack-logical-random
	lowercase             // the same in lower case
	unstacked             // logical-random
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
	case unstacked:
		return value.Concat(value.Lit(logical+"-"), value.Fresh(id))
	case lowercase:
		stack, logical = stack.Map(strings.ToLower), strings.ToLower(logical)
	}
	return value.Concat(stack, value.Lit("-"+logical+"-"), value.Fresh(id))
}

// AttrText is what is known of the text that Ref (attr "Ref") or Fn::GetAtt
// gives for a resource of the type; false where the table does not tell. Of a
// type that the table does not have, Ref may be a name, an ARN or an
// identifier, so nothing is told. Arn is told of every type that has an ARN,
// whether or not CloudFormation has the attribute.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
func AttrText(typ, attr string, n Names) (value.Text, bool) {
	row := namings[typ]
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

// hole is the text of one ${…} of a template:
//
//	N R A P U         name, region, account, partition, URL suffix
//	ARN               the resource's ARN
//	/N                the name without a slash at its beginning
//	!x                an identifier that AWS makes
//	Key, Key=default  a property
//	Key?x:a:b         a where the property is x, else b
//	@Key              the ARN of the function that the property names
//	%Key/             the bus that the property names and the separator; empty
//	                  for the default bus
//	>Key              a property without https://
//	~Key=default      the last part of a path or ARN
func (n Names) hole(name string, row naming) value.Text {
	switch name {
	case "N":
		return n.Name
	case "/N":
		return trimPrefix(n.Name, "/")
	case "R":
		return orHole(n.Region, "AWS::Region")
	case "A":
		return orHole(n.Account, "AWS::AccountId")
	case "P":
		return orHole(n.Partition, "AWS::Partition")
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
	switch rest := name[1:]; name[0] {
	case '!':
		return value.Fresh(n.ID + "." + rest)
	case '@':
		return n.functionARN(n.prop(rest, ""))
	case '>':
		return trimPrefix(n.prop(rest, ""), "https://")
	case '~':
		key, dflt, _ := strings.Cut(rest, "=")
		return last(n.prop(key, dflt), '/')
	case '%':
		key, separator := rest[:len(rest)-1], rest[len(rest)-1:]
		bus := last(n.prop(key, "default"), '/')
		if bus.Equal(value.Lit("default")) == value.Yes {
			return value.Text{}
		}
		return value.Concat(bus, value.Lit(separator))
	}
	if key, choice, ok := strings.Cut(name, "?"); ok {
		return n.choose(key, strings.SplitN(choice, ":", 3))
	}
	key, dflt, _ := strings.Cut(name, "=")
	return n.prop(key, dflt)
}

func orHole(t value.Text, hole string) value.Text {
	if t.IsEmpty() {
		return value.Hole(hole)
	}
	return t
}

// prop is the text of a property, or the default where it is absent.
func (n Names) prop(key, dflt string) value.Text {
	if n.Prop != nil {
		if v := n.Prop(key); v.Exists() != value.No {
			return v.Text()
		}
	}
	return value.Lit(dflt)
}

// choose is the second of three words where the property is the first, the
// third where it is not.
func (n Names) choose(key string, words []string) value.Text {
	switch n.prop(key, "").Equal(value.Lit(words[0])) {
	case value.Yes:
		return value.Lit(words[1])
	case value.No:
		return value.Lit(words[2])
	}
	return value.Hole(n.ID + "." + key)
}

// functionARN is the ARN of a function given by name or ARN.
func (n Names) functionARN(function value.Text) value.Text {
	if function.HasPrefix("arn:") != value.No {
		return function
	}
	return value.Concat(value.Lit("arn:"), orHole(n.Partition, "AWS::Partition"), value.Lit(":lambda:"), orHole(n.Region, "AWS::Region"),
		value.Lit(":"), orHole(n.Account, "AWS::AccountId"), value.Lit(":function:"), function)
}

// trimPrefix drops a prefix that the text is known to begin with.
func trimPrefix(t value.Text, prefix string) value.Text {
	if t.HasPrefix(prefix) != value.Yes {
		return t
	}
	_, rest, _ := cut(t, prefix)
	return rest
}

// last is what stands behind the last separator.
func last(t value.Text, separator byte) value.Text {
	parts := t.Split(separator, -1)
	return parts[len(parts)-1]
}

// names are the Names of a resource of the model.
func (r *Resource) names() Names {
	n := Names{ID: r.ID, Name: r.Name, Prop: func(key string) *value.Value { return r.Get(key) }}
	place := r.place()
	n.Region, n.Account, n.Partition = place.Region, place.Account, place.Partition
	return n
}

// place is where the resource is deployed.
func (r *Resource) place() Place {
	switch {
	case r.Place != nil:
		return *r.Place
	case r.App != nil:
		return r.App.Place
	}
	return Place{}
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
