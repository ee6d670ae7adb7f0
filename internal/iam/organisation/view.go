package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A view is what of a form matters to one kind of resource: documents and
// statements that speak of none of the kind's actions are left out, so that
// forms which differ in these alone are one.
type view struct {
	id    uint32
	index []int16 // by pattern of the class: its number among those that matter, or -1
	allow []mask  // by pattern: the capabilities that its statement may allow
	count int     // of those that matter
	wide  mask    // capabilities that may be allowed on whatever there is
	any   mask    // capabilities that may be allowed on something
	traits
	byPath       bool
	tags         []string
	resourceTags bool
}

// viewOf makes the view of a form for a kind.
func (ix *Index) viewOf(f *form, k *kind) *view {
	v := &view{traits: traits{broken: f.broken}}
	key := []byte(nil)
	put := func(x uint32) { key = append(key, byte(x), byte(x>>8), byte(x>>16), byte(x>>24)) }
	put(uint32(k.number))
	put(f.flags)
	put(f.rail.id)
	if f.open {
		v.wide = ^mask(0)
	}
	var matter []*document
	add := func(d *document, identity bool) {
		any := false
		var masks []mask
		for i := range d.shape.statements {
			masks = append(masks, d.shape.statements[i].mask(k))
			any = any || masks[i] != 0
		}
		any = any || d.shape.broken
		if any {
			matter = append(matter, d)
			put(d.shape.id)
		}
		if identity && d.shape.broken {
			v.wide = ^mask(0)
		}
		for i := range d.shape.slots {
			s := &d.shape.slots[i]
			of, allow := masks[s.statement], mask(0)
			if identity && s.allow {
				allow = of
			}
			if s.not {
				v.wide |= allow
				allow = 0
			}
			for range d.width(i) {
				at := int16(-1)
				if of != 0 {
					at = int16(v.count)
					v.count++
				}
				v.index, v.allow = append(v.index, at), append(v.allow, allow)
			}
		}
	}
	for _, d := range f.docs {
		add(d, true)
	}
	put(^uint32(0))
	if f.boundary != nil {
		add(f.boundary, false)
		put(f.boundary.shape.id)
	}
	for _, l := range f.rail.levels {
		for _, d := range l {
			add(d, false)
		}
	}
	v.any = v.wide
	for _, m := range v.allow {
		v.any |= m
	}
	id, ok := ix.views[string(key)]
	if !ok {
		id = uint32(len(ix.views))
		ix.views[string(key)] = id
	}
	v.id = id
	ix.traitsOf(matter, &v.traits)
	for _, d := range matter {
		v.byPath = v.byPath || d.shape.byPath
		v.tags = append(v.tags, d.shape.tags...)
		v.resourceTags = v.resourceTags || len(d.shape.resourceTags) > 0
	}
	slices.Sort(v.tags)
	v.tags = slices.Compact(v.tags)
	return v
}

// width is how many patterns a slot has in the list of a class: see
// openPatterns.
func (d *document) width(i int) int {
	t := d.pattern(i)
	if t.IsKnown() || len(variablesOf(t)) > 0 {
		return 1
	}
	return 2
}

// mask are the capabilities of a kind of which the statement may cover an
// action.
func (st *saying) mask(k *kind) mask {
	var out mask
	for i := range k.capabilities {
		for _, a := range k.capabilities[i].actions {
			if st.covers(strings.ToLower(a)) {
				out |= 1 << i
				break
			}
		}
	}
	return out
}

// covers tells whether the statement may cover the action, in lower case.
func (st *saying) covers(action string) bool {
	if st.open {
		return true
	}
	for _, a := range st.actions {
		if value.MatchGlob(a, action) {
			return !st.not
		}
	}
	return st.not
}

// mask are the capabilities of a kind that the document may allow.
func (s *shape) mask(k *kind) mask {
	if s.broken {
		return ^mask(0)
	}
	var out mask
	for i := range s.statements {
		if s.statements[i].allow {
			out |= s.statements[i].mask(k)
		}
	}
	return out
}

// makeViews makes the views of all forms that have none yet.
func (ix *Index) makeViews() {
	for _, f := range ix.forms {
		for n := len(f.views); n < len(ix.kinds.all); n++ {
			f.views = append(f.views, ix.viewOf(f, ix.kinds.all[n]))
		}
	}
}

// A caller is a class as the judge sees it for one kind of resource.
type caller struct {
	view  *view
	combo uint32
	base  []uint32 // numbers of the patterns that match everything
	bits  uint64   // the same, folded by bitsOf
	wide  mask     // capabilities that may be allowed on whatever there is
	// narrow tells that patterns matter which do not match everything.
	narrow bool
}

// comboKey is what of a class and a view tells callers apart.
type comboKey struct {
	view, names, tags uint32
	account, personal int32
}

// caller looks at a class for one kind, and remembers it for all of its stance
// for a while.
func (j *judge) caller(c *class, k *kind) *caller {
	if int(c.stance) < len(j.callers) {
		if row := j.callers[c.stance]; int(k.number) < len(row) && row[k.number] != nil {
			return row[k.number]
		}
	}
	if j.kept > keepCallers {
		clear(j.callers)
		j.kept = 0
	}
	if n := int(c.stance) + 1 - len(j.callers); n > 0 {
		j.callers = append(j.callers, make([][]*caller, n)...)
	}
	row := j.callers[c.stance]
	if n := len(j.ix.kinds.all) - len(row); n > 0 {
		row = append(row, make([]*caller, n)...)
		j.callers[c.stance] = row
	}
	x := j.look(c, k)
	row[k.number] = &x
	j.kept++
	return &x
}

// look looks at a class for one kind.
func (j *judge) look(c *class, k *kind) caller {
	v := c.form.views[k.number]
	x := caller{view: v, wide: v.wide}
	for o, p := range c.patterns {
		if p == everything {
			x.wide |= v.allow[o]
			if v.index[o] >= 0 {
				x.base = append(x.base, uint32(v.index[o]))
			}
		} else if v.index[o] >= 0 {
			x.narrow = true
		}
	}
	x.bits = j.bitsOf(x.base, v.count)
	combo := comboKey{view: v.id, names: j.lists.id(both(c.names, v.names)), tags: j.lists.id(j.ix.tagsOf(c.tags, v.tags)), account: -1, personal: -1}
	if v.account {
		combo.account = c.home
	}
	if c.personal && (v.personal || c.form.rail.personal) {
		combo.personal = c.number
	}
	id, ok := j.combos[combo]
	if !ok {
		id = uint32(len(j.combos))
		j.combos[combo] = id
	}
	x.combo = id
	return x
}

// tagsOf are the tags of a list whose keys are among the sorted ones.
func (ix *Index) tagsOf(list uint32, keys []string) []uint32 {
	if list == 0 || len(keys) == 0 {
		return nil
	}
	var out []uint32
	tags := ix.lists.all[list]
	for i := 0; i+1 < len(tags); i += 2 {
		if _, ok := slices.BinarySearch(keys, ix.words.all[tags[i]]); ok {
			out = append(out, tags[i], tags[i+1])
		}
	}
	return out
}
