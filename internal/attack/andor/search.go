package andor

import "container/heap"

// A Search finds cheapest proofs by Knuth's generalisation of Dijkstra's
// algorithm (Information Processing Letters 6(1), 1977): the cost of a proof
// is the sum over its edges, counted as a tree, which never falls when an
// edge is added, so nodes can be settled in the order of their costs.
//
// It works on the product of the graph with one monotone bit: has the proof
// used a weak fact? Each node thus has two states, and the cheapest proof
// with a weakness is found even where a proof without one is cheaper.
//
// A Search keeps its memory from run to run and touches only what a run
// reaches; it must not be used by several goroutines at once.
type Search struct {
	g     *Graph
	cost  []int32 // per state: node*2 + bit
	state []stateMark
	by    []step
	stamp []uint32 // per state, the run that wrote it
	run   uint32
	queue queue
	// Removed are facts that are mended: edges that rest on them are gone.
	// Set it between runs; nil for none. Indexed by fact.
	Removed []bool
	// Certain leaves out the edges marked Maybe.
	Certain bool
	// Door, if not nil, is the only door that the search takes.
	Door *int32
	// order are the states as they were settled in this run.
	order []int32
}

type stateMark uint8

const (
	queued stateMark = iota + 1
	settled
)

// A step is how a state was reached: the edge, and for which of its premises
// the state with a weakness was taken.
type step struct {
	edge int32 // -1 for a start
	bits uint32
}

// NewSearch returns a Search over the graph, which must not grow any more.
func NewSearch(g *Graph) *Search {
	n := 2 * g.nodes
	return &Search{g: g, cost: make([]int32, n), state: make([]stateMark, n), by: make([]step, n), stamp: make([]uint32, n)}
}

// Run computes what is reached from the starts.
func (s *Search) Run(starts ...int32) {
	s.run++
	s.queue = s.queue[:0]
	s.order = s.order[:0]
	for _, n := range starts {
		s.offer(2*n, 0, step{edge: -1})
	}
	for _, e := range s.g.axiom {
		if s.usable(e) {
			s.relax(e)
		}
	}
	for len(s.queue) > 0 {
		it := heap.Pop(&s.queue).(item)
		if s.state[it.state] == settled || s.cost[it.state] != it.cost {
			continue
		}
		s.state[it.state] = settled
		s.order = append(s.order, it.state)
		for _, e := range s.g.out[it.state/2] {
			if s.usable(e) {
				s.relax(e)
			}
		}
		if s.Door != nil {
			if s.usable(*s.Door) {
				s.relax(*s.Door) // which looks whether all its premises are there
			}
			continue
		}
		for _, e := range s.g.doors[it.state/2] {
			if s.usable(e) {
				s.relax(e)
			}
		}
	}
}

func (s *Search) usable(n int32) bool {
	e := &s.g.edges[n]
	if s.Certain && e.Maybe {
		return false
	}
	if s.Removed != nil {
		for _, f := range e.Facts {
			if s.Removed[f] {
				return false
			}
		}
	}
	return !e.Door || s.Door == nil || *s.Door == n
}

func (s *Search) settledAt(st int32) (int32, bool) {
	if s.stamp[st] == s.run && s.state[st] == settled {
		return s.cost[st], true
	}
	return 0, false
}

// any is the cheaper of a node's two states, if one is settled, and its bit.
func (s *Search) any(n int32) (cost int32, bit uint32, ok bool) {
	c0, ok0 := s.settledAt(2 * n)
	c1, ok1 := s.settledAt(2*n + 1)
	switch {
	case ok1 && (!ok0 || c1 < c0):
		return c1, 1, true
	case ok0:
		return c0, 0, true
	}
	return 0, 0, false
}

