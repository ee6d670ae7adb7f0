package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// expandSAM runs the SAM transform on the body.
func (s *stack) expandSAM() { _, _ = s.parameterNodes(), s.readBeside }

// parameterNodes are the parameters whose values are known, as SAM takes
// them: lists as one string.
func (s *stack) parameterNodes() map[string]*source.Node {
	out := map[string]*source.Node{}
	for name, v := range s.params {
		if text, ok := v.Known(); ok {
			out[name] = source.NewString(text, v.Span())
			continue
		}
		if v.Kind() != value.List || !v.IsResolved() {
			continue
		}
		var items []string
		for _, it := range v.Items() {
			items = append(items, it.Str())
		}
		out[name] = source.NewString(strings.Join(items, ","), v.Span())
	}
	return out
}

// readBeside reads a document that the template names by a path relative to
// itself.
func (s *stack) readBeside(path string) (*source.Node, []source.Problem) {
	file, err := source.Join(s.tpl.File, path)
	if err == nil {
		var n *source.Node
		var problems []source.Problem
		if n, problems, err = s.loader.document(file); err == nil {
			s.files[file] = true
			return n, problems
		}
	}
	return nil, []source.Problem{{Span: source.FileSpan(s.tpl.File), Message: "the file " + quoteShort(path) + " is not read: " + readable(err)}}
}
