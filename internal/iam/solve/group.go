package solve

import (
	"slices"
	"sort"
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
)

// A group is a list of uses with a way to find those that bear on a resource:
// by the text with which their patterns begin. It keeps the cost of long
// documents in step with their length.
type group struct {
	uses  []*use
	heads []headed        // sorted; of uses that ask for a resource with a known beginning
	sizes []int           // lengths of heads, each once, ascending
	rest  []*use          // all others
	texts map[string]bool // of statements, for same
	srcs  map[*policy.Statement]bool
}

type headed struct {
	head string
	use  *use
}

// indexed is how many uses are worth an index.
const indexed = 48

func newGroup(uses []*use) *group {
	g := &group{uses: uses}
	if len(uses) < indexed {
		return g
	}
	g.texts, g.srcs = map[string]bool{}, map[*policy.Statement]bool{}
	for _, t := range uses {
		if t.stmt.src != nil {
			g.srcs[t.stmt.src] = true
			g.texts[t.stmt.text] = true
		}
		if t.resource == nil || t.not || t.resource.vague || len(t.resource.pats) == 0 || t.stmt.open {
			g.rest = append(g.rest, t)
			continue
		}
		for _, p := range t.resource.pats {
			g.heads = append(g.heads, headed{bytesOf(p.head()), t})
		}
	}
	slices.SortStableFunc(g.heads, func(a, b headed) int { return strings.Compare(a.head, b.head) })
	seen := map[int]bool{}
	for i := range g.heads {
		if n := len(g.heads[i].head); !seen[n] {
			seen[n] = true
			g.sizes = append(g.sizes, n)
		}
	}
	slices.Sort(g.sizes)
	return g
}

// covering visits the uses that may cover a resource.
func (g *group) covering(r *str, visit func(*use)) {
	if g.heads == nil {
		for _, t := range g.uses {
			visit(t)
		}
		return
	}
	for _, t := range g.rest {
		visit(t)
	}
	text := r.text
	if r.open {
		n := 0
		for n < len(r.syms) && r.syms[n] < 256 {
			n++
		}
		text = bytesOf(r.syms[:n])
	}
	g.prefixes(text, visit)
}

// prefixes visits the uses with a head that the text begins with.
func (g *group) prefixes(text string, visit func(*use)) {
	for _, n := range g.sizes {
		if n > len(text) {
			return
		}
		head := text[:n]
		for i := g.at(head); i < len(g.heads) && g.heads[i].head == head; i++ {
			visit(g.heads[i].use)
		}
	}
}

func (g *group) at(head string) int {
	return sort.Search(len(g.heads), func(i int) bool { return g.heads[i].head >= head })
}

// meeting visits the uses whose resources may be among those of a cube.
func (g *group) meeting(s *state, visit func(*use) bool) {
	base := s.narrowest()
	if g.heads == nil || len(base) > indexed || len(base) == 0 {
		for _, t := range g.uses {
			if !visit(t) {
				return
			}
		}
		return
	}
	for _, t := range g.rest {
		if !visit(t) {
			return
		}
	}
	more := true
	for _, p := range base {
		head := bytesOf(p.head())
		for i := g.at(head); more && i < len(g.heads) && strings.HasPrefix(g.heads[i].head, head); i++ {
			more = visit(g.heads[i].use)
		}
		g.prefixes(head, func(t *use) { more = more && visit(t) })
		if !more {
			return
		}
	}
}

// narrowest is the union with the fewest patterns that the resource is in.
func (s *state) narrowest() []*pattern {
	var out []*pattern
	for _, u := range s.all {
		if !hasAnything(u) && (out == nil || len(u) < len(out)) {
			out = u
		}
	}
	return out
}

// has tells whether a statement stands in the group too.
func (g *group) has(h *use) bool {
	if g.srcs == nil {
		return slices.ContainsFunc(g.uses, h.same)
	}
	st := h.stmt
	if st.src == nil || !g.srcs[st.src] && (st.text == "" || !g.texts[st.text]) {
		return false
	}
	return slices.ContainsFunc(g.uses, h.same)
}
