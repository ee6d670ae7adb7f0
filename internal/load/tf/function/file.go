package function

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// places are the paths below Root that a path may mean: what stands in the
// folder of the root module, and what an evaluator has already made relative
// to Root from path.module.
func (c *call) places(name string) ([]string, error) {
	if path.IsAbs(name) || strings.HasPrefix(name, "~") {
		return nil, source.ErrOutside
	}
	whole, err := source.Clean(name)
	below, err2 := source.Clean(path.Join(c.env.Dir, name))
	switch {
	case err != nil && err2 != nil:
		return nil, source.ErrOutside
	case err != nil:
		return []string{below}, nil
	case err2 != nil || whole == below:
		return []string{whole}, nil
	}
	if dir := path.Clean(c.env.Dir); whole == dir || strings.HasPrefix(whole, dir+"/") {
		return []string{whole, below}, nil
	}
	return []string{below, whole}, nil
}

var errNoRoot = errors.New("there are no files to read")

// read reads the file that a path means; place is where it lies.
func (c *call) read(name string) (data []byte, place string, err error) {
	places, err := c.places(name)
	if err != nil {
		return nil, "", err
	}
	if c.env.Root == nil {
		return nil, "", errNoRoot
	}
	var first error
	for _, p := range places {
		if data, err = c.env.Root.Read(p); err == nil {
			if c.env.Seen != nil {
				c.env.Seen(p)
			}
			return data, p, nil
		}
		if first == nil || errors.Is(first, fs.ErrNotExist) || errors.Is(first, source.ErrOutside) {
			first = err
		}
	}
	return nil, "", first
}

// unread is the result for a file that was not read.
func (c *call) unread(name string, err error) *value.Value {
	switch {
	case errors.Is(err, source.ErrOutside):
		return c.wrong("%q is outside the scanned folder and is not read", shorten(name))
	case errors.Is(err, fs.ErrNotExist):
		return c.wrong("there is no file %q", shorten(name))
	}
	return c.wrong("%q is not read: %v", shorten(name), err)
}

func (c *call) file() *value.Value {
	name, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.unknown()
	}
	data, place, err := c.read(name)
	if err != nil {
		return c.unread(name, err)
	}
	if !utf8.Valid(data) {
		return c.wrong("%q is not UTF-8 text", shorten(name))
	}
	t := value.Lit(string(data))
	if doc := document(place, data); doc != nil {
		return value.NewDocument(t, doc, c.at)
	}
	return value.NewText(t, c.at)
}

// document is what a file of JSON holds, with its own spans.
func document(file string, data []byte) *value.Value {
	text := strings.TrimLeft(string(source.Plain(data)), " \t\r\n")
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return nil
	}
	node, problems := source.ParseJSON(file, data, source.DefaultLimits)
	if node == nil || len(problems) > 0 {
		return nil
	}
	return value.FromNode(node)
}

// digested is a hash of a file. A file that is not there is made by a build,
// as archives of code are, and its hash tells nothing about the application.
func digested(d digest) func(*call) *value.Value {
	return func(c *call) *value.Value {
		name, ok, bad := c.known(0)
		if bad != nil {
			return bad
		}
		if !ok {
			return c.hole()
		}
		data, _, err := c.read(name)
		switch {
		case errors.Is(err, source.ErrOutside):
			c.unread(name, err)
			return c.hole()
		case err != nil:
			return c.hole()
		}
		return c.text(value.Lit(d(data)))
	}
}

func (c *call) fileexists() *value.Value {
	name, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.either()
	}
	_, _, err := c.read(name)
	switch {
	case errors.Is(err, source.ErrOutside):
		c.unread(name, err)
		return c.either()
	case errors.Is(err, errNoRoot):
		return c.either()
	}
	return value.NewBool(err == nil || errors.Is(err, source.ErrTooLarge) || errors.Is(err, source.ErrTotal), c.at)
}

// templatefile renders a file with variables.
func (c *call) templatefile() *value.Value {
	name, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.unknown()
	}
	if c.env.Template == nil {
		return c.wrong("a template cannot use another template")
	}
	data, place, err := c.read(name)
	if err != nil {
		return c.unread(name, err)
	}
	if !utf8.Valid(data) {
		return c.wrong("%q is not UTF-8 text", shorten(name))
	}
	return c.rendered(data, place)
}

func (c *call) templatestring() *value.Value {
	t, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.hole()
	}
	if c.env.Template == nil {
		return c.wrong("a template cannot use another template")
	}
	return c.rendered([]byte(t), c.at.File)
}

func (c *call) rendered(text []byte, file string) *value.Value {
	if k := untyped(c.args[1]).Kind(); k != value.Map && k != value.Unresolved {
		return c.wrong("argument 2 must be a map of variables, not %s", kindName(c.args[1]))
	}
	v := c.env.Template(text, file, c.args[1], c.at)
	if v == nil {
		return c.unknown()
	}
	return v
}

// abspath is the path below the scanned folder: where that folder lies on a
// machine is nothing that the sources tell.
func (c *call) abspath() *value.Value {
	name, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.args[0]
	}
	if _, err := c.places(name); err != nil {
		return c.unread(name, err)
	}
	return c.text(value.Lit(path.Clean(strings.ReplaceAll(name, `\`, "/"))))
}

func (c *call) pathexpand() *value.Value {
	s, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	if rest, home := strings.CutPrefix(s, "~"); ok && home && (rest == "" || rest[0] == '/') {
		return c.text(value.Concat(value.Hole("the home folder"), value.Lit(rest)))
	}
	return c.args[0]
}

func (c *call) basename() *value.Value { return c.pathPart(true) }

func (c *call) dirname() *value.Value { return c.pathPart(false) }

// pathPart is the name or the folder of a path; holes before the last slash
// that is seen stay, and one after it could hold another.
func (c *call) pathPart(name bool) *value.Value {
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	if s, ok := t.Known(); ok {
		if name {
			return c.text(value.Lit(path.Base(s)))
		}
		return c.text(value.Lit(path.Dir(s)))
	}
	parts := t.Parts()
	last := len(parts) - 1
	cut := strings.LastIndexByte(parts[last].Lit, '/')
	if cut < 0 || cut == len(parts[last].Lit)-1 {
		return c.hole()
	}
	if name {
		return c.text(value.Lit(parts[last].Lit[cut+1:]))
	}
	var out []value.Text
	for _, p := range parts[:last] {
		out = append(out, part(p))
	}
	return c.text(value.Concat(append(out, value.Lit(parts[last].Lit[:cut]))...))
}
