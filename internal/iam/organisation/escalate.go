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
	w.place(a.rows[i])
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
	newborn value.Tri           // that who is made with every right administers the account, where it was asked
	asked   bool
	places  []value.Tri       // by row: that a role may be passed to something that exists
	placed  bool              // one of them is
	has     bool              // the account has such things
	joins   map[int32][]int32 // by class of groups: whom joining one makes like; nil: not found yet
	trusted map[string][]bond // by ARN of a provider: the roles that trust it
	read    map[int32]bool    // the accounts of which these are known
}

// An acting says of the cell with the stamp that it can act as a unit.
type acting struct {
	stamp int32
	holds value.Tri
}

func newStepper(g *graph, j *judge, a *account) *stepper {
	ks := g.ix.kinds
	w := &stepper{g: g, j: j, made: ks.byName[newType].number, a: a, acts: make([]acting, len(a.classes)), places: make([]value.Tri, len(ks.rows)),
		foreign: map[unit]value.Tri{}, ends: map[int32]value.Tri{}, held: map[int32]grant{}}
	for k := range a.classes[:a.steps] {
		w.has = w.has || len(ks.places[a.classes[k].kind.number]) > 0
	}
	for r := range w.places {
		w.places[r] = value.No
	}
	return w
}

// place finds what of the account the cell may pass a role to.
func (w *stepper) place(list []entry) {
	if !w.has {
		return
	}
	if w.placed {
		for r := range w.places {
			w.places[r] = value.No
		}
		w.placed = false
	}
	ks := w.g.ix.kinds
	for _, e := range list {
		if e.class >= w.a.steps {
			break
		}
		k := w.a.classes[e.class].kind
		if k.use != isHost {
			continue
		}
		for _, r := range ks.places[k.number] {
			holds := value.Yes
			for n := range ks.rows[r].needs {
				if need := &ks.rows[r].needs[n]; need.on == escalation.Host {
					holds = holds.And(w.a.grants[e.can].has(need.bits[k.number]))
				}
			}
			w.places[r] = w.places[r].Or(holds)
			w.placed = w.placed || holds != value.No
		}
	}
}

// entry adds the steps that follow from what may be done with one class of
// resources.
func (w *stepper) entry(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	switch rc.kind.use {
	case isPrincipal:
		w.principal(owner, k, can)
	case isAttached:
		if owner == w.a {
			w.held[k] = can
		}
	case isHost:
		if rc.role >= 0 {
			w.host(owner, k, can)
		}
	case isProvider:
		w.provider(owner, k, can)
	}
}

// A move is what a row makes of a grant on a principal or host.
type move struct {
	row    int16
	holds  value.Tri
	self   bool // the row is about oneself
	victim bool // the row needs a victim
	place  bool // the role is passed to something that exists
}

// A moveKey is what moves depend on.
type moveKey struct {
	can, fresh grant
	kind       uint16
	own        bool // the principal or host is of the caller's account
}

// moves are those that follow from what may be done with a principal or host,
// and from what may be made.
func (w *stepper) moves(key moveKey) []move {
	out, ok := w.j.moves[key]
	if ok {
		return out
	}
	rows := w.g.ix.kinds.rows
	if w.g.ix.kinds.all[key.kind].use == isPrincipal {
		for r := range rows {
			// The first need of such rows is on the principal.
			if rows[r].Gain != escalation.HostRole && (key.can.yes|key.can.maybe)&rows[r].needs[0].bits[key.kind] != 0 {
				if m := w.move(key, int16(r)); m.holds != value.No && (m.self || m.victim) {
					out = append(out, m)
				}
			}
		}
	} else {
		for _, r := range w.g.ix.kinds.hosts[key.kind] {
			if m := w.move(key, r); m.holds != value.No {
				out = append(out, m)
			}
		}
	}
	w.j.moves[key] = out
	return out
}

