package function

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

func (c *call) join() *value.Value {
	sep, bad := c.str(0)
	if bad != nil {
		return bad
	}
	var texts []value.Text
	bytes := 0
	for i := 1; i < len(c.args); i++ {
		items, bad := c.items(i)
		if bad != nil {
			return bad
		}
		for _, it := range items {
			t, ok := scalar(it)
			if !ok {
				return c.wrong("an element to join must be a string, not %s", kindName(it))
			}
			if isRest(it) {
				t = value.Hole("join(" + sep.String() + ", " + it.Why() + ")")
			}
			if len(texts) > 0 {
				texts = append(texts, sep)
			}
			texts = append(texts, t)
			if bytes += size(t) + size(sep); bytes > maxText {
				return c.tooLarge()
			}
		}
	}
	return c.text(value.Concat(texts...))
}

// split cuts at the separators that are seen. From the first hole on that may
// hold one, how many elements there are is not known.
func (c *call) split() *value.Value {
	sep, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	t, bad := c.str(1)
	if bad != nil {
		return bad
	}
	if !ok || sep == "" && !t.IsKnown() {
		return c.unknown()
	}
	if sep == "" {
		return c.characters(t.String())
	}
	var items []*value.Value
	var cur []value.Text
	add := func() {
		items = append(items, value.NewText(value.Concat(cur...), c.at, c.refs()...))
		cur = nil
	}
	// What straddles a literal and a hole is rare enough to give up.
	whole := !straddles(t, sep)
	for _, p := range t.Parts() {
		if p.Hole != "" {
			if !whole || !anyNever(p, sep) {
				return c.list(append(items, rest(c.unknown())))
			}
			cur = append(cur, part(p))
			continue
		}
		if len(items)+strings.Count(p.Lit, sep) > maxItems {
			return c.tooLarge()
		}
		for i, piece := range strings.Split(p.Lit, sep) {
			if i > 0 {
				add()
			}
			cur = append(cur, value.Lit(piece))
		}
	}
	add()
	return c.list(items)
}

func (c *call) characters(s string) *value.Value {
	if len(s) > maxItems {
		return c.tooLarge()
	}
	var items []*value.Value
	for _, r := range strings.Split(s, "") {
		items = append(items, value.NewText(value.Lit(r), c.at, c.refs()...))
	}
	return c.list(items)
}
