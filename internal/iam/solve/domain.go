package solve

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// candidates are values at the corners of the bounds: each bound, a value
// between each two neighbours, and one beyond each end. If any value fits
// conditions on these bounds, one of these does.
func candidates(lits []vlit) []string {
	var numbers []float64
	var dates []time.Time
	var blocks []netip.Prefix
	var domains [4]bool
	for _, l := range lits {
		domains[l.u.domain] = true
		for i := range l.u.bounds {
			switch b := &l.u.bounds[i]; l.u.domain {
			case numberDomain:
				numbers = append(numbers, b.number)
			case dateDomain:
				dates = append(dates, b.at)
			case addressDomain:
				blocks = append(blocks, b.block)
			}
		}
	}
	var out []string
	if domains[numberDomain] {
		out = append(out, numberCorners(numbers)...)
	}
	if domains[dateDomain] {
		out = append(out, dateCorners(dates)...)
	}
	if domains[addressDomain] {
		out = append(out, addressCorners(blocks)...)
	}
	return out
}

func numberCorners(list []float64) []string {
	list = append(list, 0)
	slices.Sort(list)
	list = slices.Compact(list)
	show := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	var whole, broken []string
	add := func(f float64) {
		if f == math.Trunc(f) && f >= 0 {
			whole = append(whole, show(f))
		} else if !math.IsInf(f, 0) {
			broken = append(broken, show(f))
		}
	}
	add(list[0] - 1 - math.Abs(list[0])/2)
	for i, f := range list {
		add(f)
		if i+1 == len(list) {
			break
		}
		g := list[i+1]
		if n := math.Floor(f) + 1; n < g {
			add(n)
		} else {
			add(f + (g-f)/2)
		}
	}
	last := list[len(list)-1]
	add(math.Floor(last) + 1 + math.Abs(last)/2)
	return append(whole, broken...)
}

func dateCorners(list []time.Time) []string {
	if len(list) == 0 {
		list = append(list, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	slices.SortFunc(list, time.Time.Compare)
	var out []string
	add := func(t time.Time) { out = append(out, t.UTC().Format(time.RFC3339Nano)) }
	add(list[0].Add(-24 * time.Hour))
	for i, t := range list {
		add(t)
		if i+1 == len(list) || !t.Before(list[i+1]) {
			continue
		}
		if gap := list[i+1].Sub(t); gap > time.Second {
			add(t.Add(time.Second))
		} else {
			add(t.Add(gap / 2))
		}
	}
	add(list[len(list)-1].Add(24 * time.Hour))
	return out
}

// addressCorners has, of each block, its first address and the one behind its
// last: the smallest address of any difference of blocks is among them.
func addressCorners(list []netip.Prefix) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Addr().String())
		if next := last(p).Next(); next.IsValid() {
			out = append(out, next.String())
		}
	}
	return append(out, "0.0.0.0", "192.0.2.1", "::", "2001:db8::1")
}

// last is the last address of a block.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
