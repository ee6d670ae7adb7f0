package organisation

import (
	"iter"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// An Access is what a principal may do with a resource.
type Access struct {
	Principal, Resource string
	Type                string // of the resource
	Can                 []Can
}

// A Can is one capability: an effect of the catalogue ("read", "change
// access"), or an action on a principal or what is attached to it.
type Can struct {
	Capability string
	Service    string // who a role may be passed to
	Holds      value.Tri
}

// Reach yields what a principal may reach, in the order of accounts, its own
// first, and of resources.
func (ix *Index) Reach(principal string) iter.Seq[Access] {
	return func(yield func(Access) bool) {
		a, m := ix.principal(principal)
		if m == nil {
			return
		}
		give := func(owner *account, k int32, can grant) bool {
			rc := &owner.classes[k]
			list := rc.kind.list(can)
			for _, r := range rc.members {
				if !yield(Access{principal, owner.names.at(owner.resources[r].name), rc.kind.name, list}) {
					return false
				}
			}
			return true
		}
		for _, e := range a.rows[a.cellAt[m.class]] {
			if !give(a, e.class, a.grants[e.can]) {
				return
			}
		}
		codes := ix.codes(ix.classes[m.class])
		for _, owner := range ix.accounts {
			if owner == a {
				continue
			}
			for _, code := range codes {
				list := owner.crossings
				from, _ := slices.BinarySearchFunc(list, code, func(x crossing, c int32) int { return int(x.callers - c) })
				for ; from < len(list) && list[from].callers == code; from++ {
					x := &list[from]
					if x.caller >= 0 && x.caller != a.number || code < 0 && ix.classes[m.class].apart(owner, &owner.classes[x.class]) {
						continue
					}
					if !give(owner, x.class, x.can) {
						return
					}
				}
			}
		}
	}
}

// codes are the numbers under which crossings speak of a class: its own and
// those of its groups.
func (ix *Index) codes(c *class) []int32 {
	out := []int32{c.number}
	for _, k := range ix.kinds.all {
		if !c.wide(k) {
			continue
		}
		if g, ok := ix.group(c, k); ok {
			out = append(out, groupCode(g.number))
		}
	}
	return out
}

// list spells a grant out.
func (k *kind) list(g grant) []Can {
	var out []Can
	for i := range k.capabilities {
		t := g.has(1 << i)
		if t == value.No {
			continue
		}
		c := &k.capabilities[i]
		if n := slices.IndexFunc(out, func(x Can) bool { return x.Capability == c.name && x.Service == c.service }); n >= 0 {
			out[n].Holds = out[n].Holds.Or(t)
			continue
		}
		out = append(out, Can{c.name, c.service, t})
	}
	return out
}

// WhoReaches yields the principals that have a capability on a resource, those
// of its own account first; empty: any capability.
func (ix *Index) WhoReaches(resource, capability string) iter.Seq[Access] {
	return func(yield func(Access) bool) {
		owner, k := ix.resource(resource)
		if owner == nil {
			return
		}
		rc := &owner.classes[k]
		give := func(a *account, class int32, can grant) bool {
			list := rc.kind.list(can)
			if capability != "" {
				list = slices.DeleteFunc(list, func(c Can) bool { return c.Capability != capability })
			}
			if len(list) == 0 {
				return true
			}
			for _, m := range a.cells[a.cellAt[class]].members {
				if !yield(Access{a.principals[m].arn, resource, rc.kind.name, list}) {
					return false
				}
			}
			return true
		}
		for i := range owner.rows {
			at, ok := slices.BinarySearchFunc(owner.rows[i], k, func(e entry, k int32) int { return int(e.class - k) })
			if ok && !give(owner, owner.cells[i].class, owner.grants[owner.rows[i][at].can]) {
				return
			}
		}
		for _, x := range owner.crossings {
			if x.class != k {
				continue
			}
			for _, n := range ix.classesOf(&x) {
				for _, at := range ix.classes[n].cells {
					if at != owner.number && (x.caller < 0 || x.caller == at) && !give(ix.accounts[at], n, x.can) {
						return
					}
				}
			}
		}
	}
}

// resource finds a resource by its ARN; where that names no account, in all.
func (ix *Index) resource(arn string) (*account, int32) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return nil, 0
	}
	list := ix.accounts
	if at, ok := ix.accountAt[parts[4]]; ok {
		list = ix.accounts[at : at+1]
	}
	for _, a := range list {
		if i := a.names.find(arn); i >= 0 {
			for k := range a.resources {
				if a.resources[k].name == uint32(i) {
					return a, a.resources[k].class
				}
			}
		}
	}
	return nil, 0
}

// find is the number of a string, or -1.
func (a *arena) find(s string) int {
	from := uint32(0)
	for i, end := range a.ends {
		if int(end-from) == len(s) && string(a.text[from:end]) == s {
			return i
		}
		from = end
	}
	return -1
}

// Counts are the sizes of an index.
type Counts struct {
	Accounts, Principals, Resources int
	Documents, Shapes, Patterns     int
	Classes, Forms, Cells           int // of principals
	ResourceClasses, Subjects       int
	Related                         int // cells with resource classes that they reach
	Pairs                           int // the same, written out: principals with resources
	Crossings                       int // classes with resource classes of other accounts
	Decisions                       int // asked of the evaluator
}

// Counts counts.
func (ix *Index) Counts() Counts {
	c := Counts{Accounts: len(ix.accounts), Documents: int(ix.docs.count), Shapes: len(ix.docs.shapes), Patterns: len(ix.patterns.list),
		Classes: len(ix.classes), Forms: len(ix.forms)}
	for _, a := range ix.accounts {
		c.Principals += len(a.principals)
		c.Resources += len(a.resources)
		c.Cells += len(a.cells)
		c.ResourceClasses += len(a.classes)
		c.Subjects += len(a.subjects)
		c.Crossings += len(a.crossings)
		for i, row := range a.rows {
			c.Related += len(row)
			for _, e := range row {
				c.Pairs += len(a.cells[i].members) * len(a.classes[e.class].members)
			}
		}
	}
	for _, j := range ix.workers {
		c.Decisions += j.asked
	}
	return c
}
