package lang

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/load/tf/function"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// function evaluates a call. try and can look at expressions; all others at
// the values of their arguments.
func (s *scope) function(e *hclsyntax.FunctionCallExpr) *value.Value {
	at := s.span(e.Range())
	switch strings.TrimPrefix(e.Name, "core::") {
	case "try":
		return s.try(e.Args, at)
	case "can":
		return s.can(e.Args, at)
	}
	args := make([]*value.Value, 0, len(e.Args))
	for _, a := range e.Args {
		v := s.eval(a)
		if m := s.moduleOf(v); m != nil {
			v = m.object(s.span(a.Range()))
		}
		args = append(args, s.used(v, s.span(a.Range())))
	}
	if e.ExpandFinal && len(args) > 0 {
		return s.expanded(e.Name, args[:len(args)-1], args[len(args)-1], at)
	}
	return s.call(e.Name, args, at)
}

// expanded calls a function whose last arguments are the elements of a list.
func (s *scope) expanded(name string, args []*value.Value, last *value.Value, at source.Span) *value.Value {
	switch last.Kind() {
	case value.List:
		return s.call(name, append(args[:len(args):len(args)], last.Items()...), at)
	case value.Unresolved:
		if len(last.Choices()) > 0 {
			return s.over(last, at, func(c *value.Value) *value.Value { return s.expanded(name, args, c, at) })
		}
		return value.NewUnresolved(last.Why(), at, last.Refs())
	}
	return s.missing(at, name, "... stands behind a list, not a %s", kind(last))
}

func (s *scope) call(name string, args []*value.Value, at source.Span) *value.Value {
	if v, ok := s.providerCall(name, args, at); ok {
		return v
	}
	env := s.env
	if s.template != nil {
		env = s.inner
	}
	v := function.Call(name, args, at, env)
	if n := size(v, maxWork-s.work+2); !s.spend(n, at) {
		return value.NewUnresolved(tooMuch, at, nil)
	}
	if v.Kind() == value.String && v.Document() == nil {
		if doc := s.rewritten(strings.TrimPrefix(name, "core::"), args, at); doc != nil {
			return value.NewDocument(v.Text(), doc, v.Span(), v.Refs()...)
		}
		if parts := v.Text().Parts(); len(parts) > 0 && looksLikeJSON(first(parts)) {
			if doc := document([]piece{{v: v.At(at), at: v.Span(), text: v.Text()}}); doc != nil {
				return value.NewDocument(v.Text(), doc, v.Span(), v.Refs()...)
			}
		}
	}
	return v
}

// try gives the first argument that does not fail.
func (s *scope) try(args []hclsyntax.Expression, at source.Span) *value.Value {
	var may []*value.Value
	for _, a := range args {
		v, tried := s.attempt(func() *value.Value { return s.eval(a) })
		switch {
		case tried.count > 0:
			continue
		case !tried.perhaps && len(may) == 0:
			return v
		}
		may = append(may, v)
		if !tried.perhaps {
			break
		}
	}
	if len(may) == 0 {
		return s.missing(at, "try", "every argument of try fails")
	}
	return s.choose(reason(may, "whether the expression can be evaluated is not known"), at, nil, may...)
}

func reason(list []*value.Value, otherwise string) string {
	for _, v := range list {
		if w := why(v); w != "" {
			return w
		}
	}
	return otherwise
}

// can tells whether its argument does not fail.
func (s *scope) can(args []hclsyntax.Expression, at source.Span) *value.Value {
	if len(args) != 1 {
		return s.missing(at, "can", "can takes one argument, not %d", len(args))
	}
	v, tried := s.attempt(func() *value.Value { return s.eval(args[0]) })
	switch {
	case tried.count > 0:
		return value.NewBool(false, at)
	case tried.perhaps:
		return value.NewUnresolved(reason([]*value.Value{v}, "whether the expression can be evaluated is not known"), at, nil)
	}
	return value.NewBool(true, at)
}
