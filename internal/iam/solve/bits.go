package solve

import "math/bits"

// words is a set of numbers, trimmed to the range that it uses, with a second
// part for the actions that only one question knows.
type words struct {
	off   int // of w, in words
	w     []uint64
	extra []uint64
}

func trim(off int, w []uint64) (int, []uint64) {
	for len(w) > 0 && w[0] == 0 {
		off, w = off+1, w[1:]
	}
	for len(w) > 0 && w[len(w)-1] == 0 {
		w = w[:len(w)-1]
	}
	return off, w
}

func (a *words) empty() bool {
	for _, x := range a.w {
		if x != 0 {
			return false
		}
	}
	for _, x := range a.extra {
		if x != 0 {
			return false
		}
	}
	return true
}

func (a *words) meets(b *words) bool {
	lo, hi := max(a.off, b.off), min(a.off+len(a.w), b.off+len(b.w))
	for i := lo; i < hi; i++ {
		if a.w[i-a.off]&b.w[i-b.off] != 0 {
			return true
		}
	}
	for i := range min(len(a.extra), len(b.extra)) {
		if a.extra[i]&b.extra[i] != 0 {
			return true
		}
	}
	return false
}

func (a *words) and(b *words) words {
	lo, hi := max(a.off, b.off), min(a.off+len(a.w), b.off+len(b.w))
	out := words{}
	if lo < hi {
		w := make([]uint64, hi-lo)
		for i := lo; i < hi; i++ {
			w[i-lo] = a.w[i-a.off] & b.w[i-b.off]
		}
		out.off, out.w = trim(lo, w)
	}
	if n := min(len(a.extra), len(b.extra)); n > 0 {
		out.extra = make([]uint64, n)
		for i := range n {
			out.extra[i] = a.extra[i] & b.extra[i]
		}
	}
	return out
}

// minus removes b's numbers from a set that the caller owns.
func (a *words) minus(b *words) {
	lo, hi := max(a.off, b.off), min(a.off+len(a.w), b.off+len(b.w))
	for i := lo; i < hi; i++ {
		a.w[i-a.off] &^= b.w[i-b.off]
	}
	for i := range min(len(a.extra), len(b.extra)) {
		a.extra[i] &^= b.extra[i]
	}
}

func (a *words) clone() words {
	out := words{off: a.off, w: append([]uint64(nil), a.w...)}
	out.extra = append([]uint64(nil), a.extra...)
	return out
}

// first is the lowest number; those of the second part follow the catalogue's.
func (a *words) first(catalogue int) (int, bool) {
	for i, x := range a.w {
		if x != 0 {
			return (a.off+i)*64 + bits.TrailingZeros64(x), true
		}
	}
	for i, x := range a.extra {
		if x != 0 {
			return catalogue + i*64 + bits.TrailingZeros64(x), true
		}
	}
	return 0, false
}

// each visits the numbers in order, until visit returns false.
func (a *words) each(catalogue int, visit func(int) bool) {
	for i, x := range a.w {
		for ; x != 0; x &= x - 1 {
			if !visit((a.off+i)*64 + bits.TrailingZeros64(x)) {
				return
			}
		}
	}
	for i, x := range a.extra {
		for ; x != 0; x &= x - 1 {
			if !visit(catalogue + i*64 + bits.TrailingZeros64(x)) {
				return
			}
		}
	}
}
