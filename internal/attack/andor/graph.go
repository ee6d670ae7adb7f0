// Package andor owns the AND-OR graph under the attack paths: nodes that are
// reached when one of the edges into them applies (OR), edges that apply when
// all their premises are reached (AND), cheapest proofs and least cuts.
//
// It imports nothing of remit and knows nothing of attacks: nodes, edges and
// facts are numbers. An edge rests on facts that a fix can change, and is gone
// when any of them is. Some facts are shortfalls ("weak"), others merely
// changeable; only a proof with a weak fact counts. The same graph and
// the same question give the same answer, whatever the order of a map, the
// number of processors or the clock.
package andor

import "slices"

// A Graph is built once and then only read; several Searches may read it at
// the same time.
type Graph struct {
	nodes int
	edges []edge
	facts []Fact
	out   [][]int32 // per node, the edges that it is a premise of, but for doors
	doors [][]int32 // per node, the doors that it is a premise of
	axiom []int32   // edges without premises
}

// An Edge is one application of a rule: from all premises to the conclusion.
type Edge struct {
	// Premises are the nodes that must all be reached; the first is the one
	// that a proof is told along. They must differ from each other.
	Premises   []int32
	Conclusion int32
	// Cost is what applying the edge adds; it must not be negative.
	Cost int
	// Facts are what the edge rests on.
	Facts []int32
	// Maybe marks an edge of which nobody knows whether it is there.
	Maybe bool
	// Door marks one of many edges of which a search may take one alone.
	Door bool
}

type edge struct {
	Edge
	weak bool
}

// A Fact is something that a fix can change.
type Fact struct {
	// Weight is what the fix costs; at least 1.
	Weight int
	// Weak tells a shortfall from a fact that is as it was meant to be.
	Weak bool
}

// Node adds a node and returns its number, counted from 0.
func (g *Graph) Node() int32 {
	g.nodes++
	g.out = append(g.out, nil)
	g.doors = append(g.doors, nil)
	return int32(g.nodes - 1)
}

// Fact adds a fact and returns its number, counted from 0.
func (g *Graph) Fact(f Fact) int32 {
	g.facts = append(g.facts, f)
	return int32(len(g.facts) - 1)
}

// Keep makes facts ones that are to stay: they are no shortfalls, and a cut takes
// one only where there is nothing else to take. The order of calls does not
// matter; edges that are there already follow.
func (g *Graph) Keep(facts ...int32) {
	for _, f := range facts {
		g.facts[f] = Fact{Weight: keptWeight, Weak: false}
	}
	for i := range g.edges {
		e := &g.edges[i]
		e.weak = slices.ContainsFunc(e.Facts, func(f int32) bool { return g.facts[f].Weak })
	}
}

// keptWeight is more than all other facts of a graph weigh together.
const keptWeight = 1 << 20

// Add adds an edge and returns its number, counted from 0. Its facts must
// have been added before.
func (g *Graph) Add(e Edge) int32 {
	n := int32(len(g.edges))
	x := edge{Edge: e}
	x.weak = slices.ContainsFunc(e.Facts, func(f int32) bool { return g.facts[f].Weak })
	g.edges = append(g.edges, x)
	list := g.out
	if e.Door {
		list = g.doors
	}
	for _, p := range e.Premises {
		list[p] = append(list[p], n)
	}
	if len(e.Premises) == 0 {
		g.axiom = append(g.axiom, n)
	}
	return n
}

// Edge returns an edge by its number.
func (g *Graph) Edge(n int32) Edge { return g.edges[n].Edge }

// Nodes, Edges and Facts count what was added.
func (g *Graph) Nodes() int { return g.nodes }

// Edges counts the edges.
func (g *Graph) Edges() int { return len(g.edges) }

// Facts counts the facts.
func (g *Graph) Facts() int { return len(g.facts) }
