package function

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/value"
)

// replace puts one text in place of another, or, where the other is written
// between slashes, of what the regular expression matches.
func (c *call) replace() *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	old, ok, bad := c.known(1)
	if bad != nil {
		return bad
	}
	by, bad := c.str(2)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.hole()
	}
	if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
		return c.replaceMatches(t, old[1:len(old)-1], by)
	}
	if old == "" || straddles(t, old) {
		if s, ok := t.Known(); !ok || !by.IsKnown() || (len(s)+1)*(size(by)+1) > maxText {
			return c.hole()
		}
		return c.text(value.Lit(strings.ReplaceAll(t.String(), old, by.String())))
	}
	return c.replaceParts(t, old, by)
}

// replaceParts replaces within the literals and renames the holes that may
// hold what is replaced.
func (c *call) replaceParts(t value.Text, old string, by value.Text) *value.Value {
	var out []value.Text
	bytes, each := size(t), size(by)
	for _, p := range t.Parts() {
		switch {
		case p.Hole == "":
			n := strings.Count(p.Lit, old)
			if bytes += n * each; bytes > maxText || n > maxItems {
				return c.tooLarge()
			}
			for i, piece := range strings.Split(p.Lit, old) {
				if i > 0 {
					out = append(out, by)
				}
				out = append(out, value.Lit(piece))
			}
		case anyNever(p, old):
			out = append(out, part(p))
		default:
			out = append(out, renamed(p, "replace "+shorten(old)+" in "))
		}
	}
	return c.text(value.Concat(out...))
}

// anyNever reports whether a hole lacks one of the characters, and so the text.
func anyNever(p value.Part, s string) bool {
	for _, r := range s {
		if never(p, string(r)) {
			return true
		}
	}
	return false
}

func shorten(s string) string {
	if len(s) > maxLabel {
		return strings.ToValidUTF8(s[:maxLabel], "") + "…"
	}
	return s
}

func (c *call) replaceMatches(t value.Text, pattern string, by value.Text) *value.Value {
	s, ok := t.Known()
	with, ok2 := by.Known()
	if !ok || !ok2 {
		return c.hole()
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return c.wrong("%v", err)
	}
	if n := len(re.FindAllStringIndex(s, maxItems)); len(s)+n*(len(with)+len(s)/max(n, 1)*strings.Count(with, "$")) > maxText {
		return c.tooLarge()
	}
	return c.text(value.Lit(re.ReplaceAllString(s, with)))
}

func (c *call) regex() *value.Value { return c.std(stdlib.RegexFunc, c.unknown) }

func (c *call) regexall() *value.Value {
	// Every character may be a match of its own.
	if t, ok := scalar(c.args[1]); ok && size(t) > maxNodes {
		return c.tooLarge()
	}
	return c.std(stdlib.RegexAllFunc, c.unknown)
}
