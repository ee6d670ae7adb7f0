package sam

import (
	"regexp"

	"github.com/remit-security/remit/internal/source"
)

var (
	templateVar = regexp.MustCompile(`%\{([A-Za-z.]+)\}`)
	subVar      = regexp.MustCompile(`\$\{.+\}`)
)

// template copies data, putting values for %{Name}: whole, or as variables of
// an Fn::Sub within text.
func template(n *node, vars map[string]*node, span source.Span) *node {
	if isStr(n) {
		return fillText(n.Text, vars, span)
	}
	out := *n
	out.Span = span
	out.Items, out.Fields = nil, nil
	for _, it := range n.Items {
		out.Items = append(out.Items, template(it, vars, span))
	}
	for _, f := range n.Fields {
		out.Fields = append(out.Fields, source.Field{Key: f.Key, KeySpan: span, Value: template(f.Value, vars, span)})
	}
	return &out
}

func fillText(s string, vars map[string]*node, span source.Span) *node {
	if m := templateVar.FindStringSubmatch(s); m != nil && m[0] == s && vars[m[1]] != nil {
		return clone(vars[m[1]])
	}
	used := source.NewMap(span)
	done := templateVar.ReplaceAllStringFunc(s, func(m string) string {
		name := m[2 : len(m)-1]
		if v := vars[name]; v != nil {
			set(used, onlyAlnum(name), clone(v))
			return "${" + onlyAlnum(name) + "}"
		}
		return m
	})
	switch {
	case !subVar.MatchString(done):
		return source.NewString(done, span)
	case len(used.Fields) == 0:
		return sub(span, done)
	}
	return obj(span, "Fn::Sub", list(span, done, used))
}

// missingVars is the first variable of the data that has no value.
func missingVars(n *node, vars map[string]*node) string {
	for _, m := range templateVar.FindAllStringSubmatch(canonical(n), -1) {
		if vars[m[1]] == nil {
			return m[1]
		}
	}
	return ""
}
