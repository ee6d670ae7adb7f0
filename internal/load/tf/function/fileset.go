package function

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// fileset lists the files of a folder that match a pattern.
func (c *call) fileset() *value.Value {
	dir, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	pattern, ok2, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok || !ok2 || c.env.Root == nil {
		return c.list([]*value.Value{rest(c.unknown())})
	}
	places, err := c.places(dir)
	if err != nil {
		return c.unread(dir, err)
	}
	if strings.Contains(path.Clean(pattern), "..") {
		return c.wrong("%q is outside the scanned folder and is not read", shorten(pattern))
	}
	re, err := regexp.Compile(globExpression(pattern))
	if err != nil {
		return c.wrong("%q is no pattern", shorten(pattern))
	}
	place := places[0]
	if i := slices.IndexFunc(places, c.env.Root.IsDir); i >= 0 {
		place = places[i]
	}
	prefix := place + "/"
	if place == "." {
		prefix = ""
	}
	files := c.env.Files
	if files == nil {
		files = func() []source.File { all, _ := c.env.Root.Files(); return all }
	}
	var names []*value.Value
	for _, f := range files() {
		if name, below := strings.CutPrefix(f.Path, prefix); below && re.MatchString(name) {
			if names = append(names, value.NewText(value.Lit(name), c.at)); len(names) > maxItems {
				return c.tooLarge()
			}
		}
	}
	return c.set(names)
}

// globExpression writes a pattern, in which ** stands for any folders, as a
// regular expression.
func globExpression(glob string) string {
	var b strings.Builder
	b.WriteString(`\A`)
	braces := 0
	for i := 0; i < len(glob); i++ {
		switch ch := glob[i]; {
		case strings.HasPrefix(glob[i:], "**/") && (i == 0 || glob[i-1] == '/'):
			b.WriteString(`(?:.*/)?`)
			i += 2
		case strings.HasPrefix(glob[i:], "**"):
			b.WriteString(`.*`)
			i++
		case ch == '*':
			b.WriteString(`[^/]*`)
		case ch == '?':
			b.WriteString(`[^/]`)
		case ch == '{':
			braces++
			b.WriteString(`(?:`)
		case ch == '}' && braces > 0:
			braces--
			b.WriteByte(')')
		case ch == ',' && braces > 0:
			b.WriteByte('|')
		case ch == '[':
			end := strings.IndexByte(glob[i:], ']')
			if end < 2 {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(class(glob[i+1 : i+end]))
			i += end
		case ch == '\\' && i+1 < len(glob):
			i++
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// class is what stands between brackets.
func class(s string) string {
	not := ""
	if s[0] == '^' || s[0] == '!' {
		not, s = "^", s[1:]
	}
	return "[" + not + strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `&`, `\&`).Replace(s) + "]"
}
