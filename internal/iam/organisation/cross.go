package organisation

import (
	"iter"
	"slices"
)

// A crossing tells what the principals of a class may do with a class of
// resources in another account.
type crossing struct {
	caller  int32 // the one account of the callers; -1: all but the owner
	owner   int32
	class   int32 // of resources, in the owner's account
	callers int32 // the class of the callers, or, below 0, their group: see groupCode
	can     grant
}

// A group is all classes that are alike to a kind of resource as long as no
// pattern but that of everything matches and their names play no part: what
// lets everybody of the organisation in is asked about a group at once.
type group struct {
	number  int32
	classes []int32
	seen    int // by which callers: see callers.stamp
}

type groupKey struct {
	kind  uint16
	combo uint32
	bits  uint64
	base  uint32
}

func groupCode(n int32) int32 { return -1 - n }

// apart tells whether a class must be asked about by itself for a class of
// resources, though it is of a group.
func (c *class) apart(a *account, rc *resourceClass) bool {
	if meet(c.names, a.rcp.names) || rc.mention != nil && meet(c.names, rc.mention.sorted) {
		return true
	}
	v := c.form.views[rc.kind.number]
	for _, s := range rc.subjects {
		for o, p := range c.patterns {
			if v.index[o] >= 0 && p != everything {
				if _, ok := slices.BinarySearch(a.subjects[s].patterns, p); ok {
					return true
				}
			}
		}
	}
	return false
}

// classesOf are the classes of callers that a crossing speaks of.
func (ix *Index) classesOf(x *crossing) []int32 {
	if x.callers >= 0 {
		return []int32{x.callers}
	}
	var out []int32
	owner := ix.accounts[x.owner]
	for _, n := range ix.groups[groupCode(x.callers)].classes {
		if c := ix.classes[n]; len(c.cells) > 0 && !c.apart(owner, &owner.classes[x.class]) {
			out = append(out, n)
		}
	}
	return out
}

// group puts a class into its group for a kind; false where policies tell its
// members or their accounts apart.
func (ix *Index) group(c *class, k *kind) (*group, bool) {
	j := ix.workers[0]
	x := j.look(c, k)
	if c.account >= 0 || c.personal {
		return nil, false
	}
	key := groupKey{k.number, x.combo, x.bits, j.lists.id(x.base)}
	n, ok := ix.groupAt[key]
	if !ok {
		n = int32(len(ix.groups))
		ix.groupAt[key] = n
		ix.groups = append(ix.groups, &group{number: n})
	}
	return ix.groups[n], true
}

// callers finds classes of principals by what their Allow statements cover and
// by their names: all classes, or those of a change.
type callers struct {
	change    *change
	stamp     int
	patterns  []bool // those of byPattern
	names     []bool
	byPattern map[uint32][]int32
	byName    map[uint32][]int32
	wide      map[uint16][]int32  // by kind
	groups    map[uint16][]*group // of the wide ones, by kind
	alone     map[uint16][]int32  // those of no group
}

// newCallers files the classes of a change, or, without one, all that accounts
// let in.
func (ix *Index) newCallers(ch *change, of ...*account) *callers {
	ix.stamp++
	x := &callers{change: ch, stamp: ix.stamp, byPattern: map[uint32][]int32{}, byName: map[uint32][]int32{}, wide: map[uint16][]int32{}, groups: map[uint16][]*group{}, alone: map[uint16][]int32{}}
	if ch != nil {
		for _, n := range ch.list {
			x.add(ix, ix.classes[n])
		}
		return x
	}
	x.want(ix, of)
	for _, c := range ix.classes {
		if len(c.cells) > 0 {
			x.add(ix, c)
		}
	}
	return x
}