// relax offers the conclusion of an edge whose premises are settled.
func (s *Search) relax(n int32) {
	e := &s.g.edges[n]
	var sum, plain int32 // over the cheaper states; over those without a weakness
	var bits uint32
	allPlain := true
	best, bestAt := int32(-1), 0 // least surplus for taking one premise with a weakness
	for i, p := range e.Premises {
		c, bit, ok := s.any(p)
		if !ok {
			return
		}
		sum += c
		bits |= bit << i
		if c0, ok := s.settledAt(2 * p); ok {
			plain += c0
		} else {
			allPlain = false
		}
		if c1, ok := s.settledAt(2*p + 1); ok && (best < 0 || c1-c < best) {
			best, bestAt = c1-c, i
		}
	}
	w := int32(e.Cost)
	if e.weak {
		s.offer(2*e.Conclusion+1, sum+w, step{n, bits})
		return
	}
	if best >= 0 {
		s.offer(2*e.Conclusion+1, sum+best+w, step{n, bits | 1<<bestAt})
	}
	if allPlain {
		s.offer(2*e.Conclusion, plain+w, step{n, 0})
	}
}

func (s *Search) offer(st, cost int32, by step) {
	if s.stamp[st] == s.run {
		if s.state[st] == settled || s.cost[st] < cost || s.cost[st] == cost && s.by[st].edge <= by.edge {
			return
		}
	}
	fresh := s.stamp[st] != s.run || s.cost[st] != cost
	s.stamp[st], s.state[st], s.cost[st], s.by[st] = s.run, queued, cost, by
	if fresh {
		heap.Push(&s.queue, item{cost, st})
	}
}

// Cost is the cost of the cheapest proof of the node, with a weakness or
// without one; ok is false where there is none.
func (s *Search) Cost(node int32, weak bool) (cost int, ok bool) {
	c, ok := s.settledAt(stateOf(node, weak))
	return int(c), ok
}

func stateOf(node int32, weak bool) int32 {
	if weak {
		return 2*node + 1
	}
	return 2 * node
}

// Reached calls yield for each node that has a proof with a weakness cheaper
// than any without, in the order of cost.
func (s *Search) Reached(yield func(node int32) bool) {
	for _, st := range s.order {
		if st&1 == 0 {
			continue
		}
		if c0, ok := s.settledAt(st - 1); ok && c0 <= s.cost[st] {
			continue
		}
		if !yield(st / 2) {
			return
		}
	}
}

// Proof returns the edges of the cheapest proof of the node, each once, an
// edge after those that prove its premises; the first premise is proved last.
func (s *Search) Proof(node int32, weak bool) []int32 {
	st := stateOf(node, weak)
	if _, ok := s.settledAt(st); !ok {
		return nil
	}
	var out []int32
	seen := map[int32]bool{}
	var visit func(st int32)
	visit = func(st int32) {
		if seen[st] {
			return
		}
		seen[st] = true
		by := s.by[st]
		if by.edge < 0 {
			return
		}
		e := &s.g.edges[by.edge]
		for i := len(e.Premises) - 1; i >= 0; i-- {
			visit(stateOf(e.Premises[i], by.bits>>i&1 == 1))
		}
		out = append(out, by.edge)
	}
	visit(st)
	return compactEdges(out)
}

// compactEdges drops repeats of an edge that both states of its conclusion
// used, keeping the first.
func compactEdges(list []int32) []int32 {
	seen := make(map[int32]bool, len(list))
	out := list[:0]
	for _, e := range list {
		if !seen[e] {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out
}

type item struct {
	cost  int32
	state int32
}

// queue orders by cost, then by state: node numbers break ties.
type queue []item

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].cost != q[j].cost {
		return q[i].cost < q[j].cost
	}
	return q[i].state < q[j].state
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(item)) }
func (q *queue) Pop() any {
	old := *q
	it := old[len(old)-1]
	*q = old[:len(old)-1]
	return it
}

// Last returns the edge by which the cheapest proof of the node ends, and the
// bits of its premises; edge is -1 for a start and for what has no proof.
func (s *Search) Last(node int32, weak bool) (edge int32, bits uint32) {
	st := stateOf(node, weak)
	if _, ok := s.settledAt(st); !ok {
		return -1, 0
	}
	return s.by[st].edge, s.by[st].bits
}
