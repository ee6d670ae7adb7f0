package function

import (
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
	return c.trimmed(func(r rune) bool { return r == '\n' || r == '\r' }, false, true)
}

func (c *call) trimspace() *value.Value { return c.trimmed(unicode.IsSpace, true, true) }

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
	return c.trimmed(func(r rune) bool { return strings.ContainsRune(set, r) }, true, true)
}

// trimmed cuts characters off the ends. A hole at an end is renamed, since it
// may be cut; the literal beside it stays where it begins with another
// character, and nothing is known where it does not.
func (c *call) trimmed(cut func(rune) bool, left, right bool) *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	parts := append([]value.Part(nil), t.Parts()...)
	if len(parts) == 0 {
		return c.args[0]
	}
	end := func(i, next int, trim func(string, func(rune) bool) string) (value.Text, bool) {
		p := parts[i]
		if p.Hole == "" {
			p.Lit = trim(p.Lit, cut)
			// What is cut away whole lays the hole beside it open.
			return value.Lit(p.Lit), p.Lit != "" || len(parts) == 1
		}
		if len(parts) > 1 {
			if lit := parts[next].Lit; trim(lit, cut) != lit || lit == "" {
				return value.Text{}, hasNoSpace(p, cut)
			}
		}
		if hasNoSpace(p, cut) {
			return part(p), true
		}
		return renamed(p, c.name), true
	}
	texts := make([]value.Text, len(parts))
	for i, p := range parts {
		texts[i] = part(p)
	}
	last := len(parts) - 1
	if left {
		first, ok := end(0, min(1, last), strings.TrimLeftFunc)
		if !ok {
			return c.hole()
		}
		if parts[0].Hole == "" {
			parts[0].Lit = first.String()
		}
		texts[0] = first
	}
	if right && (last > 0 || parts[0].Hole == "") {
		tail, ok := end(last, max(last-1, 0), strings.TrimRightFunc)
		if !ok {
			return c.hole()
		}
		texts[last] = tail
	} else if right && !left {
		if !hasNoSpace(parts[0], cut) {
			texts[0] = renamed(parts[0], c.name)
		}
	}
	out := c.text(value.Concat(texts...))
	if doc := c.args[0].Document(); doc != nil && out.Kind() == value.String {
		return value.NewDocument(out.Text(), doc, c.at, c.refs()...)
	}
	return out
}

// hasNoSpace reports whether a hole holds none of the characters that are cut.
func hasNoSpace(p value.Part, cut func(rune) bool) bool {
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
