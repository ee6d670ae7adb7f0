package function

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/value"
)

// verb is one verb of a format: flags, width, precision, index, letter.
var verb = regexp.MustCompile(`%([-+ #0]*)(\d*)((?:\.\d*)?)((?:\[\d+\])?)(.)`)

// maxWidth bounds the padding of one verb.
const maxWidth = 10_000

func (c *call) format() *value.Value {
	f, bad := c.str(0)
	if bad != nil {
		return bad
	}
	for _, m := range verb.FindAllStringSubmatch(f.String(), -1) {
		w, err := strconv.Atoi("0" + m[2])
		p, err2 := strconv.Atoi("0" + strings.TrimPrefix(m[3], "."))
		if err != nil || err2 != nil || w > maxWidth || p > maxWidth {
			return c.wrong("a verb is wider than remit evaluates: %.40q", m[0])
		}
	}
	if size(f)*8 > maxText {
		return c.tooLarge()
	}
	return c.std(stdlib.FormatFunc, func() *value.Value { return c.formatParts(f) })
}

// formatParts formats verb by verb, so that what is not known is a hole.
func (c *call) formatParts(f value.Text) *value.Value {
	var out []value.Text
	next, bytes := 1, 0
	for _, p := range f.Parts() {
		if p.Hole != "" {
			out = append(out, part(p))
			continue
		}
		lit := p.Lit
		for lit != "" {
			m := verb.FindStringSubmatchIndex(lit)
			if m == nil {
				out = append(out, value.Lit(lit))
				break
			}
			out = append(out, value.Lit(lit[:m[0]]))
			sub := verb.FindStringSubmatch(lit)
			lit = lit[m[1]:]
			if sub[5] == "%" {
				out = append(out, value.Lit("%"))
				continue
			}
			if sub[4] != "" {
				next, _ = strconv.Atoi(strings.Trim(sub[4], "[]"))
			}
			if next < 1 || next >= len(c.args) {
				return c.wrong("there is no argument for the verb %s", sub[0])
			}
			t, bad := c.formatVerb(sub, c.args[next])
			if bad != nil {
				return bad
			}
			next++
			if bytes += size(t); bytes > maxText {
				return c.tooLarge()
			}
			out = append(out, t)
		}
	}
	return c.text(value.Concat(out...))
}

func (c *call) formatVerb(sub []string, arg *value.Value) (value.Text, *value.Value) {
	spec := "%" + sub[1] + sub[2] + sub[3] + sub[5]
	one := c.with(c.name, []*value.Value{value.NewText(value.Lit(spec), c.at), arg})
	var t value.Text
	done := false
	r := one.std(stdlib.FormatFunc, func() *value.Value {
		done = true
		t = c.unknownVerb(sub, spec, arg)
		return nil
	})
	switch {
	case done:
		return t, nil
	case r.Kind() != value.String:
		return t, r
	}
	return r.Text(), nil
}

// unknownVerb formats what is not known whole.
func (c *call) unknownVerb(sub []string, spec string, arg *value.Value) value.Text {
	t, ok := scalar(arg)
	switch {
	case sub[1]+sub[2]+sub[3] != "":
		t = value.Hole("format(" + spec + ", " + arg.Str() + ")")
	case ok && (sub[5] == "s" || sub[5] == "v" || arg.Kind() == value.Unresolved && sub[5] != "q"):
	case ok && sub[5] == "q":
		w := jsonWriter{c: c}
		w.quoted(t)
		t = w.text()
	case !ok && sub[5] == "v":
		w := jsonWriter{c: c}
		if w.value(arg); !w.full {
			return w.text()
		}
		fallthrough
	default:
		t = value.Hole("format(" + spec + ", " + shorten(arg.Str()) + ")")
	}
	return t
}

// formatlist formats once for each element of the lists.
func (c *call) formatlist() *value.Value {
	n := -1
	open := false
	for _, a := range c.args[1:] {
		switch a.Kind() {
		case value.Unresolved:
			open = true // a list or not, of any length
		case value.List:
			if Open(a) {
				open = true
				continue
			}
			if n >= 0 && a.Len() != n {
				return c.wrong("the lists have %d and %d elements", n, a.Len())
			}
			n = a.Len()
		}
	}
	if open && n < 0 {
		return c.list([]*value.Value{rest(c.unknown())})
	}
	if n < 0 {
		n = 1
	}
	if !c.spend(n * len(c.args)) {
		return c.tooLarge()
	}
	items := make([]*value.Value, n)
	for i := range items {
		row := c.with("format", make([]*value.Value, len(c.args)))
		for j, a := range c.args {
			switch {
			case j > 0 && a.Kind() == value.List && Open(a):
				a = value.NewUnresolved(c.show(a)+"["+strconv.Itoa(i)+"]", a.Span(), nil)
			case j > 0 && a.Kind() == value.List:
				a = a.Items()[i]
			}
			row.args[j] = a
		}
		items[i] = row.format()
		c.left = row.left
	}
	return c.list(items)
}
