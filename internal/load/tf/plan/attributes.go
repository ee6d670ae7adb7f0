package plan

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A scope is where a reference is written.
type scope struct {
	module string // the address of the module instance
	owner  *module
	in     *instance // nil outside resources
}

// A leaf is a place of an argument while its value is made.
type leaf struct {
	r    *reader
	from scope
	at   source.Span // where the innermost thing with a place stands
	name string      // the address of the argument, for reasons
	key  string      // its last name
	e    *source.Node
	// shared tells that e is about more than this value.
	shared bool
	// spanned tells that the nodes have places in a file: those of a document
	// in a string have not.
	spanned bool
}

// attributes are an instance's arguments. Those that neither the plan's
// configuration nor the files write are computed by the provider: they are no
// arguments, except blocks, which dynamic blocks write unseen.
func (r *reader) attributes(in *instance, w *value.Value) *value.Value {
	var out []value.Field
	for _, f := range joined(in.values, in.unknown, in.secret, in.config.Get("expressions"), w) {
		v, u, s, e, wv := f.v, f.u, f.s, f.e, f.w
		if isTrue(in.secret) {
			s = in.secret
		}
		written := e != nil || wv.Kind() != value.Absent
		switch {
		case absent(v) && !isTrue(u) && !hasTrue(u):
			continue
		case isTrue(u) && !written:
			continue // computed
		case (in.config != nil || w.Kind() == value.Map) && !in.Data && !written && !isBlocks(v):
			continue
		case !written && empty(v) && !in.Data:
			continue // what providers write for an argument that is not set
		}
		l := leaf{r: r, from: scope{in.module, in.owner, in}, at: f.KeySpan, name: in.Address + "." + f.Key, key: f.Key, e: e, spanned: true}
		if e != nil && e.Is(source.MapNode) && (v.Is(source.MapNode) || v.Is(source.ListNode)) && trues(u) != 1 {
			l.shared = true
		}
		span := f.KeySpan
		if f.written != nil {
			span = f.written.KeySpan
		}
		out = append(out, value.Field{Key: f.Key, KeySpan: span, Value: l.value(v, u, s, wv)})
	}
	return value.NewMap(out, in.Span)
}

// A part is one field of what is joined.
type part struct {
	source.Field
	v, u, s, e *source.Node
	w          *value.Value
	written    *value.Field // nil where the configuration is not known to write it
}

// joined are the fields of the values, and those that only the marks of what
// is unknown have, with what else is known of each.
func joined(v, u, s, e *source.Node, w *value.Value) []part {
	place := map[string]int{}
	var out []part
	add := func(f source.Field) *part {
		i, ok := place[f.Key]
		if !ok {
			i = len(out)
			place[f.Key] = i
			out = append(out, part{Field: f, w: value.NewAbsent(w.Span())})
			if w.Kind() == value.Unresolved {
				out[i].w = w.Get(f.Key)
			}
		}
		return &out[i]
	}
	for _, f := range fields(v) {
		add(f).v = f.Value
	}
	for _, f := range fields(u) {
		add(f).u = f.Value
	}
	for _, f := range fields(s) {
		if i, ok := place[f.Key]; ok {
			out[i].s = f.Value
		}
	}
	for _, f := range fields(e) {
		if i, ok := place[f.Key]; ok {
			out[i].e = f.Value
		}
	}
	for i := range w.Fields() {
		f := &w.Fields()[i]
		if j, ok := place[f.Key]; ok {
			out[j].w, out[j].written = f.Value, f
		}
	}
	return out
}

func absent(n *source.Node) bool { return n == nil || n.Kind == source.NullNode }

func empty(n *source.Node) bool {
	switch {
	case n.Is(source.StringNode):
		return n.Text == ""
	case n.Is(source.ListNode), n.Is(source.MapNode):
		return len(n.Items)+len(n.Fields) == 0
	}
	return false
}

func isBlocks(n *source.Node) bool {
	for _, it := range items(n) {
		if !it.Is(source.MapNode) {
			return false
		}
	}
	return len(items(n)) > 0
}

func hasTrue(n *source.Node) bool { return trues(n) > 0 }

// trues counts the marks in a tree of marks.
func trues(n *source.Node) int {
	if n == nil {
		return 0
	}
	if isTrue(n) {
		return 1
	}
	count := 0
	for _, it := range n.Items {
		count += trues(it)
	}
	for _, f := range n.Fields {
		count += trues(f.Value)
	}
	return count
}

// value joins what the plan says of a value: the value itself, the marks of
// what is unknown and of what is sensitive, and what the configuration writes.
func (l leaf) value(v, u, s *source.Node, w *value.Value) *value.Value {
	switch {
	case w.Kind() != value.Absent:
		l.at = w.Span()
	case l.spanned && v != nil:
		l.at = v.Span
	}
	if isTrue(s) && (!absent(v) || isTrue(u)) {
		if text, known := w.Known(); w.Kind() == value.String && (!known || v.Is(source.StringNode) && v.Text == text) {
			return w // what the configuration writes is in the sources anyway
		}
		return l.secret(v)
	}
	if isTrue(u) {
		return l.r.later(l, w)
	}
	switch {
	case v.Is(source.MapNode) || absent(v) && len(fields(u)) > 0:
		return l.object(v, u, s, w)
	case v.Is(source.ListNode) || absent(v) && len(items(u)) > 0:
		return l.list(v, u, s, w)
	case v.Is(source.StringNode):
		return l.string(v, w)
	case v.Is(source.BoolNode):
		return value.NewBool(v.Text == "true", l.at)
	case v.Is(source.NumberNode):
		return value.NewNumber(v.Text, l.at)
	}
	return value.NewNull(l.at)
}

