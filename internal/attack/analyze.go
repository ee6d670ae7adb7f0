package attack

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/attack/andor"
)

// Analyze finds the paths of every group of connected applications, on all
// processors; the result does not depend on their number. A group on which
// the analysis fails has a Failure and no paths, and costs no other group its
// own.
func Analyze(p *app.Project, o Options) Result {
	groups := connected(p)
	res := Result{Groups: make([]Group, len(groups))}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(groups)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(groups) {
					return
				}
				res.Groups[i] = tryGroup(p, groups[i], o)
			}
		})
	}
	wg.Wait()
	return res
}

func tryGroup(p *app.Project, apps []*app.App, o Options) (g Group) {
	defer func() {
		if err := recover(); err != nil {
			g = Group{Failure: fmt.Sprint(err)}
			for _, a := range apps {
				g.Apps = append(g.Apps, a.ID)
			}
		}
	}()
	return analyzeGroup(p, apps, o)
}

// connected joins applications of which one refers to a resource of another.
// Groups and their members are in the order of application ids.
func connected(p *app.Project) [][]*app.App {
	index := map[*app.App]int{}
	parent := make([]int, len(p.Apps))
	for i, a := range p.Apps {
		index[a], parent[i] = i, i
	}
	var find func(int) int
	find = func(i int) int {
		if parent[i] != i {
			parent[i] = find(parent[i])
		}
		return parent[i]
	}
	for i, a := range p.Apps {
		for _, r := range a.Resources() {
			for _, u := range a.Users(r) {
				if j := index[u.By.App]; j != i {
					x, y := find(i), find(j)
					parent[max(x, y)] = min(x, y)
				}
			}
		}
	}
	at := map[int]int{}
	var groups [][]*app.App
	for i, a := range p.Apps {
		r := find(i)
		k, ok := at[r]
		if !ok {
			k = len(groups)
			at[r] = k
			groups = append(groups, nil)
		}
		groups[k] = append(groups[k], a)
	}
	return groups
}

// defaultCutSteps bounds the search for a least cut; the largest application
// known needs a hundredth of it.
const defaultCutSteps = 200_000

func analyzeGroup(p *app.Project, apps []*app.App, o Options) Group {
	b := build(p, apps, o)
	accepted, untold := b.accept(o.Accepted)
	g := b.analyze(o)
	g.Accepted, g.Untold = accepted, untold
	return g
}

// accept makes the accepted weaknesses facts that are to stay. It returns
// those on which paths would rest, and how many rest on nothing else that a
// fix should mend.
func (b *building) accept(accepted func(*Weakness) bool) (onPaths []Weakness, untold int) {
	if accepted == nil {
		return nil, 0
	}
	var facts []int32
	for f := range b.faults {
		if w := b.faults[f]; !w.Choice && accepted(&w) {
			facts = append(facts, int32(f))
		}
	}
	if len(facts) == 0 {
		return nil, 0
	}
	finder := newPathfinder(b)
	used := map[int32]bool{}
	var alone []Path
	for _, q := range finder.paths() {
		for _, id := range q.Weaknesses {
			used[b.byID[id]] = true
		}
		for _, x := range q.Further {
			for _, id := range x.Weaknesses {
				used[b.byID[id]] = true
			}
		}
		if !slices.ContainsFunc(q.Weaknesses, func(id string) bool {
			f := b.byID[id]
			return !b.faults[f].Choice && !slices.Contains(facts, f)
		}) {
			alone = append(alone, q)
		}
	}
	b.graph.Keep(facts...)
	for _, f := range facts {
		if used[f] {
			onPaths = append(onPaths, b.faults[f])
		}
	}
	slices.SortFunc(onPaths, func(x, y Weakness) int { return strings.Compare(x.ID, y.ID) })
	return onPaths, len(finder.fold(alone))
}

// build applies every technique to the facts of a group.
func build(p *app.Project, apps []*app.App, o Options) *building {
	b := newBuilding(newFacts(p, apps, o))
	for _, t := range techniques() {
		t.apply(b, t)
	}
	return b
}

// analyze finds, folds and sorts the paths of the graph, and cuts them.
func (b *building) analyze(o Options) Group {
	g := Group{Size: Size{Capabilities: b.graph.Nodes(), Hops: b.graph.Edges(), Weaknesses: b.graph.Facts()}}
	for _, a := range b.apps {
		g.Apps = append(g.Apps, a.ID)
	}
	finder := newPathfinder(b)
	g.Paths = finder.fold(finder.paths())
	used := map[string]bool{}
	for _, q := range g.Paths {
		for _, w := range q.Weaknesses {
			used[w] = true
		}
	}
	steps := o.CutSteps
	if steps == 0 {
		steps = defaultCutSteps
	}
	all := func(q *Path) bool { return q.Certainty != Unknown }
	g.Cut = b.cut(g.Paths, steps, all)
	g.Worst = b.cut(g.Paths, steps, func(q *Path) bool { return all(q) && q.Severity.Rank() <= High.Rank() })
	for _, id := range append(slices.Clone(g.Cut.Weaknesses), g.Worst.Weaknesses...) {
		used[id] = true
	}
	for id := range used {
		g.Weaknesses = append(g.Weaknesses, b.faults[b.byID[id]])
	}
	g.Blind = oneEach(sortedEvidence(b.blind))
	slices.SortFunc(g.Weaknesses, func(x, y Weakness) int { return strings.Compare(x.ID, y.ID) })
	return g
}

// cut finds the least fixes that leave nothing of the paths that are wanted.
func (b *building) cut(paths []Path, steps int, wanted func(*Path) bool) Cut {
	goals := map[Actor]map[int32]bool{}
	for i := range paths {
		q := &paths[i]
		if !wanted(q) {
			continue
		}
		if goals[q.Actor] == nil {
			goals[q.Actor] = map[int32]bool{}
		}
		for _, n := range q.goals {
			goals[q.Actor][n] = true
		}
	}
	// Strangers hold nothing that users and foreign accounts do not: what is
	// closed to the first must not stay open to the others.
	for _, a := range []Actor{AnyAWS, SignedUp} {
		if _, ok := b.nodes[actor(a)]; !ok || len(goals[Anonymous]) == 0 {
			continue
		}
		if goals[a] == nil {
			goals[a] = map[int32]bool{}
		}
		for n := range goals[Anonymous] {
			goals[a][n] = true
		}
	}
	var questions []andor.Question
	for _, a := range actors() {
		if len(goals[a]) == 0 {
			continue
		}
		list := make([]int32, 0, len(goals[a]))
		for n := range goals[a] {
			list = append(list, n)
		}
		slices.Sort(list)
		questions = append(questions, andor.Question{Starts: []int32{b.nodes[actor(a)]}, Goals: list})
	}
	found := b.graph.Cut(steps, questions...)
	out := Cut{Cost: found.Weight, ProvedLeast: found.Proved, Bound: found.Bound}
	for _, f := range found.Facts {
		out.Weaknesses = append(out.Weaknesses, b.faults[f].ID)
	}
	slices.Sort(out.Weaknesses)
	return out
}
