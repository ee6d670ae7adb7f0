package function

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyfunction "github.com/zclconf/go-cty/cty/function"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// maxBits bounds the exponent of numbers: 1e999999999 would be a gigabyte.
const maxBits = 4096

var errNumber = errors.New("is no number that remit evaluates")

// number reads a decimal number.
func number(s string) (cty.Value, error) {
	if len(s) > maxBits {
		return cty.NilVal, errNumber
	}
	n, err := cty.ParseNumberVal(s)
	if err != nil {
		return cty.NilVal, errNumber
	}
	return n, checkNumber(n)
}

func checkNumber(n cty.Value) error {
	f := n.AsBigFloat()
	if e := f.MantExp(nil); f.IsInf() || e > maxBits || e < -maxBits {
		return errNumber
	}
	return nil
}

// numberText is the number as Terraform writes it.
func numberText(f *big.Float) string {
	if n, exact := f.Int64(); exact == big.Exact {
		return strconv.FormatInt(n, 10) // most numbers, and soon told
	}
	s, err := convert.Convert(cty.NumberVal(f), cty.String)
	if err != nil {
		return f.Text('f', -1)
	}
	return s.AsString()
}

// toCty converts a value that is known whole; lists become tuples and maps
// objects, as literals are.
func (c *call) toCty(v *value.Value) (cty.Value, bool) {
	if !c.spend(1) {
		return cty.NilVal, false
	}
	switch v.Kind() {
	case value.Absent, value.Null:
		return cty.NullVal(cty.DynamicPseudoType), true
	case value.String:
		s, ok := v.Text().Known()
		return cty.StringVal(s), ok
	case value.Bool:
		return cty.BoolVal(v.Str() == "true"), true
	case value.Number:
		n, err := number(v.Str())
		return n, err == nil
	case value.List:
		items := make([]cty.Value, len(v.Items()))
		for i, it := range v.Items() {
			var ok bool
			if items[i], ok = c.toCty(it); !ok {
				return cty.NilVal, false
			}
		}
		return cty.TupleVal(items), true
	case value.Map:
		if v.Why() != "" {
			return cty.NilVal, false
		}
		fields := make(map[string]cty.Value, v.Len())
		for _, f := range v.Fields() {
			cv, ok := c.toCty(f.Value)
			if !ok {
				return cty.NilVal, false
			}
			fields[f.Key] = cv
		}
		return cty.ObjectVal(fields), true
	}
	return cty.NilVal, false
}

// fromCty converts a result; all of it stands at span.
func fromCty(v cty.Value, span source.Span, refs []value.Ref) *value.Value {
	v, _ = v.UnmarkDeep()
	if !v.IsKnown() {
		return value.NewUnresolved("a result that is not known", span, refs)
	}
	t := v.Type()
	switch {
	case v.IsNull():
		return value.NewNull(span)
	case t == cty.String:
		return value.NewText(value.Lit(v.AsString()), span, refs...)
	case t == cty.Bool:
		return value.NewBool(v.True(), span)
	case t == cty.Number:
		return value.NewNumber(numberText(v.AsBigFloat()), span)
	case t.IsListType() || t.IsTupleType() || t.IsSetType():
		items := make([]*value.Value, 0, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			items = append(items, fromCty(e, span, refs))
		}
		return value.NewList(items, span)
	case t.IsMapType() || t.IsObjectType():
		fields := make([]value.Field, 0, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); { // in the order of the keys
			k, e := it.Element()
			fields = append(fields, value.Field{Key: k.AsString(), KeySpan: span, Value: fromCty(e, span, refs)})
		}
		return value.NewMap(fields, span)
	}
	return value.NewUnresolved("a result of type "+t.FriendlyName(), span, refs)
}

// std calls a function of go-cty where all arguments are known; where they
// are not, unknown makes the result.
func (c *call) std(f ctyfunction.Function, unknown func() *value.Value) *value.Value {
	args := make([]cty.Value, len(c.args))
	for i, a := range c.args {
		v, ok := c.toCty(a)
		if !ok {
			return unknown()
		}
		if v, ok = convertTo(v, parameter(f, i)); !ok {
			return c.wrong("argument %d is %s, which does not fit", i+1, kindName(a))
		}
		args[i] = v
	}
	result, err := guarded(f, args)
	if err != nil {
		return c.wrong("%v", err)
	}
	if result.IsKnown() && !result.IsNull() && result.Type() == cty.Number && checkNumber(result) != nil {
		return c.wrong("the result is no number that remit evaluates")
	}
	return fromCty(result, c.at, c.refs())
}

func parameter(f ctyfunction.Function, i int) *ctyfunction.Parameter {
	if params := f.Params(); i < len(params) {
		return &params[i]
	}
	return f.VarParam()
}

func convertTo(v cty.Value, p *ctyfunction.Parameter) (cty.Value, bool) {
	if p == nil || v.IsNull() && !p.AllowNull {
		return v, false
	}
	out, err := convert.Convert(v, p.Type)
	return out, err == nil
}

// guarded keeps a panic of a function inside the call.
func guarded(f ctyfunction.Function, args []cty.Value) (result cty.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be evaluated: %v", r)
		}
	}()
	return f.Call(args)
}
