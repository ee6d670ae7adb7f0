package function

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// part makes a text of one part.
func part(p value.Part) value.Text {
	switch {
	case p.Hole == "":
		return value.Lit(p.Lit)
	case p.Fresh:
		return value.Fresh(p.Hole)
	}
	return value.Hole(p.Hole)
}

// renamed is what a function makes of a hole: another text, of which no more
// is known.
func renamed(p value.Part, by string) value.Text {
	if strings.HasPrefix(p.Hole, by+"(") {
		return part(p)
	}
	p.Hole = by + "(" + p.Hole + ")"
	return part(p)
}

// never reports whether none of the characters can stand in a hole: the names
// of accounts, regions and partitions are plain words, and identifiers that
// AWS makes hold letters, digits and hyphens.
func never(p value.Part, chars string) bool {
	hole, _, _ := strings.Cut(p.Hole, " ")
	for _, r := range chars {
		digit, lower, upper := r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z'
		may := true
		switch {
		case hole == "AWS::AccountId":
			may = digit
		case hole == "AWS::Partition":
			may = lower || r == '-'
		case hole == "AWS::Region":
			may = lower || digit || r == '-'
		case hole == "AWS::URLSuffix":
			may = lower || r == '.'
		case hole == "AWS::StackName" || p.Fresh:
			may = lower || upper || digit || r == '-'
		}
		if may {
			return false
		}
	}
	return true
}

// filled reports whether a text is certainly not empty.
func filled(t value.Text) bool {
	for _, p := range t.Parts() {
		if p.Hole == "" || p.Fresh || strings.HasPrefix(p.Hole, "AWS::") {
			return true
		}
	}
	return false
}

const upperLetters, lowerLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"

// each maps the parts of a text: literals with f, and holes to renamed ones
// where they may hold one of the characters that f changes.
func each(t value.Text, by, changes string, f func(string) string) value.Text {
	var out []value.Text
	for _, p := range t.Parts() {
		switch {
		case p.Hole == "":
			out = append(out, value.Lit(f(p.Lit)))
		case never(p, changes):
			out = append(out, part(p))
		default:
			out = append(out, renamed(p, by))
		}
	}
	return value.Concat(out...)
}

// straddles reports whether an occurrence of s may begin in a literal and end
// in a hole, or the other way round.
func straddles(t value.Text, s string) bool {
	parts := t.Parts()
	for i, p := range parts {
		if p.Hole == "" {
			continue
		}
		for n := 1; n < len(s); n++ {
			if i > 0 && strings.HasSuffix(parts[i-1].Lit, s[:n]) && !never(p, s[n:n+1]) ||
				i+1 < len(parts) && strings.HasPrefix(parts[i+1].Lit, s[n:]) && !never(p, s[n-1:n]) {
				return true
			}
			if i+1 < len(parts) && parts[i+1].Hole != "" {
				return true
			}
		}
	}
	return false
}
