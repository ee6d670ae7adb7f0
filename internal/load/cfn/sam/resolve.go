package sam

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// resolver replaces references to parameters by their values, in the places
// where the transform looks at a value itself.
type resolver struct {
	x        *expansion
	params   map[string]*node
	mappings *node
}

func (x *expansion) newResolver() *resolver {
	r := &resolver{x: x, params: map[string]*node{}, mappings: x.doc.Get("Mappings")}
	for name, v := range x.o.Parameters {
		if v != nil {
			r.params[name] = v
		}
	}
	if x.o.Region != "" && r.params["AWS::Region"] == nil {
		r.params["AWS::Region"] = source.NewString(x.o.Region, source.Span{})
	}
	if (x.o.Region != "" || x.o.Partition != "") && r.params["AWS::Partition"] == nil {
		r.params["AWS::Partition"] = source.NewString(x.partition, source.Span{})
	}
	return r
}

// param is a parameter's value as if written at the reference.
func (r *resolver) param(name string, span source.Span) *node {
	v := r.params[name]
	if v == nil {
		return nil
	}
	c := *v
	c.Span = span
	return &c
}

// values resolves Ref and Fn::Sub of parameters throughout a tree. The result
// shares what did not change.
func (r *resolver) values(n *node) *node {
	if n == nil || len(r.params) == 0 {
		return n
	}
	switch name, arg := fn(n); name {
	case "Ref":
		if v := r.param(text(arg), n.Span); v != nil {
			return v
		}
		return n
	case "Fn::Sub":
		return r.substitute(n, arg)
	}
	return mapTree(n, r.values)
}

// mapTree applies f to the children of n and copies n only if one changed.
func mapTree(n *node, f func(*node) *node) *node {
	out := n
	switch n.Kind {
	case source.ListNode:
		for i, it := range n.Items {
			if v := f(it); v != it {
				if out == n {
					c := *n
					c.Items = append([]*node(nil), n.Items...)
					out = &c
				}
				out.Items[i] = v
			}
		}
	case source.MapNode:
		for i, fl := range n.Fields {
			if v := f(fl.Value); v != fl.Value {
				if out == n {
					c := *n
					c.Fields = append([]source.Field(nil), n.Fields...)
					out = &c
				}
				out.Fields[i].Value = v
			}
		}
	}
	return out
}

var subRef = regexp.MustCompile(`\$\{([A-Za-z0-9.]+|AWS::[A-Z][A-Za-z]*)\}`)

func (r *resolver) substitute(n, arg *node) *node {
	pattern := arg
	if isList(arg) && len(arg.Items) > 0 {
		pattern = arg.Items[0]
	}
	if !isStr(pattern) {
		return n
	}
	grown := len(pattern.Text)
	done := subRef.ReplaceAllStringFunc(pattern.Text, func(m string) string {
		v := r.params[m[2:len(m)-1]]
		switch {
		case v == nil || grown+len(v.Text) > maxText || !r.x.grow(place{span: n.Span}, len(v.Text)/100):
			return m
		case !v.IsScalar():
			r.x.refuse(place{property: m[2 : len(m)-1], span: n.Span},
				"Fn::Sub puts the parameter %s into text, but its value is a %s; use a string", m[2:len(m)-1], v.Kind)
			return m
		}
		grown += len(v.Text)
		return v.Text
	})
	if isStr(arg) {
		if done == pattern.Text {
			return n
		}
		return obj(n.Span, "Fn::Sub", source.NewString(done, arg.Span))
	}
	items := append([]*node{source.NewString(done, pattern.Span)}, arg.Items[1:]...)
	for i := range items[1:] {
		items[i+1] = r.values(items[i+1])
	}
	return obj(n.Span, "Fn::Sub", source.NewList(arg.Span, items...))
}

