package organisation

// Update takes accounts anew, as they are now: their principals, resources and
// documents. Other accounts are looked at again where a pattern, name or tag
// that nothing mentioned before tells their resources or principals apart, and
// where resources let principals of the accounts in, or let them in no more.
// What was decided before is kept. The answers are those of an index that is
// built of all accounts anew; false: the index has no account with one of the
// ids, and is what it was.
func (ix *Index) Update(in ...*Account) bool {
	for _, x := range in {
		if _, ok := ix.accountAt[x.ID]; !ok {
			return false
		}
	}
	u := ix.newUpdate()
	for _, x := range in {
		u.take(x)
	}
	u.classify()
	ix.makeViews()
	ix.trie.extend()
	ix.nameTrie.extend()
	u.spread()
	u.forget()
	ix.each(func(j *judge, b *account) {
		if b.again {
			newClassifier(ix, b).run()
			newRelation(j, b).run()
		}
	})
	for _, b := range ix.accounts {
		if b.again {
			u.change.enters(b)
		}
	}
	ix.crossAgain(u.change)
	ix.forgetParts(u.stale)
	ix.docs.forget()
	ix.graph, ix.ways = nil, nil
	return true
}

// An update is what an index knew before it, and what became of that.
type update struct {
	ix     *Index
	change *change
	// how many there were
	patterns, names, tags, kinds, outside int

	moved bool           // an account has another place: what was decided may rest on the old one
	dirty map[int32]bool // accounts whose principals are classified anew
	stale map[int32]bool // accounts that have or had steps into others
}

func (ix *Index) newUpdate() *update {
	u := &update{ix: ix, change: newChange(ix), patterns: len(ix.patterns.list), names: len(ix.names.list), kinds: len(ix.kinds.all), dirty: map[int32]bool{}, stale: map[int32]bool{}}
	u.tags, u.outside = ix.mentions()
	return u
}

// mentions counts the tags that conditions mention, and what the policies of
// resources tell callers apart by.
func (ix *Index) mentions() (tags, outside int) {
	return len(ix.tags) + len(ix.resourceTags), len(ix.outsideTags) + len(ix.outsideNames)
}

// take reads an account in the place of what it was.
func (u *update) take(in *Account) {
	ix, n := u.ix, u.ix.accountAt[in.ID]
	before := ix.accounts[n]
	u.change.leaves(before)
	before.callers(u.stale)
	u.moved = u.moved || before.path != in.Path
	a := &account{number: n, id: in.ID, path: in.Path, management: in.Management, mentions: map[mentionKey]*mention{}}
	ix.accounts[n] = a
	for r := range ahead([]Account{*in}) {
		ix.read(a, r)
	}
	u.dirty[n] = true
}

// classify classifies principals again where something may tell them apart that
// did not before.
func (u *update) classify() {
	ix := u.ix
	tags, outside := ix.mentions()
	whole := u.moved || tags != u.tags || len(ix.kinds.all) != u.kinds
	for _, b := range ix.accounts {
		if u.dirty[b.number] || whole || ix.names.anyMatch(u.names, b.namesOf) {
			for i := range b.principals {
				b.principals[i].class = ix.classify(b, &b.principals[i]).number
			}
			u.dirty[b.number] = true
		}
	}
	if outside != u.outside {
		for _, c := range ix.classes {
			c.stance = ix.stanceOf(c)
		}
	}
}

// spread finds the accounts that must be looked at again.
func (u *update) spread() {
	fresh := u.ix.patterns.list[u.patterns:]
	u.ix.each(func(_ *judge, b *account) {
		b.again = u.dirty[b.number] || b.touched(fresh)
	})
	for _, b := range u.ix.accounts {
		if b.again {
			b.callers(u.stale)
			u.change.leaves(b)
		}
	}
}

// forget lets go of what may be decided otherwise now.
func (u *update) forget() {
	for _, j := range u.ix.workers {
		clear(j.made) // control policies may be others
		if u.moved {
			clear(j.memo)
			clear(j.whole)
			clear(j.moves)
		}
	}
}

// callers notes the accounts whose principals have steps into the account.
func (a *account) callers(into map[int32]bool) {
	for _, x := range a.crossings {
		if x.caller >= 0 && x.class < a.steps {
			into[x.caller] = true
		}
	}
}

// forgetParts lets go of steps that may be others now: of accounts that were
// looked at again, and of those that have or had steps into them.
func (ix *Index) forgetParts(stale map[int32]bool) {
	for _, a := range ix.accounts {
		if a.again {
			a.callers(stale)
		}
	}
	for _, a := range ix.accounts {
		if a.again || stale[a.number] {
			a.part = nil
		}
	}
}

// touched tells whether one of the patterns tells resources of the account
// apart, or what lies in them.
func (a *account) touched(fresh []pattern) bool {
	for i := range fresh {
		p := &fresh[i]
		if key, _, ok := fileUnder(p.text); ok && isAccount(key.account) && key.account != a.id {
			continue // it could match a name that looks like another account's ARN at most
		}
		head := literal(p.text)
		for r := range a.resources {
			arn := a.names.view(a.resources[r].name)
			n := min(len(head), len(arn))
			if string(arn[:n]) == head[:n] {
				return true
			}
		}
	}
	return false
}

// anyMatch tells whether a pattern from the number on matches one of the
// strings.
func (ps *patterns) anyMatch(from int, list func(func(string) bool)) bool {
	if from == len(ps.list) {
		return false
	}
	found := false
	list(func(s string) bool {
		for i := from; i < len(ps.list) && !found; i++ {
			found = ps.list[i].match(s)
		}
		return !found
	})
	return found
}

func (a *account) namesOf(yield func(string) bool) {
	for i := range a.principals {
		if !yield(a.principals[i].arn) {
			return
		}
	}
}

// view is a string of the arena without a copy.
func (a *arena) view(i uint32) []byte {
	from := uint32(0)
	if i > 0 {
		from = a.ends[i-1]
	}
	return a.text[from:a.ends[i]]
}
