package organisation

import (
	"iter"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// makes tells which calls that make something new the cell may do, on
// something of a name that the caller chooses.
func (j *judge) makes(p *pair) grant {
	k := j.ix.kinds.byName[newType]
	x := j.caller(p.c, k)
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
	for arn := range j.madeUnder(p, x, action) {
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
	combo, base, outside uint32
	wide, may            mask
	bits                 uint64
	account              int32
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
	return makesKey{combo: x.combo, base: j.lists.id(x.base), outside: j.outside(p.c, p.caller.rcp), wide: x.wide, may: x.view.any, bits: x.bits, account: p.caller.number}, true
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

// madeUnder are ARNs that a call may make something under: those that no policy
// names, then for each pattern of the caller's, or of its boundary and control
// policies, that fits one that it matches.
func (j *judge) madeUnder(p *pair, x *caller, action string) iter.Seq[string] {
	return func(yield func(string) bool) {
		a, ok := catalogue.ActionOf(action)
		if !ok || len(a.Resources) == 0 {
			yield("*")
			return
		}
		for _, t := range a.Resources {
			if !yield(fillTemplate(t.Type.ARN, anything, p.caller.id) + anything) {
				return
			}
		}
		for o, id := range p.c.patterns {
			if id == everything || x.view.index[o] < 0 {
				continue
			}
			text, region := j.ix.patterns.list[id].text, anything
			if parts := strings.SplitN(text, ":", 6); len(parts) == 6 && !strings.ContainsAny(parts[3], "*?") {
				region = parts[3]
			}
			for _, t := range a.Resources {
				prefix := fillTemplate(t.Type.ARN, region, p.caller.id)
				if rest, ok := completion(text, prefix); ok && !yield(prefix+rest) {
					return
				}
			}
		}
	}
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
