package cfn

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Bounds of nesting: AWS itself allows far less in practice.
const (
	maxDepth  = 10
	maxStacks = 300
)

// nests reports whether resources of the type are stacks of their own.
func nests(typ string) bool {
	return typ == "AWS::CloudFormation::Stack" || typ == "AWS::Serverless::Application"
}

// locationOf is where a nested stack says that its template is.
func locationOf(resource *source.Node) *source.Node {
	if !resource.Is(source.MapNode) {
		return nil
	}
	// A CDK application names the local file in the resource's metadata; its
	// TemplateURL is where a deployment will put it.
	if p := resource.Path("Metadata", "aws:asset:path"); p.Is(source.StringNode) {
		return p
	}
	if u := resource.Path("Properties", "TemplateURL"); u != nil {
		return u
	}
	return resource.Path("Properties", "Location")
}

// remote reports whether a location is no local path.
func remote(location string) bool {
	return strings.Contains(location, "://") && !strings.HasPrefix(location, "file://")
}

// LocalChildren are the files that a template nests by local path, relative
// to the root, without regard to conditions.
func (t *Template) LocalChildren() []string {
	var out []string
	for _, f := range newSection(t.Root.Get("Resources")).fields {
		if typ := f.Value.Get("Type"); !typ.Is(source.StringNode) || !nests(typ.Text) {
			continue
		}
		loc := locationOf(f.Value)
		if file, ok := t.Uploads.file(loc); ok {
			out = append(out, file)
			continue
		}
		if !loc.Is(source.StringNode) || remote(loc.Text) {
			continue
		}
		if file, err := source.Join(t.File, loc.Text); err == nil {
			out = append(out, file)
		}
	}
	return out
}

// child is the nested stack of a resource, or nil where it cannot be read.
func (s *stack) child(logical string) *stack {
	if c, ok := s.children[logical]; ok {
		return c
	}
	s.children[logical] = nil // while it is being opened, and if that fails
	c := s.openChild(logical)
	s.children[logical] = c
	return c
}

func (s *stack) openChild(logical string) *stack {
	file, at, ok := s.childFile(logical)
	if !ok {
		return nil
	}
	for p := s; p != nil; p = p.parent {
		if p.tpl.File == file {
			s.problem(at, "the nested stack %s contains itself through %s; it is not followed", logical, file)
			return nil
		}
	}
	if s.level+1 > maxDepth || s.stacks >= maxStacks {
		s.problem(at, "the nested stack %s is not read: more than %d levels or %d stacks", logical, maxDepth, maxStacks)
		return nil
	}
	n, problems, err := s.loader.document(file)
	if err != nil {
		s.problem(at, "the nested template %s is not read: %v", quoteShort(file), readable(err))
		return nil
	}
	s.files[file] = true
	if n == nil {
		s.problems.Append(problems...)
		return nil
	}
	if ok, _ := isTemplate(n); !ok {
		s.problem(at, "%s is not a template; nothing of the nested stack %s is seen", quoteShort(file), logical)
		return nil
	}
	c := newStack(s.run, s, logical, &Template{File: file, Root: n, Problems: problems, Uploads: s.tpl.Uploads})
	c.params = c.parameters(s.passed(logical), true)
	c.prepare()
	return c
}

// childFile resolves where the template of a nested stack is.
func (s *stack) childFile(logical string) (file string, at source.Span, ok bool) {
	r := s.resource(logical)
	loc := locationOf(r)
	if loc == nil {
		s.problem(s.declared(logical), "the nested stack %s names no template; give it a local path", logical)
		return "", at, false
	}
	at = loc.Span
	if file, ok := s.tpl.Uploads.file(loc); ok {
		return file, at, true
	}
	v := s.eval(loc)
	text, known := v.Known()
	switch {
	case v.Kind() == value.Map:
		s.problem(at, "the nested application %s comes from the application repository; its resources are not seen", logical)
		return "", at, false
	case known && text == "" && s.generated[logical] != "":
		return "", at, false // SAM has said what is wrong with it
	case known && text == "":
		s.problem(at, "the nested stack %s names no template; give it a local path", logical)
		return "", at, false
	case !known || remote(text):
		s.problem(at, "the nested stack %s is not a local file; its resources are not seen", logical)
		return "", at, false
	}
	base := loc.Span.File
	file, err := source.Join(base, strings.TrimPrefix(text, "file://"))
	if err != nil {
		s.problem(at, "the nested template %s is not read: %v", quoteShort(text), err)
		return "", at, false
	}
	return file, at, true
}

// passed are the parameters that a nested stack is given.
func (s *stack) passed(logical string) map[string]*value.Value {
	n := s.resource(logical).Path("Properties", "Parameters")
	if n == nil {
		return nil
	}
	v := s.eval(n)
	if v.Kind() != value.Map {
		return nil
	}
	out := map[string]*value.Value{}
	for _, f := range v.Fields() {
		out[f.Key] = bounded(f.Value)
	}
	return out
}

// An output is the value of one entry of Outputs while and after it is found.
type output struct {
	value *value.Value
	done  bool
}

// childOutput is Fn::GetAtt of Outputs.Name of a nested stack: the value
// itself, so that a reference leads to the resource in the nested stack.
func (s *stack) childOutput(logical, name string, at source.Span) *value.Value {
	c := s.child(logical)
	unknown := value.NewUnresolved(s.id(logical)+".Outputs."+name, at, nil)
	if c == nil {
		return unknown
	}
	v, ok := c.output(name, at)
	if !ok {
		s.problem(at, "the nested stack %s has no output %s; add it to %s or correct the name", logical, name, c.tpl.File)
		return unknown
	}
	return s.shared(v, at)
}

// output evaluates an output of this stack, once.
func (s *stack) output(name string, at source.Span) (*value.Value, bool) {
	if o := s.outputs[name]; o != nil {
		if !o.done {
			s.problem(at, "the output %s depends on itself; it stays unresolved", name)
			return value.NewUnresolved(s.id("Outputs."+name), at, nil), true
		}
		return o.value, true
	}
	n := s.sections["Outputs"].get(name)
	if n == nil {
		return nil, false
	}
	o := &output{}
	s.outputs[name] = o
	o.value = value.NewUnresolved(s.id("Outputs."+name), at, nil)
	if v := s.eval(n.Get("Value")); v.Kind() != value.Absent {
		o.value = bounded(v)
	}
	o.done = true
	return o.value, true
}

// bounded gives up the choices and parts of a value that has too many: values
// that stacks hand on to each other could double with every step.
func bounded(v *value.Value) *value.Value {
	const most = 2000
	n := 0
	v.Walk(func(*value.Value) bool { n++; return n <= most })
	if n <= most {
		return v
	}
	why := v.Why()
	if why == "" {
		why = "a " + v.Kind().String() + " of many parts"
	}
	return value.NewUnresolved(why, v.Span(), nil)
}

// readable says why a file was not read, in words.
func readable(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file"
	}
	return err.Error()
}

// quoteShort quotes a text of the input for a message, cut to a length that
// leaves the message readable.
func quoteShort(text string) string {
	const limit = 120
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return `"` + strings.Map(printable, text) + `"`
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '"' {
		return '?'
	}
	return r
}
