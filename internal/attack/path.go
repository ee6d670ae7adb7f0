package attack

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/attack/andor"
)

// actors in the order in which their paths are told; each comes after those
// whose paths make its own superfluous.
func actors() []Actor {
	return []Actor{Anonymous, AnyAWS, SignedUp, Vendor, Library, Insider, Careless}
}

// surplus is how much cheaper a way must be for an actor to be worth telling
// although a weaker actor has one already: with open sign-up, say, a user's
// ways are anybody's for one hop more.
const surplus = 3

// A pathfinder turns proofs into paths.
type pathfinder struct {
	*building
	search *andor.Search
	goals  []goal
	isGoal []bool // by node
	// known is per goal the least that an earlier, weaker actor needed.
	known map[int32]int
	// doors are the edges from each way in.
	doors map[Capability][]int32
	// from are the edges from each node, those of which it is the first premise.
	from [][]int32
	// tails are what comes after a node.
	tails       map[int32]tail
	tailNumbers map[string]int // by signature
}

// A goal is a capability over an asset.
type goal struct {
	node   int32
	cap    Capability
	weight int
}

func newPathfinder(b *building) *pathfinder {
	p := &pathfinder{building: b, search: andor.NewSearch(b.graph), isGoal: make([]bool, b.graph.Nodes()), known: map[int32]int{}, doors: map[Capability][]int32{},
		from: make([][]int32, b.graph.Nodes()), tails: map[int32]tail{}, tailNumbers: map[string]int{}}
	for e, h := range b.hops {
		n := b.nodes[h.from[0]]
		p.from[n] = append(p.from[n], int32(e))
		if h.from[0].Kind == kindAt {
			p.doors[h.from[0]] = append(p.doors[h.from[0]], int32(e))
		}
	}
	for n, c := range b.caps {
		if w, ok := b.worth(c); ok {
			p.goals = append(p.goals, goal{int32(n), c, w})
			p.isGoal[n] = true
		}
	}
	return p
}

func (p *pathfinder) goalAt(n int32) goal {
	i, _ := slices.BinarySearchFunc(p.goals, n, func(g goal, n int32) int { return int(g.node - n) })
	return p.goals[i]
}

// paths lists the paths of every actor, before folding.
func (p *pathfinder) paths() []Path {
	var all []Path
	direct := map[Capability]bool{} // what strangers and users get in one hop
	for _, a := range actors() {
		root, ok := p.nodes[actor(a)]
		if !ok {
			continue
		}
		p.search.Door = nil
		p.search.Run(root)
		reached := map[int32]int{}
		var starts []int32
		for _, g := range p.goals {
			if c, ok := p.search.Cost(g.node, false); ok {
				reached[g.node] = c
			}
			if c, ok := p.search.Cost(g.node, true); ok {
				if old, ok := reached[g.node]; !ok || c < old {
					reached[g.node] = c
				}
			}
		}
		for e := range p.hops {
			if p.hops[e].to.Kind != kindAt || p.hops[e].latent {
				continue
			}
			from := p.nodes[p.hops[e].from[0]]
			_, plain := p.search.Cost(from, false)
			_, weak := p.search.Cost(from, true)
			if plain || weak {
				starts = append(starts, int32(e))
			}
		}
		if a == Anonymous || a == AnyAWS || a == SignedUp {
			p.addDirect(direct, starts)
		}
		told := map[string]kin{} // the paths of a way, by what it has in common with others
		for _, way := range starts {
			key, ends, ok := p.alike(way)
			if k, seen := told[key]; ok && seen {
				p.count(all[k.from:k.to], k.places, way, ends)
				continue
			}
			from := len(all)
			all = append(all, p.through(a, root, way, direct)...)
			told[key] = newKin(all, from, ends)
		}
		for n, c := range reached {
			if old, ok := p.known[n]; !ok || c < old {
				p.known[n] = c
			}
		}
	}
	return all
}

// addDirect adds what the ways give by themselves.
func (p *pathfinder) addDirect(direct map[Capability]bool, ways []int32) {
	at := map[Capability]bool{}
	for _, e := range ways {
		at[p.hops[e].to] = true
	}
	for _, h := range p.hops {
		if at[h.from[0]] && h.certainty != Unknown {
			direct[h.to] = true
		}
	}
}

// through lists what one way in leads to: one path for each place from which
// assets are reached, with all assets that are reached from there.
func (p *pathfinder) through(a Actor, root, way int32, direct map[Capability]bool) []Path {
	p.search.Door = &way
	p.search.Run(root)
	type anchor struct {
		node      int32
		bits      uint32
		certainty int
	}
	groups := map[anchor][]goal{}
	var order []anchor
	for n := range p.search.Reached {
		if !p.isGoal[n] {
			continue
		}
		cost, _ := p.search.Cost(n, true)
		if c, ok := p.known[n]; ok && c < cost+surplus && a != Library && a != Insider && a != Careless {
			continue // a weaker actor has it
		}
		proof := p.search.Proof(n, true)
		if !slices.Contains(proof, way) {
			continue // held without any way in
		}
		if !p.telling(proof, way, direct) {
			continue
		}
		e, bits := p.lastShown(n)
		k := anchor{node: p.nodes[p.hops[e].from[0]], bits: bits & 1, certainty: p.certainty(n).rank()}
		if _, ok := groups[k]; !ok {
			order = append(order, k)
		}
		groups[k] = append(groups[k], p.goalAt(n))
	}
	var out []Path
	for _, k := range order {
		out = append(out, p.path(a, groups[k]))
	}
	return gather(dropUnderAdmin(dropBareCode(out)))
}

