package cfn

import (
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// fnFindInMap evaluates Fn::FindInMap. A key that is not known gives all
// values that it could select as choices.
func (s *stack) fnFindInMap(arg *source.Node, at source.Span) *value.Value {
	if !arg.Is(source.ListNode) || len(arg.Items) < 3 || len(arg.Items) > 4 {
		return s.wrong("Fn::FindInMap", at, "a list of a map's name, a top-level key and a second-level key")
	}
	var fallback *source.Node
	if len(arg.Items) == 4 {
		fallback = arg.Items[3].Get("DefaultValue")
		if fallback == nil {
			return s.wrong("Fn::FindInMap", at, "the fourth element must be a map with DefaultValue")
		}
	}
	name, ok := s.eval(arg.Items[0]).Known()
	if !ok {
		return value.NewUnresolved("FindInMap", at, nil)
	}
	top, second := s.eval(arg.Items[1]), s.eval(arg.Items[2])
	label := shorten(name + "." + top.Str() + "." + second.Str())
	table := s.mapping(name)
	if table == nil {
		if fallback != nil {
			return s.eval(fallback)
		}
		s.problem(at, "the mapping %s is not declared; declare it under Mappings", name)
		return value.NewUnresolved(label, at, nil)
	}
	found, certain, all := s.entries(table, top, second, at)
	if !all {
		return value.NewUnresolved(label, at, nil)
	}
	known := top.IsResolved() && second.IsResolved()
	if fallback != nil && (!known || len(found) == 0) {
		found = append(found, s.eval(fallback))
	}
	if len(found) == 0 {
		if known {
			s.problem(at, "the mapping %s has no entry %s, %s; add it or correct the keys", name, top.Str(), second.Str())
		}
		return value.NewUnresolved(label, at, nil)
	}
	if certain && len(found) == 1 {
		return found[0]
	}
	return choose(label, at, found)
}

// A table is one mapping with its top-level keys in order, and the entries
// that were evaluated.
type table struct {
	keys  []string
	rows  map[string]*section
	known map[*source.Node]*value.Value
}

// entry evaluates one entry of a mapping, once.
func (s *stack) entry(t *table, n *source.Node, at source.Span) *value.Value {
	v, ok := t.known[n]
	if !ok {
		v = s.eval(n)
		t.known[n] = v
	}
	return s.shared(v, at)
}

// mapping is a declared mapping, or nil.
func (s *stack) mapping(name string) *table {
	if t, ok := s.tables[name]; ok {
		return t
	}
	var t *table
	if n := s.sections["Mappings"].get(name); n.Is(source.MapNode) {
		t = &table{rows: map[string]*section{}, known: map[*source.Node]*value.Value{}}
		for _, f := range newSection(n).fields {
			t.keys = append(t.keys, f.Key)
			t.rows[f.Key] = newSection(f.Value)
		}
	}
	s.tables[name] = t
	return t
}

// entries are the values that the keys select; certain tells that the keys
// are known. It gives up, all false, where more could be meant than is worth
// telling apart.
func (s *stack) entries(t *table, top, second *value.Value, at source.Span) (found []*value.Value, certain, all bool) {
	const most = 200
	topKey, topKnown := top.Known()
	secondKey, secondKnown := second.Known()
	keys := t.keys
	if topKnown {
		keys = []string{topKey}
	}
	seen := 0
	for _, key := range keys {
		row := t.rows[key]
		if row == nil || !topKnown && top.Is(key) == value.No {
			continue
		}
		if secondKnown {
			if n := row.get(secondKey); n != nil {
				found = append(found, s.entry(t, n, at))
			}
			seen++
		} else {
			for _, f := range row.fields {
				if second.Is(f.Key) != value.No {
					found = append(found, s.entry(t, f.Value, at))
				}
				if seen++; seen > most {
					break
				}
			}
		}
		if seen > most {
			return nil, false, false
		}
	}
	return found, topKnown && secondKnown, true
}

// choose is a value that is one of several: the value itself where all are
// the same.
func choose(why string, at source.Span, choices []*value.Value) *value.Value {
	distinct := choices[:0:0]
	seen := map[string]bool{}
	for _, c := range choices {
		if text, ok := c.Known(); ok && len(c.Refs()) == 0 {
			key := c.Kind().String() + " " + text
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		distinct = append(distinct, c)
	}
	if len(distinct) == 1 {
		return distinct[0]
	}
	return value.NewUnresolved(why, at, nil, distinct...)
}
