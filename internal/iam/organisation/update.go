package organisation

// Update takes an account anew, as it is now: its principals, resources and
// documents. Other accounts are looked at again where a pattern, name or tag
// that nothing mentioned before tells their resources or principals apart, and
// where resources let principals of the account in, or let them in no more.
// What was decided before is kept. The answers are those of an index that is
// built of all accounts anew; false: the index has no account with the id.
func (ix *Index) Update(in *Account) bool {
	n, ok := ix.accountAt[in.ID]
	if !ok {
		return false
	}
	before := ix.accounts[n]
	patterns, names, tags := len(ix.patterns.list), len(ix.names.list), len(ix.tags)+len(ix.resourceTags)
	kinds, outside := len(ix.kinds.all), len(ix.outsideTags)+len(ix.outsideNames)
	a := &account{number: n, id: in.ID, path: in.Path, management: in.Management, mentions: map[mentionKey]*mention{}}
	ix.accounts[n] = a
	for r := range ahead([]Account{*in}) {
		ix.read(a, r)
	}
	changed := ix.newChange(before)
	dirty := map[int32]bool{n: true}
	moved := before.path != in.Path // what was decided may rest on the old place
	whole := moved || len(ix.tags)+len(ix.resourceTags) != tags || len(ix.kinds.all) != kinds
	for _, b := range ix.accounts {
		if b == a || whole || ix.names.anyMatch(names, b.namesOf) {
			for i := range b.principals {
				b.principals[i].class = ix.classify(b, &b.principals[i]).number
			}
			dirty[b.number] = true
		}
	}
	if len(ix.outsideTags)+len(ix.outsideNames) != outside {
		for _, c := range ix.classes {
			c.stance = ix.stanceOf(c)
		}
	}
	ix.makeViews()
	ix.trie.extend()
	ix.nameTrie.extend()
	fresh := ix.patterns.list[patterns:]
	ix.each(func(_ *judge, b *account) {
		b.again = dirty[b.number] || b.touched(fresh)
	})
	stale := map[int32]bool{}
	before.callers(stale)
	for _, b := range ix.accounts {
		if b.again && b != a {
			b.callers(stale)
			changed.leaves(b)
		}
	}
	for _, j := range ix.workers {
		clear(j.made) // control policies may be others
		if moved {
			clear(j.memo)
			clear(j.whole)
			clear(j.moves)
		}
	}
	ix.each(func(j *judge, b *account) {
		if b.again {
			newClassifier(ix, b).run()
			newRelation(j, b).run()
		}
	})
	for _, b := range ix.accounts {
		if b.again {
			changed.enters(b)
		}
	}
	ix.crossAgain(changed)
	ix.forgetParts(stale)
	ix.docs.forget()
	ix.graph, ix.ways = nil, nil
	return true
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
