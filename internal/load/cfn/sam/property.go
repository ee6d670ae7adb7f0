package sam

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/source"
)

//go:embed properties.txt
var propertiesText string

// property is what the specification says about one property.
type property struct {
	name     string
	types    string // such as "str|map", see accepts
	required bool
	literal  bool
}

// specification maps resource and event types to their properties.
type specification map[string][]property

var specified = sync.OnceValue(func() specification {
	spec := specification{}
	var current string
	for line := range strings.Lines(propertiesText) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case line[0] != ' ':
			current = words[0]
			spec[current] = []property{}
		case len(words) > 1:
			spec[current] = append(spec[current], property{
				name: words[0], types: words[1],
				required: slices.Contains(words, "required"),
				literal:  slices.Contains(words, "literal"),
			})
		}
	}
	return spec
})

// accepts reports whether a value has one of the types: str, map, bool, list,
// int, any, list(T) and map(T) of values, enum(a,b) of strings, and
// alternatives with | between them.
func accepts(types string, n *node) bool {
	for _, t := range alternatives(types) {
		name, inner, _ := strings.Cut(strings.TrimSuffix(t, ")"), "(")
		switch name {
		case "any":
			return true
		case "str":
			if isStr(n) {
				return true
			}
		case "bool":
			if isBool(n) {
				return true
			}
		case "int":
			if isInt(n) {
				return true
			}
		case "enum":
			if isStr(n) && slices.Contains(strings.Split(inner, ","), n.Text) {
				return true
			}
		case "list":
			if isList(n) && (inner == "" || !slices.ContainsFunc(n.Items, func(v *node) bool { return !accepts(inner, v) })) {
				return true
			}
		case "map":
			if isMap(n) && (inner == "" || !slices.ContainsFunc(n.Fields, func(f source.Field) bool { return !accepts(inner, f.Value) })) {
				return true
			}
		}
	}
	return false
}

// alternatives splits at the | that are outside parentheses.
func alternatives(types string) []string {
	var out []string
	depth, start := 0, 0
	for i, c := range types {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			out = append(out, types[start:i])
			start = i + 1
		}
	}
	return append(out, types[start:])
}

// words says a type in plain words.
func words(types string) string {
	r := strings.NewReplacer("str", "a string", "map", "a map", "bool", "true or false", "int", "an integer",
		"list", "a list", "|", " or ", "(", " of (", "enum", "one")
	return r.Replace(types)
}

// check compares a map of properties with the specification and reports
// whether it fits. Wrong values are removed, so that what follows can rely on
// the types; unknown ones are left alone, as nothing reads them.
func (x *expansion) check(spec string, p place, props *node) bool {
	known, ok := specified()[spec]
	if !ok {
		return true
	}
	good := true
	for _, f := range props.Fields {
		if !slices.ContainsFunc(known, func(k property) bool { return k.name == f.Key }) {
			x.refuse(p.at(f.Key, f.Value), "there is no such property of %s; remove it or correct its name", spec)
			good = false
		}
	}
	for _, k := range known {
		v := get(props, k.name)
		switch {
		case v == nil && k.required:
			x.refuse(p.at(k.name, nil), "is required but missing")
			good = false
		case v == nil || !k.literal && isMap(v) && len(v.Fields) == 1:
		case !accepts(k.types, v):
			x.refuse(p.at(k.name, v), "should be %s, not a %s", words(k.types), v.Kind)
			del(props, k.name)
			good = false
		}
	}
	return good
}

// The want functions report whether a value has a kind, and a problem if not.

func (x *expansion) want(p place, n *node, kind source.NodeKind) bool {
	if n.Is(kind) {
		return true
	}
	if isNone(n) {
		x.refuse(p, "should be a %s, but is missing or null", kind)
	} else {
		x.refuse(p, "should be a %s, not a %s", kind, n.Kind)
	}
	return false
}

func (x *expansion) wantMap(p place, n *node) bool    { return x.want(p, n, source.MapNode) }
func (x *expansion) wantList(p place, n *node) bool   { return x.want(p, n, source.ListNode) }
func (x *expansion) wantString(p place, n *node) bool { return x.want(p, n, source.StringNode) }
func (x *expansion) wantBool(p place, n *node) bool   { return x.want(p, n, source.BoolNode) }

// wantGiven reports whether a value is given.
func (x *expansion) wantGiven(p place, n *node) bool {
	if isNone(n) {
		x.refuse(p, "is required but missing")
		return false
	}
	return true
}
