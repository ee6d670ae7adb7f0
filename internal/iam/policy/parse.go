package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Limits on what one document may hold: far above AWS's own quotas (a policy
// has at most 20,480 characters), far below what would hurt.
const (
	maxStatements = 20_000
	maxItems      = 500_000
)

// ParseJSON parses a document that is a JSON file or a JSON string.
func ParseJSON(file string, data []byte) (*Document, []source.Problem) {
	node, problems := source.ParseJSON(file, data, source.DefaultLimits)
	if node == nil {
		return nil, problems
	}
	doc, more := Parse(value.FromNode(node))
	return doc, append(problems, more...)
}

// Parse parses a document. It returns what could be understood, and a problem
// for each thing that could not. What AWS would refuse stays in the document as
// an open part, so that whoever evaluates it sees something unknown and never
// nothing: the document is nil only where v is absent. A document that is
// written as a JSON string is parsed too; its spans are the string's.
func Parse(v *value.Value) (*Document, []source.Problem) {
	p := &parser{}
	return p.document(v), p.problems
}

type parser struct {
	problems []source.Problem
	items    int
	where    string // the statement being read, for messages
}

func (p *parser) problem(span source.Span, format string, args ...any) {
	msg := fmt.Sprintf(format, quoted(args)...)
	if p.where != "" {
		msg = p.where + ": " + msg
	}
	p.problems = append(p.problems, source.Problem{Span: span, Message: "policy: " + msg})
}

func (p *parser) document(v *value.Value) *Document {
	switch v.Kind() {
	case value.Absent, value.Null:
		return nil
	case value.String:
		if doc := v.Document(); doc != nil {
			return p.document(doc)
		}
		return p.jsonString(v)
	case value.Unresolved:
		return p.openDocument(v)
	case value.Map:
	default:
		p.problem(v.Span(), "a policy document must be a map, this is a %s", v.Kind())
		return unreadable(v)
	}
	d := &Document{Span: v.Span()}
	for _, f := range lastWins(v.Fields()) {
		switch strings.ToLower(f.Key) {
		case "version":
			d.Version = p.scalar("Version", f.Value)
		case "id":
			d.ID = p.scalar("Id", f.Value)
		case "statement":
			p.statements(d, f.Value)
		default:
			d.Extra = append(d.Extra, f)
			p.problem(f.KeySpan, "unknown element %q; a document has Version, Id and Statement", f.Key)
			continue
		}
		p.spelling(f, "Version", "Id", "Statement")
	}
	if !slices.ContainsFunc(v.Fields(), func(f value.Field) bool { return strings.EqualFold(f.Key, "Statement") }) {
		p.problem(v.Span(), "the element Statement is missing")
		d.Statements = unreadable(v).Statements
	}
	p.version(d)
	return d
}

// unreadable is a document of which nothing is known.
func unreadable(v *value.Value) *Document {
	return &Document{Span: v.Span(), Statements: []Statement{{Open: v, Span: v.Span()}}}
}

func (p *parser) version(d *Document) {
	known, ok := d.Version.Text.Known()
	if d.Version.IsZero() || !ok || known == "2012-10-17" || known == "2008-10-17" {
		return
	}
	p.problem(d.Version.Span, "unknown Version %q; use 2012-10-17", known)
}

// spelling notes a key in the wrong case: AWS accepts some and refuses others.
func (p *parser) spelling(f value.Field, names ...string) {
	for _, n := range names {
		if strings.EqualFold(n, f.Key) && n != f.Key {
			p.problem(f.KeySpan, "the element %q must be spelled %q", f.Key, n)
		}
	}
}

// openDocument keeps what is known of a document that depends on a condition:
// the statements of every branch, each marked Maybe, and one open statement
// where a branch itself is unknown.
func (p *parser) openDocument(v *value.Value) *Document {
	d := &Document{Span: v.Span()}
	if len(v.Choices()) == 0 {
		return unreadable(v)
	}
	for _, c := range v.Choices() {
		branch := p.document(c)
		if branch == nil {
			continue
		}
		if d.Version.IsZero() {
			d.Version = branch.Version
		}
		if branch.Version.String() != d.Version.String() {
			d.Version.Maybe = true
		}
		for _, s := range branch.Statements {
			s.Maybe, s.Index = true, len(d.Statements)
			d.Statements = append(d.Statements, s)
		}
	}
	return d
}

func (p *parser) statements(d *Document, v *value.Value) {
	if v.Kind() == value.Null {
		p.problem(v.Span(), "Statement must be a list of maps, this is null")
		d.Statements = append(d.Statements, Statement{Open: v, Span: v.Span()})
		return
	}
	maybe := v.Kind() == value.Unresolved && len(v.Choices()) > 0
	items := v.Items()
	if len(items) > maxStatements {
		p.problem(v.Span(), "%d statements; those after the first %d are not read one by one and count as unknown", len(items), maxStatements)
		rest := value.NewUnresolved("too many statements", v.Span(), nil)
		items = append(slices.Clone(items[:maxStatements]), rest)
	}
	for _, it := range items {
		p.statement(d, it, maybe)
	}
	d.Single = v.Kind() != value.List && len(d.Statements) == 1
}

