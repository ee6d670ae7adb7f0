package sam

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/remit-security/remit/internal/source"
)

// canonical writes a tree as compact JSON with sorted keys and ASCII only:
// the form over which the transform computes the hashes in logical ids.
func canonical(n *node) string {
	var b strings.Builder
	writeCanonical(&b, n)
	return b.String()
}

func writeCanonical(b *strings.Builder, n *node) {
	if isNone(n) {
		b.WriteString("null")
		return
	}
	switch n.Kind {
	case source.BoolNode:
		b.WriteString(strings.ToLower(n.Text))
	case source.NumberNode:
		b.WriteString(n.Text)
	case source.StringNode:
		writeString(b, n.Text)
	case source.ListNode:
		b.WriteByte('[')
		for i, it := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCanonical(b, it)
		}
		b.WriteByte(']')
	case source.MapNode:
		b.WriteByte('{')
		for i, f := range sortedFields(n) {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, f.Key)
			b.WriteByte(':')
			writeCanonical(b, f.Value)
		}
		b.WriteByte('}')
	}
}

// sortedFields are the fields of a map by key; of a key written twice the last.
func sortedFields(n *node) []source.Field {
	out := slices.Clone(n.Fields)
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b source.Field) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(out, func(a, b source.Field) bool { return a.Key == b.Key })
}

func sortedKeys(n *node) []string {
	var out []string
	for _, f := range sortedFields(n) {
		out = append(out, f.Key)
	}
	return out
}

func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r >= 0x20 && r <= 0x7e, r == 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
}

// idHash is the suffix that makes a logical id follow its content: the first
// ten hexadecimal digits of SHA-1. It is no security measure; the algorithm is
// given by the ids that AWS deploys. Nothing gives no suffix.
func idHash(n *node) string {
	if !truthy(n) {
		return ""
	}
	if isStr(n) {
		return textHash(n.Text)
	}
	return textHash(canonical(n))
}

func textHash(s string) string {
	if s == "" {
		return ""
	}
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])[:10]
}
