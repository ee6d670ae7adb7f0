package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// fnRef evaluates Ref: a parameter, a pseudo parameter or a resource.
func (s *stack) fnRef(arg *source.Node, span source.Span) *value.Value {
	name, ok := s.eval(arg).Known()
	if !ok || name == "" {
		return s.wrong("Ref", span, "the name of a parameter or resource")
	}
	return s.reference(name, span)
}

// reference is the value of a name in Ref and in ${Name}.
func (s *stack) reference(name string, span source.Span) *value.Value {
	if p, ok := s.params[name]; ok {
		return s.shared(p, span)
	}
	if s.sections["Resources"].field(name) != nil {
		return s.attribute(name, "Ref", span)
	}
	if strings.HasPrefix(name, "AWS::") {
		return s.pseudo(name, span)
	}
	if s.inModule(name) {
		return value.NewUnresolved(name, span, nil)
	}
	s.problem(span, "%.100q is neither a parameter nor a resource of this template; correct the name or declare it", name)
	return value.NewUnresolved(name, span, nil)
}

// fnGetAtt evaluates Fn::GetAtt in both forms: a list of logical id and
// attribute, or one string with a dot.
func (s *stack) fnGetAtt(arg *source.Node, span source.Span) *value.Value {
	const want = "a logical id and the name of an attribute"
	var logical, attr string
	switch {
	case arg.Is(source.StringNode):
		logical, attr, _ = strings.Cut(arg.Text, ".")
	case arg.Is(source.ListNode) && len(arg.Items) >= 2:
		id, ok := s.eval(arg.Items[0]).Known()
		if !ok {
			return s.wrong("Fn::GetAtt", span, want)
		}
		var parts []string
		for _, it := range arg.Items[1:] {
			part := s.eval(it)
			text, ok := part.Known()
			if !ok {
				if _, scalar := scalar(part); !scalar {
					return s.wrong("Fn::GetAtt", span, want)
				}
				return value.NewUnresolved(id+"."+part.Str(), span, nil)
			}
			parts = append(parts, text)
		}
		logical, attr = id, strings.Join(parts, ".")
	}
	if logical == "" || attr == "" {
		return s.wrong("Fn::GetAtt", span, want)
	}
	return s.getAtt(logical, attr, span)
}

func (s *stack) getAtt(logical, attr string, span source.Span) *value.Value {
	if s.sections["Resources"].field(logical) != nil {
		return s.attribute(logical, attr, span)
	}
	if s.inModule(logical) {
		return value.NewUnresolved(logical+"."+attr, span, nil)
	}
	s.problem(span, "%.100q is not a resource of this template, so its attribute %s is not known; correct the name or declare it", logical, attr)
	return value.NewUnresolved(logical+"."+attr, span, nil)
}

// inModule reports whether a name is that of a resource inside a module:
// the module's logical id with the resource's own behind it, with or without
// a dot.
func (s *stack) inModule(name string) bool {
	const longest = 255 // of a logical id
	for i := 1; i < min(len(name), longest); i++ {
		if isModule(s.typeOf(name[:i])) {
			return true
		}
	}
	return false
}

// isModule reports whether a type is a module, which only AWS can expand.
func isModule(typ string) bool { return strings.HasSuffix(typ, "::MODULE") }

// attribute is the value of an attribute of a declared resource.
func (s *stack) attribute(logical, attr string, span source.Span) *value.Value {
	if s.exists(logical) == value.No {
		return value.NewUnresolved(logical+"."+attr+" (not deployed)", span, nil)
	}
	typ := s.typeOf(logical)
	if out, ok := strings.CutPrefix(attr, "Outputs."); ok && nests(typ) {
		return s.childOutput(logical, out, span)
	}
	ref := value.Ref{Resource: s.id(logical), Attr: attr}
	return value.NewRef(s.attributeText(logical, typ, attr), span, ref)
}

