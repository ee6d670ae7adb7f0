package attack

import (
	"github.com/remit-security/remit/internal/app"
)

// Analyze finds the paths of every group of connected applications.
func Analyze(p *app.Project, o Options) Result {
	var res Result
	for _, apps := range connected(p) {
		res.Groups = append(res.Groups, analyzeGroup(apps, o))
	}
	return res
}

// connected joins applications of which one refers to a resource of another.
// Groups and their members are in the order of application ids.
func connected(p *app.Project) [][]*app.App {
	index := map[*app.App]int{}
	parent := make([]int, len(p.Apps))
	for i, a := range p.Apps {
		index[a], parent[i] = i, i
	}
	var find func(int) int
	find = func(i int) int {
		if parent[i] != i {
			parent[i] = find(parent[i])
		}
		return parent[i]
	}
	for i, a := range p.Apps {
		for _, r := range a.Resources() {
			for _, u := range a.Users(r) {
				if j := index[u.By.App]; j != i {
					x, y := find(i), find(j)
					parent[max(x, y)] = min(x, y)
				}
			}
		}
	}
	at := map[int]int{}
	var groups [][]*app.App
	for i, a := range p.Apps {
		r := find(i)
		k, ok := at[r]
		if !ok {
			k = len(groups)
			at[r] = k
			groups = append(groups, nil)
		}
		groups[k] = append(groups[k], a)
	}
	return groups
}

func analyzeGroup(apps []*app.App, o Options) Group {
	g := Group{}
	for _, a := range apps {
		g.Apps = append(g.Apps, a.ID)
	}
	return g
}

// Catalogue returns every technique, sorted by id.
func Catalogue() []*Technique { return nil }