// lookup resolves Fn::FindInMap with known keys throughout a tree.
func (r *resolver) lookup(n *node) *node {
	name, arg := fn(n)
	if name != "Fn::FindInMap" {
		if n == nil {
			return nil
		}
		return mapTree(n, r.lookup)
	}
	if !isList(arg) || len(arg.Items) != 3 {
		r.x.refuse(place{property: "Fn::FindInMap", span: n.Span}, "needs a list of three values: the mapping and two keys")
		return n
	}
	at := r.mappings
	for i, it := range arg.Items {
		key := r.lookup(it)
		if !isStr(key) {
			return n
		}
		if i > 0 && !isMap(at) {
			r.x.refuse(place{property: "Mappings." + text(arg.Items[0]), span: n.Span},
				"Fn::FindInMap looks a value up in the mapping %s, which is no map of maps", text(arg.Items[0]))
			return n
		}
		if at = at.Get(key.Text); at == nil {
			return n
		}
	}
	return at
}

// both resolves parameters, then mappings.
func (r *resolver) both(n *node) *node { return r.lookup(r.values(n)) }

// rename rewrites references to logical ids that changed ("Layer" to
// "Layer1a2b3c"), and to parts of resources ("Function.Alias").
func (x *expansion) rename(n *node) *node {
	if n == nil || len(x.renamed) == 0 && len(x.parts) == 0 {
		return n
	}
	name, arg := fn(n)
	switch name {
	case "Ref":
		if id, ok := x.newID(text(arg)); ok {
			return obj(n.Span, "Ref", source.NewString(id, arg.Span))
		}
		return n
	case "Fn::GetAtt":
		return x.renameGetAtt(n, arg)
	case "Fn::Sub":
		n = x.renameSub(n, arg)
	}
	if isMap(n) {
		if d := n.Get("DependsOn"); d != nil {
			n = n.With("DependsOn", x.renameDepends(d))
		}
	}
	return mapTree(n, x.rename)
}

// newID is what "Id" or "Id.Part" stands for, if it changed.
func (x *expansion) newID(id string) (string, bool) {
	if n, ok := x.renamed[id]; ok {
		return n, true
	}
	if res, part, ok := strings.Cut(id, "."); ok {
		n, ok := x.parts[res][part]
		return n, ok
	}
	return "", false
}

func (x *expansion) renameGetAtt(n, arg *node) *node {
	if !isList(arg) || len(arg.Items) < 2 {
		return n
	}
	var words []string
	for _, it := range arg.Items {
		if !isStr(it) {
			return n
		}
		words = append(words, it.Text)
	}
	words = strings.Split(strings.Join(words, "."), ".")
	if id, ok := x.renamed[words[0]]; ok {
		words[0] = id
	} else if id, ok := x.parts[words[0]][words[1]]; ok {
		words = append([]string{id}, words[2:]...)
	} else {
		return n
	}
	return obj(n.Span, "Fn::GetAtt", value(arg.Span, words))
}

func (x *expansion) renameSub(n, arg *node) *node {
	pattern := arg
	if isList(arg) && len(arg.Items) > 0 {
		pattern = arg.Items[0]
	}
	if !isStr(pattern) {
		return n
	}
	done := subRef.ReplaceAllStringFunc(pattern.Text, func(m string) string {
		words := strings.Split(m[2:len(m)-1], ".")
		if id, ok := x.renamed[words[0]]; ok {
			words[0] = id
		} else if len(words) > 1 && x.parts[words[0]][words[1]] != "" {
			words = append([]string{x.parts[words[0]][words[1]]}, words[2:]...)
		} else {
			return m
		}
		return "${" + strings.Join(words, ".") + "}"
	})
	if done == pattern.Text {
		return n
	}
	s := source.NewString(done, pattern.Span)
	if isStr(arg) {
		return obj(n.Span, "Fn::Sub", s)
	}
	return obj(n.Span, "Fn::Sub", source.NewList(arg.Span, append([]*node{s}, arg.Items[1:]...)...))
}

func (x *expansion) renameDepends(d *node) *node {
	one := func(n *node) *node {
		if id, ok := x.renamed[text(n)]; ok {
			return source.NewString(id, n.Span)
		}
		return n
	}
	if isList(d) {
		return mapTree(d, one)
	}
	return one(d)
}

// part records that "id.name" refers to a generated resource.
func (x *expansion) part(id, name, generated string) {
	if x.parts[id] == nil {
		x.parts[id] = map[string]string{}
	}
	x.parts[id][name] = generated
}
