package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/load/cfn/sam"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// expandSAM runs the SAM transform on the body.
func (s *stack) expandSAM() {
	res := sam.Expand(s.body, sam.Options{
		Parameters:    s.parameterNodes(),
		Region:        s.where.region,
		Partition:     s.where.partition,
		ReadFile:      s.readBeside,
		ManagedPolicy: catalogue.ManagedByName,
	})
	if res.Doc.Is(source.MapNode) {
		s.body = res.Doc
	}
	s.generated = map[string]string{}
	for id, from := range res.From {
		s.generated[id] = from.ID
	}
	for _, p := range res.Problems {
		if p.Property != "Fn::Transform" { // noted when the includes were read
			s.problems.Append(p.Problem)
		}
	}
}

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
	return nil, []source.Problem{{Span: s.spanOfText(path), Message: "the file " + quoteShort(path) + " is not read: " + readable(err)}}
}

// spanOfText is where the body has a string.
func (s *stack) spanOfText(text string) source.Span {
	var find func(n *source.Node) *source.Node
	find = func(n *source.Node) *source.Node {
		if n == nil || isText(n, text) {
			return n
		}
		for _, it := range n.Items {
			if hit := find(it); hit != nil {
				return hit
			}
		}
		for _, f := range n.Fields {
			if hit := find(f.Value); hit != nil {
				return hit
			}
		}
		return nil
	}
	if n := find(s.body.Get("Resources")); n != nil {
		return n.Span
	}
	return source.FileSpan(s.tpl.File)
}