// want notes the patterns and names of what accounts let in.
func (x *callers) want(ix *Index, of []*account) {
	x.patterns, x.names = make([]bool, len(ix.patterns.list)), make([]bool, len(ix.names.list))
	for _, n := range ix.outsideNames {
		x.names[n] = true
	}
	for _, a := range of {
		for _, k := range a.granting {
			rc := &a.classes[k]
			if rc.mention != nil {
				for _, n := range rc.mention.names {
					x.names[n] = true
				}
			}
			if rc.mention == nil || rc.mention.open {
				for _, s := range rc.subjects {
					for _, p := range a.subjects[s].patterns {
						x.patterns[p] = true
					}
				}
			}
		}
	}
}

// add files a class.
func (x *callers) add(ix *Index, c *class) {
	for _, w := range ix.wideKinds(c) {
		x.wide[w.kind] = append(x.wide[w.kind], c.number)
		if w.group < 0 {
			x.alone[w.kind] = append(x.alone[w.kind], c.number)
			continue
		}
		g := ix.groups[w.group]
		if last := len(g.classes) - 1; last < 0 || g.classes[last] < c.number {
			g.classes = append(g.classes, c.number)
		}
		if g.seen == x.stamp {
			continue
		}
		g.seen = x.stamp
		if x.change != nil {
			if x.change.stable(g, ix.kinds.all[w.kind]) {
				continue
			}
			x.change.groups[g] = true
		}
		x.groups[w.kind] = append(x.groups[w.kind], g)
	}
	for _, p := range c.patterns {
		if x.change == nil && !x.patterns[p] {
			continue
		}
		if list := x.byPattern[p]; len(list) == 0 || list[len(list)-1] != c.number {
			x.byPattern[p] = append(list, c.number)
		}
	}
	for _, n := range c.names {
		if x.change != nil || x.names[n] {
			x.byName[n] = append(x.byName[n], c.number)
		}
	}
}

// of are the classes of an account.
func (x *callers) of(a *account) iter.Seq[int32] {
	if x.change != nil {
		return slices.Values(x.change.of[a.number])
	}
	return func(yield func(int32) bool) {
		for i := range a.cells {
			if !yield(a.cells[i].class) {
				return
			}
		}
	}
}

// A wideKind is a kind of which a class covers whatever there is, with its
// group there, or -1.
type wideKind struct {
	kind  uint16
	group int32
}

// wideKinds are those of a class; they stay what they are.
func (ix *Index) wideKinds(c *class) []wideKind {
	for ; c.looked < len(ix.kinds.all); c.looked++ {
		k := ix.kinds.all[c.looked]
		if !c.wide(k) {
			continue
		}
		w := wideKind{k.number, -1}
		if g, ok := ix.group(c, k); ok {
			w.group = g.number
		}
		c.wideIn = append(c.wideIn, w)
	}
	return c.wideIn
}

// wide tells whether an Allow of the class covers whatever there is of a kind.
func (c *class) wide(k *kind) bool {
	v := c.form.views[k.number]
	if v.wide != 0 {
		return true
	}
	for o, p := range c.patterns {
		if p == everything && v.allow[o] != 0 {
			return true
		}
	}
	return false
}

