package cfn

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/load/cfn/sam"
	"github.com/remit-security/remit/internal/source"
)

// Names of the transforms that are understood.
const (
	transformSAM      = sam.Name
	transformLanguage = "AWS::LanguageExtensions"
	transformInclude  = "AWS::Include"
)

// macroKey calls a macro, which adds to the map that it stands in.
const macroKey = "Fn::Transform"

// A Template is one parsed template file, before any parameter has a value.
type Template struct {
	File string
	// Root is the document with its intrinsic functions in the long form.
	Root *source.Node
	// Problems are those of the syntax.
	Problems []source.Problem
	// Uploads are the files that a deployment puts where the template looks
	// for them; nil where nobody says.
	Uploads Uploads
	// Deployment is what is known beside the text; nil where nobody says.
	Deployment *Deployment
}

// MayBeTemplate tells from the bytes alone whether a file is worth parsing:
// every template names an AWS resource type, the format's version or a
// transform.
func MayBeTemplate(data []byte) bool {
	if bytes.IndexByte(data, 0) >= 0 {
		return bytes.Contains(data, []byte("AWSTemplateFormatVersion"))
	}
	return bytes.Contains(data, []byte("AWSTemplateFormatVersion")) ||
		bytes.Contains(data, []byte("Resources")) &&
			(bytes.Contains(data, []byte("AWS::")) || bytes.Contains(data, []byte("Custom::")))
}

// The words by which a file says that it is a template: the version or the
// transform as a key, or a section of resources with AWS types.
var (
	saysVersion   = regexp.MustCompile(`(?m)^[ \t]*[{,]?[ \t]*["']?AWSTemplateFormatVersion["']?[ \t]*:[ \t]*["']?\d|^["']?Transform["']?[ \t]*:.*AWS::`)
	saysResources = regexp.MustCompile(`(?m)^[ \t]*["']?Resources["']?[ \t]*:[ \t]*[{]?[ \t]*\r?$`)
	saysType      = regexp.MustCompile(`(?m)^[ \t]+["']?Type["']?[ \t]*:[ \t]*["']?AWS::[A-Z][A-Za-z0-9]+::`)
)

// claims reports whether a file that cannot be parsed says that it is a
// template.
func claims(data []byte) bool {
	return saysVersion.Match(data) || saysResources.Match(data) && saysType.Match(data)
}

// Parse reads a file as a template. It gives nil without problems for what is
// no template, and nil with problems for what says that it is one but cannot
// be read.
func Parse(file string, data []byte, limits source.Limits) (*Template, []source.Problem) {
	data = source.Plain(data)
	if !MayBeTemplate(data) {
		return nil, nil
	}
	n, problems := source.Parse(file, data, limits)
	problems = fewer(file, problems)
	if n == nil {
		if claims(data) {
			return nil, problems
		}
		return nil, nil
	}
	ok, why := isTemplate(n)
	if !ok {
		if why != "" {
			problems = append(problems, source.Problem{Span: headSpan(n), Message: why})
			return nil, problems
		}
		return nil, nil
	}
	return &Template{File: file, Root: intrinsic.Normalize(n), Problems: problems}, problems
}

// fewer bounds the problems of one file's syntax.
func fewer(file string, list []source.Problem) []source.Problem {
	const most = 100
	if len(list) <= most {
		return list
	}
	more := source.Problem{Span: source.FileSpan(file), Message: fmt.Sprintf("%d more problems in the syntax of this file are not listed", len(list)-most)}
	return append(list[:most:most], more)
}

// headSpan is the start of a document.
func headSpan(n *source.Node) source.Span {
	s := n.Span
	s.EndLine, s.EndColumn = s.Line, s.Column
	if len(n.Fields) > 0 {
		return n.Fields[0].KeySpan
	}
	return s
}

