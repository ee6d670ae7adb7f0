package function

import (
	"slices"
	"strconv"

	"github.com/remit-security/remit/internal/value"
)

func (c *call) concat() *value.Value {
	var out []*value.Value
	for i := range c.args {
		items, bad := c.items(i)
		if bad != nil {
			return bad
		}
		if out = append(out, items...); len(out) > maxItems {
			return c.tooLarge()
		}
	}
	return c.list(out)
}

func (c *call) flatten() *value.Value {
	if _, bad := c.items(0); bad != nil {
		return bad
	}
	var out []*value.Value
	var add func(v *value.Value) bool
	add = func(v *value.Value) bool {
		if !c.spend(1) || len(out) > maxItems {
			return false
		}
		switch v.Kind() {
		case value.List:
			return !slices.ContainsFunc(v.Items(), func(it *value.Value) bool { return !add(it) })
		case value.Unresolved:
			v = rest(v) // a list or not
		}
		out = append(out, v)
		return true
	}
	if !add(c.args[0]) {
		return c.tooLarge()
	}
	return c.list(out)
}

func (c *call) length() *value.Value {
	v := c.args[0]
	switch v.Kind() {
	case value.List:
		if Open(v) {
			return c.unknown()
		}
		return c.int(len(v.Items()))
	case value.Map:
		if v.Why() != "" {
			return c.unknown()
		}
		return c.int(len(sortedFields(v)))
	case value.String:
		if s, ok := v.Known(); ok {
			return c.int(graphemes(s))
		}
		return c.unknown()
	case value.Unresolved:
		return c.unknown()
	}
	return c.wrong("argument 1 must be a list, a map or a string, not %s", kindName(v))
}

func (c *call) int(n int) *value.Value { return value.NewNumber(strconv.Itoa(n), c.at) }

// before is the number of elements whose place in the list is known.
func before(items []*value.Value) int {
	if i := slices.IndexFunc(items, isRest); i >= 0 {
		return i
	}
	return len(items)
}

// among is a value of which only the candidates are known.
func (c *call) among(candidates []*value.Value) *value.Value {
	if len(candidates) == 0 || len(candidates) > maxChoices || slices.ContainsFunc(candidates, isRest) {
		return c.unknown()
	}
	return value.NewUnresolved(c.label(), c.at, c.refs(), candidates...)
}

func (c *call) element() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	i, ok, bad := c.integer(1)
	if bad != nil {
		return bad
	}
	n := before(items)
	switch {
	case len(items) == 0:
		return c.wrong("the list is empty")
	case !ok:
		return c.among(items)
	case i >= 0 && i < n:
		return items[i]
	case n < len(items):
		return c.unknown()
	}
	return items[((i%n)+n)%n]
}

func (c *call) slice() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	from, ok, bad := c.integer(1)
	if bad != nil {
		return bad
	}
	to, ok2, bad := c.integer(2)
	if bad != nil {
		return bad
	}
	n := before(items)
	if !ok || !ok2 || n < len(items) && to > n && from >= 0 && from <= to {
		return c.list([]*value.Value{rest(c.unknown())})
	}
	if from < 0 || to < from || to > len(items) {
		return c.wrong("the elements from %d to %d are not all in a list of %d", from, to, len(items))
	}
	return c.list(items[from:to])
}

func (c *call) index() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	switch i, t := c.find(items, c.args[1]); t {
	case value.Yes:
		return c.int(i)
	case value.No:
		return c.wrong("the list does not have the value %s", shorten(c.show(c.args[1])))
	}
	return c.unknown()
}

func (c *call) contains() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	out := value.No
	for _, it := range items {
		t := value.Unknown
		if !isRest(it) {
			t = c.equal(it, c.args[1])
		}
		if out = out.Or(t); out == value.Yes {
			break
		}
	}
	return c.tri(out)
}

func (c *call) one() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	switch {
	case len(items) == 0:
		return value.NewNull(c.at)
	case Open(c.args[0]) && before(items) < 2:
		return c.unknown()
	case len(items) == 1:
		return items[0]
	}
	return c.wrong("the list has %d elements", len(items))
}

// coalesce is the first argument that is neither null nor the empty string.
func (c *call) coalesce() *value.Value { return c.first(c.args, true) }

func (c *call) first(args []*value.Value, empty bool) *value.Value {
	var may []*value.Value
	for _, a := range args {
		switch a.Kind() {
		case value.Null, value.Absent:
			continue
		case value.String:
			if empty && a.Text().IsEmpty() {
				continue
			}
			if _, whole := a.Ref(); empty && !whole && !filled(a.Text()) {
				may = append(may, a)
				continue
			}
		case value.Unresolved:
			may = append(may, a)
			continue
		}
		if len(may) == 0 {
			return a
		}
		return c.among(append(may, a))
	}
	if len(may) == 0 {
		return c.wrong("all arguments are null or empty")
	}
	if len(may) == 1 {
		return may[0]
	}
	return c.among(may)
}

