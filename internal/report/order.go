package report

import (
	"cmp"
	"strings"
)

// compareNames orders names and messages by their letters, and the instances
// that Terraform counts as people do: q[2] before q[10].
func compareNames(a, b string) int {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	start := at
	for start > 0 && isDigit(a[start-1]) {
		start--
	}
	if start > 0 && a[start-1] == '[' {
		if x, y := digits(a[start:]), digits(b[start:]); x != "" && y != "" && x != y {
			return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
		}
	}
	return strings.Compare(a[at:], b[at:])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits are those at the start of s.
func digits(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }
