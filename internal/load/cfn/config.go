package cfn

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/remit-security/remit/internal/source"
)

// overrides are parameter values that a file beside a template gives, and the
// file that gives them.
type overrides struct {
	file   string
	stack  string // the name under which the stack is deployed
	values map[string]string
}

// deployed finds the values that the files beside a root template give its
// parameters: samconfig.toml, or the one parameter file that fits.
func (s *stack) deployed() overrides {
	dir := path.Dir(s.tpl.File)
	var found overrides
	for _, name := range []string{"samconfig.toml", "samconfig.yaml", "samconfig.yml"} {
		if file := path.Join(dir, name); s.loader.exists(file) {
			found = s.samconfig(file)
			break
		}
	}
	if declared := newSection(s.tpl.Root.Get("Parameters")); len(found.values) == 0 && len(declared.fields) > 0 {
		beside := s.parameterFile(dir, declared)
		found.file, found.values = beside.file, beside.values
	}
	return found
}

// samconfig reads the deploy parameters of SAM's configuration file, in the
// environment "default".
func (s *stack) samconfig(file string) overrides {
	data, err := s.loader.root.Read(file)
	if err == nil && excessive(data) {
		err = errors.New("it is larger or nests deeper than a configuration does")
	}
	if err != nil {
		s.problem(source.FileSpan(file), "the file is not read: %v", readable(err))
		return overrides{}
	}
	var config any
	var problems []source.Problem
	if strings.HasSuffix(file, ".toml") {
		config, problems = parseTOML(file, data)
	} else {
		var n *source.Node
		n, problems = source.ParseYAML(file, data, s.loader.root.Limits())
		config = plain(n)
	}
	s.problems.Append(problems...)
	if config == nil {
		return overrides{}
	}
	s.files[file] = true
	tpl, raw := samParameters(config)
	if tpl == "" {
		tpl = "template"
	}
	base := path.Base(s.tpl.File)
	if named, err := source.Join(file, tpl); err != nil || named != s.tpl.File &&
		path.Join(path.Dir(file), strings.TrimSuffix(base, path.Ext(base))) != named {
		return overrides{}
	}
	values, bad := parseOverrides(raw)
	if bad != "" {
		s.problem(source.FileSpan(file), "parameter_overrides has %s, which is not Name=value; it is left out", quoteShort(bad))
	}
	if others := otherEnvironments(config); raw == nil && len(others) > 0 {
		s.problem(source.FileSpan(file), "only the environment default is read, and it gives no parameters; those of %s are not used: choose values with --param",
			strings.Join(others, ", "))
	}
	name, _ := dig(config, "default", "deploy", "parameters", "stack_name").(string)
	if name == "" {
		name, _ = dig(config, "default", "global", "parameters", "stack_name").(string)
	}
	return overrides{file: file, stack: name, values: values}
}

// excessive tells of a document that no configuration needs and that costs the
// TOML library more than its size: time grows with the square of the parts of
// one key and of the depth of inline tables, and lists are read recursively.
func excessive(data []byte) bool {
	const (
		size   = 256 << 10
		tables = 1000 // inline ones, in all
		parts  = 1000 // of the keys of one line
	)
	if len(data) > size || bytes.Count(data, []byte("{")) > tables {
		return true
	}
	for line := range bytes.Lines(data) {
		if bytes.Count(line, []byte(".")) > parts {
			return true
		}
	}
	return false
}

// parseTOML reads a TOML document.
func parseTOML(file string, data []byte) (any, []source.Problem) {
	config := map[string]any{}
	if err := toml.Unmarshal(data, &config); err != nil {
		span := source.FileSpan(file)
		msg := err.Error()
		var pe toml.ParseError
		if errors.As(err, &pe) {
			span.Line, span.EndLine = max(pe.Position.Line, 1), max(pe.Position.Line, 1)
			msg = pe.Message
		}
		return nil, []source.Problem{{Span: span, Message: "not valid TOML: " + msg}}
	}
	return config, nil
}

// plain turns a small configuration document into maps, lists and strings,
// the shape that a TOML document has.
func plain(n *source.Node) any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case source.MapNode:
		m := map[string]any{}
		for _, f := range n.Fields {
			m[f.Key] = plain(f.Value)
		}
		return m
	case source.ListNode:
		list := make([]any, len(n.Items))
		for i, it := range n.Items {
			list[i] = plain(it)
		}
		return list
	case source.NullNode:
		return nil
	}
	return n.Text
}

// samParameters finds the template and the parameter overrides of the default
// environment; what the deploy command says wins over what is global.
func samParameters(config any) (template string, overrides any) {
	for _, command := range []string{"global", "build", "deploy"} {
		p := dig(config, "default", command, "parameters")
		for _, key := range []string{"template", "template_file"} {
			// A built template lies in a folder of its own and says nothing
			// about where the source is.
			if text, ok := dig(p, key).(string); ok && !strings.HasPrefix(path.Clean(text), ".aws-sam/") {
				template = text
			}
		}
		if v := dig(p, "parameter_overrides"); v != nil && command != "build" {
			overrides = v
		}
	}
	return template, overrides
}

// otherEnvironments are the environments beside the default one that give
// parameters, sorted; a few of them where there are many.
func otherEnvironments(config any) []string {
	const most = 5
	all, _ := config.(map[string]any)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, command := range []string{"global", "deploy"} {
			if name != "default" && !slices.Contains(out, quoteShort(name)) && dig(all[name], command, "parameters", "parameter_overrides") != nil {
				out = append(out, quoteShort(name))
			}
		}
	}
	if len(out) > most {
		out = append(out[:most], "…")
	}
	return out
}

func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

// parseOverrides reads the forms of parameter_overrides: one string of pairs,
// a list of pairs or strings, a map. bad is the first part that is no pair.
func parseOverrides(raw any) (values map[string]string, bad string) {
	values = map[string]string{}
	switch v := raw.(type) {
	case string:
		bad = parsePairs(v, values)
	case []any:
		for _, it := range v {
			more, b := parseOverrides(it)
			if text, ok := it.(string); ok && b != "" { // one pair whose value has spaces
				if k, val, ok := strings.Cut(text, "="); ok && k != "" {
					more, b = map[string]string{k: unquote(val)}, ""
				}
			}
			for k, text := range more {
				values[k] = text
			}
			if bad == "" {
				bad = b
			}
		}
	case map[string]any:
		for k, it := range v {
			if text, ok := scalarText(it); ok {
				values[k] = text
			} else if bad == "" || k < bad {
				bad = k
			}
		}
	}
	return values, bad
}

func scalarText(v any) (string, bool) {
	switch t := v.(type) {
	case string:
		return t, true
	case bool, int64, float64:
		return fmt.Sprint(t), true
	case []any:
		var parts []string
		for _, it := range t {
			part, ok := scalarText(it)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ","), true
	}
	return "", false
}

// parsePairs reads `A=1 B="two words"` and
// `ParameterKey=A,ParameterValue=1 …` into values.
func parsePairs(text string, values map[string]string) (bad string) {
	for _, word := range splitWords(text) {
		if strings.HasPrefix(word, `"`) || strings.HasPrefix(word, "'") {
			if whole := unquote(word); strings.Contains(whole, "=") {
				word = whole
			}
		}
		if key, ok := strings.CutPrefix(word, "ParameterKey="); ok {
			if k, v, ok := strings.Cut(key, ",ParameterValue="); ok && k != "" {
				values[unquote(k)] = unquote(v)
				continue
			}
		}
		k, v, ok := strings.Cut(word, "=")
		if !ok || k == "" {
			if bad == "" {
				bad = word
			}
			continue
		}
		values[unquote(k)] = unquote(v)
	}
	return bad
}

// splitWords cuts at spaces outside quotes; a backslash keeps the next
// character as it is.
func splitWords(text string) []string {
	var words []string
	var cur strings.Builder
	var quote byte
	flush := func() {
		if cur.Len() > 0 {
			words = append(words, cur.String())
			cur.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			cur.WriteByte(c)
			i++
			cur.WriteByte(text[i])
		case quote != 0:
			cur.WriteByte(c)
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
			cur.WriteByte(c)
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			flush()
		default:
			cur.WriteByte(c)
		}
	}
	flush()
	return words
}

// unquote takes the quotes off a value and the backslashes off its characters.
func unquote(text string) string {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		text = text[1 : n-1]
	}
	if !strings.ContainsRune(text, '\\') {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
