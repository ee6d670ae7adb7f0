package function

import (
	"github.com/zclconf/go-cty/cty"
	ctyfunction "github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/value"
)

// numeric is a function of numbers that are all known, or of nothing.
func numeric(f ctyfunction.Function) func(*call) *value.Value {
	return func(c *call) *value.Value { return c.std(f, c.unknown) }
}

func (c *call) parseint() *value.Value {
	if s, ok := c.args[0].Known(); ok && len(s) > 512 {
		return c.wrong("the number has %d digits", len(s))
	}
	return c.std(stdlib.ParseIntFunc, c.unknown)
}

func (c *call) sum() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	if len(items) == 0 {
		return c.wrong("the list is empty")
	}
	total := cty.Zero
	for _, it := range items {
		t, ok := scalar(it)
		if !ok {
			return c.wrong("the elements must be numbers, not %s", kindName(it))
		}
		s, ok := t.Known()
		if !ok {
			return c.unknown()
		}
		n, err := number(s)
		if err != nil {
			return c.wrong("%.40q %v", s, err)
		}
		total = total.Add(n)
	}
	return value.NewNumber(numberText(total.AsBigFloat()), c.at)
}

// span makes the numbers of a range; go-cty stops at 1024.
func (c *call) span() *value.Value {
	for _, a := range c.args {
		if t, ok := scalar(a); ok && !t.IsKnown() {
			return c.list([]*value.Value{rest(c.unknown())})
		}
	}
	return c.std(stdlib.RangeFunc, c.unknown)
}

// graphemes is the length of a string as Terraform counts it.
func graphemes(s string) int {
	n, err := stdlib.Strlen(cty.StringVal(s))
	if err != nil {
		return len(s)
	}
	i, _ := n.AsBigFloat().Int64()
	return int(i)
}
