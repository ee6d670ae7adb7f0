package function

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var at = source.Span{File: "main.tf", Line: 1, Column: 1, EndLine: 1, EndColumn: 9}

// A reader evaluates the expressions of test tables: literals, calls, and
// these names: hole, account, region, bucket (a reference), unknown, choice,
// open (a map that may have more) and nothing.
type reader struct {
	t        testing.TB
	env      *Env
	problems []string
}

func newReader(t testing.TB, root *source.Root) *reader {
	r := &reader{t: t}
	r.env = &Env{Root: root, Dir: "infra", Problem: func(_ source.Span, format string, args ...any) {
		r.problems = append(r.problems, fmt.Sprintf(format, args...))
	}}
	r.env.Template = func(text []byte, file string, vars *value.Value, at source.Span) *value.Value {
		return value.NewText(value.Lit(file+": "+strings.ReplaceAll(string(text), "$name", vars.Get("name").Str())), at)
	}
	return r
}

func lit(s string) *value.Value { return value.NewText(value.Lit(s), at) }

var bucketRef = value.Ref{Resource: "app/aws_s3_bucket.b", Attr: "id"}

func named(name string) *value.Value {
	switch name {
	case "hole":
		return value.NewText(value.Hole("var.x"), at)
	case "account":
		return value.NewText(value.Hole("AWS::AccountId"), at)
	case "region":
		return value.NewText(value.Hole("AWS::Region"), at)
	case "bucket":
		return value.NewRef(value.Hole("bucket.id"), at, bucketRef)
	case "unknown":
		return value.NewUnresolved("var.u", at, nil)
	case "choice":
		return value.NewUnresolved("var.c", at, nil, lit("a"), lit("b"))
	case "open":
		return value.NewOpenMap([]value.Field{{Key: "k", KeySpan: at, Value: lit("v")}}, "var.m", at)
	}
	return value.NewNull(at)
}

func (r *reader) read(text string) *value.Value {
	e, diags := hclsyntax.ParseExpression([]byte(text), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		r.t.Fatalf("%s: %v", text, diags)
	}
	return r.eval(e)
}

func (r *reader) eval(e hclsyntax.Expression) *value.Value {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return fromCty(e.Val, at, nil)
	case *hclsyntax.TemplateExpr:
		var texts []value.Text
		for _, p := range e.Parts {
			texts = append(texts, r.eval(p).Text())
		}
		return value.NewText(value.Concat(texts...), at)
	case *hclsyntax.TemplateWrapExpr:
		return r.eval(e.Wrapped)
	case *hclsyntax.UnaryOpExpr:
		v, _ := e.Value(nil)
		return fromCty(v, at, nil)
	case *hclsyntax.TupleConsExpr:
		var items []*value.Value
		for _, x := range e.Exprs {
			items = append(items, r.eval(x))
		}
		return value.NewList(items, at)
	case *hclsyntax.ObjectConsExpr:
		var fields []value.Field
		for _, i := range e.Items {
			k, diags := i.KeyExpr.Value(nil)
			if diags.HasErrors() || k.Type() != cty.String {
				r.t.Fatalf("a key that is no string: %v", diags)
			}
			fields = append(fields, value.Field{Key: k.AsString(), KeySpan: at, Value: r.eval(i.ValueExpr)})
		}
		return value.NewMap(fields, at)
	case *hclsyntax.ScopeTraversalExpr:
		return named(e.Traversal.RootName())
	case *hclsyntax.FunctionCallExpr:
		var args []*value.Value
		for _, a := range e.Args {
			args = append(args, r.eval(a))
		}
		return Call(e.Name, args, at, r.env)
	}
	r.t.Fatalf("the tests do not evaluate %T", e)
	return nil
}

// show writes a value in a short form: "text ${hole}", 1, [..], {k: v},
// ?reason(choices), and ... for elements that are not known.
func show(v *value.Value) string {
	switch v.Kind() {
	case value.String:
		return fmt.Sprintf("%q", v.Str())
	case value.Bool, value.Number:
		return v.Str()
	case value.List:
		var items []string
		for _, it := range v.Items() {
			items = append(items, show(it))
		}
		return "[" + strings.Join(items, " ") + "]"
	case value.Map:
		var fields []string
		for _, f := range v.Fields() {
			fields = append(fields, f.Key+": "+show(f.Value))
		}
		if v.Why() != "" {
			fields = append(fields, "...")
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case value.Unresolved:
		s := "?"
		if isRest(v) {
			s = "..."
		}
		if len(v.Choices()) == 0 {
			return s
		}
		var may []string
		for _, ch := range v.Choices() {
			may = append(may, show(ch))
		}
		return s + "(" + strings.Join(may, " ") + ")"
	}
	return v.Kind().String()
}

type row struct{ expr, want string }

func check(t *testing.T, rows []row) {
	t.Helper()
	root := testRoot(t)
	for _, tt := range rows {
		r := newReader(t, root)
		if got := show(r.read(tt.expr)); got != tt.want || len(r.problems) > 0 {
			t.Errorf("%s\n\tis   %s %q\n\twant %s", tt.expr, got, r.problems, tt.want)
		}
	}
}
