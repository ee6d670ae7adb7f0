package andor

import "container/heap"

// A completer tells for each node that a search has reached how a goal is
// reached from it most cheaply, and so a proof through any edge: what the
// search found for its premises, the edge, and the way on.
type completer struct {
	s     *Search
	in    [][]int32 // per node, the edges into it
	cost  []int32   // per node, of the way on
	next  []int32   // per node, the edge by which it begins; -1 at a goal
	stamp []uint32  // per node, the run that wrote it
	done  []uint32  // per node, the run that settled it
	run   uint32
	queue queue
	seen  []uint32 // per state, the proof that visited it
	proof uint32
}

func newCompleter(s *Search) *completer {
	n := s.g.nodes
	c := &completer{s: s, in: make([][]int32, n), cost: make([]int32, n), next: make([]int32, n), stamp: make([]uint32, n), done: make([]uint32, n), seen: make([]uint32, 2*n)}
	for i := range s.g.edges {
		e := &s.g.edges[i]
		c.in[e.Conclusion] = append(c.in[e.Conclusion], int32(i))
	}
	return c
}

// complete computes the ways on, after a run of the search.
func (c *completer) complete(goals []int32) {
	c.run++
	c.queue = c.queue[:0]
	for _, n := range goals {
		if _, _, ok := c.s.any(n); ok {
			c.offer(n, 0, -1)
		}
	}
	for len(c.queue) > 0 {
		it := heap.Pop(&c.queue).(item)
		if c.done[it.state] == c.run || c.cost[it.state] != it.cost {
			continue
		}
		c.done[it.state] = c.run
		for _, e := range c.in[it.state] {
			sum, ok := c.premises(e)
			if !ok {
				continue
			}
			for _, p := range c.s.g.edges[e].Premises {
				own, _, _ := c.s.any(p)
				c.offer(p, it.cost+sum-own+int32(c.s.g.edges[e].Cost), e)
			}
		}
	}
}

func (c *completer) offer(node, cost, edge int32) {
	if c.stamp[node] == c.run && (c.done[node] == c.run || c.cost[node] < cost || c.cost[node] == cost && c.next[node] <= edge) {
		return
	}
	fresh := c.stamp[node] != c.run || c.cost[node] != cost
	c.stamp[node], c.cost[node], c.next[node] = c.run, cost, edge
	if fresh {
		heap.Push(&c.queue, item{cost, node})
	}
}

// premises is what the premises of an edge cost that the search may use.
func (c *completer) premises(e int32) (sum int32, ok bool) {
	if !c.s.usable(e) {
		return 0, false
	}
	for _, p := range c.s.g.edges[e].Premises {
		cost, _, ok := c.s.any(p)
		if !ok {
			return 0, false
		}
		sum += cost
	}
	return sum, true
}

// weakEdges are the cheapest edges through which a goal is reached, one for
// each weak fact that has any, in the order of the facts.
func (c *completer) weakEdges() []int32 {
	type best struct{ cost, edge int32 }
	found := map[int32]best{}
	look := func(n int32) {
		e := &c.s.g.edges[n]
		if !e.weak || c.stamp[e.Conclusion] != c.run {
			return
		}
		sum, ok := c.premises(n)
		if !ok {
			return
		}
		sum += int32(e.Cost) + c.cost[e.Conclusion]
		for _, f := range e.Facts {
			if old, ok := found[f]; c.s.g.facts[f].Weak && (!ok || sum < old.cost || sum == old.cost && n < old.edge) {
				found[f] = best{sum, n}
			}
		}
	}
	for _, n := range c.s.g.axiom {
		look(n)
	}
	for _, st := range c.s.order {
		for _, list := range [][]int32{c.s.g.out[st/2], c.s.g.doors[st/2]} {
			for _, n := range list {
				if c.s.g.edges[n].Premises[0] == st/2 {
					look(n)
				}
			}
		}
	}
	var out []int32
	for f := range c.s.g.facts {
		if b, ok := found[int32(f)]; ok {
			out = append(out, b.edge)
		}
	}
	return out
}

// factsThrough are the facts of the proof through an edge, with repeats.
func (c *completer) factsThrough(n int32) []int32 {
	c.proof++
	var out []int32
	var visit func(st int32)
	visit = func(st int32) {
		if c.seen[st] == c.proof {
			return
		}
		c.seen[st] = c.proof
		by := c.s.by[st]
		if by.edge < 0 {
			return
		}
		e := &c.s.g.edges[by.edge]
		out = append(out, e.Facts...)
		for i, p := range e.Premises {
			visit(2*p + int32(by.bits>>i&1))
		}
	}
	from := int32(-1) // the premise that the way on comes from
	for n >= 0 {
		e := &c.s.g.edges[n]
		out = append(out, e.Facts...)
		for _, p := range e.Premises {
			if p != from {
				_, bit, _ := c.s.any(p)
				visit(2*p + int32(bit))
			}
		}
		from = e.Conclusion
		n = c.next[from]
	}
	return out
}
