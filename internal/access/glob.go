package access

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
)

// compress writes actions in the fewest patterns that match those and no other
// action of the catalogue. Patterns end in a star, after a whole word. What
// the catalogue does not know stays as it is.
func compress(actions []string) []string {
	byService := map[string][]string{}
	var services, out []string
	for _, a := range actions {
		known, ok := catalogue.ActionOf(a)
		if !ok {
			out = append(out, a)
			continue
		}
		service, name := policy.SplitAction(known.String())
		if byService[service] == nil {
			services = append(services, service)
		}
		byService[service] = append(byService[service], name)
	}
	for _, service := range services {
		s, _ := catalogue.ServiceOf(service)
		out = append(out, prefixes(s, byService[service])...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// prefixes covers names of one service.
func prefixes(s *catalogue.Service, names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	all := make([]string, len(s.Actions))
	for i, a := range s.Actions {
		all[i] = a.Name
	}
	slices.Sort(all)
	if len(all) == len(names) {
		return []string{s.Prefix + ":*"}
	}
	var out []string
	for i := 0; i < len(names); {
		best, n := names[i], 1
		for _, p := range heads(names[i]) {
			lo, _ := slices.BinarySearch(all, p)
			hi := lo
			for hi < len(all) && strings.HasPrefix(all[hi], p) {
				hi++
			}
			// Sorted alike, so the names with the prefix are those from i on.
			have := i
			for have < len(names) && strings.HasPrefix(names[have], p) {
				have++
			}
			if have-i == hi-lo && have-i > 1 && (i == 0 || !strings.HasPrefix(names[i-1], p)) {
				best, n = p+"*", have-i
				break
			}
		}
		out = append(out, s.Prefix+":"+best)
		i += n
	}
	return out
}

// heads are the beginnings of a name that end with a word, the shortest first.
func heads(name string) []string {
	var out []string
	for i := 1; i < len(name); i++ {
		if name[i] >= 'A' && name[i] <= 'Z' && !(name[i-1] >= 'A' && name[i-1] <= 'Z') {
			out = append(out, name[:i])
		}
	}
	return append(out, name)
}
