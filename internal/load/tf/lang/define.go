package lang

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/remit-security/remit/internal/value"
)

// maxNamed bounds the names that one definition follows.
const maxNamed = 200

// when spells out what decides how many instances a block has, in this module
// and in the calls around it: the expression, and what the locals, variables
// and arguments are that it names. It is a sum, since a variable may be secret.
func (m *module) when(b *block) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(m.decides(b))))
}

func (m *module) decides(b *block) string {
	out := ""
	for _, name := range []string{"count", "for_each"} {
		if a := b.arg(name); a != nil {
			d := definition{seen: map[string]bool{}}
			d.expression(m, a.expr)
			slices.Sort(d.lines)
			out = name + " = " + m.spelled(a.expr.Range()) + "\n" + strings.Join(d.lines, "\n")
			break
		}
	}
	if m.from != nil && m.exists == value.Unknown {
		out = m.parent.decides(m.from.block) + "\n" + out
	}
	return out
}

// spelled is the text of an expression without regard to blanks.
func (m *module) spelled(r hcl.Range) string { return strings.Join(strings.Fields(m.text(r)), " ") }

// A definition collects what the names in an expression stand for.
type definition struct {
	seen  map[string]bool
	lines []string
}

func (d *definition) expression(m *module, e hclsyntax.Expression) {
	for _, t := range e.Variables() {
		if len(t) < 2 {
			continue
		}
		attr, ok := t[1].(hcl.TraverseAttr)
		key := m.path + t.RootName() + "." + attr.Name
		if !ok || d.seen[key] || len(d.seen) == maxNamed {
			continue
		}
		d.seen[key] = true
		switch t.RootName() {
		case "local":
			if decl := m.conf.names[attr.Name]; decl != nil {
				d.lines = append(d.lines, key+" = "+m.spelled(decl.expr.Range()))
				d.expression(m, decl.expr)
			}
		case "var":
			if thunk := m.variables[attr.Name]; thunk != nil && thunk.done && thunk.v.IsResolved() {
				d.lines = append(d.lines, key+" = "+thunk.v.Str())
			} else if a := m.inputs[attr.Name]; a != nil && m.parent != nil {
				d.lines = append(d.lines, key+" = "+m.parent.spelled(a.expr.Range()))
				d.expression(m.parent, a.expr)
			}
		}
	}
}