// isTemplate tells whether a document is a template; why says what a document
// lacks that claims to be one.
func isTemplate(n *source.Node) (ok bool, why string) {
	if !n.Is(source.MapNode) {
		return false, ""
	}
	declared := n.Has("AWSTemplateFormatVersion") || declaresTransform(n.Get("Transform"))
	res := n.Get("Resources")
	if res.Is(source.MapNode) {
		if declared {
			return true, ""
		}
		for _, f := range res.Fields {
			t := f.Value.Get("Type")
			if t.Is(source.StringNode) && strings.Contains(t.Text, "::") || strings.HasPrefix(f.Key, loopPrefix) {
				return true, ""
			}
		}
		return false, ""
	}
	if !declared {
		return false, ""
	}
	if res == nil || res.Kind == source.NullNode {
		return false, "the template has no resources; write them under Resources"
	}
	return false, "Resources must be a map of logical ids, not a " + res.Kind.String() + "; nothing of the template is analysed"
}

// Declared reports whether the file says itself that it is a template, by its
// version or transform, and does not only look like one.
func (t *Template) Declared() bool {
	return t.Deployment != nil || t.Root.Has("AWSTemplateFormatVersion") || declaresTransform(t.Root.Get("Transform"))
}

func declaresTransform(n *source.Node) bool {
	found := false
	eachTransform(n, func(name string, _ *source.Node) { found = found || strings.HasPrefix(name, "AWS::") })
	return found
}

// eachTransform calls f for every name in a Transform section: a string, a
// list, or maps with Name.
func eachTransform(n *source.Node, f func(name string, at *source.Node)) {
	switch {
	case n == nil:
	case n.Kind == source.StringNode:
		f(n.Text, n)
	case n.Kind == source.ListNode:
		for _, it := range n.Items {
			eachTransform(it, f)
		}
	case n.Kind == source.MapNode:
		if name := n.Get("Name"); name.Is(source.StringNode) {
			f(name.Text, n)
		}
	}
}

// SAM reports whether the template asks for the SAM transform.
func (t *Template) SAM() bool { return t.transforms(transformSAM) }

func (t *Template) transforms(name string) bool {
	found := false
	eachTransform(t.Root.Get("Transform"), func(n string, _ *source.Node) { found = found || n == name })
	return found
}

// A section is one of the maps of a template, such as Resources.
type section struct {
	fields []source.Field
	index  map[string]int
}

func newSection(n *source.Node) *section {
	sec := &section{index: map[string]int{}}
	if !n.Is(source.MapNode) {
		return sec
	}
	for _, f := range n.Fields {
		if f.Key == macroKey {
			continue // what it would add is not known, as the transforms have said
		}
		if i, ok := sec.index[f.Key]; ok {
			sec.fields[i] = f // the last one counts, as the parser has said
			continue
		}
		sec.index[f.Key] = len(sec.fields)
		sec.fields = append(sec.fields, f)
	}
	return sec
}

func (s *section) get(key string) *source.Node {
	if f := s.field(key); f != nil {
		return f.Value
	}
	return nil
}

func (s *section) field(key string) *source.Field {
	if s == nil {
		return nil
	}
	if i, ok := s.index[key]; ok {
		return &s.fields[i]
	}
	return nil
}

// cache keeps parsed files, so that a template which several others nest is
// read once.
type cache struct {
	mu    sync.Mutex
	files map[string]*entry
}

type entry struct {
	once     sync.Once
	node     *source.Node
	problems []source.Problem
	err      error
}

// Add gives the loader a template that is parsed already.
func (l *Loader) Add(t *Template) {
	e := &entry{node: t.Root, problems: t.Problems}
	e.once.Do(func() {})
	l.files.mu.Lock()
	defer l.files.mu.Unlock()
	l.files.files[t.File] = e
}

// document reads any YAML or JSON file below the root, with its intrinsic
// functions in the long form.
func (l *Loader) document(file string) (*source.Node, []source.Problem, error) {
	l.files.mu.Lock()
	e := l.files.files[file]
	if e == nil {
		e = &entry{}
		l.files.files[file] = e
	}
	l.files.mu.Unlock()
	e.once.Do(func() {
		data, err := l.root.Read(file)
		if err != nil {
			e.err = err
			return
		}
		e.node, e.problems = source.Parse(file, data, l.root.Limits())
		if e.node != nil {
			e.node = intrinsic.Normalize(e.node)
		}
	})
	return e.node, e.problems, e.err
}
