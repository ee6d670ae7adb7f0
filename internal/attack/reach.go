package attack

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// reachable is what a quick look at an identity's policies says of what they
// might allow: it may name too much, never too little, and spares evaluating
// every action on every resource.
type reachable struct {
	statements []reachStatement
	items      []value.Text         // all that the statements name
	effects    map[string][]effect  // per resource type, those with an action that may be allowed
	actions    map[string]value.Tri // what may was asked before
}

// reachStatement is one Allow statement.
type reachStatement struct {
	actions []string        // lower-case patterns
	any     bool            // NotAction, or what is not resolved
	all     bool            // some Resource is *, NotResource or not resolved
	wide    map[string]bool // the services of the actions; nil for all
	items   []value.Text
	key     string // equal for statements that say the same
	// meant marks a policy that AWS made as wide as it is, for what a function
	// is configured with.
	meant bool
}

func (b *building) reachOf(id *identity) *reachable {
	if id.reach != nil {
		return id.reach
	}
	out := &reachable{effects: map[string][]effect{}, actions: map[string]value.Tri{}}
	id.reach = out
	for _, at := range id.attached {
		for i := range at.policy.Document.Statements {
			s := &at.policy.Document.Statements[i]
			key := at.policy.Document.Version.String() + statementKey(s)
			if at.managed {
				key = fmt.Sprint(at.name, " ", i)
			}
			out.add(s, key, at.managed && executionPolicy(at.name))
		}
	}
	return out
}

func (x *reachable) add(s *policy.Statement, key string, meant bool) {
	if s.Is(policy.Allow) == value.No {
		return
	}
	out := reachStatement{key: key, meant: meant, any: s.NotAction.Present || s.Open != nil, all: s.NotResource.Present || s.Open != nil}
	for _, it := range s.Action.Items {
		if !it.Text.IsKnown() {
			out.any = true
			continue
		}
		out.actions = append(out.actions, strings.ToLower(it.String()))
	}
	for _, it := range s.Resource.Items {
		if service, _, ok := arnKey(it.Text); !ok || strings.ContainsAny(service, "*?$") {
			out.all = true
			continue
		}
		out.items = append(out.items, unfilled(it.Text))
	}
	out.wide = out.services()
	x.items = append(x.items, out.items...)
	x.statements = append(x.statements, out)
}

// unfilled has a star in the place of each policy variable, whose value is the
// evaluation's to find.
func unfilled(t value.Text) value.Text {
	if !strings.Contains(t.String(), "${") {
		return t
	}
	return t.Map(func(s string) string {
		var b strings.Builder
		for {
			before, variable, found := strings.Cut(s, "${")
			_, after, closed := strings.Cut(variable, "}")
			if !found || !closed {
				return b.String() + s
			}
			b.WriteString(before + "*")
			s = after
		}
	})
}

// may tells whether some statement might allow the action.
func (x *reachable) may(action string) bool {
	if t, ok := x.actions[action]; ok {
		return t == value.Yes
	}
	lower := strings.ToLower(action)
	found := slices.ContainsFunc(x.statements, func(s reachStatement) bool { return s.may(lower) })
	x.actions[action] = value.Of(found)
	return found
}

// may tells whether the statement might allow the action, in lower case.
func (x *reachStatement) may(lower string) bool {
	return x.any || slices.ContainsFunc(x.actions, func(p string) bool {
		return p == "*" || p == lower || strings.ContainsAny(p, "*?") && value.Lit(p).Glob(value.Lit(lower)) != value.No
	})
}

// on tells whether some statement might allow the action on the resource.
func (x *reachable) on(action string, arn value.Text) bool {
	lower := strings.ToLower(action)
	return slices.ContainsFunc(x.statements, func(s reachStatement) bool {
		return s.may(lower) && (s.all || slices.ContainsFunc(s.items, func(t value.Text) bool { return t.Glob(arn) != value.No }))
	})
}

// key is equal for identities whose statements on the actions say the same.
func (x *reachable) key(needs []need) string {
	var b strings.Builder
	for i := range x.statements {
		s := &x.statements[i]
		if slices.ContainsFunc(needs, func(n need) bool {
			return slices.ContainsFunc(n.permissions(), func(a string) bool { return s.may(strings.ToLower(a)) })
		}) {
			b.WriteString(s.key + "\n")
		}
	}
	return b.String()
}

