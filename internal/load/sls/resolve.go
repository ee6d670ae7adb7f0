package sls

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// Bounds on what variables may make of a service file; beyond them it is
// hostile or broken.
const (
	maxNodes = 500_000 // values of the whole service, variables put in
	maxText  = 4 << 20 // bytes that variables put into texts
	maxDepth = 200     // of values that stand for values
)

// A resolver puts values in the place of variables. Every value is resolved
// when it is first asked for and once, so the order in the file does not
// matter, and what asks for itself is a cycle.
//
// What only a deployment knows becomes {Ref: name} with a name that says where
// the value comes from, such as "env:TABLE": an input of the template, like a
// parameter without default. The text around it stays known.
type resolver struct {
	o        Options
	file     string
	root     *node
	stage    *node
	files    map[string]*document
	done     map[*node]*node // deep values
	doneSub  map[*node]*node // the same inside Fn::Sub
	heads    map[*node]*node
	busy     map[*node]bool // deep values that are being made
	heading  map[*node]bool // heads that are
	size     map[*node]int
	total    int
	written  int
	depth    int
	over     bool
	pseudo   bool                   // #{AWS::Region} is a reference, as a plug-in makes it
	inputs   map[string]source.Span // names of what is not known
	asked    map[string]bool        // names that --param may give
	problems *source.Problems
}

func newResolver(file string, root *node, o Options, problems *source.Problems) *resolver {
	return &resolver{
		o: o, file: file, root: root, problems: problems,
		files: map[string]*document{}, done: map[*node]*node{}, doneSub: map[*node]*node{}, heads: map[*node]*node{},
		busy: map[*node]bool{}, heading: map[*node]bool{}, size: map[*node]int{}, inputs: map[string]source.Span{}, asked: map[string]bool{},
	}
}

func (r *resolver) problem(span source.Span, format string, args ...any) {
	const longest = 600
	msg := fmt.Sprintf(format, args...)
	if len(msg) > longest {
		msg = strings.ToValidUTF8(msg[:longest], "") + "…"
	}
	r.problems.Append(source.Problem{Span: span, Message: msg})
}

// value resolves a whole tree.
func (r *resolver) value(n *node) *node { return r.deep(n, false) }

// deep resolves a whole tree. sub marks a text in which ${Name} already is
// Fn::Sub's: what is not known is written as one more such name.
func (r *resolver) deep(n *node, sub bool) *node {
	if n == nil || n.Kind != source.StringNode && n.Kind != source.ListNode && n.Kind != source.MapNode {
		return n
	}
	memo := r.done
	if sub {
		memo = r.doneSub
	}
	if out, ok := memo[n]; ok {
		return r.count(out)
	}
	if r.busy[n] {
		return r.cycle(n)
	}
	if r.depth++; r.depth > maxDepth {
		defer func() { r.depth-- }()
		return r.stop(n, "its variables lead over more than %d levels", maxDepth)
	}
	defer func() { r.depth-- }()
	r.busy[n] = true
	out := r.compose(n, sub)
	delete(r.busy, n)
	memo[n] = out
	return r.count(out)
}

func (r *resolver) compose(n *node, sub bool) *node {
	switch n.Kind {
	case source.StringNode:
		return r.str(n, textIs{sub: sub, whole: true})
	case source.ListNode:
		out := *n
		out.Items = make([]*node, len(n.Items))
		for i, it := range n.Items {
			out.Items[i] = r.deep(it, sub && i == 0)
		}
		return &out
	}
	out := *n
	out.Fields = make([]source.Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		f.Value = r.deep(f.Value, f.Key == "Fn::Sub" && len(n.Fields) == 1)
		if strings.Contains(f.Key, "${") {
			if k := r.str(source.NewString(f.Key, f.KeySpan), textIs{}); k.IsScalar() {
				f.Key = k.Text
			} else {
				r.problem(f.KeySpan, "the key %.100q depends on what is not known; it is left out", f.Key)
				continue
			}
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}

// count adds a value's size to that of the service; a value that would make
// it too large is not known.
func (r *resolver) count(n *node) *node {
	if n == nil {
		return nil
	}
	size := r.sizeOf(n)
	if size > maxNodes {
		return r.stop(n, "the service has more than %d values", maxNodes)
	}
	return n
}

// sizeOf counts the values of a tree, parts that are shared as often as they
// stand in it.
func (r *resolver) sizeOf(n *node) int {
	if s, ok := r.size[n]; ok || n == nil {
		return s
	}
	s := 1
	for _, it := range n.Items {
		s += r.sizeOf(it)
	}
	for _, f := range n.Fields {
		s += r.sizeOf(f.Value)
	}
	s = min(s, 2*maxNodes)
	r.size[n] = s
	return s
}

// stop gives up a value that goes beyond a bound, and says so once.
func (r *resolver) stop(n *node, format string, args ...any) *node {
	if !r.over {
		r.over = true
		r.problem(n.Span, "the service is not read in full: "+format+"; from here on its values stay unresolved", args...)
	}
	return r.unknown("a value at "+n.Span.String(), n.Span)
}

func (r *resolver) cycle(n *node) *node {
	r.problem(n.Span, "the value depends on itself; it stays unresolved")
	return r.unknown("a value at "+n.Span.String(), n.Span)
}

// unknown is a value that only a deployment knows.
func (r *resolver) unknown(name string, span source.Span) *node {
	name = inputName(name)
	if _, ok := r.inputs[name]; !ok {
		r.inputs[name] = span
	}
	return ref(span, name)
}

// inputName makes a name that may stand in ${} of Fn::Sub. Other characters
// are replaced, and a digest keeps different names different.
func inputName(name string) string {
	const longest = 200
	clean := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_:-/.", c) {
			return c
		}
		return '-'
	}, name)
	if clean == name && len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return clean[:min(len(clean), longest)] + "-" + hex.EncodeToString(sum[:4])
}

