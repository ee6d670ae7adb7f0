package cfn

import (
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
	value *value.Value
}

// CollectExports evaluates the exports of the applications, in their order.
func CollectExports(apps []*App) *Exports {
	e := &Exports{byName: map[string][]export{}}
	for _, a := range apps {
		for _, x := range a.exports() {
			e.byName[x.name] = append(e.byName[x.name], export{app: a.app.ID, value: x.value})
		}
	}
	return e
}

type namedExport struct {
	name  string
	value *value.Value
}

// exports are the exported outputs of the application and its nested stacks.
func (a *App) exports() []namedExport {
	var out []namedExport
	a.stack.eachExport(func(name value.Text, v *value.Value) {
		out = append(out, namedExport{name: name.String(), value: v})
	})
	return out
}

func (s *stack) eachExport(f func(name value.Text, v *value.Value)) {
	for _, o := range s.sections["Outputs"].fields {
		n := o.Value.Path("Export", "Name")
		if n == nil {
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
	hole := value.NewUnresolved("ImportValue "+name.String(), at, nil)
	if s.run.exports == nil {
		return hole
	}
	found := s.run.exports.byName[name.String()]
	if len(found) == 1 {
		return found[0].value.At(at)
	}
	return hole
}
