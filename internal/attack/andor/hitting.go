package andor

import (
	"math"
	"slices"
)

// hit returns a set of facts that meets every set found so far, of least
// weight while there are branchings left. What is settled without a choice is
// taken first; the sets that are left split into parts that share no fact, and
// each part is solved alone.
func (c *cutter) hit() (facts []int32, least bool) {
	least = true
	c.sets = minimal(c.sets)
	facts, rest := c.reduce(c.sets)
	for _, part := range parts(rest) {
		h := newHitter(c.g, part)
		best := h.greedy()
		h.best, h.bestWeight = best, c.weight(best)
		h.left = c.left
		h.branch(nil, 0)
		c.left = max(h.left, 0)
		least = least && h.left >= 0
		facts = append(facts, h.best...)
	}
	return facts, least
}

// reduce takes the facts that stand alone in a set, and leaves out those in
// whose place another one that costs no more meets the same sets: some least
// solution is left.
func (c *cutter) reduce(sets [][]int32) (taken []int32, rest [][]int32) {
	for {
		holders := map[int32][]int32{} // fact -> sets
		for i, s := range sets {
			for _, f := range s {
				holders[f] = append(holders[f], int32(i))
			}
		}
		smaller := false
		next := make([][]int32, 0, len(sets))
		for _, s := range sets {
			kept := slices.DeleteFunc(slices.Clone(s), func(f int32) bool { return c.dominated(f, s, holders) })
			smaller = smaller || len(kept) < len(s)
			next = append(next, kept)
		}
		if smaller {
			next = minimal(next)
		}
		rest = rest[:0:0]
		met := map[int32]bool{}
		for _, s := range next {
			if len(s) == 1 {
				met[s[0]] = true
				taken = append(taken, s[0])
			}
		}
		for _, s := range next {
			if !slices.ContainsFunc(s, func(f int32) bool { return met[f] }) {
				rest = append(rest, s)
			}
		}
		if !smaller && len(met) == 0 || len(rest) == 0 {
			return taken, rest
		}
		sets = rest
	}
}

// dominated tells whether another fact of the set costs no more and meets all
// sets that the fact meets; of two equal ones the first stays.
func (c *cutter) dominated(f int32, set []int32, holders map[int32][]int32) bool {
	return slices.ContainsFunc(set, func(g int32) bool {
		if f == g || c.g.facts[g].Weight > c.g.facts[f].Weight || len(holders[g]) < len(holders[f]) {
			return false
		}
		if c.g.facts[g].Weight == c.g.facts[f].Weight && len(holders[g]) == len(holders[f]) && g > f {
			return false
		}
		return within(holders[f], holders[g])
	})
}

// within tells whether a sorted list is part of another.
func within(part, whole []int32) bool {
	for _, x := range part {
		i, ok := slices.BinarySearch(whole, x)
		if !ok {
			return false
		}
		whole = whole[i+1:]
	}
	return true
}

