package solve

import (
	"slices"
	"sort"
	"strings"
)

// An index finds the patterns of a long list that may match what another
// pattern does, by the bytes with which they begin.
type index struct {
	list  []*pattern
	heads []string // of the list, sorted, where there is an index
	sizes []int    // lengths of heads, each once, ascending
}

// newIndex makes an index if it is asked often enough to be worth it.
func newIndex(list []*pattern, asked int) *index {
	x := &index{list: list}
	if len(list) < indexed || asked < indexed {
		return x
	}
	type entry struct {
		head string
		p    *pattern
	}
	entries := make([]entry, len(list))
	for i, p := range list {
		entries[i] = entry{bytesOf(p.head()), p}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.head, b.head) })
	x.list, x.heads = make([]*pattern, len(list)), make([]string, len(list))
	seen := map[int]bool{}
	for i, e := range entries {
		x.list[i], x.heads[i] = e.p, e.head
		if n := len(e.head); !seen[n] {
			seen[n] = true
			x.sizes = append(x.sizes, n)
		}
	}
	slices.Sort(x.sizes)
	return x
}

// near are the patterns whose beginning agrees with that of base.
func (x *index) near(base *pattern) []*pattern {
	if x.heads == nil {
		return x.list
	}
	head := bytesOf(base.head())
	from := sort.SearchStrings(x.heads, head)
	to := from
	for to < len(x.heads) && strings.HasPrefix(x.heads[to], head) {
		to++
	}
	out := slices.Clone(x.list[from:to])
	for _, n := range x.sizes {
		if n >= len(head) {
			break
		}
		for i := sort.SearchStrings(x.heads, head[:n]); i < len(x.heads) && x.heads[i] == head[:n]; i++ {
			out = append(out, x.list[i])
		}
	}
	return out
}