// crossings finds what principals of other accounts may do with a class of
// resources: those whom its policy may let in, and of these those whose own
// policies may cover it.
func (j *judge) crossings(a *account, k int32, who *callers) []crossing {
	ix, rc := j.ix, &a.classes[k]
	open := rc.mention == nil || rc.mention.open
	var out []crossing
	split := false
	for _, s := range rc.subjects {
		split = split || a.subjects[s].form.traits.account
	}
	// A class is asked about once for each account that it has members in; where
	// nothing tells accounts apart, once for all.
	ask := func(n, of int32) {
		c := ix.classes[n]
		x := j.caller(c, rc.kind)
		if x.view.any == 0 {
			return
		}
		one := split || of >= 0 || c.account >= 0
		cells := c.cells
		if of >= 0 {
			cells = []int32{of}
		}
		for _, at := range cells {
			if at == a.number {
				continue
			}
			y := crossing{caller: at, owner: a.number, class: k, callers: n}
			if of >= 0 {
				y.can = j.acrossAlike(c, x, ix.accounts[at], a, rc)
			} else {
				y.can = j.across(c, x, ix.accounts[at], a, rc)
			}
			if !one {
				y.caller = -1
			}
			if !y.can.none() {
				out = append(out, y)
			}
			if !one {
				return
			}
		}
	}
	if rc.mention != nil {
		for _, name := range rc.mention.named {
			for _, n := range who.byName[name] {
				ask(n, -1)
			}
		}
		for _, id := range rc.mention.accounts {
			if at, ok := ix.accountAt[id]; ok && !open {
				j.round++
				for n := range who.of(ix.accounts[at]) {
					ask(n, at)
				}
			}
		}
	}
	if open {
		var list []int32
		for _, s := range rc.subjects {
			split = split || len(a.subjects[s].form.callerTags) > 0 || a.subjects[s].form.traits.personal
			for _, p := range a.subjects[s].patterns {
				list = append(list, who.byPattern[p]...)
			}
		}
		for _, n := range a.rcp.names {
			list = append(list, who.byName[n]...)
		}
		if rc.mention != nil {
			for _, n := range rc.mention.sorted {
				list = append(list, who.byName[n]...)
			}
		}
		if split {
			list = append(list, who.wide[rc.kind.number]...)
		} else {
			list = append(list, who.alone[rc.kind.number]...)
			for _, g := range who.groups[rc.kind.number] {
				if can := j.acrossGroup(g, a, rc); !can.none() {
					out = append(out, crossing{caller: -1, owner: a.number, class: k, callers: groupCode(g.number), can: can})
				}
			}
		}
		slices.Sort(list)
		for _, n := range slices.Compact(list) {
			if !split && !ix.classes[n].apart(a, rc) && ix.grouped(n, rc.kind) {
				continue // with its group
			}
			ask(n, -1)
		}
	}
	slices.SortFunc(out, compareCrossings)
	return slices.Compact(out)
}

// grouped tells whether a class is asked about with a group.
func (ix *Index) grouped(n int32, k *kind) bool {
	c := ix.classes[n]
	return c.account < 0 && !c.personal && c.wide(k)
}

// acrossGroup judges a group by one of its classes that has members elsewhere.
func (j *judge) acrossGroup(g *group, a *account, rc *resourceClass) grant {
	for _, n := range g.classes {
		c := j.ix.classes[n]
		for _, at := range c.cells {
			if at != a.number && !c.apart(a, rc) {
				return j.across(c, j.caller(c, rc.kind), j.ix.accounts[at], a, rc)
			}
		}
	}
	return grant{}
}

// An alike is what was found of a stance in a round: all classes of one account
// on one class of resources.
type alike struct {
	round int
	can   grant
}

// acrossAlike judges a class by the stance where nothing else tells.
func (j *judge) acrossAlike(c *class, x *caller, from, owner *account, rc *resourceClass) grant {
	switch {
	case x.narrow || meet(c.names, owner.rcp.names) || rc.mention != nil && meet(c.names, rc.mention.sorted):
		return j.across(c, x, from, owner, rc)
	case x.wide == 0:
		return grant{}
	}
	if n := len(j.ix.stances) - len(j.alike); n > 0 {
		j.alike = append(j.alike, make([]alike, n)...)
	}
	last := &j.alike[c.stance]
	if last.round != j.round {
		*last = alike{j.round, j.across(c, x, from, owner, rc)}
	}
	return last.can
}

// across judges a class of one account on resources of another.
func (j *judge) across(c *class, x *caller, from, owner *account, rc *resourceClass) grant {
	m := &from.principals[from.cells[from.cellAt[c.number]].members[0]]
	var out grant
	for _, s := range rc.subjects {
		p := pair{c: c, x: x, caller: from, member: m, s: &owner.subjects[s], owner: owner, mention: rc.mention, doc: rc.doc}
		p.bits, p.allow = j.ordinalsOf(c, x, func(id uint32) bool {
			_, ok := slices.BinarySearch(p.s.patterns, id)
			return ok
		})
		if p.allow != 0 { // across accounts the caller's own policies must allow too
			out = out.or(j.judge(&p))
		}
	}
	return out
}
