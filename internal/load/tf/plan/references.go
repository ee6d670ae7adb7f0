package plan

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A found is an attribute of an instance that a reference leads to.
type found struct {
	in   *instance
	attr string
}

// maxFound bounds what one expression refers to.
const maxFound = 50

// maxDeep bounds chains of instances that refer to each other.
const maxDeep = 5000

// A search follows the references of one expression.
type search struct {
	r *reader
	// found are the attributes; exact tells that they are all that the
	// expression depends on, each as a whole.
	found []found
	exact bool
	depth int
}

// references follows the references that a plan lists for an expression,
// through variables of modules and outputs to attributes.
func (r *reader) references(e *source.Node, from scope) *search {
	key := searchKey{e, from.module, from.in}
	if s := r.searches[key]; s != nil {
		return s
	}
	s := &search{r: r, exact: true}
	s.expression(e, from)
	r.searches[key] = s
	return s
}

type searchKey struct {
	e      *source.Node
	module string
	in     *instance
}

// longest leaves out references that are the beginning of another: a plan
// lists aws_iam_role.r beside aws_iam_role.r.arn.
func longest(e *source.Node) []string {
	var all []string
	for _, n := range items(e.Get("references")) {
		all = append(all, text(n))
	}
	slices.Sort(all)
	var out []string
	for i, s := range all {
		if i+1 < len(all) && s != "" && strings.HasPrefix(all[i+1], s) && (len(all[i+1]) == len(s) || strings.ContainsRune(".[", rune(all[i+1][len(s)]))) {
			continue
		}
		out = append(out, s)
	}
	return out
}

func (s *search) expression(e *source.Node, from scope) {
	if s.depth++; s.depth > 1000 {
		s.exact = false
		return
	}
	for _, ref := range longest(e) {
		s.reference(ref, from)
	}
}

func (s *search) reference(ref string, from scope) {
	t, ok := parseTarget(ref)
	if !ok || len(s.found) > maxFound {
		s.exact = false
		return
	}
	switch t.kind {
	case "path", "terraform":
	case "resource", "data":
		s.block(t, from)
	case "var":
		s.exact = s.exact && !t.deep
		if from.owner == nil || from.owner.parent == nil {
			s.exact = false // the plan has the variable's value
			return
		}
		up := scope{module: parent(from.module), owner: from.owner.parent}
		s.expression(from.owner.call.Path("expressions", t.name), up)
	case "module":
		s.module(t, from)
	default:
		s.exact = false
	}
}

func parent(module string) string {
	ss := steps(module)
	var out []string
	for _, st := range ss[:max(len(ss)-2, 0)] {
		out = append(out, st.text)
	}
	return strings.Join(out, ".")
}

// module follows an output; of a module of which there are several instances
// any may be meant.
func (s *search) module(t target, from scope) {
	if from.owner == nil || from.owner.calls[t.name] == nil || t.attr == "" {
		s.exact = false
		return
	}
	child := from.owner.calls[t.name]
	e := child.node.Path("outputs", t.attr, "expression")
	s.exact = s.exact && !t.deep
	address := t.moduleStep
	if from.module != "" {
		address = from.module + "." + address
	}
	if child.call.Has("count_expression") || child.call.Has("for_each_expression") {
		s.exact = s.exact && t.keyed
	}
	s.expression(e, scope{module: address, owner: child})
}

func (s *search) block(t target, from scope) {
	all := s.r.byBlock[from.module+"|"+blockOf(t)]
	if len(all) > 1 {
		var one []*instance
		for _, in := range all {
			switch {
			case t.keyed && keyIs(in, t.key), !t.keyed && from.in != nil && sameKey(in, from.in):
				one = append(one, in)
			}
		}
		if len(one) == 1 {
			// The key of the same name may not be meant where none is written.
			s.exact = s.exact && t.keyed
			all = one
		} else {
			s.exact = false
		}
	}
	s.exact = s.exact && !t.deep && t.attr != "" && len(all) > 0
	for _, in := range all {
		if len(s.found) <= maxFound {
			s.found = append(s.found, found{in, t.attr})
		}
	}
}

func sameKey(a, b *instance) bool {
	ka, oka := a.key()
	kb, okb := b.key()
	return oka && okb && ka == kb
}

// attribute asks the provider what an attribute is.
func (r *reader) attribute(f found, at source.Span) *value.Value {
	name := f.attr
	if name == "" {
		name = "id"
	}
	if r.deep++; r.deep < maxDeep {
		r.build(f.in)
	}
	r.deep--
	if f.in.state != built || r.o.Provider == nil {
		return value.NewText(value.Hole(f.in.Address+"."+name), at)
	}
	if f.in.Data {
		return r.o.Provider.Data(&f.in.Instance, name, at)
	}
	return r.o.Provider.Attribute(&f.in.Instance, name, at)
}

// later is a value that the deployment makes known: what the configuration
// writes, the one reference that it is, or nothing but what it depends on.
func (r *reader) later(l leaf, w *value.Value) *value.Value {
	switch w.Kind() {
	case value.Absent, value.Null:
	case value.Unresolved:
		if len(w.Refs()) > 0 || len(w.Choices()) > 0 {
			return w
		}
	default:
		return w
	}
	s := r.references(l.e, l.from)
	unseen := w.Kind() == value.Absent
	if unseen && s.exact && len(s.found) == 1 && !l.shared && !composed(l.key) {
		return r.attribute(s.found[0], l.at)
	}
	return value.NewUnresolved(l.name+" is known after the deployment", l.at, r.refs(s, l.at))
}

func (r *reader) refs(s *search, at source.Span) []value.Ref {
	var out []value.Ref
	for _, f := range s.found {
		for _, ref := range r.attribute(f, at).Refs() {
			if !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

// composed reports whether an argument of this name is usually a text around
// its references. A plan lists what an expression refers to, and not how.
func composed(key string) bool {
	if strings.HasSuffix(key, "_arn") || strings.HasSuffix(key, "_id") || strings.HasSuffix(key, "_name") {
		return false
	}
	for _, word := range []string{"policy", "document", "definition", "body", "template", "json", "pattern", "content", "schema", "user_data", "input", "description", "uri", "source_arn"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return key == "name" || key == "target"
}

// known are the references of a text that the plan knows, and whether the text
// is exactly the first.
func (r *reader) known(l leaf, s string, w *value.Value) (refs []value.Ref, whole bool) {
	if ref, ok := w.Ref(); ok {
		return []value.Ref{ref}, true
	}
	if len(w.Refs()) > 0 {
		return w.Refs(), false
	}
	var candidates []found
	if l.e != nil {
		candidates = r.references(l.e, l.from).found
	}
	if in := r.arns[s]; in != nil && in != l.from.in {
		candidates = append(candidates, found{in, "arn"})
	}
	for _, f := range candidates {
		held := f.in.values.Get(f.attr)
		if !held.Is(source.StringNode) || sensitive(f.in.secret, f.attr) || len(held.Text) < 3 || !strings.Contains(s, held.Text) {
			continue
		}
		v := r.attribute(f, l.at)
		if s == held.Text {
			if ref, ok := v.Ref(); ok {
				return []value.Ref{ref}, true
			}
		}
		for _, ref := range v.Refs() {
			if !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	return refs, false
}
