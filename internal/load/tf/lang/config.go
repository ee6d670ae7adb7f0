package lang

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/source"
)

// A config is the configuration in one folder: its files and overrides
// merged, nothing evaluated.
type config struct {
	dir       string
	report    func(source.Span, string, ...any)
	files     map[string]*file
	variables []*block
	locals    []*argument
	outputs   []*block
	resources []*block
	calls     []*block
	providers []*block

	index map[string]*block // by kind and labels
	names map[string]*argument
}

// A block is a block with its body in the order written, overrides merged.
type block struct {
	typ    string
	labels []string
	header hcl.Range
	whole  hcl.Range
	args   []*argument
	blocks []*block
}

// An argument is one attribute of a body.
type argument struct {
	name string
	expr hclsyntax.Expression
	at   hcl.Range // of the name
}

func newConfig(dir string, report func(source.Span, string, ...any)) *config {
	return &config{dir: dir, report: report, files: map[string]*file{}, index: map[string]*block{}, names: map[string]*argument{}}
}

// arg returns the argument of a block, or nil.
func (b *block) arg(name string) *argument {
	for _, a := range b.args {
		if a.name == name {
			return a
		}
	}
	return nil
}

// nested returns the blocks of a type directly in b.
func (b *block) nested(typ string) []*block {
	var out []*block
	for _, n := range b.blocks {
		if n.typ == typ {
			out = append(out, n)
		}
	}
	return out
}

func (b *block) label(i int) string {
	if i < len(b.labels) {
		return b.labels[i]
	}
	return ""
}

// newBlock takes over a block of the parser.
func newBlock(b *hclsyntax.Block) *block {
	out := &block{typ: b.Type, labels: b.Labels, header: b.DefRange(), whole: hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)}
	out.args, out.blocks = body(b.Body)
	return out
}

func body(b *hclsyntax.Body) ([]*argument, []*block) {
	if b == nil {
		return nil, nil
	}
	var args []*argument
	for _, a := range b.Attributes {
		args = append(args, &argument{a.Name, a.Expr, a.NameRange})
	}
	slices.SortFunc(args, func(a, b *argument) int {
		return cmp.Or(cmp.Compare(a.at.Start.Byte, b.at.Start.Byte), cmp.Compare(a.name, b.name))
	})
	var blocks []*block
	for _, n := range b.Blocks {
		blocks = append(blocks, newBlock(n))
	}
	return args, blocks
}