// effectsOf are the effects on a resource type of which an action may be
// allowed, with those actions.
func (x *reachable) effectsOf(typ string) []effect {
	out, ok := x.effects[typ]
	if ok {
		return out
	}
	for _, e := range effectsOn(typ) {
		e.actions = slices.DeleteFunc(slices.Clone(e.actions), func(a string) bool { return !x.may(a) })
		if len(e.actions) > 0 {
			out = append(out, e)
		}
	}
	x.effects[typ] = out
	return out
}

// objects are the objects of a resource that statements name, with something
// in the place of each wildcard.
func (x *reachable) objects(r *arnInfo, tail catalogue.Form) []value.Text {
	var out []value.Text
	for _, t := range x.items {
		if named, ok := objectIn(t, r, tail); ok {
			out = append(out, named)
		}
	}
	return out
}

// objectIn makes an object's ARN of a pattern that lies under the resource:
// the resource's own ARN and the pattern's tail, with something in the place
// of each wildcard.
func objectIn(pattern value.Text, r *arnInfo, tail catalogue.Form) (value.Text, bool) {
	_, p, ok := arnKey(pattern)
	name := r.name
	if !ok || name == "" || !strings.HasPrefix(p, name+string(tail)) {
		return value.Text{}, false
	}
	parts := []value.Text{r.arn}
	skip := len(name)
	for _, part := range pattern.Split(':', 6)[5].Parts() {
		text := part.String()
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
	ofService map[string][]*app.Resource
	loose     map[string][]*app.Resource // names that could be anything
}

type indexed struct {
	name string
	r    *app.Resource
}

func (f *facts) newResourceIndex() *resourceIndex {
	x := &resourceIndex{order: map[*app.Resource]int{}, byService: map[string][]indexed{}, ofService: map[string][]*app.Resource{}, loose: map[string][]*app.Resource{}}
	for _, r := range f.resources {
		if effectsOn(r.Type) == nil {
			continue
		}
		x.order[r] = len(x.all)
		x.all = append(x.all, r)
		if service, name := f.arn(r).service, f.arn(r).name; service != "" {
			x.byService[service] = append(x.byService[service], indexed{name, r})
			x.ofService[service] = append(x.ofService[service], r)
			if openHole(f.arn(r).arn.Split(':', 6)[5]) >= 0 {
				x.loose[service] = append(x.loose[service], r)
			}
		}
	}
	for _, l := range x.byService {
		sort.SliceStable(l, func(i, j int) bool { return l[i].name < l[j].name })
	}
	return x
}

// candidates are the resources that the statements of identities with the same
// policies might cover, in the order of their ids.
func (x *resourceIndex) candidates(class []*identity, reach *reachable) []*app.Resource {
	seen := map[*app.Resource]bool{}
	var out []*app.Resource
	take := func(list []*app.Resource) {
		for _, r := range list {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
	}
	for i := range reach.statements {
		s := &reach.statements[i]
		switch {
		case s.all && s.meant:
			take(x.served(class))
		case s.all && s.wide == nil:
			return x.all
		case s.all:
			for service := range s.wide {
				take(x.ofService[service])
			}
		}
		for _, t := range s.items {
			service, pattern, _ := arnKey(t)
			head := pattern
			if i := strings.IndexAny(head, "*?"); i >= 0 {
				head = head[:i]
			}
			if i := openHole(t.Split(':', 6)[5]); i >= 0 {
				head = head[:min(i, len(head))]
			}
			take(between(x.byService[service], head))
			take(x.loose[service])
		}
	}
	slices.SortFunc(out, func(a, b *app.Resource) int { return x.order[a] - x.order[b] })
	return out
}

// served are the resources that the functions of identities are configured
// with.
func (x *resourceIndex) served(class []*identity) []*app.Resource {
	var out []*app.Resource
	for _, id := range class {
		for _, f := range id.functions {
			for ref := range f.refs {
				if r := f.App.Project.Resource(ref); r != nil {
					if _, ok := x.order[r]; ok {
						out = append(out, r)
					}
				}
			}
		}
	}
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
		at += len(p.String())
	}
	return -1
}

// services are the ARN services whose resources the actions work on; nil for
// all of them.
func (x *reachStatement) services() map[string]bool {
	if x.any {
		return nil
	}
	out := map[string]bool{}
	for _, a := range x.actions {
		service, _, _ := strings.Cut(a, ":")
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
