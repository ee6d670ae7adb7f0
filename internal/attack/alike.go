package attack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Ways in that lead to the same places by the same steps are searched once, so
// that a hundred equal functions cost what one does.

// kin are the paths of a way in, for others that are like it.
type kin struct {
	from, to int
	places   []place
}

// A place is where a path has an end of the way's own among its goals.
type place struct{ path, end int }

func newKin(all []Path, from int, ends []int32) kin {
	k := kin{from: from, to: len(all)}
	at := map[int32]int{}
	for i, n := range ends {
		at[n] = i
	}
	for i := range all[from:] {
		for _, n := range all[from+i].goals {
			if end, ok := at[n]; ok {
				k.places = append(k.places, place{i, end})
			}
		}
	}
	return k
}

// A tail is what comes after a node.
type tail struct {
	// number is equal for nodes after which the same comes.
	number int
	// ends are nodes from which nothing follows and of which each tail with the
	// number has its own, in the same order: "the table that this function reads".
	ends []int32
}

// alike is equal for ways that lead to the same places by the same steps: into
// functions that lead to nothing but their role, whose roles hold the same
// statements but for the names of what is their own. ok is false for a way
// that has something of its own.
func (p *pathfinder) alike(way int32) (key string, ends []int32, ok bool) {
	doors := p.doors[p.hops[way].to]
	if len(doors) == 0 {
		return "", nil, false
	}
	h := p.hops[doors[0]]
	f := p.functionAt[h.to.Of]
	if f == nil || f.role == nil || h.to.Kind != KindInvoke && h.to.Kind != KindExec || p.hasSecrets(f.ID) ||
		!p.onlyTo(h.to, Capability{Kind: KindExec, Of: f.ID}) || !p.onlyTo(Capability{Kind: KindExec, Of: f.ID}, Capability{Kind: KindCreds, Of: f.role.ID}) {
		return "", nil, false
	}
	kinds := ""
	for _, w := range h.weak {
		kinds += " " + string(w.Kind)
	}
	t := p.tailOf(p.nodes[Capability{Kind: KindCreds, Of: f.role.ID}])
	key = strings.Join([]string{h.by.ID, p.hops[way].from[0].Of, string(h.to.Kind), h.to.Detail, string(h.certainty), h.assumed(), kinds,
		fmt.Sprint(len(f.role.functions) > 1, f.roleSure, t.number)}, "|")
	return key, t.ends, true
}

// assumed is what a way in takes for granted beyond its own name.
func (h *hop) assumed() string {
	if h.certainty == Unknown {
		return h.assume
	}
	return ""
}

// onlyTo tells whether all that follows from a capability is the other one.
func (p *pathfinder) onlyTo(from, to Capability) bool {
	n, ok := p.nodes[from]
	return from == to || ok && !slices.ContainsFunc(p.from[n], func(e int32) bool { return p.hops[e].to != to })
}

// tailOf describes what follows from an identity's credentials.
func (p *pathfinder) tailOf(n int32) tail {
	if t, ok := p.tails[n]; ok {
		return t
	}
	type end struct {
		text string
		node int32
	}
	var list []end
	for _, e := range p.from[n] {
		h := p.hops[e]
		to := p.nodes[h.to]
		x := end{node: to}
		for _, w := range h.weak {
			x.text += " " + string(w.Kind)
		}
		x.text = fmt.Sprintf("%s %s %d%s", h.by.ID, h.certainty, h.extra, x.text)
		weight, wanted := p.worth(h.to)
		if wanted && len(p.from[to]) == 0 && len(h.from) == 1 && h.to.Of != Account {
			x.text += fmt.Sprintf(" %s %s %d", h.to.Kind, p.typeOf(h.to.Of), weight)
		} else {
			x.text += " to " + p.inTail(h.to)
			for _, c := range h.from[1:] {
				x.text += " with " + p.inTail(c)
			}
			x.node = -1
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(x, y end) int { return cmp.Or(strings.Compare(x.text, y.text), int(x.node-y.node)) })
	t := tail{}
	var b strings.Builder
	for _, x := range list {
		b.WriteString(x.text + "\n")
		if x.node >= 0 {
			t.ends = append(t.ends, x.node)
		}
	}
	number, ok := p.tailNumbers[b.String()]
	if !ok {
		number = len(p.tailNumbers)
		p.tailNumbers[b.String()] = number
	}
	t.number = number
	p.tails[n] = t
	return t
}

// inTail is how tails call a node: those that stand for what an identity needs
// are its own, and equal where the needs are.
func (p *pathfinder) inTail(c Capability) string {
	if c.isNeed() {
		return c.Detail
	}
	return fmt.Sprintf("node %d", p.nodes[c])
}

// count adds a way to the paths of another that is like it, and its own ends
// in the places of the other's.
func (p *pathfinder) count(paths []Path, places []place, way int32, ends []int32) {
	start := p.hops[p.doors[p.hops[way].to][0]].to.Of
	for i := range paths {
		paths[i].Count++
		paths[i].Others = append(paths[i].Others, start)
	}
	for _, x := range places {
		paths[x.path].goals = append(paths[x.path].goals, ends[x.end])
	}
}
