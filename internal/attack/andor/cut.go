package andor

import "slices"

// A Question asks that none of the goals be reached from the starts by a
// proof with a weakness.
type Question struct {
	Starts []int32
	Goals  []int32
}

// A Cut is a set of facts whose mending leaves no proof.
type Cut struct {
	Facts  []int32 // sorted
	Weight int
	// Bound is a weight below which no cut exists; equal to Weight where the
	// cut is proved least.
	Bound  int
	Proved bool
	// Steps counts the branchings of the search, for tuning.
	Steps int
}

// Cut returns the cut of least weight for all questions together. It finds
// proofs that survive, and hits all proofs found so far with the least set of
// facts, until none survives (implicit hitting sets: Moreno-Centeno and Karp,
// Operations Research 61(2), 2013). After limit branchings it goes on with
// hitting sets that need not be least and says so; the bound is a number of
// steps and never a time, so the answer is the same on every machine.
// Only edges that are not Maybe count.
func (g *Graph) Cut(limit int, questions ...Question) Cut {
	c := cutter{g: g, left: limit, search: NewSearch(g)}
	c.search.Certain = true
	c.onward = newCompleter(c.search)
	removed := make([]bool, len(g.facts))
	var chosen []int32
	bound, exact := 0, true
	for {
		for i := range removed {
			removed[i] = false
		}
		for _, f := range chosen {
			removed[f] = true
		}
		found := c.survivors(questions, removed)
		if found == 0 {
			break
		}
		var least bool
		chosen, least = c.hit()
		if least && exact {
			bound = c.weight(chosen)
		}
		exact = exact && least
	}
	if !exact {
		chosen = c.irredundant(chosen, questions, removed)
	}
	w := c.weight(chosen)
	if exact {
		bound = w
	}
	slices.Sort(chosen)
	return Cut{Facts: chosen, Weight: w, Bound: bound, Proved: exact, Steps: limit - c.left}
}

type cutter struct {
	g      *Graph
	search *Search
	onward *completer
	left   int
	sets   [][]int32 // the facts of each proof found, sorted
}

// survivors adds proofs that survive the removal, for each question one
// through each weakness that still leads to a goal, and returns how many it
// added: parts of the graph that have nothing in common all get theirs from
// the same run.
func (c *cutter) survivors(questions []Question, removed []bool) int {
	found := 0
	for _, q := range questions {
		c.search.Removed = removed
		c.search.Run(q.Starts...)
		c.onward.complete(q.Goals)
		for _, e := range c.onward.weakEdges() {
			set := c.onward.factsThrough(e)
			slices.Sort(set)
			c.sets = append(c.sets, slices.Compact(set))
			found++
		}
	}
	return found
}

func (c *cutter) weight(facts []int32) int {
	w := 0
	for _, f := range facts {
		w += c.g.facts[f].Weight
	}
	return w
}

// irredundant drops facts that the others make needless, dearest first. A
// least cut has none.
func (c *cutter) irredundant(facts []int32, questions []Question, removed []bool) []int32 {
	order := slices.Clone(facts)
	slices.SortFunc(order, func(a, b int32) int {
		if d := c.g.facts[b].Weight - c.g.facts[a].Weight; d != 0 {
			return d
		}
		return int(b - a)
	})
	for i := range removed {
		removed[i] = slices.Contains(facts, int32(i))
	}
	var kept []int32
	for _, f := range order {
		removed[f] = false
		if c.anyOpen(questions, removed) {
			removed[f] = true
			kept = append(kept, f)
		}
	}
	return kept
}

func (c *cutter) anyOpen(questions []Question, removed []bool) bool {
	for _, q := range questions {
		c.search.Removed = removed
		c.search.Run(q.Starts...)
		for _, n := range q.Goals {
			if _, open := c.search.Cost(n, true); open {
				return true
			}
		}
	}
	return false
}
