package organisation

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/value"
)

// A Hop is one step of an escalation.
type Hop struct {
	// Way is the id of the row of iam/escalation; Title what it does.
	Way, Title string
	// To is a principal that is acted as, or raised: one of them where several
	// are alike.
	To string
	// Holds is Yes or Unknown.
	Holds value.Tri
}

// An Administrator is a principal that is administrator of an account, or
// becomes it by a chain of hops.
type Administrator struct {
	Principal string
	Account   string // that it administers
	Chain     []Hop  // none: it is administrator
	Holds     value.Tri
}

// A label says that a unit leads to administration of an account.
type label struct {
	account int32
	step    int32 // of the unit's cell, or of its class; -1: it is administrator
	wide    bool
	length  int32
}

// labels are those of one search: by unit the nearest accounts that it comes
// to administer.
type labels struct {
	g       *graph
	unknown bool // steps that are possible only count too
	within  bool // steps stay within the account
	room    int  // how many accounts a unit keeps
	labels  []label
	count   []uint8 // by unit: how many of its room are taken
	cells   []int32 // by cell, with room: the accounts that it was given
	given   []uint8 // by cell: how many
	classes map[int32]*given
	queue   []queued
}

type queued struct{ unit, account int32 }

// given are the accounts that all cells of a class were given, and by way of
// which accounts.
type given struct{ accounts, by []int32 }

func (g *graph) search(unknown, within bool) *labels {
	l := &labels{g: g, unknown: unknown, within: within, room: 2, count: make([]uint8, len(g.units)), given: make([]uint8, g.cellCount), classes: map[int32]*given{}}
	if within {
		l.room = 1
	}
	l.labels, l.cells = make([]label, l.room*len(g.units)), make([]int32, l.room*g.cellCount)
	for at, p := range g.parts {
		for k, t := range p.admin {
			if l.counts(t) {
				l.put(g.first[at]+int32(k), label{account: int32(at), step: -1})
			}
		}
	}
	for at, p := range g.parts {
		for _, x := range p.raising {
			l.raised(int32(at), x)
		}
	}
	for i := 0; i < len(l.queue); i++ {
		l.spread(l.queue[i])
	}
	l.cells, l.given, l.classes, l.queue = nil, nil, nil, nil
	return l
}

// of are the labels of a unit.
func (l *labels) of(n int32) []label {
	from := int(n) * l.room
	return l.labels[from : from+int(l.count[n])]
}

// admin tells whether the members of a class administer an account by their
// own policies.
func (c *class) admin(ix *Index, a *account) value.Tri {
	if !c.judged {
		c.judged, c.isAdmin = true, value.No
		if c.form.mayDoAnything() {
			c.isAdmin = ix.workers[0].administers(c, a, nil, false)
		}
	}
	return c.isAdmin
}

// mayDoAnything tells whether a statement may allow actions that no policy
// names, without which nobody is administrator.
func (f *form) mayDoAnything() bool {
	return f.open || slices.ContainsFunc(f.docs, func(d *document) bool {
		return d.shape.broken || slices.ContainsFunc(d.shape.statements, func(st saying) bool { return st.allow && st.covers(anyAction) })
	})
}

func (l *labels) counts(t value.Tri) bool { return t == value.Yes || l.unknown && t == value.Unknown }

func (l *labels) put(n int32, x label) {
	of := l.of(n)
	if len(of) >= l.room || slices.ContainsFunc(of, func(y label) bool { return y.account == x.account }) {
		return
	}
	l.labels[int(n)*l.room+len(of)] = x
	l.count[n]++
	l.queue = append(l.queue, queued{n, x.account})
}

// raised labels who becomes administrator by one step that needs nobody else.
func (l *labels) raised(home int32, at place) {
	x := l.g.parts[home].step(at)
	if !l.counts(x.holds) || l.within && x.to.account != home {
		return
	}
	if l.g.ix.kinds.rows[x.row].raises {
		l.toCell(home, at.cell, label{account: x.to.account, step: at.step, length: 1})
		return
	}
	l.put(l.g.number(x.to), label{account: x.to.account, step: at.step, length: 1})
}