// secret is in place of a value that must not be shown.
func (l leaf) secret(v *source.Node) *value.Value {
	name := "the sensitive " + l.name
	if v.Is(source.ListNode) || v.Is(source.MapNode) {
		return value.NewUnresolved(name, l.at, nil)
	}
	return value.NewText(value.Hole(name), l.at)
}

// below is the leaf of a part, with the expression that is about it: nested
// blocks have their own, the parts of an attribute share one.
func (l leaf) below(name, key string, e *source.Node) leaf {
	l.name += name
	if key != "" {
		l.key = key
	}
	l.e = e
	return l
}

func (l leaf) object(v, u, s *source.Node, w *value.Value) *value.Value {
	block := !isExpression(l.e)
	e := l.e
	if !block {
		e = nil
	}
	var out []value.Field
	for _, f := range joined(v, u, s, e, w) {
		// What a block is known not to write the provider fills in.
		computed := (block && l.e != nil || w.Kind() == value.Map) && f.e == nil && f.written == nil && l.spanned
		if absent(f.v) && !hasTrue(f.u) || computed && (isTrue(f.u) || empty(f.v)) {
			continue
		}
		child := l.below("."+f.Key, f.Key, l.e)
		if block {
			child.e = f.e
			if isExpression(f.e) && (f.v.Is(source.MapNode) || f.v.Is(source.ListNode)) {
				child.shared = trues(f.u) != 1
			}
		}
		span := l.at
		switch {
		case f.written != nil:
			span = f.written.KeySpan
		case l.spanned:
			span = f.KeySpan
		}
		out = append(out, value.Field{Key: f.Key, KeySpan: span, Value: child.value(f.v, f.u, f.s, f.w)})
	}
	return value.NewMap(out, l.at)
}

// isExpression tells the expression of an attribute from the map of a block.
func isExpression(e *source.Node) bool {
	return e != nil && (e.Get("references").Is(source.ListNode) || e.Has("constant_value"))
}

func (l leaf) list(v, u, s *source.Node, w *value.Value) *value.Value {
	n := max(len(items(v)), len(items(u)))
	match := matched(items(v), w)
	out := make([]*value.Value, n)
	for i := range out {
		e := l.e
		if e.Is(source.ListNode) {
			e = item(e, i)
			if len(items(v)) != len(items(l.e)) {
				e = nil // a dynamic block, or a set that joined equal ones
			}
		}
		var wi *value.Value
		if i < len(match) {
			wi = match[i]
		} else if w.Kind() == value.Unresolved {
			wi = w
		}
		if wi == nil {
			wi = value.NewAbsent(w.Span())
		}
		out[i] = l.below("", "", e).value(item(v, i), item(u, i), item(s, i), wi)
	}
	return value.NewList(out, l.at)
}

// maxMatched bounds the lists whose parts are compared each with each.
const maxMatched = 100

// matched finds for each element of the plan the one of the configuration that
// it is of: sets are ordered otherwise in a plan than in the files.
func matched(v []*source.Node, w *value.Value) []*value.Value {
	if w.Kind() != value.List || w.Len() > maxMatched || len(v) > maxMatched {
		return nil
	}
	out := make([]*value.Value, len(v))
	used := make([]bool, w.Len())
	for i, n := range v {
		for k := range used {
			j := (i + k) % len(used) // its own place first
			if !used[j] && agrees(n, w.Items()[j]) {
				used[j], out[i] = true, w.Items()[j]
				break
			}
		}
	}
	return out
}

// agrees reports whether nothing known tells the two apart.
func agrees(n *source.Node, w *value.Value) bool {
	switch w.Kind() {
	case value.String, value.Number, value.Bool:
		if absent(n) {
			return !w.Text().IsKnown() // known after the deployment
		}
		return n.IsScalar() && w.Is(n.Text) != value.No
	case value.Map:
		for _, f := range w.Fields() {
			if n.Is(source.MapNode) && f.Value.Kind() <= value.String && !agrees(n.Get(f.Key), f.Value) {
				return false
			}
		}
		return n.Is(source.MapNode)
	case value.List:
		return n.Is(source.ListNode)
	}
	return true
}

func (l leaf) string(v *source.Node, w *value.Value) *value.Value {
	t := value.Lit(v.Text)
	refs, whole := l.r.known(l, v.Text, w)
	if doc := l.document(v.Text, w.Document()); doc != nil {
		return value.NewDocument(t, doc, l.at, refs...)
	}
	if whole {
		return value.NewRef(t, l.at, refs[0])
	}
	return value.NewText(t, l.at, refs...)
}

// document is what a string is the JSON of; nil where it is none.
func (l leaf) document(s string, w *value.Value) *value.Value {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return nil
	}
	limits := l.r.o.Root.Limits()
	node, problems := source.ParseJSON(l.at.File, []byte(s), limits)
	if node == nil || len(problems) > 0 {
		return nil
	}
	if w == nil {
		w = value.NewAbsent(l.at)
	}
	l.spanned, l.shared = false, true
	return l.value(node, nil, nil, w)
}
