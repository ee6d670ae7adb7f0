package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// chosenName is the name of something new: any, or one that a statement asks
// for. What several needs make and use is one thing, and has a name that all of
// them are allowed on.
func (b *building) chosenName(id *identity, action string, needs []need) value.Text {
	wanted := [][]string{{action}}
	for _, n := range needs {
		any := n.permissions()
		if n.on == onAnything && !slices.Contains(any, action) && sameSort(action, any[0]) {
			wanted = append(wanted, any)
		}
	}
	some := value.Fresh("any resource")
	best, rank := some, 0
	for _, c := range append([]value.Text{some}, b.namesFor(id, slices.Concat(wanted...))...) {
		worst := 3
		for _, any := range wanted {
			most := 0
			for _, a := range any {
				most = max(most, b.may(id, query{action: a, arn: c}).rank())
			}
			worst = min(worst, most)
		}
		if worst > rank {
			best, rank = c, worst
		}
		if rank == 3 {
			break
		}
	}
	return best
}

// A nameKey is what a chosen name is for; need is the first of a row's.
type nameKey struct {
	id     *identity
	action string
	need   *need
}

// nameOf is the chosen name, which each statement of an identity is asked with.
func (b *building) nameOf(id *identity, action string, needs []need) value.Text {
	if len(needs) == 0 {
		return b.chosenName(id, action, needs)
	}
	key := nameKey{id, action, &needs[0]}
	name, ok := b.names[key]
	if !ok {
		name = b.chosenName(id, action, needs)
		b.names[key] = name
	}
	return name
}

// namesFor are names that the statements which allow actions ask for, and such
// as two of them ask for together.
func (b *building) namesFor(id *identity, actions []string) []value.Text {
	var patterns []value.Text
	for i := range id.attached {
		for j := range id.attached[i].policy.Document.Statements {
			s := &id.attached[i].policy.Document.Statements[j]
			if s.Is(policy.Allow) == value.No {
				continue
			}
			for _, it := range s.Resource.Items {
				service, _, ok := arnKey(it.Text)
				if ok && slices.ContainsFunc(actions, func(a string) bool { return strings.HasPrefix(a, service+":") && covers(s, a) }) &&
					!slices.ContainsFunc(patterns, func(o value.Text) bool { return o.String() == it.String() }) {
					patterns = append(patterns, unfilled(it.Text))
				}
			}
		}
	}
	patterns = patterns[:min(len(patterns), 12)]
	var out []value.Text
	for _, p := range patterns {
		out = append(out, filled(p))
	}
	for _, p := range patterns {
		for _, q := range patterns {
			if both, ok := startAndEnd(p, q); ok {
				out = append(out, both)
			}
		}
	}
	return out
}

// startAndEnd is a name that starts as one pattern of ARNs asks and ends as
// another does.
func startAndEnd(p, q value.Text) (value.Text, bool) {
	parts, others := p.Split(':', 6), q.Split(':', 6)
	first, one := parts[5].Known()
	second, two := others[5].Known()
	start, end := strings.IndexByte(first, '*'), strings.LastIndexByte(second, '*')
	if !one || !two || start < 0 || end < 0 || end == len(second)-1 || first == second {
		return value.Text{}, false
	}
	var head []value.Text
	for _, part := range parts[:5] {
		head = append(head, part, value.Lit(":"))
	}
	return filled(value.Concat(append(head, value.Lit(first[:start]+"*"+second[end+1:]))...)), true
}

// sameSort tells whether two actions work on the same sort of resource.
func sameSort(one, other string) bool {
	a, ok := catalogue.ActionOf(one)
	b, too := catalogue.ActionOf(other)
	return ok && too && a.Service == b.Service && slices.ContainsFunc(a.Resources, func(x catalogue.ActionResource) bool {
		return slices.ContainsFunc(b.Resources, func(y catalogue.ActionResource) bool { return x.Type == y.Type })
	})
}