func (c *call) coalescelist() *value.Value {
	var may []*value.Value
	for _, a := range c.args {
		switch {
		case a.Kind() == value.List && a.Len() == 0, a.Kind() == value.Null:
			continue
		case a.Kind() == value.Unresolved, a.Kind() == value.List && before(a.Items()) == 0:
			may = append(may, a)
			continue
		case a.Kind() != value.List:
			return c.wrong("the arguments must be lists, not %s", kindName(a))
		case len(may) == 0:
			return a
		}
		return c.among(append(may, a))
	}
	switch len(may) {
	case 0:
		return c.wrong("all lists are empty")
	case 1:
		return may[0]
	}
	return c.among(may)
}

func (c *call) compact() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	var out []*value.Value
	for _, it := range items {
		switch it.Kind() {
		case value.Null, value.Absent:
			continue
		case value.List, value.Map:
			return c.wrong("the elements must be strings, not %s", kindName(it))
		case value.Unresolved:
			it = rest(it) // none, where it is null or empty
		case value.String:
			if it.Text().IsEmpty() {
				continue
			}
			if _, whole := it.Ref(); !whole && !filled(it.Text()) {
				it = rest(value.NewUnresolved(it.Str(), it.Span(), it.Refs(), it, value.NewAbsent(it.Span())))
			}
		}
		out = append(out, it)
	}
	return c.list(out)
}

func (c *call) chunklist() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	n, ok, bad := c.integer(1)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.list([]*value.Value{rest(c.unknown())})
	}
	if n < 0 {
		return c.wrong("the size of the lists is %d", n)
	}
	if n == 0 {
		n = max(len(items), 1)
	}
	sure := before(items)
	var out []*value.Value
	for at := 0; at < len(items); at += n {
		end := min(at+n, len(items))
		if sure < len(items) && end > sure {
			return c.list(append(out, rest(c.unknown())))
		}
		out = append(out, value.NewList(items[at:end], c.at))
	}
	return c.list(out)
}

func (c *call) reverse() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	out := slices.Clone(items)
	slices.Reverse(out)
	return c.list(out)
}

// distinct drops the later of elements that are known to be equal.
func (c *call) distinct() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	out, ok := c.unique(items)
	if !ok {
		return c.tooLarge()
	}
	return c.list(out)
}

func (c *call) unique(items []*value.Value) ([]*value.Value, bool) {
	seen := map[string]bool{}
	var out []*value.Value
	for _, it := range items {
		k, ok := c.key(it)
		if !ok {
			return nil, false
		}
		if !seen[k] {
			seen[k] = true
			out = append(out, it)
		}
	}
	return out, true
}

// sort orders strings; what has holes is ordered as it is shown, so that the
// elements are known and only their places are a convention.
func (c *call) sort() *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	for _, it := range items {
		if _, ok := scalar(it); !ok {
			return c.wrong("the elements must be strings, not %s", kindName(it))
		}
	}
	return c.list(byText(items))
}

// byText is the list ordered, what is not known last.
func byText(items []*value.Value) []*value.Value {
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(a, b *value.Value) int {
		ra, rb := a.Kind() == value.Unresolved, b.Kind() == value.Unresolved
		switch {
		case ra != rb && ra:
			return 1
		case ra != rb:
			return -1
		}
		return compare(a.Str(), b.Str())
	})
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// matchkeys are the values whose keys are in the set.
func (c *call) matchkeys() *value.Value {
	values, bad := c.items(0)
	if bad != nil {
		return bad
	}
	keys, bad := c.items(1)
	if bad != nil {
		return bad
	}
	set, bad := c.items(2)
	if bad != nil {
		return bad
	}
	if Open(c.args[0]) || Open(c.args[1]) {
		return c.list([]*value.Value{rest(c.unknown())})
	}
	if len(values) != len(keys) {
		return c.wrong("there are %d values and %d keys", len(values), len(keys))
	}
	in, ok := c.members(set)
	if !ok {
		return c.tooLarge()
	}
	var out []*value.Value
	for i, k := range keys {
		switch c.member(in, k) {
		case value.Yes:
			out = append(out, values[i])
		case value.Unknown:
			out = append(out, rest(value.NewUnresolved(c.label(), c.at, c.refs(), values[i], value.NewAbsent(c.at))))
		}
	}
	return c.list(out)
}

func (c *call) alltrue() *value.Value { return c.fold(value.Yes, value.Tri.And) }

func (c *call) anytrue() *value.Value { return c.fold(value.No, value.Tri.Or) }

func (c *call) fold(out value.Tri, join func(a, b value.Tri) value.Tri) *value.Value {
	items, bad := c.items(0)
	if bad != nil {
		return bad
	}
	for _, it := range items {
		t := value.No // null is not true
		switch it.Kind() {
		case value.Unresolved:
			if t = it.IsTrue(); isRest(it) {
				t = value.Unknown
			}
		case value.Bool, value.String:
			t = it.IsTrue()
			if t.Or(it.IsFalse()) == value.No {
				return c.wrong("the elements must be true or false")
			}
		case value.Number, value.List, value.Map:
			return c.wrong("the elements must be true or false, not %s", kindName(it))
		}
		out = join(out, t)
	}
	return c.tri(out)
}