// lastShown is the last edge of a node's proof that is shown as a hop's
// beginning: hidden nodes are passed.
func (p *pathfinder) lastShown(n int32) (edge int32, bits uint32) {
	weak := true
	for {
		e, bits := p.search.Last(n, weak)
		from := p.hops[e].from[0]
		if !from.Kind.hidden() || from.Kind == kindAt {
			return e, bits
		}
		n, weak = p.nodes[from], bits&1 == 1
	}
}

func (p *pathfinder) certainty(n int32) Certainty {
	worst := Exact
	for _, e := range p.search.Proof(n, true) {
		if c := p.hops[e].certainty; c.rank() > worst.rank() {
			worst = c
		}
	}
	return worst
}

// telling tells whether a proof is worth a path: not where it comes past what
// the actor, or anybody, gets directly; not for code that runs in a second
// function, from which either something follows or nothing; and not for
// exhaustion by somebody who runs code already.
func (p *pathfinder) telling(proof []int32, way int32, direct map[Capability]bool) bool {
	goal := p.hops[proof[len(proof)-1]].to.Kind
	if goal == KindExec && len(proof) > 3 {
		return false
	}
	begun := false
	for _, e := range proof {
		h := p.hops[e]
		if h.to.Kind == KindExec && (goal == KindDeny || goal == KindSpend) {
			return false
		}
		if begun && h.from[0] != p.hops[way].to && direct[h.to] {
			return false
		}
		begun = begun || e == way
	}
	return true
}

// gather tells one way in once: of the paths with the same certainty the
// worst stays, and what the others reach is listed with it.
func gather(list []Path) []Path {
	slices.SortStableFunc(list, comparePaths)
	var out []Path
	for _, q := range list {
		i := slices.IndexFunc(out, func(o Path) bool { return o.Certainty == q.Certainty && deniesOnly(&o) == deniesOnly(&q) })
		if i < 0 {
			out = append(out, q)
			continue
		}
		out[i].goals = append(out[i].goals, q.goals...)
		if q.Severity == Low && out[i].Severity != Low {
			continue // not worth a line; the cut counts it
		}
		out[i].Further = append(out[i].Further, Further{Title: q.Title, Impact: q.Impact, Assets: q.Assets, Severity: q.Severity, Weaknesses: q.Weaknesses})
	}
	return out
}

func deniesOnly(q *Path) bool {
	k := q.Hops[len(q.Hops)-1].To.Kind
	return k == KindDeny || k == KindSpend
}

// dropBareCode leaves out that code runs in a function where it is told what
// that code can reach, and where nothing follows from a flaw that nobody has
// seen: an open route to a function that holds nothing is a finding, no path.
func dropBareCode(list []Path) []Path {
	return slices.DeleteFunc(list, func(q Path) bool {
		last := q.Hops[len(q.Hops)-1]
		return last.To.Kind == KindExec && (len(list) > 1 || last.Technique == codeInjection.ID)
	})
}

// dropUnderAdmin leaves out what follows from an administrator's rights that
// the same way in leads to, unless it is reached with less trouble.
func dropUnderAdmin(list []Path) []Path {
	admin := -1
	for i, q := range list {
		if q.Asset == Account && q.admin && (admin < 0 || q.Difficulty < list[admin].Difficulty) {
			admin = i
		}
	}
	if admin < 0 {
		return list
	}
	return slices.DeleteFunc(list, func(q Path) bool {
		return !q.admin && q.Difficulty >= list[admin].Difficulty && q.Certainty.rank() >= list[admin].Certainty.rank()
	})
}

// path tells the way to a set of goals that differ in the last hop only.
func (p *pathfinder) path(a Actor, goals []goal) Path {
	slices.SortFunc(goals, func(x, y goal) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), impactRank(x.cap.Kind)-impactRank(y.cap.Kind), strings.Compare(x.cap.Of, y.cap.Of))
	})
	top := goals[0]
	q := Path{Actor: a, Asset: top.cap.Of, Certainty: Exact, Count: 1, admin: top.cap.Kind == KindAdmin}
	proof := p.search.Proof(top.node, true)
	q.Hops = p.tell(proof)
	weak := map[string]bool{}
	for i := range q.Hops {
		h := &q.Hops[i]
		q.Difficulty += h.Difficulty
		if h.Certainty.rank() > q.Certainty.rank() {
			q.Certainty = h.Certainty
		}
		if h.Assumption != "" && !slices.Contains(q.Assumptions, h.Assumption) {
			q.Assumptions = append(q.Assumptions, h.Assumption)
		}
		for _, w := range h.Weaknesses {
			if !weak[w] {
				weak[w] = true
				q.Weaknesses = append(q.Weaknesses, w)
			}
		}
	}
	slices.Sort(q.Weaknesses)
	if q.admin {
		goals = goals[:1]
	}
	var rest []string
	for _, g := range goals {
		q.goals = append(q.goals, g.node)
		if g.cap.Of != q.Asset {
			rest = append(rest, g.cap.Of)
		}
	}
	slices.Sort(rest)
	q.Assets = append([]string{q.Asset}, slices.Compact(rest)...)
	q.Impact = p.impact(goals)
	q.Title = p.title(a, proof, goals)
	q.score = p.score(&q, top.weight)
	q.Severity = severityOf(q.score)
	q.ID = pathID(&q)
	return q
}