// move is what one row makes of it.
func (w *stepper) move(key moveKey, r int16) move {
	row := &w.g.ix.kinds.rows[r]
	m := move{row: r, holds: row.met(key.fresh)}
	for n := range row.needs {
		need := &row.needs[n]
		switch need.on {
		case escalation.Role, escalation.User:
			m.victim = true
			m.holds = m.holds.And(key.can.has(need.bits[key.kind]))
		case escalation.Self:
			m.self = true
			m.holds = m.holds.And(key.can.has(need.bits[key.kind]))
		case escalation.Anything:
			m.holds = m.holds.And(key.fresh.has(need.bits[w.made]))
			if !key.own {
				m.holds = value.No // what is made is made in the caller's account
			}
		case escalation.Host:
			if row.Gain == escalation.HostRole {
				m.holds = m.holds.And(key.can.has(need.bits[key.kind]))
				continue
			}
			m.place = true
			if !key.own {
				m.holds = value.No // what a role is passed to is of the role's account
			}
		default:
			m.holds = value.No
		}
	}
	return m
}

func (w *stepper) principal(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	victim := unit{owner.number, k}
	for _, m := range w.moves(moveKey{can: can, fresh: w.fresh, kind: rc.kind.number, own: owner == w.a}) {
		row := &w.g.ix.kinds.rows[m.row]
		if m.place {
			m.holds = m.holds.And(w.places[m.row])
		}
		switch {
		case m.self && owner == w.a && rc.principal == w.cell.class:
			// Its own members, which lie in this unit, may do it to themselves.
			w.admin(m.row, victim, m.holds.And(w.g.wholly(w.j, rc.principal, owner, row.Unbinds)))
		case !m.victim:
		case row.raises:
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
	if w.g.ix.kinds.rows[row].raises {
		w.ends[to.account] = holds
	}
	w.out = append(w.out, step{to, row, holds, true})
}

// settled tells whether an earlier step makes all members administrators of the
// same account, as certainly: another adds nothing.
func (w *stepper) settled(row int16, to unit, holds value.Tri) bool {
	old, ok := w.ends[to.account]
	return ok && w.g.ix.kinds.rows[row].raises && (old == value.Yes || old == holds)
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
		case row.Gain == escalation.NewAdministrator:
			holds := row.met(w.fresh)
			for n := range row.needs {
				holds = holds.And(w.fresh.has(row.needs[n].bits[w.made]))
			}
			if holds != value.No {
				holds = holds.And(w.makesAdministrators())
				for _, u := range w.cell.units {
					w.admin(int16(r), unit{w.a.number, u}, holds)
				}
			}
		case row.aside:
			w.besideHosts(int16(r))
		case len(w.held) == 0:
		case row.needs[0].on == escalation.Group:
			w.join(int16(r))
		case row.needs[0].on == escalation.Policy || row.needs[0].on == escalation.OwnGroup:
			for _, u := range w.cell.units {
				to := unit{w.a.number, u}
				if holds := w.attached(int16(r), to); holds != value.No {
					w.admin(int16(r), to, holds.And(w.whole(to)))
				}
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
		holds := s.holds
		if w.g.ix.kinds.rows[s.row].AsVictim {
			holds = holds.And(w.acted(s.to))
		}
		if holds != value.No && !w.settled(s.row, s.to, holds) {
			w.admin(s.row, s.to, holds.And(w.whole(s.to)))
		}
	}
}

// makesAdministrators tells whether who is made with every right administers the
// account: where control policies speak of names or tags, for sure if the one
// that makes it would.
func (w *stepper) makesAdministrators() value.Tri {
	if !w.asked {
		w.asked, w.newborn = true, w.j.newborn(w.a, w.g.every)
	}
	if w.newborn == value.Unknown && w.g.wholly(w.j, w.cell.class, w.a, true) == value.Yes {
		return value.Yes
	}
	return w.newborn
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
	return holds.And(row.holds)
}
