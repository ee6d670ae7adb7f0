package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Exports are the exported outputs of all applications of one scan, by the
// text of their names. After it is built it is only read.
type Exports struct {
	byName map[string][]export
}

type export struct {
	app   string
	from  *run
	value *value.Value
}

// CollectExports evaluates the exports of the applications, in their order.
// An export that is made of an import is evaluated again once that is known.
func CollectExports(apps []*App) *Exports {
	const rounds = 4
	e := &Exports{}
	lists := make([][]namedExport, len(apps))
	for round := range rounds {
		again := false
		for i, a := range apps {
			switch {
			case round == 0:
			case len(a.run.imported) > 0 && len(lists[i]) > 0:
				a.reset(e)
			default:
				continue
			}
			lists[i] = a.exports()
			again = again || len(a.run.imported) > 0 && len(lists[i]) > 0
		}
		e = &Exports{byName: map[string][]export{}}
		for i, list := range lists {
			for _, x := range list {
				e.byName[x.name] = append(e.byName[x.name], export{app: apps[i].app.ID, from: apps[i].run, value: x.value})
			}
		}
		if !again {
			break
		}
	}
	return e
}

type namedExport struct {
	name  string
	value *value.Value
}

// exports are the exported outputs of the application and its nested stacks.
// The name of a stack is its own: no other application can mean it.
func (a *App) exports() []namedExport {
	var out []namedExport
	a.stack.eachExport(func(name value.Text, v *value.Value) {
		for _, p := range name.Parts() {
			if p.Fresh || strings.HasPrefix(p.Hole, "AWS::Stack") {
				return
			}
		}
		out = append(out, namedExport{name: name.String(), value: v})
	})
	return out
}

func (s *stack) eachExport(f func(name value.Text, v *value.Value)) {
	for _, o := range s.sections["Outputs"].fields {
		n := o.Value.Path("Export", "Name")
		if n == nil || s.outputExists(o) == value.No {
			continue
		}
		if name, ok := scalar(s.eval(n)); ok {
			if v, ok := s.output(o.Key, o.KeySpan); ok {
				f(name, v)
			}
		}
	}
	for _, r := range s.sections["Resources"].fields {
		if t := r.Value.Get("Type"); t.Is(source.StringNode) && nests(t.Text) && s.exists(r.Key) != value.No {
			if c := s.child(r.Key); c != nil {
				c.eachExport(f)
			}
		}
	}
}

// fnImportValue evaluates Fn::ImportValue against the exports of the scan.
func (s *stack) fnImportValue(arg *source.Node, at source.Span) *value.Value {
	name, ok := scalar(s.eval(arg))
	if !ok || name.IsEmpty() {
		return s.wrong("Fn::ImportValue", at, "the name of an export")
	}
	text := name.String()
	hole := value.NewUnresolved("ImportValue "+shorten(text), at, nil)
	first := !s.imported[text]
	s.imported[text] = true
	if s.run.exports == nil {
		return hole
	}
	switch found := s.named(text); {
	case len(found) == 1:
		return found[0].value.At(at)
	case len(found) > 1 && first:
		s.problem(at, "%d templates here export %s, among them %s and %s; which one is meant is not known", len(found), quoteShort(text), found[0].app, found[1].app)
	case first && len(s.run.exports.byName[text]) > 0:
		s.problem(at, "%s is exported here only to another account or region, where an import does not reach; the imported value stays unresolved", quoteShort(text))
	case first:
		s.problem(at, "no template here exports %s; the imported value stays unresolved unless the stack that exports it is scanned too", quoteShort(text))
	}
	return hole
}
