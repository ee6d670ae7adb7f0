package organisation

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// relation relates the cells of an account to its resource classes. Only those
// are looked at that a pattern of the cell's Allow statements matches, or whose
// own policy may let the cell in.
type relation struct {
	j      *judge
	a      *account
	at     map[uint32][]int32 // pattern -> subjects
	kinds  []*kind            // those that the account has
	of     [][]int32          // subject -> resource classes
	ofKind [][]int32          // kind -> subjects
	// by subject, valid where the stamp is the current cell's
	states  []state
	touched []int32
	// by resource class
	found   []grant
	some    []uint64 // bits: those of which something was found
	mine    []int32
	grants  map[grant]uint32
	rows    map[string][]entry
	key     []byte
	callers []caller           // by kind
	named   map[uint32][]int32 // pattern of principals -> resource classes that grant to it
	open    []int32            // resource classes that may grant to anybody
}

// A state is what was found of one subject for the current cell.
type state struct {
	stamp    int32
	granted  bool // by the resource's own policy, perhaps
	allow    mask
	bits     uint64
	ordinals []uint32
}

func newRelation(j *judge, a *account) *relation {
	r := &relation{j: j, a: a, at: map[uint32][]int32{}, named: map[uint32][]int32{}, grants: map[grant]uint32{}, rows: map[string][]entry{}}
	n := len(a.subjects)
	r.states, r.of, r.ofKind = make([]state, n), make([][]int32, n), make([][]int32, len(j.ix.kinds.all))
	r.found, r.callers = make([]grant, len(a.classes)), make([]caller, len(j.ix.kinds.all))
	r.some = make([]uint64, len(a.classes)/64+1)
	for i := range a.subjects {
		k := a.subjects[i].form.kind
		if len(r.ofKind[k.number]) == 0 {
			r.kinds = append(r.kinds, k)
		}
		r.ofKind[k.number] = append(r.ofKind[k.number], int32(i))
		for _, p := range a.subjects[i].patterns {
			r.at[p] = append(r.at[p], int32(i))
		}
	}
	for i := range a.classes {
		for _, s := range a.classes[i].subjects {
			r.of[s] = append(r.of[s], int32(i))
		}
	}
	for _, g := range a.granting {
		m := a.classes[g].mention
		if m == nil || m.open || a.subjects[a.classes[g].subjects[0]].form.open {
			r.open = append(r.open, g)
			continue
		}
		for _, n := range m.named {
			r.named[n] = append(r.named[n], g)
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
	a, ix := r.a, r.j.ix
	c := ix.classes[a.cells[i].class]
	now := i + 1
	r.touched = r.touched[:0]
	callers := r.callers
	for _, k := range r.kinds {
		x := &callers[k.number]
		*x = r.j.look(c, k)
		if x.wide != 0 {
			for _, s := range r.ofKind[k.number] {
				r.touch(s, now, x)
			}
		}
	}
	for o, p := range c.patterns {
		for _, s := range r.at[p] {
			x := &callers[a.subjects[s].form.kind.number]
			n := x.view.index[o]
			if n < 0 {
				continue
			}
			st := r.touch(s, now, x)
			st.allow |= x.view.allow[o]
			if x.view.count > 64 {
				st.ordinals = append(st.ordinals, uint32(n))
			} else {
				st.bits |= 1 << n
			}
		}
	}
	grants := func(g int32) {
		for _, s := range a.classes[g].subjects {
			r.touch(s, now, &callers[a.subjects[s].form.kind.number]).granted = true
		}
	}
	for _, g := range r.open {
		grants(g)
	}
	for _, n := range c.names {
		for _, g := range r.named[n] {
			grants(g)
		}
	}
	p := pair{c: c, caller: a, member: &a.principals[a.cells[i].members[0]], owner: a}
	for _, s := range r.touched {
		if st := &r.states[s]; st.allow != 0 || st.granted {
			p.x = &callers[a.subjects[s].form.kind.number]
			r.subject(p, s)
		}
	}
	r.mine = r.mine[:0]
	for w, word := range r.some {
		for ; word != 0; word &= word - 1 {
			r.mine = append(r.mine, int32(w*64+bits.TrailingZeros64(word)))
		}
	}
	clear(r.some)
	r.key = r.key[:0]
	for _, k := range r.mine {
		n, ok := r.grants[r.found[k]]
		if !ok {
			n = uint32(len(a.grants))
			r.grants[r.found[k]] = n
			a.grants = append(a.grants, r.found[k])
		}
		r.key = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(r.key, uint32(k)), n)
		r.found[k] = grant{}
	}
	row, ok := r.rows[string(r.key)]
	if !ok {
		row = make([]entry, len(r.mine))
		for n, k := range r.mine {
			row[n] = entry{k, binary.LittleEndian.Uint32(r.key[8*n+4:])}
		}
		r.rows[string(r.key)] = row
	}
	a.rows[i] = row
	a.fresh[i] = r.j.makes(&p)
}

func (r *relation) touch(s, now int32, x *caller) *state {
	st := &r.states[s]
	if st.stamp != now {
		st.stamp, st.granted, st.allow, st.bits, st.ordinals = now, false, x.wide, x.bits, append(st.ordinals[:0], x.base...)
		r.touched = append(r.touched, s)
	}
	return st
}

// subject judges the pair and adds what it gives to the resource classes that
// the subject is of.
func (r *relation) subject(p pair, s int32) {
	st := &r.states[s]
	p.s, p.allow = &r.a.subjects[s], st.allow
	p.bits = st.bits
	if p.x.view.count > 64 {
		p.bits = r.j.bitsOf(st.ordinals, p.x.view.count)
	}
	for _, k := range r.of[s] {
		p.mention, p.doc = r.a.classes[k].mention, r.a.classes[k].doc
		q := p
		g := r.j.judge(&q)
		if g.none() {
			continue
		}
		r.some[k>>6] |= 1 << (k & 63)
		r.found[k] = r.found[k].or(g)
	}
}

// makes tells which calls that make something new the cell may do, on
// something of a name that the caller chooses.
func (j *judge) makes(p *pair) grant {
	k := j.ix.kinds.byName[newType]
	look := j.look(p.c, k)
	x := &look
	may := x.view.any | x.wide
	key, alike := j.makesKey(p, x)
	if alike {
		if out, ok := j.made[key]; ok {
			return out
		}
	}
	var out grant
	for i := range k.capabilities {
		if may&(1<<i) == 0 {
			continue
		}
		t := value.No
		for _, action := range k.capabilities[i].actions {
			if t = t.Or(j.makesBy(p, x, i, action)); t == value.Yes {
				break
			}
		}
		out = out.with(i, t)
	}
	if alike {
		j.made[key] = out
	}
	return out
}

// makesBy tells it of one action of a capability.
func (j *judge) makesBy(p *pair, x *caller, i int, action string) value.Tri {
	t := value.No
	for _, arn := range j.madeUnder(p, x, action) {
		q := *p
		q.s, q.mention, q.x = &subject{form: j.newForm(p.owner, i, action), arn: arn, self: arn}, nil, x
		q.bits, q.allow = j.ordinalsOf(p.c, x, func(id uint32) bool { return j.ix.patterns.list[id].match(arn) })
		if t = t.Or(j.judge(&q).has(1 << i)); t == value.Yes {
			break
		}
	}
	return t
}

// A makesKey is what tells cells apart of whose patterns none but that of
// everything speaks of what is made.
type makesKey struct {
	combo, base uint32
	wide, may   mask
	bits        uint64
	account     int32
}

func (j *judge) makesKey(p *pair, x *caller) (makesKey, bool) {
	if p.c.personal {
		return makesKey{}, false
	}
	for o, id := range p.c.patterns {
		if id != everything && (x.view.index[o] >= 0 || x.view.allow[o] != 0) {
			return makesKey{}, false
		}
	}
	return makesKey{combo: x.combo, base: j.lists.id(x.base), wide: x.wide, may: x.view.any, bits: x.bits, account: p.caller.number}, true
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

// newForm is the form of what does not exist yet; each action is asked apart.
func (j *judge) newForm(owner *account, i int, action string) *subjectForm {
	key := newFormKey{owner.rcp, i, action}
	f, ok := j.news[key]
	if !ok {
		k := *j.ix.kinds.byName[newType]
		k.capabilities = slices.Clone(k.capabilities)
		k.capabilities[i].actions = []string{action}
		for n := range k.capabilities {
			if n != i {
				k.capabilities[n].form = catalogue.AnyForm // not this one
			}
		}
		// Numbers beyond those of the subjects that exist.
		f = &subjectForm{number: ^uint32(len(j.news)), base: ^uint32(len(j.news)), kind: &k, rcp: owner.rcp}
		f.traits.account, f.traits.personal = owner.rcp.account, owner.rcp.personal
		j.news[key] = f
	}
	return f
}

type newFormKey struct {
	rcp        *rail
	capability int
	action     string
}

// madeUnder are ARNs that a call may make something under: one that no policy
// names, and for each pattern of the caller's, or of its boundary and control
// policies, that fits one that it matches.
func (j *judge) madeUnder(p *pair, x *caller, action string) []string {
	a, ok := catalogue.ActionOf(action)
	if !ok || len(a.Resources) == 0 {
		return []string{"*"}
	}
	var out []string
	for _, t := range a.Resources {
		out = append(out, fillTemplate(t.Type.ARN, anything, p.caller.id)+anything)
		for o, id := range p.c.patterns {
			if id == everything || x.view.index[o] < 0 {
				continue
			}
			text, region := j.ix.patterns.list[id].text, anything
			if parts := strings.SplitN(text, ":", 6); len(parts) == 6 && !strings.ContainsAny(parts[3], "*?") {
				region = parts[3]
			}
			prefix := fillTemplate(t.Type.ARN, region, p.caller.id)
			if rest, ok := completion(text, prefix); ok {
				out = append(out, prefix+rest)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fillTemplate writes region and account into the template of an ARN, and
// something for the names but the last.
func fillTemplate(t, region, account string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(t, "${")
		b.WriteString(before)
		variable, after, _ := strings.Cut(rest, "}")
		if !ok || after == "" {
			return b.String()
		}
		switch variable {
		case "Partition":
			b.WriteString("aws")
		case "Account":
			b.WriteString(account)
		case "Region":
			b.WriteString(region)
		default:
			b.WriteString(anything)
		}
		t = after
	}
}