// toCell labels all members of a cell.
func (l *labels) toCell(home, c int32, x label) {
	n := int(l.g.cells[home] + c)
	have := l.cells[n*l.room : n*l.room+int(l.given[n])]
	if len(have) >= l.room || slices.Contains(have, x.account) {
		return
	}
	l.cells[n*l.room+len(have)] = x.account
	l.given[n]++
	for _, u := range l.g.ix.accounts[home].cells[c].units {
		l.put(l.g.number(unit{home, u}), x)
	}
}

// spread labels all who can act as a unit.
func (l *labels) spread(q queued) {
	g := l.g
	length := int32(0)
	for _, x := range l.of(q.unit) {
		if x.account == q.account {
			length = x.length + 1
		}
	}
	home := g.units[q.unit].account
	own := label{account: q.account, length: length}
	inner := func() {
		p := g.parts[home]
		for _, at := range p.into(q.unit - g.first[home]) {
			if l.counts(p.step(at).holds) {
				own.step = at.step
				l.toCell(home, at.cell, own)
			}
		}
	}
	if l.within {
		inner()
		return
	}
	done := false
	for _, b := range g.from[g.start[q.unit]:g.start[q.unit+1]] {
		x := label{account: q.account, step: b.at.step, wide: b.wide, length: length}
		if !b.wide {
			if !done && b.account > home { // accounts in their order
				done = true
				inner()
			}
			if l.counts(g.parts[b.account].step(b.at).holds) {
				l.toCell(b.account, b.at.cell, x)
			}
			continue
		}
		class := b.at.cell
		s := &g.wide[class][b.at.step]
		if !l.counts(s.holds) || !l.give(class, q.account, s.to.account) {
			continue
		}
		for _, at := range g.ix.classes[class].cells {
			if at != s.to.account {
				l.toCell(at, g.ix.accounts[at].cellAt[class], x)
			}
		}
	}
	if !done {
		inner()
	}
}

// give notes that all cells of a class are to be given an account; false where
// they have enough already.
func (l *labels) give(class, account, by int32) bool {
	x := l.classes[class]
	if x == nil {
		x = &given{}
		l.classes[class] = x
	}
	if len(x.accounts) > 3 && len(x.by) > 3 || slices.Contains(x.accounts, account) && slices.Contains(x.by, by) {
		return false
	}
	if !slices.Contains(x.accounts, account) {
		x.accounts = append(x.accounts, account)
	}
	if !slices.Contains(x.by, by) {
		x.by = append(x.by, by)
	}
	return true
}

// chain follows the labels of a unit to the administrator.
func (l *labels) chain(n, account int32) []Hop {
	var out []Hop
	for {
		i := slices.IndexFunc(l.of(n), func(x label) bool { return x.account == account })
		if i < 0 || l.of(n)[i].step < 0 {
			return out
		}
		x := l.of(n)[i]
		u := l.g.units[n]
		var s *step
		if x.wide {
			s = &l.g.wide[l.g.ix.accounts[u.account].classes[u.class].principal][x.step]
		} else {
			s = &l.g.stepsOf(u)[x.step]
		}
		out = append(out, l.g.hop(s))
		if s.admin {
			return out
		}
		n = l.g.number(s.to)
	}
}

func (g *graph) hop(s *step) Hop {
	row := &g.ix.kinds.rows[s.row]
	a := g.ix.accounts[s.to.account]
	t := &a.resources[a.classes[s.to.class].members[0]]
	return Hop{Way: row.ID, Title: row.Title, To: a.names.at(t.name), Holds: s.holds}
}

// ways are the searches of a graph: what is certain, and what is possible.
type ways struct{ own, any, ownMaybe, anyMaybe *labels }

func (ix *Index) searched() *ways {
	if ix.ways != nil {
		return ix.ways
	}
	g := newGraph(ix)
	w := &ways{}
	var wg sync.WaitGroup
	wg.Go(func() { w.own, w.any = g.search(false, true), g.search(false, false) })
	wg.Go(func() { w.ownMaybe, w.anyMaybe = g.search(true, true), g.search(true, false) })
	wg.Wait()
	ix.graph, ix.ways = g, w
	return w
}

