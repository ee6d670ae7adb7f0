package cfn

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// prepare runs the transforms in AWS's order: loops, includes, then SAM.
func (s *stack) prepare() {
	s.body = s.tpl.Root
	s.cut()
	for _, p := range s.tpl.Problems {
		s.problems.Append(p)
	}
	s.checkTransforms()
	s.body = s.expandLoops(s.body)
	s.body = s.includes(s.body)
	s.cut()
	if s.tpl.SAM() {
		s.expandSAM()
	}
	s.cut()
}

// cut takes the sections of the body as it is now.
func (s *stack) cut() {
	s.sections = map[string]*section{}
	clear(s.tables)
	for _, name := range []string{"Mappings", "Conditions", "Resources", "Outputs"} {
		n := s.body.Get(name)
		if n != nil && n.Kind != source.MapNode && n.Kind != source.NullNode {
			s.problem(n.Span, "%s must be a map, not a %s; nothing of it is read", name, n.Kind)
		}
		s.sections[name] = newSection(n)
	}
}

// checkTransforms notes the transforms that only AWS can run.
func (s *stack) checkTransforms() {
	n := s.body.Get("Transform")
	if n != nil && n.Kind != source.StringNode && n.Kind != source.ListNode && n.Kind != source.MapNode {
		s.problem(n.Span, "Transform must be a name or a list of names, not a %s", n.Kind)
	}
	eachTransform(n, func(name string, at *source.Node) {
		switch name {
		case transformSAM, transformLanguage, transformInclude:
		default:
			s.problem(at.Span, "the transform %s runs only inside AWS; what it changes is not seen", name)
		}
	})
}

// A rewriter walks a tree and copies only what changes.
type rewriter struct {
	// fields rewrites the fields of one map; ok is false where nothing changes.
	fields func(n *source.Node) (out *source.Node, ok bool)
	done   map[*source.Node]*source.Node
}

func (w *rewriter) node(n *source.Node) *source.Node {
	if n == nil || n.Kind != source.MapNode && n.Kind != source.ListNode {
		return n
	}
	if out, ok := w.done[n]; ok {
		return out
	}
	out := w.children(n)
	if out.Kind == source.MapNode {
		if r, ok := w.fields(out); ok {
			out = r
		}
	}
	w.done[n] = out
	return out
}

func (w *rewriter) children(n *source.Node) *source.Node {
	out := n
	copied := func() *source.Node {
		if out == n {
			c := *n
			c.Items = append([]*source.Node(nil), n.Items...)
			c.Fields = append([]source.Field(nil), n.Fields...)
			out = &c
		}
		return out
	}
	for i, it := range n.Items {
		if r := w.node(it); r != it {
			copied().Items[i] = r
		}
	}
	for i, f := range n.Fields {
		if r := w.node(f.Value); r != f.Value {
			copied().Fields[i].Value = r
		}
	}
	return out
}

// includes replaces every AWS::Include by the content of its file, and takes
// other macros out of their maps with a problem.
func (s *stack) includes(n *source.Node) *source.Node {
	w := &rewriter{done: map[*source.Node]*source.Node{}}
	w.fields = func(m *source.Node) (*source.Node, bool) {
		f := m.Field(macroKey)
		if f == nil {
			return m, false
		}
		return s.transformIn(w, m, f)
	}
	if top := n.Get("Transform"); top.Is(source.MapNode) && top.Has("Name") {
		n = s.includeTop(w, n, []*source.Node{top})
	} else if top.Is(source.ListNode) {
		n = s.includeTop(w, n, top.Items)
	}
	return w.node(n)
}

// includeTop merges the includes of the template's Transform section.
func (s *stack) includeTop(w *rewriter, n *source.Node, list []*source.Node) *source.Node {
	for _, t := range list {
		if t.Is(source.MapNode) && isText(t.Get("Name"), transformInclude) {
			if inc := s.includeFile(w, t); inc != nil {
				n = mergeMissing(n, inc)
			}
		}
	}
	return n
}

func isText(n *source.Node, text string) bool { return n.Is(source.StringNode) && n.Text == text }

func (s *stack) transformIn(w *rewriter, m *source.Node, f *source.Field) (*source.Node, bool) {
	call := f.Value
	if call.Is(source.ListNode) && len(call.Items) == 1 {
		call = call.Items[0]
	}
	name := call.Get("Name")
	if !name.Is(source.StringNode) {
		s.problem(f.KeySpan, "Fn::Transform must be a map with Name and Parameters")
		return m.Without(f.Key), true
	}
	if name.Text != transformInclude {
		s.problem(f.KeySpan, "the macro %s runs only inside AWS; what it changes is not seen", name.Text)
		return m, false
	}
	inc := s.includeFile(w, call)
	switch {
	case inc == nil:
		return m, false // stays as it is and evaluates to what is not known
	case len(m.Fields) == 1:
		return inc, true
	}
	return mergeMissing(m.Without(f.Key), inc), true
}

// includeFile reads the file of an AWS::Include, and what that includes in
// turn; nil where that fails.
func (s *stack) includeFile(w *rewriter, t *source.Node) *source.Node {
	loc := t.Path("Parameters", "Location")
	if loc == nil {
		s.problem(t.Span, "AWS::Include has no Location; name the file to include")
		return nil
	}
	v := s.eval(loc)
	text, ok := v.Known()
	if !ok || remote(text) {
		s.problem(loc.Span, "the included file %s is not in this folder; what it adds is not seen", quoteShort(v.Str()))
		return nil
	}
	file, err := source.Join(loc.Span.File, strings.TrimPrefix(text, "file://"))
	if err != nil {
		s.problem(loc.Span, "the included file %s is not read: %v", quoteShort(text), err)
		return nil
	}
	if len(s.including) >= maxDepth || slices.Contains(s.including, file) {
		s.problem(loc.Span, "the included file %s is not read: it includes itself, or files include each other over more than %d levels", quoteShort(text), maxDepth)
		return nil
	}
	n, problems, err := s.loader.document(file)
	if err != nil {
		s.problem(loc.Span, "the included file %s is not read: %v", quoteShort(text), readable(err))
		return nil
	}
	s.files[file] = true
	s.problems.Append(problems...)
	s.including = append(s.including, file)
	n = w.node(n)
	s.including = s.including[:len(s.including)-1]
	return n
}

// mergeMissing adds the fields of from that n lacks.
func mergeMissing(n, from *source.Node) *source.Node {
	if !from.Is(source.MapNode) {
		return n
	}
	merged := newSection(n)
	for _, f := range newSection(from).fields {
		if old := merged.field(f.Key); old != nil {
			if old.Value.Is(source.MapNode) && f.Value.Is(source.MapNode) {
				old.Value = mergeMissing(old.Value, f.Value)
			}
			continue
		}
		merged.fields = append(merged.fields, f)
	}
	out := *n
	out.Fields = merged.fields
	return &out
}

// fnTransform is what a macro gives: nobody outside AWS knows. The problem
// has been noted when the transforms ran.
func (s *stack) fnTransform(arg *source.Node, at source.Span) *value.Value {
	return value.NewUnresolved(macroName(arg), at, nil)
}

// macroName names what the call of a macro gives.
func macroName(call *source.Node) string {
	if call.Is(source.ListNode) && len(call.Items) == 1 {
		call = call.Items[0]
	}
	name := macroKey
	if n := call.Get("Name"); n.Is(source.StringNode) {
		name += " " + n.Text
	}
	return name + " at " + span(call).String()
}