// pseudo is the value of a pseudo parameter.
func (s *stack) pseudo(name string, span source.Span) *value.Value {
	o := s.where
	known := func(text string) *value.Value {
		if text != "" {
			return value.NewText(value.Lit(text), span)
		}
		return value.NewText(value.Hole(name), span)
	}
	switch name {
	case "AWS::NoValue":
		return value.NewAbsent(span)
	case "AWS::Region":
		return known(o.region)
	case "AWS::AccountId":
		return known(o.account)
	case "AWS::Partition":
		return known(o.partition)
	case "AWS::URLSuffix":
		switch o.partition {
		case "aws", "aws-us-gov":
			return known("amazonaws.com")
		case "aws-cn":
			return known("amazonaws.com.cn")
		}
		return known("")
	case "AWS::StackName":
		return value.NewText(s.name, span)
	case "AWS::StackId":
		region, _ := scalar(s.pseudo("AWS::Region", span))
		account, _ := scalar(s.pseudo("AWS::AccountId", span))
		partition, _ := scalar(s.pseudo("AWS::Partition", span))
		return value.NewText(value.Concat(value.Lit("arn:"), partition, value.Lit(":cloudformation:"), region,
			value.Lit(":"), account, value.Lit(":stack/"), s.name, value.Lit("/"), value.Fresh(s.id("AWS::StackId"))), span)
	case "AWS::NotificationARNs":
		return value.NewUnresolved(name, span, nil)
	}
	s.problem(span, "%s is not a pseudo parameter that remit knows; its value stays unresolved", name)
	return value.NewUnresolved(name, span, nil)
}

// fnSub evaluates Fn::Sub in both forms.
func (s *stack) fnSub(arg *source.Node, span source.Span) *value.Value {
	text, vars := arg, (*source.Node)(nil)
	if arg.Is(source.ListNode) {
		if len(arg.Items) == 0 || len(arg.Items) > 2 {
			return s.wrong("Fn::Sub", span, "a string, or a list of a string and a map of variables")
		}
		text = arg.Items[0]
		if len(arg.Items) == 2 {
			vars = arg.Items[1]
		}
	}
	if !text.Is(source.StringNode) {
		// A template in a number or boolean is plain text.
		if text.IsScalar() {
			return value.NewText(value.Lit(text.Text), span)
		}
		if name, _, ok := intrinsic.Of(text); !ok || name == "Condition" {
			return s.wrong("Fn::Sub", span, "a string, or a list of a string and a map of variables")
		}
		v := s.eval(text)
		known, ok := v.Known()
		if !ok {
			return v
		}
		text = source.NewString(known, span)
	}
	if vars != nil && !vars.Is(source.MapNode) {
		s.wrong("Fn::Sub", vars.Span, "the variables must be a map")
		vars = nil
	}
	return s.substitute(text.Text, vars, span)
}

func (s *stack) substitute(text string, vars *source.Node, span source.Span) *value.Value {
	var parts []*value.Value
	var own *section
	if vars != nil {
		own = newSection(vars)
	}
	for _, p := range intrinsic.Sub(text) {
		if p.Name == "" {
			parts = append(parts, value.NewText(value.Lit(p.Text), span))
			continue
		}
		var v *value.Value
		if n := own.get(p.Name); n != nil {
			v = s.eval(n).At(span)
		} else if logical, attr, ok := strings.Cut(p.Name, "."); ok && s.params[p.Name] == nil {
			v = s.getAtt(logical, attr, span)
		} else {
			v = s.reference(p.Name, span)
		}
		if _, ok := scalar(v); !ok {
			s.problem(span, "Fn::Sub cannot put ${%s} into a string: it is a %s", p.Name, v.Kind())
			v = value.NewUnresolved(p.Name, span, v.Refs())
		}
		parts = append(parts, v)
	}
	if len(parts) == 0 {
		return value.NewText(value.Text{}, span)
	}
	return s.join(parts, value.Text{}, span)
}
