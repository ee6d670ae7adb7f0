package organisation

import (
	"slices"
)

// A change is what an update does to the callers of other accounts: the classes
// that have or had members in an account that was looked at again.
type change struct {
	ix     *Index
	has    []bool // by class
	list   []int32
	ids    map[string]bool   // of the accounts
	names  map[uint32]bool   // patterns of principals that match members
	groups map[*group]bool   // that may have lost or got all whom they stand for
	of     map[int32][]int32 // by account: its classes among these
}

func newChange(ix *Index) *change {
	return &change{ix: ix, ids: map[string]bool{}, names: map[uint32]bool{}, groups: map[*group]bool{}, of: map[int32][]int32{}}
}

// leaves takes the members of an account away.
func (ch *change) leaves(a *account) {
	ch.ix.leave(a)
	ch.note(a)
}

// enters puts the members of an account back, as they are now.
func (ch *change) enters(a *account) {
	ch.ix.enter(a)
	ch.note(a)
}

func (ch *change) note(a *account) {
	ch.ids[a.id] = true
	for i := range a.cells {
		n := a.cells[i].class
		for int(n) >= len(ch.has) {
			ch.has = append(ch.has, make([]bool, len(ch.ix.classes)-len(ch.has))...)
		}
		if ch.has[n] {
			continue
		}
		ch.has[n] = true
		ch.list = append(ch.list, n)
		for _, m := range ch.ix.classes[n].names {
			ch.names[m] = true
		}
	}
}

// concerns tells whether crossings of the callers may be others now.
func (ch *change) concerns(callers int32) bool {
	if callers < 0 {
		return ch.groups[ch.ix.groups[groupCode(callers)]]
	}
	return int(callers) < len(ch.has) && ch.has[callers]
}

// settle finds what follows from all classes that were noted.
func (ch *change) settle() {
	slices.Sort(ch.list)
	for _, n := range ch.list {
		for _, at := range ch.ix.classes[n].cells {
			ch.of[at] = append(ch.of[at], n)
		}
	}
}

// stable tells whether a group stands for others too, wherever the resource is
// and whomever its policies name: it had and has them.
func (ch *change) stable(g *group, k *kind) bool {
	return slices.ContainsFunc(g.classes, func(n int32) bool {
		c := ch.ix.classes[n]
		if ch.concerns(n) || len(c.cells) < 2 || len(c.names) > 0 {
			return false
		}
		v := c.form.views[k.number]
		for o, p := range c.patterns {
			if v.index[o] >= 0 && p != everything {
				return false
			}
		}
		return true
	})
}

// crossAgain finds again what crosses accounts: all of what comes into the
// accounts that were looked at again, and of the others what may concern
// principals of these.
func (ix *Index) crossAgain(ch *change) {
	ch.settle()
	some := ix.newCallers(ch)
	var again []*account
	for _, a := range ix.accounts {
		if a.again {
			again = append(again, a)
		}
	}
	all := ix.newCallers(nil, again...)
	ix.each(func(j *judge, a *account) {
		if a.again {
			var list []crossing
			for _, k := range a.granting {
				list = append(list, j.crossings(a, k, all)...)
			}
			slices.SortFunc(list, compareCrossings)
			a.crossings = slices.Clip(list)
			return
		}
		j.mendCrossings(a, ch, some)
	})
}

// mendCrossings finds again what the callers of a change may do in an account.
func (j *judge) mendCrossings(a *account, ch *change, who *callers) {
	var list []crossing
	redo := make([]bool, len(a.classes))
	for _, k := range a.granting {
		m := a.classes[k].mention
		if m == nil || m.open || slices.ContainsFunc(m.accounts, func(id string) bool { return ch.ids[id] }) ||
			slices.ContainsFunc(m.named, func(n uint32) bool { return ch.names[n] }) {
			redo[k] = true
			list = append(list, j.crossings(a, k, who)...)
		}
	}
	slices.SortFunc(list, compareCrossings)
	concerned := func(x crossing) bool { return redo[x.class] && ch.concerns(x.callers) }
	rest, same := list, true
	for _, x := range a.crossings {
		if concerned(x) {
			if same = len(rest) > 0 && rest[0] == x; !same {
				break
			}
			rest = rest[1:]
		}
	}
	if same && len(rest) == 0 {
		return
	}
	a.crossings = mergeCrossings(slices.DeleteFunc(a.crossings, concerned), list)
}

// mergeCrossings puts sorted crossings into a sorted list, in its place.
func mergeCrossings(into, list []crossing) []crossing {
	x, y := len(into), len(list)
	into = append(into, list...)
	for n := len(into); y > 0; n-- {
		if x > 0 && compareCrossings(into[x-1], list[y-1]) > 0 {
			x--
			into[n-1] = into[x]
		} else {
			y--
			into[n-1] = list[y]
		}
	}
	return into
}
