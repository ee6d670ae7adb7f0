package organisation

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// host adds the steps to the role of a class of hosts.
func (w *stepper) host(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	for _, m := range w.moves(moveKey{can: can, fresh: w.fresh, kind: rc.kind.number, own: owner == w.a}) {
		if w.g.ix.kinds.rows[m.row].Is == escalation.Managed {
			m.holds = m.holds.And(w.managed(owner, k, rc.role))
		}
		w.act(m.row, unit{owner.number, rc.role}, m.holds)
	}
}

// besideHosts adds the steps to the roles of hosts by a row that needs nothing on
// the hosts themselves.
func (w *stepper) besideHosts(r int16) {
	row := &w.g.ix.kinds.rows[r]
	m := w.move(moveKey{fresh: w.fresh, own: true}, r)
	if m.holds == value.No {
		return
	}
	for k := range w.a.classes[:w.a.steps] {
		if rc := &w.a.classes[k]; rc.kind.name == row.Host && rc.role >= 0 {
			w.act(r, unit{w.a.number, rc.role}, m.holds)
		}
	}
}

// managed tells whether Systems Manager manages instances: for sure where their
// role lets its agent report.
func (w *stepper) managed(owner *account, k, role int32) value.Tri {
	row := owner.rows[owner.cellAt[owner.classes[role].principal]]
	at, ok := slices.BinarySearchFunc(row, k, func(e entry, k int32) int { return int(e.class - k) })
	if ok && owner.grants[row[at].can].has(w.g.ix.kinds.agent) == value.Yes {
		return value.Yes
	}
	return value.Unknown
}

// A bond is the trust of a unit in an identity provider.
type bond struct {
	unit  unit
	holds value.Tri
}

// someProvider stands for the name of one that is not known.
const someProvider = ""

// provider adds the steps to the roles that trust one of a class of identity
// providers.
func (w *stepper) provider(owner *account, k int32, can grant) {
	rc := &owner.classes[k]
	moves := w.moves(moveKey{can: can, fresh: w.fresh, kind: rc.kind.number, own: owner == w.a})
	if len(moves) == 0 {
		return
	}
	w.readTrust(owner)
	for _, m := range moves {
		for _, r := range rc.members {
			for _, name := range []string{owner.names.at(owner.resources[r].name), someProvider} {
				for _, b := range w.trusted[name] {
					if b.unit.account == owner.number {
						w.act(m.row, b.unit, m.holds.And(b.holds))
					}
				}
			}
		}
	}
}

// readTrust finds which roles of an account trust which providers, once.
func (w *stepper) readTrust(owner *account) {
	if w.read[owner.number] {
		return
	}
	if w.read == nil {
		w.read, w.trusted = map[int32]bool{}, map[string][]bond{}
	}
	w.read[owner.number] = true
	for k := range owner.classes[:owner.steps] {
		rc := &owner.classes[k]
		if rc.principal < 0 || rc.doc == nil {
			continue
		}
		self := owner.names.at(owner.resources[rc.members[0]].name)
		for _, t := range iam.TrustedBy(rc.doc.compile(self, owner.id)) {
			if t.Type != "Federated" {
				continue
			}
			name, ok := t.Item.Text.Known()
			if !ok {
				name, t.Holds = someProvider, value.Unknown
			}
			w.trusted[name] = append(w.trusted[name], bond{unit{owner.number, int32(k)}, t.Holds})
		}
	}
}

// join adds the steps of a user who may join groups. What a group has is not
// told apart from what its members have: it is at most what each of them has, so
// that joining one makes the user possibly like the member with the fewest
// policies.
func (w *stepper) join(r int16) {
	if !w.a.principals[w.cell.members[0]].user {
		return
	}
	row := &w.g.ix.kinds.rows[r]
	for k := range w.a.classes[:w.a.steps] { // in their order
		can, ok := w.held[int32(k)]
		if !ok || can.has(row.needs[0].bits[w.a.classes[k].kind.number]) == value.No {
			continue
		}
		for _, u := range w.joined(int32(k)) {
			if len(w.cell.units) > 1 || w.cell.units[0] != u {
				w.act(r, unit{w.a.number, u}, value.Unknown)
			}
		}
	}
}

// joined are the units that the members of a class of groups are at least like,
// one for each group.
func (w *stepper) joined(class int32) []int32 {
	if w.joins == nil {
		w.joins = map[int32][]int32{}
		least := map[uint32]int32{} // by word: the member of the group
		for i := range w.a.principals {
			m := &w.a.principals[i]
			for _, word := range w.g.ix.lists.all[m.attached] {
				if at, ok := least[word]; !ok || w.fewer(m, &w.a.principals[at]) {
					least[word] = int32(i)
				}
			}
		}
		for k := range w.a.classes[:w.a.steps] {
			if w.a.classes[k].kind.name != groupType {
				continue
			}
			for _, g := range w.a.classes[k].members {
				word := w.g.ix.words.ids[w.a.names.at(w.a.resources[g].name)]
				if u := w.a.principals[least[word]].unit; !slices.Contains(w.joins[int32(k)], u) {
					w.joins[int32(k)] = append(w.joins[int32(k)], u)
				}
			}
		}
	}
	return w.joins[class]
}

// fewer tells whether a member of a group says more closely than another what
// the group has: a boundary hides some of it, and policies of its own add to it.
func (w *stepper) fewer(x, y *member) bool {
	if (x.boundary == nil) != (y.boundary == nil) {
		return x.boundary == nil
	}
	if a, b := len(w.g.ix.lists.all[x.docs]), len(w.g.ix.lists.all[y.docs]); a != b {
		return a < b
	}
	return x.arn < y.arn
}
