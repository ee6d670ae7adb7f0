package organisation

import (
	"slices"
)

// A crossing tells what the principals of a class may do with a class of
// resources in another account.
type crossing struct {
	caller  int32 // the one account of the callers; -1: all but the owner
	owner   int32
	class   int32 // of resources, in the owner's account
	can     grant
	callers int32 // the class of the callers
}

// callers finds classes of principals by what their Allow statements cover and
// by their names.
type callers struct {
	byPattern map[uint32][]int32
	byName    map[uint32][]int32
	wide      map[uint16][]int32 // by kind
}

func (ix *Index) newCallers() *callers {
	x := &callers{byPattern: map[uint32][]int32{}, byName: map[uint32][]int32{}, wide: map[uint16][]int32{}}
	for _, a := range ix.accounts { // what anything grants to
		for _, k := range a.granting {
			rc := &a.classes[k]
			if rc.mention != nil {
				for _, n := range rc.mention.named {
					x.byName[n] = nil
				}
			}
			if rc.mention == nil || rc.mention.open {
				for _, s := range rc.subjects {
					for _, p := range a.subjects[s].patterns {
						x.byPattern[p] = nil
					}
				}
			}
		}
	}
	for _, c := range ix.classes {
		if len(c.cells) == 0 {
			continue
		}
		for _, k := range ix.kinds.all {
			if c.wide(k) {
				x.wide[k.number] = append(x.wide[k.number], c.number)
			}
		}
		for _, p := range c.patterns {
			if list, ok := x.byPattern[p]; ok && (len(list) == 0 || list[len(list)-1] != c.number) {
				x.byPattern[p] = append(list, c.number)
			}
		}
		for _, n := range c.names {
			if list, ok := x.byName[n]; ok {
				x.byName[n] = append(list, c.number)
			}
		}
	}
	return x
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
			y := crossing{caller: at, owner: a.number, class: k, callers: n, can: j.across(c, x, ix.accounts[at], a, rc)}
			if !one {
				y.caller = -1
			}
			if y.can != 0 {
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
				for i := range ix.accounts[at].cells {
					ask(ix.accounts[at].cells[i].class, at)
				}
			}
		}
	}
	if open {
		list := slices.Clone(who.wide[rc.kind.number])
		for _, s := range rc.subjects {
			for _, p := range a.subjects[s].patterns {
				list = append(list, who.byPattern[p]...)
			}
		}
		slices.Sort(list)
		for _, n := range slices.Compact(list) {
			ask(n, -1)
		}
	}
	slices.SortFunc(out, compareCrossings)
	return slices.Compact(out)
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
