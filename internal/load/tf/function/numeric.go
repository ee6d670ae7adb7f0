package function

import (
	"strconv"

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
	if list, ok := c.counted(); ok {
		return list
	}
	return c.std(stdlib.RangeFunc, c.unknown)
}

// counted is a range of whole numbers, which loops in loops ask for again and
// again; false for what go-cty decides: other numbers and mistakes.
func (c *call) counted() (*value.Value, bool) {
	var n [3]int64 // start, end, step
	for i, a := range c.args {
		t, _ := scalar(a)
		s, known := t.Known()
		whole, err := strconv.ParseInt(s, 10, 32)
		if !known || err != nil || strconv.FormatInt(whole, 10) != s {
			return nil, false
		}
		n[i] = whole
	}
	switch len(c.args) {
	case 1:
		n[0], n[1] = 0, n[0]
		fallthrough
	case 2:
		n[2] = 1
		if n[1] < n[0] {
			n[2] = -1
		}
	}
	way := n[1] - n[0]
	if n[2] == 0 || way < 0 != (n[2] < 0) || way/n[2] >= 1024 || !c.spend(int(way/n[2])+1) {
		return nil, false
	}
	var items []*value.Value
	for i := n[0]; i != n[1] && i < n[1] == (n[2] > 0); i += n[2] {
		items = append(items, value.NewNumber(strconv.FormatInt(i, 10), c.at))
	}
	return c.list(items), true
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
