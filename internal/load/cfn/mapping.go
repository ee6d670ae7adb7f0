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
	table := s.sections["Mappings"].get(name)
	if !table.Is(source.MapNode) {
		if fallback != nil {
			return s.eval(fallback)
		}
		s.problem(at, "the mapping %s is not declared; declare it under Mappings", name)
		return value.NewUnresolved(label, at, nil)
	}
	var found []*value.Value
	certain := true
	for _, f := range newSection(table).fields {
		is := top.Is(f.Key)
		if is == value.No {
			continue
		}
		for _, g := range newSection(f.Value).fields {
			switch is.And(second.Is(g.Key)) {
			case value.Yes:
				found = append(found, s.eval(g.Value).At(at))
			case value.Unknown:
				found = append(found, s.eval(g.Value).At(at))
				certain = false
			}
		}
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

// choose is a value that is one of several: the value itself where all are
// the same.
func choose(why string, at source.Span, choices []*value.Value) *value.Value {
	distinct := choices[:0:0]
next:
	for _, c := range choices {
		for _, d := range distinct {
			if same(c, d) {
				continue next
			}
		}
		distinct = append(distinct, c)
	}
	if len(distinct) == 1 {
		return distinct[0]
	}
	return value.NewUnresolved(why, at, nil, distinct...)
}
