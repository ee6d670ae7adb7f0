package access

import (
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
)

// maxWork bounds what the questions of one answer look at, in parts of
// policies: a statement, a pattern, a value. What is left is said.
const maxWork = 100_000_000

// maxOfAll bounds the same where all callers are asked about.
const maxOfAll = 1_000_000_000

// maxShown bounds what is looked at to show the ways into one resource.
const maxShown = 1_000_000

// maxSolved bounds what the solver looks at for one caller, in statements.
const maxSolved = 50_000

// A cost tells how much a question about an action looks at.
type cost struct {
	always    int // statements, and what may be about any service
	byService map[string]int
}

// costOf weighs policies.
func costOf(list ...*iam.Policy) cost {
	l := cost{always: 1, byService: map[string]int{}}
	for _, p := range list {
		if p == nil {
			continue
		}
		for i := range p.Document.Statements {
			l.add(&p.Document.Statements[i])
		}
	}
	return l
}

func (l *cost) add(s *policy.Statement) {
	l.always++
	services := map[string]int{} // with the patterns of their actions
	every := s.Open != nil || s.NotAction.Present
	for _, it := range s.Action.Items {
		service, name := policy.SplitAction(it.String())
		service = strings.ToLower(service)
		every = every || !it.Text.IsKnown() || strings.ContainsAny(service, "*?") || service == ""
		if services[service] += 0; strings.ContainsAny(name, "*?") {
			services[service]++
		}
	}
	n := weight(s.Resource) + weight(s.NotResource) + weight(s.NotAction)
	for i := range s.Condition {
		n += 30 + weight(s.Condition[i].Values)
	}
	for _, p := range []*policy.Principal{s.Principal, s.NotPrincipal} {
		if p == nil {
			continue
		}
		for i := range p.Entries {
			n += weight(p.Entries[i].Values)
		}
	}
	if every {
		l.always += n + len(s.Action.Items)
		return
	}
	for service, patterns := range services {
		l.byService[service] += n + patterns
	}
}

// of is the cost of a question about an action.
func (l *cost) of(action string) int {
	service, _ := policy.SplitAction(action)
	return l.always + l.byService[strings.ToLower(service)]
}

// total is the cost of a question about any action.
func (c *cost) total() int {
	n := c.always
	for _, m := range c.byService {
		n += m
	}
	return n
}

func weight(l policy.List) int {
	n := 0
	for i := range l.Items {
		text := l.Items[i].String()
		switch i := strings.IndexAny(text, "*?"); {
		case strings.Contains(text, "${"):
			n += 250 // put together for each request
		case i >= 0 && i < len(text)-1:
			n += 20 + len(text)/4
		default:
			n += 8 + len(text)/32
		}
	}
	return n
}

// a budget is what may still be looked at.
type budget struct{ left int }

// spend takes a question's cost away; false where too little is left.
func (b *budget) spend(n int) bool {
	if b.left < n {
		b.left = 0
		return false
	}
	b.left -= n
	return true
}
