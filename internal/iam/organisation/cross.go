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
	for _, c := range ix.classes {
		if len(c.cells) == 0 {
			continue
		}
		for _, k := range ix.kinds.all {
			if ix.workers[0].caller(c, k).wide != 0 {
				x.wide[k.number] = append(x.wide[k.number], c.number)
			}
		}
		for _, p := range c.patterns {
			if list := x.byPattern[p]; len(list) == 0 || list[len(list)-1] != c.number {
				x.byPattern[p] = append(list, c.number)
			}
		}
		for _, n := range c.names {
			x.byName[n] = append(x.byName[n], c.number)
		}
	}
	return x
}

// crossings finds what principals of other accounts may do with a class of
// resources: those whom its policy may let in, and of these those whose own
// policies may cover it.
func (j *judge) crossings(a *account, k int32, who *callers) []crossing {
	ix, rc := j.ix, &a.classes[k]
	open := rc.mention == nil || rc.mention.open
	var out []crossing
	// Within their account a class is asked about once for each; where nothing
	// tells accounts apart, once for all.
	ask := func(n int32, of int32) {
		c := ix.classes[n]
		split := of >= 0 || c.account >= 0
		for _, s := range rc.subjects {
			split = split || a.subjects[s].form.traits.account
		}
		for _, at := range c.cells {
			if at == a.number || of >= 0 && at != of {
				continue
			}
			x := crossing{caller: at, owner: a.number, class: k, callers: n, can: j.across(c, ix.accounts[at], a, rc)}
			if !split {
				x.caller = -1
			}
			if x.can != 0 {
				out = append(out, x)
			}
			if !split {
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
					if n := ix.accounts[at].cells[i].class; j.covers(ix.classes[n], a, rc) {
						ask(n, at)
					}
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
			if !j.covers(ix.classes[n], a, rc) {
				continue
			}
			ask(n, -1)
		}
	}
	slices.SortFunc(out, func(x, y crossing) int {
		if x.callers != y.callers {
			return int(x.callers - y.callers)
		}
		return int(x.caller - y.caller)
	})
	return slices.Compact(out)
}

// covers tells whether an Allow of the class's documents may cover a subject
// of the resources.
func (j *judge) covers(c *class, a *account, rc *resourceClass) bool {
	x := j.caller(c, rc.kind)
	if x.wide != 0 || x.view.any == 0 {
		return x.wide != 0
	}
	for _, s := range rc.subjects {
		for o, p := range c.patterns {
			if x.view.allow[o] != 0 {
				if _, ok := slices.BinarySearch(a.subjects[s].patterns, p); ok {
					return true
				}
			}
		}
	}
	return false
}

// across judges a class of one account on resources of another.
func (j *judge) across(c *class, from, owner *account, rc *resourceClass) grant {
	x := j.caller(c, rc.kind)
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
