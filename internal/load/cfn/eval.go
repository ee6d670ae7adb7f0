package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// eval turns a node into a value. Absent stands for AWS::NoValue; maps and
// lists drop it.
func (s *stack) eval(n *source.Node) *value.Value {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case source.NullNode:
		return value.NewNull(n.Span)
	case source.BoolNode:
		return value.NewBool(strings.EqualFold(n.Text, "true"), n.Span)
	case source.NumberNode:
		return value.NewNumber(n.Text, n.Span)
	case source.StringNode:
		return value.NewText(dynamic(value.Lit(n.Text)), n.Span)
	}
	if !s.evaluate(len(n.Items)+len(n.Fields), n.Span) {
		return value.NewUnresolved("a "+n.Kind.String()+" at "+n.Span.String(), n.Span, nil)
	}
	if n.Kind == source.ListNode {
		return s.evalList(n)
	}
	if name, arg, ok := intrinsic.Of(n); ok && name != "Condition" {
		return s.call(name, arg, n.Span)
	}
	return s.evalMap(n)
}

// evaluate notes that a list or map of so many parts is evaluated or used once
// more; it reports false, with a problem the first time, where one application
// has more parts than remit reads: stacks, files, parameters and mappings that
// are used again and again add up.
func (r *run) evaluate(parts int, at source.Span) bool {
	most := 4 * r.loader.root.Limits().Nodes
	if r.values > most {
		return false
	}
	if r.values += 1 + parts; r.values > most {
		r.problem(at, "the application has more than %d values, all its stacks taken together; from here on they stay unresolved", most)
		return false
	}
	return true
}

// shared is a value that is used in one more place.
func (r *run) shared(v *value.Value, at source.Span) *value.Value {
	if n := v.Len(); n > 0 && !r.evaluate(n, at) {
		return value.NewUnresolved("a "+v.Kind().String()+" at "+v.Span().String(), at, v.Refs())
	}
	return v.At(at)
}

func (s *stack) evalList(n *source.Node) *value.Value {
	items := make([]*value.Value, 0, len(n.Items))
	for _, it := range n.Items {
		if v := s.eval(it); v.Kind() != value.Absent {
			items = append(items, v)
		}
	}
	return value.NewList(items, n.Span)
}

func (s *stack) evalMap(n *source.Node) *value.Value {
	fields := make([]value.Field, 0, len(n.Fields))
	macro := ""
	for _, f := range n.Fields {
		if f.Key == macroKey {
			macro = macroName(f.Value)
			continue
		}
		if strings.HasPrefix(f.Key, "Fn::") && lookup(f.Key) != nil {
			s.problem(f.KeySpan, "%s stands beside other keys; a function must be the only key of its map", f.Key)
		}
		if v := s.eval(f.Value); v.Kind() != value.Absent {
			fields = append(fields, value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: v})
		}
	}
	return value.NewOpenMap(fields, macro, n.Span)
}

// A function evaluates one intrinsic function; span is the whole call's.
type function func(s *stack, arg *source.Node, span source.Span) *value.Value

// call evaluates one intrinsic function.
func (s *stack) call(name string, arg *source.Node, span source.Span) *value.Value {
	f := lookup(name)
	if f == nil {
		s.problem(span, "%s is not an intrinsic function that remit knows; its value stays unresolved", name)
		return value.NewUnresolved(name, span, nil)
	}
	return f(s, arg, span)
}

// wrong notes a malformed call and gives its value, which is unknown.
func (s *stack) wrong(name string, span source.Span, want string) *value.Value {
	s.problem(span, "%s is not written as CloudFormation takes it: %s", name, want)
	return value.NewUnresolved(name, span, nil)
}

// scalar is the text of a value that must be a scalar; ok is false for lists
// and maps.
func scalar(v *value.Value) (value.Text, bool) {
	switch v.Kind() {
	case value.Bool, value.Number, value.String, value.Unresolved:
		return v.Text(), true
	case value.Absent, value.Null:
		return value.Text{}, true
	}
	return value.Text{}, false
}

// dynamic turns dynamic references, {{resolve:ssm:name}}, into holes of that
// name: what they stand for is never known. The name itself may have holes.
func dynamic(t value.Text) value.Text {
	const open, end = "{{resolve:", "}}"
	found := false
	for _, p := range t.Parts() {
		found = found || strings.Contains(p.Lit, open)
	}
	if !found {
		return t
	}
	var out, name []value.Text
	inside := false
	for _, p := range t.Parts() {
		rest := p.Lit
		if p.Hole != "" {
			one := value.Hole(p.Hole)
			if p.Fresh {
				one = value.Fresh(p.Hole)
			}
			if inside {
				name = append(name, one)
			} else {
				out = append(out, one)
			}
			continue
		}
		for rest != "" {
			if inside {
				i := strings.Index(rest, end)
				if i < 0 {
					name = append(name, value.Lit(rest))
					break
				}
				name = append(name, value.Lit(rest[:i]))
				out = append(out, value.Hole("resolve:"+value.Concat(name...).String()))
				name, inside, rest = nil, false, rest[i+len(end):]
				continue
			}
			i := strings.Index(rest, open)
			if i < 0 {
				out = append(out, value.Lit(rest))
				break
			}
			out = append(out, value.Lit(rest[:i]))
			inside, rest = true, rest[i+len(open):]
		}
	}
	if inside { // never closed: plain text after all
		out = append(out, value.Lit(open), value.Concat(name...))
	}
	return value.Concat(out...)
}