// isUnknown gives the name of a value that only a deployment knows.
func (r *resolver) isUnknown(n *node) (string, bool) {
	if arg := n.Get("Ref"); isMap(n) && len(n.Fields) == 1 && arg.Is(source.StringNode) {
		_, ok := r.inputs[arg.Text]
		return arg.Text, ok
	}
	return "", false
}

// textIs tells what a text with variables is for.
type textIs struct {
	sub   bool // ${Name} in it already is Fn::Sub's
	whole bool // a variable that is all of it may stand for any value, a map too
	lazy  bool // of such a value only the keys are asked for
}

// str resolves a text.
func (r *resolver) str(n *node, is textIs) *node {
	sub := is.sub
	if !strings.Contains(n.Text, "${") && !(r.pseudo && strings.Contains(n.Text, "#{")) {
		return n
	}
	list := parts(n.Text)
	if len(list) == 1 && list[0].variable != nil && is.whole {
		v := r.variable(list[0].variable, n.Span, is.lazy)
		if name, ok := r.isUnknown(v); ok && sub {
			return source.NewString("${"+name+"}", n.Span)
		}
		if v.IsScalar() {
			c := *v
			c.Span = n.Span
			return &c
		}
		return v
	}
	all := make([]any, 0, len(list))
	for _, p := range list {
		if p.variable == nil {
			all = append(all, r.literal(p.lit, n.Span, sub)...)
			continue
		}
		v := r.variable(p.variable, n.Span, false)
		switch name, unknown := r.isUnknown(v); {
		case v.IsScalar():
			if r.written += len(v.Text); r.written > maxText {
				v = r.stop(n, "its variables put together more than %d MB of text", maxText>>20)
			}
			all = append(all, v)
		case isNone(v):
		case unknown && sub:
			all = append(all, "${"+name+"}")
		case isFn(v) && !sub:
			all = append(all, v)
		case isFn(v) && v.Has("Ref"):
			all = append(all, "${"+shown(v)+"}")
		default:
			what := "a " + v.Kind.String()
			if isFn(v) {
				what = v.Fields[0].Key
			}
			r.problem(n.Span, "%.100s stands inside a text but is %s; it stays unresolved", p.variable.raw, what)
			u := r.unknown(p.variable.raw, n.Span)
			if sub {
				all = append(all, "${"+shown(u)+"}")
			} else {
				all = append(all, u)
			}
		}
	}
	return cat(n.Span, all...)
}

var pseudoForm = regexp.MustCompile(`#\{([A-Za-z0-9:.]+)\}`)

// literal is text between variables. With the plug-in for pseudo parameters
// #{Name} in it is a reference, and #{Name.Attr} an attribute.
func (r *resolver) literal(s string, span source.Span, sub bool) []any {
	switch {
	case !r.pseudo:
		return []any{s}
	case sub:
		return []any{pseudoForm.ReplaceAllString(s, "$${$1}")}
	}
	var out []any
	last := 0
	for _, m := range pseudoForm.FindAllStringSubmatchIndex(s, -1) {
		name := s[m[2]:m[3]]
		out = append(out, s[last:m[0]])
		if id, attr, ok := strings.Cut(name, "."); ok {
			out = append(out, getAtt(span, id, attr))
		} else {
			out = append(out, ref(span, name))
		}
		last = m[1]
	}
	return append(out, s[last:])
}

// variable is the value of the first source that has one; never nil.
func (r *resolver) variable(v *variable, span source.Span, lazy bool) *node {
	for i, s := range v.sources {
		n := r.source(s, span, i+1 < len(v.sources), lazy)
		if !isNone(n) {
			return n
		}
		if i+1 == len(v.sources) && s.literal {
			return source.NewString("", span) // null, written as such
		}
	}
	last := v.sources[len(v.sources)-1]
	r.asks(last, span, v.raw)
	return r.unknown(strings.TrimPrefix(v.sources[0].name(), "variable:"), span)
}

// asks says what a variable without any value needs.
func (r *resolver) asks(s varSource, span source.Span, raw string) {
	switch s.kind {
	case "self":
		r.problem(span, "there is nothing at %.100s; correct the path or give it a fallback", raw)
	case "file":
		if s.address != "" {
			r.problem(span, "the file has nothing at %.100s; correct the path or give it a fallback", raw)
		}
	}
}

// name is what messages and the report call the source: "env:TABLE",
// "file:config.js:table".
func (s varSource) name() string {
	out := s.kind
	if s.params != "" {
		out += ":" + s.params
	}
	if s.address != "" {
		out += ":" + s.address
	}
	return out
}