// Administrators yields every principal that is administrator, or becomes it:
// of its own account within that, and of another account, the nearest. A
// certain chain goes before one that is only possible. What else a principal
// comes to administer, Administers lists.
func (ix *Index) Administrators() iter.Seq[Administrator] {
	return func(yield func(Administrator) bool) {
		w := ix.searched()
		for n, u := range ix.graph.units {
			found := ix.unitWays(w, int32(n), u)
			if len(found) == 0 {
				continue
			}
			a := ix.accounts[u.account]
			for _, m := range a.classes[u.class].members {
				arn := a.names.at(a.resources[m].name)
				for _, x := range found {
					x.Principal = arn
					if !yield(x) {
						return
					}
				}
			}
		}
	}
}

// unitWays are the ways of a unit, without who takes them.
func (ix *Index) unitWays(w *ways, n int32, u unit) []Administrator {
	var out []Administrator
	pick := func(l *labels, own bool, holds value.Tri) bool {
		for _, x := range l.of(n) {
			if (x.account == u.account) == own {
				out = append(out, Administrator{Account: ix.accounts[x.account].id, Chain: l.chain(n, x.account), Holds: holds})
				return true
			}
		}
		return false
	}
	_ = pick(w.own, true, value.Yes) || pick(w.any, true, value.Yes) || pick(w.ownMaybe, true, value.Unknown) || pick(w.anyMaybe, true, value.Unknown)
	_ = pick(w.any, false, value.Yes) || pick(w.anyMaybe, false, value.Unknown)
	return out
}

// Administers lists all accounts that a principal administers or comes to
// administer, the nearest first, with a shortest chain to each.
func (ix *Index) Administers(principal string) []Administrator {
	ix.searched()
	a, m := ix.principal(principal)
	if m == nil {
		return nil
	}
	g := ix.graph
	var out []Administrator
	have := map[int32]bool{}
	for _, unknown := range []bool{false, true} {
		out = append(out, g.forward(g.number(unit{a.number, m.unit}), unknown, have)...)
	}
	for i := range out {
		out[i].Principal = principal
	}
	return out
}

// forward finds the accounts that a unit comes to administer.
func (g *graph) forward(start int32, unknown bool, have map[int32]bool) []Administrator {
	l := labels{g: g, unknown: unknown}
	type visit struct {
		from int32
		by   *step
	}
	seen := map[int32]visit{start: {-1, nil}}
	queue := []int32{start}
	holds := value.Yes
	if unknown {
		holds = value.Unknown
	}
	var out []Administrator
	add := func(n, account int32, last *step) {
		if have[account] {
			return
		}
		have[account] = true
		var chain []Hop
		if last != nil {
			chain = append(chain, g.hop(last))
		}
		for v := seen[n]; v.by != nil; v = seen[v.from] {
			chain = append(chain, g.hop(v.by))
		}
		slices.Reverse(chain)
		out = append(out, Administrator{Account: g.ix.accounts[account].id, Chain: chain, Holds: holds})
	}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		u := g.units[n]
		a := g.ix.accounts[u.account]
		c := a.classes[u.class].principal
		if l.counts(g.parts[u.account].admin[n-g.first[u.account]]) {
			add(n, u.account, nil)
		}
		walk := func(s *step) {
			switch {
			case !l.counts(s.holds):
			case s.admin:
				if g.ix.kinds.rows[s.row].raises || s.to == u {
					add(n, s.to.account, s)
				}
			default:
				to := g.number(s.to)
				if _, ok := seen[to]; !ok {
					seen[to] = visit{n, s}
					queue = append(queue, to)
				}
			}
		}
		steps := g.stepsOf(u)
		for s := range steps {
			walk(&steps[s])
		}
		for s := range g.wide[c] {
			if x := &g.wide[c][s]; x.to.account != u.account {
				walk(x)
			}
		}
	}
	return out
}

// principal finds a principal by its ARN.
func (ix *Index) principal(arn string) (*account, *member) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return nil, nil
	}
	at, ok := ix.accountAt[parts[4]]
	if !ok {
		return nil, nil
	}
	a := ix.accounts[at]
	for i := range a.principals {
		if a.principals[i].arn == arn {
			return a, &a.principals[i]
		}
	}
	return nil, nil
}
