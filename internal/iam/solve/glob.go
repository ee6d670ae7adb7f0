package solve

import (
	"slices"
	"sort"
	"strings"
)

// Globs writes a set of actions as the fewest patterns with a star at the end
// that match these of the catalogue's actions and no others. Names that the
// catalogue does not know are written out.
func Globs(names []string) []string {
	u := actions()
	in := make([]bool, len(u.names))
	var out []string
	for _, n := range names {
		if k, ok := slices.BinarySearch(u.lower, strings.ToLower(n)); ok {
			in[k] = true
		} else if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for i := 0; i < len(in); {
		service, _, _ := strings.Cut(u.lower[i], ":")
		end := i + sort.Search(len(in)-i, func(k int) bool { return !strings.HasPrefix(u.lower[i+k], service+":") })
		if slices.Contains(in[i:end], true) {
			out = cover(u, in, i, end, len(service)+1, out)
		}
		i = end
	}
	slices.Sort(out)
	return out
}

// cover writes the marked names from i to end, which share their first at
// bytes.
func cover(u *universe, in []bool, i, end, at int, out []string) []string {
	all, any := true, false
	for k := i; k < end; k++ {
		all, any = all && in[k], any || in[k]
	}
	switch {
	case !any:
		return out
	case end-i == 1:
		return append(out, u.names[i])
	case all:
		// The longest beginning that they share: the less is granted that the
		// catalogue does not know yet.
		first, last := u.lower[i], u.lower[end-1]
		for at < len(first) && at < len(last) && first[at] == last[at] && first[at-1] != ':' {
			at++
		}
		return append(out, u.names[i][:at]+"*")
	}
	for i < end {
		if len(u.lower[i]) == at {
			if in[i] {
				out = append(out, u.names[i])
			}
			i++
			continue
		}
		k := i + 1
		for k < end && len(u.lower[k]) > at && u.lower[k][at] == u.lower[i][at] {
			k++
		}
		out = cover(u, in, i, k, at+1, out)
		i = k
	}
	return out
}

// list are the names of a set of actions of the catalogue.
func (a *words) list() []string {
	u := actions()
	var out []string
	a.each(len(u.names), func(i int) bool {
		if i < len(u.names) {
			out = append(out, u.names[i])
		}
		return true
	})
	return out
}
