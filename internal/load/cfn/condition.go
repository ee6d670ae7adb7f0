package cfn

import (
	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A condition is the truth of one entry of Conditions while and after it is
// evaluated.
type condition struct {
	truth value.Tri
	done  bool
	text  string // its definition, once it was spelled out
}

// condition evaluates a named condition, once.
func (s *stack) condition(name string, span source.Span) value.Tri {
	if c := s.conditions[name]; c != nil {
		if !c.done {
			s.problem(span, "the condition %s depends on itself; it stays undecided", name)
		}
		return c.truth
	}
	f := s.sections["Conditions"].field(name)
	if f == nil {
		s.problem(span, "the condition %s is not declared; what depends on it stays undecided", name)
		return value.Unknown
	}
	c := &condition{}
	s.conditions[name] = c
	if s.follow(f.KeySpan) {
		c.truth = s.test(f.Value)
	}
	s.leave()
	c.done = true
	return c.truth
}

// test evaluates a condition expression.
func (s *stack) test(n *source.Node) value.Tri {
	name, arg, ok := intrinsic.Of(n)
	if !ok {
		// {"Condition": {"Condition": "Name"}} is what some tools write.
		if n.Is(source.MapNode) && len(n.Fields) == 1 && n.Fields[0].Key == "Condition" && n.Fields[0].Value.Is(source.MapNode) {
			return s.test(n.Fields[0].Value)
		}
		if n.IsScalar() { // a literal, as Fn::Or accepts after language extensions
			return s.eval(n).IsTrue()
		}
		s.problem(span(n), "a condition must be one of Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition; it stays undecided")
		return value.Unknown
	}
	switch name {
	case "Condition":
		if !arg.Is(source.StringNode) {
			s.problem(span(arg), "Condition takes the name of a condition")
			return value.Unknown
		}
		return s.condition(arg.Text, arg.Span)
	case "Fn::And", "Fn::Or":
		return s.fold(name, arg, n.Span)
	case "Fn::Not":
		if arg.Is(source.ListNode) && len(arg.Items) == 1 {
			return s.test(arg.Items[0]).Not()
		}
		s.problem(n.Span, "Fn::Not takes a list of one condition; it stays undecided")
		return value.Unknown
	case "Fn::Equals":
		if arg.Is(source.ListNode) && len(arg.Items) == 2 {
			return equals(s.eval(arg.Items[0]), s.eval(arg.Items[1]))
		}
		s.problem(n.Span, "Fn::Equals takes a list of two values; it stays undecided")
		return value.Unknown
	}
	return s.eval(n).IsTrue()
}

func (s *stack) fold(name string, arg *source.Node, at source.Span) value.Tri {
	if !arg.Is(source.ListNode) || len(arg.Items) == 0 {
		s.problem(at, "%s takes a list of conditions; it stays undecided", name)
		return value.Unknown
	}
	out := s.test(arg.Items[0])
	for _, it := range arg.Items[1:] {
		if t := s.test(it); name == "Fn::And" {
			out = out.And(t)
		} else {
			out = out.Or(t)
		}
	}
	return out
}

// equals compares two values as Fn::Equals does: as strings, and lists and
// maps by their parts.
func equals(a, b *value.Value) value.Tri {
	if _, ok := a.Known(); ok {
		a, b = b, a
	}
	if text, ok := b.Known(); ok {
		if a.Exists() == value.No {
			return value.Of(text == "")
		}
		return a.Is(text)
	}
	ta, oka := scalar(a)
	tb, okb := scalar(b)
	if oka && okb {
		return ta.Equal(tb)
	}
	if a.Kind() != value.List || b.Kind() != value.List {
		if a.Kind() == value.Unresolved || b.Kind() == value.Unresolved || a.Kind() == b.Kind() {
			return value.Unknown
		}
		return value.No
	}
	if len(a.Items()) != len(b.Items()) {
		return value.No
	}
	out := value.Yes
	for i := range a.Items() {
		out = out.And(equals(a.Items()[i], b.Items()[i]))
	}
	return out
}

// conditionFunction gives the value of a condition function that stands where
// a value is wanted.
func conditionFunction(name string) function {
	return func(s *stack, arg *source.Node, at source.Span) *value.Value {
		n := source.NewMap(at, source.Field{Key: name, KeySpan: at, Value: arg})
		switch s.test(n) {
		case value.Yes:
			return value.NewBool(true, at)
		case value.No:
			return value.NewBool(false, at)
		}
		return value.NewUnresolved(name, at, nil, value.NewBool(true, at), value.NewBool(false, at))
	}
}

// fnIf evaluates Fn::If; both branches are choices where the condition is not
// decided.
func (s *stack) fnIf(arg *source.Node, at source.Span) *value.Value {
	if !arg.Is(source.ListNode) || len(arg.Items) != 3 {
		return s.wrong("Fn::If", at, "a list of a condition, a value and another value")
	}
	name := arg.Items[0]
	var truth value.Tri
	label := ""
	if name.Is(source.StringNode) {
		truth, label = s.condition(name.Text, name.Span), s.labelled(name.Text)
	} else {
		truth, label = s.test(name), "condition at "+span(name).String()
	}
	switch truth {
	case value.Yes:
		return s.eval(arg.Items[1])
	case value.No:
		return s.eval(arg.Items[2])
	}
	yes, no := s.eval(arg.Items[1]), s.eval(arg.Items[2])
	if same(yes, no) {
		return yes
	}
	return bounded(value.NewUnresolved(shorten(s.prefix+label+"?"+branch(yes)+":"+branch(no)), at, nil, yes, no))
}

// branch names a branch of Fn::If, so that equal names mean equal values: what
// is no text goes by its place.
func branch(v *value.Value) string {
	if _, ok := scalar(v); ok {
		return v.Str()
	}
	return v.Kind().String() + " at " + v.Span().String()
}

// same tells whether two scalars are certainly the same value.
func same(a, b *value.Value) bool {
	ta, oka := scalar(a)
	tb, okb := scalar(b)
	if !oka || !okb || a.Kind() == value.Unresolved || b.Kind() == value.Unresolved {
		return false
	}
	ra, wa := a.Ref()
	rb, wb := b.Ref()
	return a.Kind() == b.Kind() && ta.Equal(tb) == value.Yes && ra == rb && wa == wb
}

// span is the span of a node that may be missing.
func span(n *source.Node) source.Span {
	if n == nil {
		return source.Span{}
	}
	return n.Span
}
