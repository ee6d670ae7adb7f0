package policy

import (
	"bytes"
	"encoding/json"

	"github.com/remit-security/remit/internal/value"
)

// MarshalJSON prints the document: its elements in the order of the grammar,
// single values and lists as they were written, holes as ${name}.
func (d *Document) MarshalJSON() ([]byte, error) {
	var p printer
	p.open('{')
	p.item("Version", d.Version)
	p.item("Id", d.ID)
	p.key("Statement")
	if !d.Single {
		p.open('[')
	}
	for i := range d.Statements {
		p.statement(&d.Statements[i])
	}
	if !d.Single {
		p.close(']')
	}
	p.extra(d.Extra)
	p.close('}')
	return p.Bytes(), nil
}

// printer writes JSON; it knows whether a comma is due.
type printer struct {
	bytes.Buffer
	comma bool
}

func (p *printer) next() {
	if p.comma {
		p.WriteByte(',')
	}
	p.comma = true
}

func (p *printer) open(c byte) {
	p.next()
	p.WriteByte(c)
	p.comma = false
}

func (p *printer) close(c byte) {
	p.WriteByte(c)
	p.comma = true
}

func (p *printer) string(s string) {
	p.next()
	enc := json.NewEncoder(&p.Buffer)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	p.Truncate(p.Len() - 1)
}

func (p *printer) key(name string) {
	p.string(name)
	p.WriteByte(':')
	p.comma = false
}

func (p *printer) item(name string, it Item) {
	if it.IsZero() {
		return
	}
	p.key(name)
	p.scalar(it)
}

func (p *printer) scalar(it Item) {
	if it.Kind == value.Bool || it.Kind == value.Number {
		p.next()
		p.WriteString(it.String())
		return
	}
	p.string(it.String())
}

func (p *printer) list(name string, l List) {
	if !l.Present {
		return
	}
	p.key(name)
	if l.Single && len(l.Items) == 1 {
		p.scalar(l.Items[0])
		return
	}
	p.open('[')
	for _, it := range l.Items {
		p.scalar(it)
	}
	p.close(']')
}

func (p *printer) statement(s *Statement) {
	if s.Open != nil && !s.Action.Present && !s.NotAction.Present && s.Effect.IsZero() {
		p.string(s.Open.Str())
		return
	}
	p.open('{')
	p.item("Sid", s.Sid)
	p.item("Effect", s.Effect)
	p.principal("Principal", s.Principal)
	p.principal("NotPrincipal", s.NotPrincipal)
	p.list("Action", s.Action)
	p.list("NotAction", s.NotAction)
	p.list("Resource", s.Resource)
	p.list("NotResource", s.NotResource)
	p.conditions(s)
	p.extra(s.Extra)
	p.close('}')
}

func (p *printer) principal(name string, pr *Principal) {
	if pr == nil {
		return
	}
	p.key(name)
	switch {
	case pr.Any:
		p.string("*")
		return
	case pr.Bare && len(pr.Entries) == 1:
		p.scalar(pr.Entries[0].Values.Items[0])
		return
	case len(pr.Entries) == 0 && len(pr.Open) > 0:
		p.value(pr.Open[0])
		return
	}
	p.open('{')
	for _, e := range pr.Entries {
		p.list(e.Type, e.Values)
	}
	p.close('}')
}

func (p *printer) conditions(s *Statement) {
	if !s.HasCondition {
		return
	}
	p.key("Condition")
	if len(s.OpenCondition) > 0 && s.OpenCondition[0].Kind() != value.Map {
		p.value(s.OpenCondition[0])
		return
	}
	p.open('{')
	for i, c := range s.Condition {
		if i == 0 || s.Condition[i-1].Operator != c.Operator {
			p.key(c.Operator)
			p.open('{')
		}
		p.list(c.Key, c.Values)
		if i == len(s.Condition)-1 || s.Condition[i+1].Operator != c.Operator {
			p.close('}')
		}
	}
	for _, o := range s.OpenCondition {
		p.extra(o.Fields())
	}
	p.close('}')
}

func (p *printer) extra(fields []value.Field) {
	for _, f := range fields {
		p.key(f.Key)
		p.value(f.Value)
	}
}

func (p *printer) value(v *value.Value) {
	switch v.Kind() {
	case value.Map:
		p.open('{')
		p.extra(v.Fields())
		p.close('}')
	case value.List:
		p.open('[')
		for _, it := range v.Items() {
			p.value(it)
		}
		p.close(']')
	case value.Bool, value.Number:
		p.next()
		p.WriteString(v.Str())
	case value.Null, value.Absent:
		p.next()
		p.WriteString("null")
	default:
		p.string(v.Str())
	}
}
