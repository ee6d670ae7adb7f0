package organisation

import (
	"maps"
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// graph finds the ways to administrators. What takes long to find out, the
// steps of each account, lies with the accounts and stays from one graph to the
// next; the rest is made anew.
type graph struct {
	ix        *Index
	units     []unit
	first     []int32 // by account: the number of its first unit
	parts     []*part
	cells     []int32 // by account: the number of its first cell
	cellCount int
	// wide are the steps into one account from all others, by class.
	wide map[int32][]step
	// backward, from other accounts: which cells or classes have a step to a
	// unit, those of the unit with number n from start[n] on; wide ones first,
	// then by account.
	from  []back
	start []int32
	every []*iam.Policy        // AdministratorAccess
	cross map[int32][]crossing // by class of the callers, those that steps are made of
}

// A part is the steps of an account's cells.
type part struct {
	classes []int32     // by unit of the account: its resource class
	at      []int32     // by resource class: its unit in the account, or -1
	admin   []value.Tri // by unit: that it is administrator
	steps   [][]step    // by cell
	raising []place     // steps that make administrators
	abroad  []place     // steps to units of other accounts
	// backward, within the account: those that act as a unit, those of the unit
	// n from start[n] on.
	from  []place
	start []int32
}

// A place is where a step stands.
type place struct{ cell, step int32 }

// back is a step from a cell of an account, or, where wide is set, from a class.
type back struct {
	account int32
	at      place
	wide    bool
}

func (p *part) step(at place) *step { return &p.steps[at.cell][at.step] }

// into are the places of the account's own steps to a unit.
func (p *part) into(n int32) []place { return p.from[p.start[n]:p.start[n+1]] }

func newGraph(ix *Index) *graph {
	g := &graph{ix: ix, wide: map[int32][]step{}, cross: map[int32][]crossing{}}
	doc, _ := catalogue.Managed(administratorAccess)
	g.every = []*iam.Policy{iam.Compile(doc)}
	g.crossings()
	ix.each(func(j *judge, a *account) {
		if a.part == nil {
			a.part = newPart(g, j, a)
		}
	})
	for _, a := range ix.accounts {
		p := a.part
		if p.admin == nil {
			p.admin = make([]value.Tri, len(p.classes))
			for n, k := range p.classes {
				p.admin[n] = ix.classes[a.classes[k].principal].admin(ix, a)
			}
		}
		g.parts = append(g.parts, p)
		g.first = append(g.first, int32(len(g.units)))
		g.cells = append(g.cells, int32(g.cellCount))
		g.cellCount += len(p.steps)
		for _, k := range p.classes {
			g.units = append(g.units, unit{a.number, k})
		}
	}
	g.wideSteps()
	g.backward()
	return g
}

// crossings collects what steps from one account to another follow from: all
// that everybody may do, and of what single accounts may do that of those whose
// steps are to be found.
func (g *graph) crossings() {
	for _, a := range g.ix.accounts {
		for i := range a.crossings {
			x := &a.crossings[i]
			if x.class >= a.steps || x.caller >= 0 && g.ix.accounts[x.caller].part != nil {
				continue
			}
			for _, n := range g.ix.classesOf(x) {
				g.cross[n] = append(g.cross[n], *x)
			}
		}
	}
}

// newPart finds the steps of an account's cells.
func newPart(g *graph, j *judge, a *account) *part {
	p := &part{at: make([]int32, len(a.classes)), steps: make([][]step, len(a.cells))}
	for k := range a.classes {
		p.at[k] = -1
		if a.classes[k].principal >= 0 {
			p.at[k] = int32(len(p.classes))
			p.classes = append(p.classes, int32(k))
		}
	}
	p.start = make([]int32, len(p.classes)+1)
	w := newStepper(g, j, a)
	var all []step
	ends := make([]int, len(a.cells))
	for i := range a.cells {
		all = append(all, w.stepsOf(int32(i))...)
		ends[i] = len(all)
	}
	all = slices.Clone(all)
	from := 0
	for i, end := range ends {
		p.steps[i] = all[from:end:end]
		from = end
		for n := range p.steps[i] {
			switch s, at := &p.steps[i][n], (place{int32(i), int32(n)}); {
			case s.admin:
				p.raising = append(p.raising, at)
			case s.to.account != a.number:
				p.abroad = append(p.abroad, at)
			default:
				p.start[p.at[s.to.class]+1]++
			}
		}
	}
	for n := 1; n < len(p.start); n++ {
		p.start[n] += p.start[n-1]
	}
	p.from = make([]place, p.start[len(p.classes)])
	next := slices.Clone(p.start)
	for i := range p.steps {
		for n := range p.steps[i] {
			if s := &p.steps[i][n]; !s.admin && s.to.account == a.number {
				u := p.at[s.to.class]
				p.from[next[u]] = place{int32(i), int32(n)}
				next[u]++
			}
		}
	}
	return p
}

// wideSteps finds the steps that the members of a class have into an account
// from all others.
func (g *graph) wideSteps() {
	for n, list := range g.cross {
		nowhere := &account{number: -1}
		w := newStepper(g, g.ix.workers[0], nowhere)
		for _, x := range list {
			if x.caller < 0 {
				w.entry(g.ix.accounts[x.owner], x.class, x.can)
			}
		}
		if len(w.out) > 0 {
			g.wide[n] = w.out
		}
	}
}

// backward turns the steps from one account to another round.
func (g *graph) backward() {
	classes := slices.Sorted(maps.Keys(g.wide))
	each := func(yield func(n int32, b back)) {
		for _, c := range classes {
			for s := range g.wide[c] {
				yield(g.number(g.wide[c][s].to), back{-1, place{c, int32(s)}, true})
			}
		}
		for a, p := range g.parts {
			for _, at := range p.abroad {
				yield(g.number(p.step(at).to), back{int32(a), at, false})
			}
		}
	}
	g.start = make([]int32, len(g.units)+1)
	each(func(n int32, _ back) { g.start[n+1]++ })
	for n := 1; n < len(g.start); n++ {
		g.start[n] += g.start[n-1]
	}
	g.from = make([]back, g.start[len(g.units)])
	next := slices.Clone(g.start)
	each(func(n int32, b back) {
		g.from[next[n]] = b
		next[n]++
	})
}

func (g *graph) number(u unit) int32 { return g.first[u.account] + g.parts[u.account].at[u.class] }

// stepsOf are the steps of the cell whose members a unit's are.
func (g *graph) stepsOf(u unit) []step {
	a := g.ix.accounts[u.account]
	return g.parts[u.account].steps[a.cellAt[a.classes[u.class].principal]]
}
