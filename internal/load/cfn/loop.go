package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

const loopPrefix = "Fn::ForEach::"

// expandLoops writes out every Fn::ForEach of the language extensions.
func (s *stack) expandLoops(n *source.Node) *source.Node {
	l := &looper{stack: s, budget: s.loader.root.Limits().Nodes}
	return l.node(n)
}

// A looper expands loops from the outside in: the body of a loop sees the
// values of those around it.
type looper struct {
	*stack
	budget int // what loops may still write: one for a node and for every textUnit bytes
	over   bool
	told   bool // that the transform is missing
}

func (l *looper) node(n *source.Node) *source.Node {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case source.ListNode:
		out := n
		for i, it := range n.Items {
			if r := l.node(it); r != it {
				if out == n {
					c := *n
					c.Items = append([]*source.Node(nil), n.Items...)
					out = &c
				}
				out.Items[i] = r
			}
		}
		return out
	case source.MapNode:
		return l.fields(n)
	}
	return n
}

func (l *looper) fields(n *source.Node) *source.Node {
	changed := false
	fields := make([]source.Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		if strings.HasPrefix(f.Key, loopPrefix) {
			changed = true
			fields = append(fields, l.loop(f)...)
			continue
		}
		v := l.node(f.Value)
		changed = changed || v != f.Value
		f.Value = v
		fields = append(fields, f)
	}
	if !changed {
		return n
	}
	out := *n
	out.Fields = fields
	return &out
}

// loop gives the fields that one Fn::ForEach stands for.
func (l *looper) loop(f source.Field) []source.Field {
	name := strings.TrimPrefix(f.Key, loopPrefix)
	arg := f.Value
	if !arg.Is(source.ListNode) || len(arg.Items) != 3 || !arg.Items[0].Is(source.StringNode) || !arg.Items[2].Is(source.MapNode) {
		l.problem(f.KeySpan, "the loop %s must be a list of an identifier, a collection and a map; it is left out", name)
		return nil
	}
	if !l.tpl.transforms(transformLanguage) && !l.told {
		l.told = true
		l.problem(f.KeySpan, "Fn::ForEach needs Transform: AWS::LanguageExtensions; it is expanded as if that were there")
	}
	values, ok := l.collection(arg.Items[1], name)
	if !ok {
		return nil
	}
	var out []source.Field
	for _, v := range values {
		sub := &substitution{name: arg.Items[0].Text, value: v, budget: &l.budget}
		body := sub.node(arg.Items[2])
		if l.budget < 0 {
			if !l.over {
				l.problem(f.KeySpan, "the loop %s writes more than remit reads; the rest of it is left out", name)
			}
			l.over = true
			return out
		}
		out = append(out, l.fields(body).Fields...)
	}
	return out
}

// collection evaluates what a loop runs over. Where that depends on something
// unknown but its possible values are known, the loop runs over all of them.
func (l *looper) collection(n *source.Node, name string) ([]string, bool) {
	v := l.eval(n)
	var out []string
	seen := map[string]bool{}
	lost := false
	var add func(v *value.Value)
	add = func(v *value.Value) {
		switch {
		case v.Kind() == value.List:
			for _, it := range v.Items() {
				add(it)
			}
		case v.Kind() == value.Unresolved && len(v.Choices()) > 0:
			for _, c := range v.Choices() {
				add(c)
			}
		case v.Kind() == value.Absent:
		default:
			text, ok := v.Known()
			if lost = lost || !ok; ok && !seen[text] {
				seen[text] = true
				out = append(out, text)
			}
		}
	}
	add(v)
	switch {
	case v.Kind() != value.List && len(out) == 0:
		l.problem(n.Span, "the collection of the loop %s is not known; give its parameter a value with --param, or a default", name)
		return nil, false
	case v.Kind() == value.Unresolved:
		l.problem(n.Span, "the collection of the loop %s is one of several; its body is read for all %d values", name, len(out))
	case lost:
		l.problem(n.Span, "the collection of the loop %s has a value that is not known; it is left out", name)
	}
	return out, true
}

// textUnit is how many bytes of text count as much as a node.
const textUnit = 64

// A substitution puts the value of a loop's identifier into its body.
type substitution struct {
	name, value string
	budget      *int
}

func (b *substitution) node(n *source.Node) *source.Node {
	if n == nil {
		return n
	}
	if *b.budget -= 1 + len(n.Text)/textUnit; *b.budget < 0 {
		return n
	}
	switch n.Kind {
	case source.StringNode:
		if text := b.text(n.Text); text != n.Text {
			c := *n
			c.Text = text
			return &c
		}
		return n
	case source.ListNode:
		c := *n
		c.Items = make([]*source.Node, len(n.Items))
		for i, it := range n.Items {
			c.Items[i] = b.node(it)
		}
		return &c
	case source.MapNode:
		if len(n.Fields) == 1 && n.Fields[0].Key == "Ref" && isText(n.Fields[0].Value, b.name) {
			return source.NewString(b.value, n.Span)
		}
		c := *n
		c.Fields = make([]source.Field, len(n.Fields))
		for i, f := range n.Fields {
			if !strings.HasPrefix(f.Key, loopPrefix) {
				f.Key = b.text(f.Key)
			}
			f.Value = b.node(f.Value)
			c.Fields[i] = f
		}
		return &c
	}
	return n
}

// text replaces ${Name} by the value and &{Name} by its letters and digits.
func (b *substitution) text(t string) string {
	uses := strings.Count(t, "{"+b.name+"}")
	if uses == 0 {
		return t
	}
	if *b.budget -= uses * (1 + len(b.value)/textUnit); *b.budget < 0 {
		return t
	}
	t = strings.ReplaceAll(t, "${"+b.name+"}", b.value)
	return strings.ReplaceAll(t, "&{"+b.name+"}", strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, b.value))
}