// labelled are the kinds of blocks at the top of a file that remit reads, with
// the number of their labels.
var labelled = map[string]int{"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}

// silent are blocks that say nothing about what is deployed: settings, and
// what Terraform does to its own state.
var silent = map[string]bool{"terraform": true, "moved": true, "import": true, "removed": true, "check": true, "language": true, "action": true}

// blocks gives the blocks at the top of a file, and the locals.
func (c *config) blocks(f *file, each func(*block), local func(*argument)) {
	c.files[f.name] = f
	for _, a := range f.body.Attributes {
		c.report(f.span(a.NameRange), "the argument %.80q stands outside of any block; it is not read", a.Name)
	}
	for _, hb := range f.body.Blocks {
		want, known := labelled[hb.Type]
		switch {
		case hb.Type == "locals":
			args, _ := body(hb.Body)
			for _, a := range args {
				local(a)
			}
		case silent[hb.Type]:
		case !known:
			c.report(f.span(hb.TypeRange), "%.80q is no block that Terraform has at the top of a file; it is not read", hb.Type)
		case len(hb.Labels) != want:
			c.report(f.span(hb.DefRange()), "a %s block has %d labels, not %d; it is not read", hb.Type, want, len(hb.Labels))
		default:
			each(newBlock(hb))
		}
	}
}

// key tells blocks that declare the same thing.
func (b *block) key() string {
	if b.typ == "provider" {
		return b.typ + " " + b.label(0) + " " + b.alias()
	}
	return b.typ + " " + strings.Join(b.labels, " ")
}

// alias is the alias of a provider block.
func (b *block) alias() string {
	if a := b.arg("alias"); a != nil {
		return literal(a.expr)
	}
	return ""
}

// add takes the declarations of a file.
func (c *config) add(f *file) {
	c.blocks(f, func(b *block) {
		if first := c.index[b.key()]; first != nil {
			c.report(f.span(b.header), "%s %s is declared twice, first at %s; this one is not read", b.typ, strings.Join(b.labels, "."), c.span(first.header))
			return
		}
		c.declare(b)
	}, func(a *argument) {
		if first := c.names[a.name]; first != nil {
			c.report(f.span(a.at), "local.%s is declared twice, first at %s; this one is not read", a.name, c.span(first.at))
			return
		}
		c.names[a.name] = a
		c.locals = append(c.locals, a)
	})
}

func (c *config) declare(b *block) {
	c.index[b.key()] = b
	switch b.typ {
	case "variable":
		c.variables = append(c.variables, b)
	case "output":
		c.outputs = append(c.outputs, b)
	case "module":
		c.calls = append(c.calls, b)
	case "provider":
		c.providers = append(c.providers, b)
	default:
		c.resources = append(c.resources, b)
	}
}

// override merges the declarations of a file into those that are there, as
// Terraform does: arguments one by one, nested blocks by their type.
// https://developer.hashicorp.com/terraform/language/files/override
func (c *config) override(f *file) {
	c.blocks(f, func(b *block) {
		base := c.index[b.key()]
		switch {
		case base != nil:
			base.merge(b)
		case b.typ == "provider":
			c.declare(b)
		default:
			c.report(f.span(b.header), "there is no %s %s that this block could override; it is not read", b.typ, strings.Join(b.labels, "."))
		}
	}, func(a *argument) {
		if base := c.names[a.name]; base != nil {
			base.expr, base.at = a.expr, a.at
			return
		}
		c.report(f.span(a.at), "there is no local.%s that this could override; it is not read", a.name)
	})
}

func (b *block) merge(o *block) {
	have := map[string]*argument{}
	for _, a := range b.args {
		have[a.name] = a
	}
	for _, a := range o.args {
		if base := have[a.name]; base != nil {
			*base = *a
		} else {
			b.args = append(b.args, a)
		}
		switch a.name { // of which a block may have one only
		case "count":
			b.drop("for_each")
		case "for_each":
			b.drop("count")
		}
	}
	if b.typ == "lifecycle" {
		return
	}
	replaced := map[string]bool{}
	var added []*block
	for _, n := range o.blocks {
		if own := b.nested("lifecycle"); n.typ == "lifecycle" && len(own) > 0 {
			own[0].merge(n)
			continue
		}
		replaced[n.produces()] = true
		added = append(added, n)
	}
	b.blocks = slices.DeleteFunc(b.blocks, func(n *block) bool { return replaced[n.produces()] })
	b.blocks = append(b.blocks, added...)
}

func (b *block) drop(name string) {
	b.args = slices.DeleteFunc(b.args, func(a *argument) bool { return a.name == name })
}

// produces is the type of the blocks that b stands for.
func (b *block) produces() string {
	if b.typ == "dynamic" {
		return b.label(0)
	}
	return b.typ
}

// span is a range of one of the files.
func (c *config) span(r hcl.Range) source.Span {
	if f := c.files[r.Filename]; f != nil {
		return f.span(r)
	}
	return source.FileSpan(r.Filename)
}

// literal is the text of an expression that is a string without
// interpolations, or a keyword; empty for others.
func literal(e hclsyntax.Expression) string {
	switch e := e.(type) {
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			v, _ := e.Value(nil)
			return v.AsString()
		}
	case *hclsyntax.ScopeTraversalExpr:
		if len(e.Traversal) == 1 {
			return e.Traversal.RootName()
		}
	}
	return ""
}
