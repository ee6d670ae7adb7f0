package organisation

import (
	"encoding/binary"
	"slices"
)

// relation relates the cells of an account to its resource classes. Only those
// are looked at that a pattern of the cell's Allow statements matches, or whose
// own policy may let the cell in. Most of a row follows from the cell's stance
// alone and is found once for each stance; what the cell's own patterns and
// names change is patched in.
type relation struct {
	j       *judge
	a       *account
	at      map[uint32][]int32 // pattern -> subjects
	of      [][]int32          // subject -> resource classes
	told    map[uint32][]int32 // pattern of principals -> resource classes whose documents tell it apart
	open    []int32            // resource classes that may grant to anybody
	kinds   []*kind            // those that the account has
	ofKind  [][]int32          // kind -> resource classes
	bases   map[uint32]*basis  // by stance
	grants  map[grant]uint32
	none    *reach
	reaches map[string]*reach // by the number of another and a patch
	key     []byte
	// by subject, valid where the stamp is the current cell's
	states []state
	// by resource class: the last cell that it must be looked at for
	stamps   []int32
	affected []int32
	patch    []entry // of the current cell; where nothing is left: withdrawn
}

// A state is what the patterns of the current cell say of one subject.
type state struct {
	stamp    int32
	allow    mask
	bits     uint64
	ordinals []uint32
}

// A basis is what the cells of a stance may do by patterns that match everything,
// and where a resource's policy lets anybody in. The rest are classes of which it
// is not known yet: each cell that came by told them apart.
type basis struct {
	reach *reach
	rest  []int32
}

// A reach tells what a cell may do with the resource classes, in their order.
// Cells that may do the same share one.
type reach struct {
	number  uint32
	entries []entry
}

// withdrawn is the number of the grant in a patch that takes an entry away.
const withdrawn = ^uint32(0)

func newRelation(j *judge, a *account) *relation {
	n := len(a.subjects)
	r := &relation{j: j, a: a, at: map[uint32][]int32{}, told: map[uint32][]int32{}, bases: map[uint32]*basis{}, grants: map[grant]uint32{}, none: &reach{}, reaches: map[string]*reach{},
		of: make([][]int32, n), ofKind: make([][]int32, len(j.ix.kinds.all)), states: make([]state, n), stamps: make([]int32, len(a.classes))}
	for i := range a.subjects {
		for _, p := range a.subjects[i].patterns {
			r.at[p] = append(r.at[p], int32(i))
		}
	}
	for i := range a.classes {
		k := a.classes[i].kind
		if len(r.ofKind[k.number]) == 0 {
			r.kinds = append(r.kinds, k)
		}
		r.ofKind[k.number] = append(r.ofKind[k.number], int32(i))
		for _, s := range a.classes[i].subjects {
			r.of[s] = append(r.of[s], int32(i))
		}
		if m := a.classes[i].mention; m != nil {
			for _, n := range m.sorted {
				r.told[n] = append(r.told[n], int32(i))
			}
		}
	}
	for _, g := range a.granting {
		if m := a.classes[g].mention; m == nil || m.open || a.subjects[a.classes[g].subjects[0]].form.open {
			r.open = append(r.open, g)
		}
	}
	return r
}

// run relates all cells.
func (r *relation) run() {
	r.a.rows = make([][]entry, len(r.a.cells))
	r.a.grants = nil
	r.a.fresh = make([]grant, len(r.a.cells))
	for i := range r.a.cells {
		r.row(int32(i))
	}
}

// row relates one cell.
func (r *relation) row(i int32) {
	a := r.a
	p := r.pair(i)
	r.look(p.c, i+1)
	b := r.basis(p, i+1)
	slices.Sort(r.affected)
	r.patch = r.patch[:0]
	for _, k := range r.affected {
		r.mend(b.reach, k, r.judge(p, k, i+1))
	}
	a.rows[i] = r.patched(b.reach).entries
	a.fresh[i] = r.j.makes(&p)
}

func (r *relation) pair(i int32) pair {
	a := r.a
	return pair{c: r.j.ix.classes[a.cells[i].class], caller: a, member: &a.principals[a.cells[i].members[0]], owner: a}
}

// look finds the classes that must be looked at for a cell: those that a pattern
// of its own matches, and those whose documents tell its names apart.
func (r *relation) look(c *class, now int32) {
	r.affected = r.affected[:0]
	affect := func(list []int32) {
		for _, k := range list {
			if r.stamps[k] != now {
				r.stamps[k] = now
				r.affected = append(r.affected, k)
			}
		}
	}
	for o, p := range c.patterns {
		for _, s := range r.at[p] {
			x := r.j.caller(c, r.a.subjects[s].form.kind)
			n := x.view.index[o]
			if n < 0 {
				continue
			}
			st := &r.states[s]
			if st.stamp != now {
				st.stamp, st.allow, st.bits, st.ordinals = now, x.wide, x.bits, append(st.ordinals[:0], x.base...)
				affect(r.of[s])
			}
			st.allow |= x.view.allow[o]
			if x.view.count > 64 {
				st.ordinals = append(st.ordinals, uint32(n))
			} else {
				st.bits |= 1 << n
			}
		}
	}
	for _, n := range c.names {
		affect(r.told[n])
	}
}

