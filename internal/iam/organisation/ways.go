package organisation

import (
	"iter"
	"slices"
	"strings"

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
	of      [][]label
	cells   [][]int32 // by cell: the accounts that it was given
	classes map[int32]*given
	queue   []queued
}

type queued struct{ unit, account int32 }

// given are the accounts that all cells of a class were given, and by way of
// which accounts.
type given struct{ accounts, by []int32 }

func (g *graph) search(unknown, within bool) *labels {
	l := &labels{g: g, unknown: unknown, within: within, room: 2, of: make([][]label, len(g.units)), cells: make([][]int32, len(g.steps)), classes: map[int32]*given{}}
	if within {
		l.room = 1
	}
	for n, u := range g.units {
		a := g.ix.accounts[u.account]
		if l.counts(g.ix.classes[a.classes[u.class].principal].admin(g.ix, a)) {
			l.put(int32(n), label{account: u.account, step: -1})
		}
	}
	for c := range g.steps {
		for s := range g.steps[c] {
			l.raised(int32(c), int32(s))
		}
	}
	for i := 0; i < len(l.queue); i++ {
		l.spread(l.queue[i])
	}
	return l
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
	if len(l.of[n]) >= l.room || slices.ContainsFunc(l.of[n], func(y label) bool { return y.account == x.account }) {
		return
	}
	l.of[n] = append(l.of[n], x)
	l.queue = append(l.queue, queued{n, x.account})
}

// raised labels who becomes administrator by one step that needs nobody else.
func (l *labels) raised(c, s int32) {
	x := &l.g.steps[c][s]
	home := l.g.home(c)
	if !x.admin || !l.counts(x.holds) || l.within && x.to.account != home {
		return
	}
	if l.g.ix.kinds.rows[x.row].AsVictim {
		l.toCell(c, label{account: x.to.account, step: s, length: 1})
		return
	}
	l.put(l.g.number(x.to), label{account: x.to.account, step: s, length: 1})
}

// home is the account of a cell.
func (g *graph) home(c int32) int32 {
	at, ok := slices.BinarySearch(g.cells, c)
	if !ok {
		return int32(at) - 1
	}
	for at+1 < len(g.cells) && g.cells[at+1] == c {
		at++ // accounts without principals
	}
	return int32(at)
}

// toCell labels all members of a cell.
func (l *labels) toCell(c int32, x label) {
	if len(l.cells[c]) >= l.room || slices.Contains(l.cells[c], x.account) {
		return
	}
	l.cells[c] = append(l.cells[c], x.account)
	home := l.g.home(c)
	a := l.g.ix.accounts[home]
	for _, u := range a.cells[c-l.g.cells[home]].units {
		l.put(l.g.number(unit{home, u}), x)
	}
}

// spread labels all who can act as a unit.
func (l *labels) spread(q queued) {
	g := l.g
	length := int32(0)
	for _, x := range l.of[q.unit] {
		if x.account == q.account {
			length = x.length + 1
		}
	}
	for _, b := range g.from[q.unit] {
		x := label{account: q.account, step: b.step, wide: b.wide, length: length}
		if !b.wide {
			s := &g.steps[b.cell][b.step]
			if l.counts(s.holds) && !(l.within && s.to.account != g.home(b.cell)) {
				l.toCell(b.cell, x)
			}
			continue
		}
		s := &g.wide[b.cell][b.step]
		if l.within || !l.counts(s.holds) || !l.give(b.cell, q.account, s.to.account) {
			continue
		}
		for _, at := range g.ix.classes[b.cell].cells {
			if at != s.to.account {
				l.toCell(g.cells[at]+g.ix.accounts[at].cellAt[b.cell], x)
			}
		}
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
		i := slices.IndexFunc(l.of[n], func(x label) bool { return x.account == account })
		if i < 0 || l.of[n][i].step < 0 {
			return out
		}
		x := l.of[n][i]
		u := l.g.units[n]
		var s *step
		if x.wide {
			s = &l.g.wide[l.g.ix.accounts[u.account].classes[u.class].principal][x.step]
		} else {
			s = &l.g.steps[l.g.cellOf(u)][x.step]
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
	if ix.graph == nil {
		ix.graph = newGraph(ix)
		ix.ways = &ways{ix.graph.search(false, true), ix.graph.search(false, false), ix.graph.search(true, true), ix.graph.search(true, false)}
	}
	return ix.ways
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
		for _, x := range l.of[n] {
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
		if l.counts(g.ix.classes[c].admin(g.ix, a)) {
			add(n, u.account, nil)
		}
		walk := func(s *step) {
			switch {
			case !l.counts(s.holds):
			case s.admin:
				if g.ix.kinds.rows[s.row].AsVictim || s.to == u {
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
		cell := g.cellOf(u)
		for s := range g.steps[cell] {
			walk(&g.steps[cell][s])
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
