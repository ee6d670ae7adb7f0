package organisation

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// A unit is a class of users or roles as what others may act as: all of one
// class, in one account, of whose ARNs and trust every policy says the same.
type unit struct{ account, class int32 }

// A step is one way from the members of a cell: to another unit, or to every
// right of their account.
type step struct {
	row   int32 // of kinds.rows
	to    unit  // the victim; itself where there is none
	holds value.Tri
	admin bool // it makes an administrator of the account of to
}

// graph finds the ways to administrators.
type graph struct {
	ix    *Index
	units []unit
	first []int32 // by account: the number of its first unit
	at    []map[int32]int32
	steps [][]step // by cell, all accounts'
	cells []int32  // by account: the number of its first cell
	// wide are the steps into one account from all others, by class.
	wide map[int32][]step
	// backward: which cells have a step to a unit
	from  [][]back
	every []*iam.Policy        // AdministratorAccess
	cross map[int32][]crossing // by class of the callers, those that steps are made of
}

// back is a step from a cell, or, where wide is set, from a class.
type back struct {
	cell int32
	step int32
	wide bool
}

func newGraph(ix *Index) *graph {
	g := &graph{ix: ix, wide: map[int32][]step{}, cross: map[int32][]crossing{}}
	doc, _ := catalogue.Managed(administratorAccess)
	g.every = []*iam.Policy{iam.Compile(doc)}
	for _, a := range ix.accounts {
		g.first = append(g.first, int32(len(g.units)))
		at := map[int32]int32{}
		for k := range a.classes {
			if a.classes[k].principal >= 0 {
				at[int32(k)] = int32(len(g.units))
				g.units = append(g.units, unit{a.number, int32(k)})
			}
		}
		g.at = append(g.at, at)
		g.cells = append(g.cells, int32(len(g.steps)))
		for range a.cells {
			g.steps = append(g.steps, nil)
		}
	}
	for _, a := range ix.accounts {
		for _, x := range a.crossings {
			if a.classes[x.class].kind.number < firstKinds {
				for _, n := range ix.classesOf(&x) {
					g.cross[n] = append(g.cross[n], x)
				}
			}
		}
	}
	ix.each(func(j *judge, a *account) {
		for i := range a.cells {
			g.stepsOf(j, a, int32(i))
		}
	})
	for _, c := range ix.classes {
		g.wideSteps(c)
	}
	g.from = make([][]back, len(g.units))
	for _, c := range ix.classes {
		for s := range g.wide[c.number] {
			n := g.number(g.wide[c.number][s].to)
			g.from[n] = append(g.from[n], back{c.number, int32(s), true})
		}
	}
	for c := range g.steps {
		for s := range g.steps[c] {
			if x := &g.steps[c][s]; !x.admin {
				n := g.number(x.to)
				g.from[n] = append(g.from[n], back{int32(c), int32(s), false})
			}
		}
	}
	return g
}

func (g *graph) number(u unit) int32 { return g.at[u.account][u.class] }

// cellOf is the number of the cell whose members a unit's are.
func (g *graph) cellOf(u unit) int32 {
	a := g.ix.accounts[u.account]
	return g.cells[u.account] + a.cellAt[a.classes[u.class].principal]
}

type wholeKey struct {
	boundary, rail, flags, names, tags uint32
	account                            int32
	unbound                            bool
}

// wholly tells whether a class that is given every right administers its
// account: its boundary and the control policies may still hold it back.
func (g *graph) wholly(j *judge, n int32, a *account, unbound bool) value.Tri {
	c := g.ix.classes[n]
	key := wholeKey{rail: c.form.rail.id, flags: c.form.flags, names: j.lists.id(both(c.names, c.form.names)), tags: c.member.tags, account: c.account, unbound: unbound}
	if c.form.boundary != nil {
		key.boundary = c.member.boundary.id
	}
	out, ok := j.whole[key]
	if !ok {
		out = j.administers(c, a, g.every, unbound)
		j.whole[key] = out
	}
	return out
}

// stepsOf finds the steps of one cell: it looks at what the cell may do with
// principals, what is attached to them and what runs as them.
func (g *graph) stepsOf(j *judge, a *account, i int32) {
	ix, c := g.ix, a.cells[i].class
	w := stepper{g: g, j: j, made: ix.kinds.byName[newType].number, a: a, cell: &a.cells[i], fresh: a.fresh[i]}
	for _, e := range a.rows[i] {
		w.entry(a, e.class, a.grants[e.can])
	}
	for _, x := range g.cross[c] {
		if x.caller == a.number {
			w.entry(ix.accounts[x.owner], x.class, x.can)
		}
	}
	w.finish()
	g.steps[g.cells[a.number]+i] = slices.Clone(w.out)
}

// wideSteps finds the steps that the members of a class have into an account
// from all others.
func (g *graph) wideSteps(c *class) {
	w := stepper{g: g, j: g.ix.workers[0], made: g.ix.kinds.byName[newType].number, a: &account{number: -1}}
	for _, x := range g.cross[c.number] {
		if x.caller < 0 {
			w.entry(g.ix.accounts[x.owner], x.class, x.can)
		}
	}
	if len(w.out) > 0 {
		g.wide[c.number] = w.out
	}
}

