package attack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// fold keeps one path of each shape: the worst. The others count.
func (p *pathfinder) fold(paths []Path) []Path {
	slices.SortStableFunc(paths, comparePaths)
	at := map[string]int{}
	var out []Path
	for _, q := range paths {
		k := p.shape(&q)
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, q)
			continue
		}
		rep := &out[i]
		rep.Count += q.Count
		for _, o := range q.Others {
			if !slices.Contains(rep.Others, o) {
				rep.Others = append(rep.Others, o)
			}
		}
		rep.goals = append(rep.goals, q.goals...)
		if start := q.Hops[0].To.Of; start != rep.Hops[0].To.Of && !slices.Contains(rep.Others, start) {
			rep.Others = append(rep.Others, start)
		}
	}
	for i := range out {
		slices.Sort(out[i].Others)
	}
	return out
}

// comparePaths orders paths as they are told: certain ones first, then the
// worst, then the easiest.
func comparePaths(x, y Path) int {
	possible := func(q Path) int {
		if q.Certainty == Unknown {
			return 1
		}
		return 0
	}
	return cmp.Or(
		possible(x)-possible(y),
		x.Severity.Rank()-y.Severity.Rank(),
		cmp.Compare(y.score, x.score),
		x.Certainty.rank()-y.Certainty.rank(),
		cmp.Compare(x.Difficulty, y.Difficulty),
		cmp.Compare(len(y.Assets), len(x.Assets)),
		strings.Compare(x.Asset, y.Asset),
		strings.Compare(x.Title, y.Title),
		strings.Compare(x.ID, y.ID),
	)
}

// shape is what two paths have in common when only names differ.
func (p *pathfinder) shape(q *Path) string {
	var b strings.Builder
	fmt.Fprint(&b, q.Actor, " ", q.Certainty == Unknown, " ", q.Hops[0].Technique)
	switch q.Actor {
	case Library, Careless:
		return b.String() // one of a kind: what differs is where it happens
	case Insider:
		for _, h := range q.Hops {
			fmt.Fprint(&b, "; ", h.Technique) // each way has a fix of its own
		}
		return b.String()
	}
	fmt.Fprint(&b, " ", p.typeOf(q.Asset))
	for _, h := range q.Hops {
		fmt.Fprint(&b, "; ", h.Technique, " ", h.To.Kind, " ", p.typeOf(h.To.Of))
	}
	return b.String()
}

func (f *facts) typeOf(of string) string {
	if r := f.project.Resource(of); r != nil {
		return r.Type
	}
	return of
}

// label is what people call a resource id, an actor or the account.
func (f *facts) label(of string) string {
	if r := f.project.Resource(of); r != nil {
		return r.Label()
	}
	switch of {
	case Account:
		return "the account"
	case Internet, string(Anonymous):
		return "anonymous internet"
	case string(SignedUp):
		return "signed-up user"
	case string(AnyAWS):
		return "any AWS account"
	case string(Library):
		return "malicious library"
	case string(Careless):
		return "careless engineer"
	case string(Vendor):
		return "other tenant or former vendor"
	}
	return of
}

// title names the stations of a path.
func (p *pathfinder) title(a Actor, proof []int32, goals []goal) string {
	stations := []string{p.label(string(a))}
	add := func(s string) {
		if s != "" && stations[len(stations)-1] != s {
			stations = append(stations, s)
		}
	}
	for i, e := range proof {
		h := p.hops[e]
		add(h.via)
		if h.to.Kind.hidden() || i == len(proof)-1 || i == len(proof)-2 && p.hops[proof[i+1]].to == (Capability{Kind: KindExec, Of: h.to.Of}) {
			continue
		}
		if h.to.Kind == KindCreds && h.from[0].Kind == KindExec {
			continue // the function speaks for its role
		}
		add(p.label(h.to.Of))
	}
	last := p.assetsPhrase(goals)
	if p.hops[proof[len(proof)-1]].to.Kind == KindExec && len(goals) == 1 {
		last = "code in " + last
	}
	add(last)
	return strings.Join(stations, " -> ")
}

