package organisation

import (
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// A unit is a class of users or roles as what others may act as: all of one
// class, in one account, of whose ARNs and trust every policy says the same.
type unit struct{ account, class int32 }

// A step is one way from the members of a cell: to another unit, or to every
// right of their account.
type step struct {
	to    unit  // the victim; itself where there is none
	row   int16 // of kinds.rows
	holds value.Tri
	admin bool // it makes an administrator of the account of to
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
	key := wholeKey{boundary: c.boundary, rail: c.form.rail.id, flags: c.form.flags, names: j.lists.id(both(c.names, c.form.names)), tags: c.tags, account: c.account, unbound: unbound}
	out, ok := j.whole[key]
	if !ok {
		out = j.administers(c, a, g.every, unbound)
		j.whole[key] = out
	}
	return out
}

// stepsOf finds the steps of one cell: it looks at what the cell may do with
// principals, what is attached to them and what runs as them.
func (w *stepper) stepsOf(i int32) []step {
	a := w.a
	w.cell, w.fresh, w.now = &a.cells[i], a.fresh[i], i+1
	w.out, w.raises = w.out[:0], w.raises[:0]
	clear(w.held)
	clear(w.foreign)
	clear(w.ends)
	for _, e := range a.rows[i] {
		if e.class >= a.steps {
			break
		}
		w.entry(a, e.class, a.grants[e.can])
	}
	for _, x := range w.g.cross[w.cell.class] {
		if x.caller == a.number {
			w.entry(w.g.ix.accounts[x.owner], x.class, x.can)
		}
	}
	w.finish()
	return w.out
}

// A stepper collects the steps of the cells of an account.
type stepper struct {
	g     *graph
	j     *judge
	made  uint16 // the number of what calls make
	a     *account
	cell  *cell
	fresh grant
	now   int32 // stamp of the cell
	out   []step
	// by victim: that it can be acted as, of the account's own by class
	acts    []acting
	foreign map[unit]value.Tri
	raises  []step              // that it can be given every right
	ends    map[int32]value.Tri // by account: that all members become its administrators
	held    map[int32]grant     // what may be done with policies and groups, by class
}

// An acting says of the cell with the stamp that it can act as a unit.
type acting struct {
	stamp int32
	holds value.Tri
}

func newStepper(g *graph, j *judge, a *account) *stepper {
	return &stepper{g: g, j: j, made: g.ix.kinds.byName[newType].number, a: a, acts: make([]acting, len(a.classes)),
		foreign: map[unit]value.Tri{}, ends: map[int32]value.Tri{}, held: map[int32]grant{}}
}

// entry adds the steps that follow from what may be done with one class of
// resources.
func (w *stepper) entry(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	switch rc.kind.name {
	case roleType, userType:
		w.principal(owner, k, can)
	case policyType, groupType:
		if owner == w.a {
			w.held[k] = can
		}
	case functionType:
		if rc.role >= 0 {
			for r := range w.g.ix.kinds.rows {
				row := &w.g.ix.kinds.rows[r]
				if row.needs[0].on == escalation.Function {
					w.act(int16(r), unit{owner.number, rc.role}, can.has(row.needs[0].bits[rc.kind.number]))
				}
			}
		}
	}
}

// A move is what a row makes of a grant on a principal.
type move struct {
	row    int16
	holds  value.Tri
	self   bool // the row is about oneself
	victim bool // the row needs a victim
}

// A moveKey is what moves depend on.
type moveKey struct {
	can, fresh grant
	kind       uint16
	own        bool // the principal is of the caller's account
}

// moves are those that follow from what may be done with a principal, and
// from what may be made.
func (w *stepper) moves(key moveKey) []move {
	out, ok := w.j.moves[key]
	if ok {
		return out
	}
	either := uint32(key.can) | uint32(key.can>>maxCapabilities)
	for r := range w.g.ix.kinds.rows {
		row := &w.g.ix.kinds.rows[r]
		if either&row.needs[0].bits[key.kind] == 0 {
			continue // the first need of such rows is on the principal
		}
		m := move{row: int16(r), holds: value.Yes}
		for n := range row.needs {
			need := &row.needs[n]
			switch need.on {
			case escalation.Role, escalation.User:
				m.victim = true
				m.holds = m.holds.And(key.can.has(need.bits[key.kind]))
			case escalation.Self:
				m.self = true
				m.holds = m.holds.And(key.can.has(need.bits[key.kind]))
			case escalation.New, escalation.Anything:
				m.holds = m.holds.And(key.fresh.has(need.bits[w.made]))
				if !key.own {
					m.holds = value.No // what is made is made in the caller's account
				}
			default:
				m.holds = value.No
			}
		}
		if m.holds != value.No && (m.self || m.victim) {
			out = append(out, m)
		}
	}
	w.j.moves[key] = out
	return out
}

func (w *stepper) principal(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	victim := unit{owner.number, k}
	for _, m := range w.moves(moveKey{can: can, fresh: w.fresh, kind: rc.kind.number, own: owner == w.a}) {
		row := &w.g.ix.kinds.rows[m.row]
		switch {
		case m.self && owner == w.a && rc.principal == w.cell.class:
			// Its own members, which lie in this unit, may do it to themselves.
			w.admin(m.row, victim, m.holds.And(w.g.wholly(w.j, rc.principal, owner, row.Unbinds)))
		case !m.victim:
		case row.AsVictim:
			w.raises = append(w.raises, step{victim, m.row, m.holds, true})
		default:
			w.act(m.row, victim, m.holds)
		}
	}
}

// admin notes that a step makes members of the cell administrators: those of
// one unit, or all, where the row gives its right to a victim that they act as.
func (w *stepper) admin(row int16, to unit, holds value.Tri) {
	if holds == value.No || w.settled(row, to, holds) {
		return
	}
	if w.g.ix.kinds.rows[row].AsVictim {
		w.ends[to.account] = holds
	}
	w.out = append(w.out, step{to, row, holds, true})
}

// settled tells whether an earlier step makes all members administrators of the
// same account, as certainly: another adds nothing.
func (w *stepper) settled(row int16, to unit, holds value.Tri) bool {
	old, ok := w.ends[to.account]
	return ok && w.g.ix.kinds.rows[row].AsVictim && (old == value.Yes || old == holds)
}

// act notes that the cell can come to act as a unit.
func (w *stepper) act(row int16, victim unit, holds value.Tri) {
	if holds == value.No {
		return
	}
	old := w.acted(victim)
	all := old.Or(holds)
	if old != value.No && all == old {
		return // by an earlier row, no less certain
	}
	if victim.account == w.a.number {
		w.acts[victim.class] = acting{w.now, all}
	} else {
		w.foreign[victim] = all
	}
	w.out = append(w.out, step{victim, row, all, false})
}

// acted tells whether the cell can act as a unit.
func (w *stepper) acted(victim unit) value.Tri {
	if victim.account != w.a.number {
		if holds, ok := w.foreign[victim]; ok {
			return holds
		}
		return value.No
	}
	if x := w.acts[victim.class]; x.stamp == w.now {
		return x.holds
	}
	return value.No
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
					w.admin(int16(r), unit{w.a.number, u}, holds)
				}
			}
		case len(w.held) == 0:
		case row.needs[0].on == escalation.Policy || row.needs[0].on == escalation.Group:
			for _, u := range w.cell.units {
				to := unit{w.a.number, u}
				w.admin(int16(r), to, w.attached(int16(r), to).And(w.whole(to)))
			}
		case row.needs[0].on == escalation.PolicyOf:
			for k := range w.a.classes[:w.a.steps] {
				if w.a.classes[k].principal >= 0 {
					to := unit{w.a.number, int32(k)}
					if holds := w.attached(int16(r), to); holds != value.No {
						w.raises = append(w.raises, step{to, int16(r), holds, true})
					}
				}
			}
		}
	}
	for _, s := range w.raises {
		holds := s.holds.And(w.acted(s.to))
		if holds != value.No && !w.settled(s.row, s.to, holds) {
			w.admin(s.row, s.to, holds.And(w.whole(s.to)))
		}
	}
}

// whole tells whether a unit that is given every right administers its account.
func (w *stepper) whole(u unit) value.Tri {
	a := w.g.ix.accounts[u.account]
	return w.g.wholly(w.j, a.classes[u.class].principal, a, false)
}

// attached tells whether something may be done with what is attached to a unit.
func (w *stepper) attached(r int16, u unit) value.Tri {
	row := &w.g.ix.kinds.rows[r]
	holds := value.No
	for _, k := range w.a.classes[u.class].attached {
		if can, ok := w.held[k]; ok {
			holds = holds.Or(can.has(row.needs[0].bits[w.a.classes[k].kind.number]))
		}
	}
	return holds
}
