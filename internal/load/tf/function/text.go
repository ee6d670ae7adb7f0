package function

import (
	"slices"
	"strings"
	"unicode"

	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/value"
)

func (c *call) lower() *value.Value { return c.mapped(upperLetters, strings.ToLower) }

func (c *call) upper() *value.Value { return c.mapped(lowerLetters, strings.ToUpper) }

// mapped is a function that treats every character for itself.
func (c *call) mapped(changes string, f func(string) string) *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	return c.text(each(t, c.name, changes, f))
}

func (c *call) title() *value.Value { return c.std(stdlib.TitleFunc, c.hole) }

func (c *call) strrev() *value.Value { return c.std(stdlib.ReverseFunc, c.hole) }

func (c *call) indent() *value.Value {
	n, ok, bad := c.integer(0)
	if bad != nil {
		return bad
	}
	t, bad := c.str(1)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.hole()
	}
	if n < 0 || n > 1000 {
		return c.wrong("indents by %d spaces", n)
	}
	if size(t)+strings.Count(t.String(), "\n")*n > maxText {
		return c.tooLarge()
	}
	return c.text(each(t, c.name, "\n", func(s string) string { return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", n)) }))
}

func size(t value.Text) int {
	n := 0
	for _, p := range t.Parts() {
		n += len(p.Lit)
	}
	return n
}

func (c *call) chomp() *value.Value {
	return c.trimmed("chomp", func(r rune) bool { return r == '\n' || r == '\r' }, false)
}

func (c *call) trimspace() *value.Value { return c.trimmed("trimspace", unicode.IsSpace, true) }

func (c *call) trim() *value.Value {
	set, ok, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if _, bad := c.str(0); bad != nil {
		return bad
	}
	if !ok {
		return c.hole()
	}
	return c.trimmed("trim "+shorten(set)+" of ", func(r rune) bool { return strings.ContainsRune(set, r) }, true)
}

// trimmed cuts characters off the end, and off the beginning too for left.
func (c *call) trimmed(by string, cut func(rune) bool, left bool) *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	parts := slices.Clone(t.Parts())
	if n := len(parts); n > 0 && parts[n-1].Hole == "" {
		if parts[n-1].Lit = strings.TrimRightFunc(parts[n-1].Lit, cut); parts[n-1].Lit == "" {
			parts = parts[:n-1]
		}
	}
	if left && len(parts) > 0 && parts[0].Hole == "" {
		if parts[0].Lit = strings.TrimLeftFunc(parts[0].Lit, cut); parts[0].Lit == "" {
			parts = parts[1:]
		}
	}
	texts := make([]value.Text, len(parts))
	for i, p := range parts {
		texts[i] = part(p)
	}
	// A hole that has come to an end may itself be cut, and, where nothing of
	// it is left, so may what stands beside it.
	if n := len(parts); n > 0 && parts[n-1].Hole != "" && !uncut(parts[n-1], cut) {
		if n > 1 && (parts[n-2].Hole != "" || strings.TrimRightFunc(parts[n-2].Lit, cut) != parts[n-2].Lit) {
			return c.hole()
		}
		texts[n-1] = renamed(parts[n-1], by)
	}
	if n := len(parts); left && n > 0 && parts[0].Hole != "" && !uncut(parts[0], cut) {
		if n > 1 && (parts[1].Hole != "" || strings.TrimLeftFunc(parts[1].Lit, cut) != parts[1].Lit) {
			return c.hole()
		}
		texts[0] = renamed(parts[0], by)
	}
	out := c.text(value.Concat(texts...))
	if doc := c.args[0].Document(); doc != nil && out.Kind() == value.String {
		return value.NewDocument(out.Text(), doc, c.at, c.refs()...)
	}
	return out
}

// uncut reports whether a hole is not empty and holds none of the characters
// that are cut.
func uncut(p value.Part, cut func(rune) bool) bool {
	for r := rune(0); r < unicode.MaxASCII; r++ {
		if cut(r) && !never(p, string(r)) {
			return false
		}
	}
	return strings.HasPrefix(p.Hole, "AWS::") || p.Fresh
}

func (c *call) trimprefix() *value.Value {
	return c.affix(value.Text.HasPrefix, strings.TrimPrefix, 0)
}

func (c *call) trimsuffix() *value.Value {
	return c.affix(value.Text.HasSuffix, strings.TrimSuffix, -1)
}

// affix cuts what a text begins or ends with, where it is known to.
func (c *call) affix(has func(value.Text, string) value.Tri, trim func(string, string) string, end int) *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	s, ok, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.hole()
	}
	switch has(t, s) {
	case value.No:
		return c.args[0]
	case value.Unknown:
		return c.hole()
	}
	texts := []value.Text{}
	for _, p := range t.Parts() {
		texts = append(texts, part(p))
	}
	if len(texts) == 0 {
		return c.args[0]
	}
	if end < 0 {
		end = len(texts) - 1
	}
	lit, known := texts[end].Known()
	if !known || len(lit) < len(s) {
		return c.hole()
	}
	texts[end] = value.Lit(trim(lit, s))
	return c.text(value.Concat(texts...))
}

func (c *call) startswith() *value.Value { return c.hasAffix(value.Text.HasPrefix) }

func (c *call) endswith() *value.Value { return c.hasAffix(value.Text.HasSuffix) }

func (c *call) hasAffix(has func(value.Text, string) value.Tri) *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	s, ok, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.either()
	}
	return c.tri(has(t, s))
}

func (c *call) strcontains() *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	s, ok, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.either()
	}
	may := straddles(t, s)
	for _, p := range t.Parts() {
		if p.Hole == "" && strings.Contains(p.Lit, s) {
			return value.NewBool(true, c.at)
		}
		may = may || p.Hole != "" && !never(p, s)
	}
	if may {
		return c.either()
	}
	return value.NewBool(s == "", c.at)
}

func (c *call) substr() *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	from, ok1, bad := c.integer(1)
	if bad != nil {
		return bad
	}
	n, ok2, bad := c.integer(2)
	if bad != nil {
		return bad
	}
	parts := t.Parts()
	if !t.IsKnown() && ok1 && ok2 && from >= 0 && n >= 0 && len(parts) > 0 && from <= len(parts[0].Lit) && n <= len(parts[0].Lit)-from && ascii(parts[0].Lit) {
		return c.text(value.Lit(parts[0].Lit[from : from+n]))
	}
	return c.std(stdlib.SubstrFunc, c.hole)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