// judge tells what a cell may do with a resource class.
func (r *relation) judge(p pair, k, now int32) grant {
	rc := &r.a.classes[k]
	p.mention, p.doc = rc.mention, rc.doc
	var out grant
	for _, s := range rc.subjects {
		p.s = &r.a.subjects[s]
		p.x = r.j.caller(p.c, rc.kind)
		p.allow, p.bits = p.x.wide, p.x.bits
		if st := &r.states[s]; st.stamp == now {
			p.allow, p.bits = st.allow, st.bits
			if p.x.view.count > 64 {
				p.bits = r.j.bitsOf(st.ordinals, p.x.view.count)
			}
		}
		out = out.or(r.j.judge(&p))
	}
	return out
}

// basis is that of the stance of the pair's class. Classes that the cell does not
// tell apart are asked about where no cell before did.
func (r *relation) basis(p pair, now int32) *basis {
	b, ok := r.bases[p.c.stance]
	if !ok {
		b = &basis{reach: r.none, rest: r.candidates(p.c)}
		r.bases[p.c.stance] = b
	}
	r.patch = r.patch[:0]
	rest := b.rest[:0]
	for _, k := range b.rest {
		if r.stamps[k] == now {
			rest = append(rest, k)
			continue
		}
		r.mend(b.reach, k, r.judge(p, k, now))
	}
	b.rest, b.reach = rest, r.patched(b.reach)
	return b
}

// candidates are the classes that a stance may reach without a pattern or name.
func (r *relation) candidates(c *class) []int32 {
	out := slices.Clone(r.open)
	for _, k := range r.kinds {
		if r.j.caller(c, k).wide != 0 {
			out = append(out, r.ofKind[k.number]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// number is the number of a grant in the account.
func (r *relation) number(g grant) uint32 {
	n, ok := r.grants[g]
	if !ok {
		n = uint32(len(r.a.grants))
		r.grants[g] = n
		r.a.grants = append(r.a.grants, g)
	}
	return n
}

// mend notes what a cell may do with a class where the reach says something else.
func (r *relation) mend(in *reach, k int32, g grant) {
	at, ok := slices.BinarySearchFunc(in.entries, k, func(e entry, k int32) int { return int(e.class - k) })
	switch {
	case g.none() && ok:
		r.patch = append(r.patch, entry{k, withdrawn})
	case !g.none():
		if n := r.number(g); !ok || in.entries[at].can != n {
			r.patch = append(r.patch, entry{k, n})
		}
	}
}

// patched is the reach with the current patch.
func (r *relation) patched(in *reach) *reach {
	if len(r.patch) == 0 {
		return in
	}
	r.key = binary.LittleEndian.AppendUint32(r.key[:0], in.number)
	for _, e := range r.patch {
		r.key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(r.key, uint32(e.class)), e.can)
	}
	if out, ok := r.reaches[string(r.key)]; ok {
		return out
	}
	out := &reach{number: uint32(len(r.reaches)) + 1, entries: make([]entry, 0, len(in.entries)+len(r.patch))}
	rest := in.entries
	for _, e := range r.patch {
		at, ok := slices.BinarySearchFunc(rest, e.class, func(e entry, k int32) int { return int(e.class - k) })
		out.entries = append(out.entries, rest[:at]...)
		if rest = rest[at:]; ok {
			rest = rest[1:]
		}
		if e.can != withdrawn {
			out.entries = append(out.entries, e)
		}
	}
	out.entries = slices.Clip(append(out.entries, rest...))
	r.reaches[string(r.key)] = out
	return out
}

// ordinalsOf folds the patterns of a class that match, and tells what their
// statements may allow.
func (j *judge) ordinalsOf(c *class, x *caller, match func(uint32) bool) (bits uint64, allow mask) {
	bits, allow = x.bits, x.wide
	var list []uint32
	if x.view.count > 64 {
		list = slices.Clone(x.base)
	}
	for o, id := range c.patterns {
		if n := x.view.index[o]; n >= 0 && id != everything && match(id) {
			bits |= 1 << (n & 63)
			if x.view.count > 64 {
				list = append(list, uint32(n))
			}
			allow |= x.view.allow[o]
		}
	}
	if x.view.count > 64 {
		bits = j.bitsOf(list, x.view.count)
	}
	return bits, allow
}