// A stepper collects the steps of a cell.
type stepper struct {
	g     *graph
	j     *judge
	made  uint16 // the number of what calls make
	a     *account
	cell  *cell
	fresh grant
	out   []step
	// by victim: that it can be acted as, and that it can be given every right
	acts   map[unit]value.Tri
	raises []step
	held   map[int32]grant // what may be done with policies and groups, by class
}

// entry adds the steps that follow from what may be done with one class of
// resources.
func (w *stepper) entry(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	switch rc.kind.name {
	case roleType, userType:
		w.principal(owner, k, can)
	case policyType, groupType:
		if w.held == nil {
			w.held = map[int32]grant{}
		}
		if owner == w.a {
			w.held[k] = can
		}
	case functionType:
		if rc.role >= 0 {
			for r := range w.g.ix.kinds.rows {
				row := &w.g.ix.kinds.rows[r]
				if row.needs[0].on == escalation.Function {
					w.act(int32(r), unit{owner.number, rc.role}, can.has(row.needs[0].bits[rc.kind.number]))
				}
			}
		}
	}
}

func (w *stepper) principal(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	victim := unit{owner.number, k}
	either := uint32(can) | uint32(can>>maxCapabilities)
	for r := range w.g.ix.kinds.rows {
		row := &w.g.ix.kinds.rows[r]
		if either&row.needs[0].bits[rc.kind.number] == 0 {
			continue // the first need of such rows is on the principal
		}
		holds := value.Yes
		victimNeeded, self := false, false
		for n := range row.needs {
			need := &row.needs[n]
			switch need.on {
			case escalation.Role, escalation.User:
				victimNeeded = true
				holds = holds.And(can.has(need.bits[rc.kind.number]))
			case escalation.Self:
				self = true
				holds = holds.And(can.has(need.bits[rc.kind.number]))
			case escalation.New, escalation.Anything:
				holds = holds.And(w.fresh.has(need.bits[w.made]))
				if owner != w.a {
					holds = value.No // what is made is made in the caller's account
				}
			default:
				holds = value.No
			}
		}
		switch {
		case holds == value.No:
		case self && owner == w.a && rc.principal == w.cell.class:
			// Its own members, which lie in this unit, may do it to themselves.
			holds = holds.And(w.g.wholly(w.j, rc.principal, owner, row.Unbinds))
			if holds != value.No {
				w.out = append(w.out, step{int32(r), victim, holds, true})
			}
		case !victimNeeded:
		case row.AsVictim:
			if holds = holds.And(w.g.wholly(w.j, rc.principal, owner, false)); holds != value.No {
				w.raises = append(w.raises, step{int32(r), victim, holds, true})
			}
		default:
			w.act(int32(r), victim, holds)
		}
	}
}

// act notes that the cell can come to act as a unit.
func (w *stepper) act(row int32, victim unit, holds value.Tri) {
	if holds == value.No {
		return
	}
	if w.acts == nil {
		w.acts = map[unit]value.Tri{}
	}
	if old, ok := w.acts[victim]; ok && old.Or(holds) == old {
		return // by an earlier row, no less certain
	} else if ok {
		holds = old.Or(holds)
	}
	w.acts[victim] = holds
	w.out = append(w.out, step{row, victim, holds, false})
}

// finish adds what needs nobody else, or two ways together.
func (w *stepper) finish() {
	for r := range w.g.ix.kinds.rows {
		row := &w.g.ix.kinds.rows[r]
		switch {
		case row.Gain == escalation.AnyVictim:
			holds := value.Yes
			for n := range row.needs {
				holds = holds.And(w.fresh.has(row.needs[n].bits[w.made]))
			}
			if holds != value.No {
				for _, u := range w.cell.units {
					w.out = append(w.out, step{int32(r), unit{w.a.number, u}, holds, true})
				}
			}
		case len(w.held) == 0:
		case row.needs[0].on == escalation.Policy || row.needs[0].on == escalation.Group:
			for _, u := range w.cell.units {
				w.attached(int32(r), unit{w.a.number, u}, &w.out)
			}
		case row.needs[0].on == escalation.PolicyOf:
			for k := range w.a.classes {
				if w.a.classes[k].principal >= 0 {
					w.attached(int32(r), unit{w.a.number, int32(k)}, &w.raises)
				}
			}
		}
	}
	for _, s := range w.raises {
		s.holds = s.holds.And(w.acts[s.to])
		if _, ok := w.acts[s.to]; ok && s.holds != value.No {
			w.out = append(w.out, s)
		}
	}
}

// attached adds the step that follows from what may be done with something
// that is attached to a unit.
func (w *stepper) attached(r int32, u unit, into *[]step) {
	row := &w.g.ix.kinds.rows[r]
	rc := &w.a.classes[u.class]
	holds := value.No
	for _, k := range rc.attached {
		if can, ok := w.held[k]; ok {
			holds = holds.Or(can.has(row.needs[0].bits[w.a.classes[k].kind.number]))
		}
	}
	if holds == value.No {
		return
	}
	if holds = holds.And(w.g.wholly(w.j, rc.principal, w.a, false)); holds != value.No {
		*into = append(*into, step{r, u, holds, true})
	}
}
