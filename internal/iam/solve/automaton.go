package solve

import (
	"encoding/binary"
	"math/bits"
)

// status is the outcome of a search.
type status uint8

const (
	capped status = iota // a bound was hit: nothing is known
	unsat
	sat
)

// chase looks for a string of one base pattern.
type chase struct {
	*problem
	base *pattern
	all  [][]*pattern
	none []*pattern

	list   []*pattern // base, then all, then none
	start  []int      // position of each pattern's first symbol
	at     []sym      // symbol of each position; end of a pattern: 0xffff
	group  []int      // of each pattern: -1 the base, -2 none, or the union
	words  int
	lastNo []bool // the position is a final star of a pattern of none
}

const endOf sym = 0xffff

func (c *chase) accepts(s *str) bool {
	for _, q := range c.none {
		if q.matches(s, c.tokens) {
			return false
		}
	}
next:
	for _, u := range c.all {
		for _, q := range u {
			if q.matches(s, c.tokens) || !c.strict && q.may(s, c.tokens) {
				continue next
			}
		}
		return false
	}
	return true
}

func (c *chase) add(p *pattern, group int) {
	c.list, c.group, c.start = append(c.list, p), append(c.group, group), append(c.start, len(c.at))
	c.at = append(append(c.at, p.syms...), endOf)
	for i := range p.syms {
		c.lastNo = append(c.lastNo, group == -2 && i == len(p.syms)-1 && p.syms[i] == star)
	}
	c.lastNo = append(c.lastNo, false)
}

// node is a set of positions with the way to it.
type node struct {
	set    []uint64
	parent int
	by     sym
}

// search walks over sets of positions, the shortest strings first; sets from
// which nothing can be accepted are dropped.
func (c *chase) search() (str, status) {
	c.add(c.base, -1)
	for g, u := range c.all {
		for _, q := range u {
			c.add(q, g)
		}
	}
	for _, q := range c.none {
		c.add(q, -2)
	}
	c.words = (len(c.at) + 63) / 64
	first := make([]uint64, c.words)
	for _, s := range c.start {
		set(first, s)
	}
	c.close(first)
	nodes := []node{{set: first, parent: -1}}
	seen := map[string]bool{c.key(first): true}
	if c.dead(first) {
		return str{}, unsat
	}
	if c.accepting(first) {
		return str{}, sat
	}
	var letters []sym
	for n := 0; n < len(nodes); n++ {
		letters = c.letters(nodes[n].set, letters[:0])
		for _, x := range letters {
			next := c.next(nodes[n].set, x)
			if c.dead(next) {
				continue
			}
			k := c.key(next)
			if seen[k] {
				continue
			}
			seen[k] = true
			nodes = append(nodes, node{next, n, x})
			if c.accepting(next) {
				return path(nodes), sat
			}
			if *c.states -= 1 + c.words/16; *c.states < 0 {
				return str{}, capped
			}
		}
	}
	return str{}, unsat
}

func path(nodes []node) str {
	var rev []sym
	for i := len(nodes) - 1; nodes[i].parent >= 0; i = nodes[i].parent {
		rev = append(rev, nodes[i].by)
	}
	for i, j := 0, len(rev)-1; i < j; i, j = i+1, j-1 {
		rev[i], rev[j] = rev[j], rev[i]
	}
	return symbolic(rev)
}

func set(w []uint64, i int)      { w[i/64] |= 1 << (i % 64) }
func unset(w []uint64, i int)    { w[i/64] &^= 1 << (i % 64) }
func has(w []uint64, i int) bool { return w[i/64]>>(i%64)&1 != 0 }

func (c *chase) key(w []uint64) string {
	b := make([]byte, 0, len(w)*8)
	for _, x := range w {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return string(b)
}

func each(w []uint64, visit func(int)) {
	for i, x := range w {
		for ; x != 0; x &= x - 1 {
			visit(i*64 + bits.TrailingZeros64(x))
		}
	}
}

// loosely tells whether tokens of the pattern with the number, and of strings
// before it, stand for any text.
func (c *chase) loosely(p int) bool { return c.group[p] >= 0 && !c.strict }

// close adds the positions that need no symbol, and drops those that a later
// star makes needless.
func (c *chase) close(w []uint64) {
	for p := range c.list {
		from, to := c.start[p], c.start[p]+len(c.list[p].syms)
		may := c.loosely(p)
		last := -1
		for i := from; i < to; i++ {
			if !has(w, i) {
				continue
			}
			if c.at[i] == star {
				last = i
			}
			if c.tokens.skips(c.at[i], may) {
				set(w, i+1)
			}
		}
		for i := from; i < last; i++ {
			unset(w, i)
		}
	}
}

func (c *chase) next(w []uint64, x sym) []uint64 {
	out := make([]uint64, c.words)
	for p := range c.list {
		from, end := c.start[p], c.start[p]+len(c.list[p].syms)
		may := c.loosely(p)
		for i := from; i <= end; i++ {
			if !has(w, i) {
				if i%64 == 0 && w[i/64] == 0 {
					i += 63
				}
				continue
			}
			if i == end {
				if may && c.tokens.loose(x) {
					set(out, i)
				}
				continue
			}
			st := c.tokens.step(c.at[i], x, may)
			if st&stay != 0 {
				set(out, i)
			}
			if st&move != 0 {
				set(out, i+1)
			}
			if st&leap != 0 {
				for j := i; j <= end; j++ {
					set(out, j)
					if j < end && c.tokens.stops(x, c.at[j]) {
						break
					}
				}
			}
		}
	}
	c.close(out)
	return out
}

// alive tells, for each union, whether a position is left; final, whether an
// end is reached.
func (c *chase) alive(w []uint64, final bool) bool {
	group := -3
	ok := true
	for p, g := range c.group {
		if g == -2 {
			break
		}
		if g != group {
			if !ok {
				return false
			}
			group, ok = g, false
		}
		from, end := c.start[p], c.start[p]+len(c.list[p].syms)
		if final {
			ok = ok || has(w, end)
			continue
		}
		for i := from; i <= end && !ok; i++ {
			ok = has(w, i)
		}
	}
	return ok
}

func (c *chase) dead(w []uint64) bool {
	if !c.alive(w, false) {
		return true
	}
	out := false
	each(w, func(i int) { out = out || c.lastNo[i] })
	return out
}

func (c *chase) accepting(w []uint64) bool {
	if !c.alive(w, true) {
		return false
	}
	for p, g := range c.group {
		if g == -2 && has(w, c.start[p]+len(c.list[p].syms)) {
			return false
		}
	}
	return true
}

// letters are the symbols that make a difference at the set: those that a
// position asks for, one that none does, and a colon.
func (c *chase) letters(w []uint64, out []sym) []sym {
	var asked [256]bool
	parts := false
	var tokens []sym
	each(w, func(i int) {
		x := c.at[i]
		switch {
		case x < 256:
			asked[x] = true
		case x == partStar || x == partByte:
			parts = true
		case x == endOf:
		case x >= tokenBase:
			tokens = append(tokens, x)
		case x >= folded:
			asked[x&0xff], asked[x&0xff-0x20] = true, true
		}
	})
	for b, yes := range asked {
		if yes {
			out = append(out, sym(b))
		}
	}
	for i := range 256 {
		b := "x0a-"[i&3]
		if i > 3 {
			b = byte(i + 'b')
		}
		if b != ':' && !asked[b] {
			out = append(out, sym(b))
			break
		}
	}
	if parts && !asked[':'] {
		out = append(out, ':')
	}
	return append(out, tokens...)
}
