package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func (s *stack) resource(logical string) *source.Node { return s.sections["Resources"].get(logical) }

// declared is where a resource is declared.
func (s *stack) declared(logical string) source.Span {
	if f := s.sections["Resources"].field(logical); f != nil {
		return f.KeySpan
	}
	return source.FileSpan(s.tpl.File)
}

func (s *stack) typeOf(logical string) string {
	if t := s.resource(logical).Get("Type"); t.Is(source.StringNode) {
		return t.Text
	}
	return ""
}

// exists tells whether a declared resource is deployed; No too where the
// whole nested stack is not.
func (s *stack) exists(logical string) value.Tri {
	c := s.resource(logical).Get("Condition")
	if c == nil {
		return value.Yes
	}
	if !c.Is(source.StringNode) {
		s.problem(c.Span, "Condition of %s must be the name of a condition; whether the resource exists stays undecided", logical)
		return value.Unknown
	}
	return s.condition(c.Text, c.Span)
}

// load evaluates all resources of the stack and of those nested in it and
// appends them to out; outer tells whether the stack itself is deployed.
func (s *stack) load(outer value.Tri, out []*app.Resource) []*app.Resource {
	for _, f := range s.sections["Conditions"].fields {
		// Its defects are reported though nothing may use it.
		if s.condition(f.Key, f.KeySpan) == value.Unknown {
			if s.defined == nil {
				s.defined = map[string]string{}
			}
			s.defined[s.prefix+f.Key] = s.definition(f.Key)
		}
	}
	for _, f := range s.sections["Resources"].fields {
		if !f.Value.Is(source.MapNode) {
			s.problem(f.KeySpan, "the resource %s must be a map with Type and Properties, not a %s; it is left out", f.Key, kindOf(f.Value))
			continue
		}
		t := f.Value.Get("Type")
		if !t.Is(source.StringNode) || t.Text == "" {
			s.problem(f.KeySpan, "the resource %s has no Type; it is left out", f.Key)
			continue
		}
		exists := s.exists(f.Key).And(outer)
		if exists == value.No {
			continue
		}
		out = append(out, s.evalResource(f, t.Text, exists))
		if strings.HasPrefix(t.Text, "AWS::Serverless::") && !nests(t.Text) {
			s.problem(t.Span, "%s is a %s, which only the SAM transform understands; add Transform: %s, until then nothing that it stands for is seen", f.Key, t.Text, transformSAM)
		}
		if isModule(t.Text) {
			s.problem(t.Span, "the module %s (%s) is expanded inside AWS; its resources are not seen", f.Key, t.Text)
		}
		if nests(t.Text) {
			if c := s.child(f.Key); c != nil {
				out = c.load(exists, out)
			}
		}
	}
	for _, f := range s.sections["Outputs"].fields {
		if s.outputExists(f) == value.No {
			continue
		}
		if v, ok := s.output(f.Key, f.KeySpan); ok {
			s.run.outputs = append(s.run.outputs, app.Output{Name: s.prefix + f.Key, Value: v,
				Export: s.eval(f.Value.Path("Export", "Name")), Span: f.KeySpan})
		}
	}
	return out
}

// outputExists tells whether an entry of Outputs is made.
func (s *stack) outputExists(f source.Field) value.Tri {
	c := f.Value.Get("Condition")
	if c == nil {
		return value.Yes
	}
	if !c.Is(source.StringNode) {
		s.problem(c.Span, "Condition of the output %s must be the name of a condition; whether it exists stays undecided", f.Key)
		return value.Unknown
	}
	return s.condition(c.Text, c.Span)
}

func kindOf(n *source.Node) string {
	if n == nil {
		return "null"
	}
	return n.Kind.String()
}

func (s *stack) evalResource(f source.Field, typ string, exists value.Tri) *app.Resource {
	r := &app.Resource{
		ID:        s.id(f.Key),
		LogicalID: s.prefix + f.Key,
		Type:      typ,
		Span:      f.KeySpan,
		Name:      s.physicalName(f.Key),
		Exists:    exists,
	}
	if c := f.Value.Get("Condition"); c.Is(source.StringNode) {
		r.Condition = c.Text
	}
	if exists == value.Unknown {
		r.When = s.when(f.Key)
	}
	props := f.Value.Get("Properties")
	switch {
	case props == nil, props.Kind == source.NullNode:
		why := ""
		if m := f.Value.Get(macroKey); m != nil {
			why = macroName(m)
		}
		r.Props = value.NewOpenMap(nil, why, f.KeySpan)
	case props.Kind == source.MapNode:
		r.Props = s.eval(props)
	default:
		s.problem(props.Span, "Properties of %s must be a map, not a %s; they are left out", f.Key, props.Kind)
		r.Props = value.NewUnresolved("Properties of "+f.Key, props.Span, nil)
	}
	if m := f.Value.Get("Metadata"); m != nil {
		r.Metadata = s.eval(m)
	}
	if d := f.Value.Get("DeletionPolicy"); d != nil {
		r.DeletionPolicy = s.eval(d)
	}
	if u := f.Value.Get("UpdateReplacePolicy"); u != nil {
		r.UpdateReplacePolicy = s.eval(u)
	}
	if from := s.generated[f.Key]; from != "" {
		r.GeneratedFrom = s.id(from)
	}
	r.Called = s.labels[f.Key]
	r.DependsOn = s.dependsOn(f)
	return r
}

func (s *stack) dependsOn(f source.Field) []string {
	n := f.Value.Get("DependsOn")
	if n == nil || n.Kind == source.NullNode {
		return nil
	}
	items := []*source.Node{n}
	if n.Kind == source.ListNode {
		items = n.Items
	}
	var out []string
	for _, it := range items {
		name, ok := s.eval(it).Known()
		if !ok || !it.Is(source.StringNode) && !it.Is(source.MapNode) {
			s.problem(span(it), "DependsOn of %s must name resources", f.Key)
			continue
		}
		if s.sections["Resources"].field(name) == nil {
			if s.unseen(name) {
				continue
			}
			s.problem(it.Span, "DependsOn of %s names %s, which is not a resource of this template", f.Key, name)
			continue
		}
		out = append(out, s.id(name))
	}
	return out
}
