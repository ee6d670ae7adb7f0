package lang

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// providerCall calls a function of the AWS provider: those that only take ARNs
// apart or put them together. ok is false for any other name.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_build
func (s *scope) providerCall(name string, args []*value.Value, at source.Span) (v *value.Value, ok bool) {
	parts := strings.Split(name, "::")
	if len(parts) != 3 || parts[0] != "provider" {
		return nil, false
	}
	want := map[string]int{"arn_build": 5, "arn_parse": 1, "trim_iam_role_path": 1}[parts[2]]
	if want == 0 {
		return s.missing(at, name, "%.100s is no function that remit knows; its value stays unresolved", name), true
	}
	if len(args) != want {
		return s.missing(at, name, "%s takes %d arguments, not %d", name, want, len(args)), true
	}
	for _, a := range args {
		if k := a.Kind(); k == value.List || k == value.Map || k == value.Null {
			return s.missing(at, name, "%s takes strings, not a %s", name, k), true
		}
	}
	if v := args[0]; len(args) == 1 && v.Kind() == value.Unresolved {
		if len(v.Choices()) == 0 {
			return value.NewUnresolved(v.Why(), at, v.Refs()), true
		}
		return s.over(v, at, func(c *value.Value) *value.Value {
			r, _ := s.providerCall(name, []*value.Value{c}, at)
			return r
		}), true
	}
	switch parts[2] {
	case "arn_build":
		return arnBuild(args, at), true
	case "arn_parse":
		return s.arnParse(args[0], at), true
	}
	return s.trimRolePath(args[0], at), true
}

func arnBuild(args []*value.Value, at source.Span) *value.Value {
	texts := []value.Text{value.Lit("arn")}
	var refs []value.Ref
	for _, a := range args {
		texts = append(texts, value.Lit(":"), a.Text())
		refs = append(refs, a.Refs()...)
	}
	return value.NewText(value.Concat(texts...), at, refs...)
}

// arnParts splits an ARN; nil where it is none, or where a hole may hold
// several of its parts.
func arnParts(v *value.Value) []value.Text {
	if parts := v.Text().Split(':', 6); len(parts) == 6 {
		return parts
	}
	return nil
}

func (s *scope) arnParse(v *value.Value, at source.Span) *value.Value {
	parts := arnParts(v)
	if parts == nil {
		if _, known := v.Known(); known {
			return s.missing(at, "an ARN", "%.100q is no ARN", v.Str())
		}
		return value.NewUnresolved(why(v), at, v.Refs())
	}
	var fields []value.Field
	for i, name := range []string{"partition", "service", "region", "account_id", "resource"} {
		fields = append(fields, value.Field{Key: name, KeySpan: at, Value: value.NewText(parts[i+1], at, v.Refs()...)})
	}
	return value.NewMap(fields, at)
}

// trimRolePath cuts the path out of the ARN of a role.
func (s *scope) trimRolePath(v *value.Value, at source.Span) *value.Value {
	parts := arnParts(v)
	if parts == nil || parts[5].HasPrefix("role/") == value.No {
		if _, known := v.Known(); known {
			return s.missing(at, "a role", "%.100q is no ARN of a role", v.Str())
		}
		return value.NewText(value.Hole(s.path+"trim_iam_role_path("+v.Str()+")"), at, v.Refs()...)
	}
	names := parts[5].Split('/', -1)
	if len(names) <= 2 {
		return v.At(at)
	}
	texts := []value.Text{parts[0]}
	for _, p := range parts[1:5] {
		texts = append(texts, value.Lit(":"), p)
	}
	texts = slices.Concat(texts, []value.Text{value.Lit(":role/"), names[len(names)-1]})
	return value.NewText(value.Concat(texts...), at, v.Refs()...)
}
