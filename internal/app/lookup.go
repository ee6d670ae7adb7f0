package app

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A Match is a resource that a value may name, and whether it does.
type Match struct {
	*Resource
	Sure value.Tri // Yes or Unknown
}

// Lookup returns the resource that a value names: by a whole reference, or by
// a text that is the resource's name, ARN, URL or other Ref. types limits what
// is looked for; without any, every resource may match.
//
// Yes comes with the resource. Unknown comes with the only resource that the
// value may name (an ARN whose account is written out where the deployment's
// is not known, a condition that chooses), or with nil where nothing can be
// told. No comes with nil: the value is known and names nothing here.
func (a *App) Lookup(v *value.Value, types ...string) (*Resource, value.Tri) {
	matches, open := a.lookup(v, types)
	switch {
	case len(matches) == 1 && !open:
		return matches[0].Resource, matches[0].Sure
	case len(matches) == 1:
		return matches[0].Resource, value.Unknown
	case len(matches) > 1 || open:
		return nil, value.Unknown
	}
	return nil, value.No
}

// LookupAll returns every resource that the value names or may name, all
// branches of unresolved conditions included, each once and in the order of
// the branches.
func (a *App) LookupAll(v *value.Value, types ...string) []Match {
	matches, _ := a.lookup(v, types)
	return matches
}

// lookup also tells whether the value may name something that was not found.
func (a *App) lookup(v *value.Value, types []string) (matches []Match, open bool) {
	if v.Kind() == value.Unresolved && len(v.Choices()) > 0 {
		return a.lookupChoices(v, types)
	}
	if r := a.Target(v); r != nil {
		if r = a.accept(r, types); r != nil {
			return []Match{{r, value.Yes}}, false
		}
		return nil, false
	}
	switch v.Kind() {
	case value.String:
		return a.lookupText(v.Text(), types)
	case value.Unresolved:
		return nil, true
	}
	return nil, false
}

func (a *App) lookupChoices(v *value.Value, types []string) (matches []Match, open bool) {
	sure := map[*Resource]int{}
	for _, c := range v.Choices() {
		found, o := a.lookup(c, types)
		open = open || o
		for _, m := range found {
			if !slices.ContainsFunc(matches, func(x Match) bool { return x.Resource == m.Resource }) {
				matches = append(matches, m)
			}
			if m.Sure == value.Yes {
				sure[m.Resource]++
			}
		}
	}
	for i, m := range matches {
		if sure[m.Resource] < len(v.Choices()) {
			matches[i].Sure = value.Unknown
		}
	}
	return matches, open
}

// accept returns r where it is of one of the types.
func (a *App) accept(r *Resource, types []string) *Resource {
	if len(types) == 0 || slices.Contains(types, r.Type) {
		return r
	}
	return nil
}

func (a *App) lookupText(t value.Text, types []string) (matches []Match, open bool) {
	if t.IsEmpty() {
		return nil, false
	}
	x := a.texts()
	for _, r := range x.exact[textKey(t)] {
		if a.accept(r, types) != nil {
			matches = append(matches, Match{r, value.Yes})
		}
	}
	if len(matches) > 1 { // the same name twice: of other types, or one or the other by a condition
		for i := range matches {
			matches[i].Sure = value.Unknown
		}
	}
	if len(matches) > 0 {
		return matches, false
	}
	if key, ok := arnKey(t); ok {
		for _, r := range x.arn[key] {
			if a.accept(r, types) != nil && anyPartition(t).Equal(anyPartition(r.ARN())) != value.No {
				matches = append(matches, Match{r, value.Unknown})
			}
		}
	}
	return matches, len(matches) == 0 && hasOpenHole(t)
}

// hasOpenHole reports whether a part of the text could be anything: not what
// AWS makes, and not the place of the deployment.
func hasOpenHole(t value.Text) bool {
	return slices.ContainsFunc(t.Parts(), func(p value.Part) bool {
		return p.Hole != "" && !p.Fresh && !strings.HasPrefix(p.Hole, "AWS::")
	})
}

// A textIndex finds resources by what texts may call them.
type textIndex struct {
	exact map[string][]*Resource // name, Ref, ARN and its aliases
	arn   map[string][]*Resource // service and resource part of the ARN
}

func (a *App) texts() *textIndex {
	a.textsOnce.Do(func() {
		x := &textIndex{exact: map[string][]*Resource{}, arn: map[string][]*Resource{}}
		for _, r := range a.resources {
			x.add(r)
		}
		a.textsIndex = x
	})
	return a.textsIndex
}

func (x *textIndex) add(r *Resource) {
	put := func(t value.Text) {
		if t.IsEmpty() {
			return
		}
		key := textKey(t)
		if list := x.exact[key]; len(list) == 0 || list[len(list)-1] != r {
			x.exact[key] = append(list, r)
		}
	}
	if row, known := namings[r.Type]; !known || row.identifies() {
		put(r.Name)
	}
	arn := r.ARN()
	put(arn)
	if ref, ok := r.Attr("Ref"); ok {
		put(ref)
	}
	if key, ok := arnKey(arn); ok {
		x.arn[key] = append(x.arn[key], r)
	}
}

// textKey is what equal texts have in common. ARNs count without their
// partition: a stack cannot name anything in another one.
func textKey(t value.Text) string { return anyPartition(t).String() }

// anyPartition leaves an ARN's partition out.
func anyPartition(t value.Text) value.Text {
	if len(t.Parts()) == 0 || !strings.HasPrefix(t.Parts()[0].Lit, "arn:") {
		return t
	}
	parts := t.Split(':', 3)
	if len(parts) < 3 {
		return t
	}
	return value.Concat(value.Lit("arn::"), parts[2])
}

// arnKey is an ARN's service and resource.
func arnKey(t value.Text) (string, bool) {
	parts := t.Split(':', 6)
	if len(parts) < 6 {
		return "", false
	}
	head, ok := parts[0].Known()
	return parts[2].String() + ":" + parts[5].String(), ok && head == "arn"
}
