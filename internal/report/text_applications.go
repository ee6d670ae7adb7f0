package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A share is what one application has of the report's paths.
type share struct {
	app   string
	worst Severity
	// standing is how far the worst path is proved.
	standing Standing
	paths    int
}

// shares lists the applications with paths, the worst first: by the most
// severe path, how far it is proved, and how many there are.
func (r *Report) shares() []share {
	known := r.known()
	at := map[string]int{}
	var out []share
	for i := range r.Paths {
		p := &r.Paths[i]
		for _, app := range p.applications(known) {
			k, ok := at[app]
			if !ok {
				k = len(out)
				at[app] = k
				out = append(out, share{app: app, standing: Possible})
			}
			s := &out[k]
			s.paths++
			if p.Standing() == Possible && s.worst != "" {
				continue
			}
			if s.worst == "" || p.Severity.Rank() > s.worst.Rank() || p.Severity == s.worst && p.Standing() < s.standing {
				s.worst, s.standing = p.Severity, p.Standing()
			}
		}
	}
	possible := func(s share) int {
		if s.standing == Possible {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b share) int {
		return cmp.Or(cmp.Compare(possible(a), possible(b)), cmp.Compare(b.worst.Rank(), a.worst.Rank()),
			cmp.Compare(a.standing, b.standing), cmp.Compare(b.paths, a.paths), cmp.Compare(a.app, b.app))
	})
	return out
}

// known are the ids of the applications.
func (r *Report) known() map[string]bool {
	known := make(map[string]bool, len(r.Applications))
	for _, a := range r.Applications {
		known[a.ID] = true
	}
	return known
}

// applicationOf is the known application that a resource belongs to, or empty.
func applicationOf(id string, known map[string]bool) string {
	for i := strings.LastIndexByte(id, '/'); i > 0; i = strings.LastIndexByte(id[:i], '/') {
		if known[id[:i]] {
			return id[:i]
		}
	}
	return ""
}

// applications are the applications whose resources the path passes, each once.
func (p *Path) applications(known map[string]bool) []string {
	var out []string
	add := func(id string) {
		if app := applicationOf(id, known); app != "" && !slices.Contains(out, app) {
			out = append(out, app)
		}
	}
	for _, h := range p.Hops {
		add(h.From.Of)
		add(h.To.Of)
	}
	add(p.Asset)
	return out
}

// applications says, where several were scanned, which have the worst paths.
func (t *text) applications() {
	if len(t.r.Applications) < 2 {
		return
	}
	list := t.r.shares()
	if len(list) == 0 {
		return
	}
	t.heading("WORST APPLICATIONS", fmt.Sprintf("%d of %d have paths", len(list), len(t.r.Applications)))
	shown := min(len(list), t.cap(5))
	for _, s := range list[:shown] {
		t.columns("  ", []int{8}, []run{{string(s.worst), s.worst.style()}},
			run{s.app, cyan}, run{"  " + count(s.paths, "path", "paths") + ", the worst " + s.standing.String(), dim})
	}
	t.rest(len(list)-shown, "application", "applications", "--all lists them")
}