func (p *parser) statement(d *Document, v *value.Value, maybe bool) {
	s := Statement{Index: len(d.Statements), Maybe: maybe, Span: v.Span()}
	switch v.Kind() {
	case value.Absent:
		return
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			for _, c := range v.Choices() {
				for _, it := range c.Items() {
					p.statement(d, it, true)
				}
			}
			return
		}
		s.Open = v
		d.Statements = append(d.Statements, s)
		return
	case value.Map:
	default:
		p.problem(v.Span(), "statement %d must be a map, this is a %s", s.Index+1, v.Kind())
		s.Open = v
		d.Statements = append(d.Statements, s)
		return
	}
	p.where = "statement " + itoa(s.Index+1)
	if sid, ok := v.Get("Sid").Known(); ok && sid != "" {
		p.where = "statement " + Short(sid)
	}
	for _, f := range lastWins(v.Fields()) {
		p.element(&s, f)
	}
	if !p.complete(&s) {
		s.Open = v
	}
	p.where = ""
	d.Statements = append(d.Statements, s)
}

var elements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

func (p *parser) element(s *Statement, f value.Field) {
	switch strings.ToLower(f.Key) {
	case "sid":
		s.Sid = p.scalar("Sid", f.Value)
	case "effect":
		s.Effect = p.effect(f.Value)
	case "principal":
		s.Principal = p.principal("Principal", f.Value)
	case "notprincipal":
		s.NotPrincipal = p.principal("NotPrincipal", f.Value)
	case "action":
		s.Action = p.list("Action", f.Value)
	case "notaction":
		s.NotAction = p.list("NotAction", f.Value)
	case "resource":
		s.Resource = p.list("Resource", f.Value)
	case "notresource":
		s.NotResource = p.list("NotResource", f.Value)
	case "condition":
		p.conditions(s, f.Value)
	default:
		// It may be a misspelt Condition, Resource, … that narrows the rest.
		s.Extra, s.Maybe = append(s.Extra, f), true
		p.problem(f.KeySpan, "unknown element %q", f.Key)
		return
	}
	p.spelling(f, elements...)
}

// complete reports elements that are missing or exclude each other; false where
// they leave open what the statement is about.
func (p *parser) complete(s *Statement) bool {
	if s.Effect.IsZero() {
		p.problem(s.Span, "Effect is missing; write Allow or Deny")
	}
	understood := true
	exclusive := func(name string, yes, no bool) {
		if yes && no {
			p.problem(s.Span, "has both %s and Not%s; keep one", name, name)
			understood = false
		}
	}
	exclusive("Action", s.Action.Present, s.NotAction.Present)
	exclusive("Resource", s.Resource.Present, s.NotResource.Present)
	exclusive("Principal", s.Principal != nil, s.NotPrincipal != nil)
	if !s.Action.Present && !s.NotAction.Present {
		p.problem(s.Span, "has neither Action nor NotAction; say which actions it is about")
		understood = false
	}
	return understood
}

func (p *parser) effect(v *value.Value) Item {
	it := p.scalar("Effect", v)
	if known, ok := it.Text.Known(); ok && known != Allow && known != Deny && it.Kind == value.String {
		p.problem(v.Span(), "Effect %q is neither Allow nor Deny", known)
	}
	return it
}

// scalar reads one string. Branches of a condition that disagree make a hole.
func (p *parser) scalar(name string, v *value.Value) Item {
	switch v.Kind() {
	case value.Absent, value.Null:
		return Item{}
	case value.List, value.Map:
		p.problem(v.Span(), "%s must be a string, this is a %s", name, v.Kind())
		return Item{Text: value.Hole(name), Kind: value.Unresolved, Span: v.Span()}
	case value.Unresolved:
		var first *value.Value
		for _, c := range v.Choices() {
			if first == nil {
				first = c
			} else if first.Str() != c.Str() {
				first = nil
				break
			}
		}
		if first != nil && first.Kind() == value.String {
			return p.item(first, false)
		}
		return p.item(value.NewUnresolved(v.Why(), v.Span(), v.Refs()), false)
	}
	return p.item(v, false)
}

func (p *parser) item(v *value.Value, maybe bool) Item {
	return Item{Text: v.Text(), Kind: v.Kind(), Maybe: maybe, Span: v.Span(), Refs: v.Refs()}
}

// list reads a string or a list of strings.
func (p *parser) list(name string, v *value.Value) List {
	l := List{Present: true, Single: v.Kind() != value.List, Span: v.Span()}
	if v.Kind() == value.Absent || v.Kind() == value.Null {
		return List{}
	}
	p.append(&l, name, v, false)
	if len(l.Items) == 0 && v.Kind() == value.List {
		p.problem(v.Span(), "%s is empty", name)
	}
	return l
}