// minimal drops the sets that contain another.
func minimal(sets [][]int32) [][]int32 {
	sorted := slices.Clone(sets)
	slices.SortFunc(sorted, func(a, b []int32) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	holders := map[int32][]int{} // fact -> kept sets
	var out [][]int32
	for _, s := range sorted {
		hits := map[int]int{}
		inside := false
		for _, f := range s {
			for _, k := range holders[f] {
				hits[k]++
				inside = inside || hits[k] == len(out[k])
			}
		}
		if inside {
			continue
		}
		for _, f := range s {
			holders[f] = append(holders[f], len(out))
		}
		out = append(out, s)
	}
	return out
}

// parts groups sets that are connected by common facts.
func parts(sets [][]int32) [][][]int32 {
	parent := make([]int, len(sets))
	for i := range parent {
		parent[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if parent[i] != i {
			parent[i] = find(parent[i])
		}
		return parent[i]
	}
	first := map[int32]int{}
	for i, s := range sets {
		for _, f := range s {
			if j, ok := first[f]; ok {
				parent[find(i)] = find(j)
			} else {
				first[f] = i
			}
		}
	}
	index := map[int]int{}
	var out [][][]int32
	for i, s := range sets {
		r := find(i)
		k, ok := index[r]
		if !ok {
			k = len(out)
			index[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], s)
	}
	return out
}

// A hitter is a branch and bound over one connected part.
type hitter struct {
	g          *Graph
	sets       [][]int32
	holders    map[int32][]int
	hits       []int          // per set, how many chosen facts it holds
	banned     map[int32]bool // facts that a sibling branch has tried
	best       []int32
	bestWeight int
	left       int
}

func newHitter(g *Graph, sets [][]int32) *hitter {
	h := &hitter{g: g, sets: sets, holders: map[int32][]int{}, hits: make([]int, len(sets)), banned: map[int32]bool{}}
	for i, s := range sets {
		for _, f := range s {
			h.holders[f] = append(h.holders[f], i)
		}
	}
	return h
}

// open counts the sets not yet hit that hold the fact.
func (h *hitter) open(f int32) int {
	n := 0
	for _, i := range h.holders[f] {
		if h.hits[i] == 0 {
			n++
		}
	}
	return n
}

func (h *hitter) choose(f int32, d int) {
	for _, i := range h.holders[f] {
		h.hits[i] += d
	}
}

// before orders facts by how much they hit for their weight, then by number.
func (h *hitter) before(a, b int32) int {
	x := h.open(b)*h.g.facts[a].Weight - h.open(a)*h.g.facts[b].Weight
	if x != 0 {
		return x
	}
	return int(a - b)
}

func (h *hitter) greedy() []int32 {
	var out []int32
	for {
		s := h.next()
		if s == nil {
			break
		}
		f := int32(-1)
		for i, set := range h.sets {
			if h.hits[i] > 0 {
				continue
			}
			for _, x := range set {
				if f < 0 || h.before(x, f) < 0 {
					f = x
				}
			}
		}
		h.choose(f, 1)
		out = append(out, f)
	}
	for _, f := range out {
		h.choose(f, -1)
	}
	slices.Sort(out)
	return out
}

// next is the open set with the fewest facts left to try; nil if all are hit.
func (h *hitter) next() []int32 {
	var best []int32
	least := math.MaxInt
	for i, s := range h.sets {
		if h.hits[i] > 0 {
			continue
		}
		n := 0
		for _, f := range s {
			if !h.banned[f] {
				n++
			}
		}
		if n < least {
			least, best = n, s
		}
	}
	return best
}

// bound is a weight that hitting the open sets takes at least: the sum of the
// cheapest facts over open sets that share none.
func (h *hitter) bound() int {
	used := map[int32]bool{}
	sum := 0
	for i, s := range h.sets {
		if h.hits[i] > 0 {
			continue
		}
		cheapest, apart := math.MaxInt, true
		for _, f := range s {
			if used[f] {
				apart = false
				break
			}
			if !h.banned[f] {
				cheapest = min(cheapest, h.g.facts[f].Weight)
			}
		}
		if !apart || cheapest == math.MaxInt {
			continue
		}
		sum += cheapest
		for _, f := range s {
			used[f] = true
		}
	}
	return sum
}

func (h *hitter) branch(chosen []int32, weight int) {
	if h.left < 0 {
		return
	}
	s := h.next()
	if s == nil {
		if weight < h.bestWeight {
			h.best, h.bestWeight = slices.Clone(chosen), weight
		}
		return
	}
	if weight+h.bound() >= h.bestWeight {
		return
	}
	h.left--
	var tries []int32
	for _, f := range s {
		if !h.banned[f] {
			tries = append(tries, f)
		}
	}
	slices.SortFunc(tries, h.before)
	for _, f := range tries {
		h.choose(f, 1)
		h.branch(append(chosen, f), weight+h.g.facts[f].Weight)
		h.choose(f, -1)
		h.banned[f] = true
	}
	for _, f := range tries {
		delete(h.banned, f)
	}
}
