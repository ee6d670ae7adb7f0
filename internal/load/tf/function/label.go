package function

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// maxLabel bounds what of the arguments a reason shows.
const maxLabel = 80

// label shows the call with its arguments, so that equal calls have equal
// names and a reader sees what is unknown. Arguments that are long, and those
// of hashes, which may be secrets, are shown as a short digest.
func (c *call) label() string {
	if c.named == "" {
		left := c.left // a reason is not the call's work
		c.left = maxNodes
		c.named = c.describe()
		c.left = left
	}
	return c.named
}

func (c *call) describe() string {
	args := make([]string, len(c.args))
	size := 0
	for i, a := range c.args {
		args[i] = c.show(a)
		size += len(args[i])
	}
	all := strings.Join(args, ", ")
	if c.private && !opaque(c.args) || size > maxLabel {
		sum := sha256.Sum256([]byte(all))
		return c.name + "(… " + hex.EncodeToString(sum[:6]) + ")"
	}
	return c.name + "(" + all + ")"
}

// opaque reports whether all that is known of the arguments is their reasons.
func opaque(args []*value.Value) bool {
	for _, a := range args {
		parts := a.Text().Parts()
		if len(parts) != 1 || parts[0].Hole == "" {
			return false
		}
	}
	return true
}

func (c *call) show(v *value.Value) string {
	if v.Kind() == value.String && v.Text().IsKnown() && len(v.Str()) <= maxLabel {
		return `"` + v.Str() + `"`
	}
	if k, ok := c.key(v); ok {
		return k
	}
	return v.Span().String()
}

// key is a text that equal values share, and no others; false where the value
// is too large. Holes of equal names are equal.
func (c *call) key(v *value.Value) (string, bool) {
	var b strings.Builder
	ok := c.writeKey(&b, v)
	return b.String(), ok && c.left >= 0
}

var keyEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `${`, `\${`)

func (c *call) writeKey(b *strings.Builder, v *value.Value) bool {
	if !c.spend(1) || b.Len() > maxText {
		return false
	}
	switch v.Kind() {
	case value.String:
		b.WriteByte('"')
		for _, p := range v.Text().Parts() {
			if p.Hole != "" {
				b.WriteString("${" + p.Hole + "}")
				continue
			}
			b.WriteString(keyEscapes.Replace(p.Lit))
		}
		b.WriteByte('"')
	case value.Number, value.Bool:
		b.WriteString(v.Str())
	case value.List:
		b.WriteByte('[')
		for i, it := range v.Items() {
			if i > 0 {
				b.WriteString(", ")
			}
			if !c.writeKey(b, it) {
				return false
			}
		}
		b.WriteByte(']')
	case value.Map:
		b.WriteByte('{')
		for _, f := range sortedFields(v) {
			b.WriteString(f.Key + " = ")
			if !c.writeKey(b, f.Value) {
				return false
			}
			b.WriteString("; ")
		}
		if v.Why() != "" {
			b.WriteString("${" + v.Why() + "}")
		}
		b.WriteByte('}')
	case value.Unresolved:
		b.WriteString("${" + v.Why() + "}")
		for _, ch := range v.Choices() {
			b.WriteByte('|')
			if !c.writeKey(b, ch) {
				return false
			}
		}
	default:
		b.WriteString("null")
	}
	return true
}
