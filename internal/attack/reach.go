package attack

import (
	"slices"
	"sort"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// reachable is what a quick look at an identity's policies says of what they
// might allow: it may name too much, never too little, and spares evaluating
// every action on every resource.
type reachable struct {
	actions []string // lower-case patterns of Allow statements
	any     bool     // NotAction, or what is not resolved
	items   []value.Text
	all     bool // some Resource is *, NotResource or not resolved
}

func (b *building) reachOf(id *identity) *reachable {
	if id.reach != nil {
		return id.reach
	}
	out := &reachable{}
	id.reach = out
	for _, at := range id.attached {
		for i := range at.policy.Document.Statements {
			out.add(&at.policy.Document.Statements[i])
		}
	}
	slices.Sort(out.actions)
	out.actions = slices.Compact(out.actions)
	return out
}

func (x *reachable) add(s *policy.Statement) {
	if s.Is(policy.Allow) == value.No {
		return
	}
	if s.Open != nil {
		x.any, x.all = true, true
		return
	}
	x.any = x.any || s.NotAction.Present
	for _, it := range s.Action.Items {
		if !it.Text.IsKnown() {
			x.any = true
			continue
		}
		x.actions = append(x.actions, strings.ToLower(it.String()))
	}
	x.all = x.all || s.NotResource.Present
	for _, it := range s.Resource.Items {
		if service, _, ok := arnKey(it.Text); !ok || strings.ContainsAny(service, "*?$") {
			x.all = true
			continue
		}
		x.items = append(x.items, it.Text)
	}
}

// may tells whether some statement might allow the action.
func (x *reachable) may(action string) bool {
	if x.any {
		return true
	}
	subject := value.Lit(strings.ToLower(action))
	return slices.ContainsFunc(x.actions, func(p string) bool {
		if p == "*" || p == subject.String() {
			return true
		}
		return strings.ContainsAny(p, "*?") && value.Lit(p).Glob(subject) != value.No
	})
}

// objects are the objects of a resource that statements name, with something
// in the place of each wildcard.
func (x *reachable) objects(r *app.Resource) []value.Text {
	var out []value.Text
	for _, t := range x.items {
		if named, ok := objectIn(t, r); ok {
			out = append(out, named)
		}
	}
	return out
}

// objectIn makes an object's ARN of a pattern that lies under the resource:
// the resource's own ARN and the pattern's tail, with something in the place
// of each wildcard.
func objectIn(pattern value.Text, r *app.Resource) (value.Text, bool) {
	_, p, ok := arnKey(pattern)
	_, name, ok2 := arnKey(arnOf(r))
	if !ok || !ok2 || !strings.HasPrefix(p, name) || len(p) == len(name) || p[len(name)] != '/' && p[len(name)] != ':' {
		return value.Text{}, false
	}
	parts := []value.Text{arnOf(r)}
	skip := len(name)
	for _, part := range pattern.Split(':', 6)[5].Parts() {
		text := part.Lit
		if part.Hole != "" {
			text = "${" + part.Hole + "}"
		}
		if skip >= len(text) {
			skip -= len(text)
			continue
		}
		if part.Hole != "" {
			parts = append(parts, value.Hole(part.Hole))
			continue
		}
		for i, piece := range strings.FieldsFunc(text[skip:], func(c rune) bool { return c == '*' || c == '?' }) {
			if i > 0 {
				parts = append(parts, value.Fresh("any object"))
			}
			parts = append(parts, value.Lit(piece))
		}
		if strings.HasSuffix(text, "*") {
			parts = append(parts, value.Fresh("any object"))
		}
		skip = 0
	}
	return value.Concat(parts...), true
}

// A resourceIndex finds the resources that patterns might cover, by service
// and by the start of the resource part of their ARNs.
type resourceIndex struct {
	all       []*app.Resource // those with effects, in the order of their ids
	order     map[*app.Resource]int
	byService map[string][]indexed
	loose     map[string][]*app.Resource // names that could be anything
}

type indexed struct {
	name string
	r    *app.Resource
}

func newResourceIndex(list []*app.Resource) *resourceIndex {
	x := &resourceIndex{order: map[*app.Resource]int{}, byService: map[string][]indexed{}, loose: map[string][]*app.Resource{}}
	for _, r := range list {
		if effectsOn(r.Type) == nil {
			continue
		}
		x.order[r] = len(x.all)
		x.all = append(x.all, r)
		if service, name, ok := arnKey(arnOf(r)); ok {
			x.byService[service] = append(x.byService[service], indexed{name, r})
			if openHole(arnOf(r).Split(':', 6)[5]) >= 0 {
				x.loose[service] = append(x.loose[service], r)
			}
		}
	}
	for _, l := range x.byService {
		sort.SliceStable(l, func(i, j int) bool { return l[i].name < l[j].name })
	}
	return x
}

// candidates are the resources that an identity's statements might cover, in
// the order of their ids.
func (x *resourceIndex) candidates(reach *reachable) []*app.Resource {
	if reach.all {
		services := reach.services()
		if services == nil {
			return x.all
		}
		return slices.DeleteFunc(slices.Clone(x.all), func(r *app.Resource) bool {
			service, _, ok := arnKey(arnOf(r))
			return ok && !services[service]
		})
	}
	seen := map[*app.Resource]bool{}
	var out []*app.Resource
	for _, t := range reach.items {
		service, pattern, _ := arnKey(t)
		list := x.byService[service]
		head := pattern
		if i := strings.IndexAny(head, "*?"); i >= 0 {
			head = head[:i]
		}
		if i := openHole(t.Split(':', 6)[5]); i >= 0 {
			head = head[:min(i, len(head))]
		}
		for _, r := range append(between(list, head), x.loose[service]...) {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b *app.Resource) int { return x.order[a] - x.order[b] })
	return out
}

// between are the resources whose name starts with head, or under which head
// lies.
func between(list []indexed, head string) []*app.Resource {
	var out []*app.Resource
	take := func(name string, fits func(string) bool) {
		i := sort.Search(len(list), func(i int) bool { return list[i].name >= name })
		for ; i < len(list) && fits(list[i].name); i++ {
			out = append(out, list[i].r)
		}
	}
	take(head, func(name string) bool { return strings.HasPrefix(name, head) })
	for i := len(head) - 1; i > 0; i-- { // "bucket" of "bucket/key"
		if c := head[i]; c == '/' || c == ':' {
			take(head[:i], func(name string) bool { return name == head[:i] })
		}
	}
	return out
}

// openHole is the place of the first hole that could stand for anything in the
// text as it is shown; -1 without one.
func openHole(t value.Text) int {
	at := 0
	for _, p := range t.Parts() {
		if p.Hole == "" {
			at += len(p.Lit)
			continue
		}
		if !p.Fresh && !strings.HasPrefix(p.Hole, "AWS::") {
			return at
		}
		at += len(p.Hole) + 3
	}
	return -1
}

// services are the ARN services whose resources the actions work on; nil for
// all of them.
func (x *reachable) services() map[string]bool {
	if x.any {
		return nil
	}
	out := map[string]bool{}
	for _, a := range x.actions {
		service := a[:indexByte(a, ':')]
		if strings.ContainsAny(service, "*?") {
			return nil
		}
		switch service {
		case "rds-data":
			service = "rds"
		}
		out[service] = true
	}
	return out
}
