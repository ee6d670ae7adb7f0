package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// relation relates the cells of an account to its resource classes. Only those
// are looked at that a pattern of the cell's Allow statements matches, or whose
// own policy may let the cell in.
type relation struct {
	j  *judge
	a  *account
	at map[uint32][]int32 // pattern -> subjects
	// by subject, valid where the stamp is the current cell's
	stamp, candidate []int32
	ordinals         [][]uint32
	touched          []int32
	of               [][]int32 // subject -> resource classes
	// by resource class
	found []grant
	mine  []int32
	named map[uint32][]int32 // pattern of principals -> resource classes that grant to it
	open  []int32            // resource classes that may grant to anybody
}

func newRelation(j *judge, a *account) *relation {
	r := &relation{j: j, a: a, at: map[uint32][]int32{}, named: map[uint32][]int32{}}
	n := len(a.subjects)
	r.stamp, r.candidate, r.ordinals, r.of = make([]int32, n), make([]int32, n), make([][]uint32, n), make([][]int32, n)
	r.found, r.mine = make([]grant, len(a.classes)), nil
	for i := range a.subjects {
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
	r.a.fresh = make([][]entry, len(r.a.cells))
	for i := range r.a.cells {
		r.row(int32(i))
	}
}

// row relates one cell.
func (r *relation) row(i int32) {
	a, ix := r.a, r.j.ix
	c := ix.classes[a.cells[i].class]
	m := &a.principals[a.cells[i].members[0]]
	now := i + 1
	r.touched = r.touched[:0]
	if c.wide {
		for s := range a.subjects {
			r.touch(int32(s), now)
			r.candidate[s] = now
		}
	}
	for o, p := range c.patterns {
		for _, s := range r.at[p] {
			r.touch(s, now)
			r.ordinals[s] = append(r.ordinals[s], uint32(o))
			if c.allows[o] {
				r.candidate[s] = now
			}
		}
	}
	grant := func(g int32) {
		for _, s := range a.classes[g].subjects {
			r.touch(s, now)
			r.candidate[s] = now
		}
	}
	for _, g := range r.open {
		grant(g)
	}
	for _, n := range c.names {
		for _, g := range r.named[n] {
			grant(g)
		}
	}
	p := pair{c: c, caller: a, member: m, owner: a}
	r.mine = r.mine[:0]
	for _, s := range r.touched {
		if r.candidate[s] != now {
			continue
		}
		r.subject(&p, s)
	}
	slices.Sort(r.mine)
	row := make([]entry, 0, len(r.mine))
	for _, k := range r.mine {
		row = append(row, entry{k, r.found[k]})
		r.found[k] = 0
	}
	a.rows[i] = row
	a.fresh[i] = r.j.makes(&p)
}

func (r *relation) touch(s, now int32) {
	if r.stamp[s] != now {
		r.stamp[s] = now
		r.ordinals[s] = r.ordinals[s][:0]
		r.touched = append(r.touched, s)
	}
}

// subject judges the pair and adds what it gives to the resource classes that
// the subject is of.
func (r *relation) subject(p *pair, s int32) {
	p.s = &r.a.subjects[s]
	p.bits = r.j.bitsOf(r.ordinals[s], len(p.c.patterns))
	for _, k := range r.of[s] {
		p.mention = r.a.classes[k].mention
		g := r.j.judge(p)
		if g == 0 {
			continue
		}
		if r.found[k] == 0 {
			r.mine = append(r.mine, k)
		}
		r.found[k] = r.found[k].or(g)
	}
}

// makes tells which calls that make something new the cell may do, on
// something of a name that the caller chooses. The entry's class is 0.
func (j *judge) makes(p *pair) []entry {
	k := j.ix.kinds.byName[newType]
	var out grant
	for i := range k.capabilities {
		action := k.capabilities[i].actions[0]
		if !j.mayAllow(p, action) {
			continue
		}
		t := value.No
		for _, arn := range j.made(p, action) {
			s := subject{form: j.newForm(p.owner, i), arn: arn, self: arn}
			q := *p
			q.s, q.mention = &s, nil
			q.bits = j.bitsOf(j.ordinalsOf(p.c, arn), len(p.c.patterns))
			if t = t.Or(j.judge(&q).has(1 << i)); t == value.Yes {
				break
			}
		}
		out = out.with(i, t)
	}
	if out == 0 {
		return nil
	}
	return []entry{{0, out}}
}

// mayAllow tells whether a statement of the principal may allow the action.
func (j *judge) mayAllow(p *pair, action string) bool {
	if p.c.member.open {
		return true
	}
	for _, d := range p.c.form.docs {
		if d.shape.mayAllow(action) {
			return true
		}
	}
	return false
}

// ordinalsOf are the patterns of a class that match the ARN.
func (j *judge) ordinalsOf(c *class, arn string) []uint32 {
	var out []uint32
	for o, p := range c.patterns {
		if p != everything && j.ix.patterns.list[p].match(arn) {
			out = append(out, uint32(o))
		}
	}
	return out
}

// newForm is the form of what does not exist yet; each action is asked apart.
func (j *judge) newForm(owner *account, i int) *subjectForm {
	key := newFormKey{owner.rcp, i}
	f, ok := j.news[key]
	if !ok {
		k := *j.ix.kinds.byName[newType]
		k.capabilities = slices.Clone(k.capabilities)
		for n := range k.capabilities {
			if n != i {
				k.capabilities[n].form = catalogue.AnyForm // not this one
			}
		}
		// Numbers beyond those of the subjects that exist.
		f = &subjectForm{number: ^uint32(len(j.news)), kind: &k, rcp: owner.rcp}
		f.traits.account, f.traits.personal = owner.rcp.account, owner.rcp.personal
		j.news[key] = f
	}
	return f
}

type newFormKey struct {
	rcp    *rail
	action int
}

// made are ARNs that a call may make something under: one that no policy
// names, and for each pattern of the caller's that fits one that it matches.
func (j *judge) made(p *pair, action string) []string {
	a, ok := catalogue.ActionOf(action)
	if !ok || len(a.Resources) == 0 {
		return []string{"*"}
	}
	var out []string
	for _, t := range a.Resources {
		form := t.Type.ARN
		out = append(out, fillTemplate(form, p.caller.id, anything))
		fits := fillTemplate(form, p.caller.id, "*")
		for o, id := range p.c.patterns {
			if id == everything || !p.c.allows[o] {
				continue
			}
			parts := strings.SplitN(j.ix.patterns.list[id].text, ":", 6)
			if len(parts) == 6 && strings.ContainsAny(parts[4], "*?") {
				parts[4] = p.caller.id
			}
			if parts[0] == "arn" && len(parts) > 1 && parts[1] == "*" {
				parts[1] = "aws"
			}
			if arn := instance(strings.Join(parts, ":")); glob(fits, arn) {
				out = append(out, arn)
			}
		}
	}
	return out
}

// fillTemplate writes an account and a name into the template of an ARN.
func fillTemplate(t, account, name string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(t, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		variable, after, _ := strings.Cut(rest, "}")
		switch variable {
		case "Partition":
			b.WriteString("aws")
		case "Account":
			b.WriteString(account)
		default:
			b.WriteString(name)
		}
		t = after
	}
}