// assetsPhrase names the assets: "PaymentsTable", "3 tables and 2 buckets",
// "every table and bucket".
func (p *pathfinder) assetsPhrase(goals []goal) string {
	var ids []string
	admin, bill := false, false
	for _, g := range goals {
		switch g.cap.Kind {
		case KindAdmin:
			admin = true
		case KindSpend:
			bill = true
		default:
			ids = append(ids, g.cap.Of)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var parts []string
	if admin {
		parts = append(parts, "administrator of the account")
	}
	if len(ids) == 1 {
		parts = append(parts, p.label(ids[0]))
	} else {
		parts = append(parts, p.countTypes(ids)...)
	}
	if bill {
		parts = append(parts, "the bill")
	}
	return join(parts)
}

// countTypes groups ids by type, worthiest type first, and says "every"
// where nothing of the type is left out.
func (p *pathfinder) countTypes(ids []string) []string {
	byType := map[string][]string{}
	var types []string
	for _, id := range ids {
		t, _ := assetTypes(p.typeOf(id))
		if byType[t.one] == nil {
			types = append(types, t.one)
		}
		byType[t.one] = append(byType[t.one], id)
	}
	weight := func(one string) int {
		t, _ := assetTypes(p.typeOf(byType[one][0]))
		return t.weight
	}
	slices.SortFunc(types, func(x, y string) int {
		return cmp.Or(cmp.Compare(weight(y), weight(x)), strings.Compare(x, y))
	})
	var every, some []string
	for _, t := range types {
		list := byType[t]
		a, _ := assetTypes(p.typeOf(list[0]))
		switch {
		case len(list) == 1:
			some = append(some, p.label(list[0]))
		case len(list) == p.census[t]:
			every = append(every, a.one)
		default:
			some = append(some, fmt.Sprintf("%d %s", len(list), a.plural))
		}
	}
	if len(every) > 0 {
		some = append([]string{"every " + join(every)}, some...)
	}
	return some
}

// impact says what happens to the assets: "read, change and delete every
// table and bucket; replace the code of every function".
func (p *pathfinder) impact(goals []goal) string {
	byKind := map[Kind][]goal{}
	for _, g := range goals {
		byKind[g.cap.Kind] = append(byKind[g.cap.Kind], g)
	}
	verbs := map[string][]string{}
	var objects []string
	for _, k := range impactKinds() {
		list := byKind[k]
		if len(list) == 0 {
			continue
		}
		note := func(verb, object string) {
			if verbs[object] == nil {
				objects = append(objects, object)
			}
			verbs[object] = append(verbs[object], verb)
		}
		switch k {
		case KindAdmin:
			note(impactVerb(k), "the account")
		case KindSpend:
			note(impactVerb(k), "the account's bill")
		case KindEnv:
			for _, part := range p.byNoun(list) {
				note("read the secrets in the "+p.noun(part[0])+" of", p.assetsPhrase(part))
			}
		default:
			note(impactVerb(k), p.assetsPhrase(list))
		}
	}
	var parts []string
	for _, o := range objects {
		parts = append(parts, join(verbs[o])+" "+o)
	}
	return strings.Join(parts, "; ")
}

// noun is what of a resource shows how it is configured.
func (p *pathfinder) noun(g goal) string {
	if r := p.project.Resource(g.cap.Of); r != nil {
		if s, ok := settingsOf(r.Type); ok {
			return s.noun
		}
	}
	return "environment"
}

// byNoun puts together what is shown by the same.
func (p *pathfinder) byNoun(list []goal) [][]goal {
	var out [][]goal
	for _, g := range list {
		if i := slices.IndexFunc(out, func(o []goal) bool { return p.noun(o[0]) == p.noun(g) }); i >= 0 {
			out[i] = append(out[i], g)
			continue
		}
		out = append(out, []goal{g})
	}
	return out
}

func impactKinds() []Kind {
	return []Kind{KindAdmin, KindRead, KindWrite, KindDelete, KindManage, KindCode, KindEnv, KindExec, KindDeny, KindSpend}
}

func impactRank(k Kind) int { return slices.Index(impactKinds(), k) }

func impactVerb(k Kind) string {
	switch k {
	case KindAdmin:
		return "administer"
	case KindWrite:
		return "change"
	case KindManage:
		return "reconfigure"
	case KindCode:
		return "replace the code of"
	case KindExec:
		return "run code in"
	case KindDeny:
		return "exhaust"
	case KindSpend:
		return "run up"
	}
	return string(k)
}

// join makes "a, b and c".
func join(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
