package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// rootParameters gives the parameters of a root template their values: what
// the options say, what is known of the deployment or a file beside the
// template says, or the default.
func (s *stack) rootParameters() map[string]*value.Value {
	given := map[string]*value.Value{}
	var found overrides
	if d := s.tpl.Deployment; d == nil {
		found = s.deployed()
	} else {
		for name, n := range d.Parameters {
			given[name] = value.NewText(dynamic(value.Lit(n.Text)), n.Span)
		}
	}
	s.run.stackName = found.stack
	for name, text := range found.values {
		given[name] = value.NewText(dynamic(value.Lit(text)), source.FileSpan(found.file))
	}
	for name, text := range s.loader.options.Parameters {
		given[name] = value.NewText(value.Lit(text), source.Span{})
	}
	return s.parameters(given, false)
}

// parameters are the values of the declared parameters. given wins over the
// defaults; nested tells that given came from the parent's Parameters
// property, where a name that is not declared is an error.
func (s *stack) parameters(given map[string]*value.Value, nested bool) map[string]*value.Value {
	out := map[string]*value.Value{}
	decl := s.tpl.Root.Get("Parameters")
	if decl != nil && decl.Kind != source.MapNode && decl.Kind != source.NullNode {
		s.problem(decl.Span, "Parameters must be a map, not a %s; no parameter is read", decl.Kind)
	}
	for _, f := range newSection(decl).fields {
		if !f.Value.Is(source.MapNode) {
			s.problem(f.KeySpan, "the parameter %s must be a map with Type; its value stays unresolved", f.Key)
			out[f.Key] = value.NewText(value.Hole(s.prefix+f.Key), f.KeySpan)
			continue
		}
		out[f.Key] = s.parameter(f, given[f.Key])
	}
	return out
}

// parameter is the value of one parameter; given may be nil.
func (s *stack) parameter(f source.Field, given *value.Value) *value.Value {
	typ := "String"
	if t := f.Value.Get("Type"); t.Is(source.StringNode) {
		typ = t.Text
	}
	hole := func() *value.Value {
		if isListType(typ) {
			return value.NewUnresolved(s.prefix+f.Key, f.KeySpan, nil)
		}
		return value.NewText(value.Hole(s.prefix+f.Key), f.KeySpan)
	}
	if isTrue(f.Value.Get("NoEcho")) {
		return hole() // a secret: its value never becomes text
	}
	if strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<") {
		return hole() // the default names the parameter, not its value
	}
	if given != nil {
		return parameterValue(given, typ, f.KeySpan)
	}
	if d := f.Value.Get("Default"); d != nil && d.Kind != source.NullNode {
		if !d.IsScalar() {
			s.problem(d.Span, "the default of the parameter %s must be a string or number, not a %s; it stays unresolved", f.Key, d.Kind)
			return hole()
		}
		return parameterValue(value.NewText(dynamic(value.Lit(d.Text)), d.Span), typ, d.Span)
	}
	if allowed := f.Value.Get("AllowedValues"); allowed.Is(source.ListNode) && len(allowed.Items) > 0 && !isListType(typ) {
		choices := make([]*value.Value, 0, len(allowed.Items))
		for _, it := range allowed.Items {
			if it.IsScalar() {
				choices = append(choices, value.NewText(value.Lit(it.Text), it.Span))
			}
		}
		if len(choices) == 1 {
			return choices[0]
		}
		return value.NewUnresolved(s.prefix+f.Key, f.KeySpan, nil, choices...)
	}
	return hole()
}

// parameterValue gives a value the parameter's type: a list is written as one
// string with commas.
func parameterValue(v *value.Value, typ string, span source.Span) *value.Value {
	if !isListType(typ) || v.Kind() == value.List {
		return v
	}
	text, ok := v.Known()
	if !ok {
		return value.NewUnresolved(v.Str(), span, v.Refs())
	}
	var items []*value.Value
	if text != "" {
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, value.NewText(value.Lit(strings.TrimSpace(item)), span))
		}
	}
	return value.NewList(items, span)
}

func isListType(typ string) bool {
	return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<") ||
		strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<List<") ||
		typ == "AWS::SSM::Parameter::Value<CommaDelimitedList>"
}

func isTrue(n *source.Node) bool { return n.IsScalar() && strings.EqualFold(n.Text, "true") }

// declaredParameters describes the parameters of the template.
func (s *stack) declaredParameters() []app.Parameter {
	var out []app.Parameter
	for _, f := range newSection(s.tpl.Root.Get("Parameters")).fields {
		p := app.Parameter{Name: f.Key, Type: "String", Span: f.KeySpan, Secret: isTrue(f.Value.Get("NoEcho"))}
		if t := f.Value.Get("Type"); t.Is(source.StringNode) {
			p.Type = t.Text
		}
		if d := f.Value.Get("Default"); d.IsScalar() && d.Text != "" {
			p.HasDefault, p.DefaultSpan, p.Placeholder = true, d.Span, app.IsPlaceholder(d.Text)
			if !p.Secret {
				p.Default = value.NewText(dynamic(value.Lit(d.Text)), d.Span)
			}
		}
		out = append(out, p)
	}
	return out
}
