package andor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// random builds a small graph with cycles, joint premises and shared facts.
func random(rng *rand.Rand, nodes, edges, facts int) *Graph {
	g := &Graph{}
	for range nodes {
		g.Node()
	}
	for range facts {
		g.Fact(Fact{Weight: 1 + rng.IntN(4), Weak: rng.IntN(3) > 0})
	}
	for range edges {
		e := Edge{Cost: rng.IntN(5), Conclusion: int32(rng.IntN(nodes)), Maybe: rng.IntN(8) == 0}
		for range 1 + rng.IntN(3) {
			p := int32(rng.IntN(nodes))
			if !slices.Contains(e.Premises, p) {
				e.Premises = append(e.Premises, p)
			}
		}
		for range rng.IntN(3) {
			if facts > 0 && rng.IntN(2) == 0 {
				f := int32(rng.IntN(facts))
				if !slices.Contains(e.Facts, f) {
					e.Facts = append(e.Facts, f)
				}
			}
		}
		g.Add(e)
	}
	return g
}

const unreached = 1 << 20

// relaxAll is Bellman and Ford's algorithm over the product: slow and plain.
func relaxAll(g *Graph, starts []int32, removed []bool, certain bool) [][2]int {
	cost := make([][2]int, g.nodes)
	for i := range cost {
		cost[i] = [2]int{unreached, unreached}
	}
	for _, s := range starts {
		cost[s][0] = 0
	}
	for changed := true; changed; {
		changed = false
		for _, e := range g.edges {
			if certain && e.Maybe || slices.ContainsFunc(e.Facts, func(f int32) bool { return removed != nil && removed[f] }) {
				continue
			}
			for bits := range 1 << len(e.Premises) {
				sum := e.Cost
				for i, p := range e.Premises {
					sum += cost[p][bits>>i&1]
				}
				bit := 0
				if bits != 0 || e.weak {
					bit = 1
				}
				if sum < cost[e.Conclusion][bit] && sum < unreached {
					cost[e.Conclusion][bit] = sum
					changed = true
				}
			}
		}
	}
	return cost
}

func TestSearchAgainstRelaxation(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 1))
		g := random(rng, 3+rng.IntN(8), 4+rng.IntN(25), 5)
		s := NewSearch(g)
		for start := range int32(2) {
			s.Certain = start == 1
			s.Run(start)
			want := relaxAll(g, []int32{start}, nil, s.Certain)
			for n := range int32(g.nodes) {
				for bit := range 2 {
					got, ok := s.Cost(n, bit == 1)
					if !ok {
						got = unreached
					}
					if got != want[n][bit] {
						t.Fatalf("seed %d: cost of %d with weakness %d is %d, want %d", seed, n, bit, got, want[n][bit])
					}
					checkProof(t, s, start, n, bit == 1)
				}
			}
		}
	}
}

// checkProof replays a proof: each premise is proved before it is used, a
// weak fact is there if one is asked for, and the tree costs what Cost says.
func checkProof(t *testing.T, s *Search, start, node int32, weak bool) {
	t.Helper()
	total, ok := s.Cost(node, weak)
	if !ok {
		return
	}
	have := map[int32]bool{start: true}
	sawWeak := false
	for _, n := range s.Proof(node, weak) {
		e := s.g.edges[n]
		for _, p := range e.Premises {
			if !have[p] {
				t.Fatalf("proof of %d uses %d before it is proved", node, p)
			}
		}
		have[e.Conclusion] = true
		sawWeak = sawWeak || e.weak
	}
	if !have[node] || sawWeak != weak {
		t.Fatalf("proof of %d: reached %v, weakness %v, want weakness %v", node, have[node], sawWeak, weak)
	}
	if got := s.tree(stateOf(node, weak)); got != total {
		t.Fatalf("proof of %d costs %d as a tree, want %d", node, got, total)
	}
}

func (s *Search) tree(st int32) int {
	by := s.by[st]
	if by.edge < 0 {
		return 0
	}
	e := s.g.edges[by.edge]
	sum := e.Cost
	for i, p := range e.Premises {
		sum += s.tree(stateOf(p, by.bits>>i&1 == 1))
	}
	return sum
}

// leastCut tries all sets of facts.
func leastCut(g *Graph, q Question) int {
	best := unreached
	for set := range 1 << len(g.facts) {
		removed := make([]bool, len(g.facts))
		w := 0
		for f := range g.facts {
			if set>>f&1 == 1 {
				removed[f] = true
				w += g.facts[f].Weight
			}
		}
		if w >= best {
			continue
		}
		cost := relaxAll(g, q.Starts, removed, true)
		if !slices.ContainsFunc(q.Goals, func(n int32) bool { return cost[n][1] < unreached }) {
			best = w
		}
	}
	return best
}

func TestCutAgainstAllSets(t *testing.T) {
	sizes := map[int]int{}
	for seed := range uint64(250) {
		rng := rand.New(rand.NewPCG(seed, 2))
		g := random(rng, 5+rng.IntN(6), 10+rng.IntN(25), 8)
		q := Question{Starts: []int32{0}, Goals: []int32{1, 2, 3}}
		got := g.Cut(100000, q)
		want := leastCut(g, q)
		if !got.Proved || got.Weight != want || got.Bound != want {
			t.Fatalf("seed %d: cut %+v, want weight %d", seed, got, want)
		}
		sizes[len(got.Facts)]++
		short := g.Cut(0, q)
		if short.Weight < want || short.Bound > want || short.Proved && short.Weight != want {
			t.Fatalf("seed %d: with no steps the cut is %+v, the least weighs %d", seed, short, want)
		}
	}
	if sizes[2] == 0 || sizes[3] == 0 {
		t.Fatalf("the random graphs are too easy: cuts by size %v", sizes)
	}
}

// grid is a graph that grows in step: layers of nodes, each joined to the
// next by edges with one and two premises.
func grid(layers, width int) (*Graph, []int32, []int32) {
	g := &Graph{}
	rng := rand.New(rand.NewPCG(7, 7))
	node := make([][]int32, layers)
	for l := range node {
		for range width {
			node[l] = append(node[l], g.Node())
		}
	}
	for l := 1; l < layers; l++ {
		for w := range width {
			e := Edge{Premises: []int32{node[l-1][w]}, Conclusion: node[l][(w+1)%width], Cost: 1 + rng.IntN(3)}
			if rng.IntN(4) == 0 {
				e.Facts = []int32{g.Fact(Fact{Weight: 1, Weak: true})}
			}
			g.Add(e)
			g.Add(Edge{Premises: []int32{node[l-1][w], node[l-1][(w+1)%width]}, Conclusion: node[l][w], Cost: 1})
		}
	}
	return g, node[0], node[layers-1]
}

func BenchmarkSearch(b *testing.B) {
	for _, x := range []int{1, 4, 16} {
		g, starts, _ := grid(20, 250*x)
		s := NewSearch(g)
		b.Run(fmt.Sprintf("x%d", x), func(b *testing.B) {
			for b.Loop() {
				s.Run(starts...)
			}
		})
	}
}