func (p *parser) append(l *List, name string, v *value.Value, maybe bool) {
	if p.items >= maxItems {
		if p.items == maxItems {
			p.items++
			p.problem(v.Span(), "the document has more than %d strings; the rest counts as unknown", maxItems)
			open := value.NewUnresolved("too many strings", v.Span(), nil)
			l.Items = append(l.Items, p.item(open, true))
		}
		return
	}
	switch v.Kind() {
	case value.Absent:
	case value.List:
		for _, it := range v.Items() {
			p.append(l, name, it, maybe)
		}
	case value.Map, value.Null:
		p.problem(v.Span(), "%s must hold strings, this is %s", name, map[value.Kind]string{value.Map: "a map", value.Null: "null"}[v.Kind()])
		l.Items = append(l.Items, p.item(value.NewUnresolved(name, v.Span(), nil), maybe))
	case value.Unresolved:
		if len(v.Choices()) > 0 {
			for _, c := range v.Choices() {
				p.append(l, name, c, true)
			}
			return
		}
		fallthrough
	default:
		p.items++
		l.Items = append(l.Items, p.item(v, maybe))
	}
}

func (p *parser) principal(name string, v *value.Value) *Principal {
	out := &Principal{Span: v.Span()}
	p.principalInto(out, name, v, false)
	return out
}

var principalTypes = []string{"AWS", "Service", "Federated", "CanonicalUser"}

func (p *parser) principalInto(out *Principal, name string, v *value.Value, maybe bool) {
	switch v.Kind() {
	case value.Absent:
	case value.String:
		s, ok := v.Known()
		switch {
		case ok && s == "*" && !maybe:
			out.Any = true
		case ok && s == "*":
			// One branch lets anybody in: the same as an AWS entry of "*".
			l := List{Present: true, Single: true, Items: []Item{p.item(v, true)}, Span: v.Span()}
			out.Entries = append(out.Entries, Entry{Type: "AWS", Values: l, Span: v.Span(), Maybe: true})
		case ok:
			p.problem(v.Span(), "%s %q is not valid; write \"*\" or a map such as {\"AWS\": …}", name, s)
			l := List{Present: true, Single: true, Items: []Item{p.item(v, maybe)}, Span: v.Span()}
			out.Entries = append(out.Entries, Entry{Type: "AWS", Values: l, Span: v.Span(), Maybe: maybe})
			out.Bare = true
		default:
			out.Open = append(out.Open, v)
		}
	case value.Unresolved:
		if len(v.Choices()) == 0 {
			out.Open = append(out.Open, v)
		}
		for _, c := range v.Choices() {
			p.principalInto(out, name, c, true)
		}
	case value.Map:
		for _, f := range lastWins(v.Fields()) {
			e := Entry{Type: f.Key, Values: p.list(name+"."+f.Key, f.Value), Span: f.KeySpan, Maybe: maybe}
			if !slices.Contains(principalTypes, f.Key) {
				p.problem(f.KeySpan, "%s has the unknown type %q; use AWS, Service, Federated or CanonicalUser", name, f.Key)
			}
			for i := range e.Values.Items {
				e.Values.Items[i].Maybe = e.Values.Items[i].Maybe || maybe
			}
			out.Entries = append(out.Entries, e)
		}
	default:
		p.problem(v.Span(), "%s must be \"*\" or a map, this is a %s", name, v.Kind())
		out.Open = append(out.Open, v)
	}
}

func (p *parser) conditions(s *Statement, v *value.Value) {
	s.HasCondition = true
	switch v.Kind() {
	case value.Absent:
		s.HasCondition = false
		return
	case value.Map:
	case value.Unresolved:
		s.OpenCondition = append(s.OpenCondition, v)
		return
	default:
		p.problem(v.Span(), "Condition must be a map, this is a %s", v.Kind())
		s.OpenCondition = append(s.OpenCondition, v)
		return
	}
	for _, op := range lastWins(v.Fields()) {
		if _, ok := ParseOperator(op.Key); !ok {
			p.problem(op.KeySpan, "unknown condition operator %q", op.Key)
		}
		switch op.Value.Kind() {
		case value.Map:
		case value.Absent:
			continue
		default:
			if op.Value.Kind() != value.Unresolved {
				p.problem(op.Value.Span(), "Condition.%s must be a map of keys, this is a %s", op.Key, op.Value.Kind())
			}
			one := value.NewMap([]value.Field{op}, op.KeySpan)
			s.OpenCondition = append(s.OpenCondition, one)
			continue
		}
		con := Condition{Operator: op.Key, OperatorSpan: op.KeySpan}
		if op.Value.Len() == 0 {
			s.Condition = append(s.Condition, con)
		}
		for _, k := range lastWins(op.Value.Fields()) {
			con.Key, con.KeySpan = k.Key, k.KeySpan
			con.Values = p.list("Condition."+op.Key+"."+k.Key, k.Value)
			con.Values.Present = true
			s.Condition = append(s.Condition, con)
		}
	}
}

// lastWins drops fields whose key is written again later, as AWS does.
func lastWins(fields []value.Field) []value.Field {
	last := make(map[string]int, len(fields))
	for i, f := range fields {
		last[f.Key] = i
	}
	if len(last) == len(fields) {
		return fields
	}
	out := make([]value.Field, 0, len(last))
	for i, f := range fields {
		if last[f.Key] == i {
			out = append(out, f)
		}
	}
	return out
}
