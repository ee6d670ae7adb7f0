package organisation

import (
	"cmp"
	"iter"
	"slices"
	"sync"
)

// workers is how many goroutines work: each keeps what it has decided to
// itself.
const workers = 2

// Build makes the index of an organisation.
func Build(in *Organisation) *Index {
	ix := &Index{
		id: in.ID, docs: newDocuments(), patterns: newPatterns(), names: newPatterns(), lists: newLists(), words: newWords(), rails: map[uint32]*rail{},
		kinds: newKinds(), tags: map[string]bool{}, outsideTags: map[string]bool{}, resourceTags: map[string]bool{}, classAt: map[classKey]int32{}, stances: map[stanceKey]uint32{}, forms: map[string]*form{},
		views: map[string]uint32{}, subjects: &subjectForms{all: map[string]*subjectForm{}, parts: map[string]uint32{}}, accountAt: map[string]int32{}, groupAt: map[groupKey]int32{},
	}
	ix.patterns.add("*")
	ix.names.add("*")
	for a := range ahead(in.Accounts) {
		ix.load(a)
	}
	ix.nameTrie = newTrie(ix.names)
	for _, a := range ix.accounts {
		for i := range a.principals {
			a.principals[i].class = ix.classify(a, &a.principals[i]).number
		}
	}
	ix.makeViews()
	ix.trie = newTrie(ix.patterns)
	for range workers {
		ix.workers = append(ix.workers, newJudge(ix))
	}
	ix.each(func(j *judge, a *account) {
		newClassifier(ix, a).run()
		newRelation(j, a).run()
	})
	for _, a := range ix.accounts {
		ix.enter(a)
	}
	ix.reachAcross()
	ix.docs.forget()
	return ix
}

// ahead yields the accounts with their principals and resources read, the next
// while one is at work: where they come from, a file or an interface, takes time
// of its own. They are read one after the other.
func ahead(list []Account) iter.Seq[*read] {
	return func(yield func(*read) bool) {
		next, done := make(chan *read, 1), make(chan struct{})
		go func() {
			defer close(next)
			for i := range list {
				r := &read{Account: &list[i]}
				if list[i].Principals != nil {
					r.principals = slices.Collect(list[i].Principals)
				}
				if list[i].Resources != nil {
					r.resources = slices.Collect(list[i].Resources)
				}
				select {
				case next <- r:
				case <-done:
					return
				}
			}
		}()
		defer close(done)
		for r := range next {
			if !yield(r) {
				return
			}
		}
	}
}

// A read is an account of which everything is read.
type read struct {
	*Account
	principals []Principal
	resources  []Resource
}

// each runs over the accounts side by side.
func (ix *Index) each(work func(*judge, *account)) {
	var wg sync.WaitGroup
	next := make(chan *account)
	for _, j := range ix.workers {
		wg.Go(func() {
			for a := range next {
				work(j, a)
			}
		})
	}
	for _, a := range ix.accounts {
		next <- a
	}
	close(next)
	wg.Wait()
}

// enter tells the classes of an account that they have members in it.
func (ix *Index) enter(a *account) {
	for i := range a.cells {
		c := ix.classes[a.cells[i].class]
		if at, ok := slices.BinarySearch(c.cells, a.number); !ok {
			c.cells = slices.Insert(c.cells, at, a.number)
		}
	}
}

// leave tells them that they have none any more.
func (ix *Index) leave(a *account) {
	for i := range a.cells {
		c := ix.classes[a.cells[i].class]
		if at, ok := slices.BinarySearch(c.cells, a.number); ok {
			c.cells = slices.Delete(c.cells, at, at+1)
		}
	}
}

// reachAcross finds what crosses accounts.
func (ix *Index) reachAcross() {
	who := ix.newCallers(nil, ix.accounts...)
	found := make([][]crossing, len(ix.accounts))
	ix.each(func(j *judge, a *account) {
		for _, k := range a.granting {
			found[a.number] = append(found[a.number], j.crossings(a, k, who)...)
		}
	})
	for i, list := range found {
		slices.SortFunc(list, compareCrossings)
		ix.accounts[i].crossings = slices.Clip(list)
	}
}

// compareCrossings orders crossings by their callers.
func compareCrossings(x, y crossing) int {
	return cmp.Or(cmp.Compare(x.callers, y.callers), cmp.Compare(x.caller, y.caller), cmp.Compare(x.class, y.class))
}
