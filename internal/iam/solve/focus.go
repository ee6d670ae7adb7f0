package solve

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A focus is a set of Allow statements of the first side, with the variables
// that matter to their requests: cases are made of these alone.
type focus struct {
	stmts map[*stmt]bool
	vars  []string
}

// foci splits the first side's statements by the variables that matter.
func (q *question) foci() []focus {
	if len(q.vars) == 0 || q.a == nil {
		return []focus{{vars: q.vars}}
	}
	var out []focus
	index := map[string]int{}
	proved := q.onBothSides()
	q.a.eachStatement(func(st *stmt) {
		if st.allow == value.No || proved(st) {
			return
		}
		vars := q.vars
		if !st.open {
			vars = q.mattering(st)
		}
		key := strings.Join(vars, "\x00")
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, focus{map[*stmt]bool{}, vars})
		}
		out[i].stmts[st] = true
	})
	if q.a.policies.IdentityOpen || q.a.policies.ResourceOpen || len(q.a.policies.Identity) == 0 {
		// Requests that are allowed by no statement of the first side.
		out = append(out, focus{map[*stmt]bool{}, q.standing()})
	}
	return out
}

// standing are the variables that matter to a request whatever allows it.
func (q *question) standing() []string {
	if p := &q.a.policies; p.Boundary != nil || len(p.Session)+len(p.SCP)+len(p.RCP)+len(p.Endpoint) > 0 {
		return q.vars
	}
	var vars []string
	for _, a := range q.sides() {
		for _, st := range a.varied {
			if a != q.a || st.deny != value.No {
				vars = append(vars, st.vars...)
			}
		}
	}
	slices.Sort(vars)
	return slices.Compact(vars)
}

// living are the statements of a focus that some case may make hold: a
// condition on what is given, which fails whatever variables stand for, spares
// the cases.
func (q *question) living(f focus) focus {
	out := focus{map[*stmt]bool{}, f.vars}
	for st := range f.stmts {
		if !slices.ContainsFunc(st.conds, q.fails) {
			out.stmts[st] = true
		}
	}
	return out
}

// fails tells that a condition does not hold in any case.
func (q *question) fails(c *cond) bool {
	if c.free || c.values == nil {
		return false
	}
	k := q.kind(c.key)
	if k.never {
		return !c.absent()
	}
	if !k.fixed || slices.ContainsFunc(c.values.pats, q.varies) {
		return false
	}
	l := klit{c: c, u: q.fill(c.values, c.op.Negated), want: true}
	holds, open := l.truth(&k.state, &q.tokens)
	return !open && !holds
}

// varies tells whether a pattern has variables of which there are cases.
func (q *question) varies(p *pattern) bool {
	return slices.ContainsFunc(p.pieces, func(x piece) bool {
		if x.key == "" {
			return false
		}
		k := q.kind(x.key)
		return !k.fixed && !k.never
	})
}

// onBothSides tells the Allow statements that need no search, because the
// second side has them too and no deny of its own.
func (q *question) onBothSides() func(*stmt) bool {
	no := func(*stmt) bool { return false }
	if q.b == nil || !q.a.plain() || !q.b.plain() {
		return no
	}
	mine, theirs := newKnown(q.a, true), newKnown(q.b, false)
	alone := false
	q.b.eachStatement(func(st *stmt) { alone = alone || st.deny != value.No && !mine.has(st) })
	if alone {
		return no
	}
	return theirs.has
}

// plain tells that there is nothing but identity policies.
func (a *Access) plain() bool {
	p := &a.policies
	return p.Boundary == nil && len(p.Session) == 0 && p.Resource == nil && !p.ResourceOpen && !p.IdentityOpen &&
		len(p.SCP) == 0 && len(p.RCP) == 0 && len(p.Endpoint) == 0
}

// known is a set of statements.
type known struct {
	texts map[string]bool
	srcs  map[*policy.Statement]bool
}

func newKnown(a *Access, denies bool) known {
	k := known{map[string]bool{}, map[*policy.Statement]bool{}}
	a.eachStatement(func(st *stmt) {
		if !denies && st.allow != value.No || denies && st.deny != value.No {
			k.texts[st.text], k.srcs[st.src] = true, true
		}
	})
	return k
}

func (k known) has(st *stmt) bool { return k.srcs[st.src] || st.text != "" && k.texts[st.text] }

func (a *Access) eachStatement(visit func(*stmt)) {
	for _, p := range a.order {
		for _, st := range a.compiled[p] {
			visit(st)
		}
	}
}

// mattering are the variables of the statements that may cover a request that
// the statement covers.
func (q *question) mattering(st *stmt) []string {
	acts := st.actions.of(q.extras, true)
	vars := slices.Clone(st.vars)
	for _, a := range q.sides() {
		for _, o := range a.varied {
			if set := o.actions.of(q.extras, true); set.meets(&acts) && !st.elsewhere(o) {
				vars = append(vars, o.vars...)
			}
		}
	}
	slices.Sort(vars)
	return slices.Compact(vars)
}

// elsewhere tells, by the beginnings of their resources, that two statements
// never cover one request.
func (st *stmt) elsewhere(o *stmt) bool {
	if st.resource == nil || o.resource == nil || st.notResource || o.notResource || st.resource.vague || o.resource.vague {
		return false
	}
	for _, p := range st.resource.pats {
		for _, x := range o.resource.pats {
			if !p.opening().apart(x.opening()) {
				return false
			}
		}
	}
	return true
}

// opening is a pattern of what stands before the first token.
func (p *pattern) opening() *pattern {
	if p.pieces == nil {
		return p
	}
	out := &pattern{syms: []sym{star}}
	if p.pieces[0].token == "" {
		out.syms = append(slices.Clone(p.pieces[0].syms), star)
	}
	out.classify()
	return out
}

// looksAt tells whether a use is of the focus.
func (q *question) looksAt(t *use) bool {
	return q.focus == nil || t.stmt.src == nil || q.focus[t.stmt]
}
