package iam

import (
	"bytes"
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A Policy is a compiled document.
type Policy struct {
	Document   *policy.Document
	statements []statement
}

type statement struct {
	src         *policy.Statement
	allow, deny value.Tri
	open        bool // nothing is known of it
	maybe       bool
	actions     actionSet
	notAction   bool
	resources   []resourcePattern
	notResource bool
	noResource  bool // the element is not written
	principal   principalSet
	conditions  []condition
	openCond    bool
}

type resourcePattern struct {
	template
	maybe  bool
	broken bool // it can be no ARN: AWS refuses it, and what is meant is not known
}

// Compile prepares a document for evaluation. A nil document compiles to nil,
// which grants and denies nothing.
func Compile(doc *policy.Document) *Policy {
	if doc == nil {
		return nil
	}
	p := &Policy{Document: doc, statements: make([]statement, len(doc.Statements))}
	for i := range doc.Statements {
		compileStatement(&p.statements[i], &doc.Statements[i], doc.VariablesIn(&doc.Statements[i]))
	}
	return p
}

func compileStatement(st *statement, s *policy.Statement, variables value.Tri) {
	st.src = s
	st.allow, st.deny = s.Is(policy.Allow), s.Is(policy.Deny)
	st.maybe, st.open = s.Maybe, s.Open != nil
	if st.open {
		return
	}
	st.notAction = s.NotAction.Present && !s.Action.Present
	list := s.Action
	if st.notAction {
		list = s.NotAction
	}
	st.actions = compileActions(list)
	st.notResource = s.NotResource.Present && !s.Resource.Present
	st.noResource = !s.NotResource.Present && !s.Resource.Present
	list = s.Resource
	if st.notResource {
		list = s.NotResource
	}
	for _, it := range list.Items {
		st.resources = append(st.resources, resourcePattern{compileTemplate(longAPI(it.Text), variables, true), it.Maybe, isBroken(longAPI(it.Text))})
	}
	st.principal = compilePrincipal(s)
	st.openCond = len(s.OpenCondition) > 0
	for i := range s.Condition {
		if !s.Condition[i].Values.Present {
			continue // an operator without keys
		}
		st.conditions = append(st.conditions, compileCondition(&s.Condition[i], variables))
	}
}

// isBroken tells whether a resource can be no ARN, nor a pattern of ARNs.
func isBroken(t value.Text) bool {
	parts := t.Parts()
	if len(parts) == 0 {
		return true
	}
	head := parts[0].Lit
	if parts[0].Hole != "" || head == "" {
		return false
	}
	if i := strings.IndexAny(head, "*?$"); i >= 0 {
		head = head[:i]
	} else if len(parts) == 1 && len(head) < len("arn:") {
		return true
	}
	return !strings.HasPrefix(head, "arn:") && !strings.HasPrefix("arn:", head)
}

// longAPI writes out the short form in which an API's policy names its own
// methods: the API is the one that carries the policy.
func longAPI(t value.Text) value.Text {
	parts := t.Parts()
	if len(parts) == 0 || !strings.HasPrefix(parts[0].Lit, policy.ShortAPI) {
		return t
	}
	out := []value.Text{value.Lit("arn:*:execute-api:*:*:*/"), value.Lit(parts[0].Lit[len(policy.ShortAPI):])}
	for _, p := range parts[1:] {
		switch {
		case p.Fresh:
			out = append(out, value.Fresh(p.Hole))
		case p.Hole != "":
			out = append(out, value.Hole(p.Hole))
		default:
			out = append(out, value.Lit(p.Lit))
		}
	}
	return value.Concat(out...)
}

// An actionSet is a union of action patterns, by service.
type actionSet struct {
	all       value.Tri // a bare * is among them
	byService map[string]*serviceActions
	other     []actionPattern // the service part has a wildcard or a hole
}

type serviceActions struct {
	exact    map[string]value.Tri // lower-case action name
	patterns []actionPattern      // of the name alone
}

type actionPattern struct {
	text  string      // lower case, where known
	open  *value.Text // otherwise
	maybe bool
}

func compileActions(list policy.List) actionSet {
	set := actionSet{all: value.No}
	for _, it := range list.Items {
		yes := value.Yes
		if it.Maybe {
			yes = value.Unknown
		}
		s, ok := it.Text.Known()
		if !ok {
			t := it.Text.Map(strings.ToLower)
			set.other = append(set.other, actionPattern{open: &t, maybe: it.Maybe})
			continue
		}
		s = strings.ToLower(s)
		service, name, found := strings.Cut(s, ":")
		switch {
		case s == "*" || s == "*:*":
			set.all = set.all.Or(yes)
			continue
		case !found || strings.ContainsAny(service, "*?"):
			set.other = append(set.other, actionPattern{text: s, maybe: it.Maybe})
			continue
		}
		if set.byService == nil {
			set.byService = map[string]*serviceActions{}
		}
		sa := set.byService[service]
		if sa == nil {
			sa = &serviceActions{exact: map[string]value.Tri{}}
			set.byService[service] = sa
		}
		if strings.ContainsAny(name, "*?") {
			sa.patterns = append(sa.patterns, actionPattern{text: name, maybe: it.Maybe})
			continue
		}
		if prev, ok := sa.exact[name]; !ok || prev == value.Unknown {
			sa.exact[name] = yes
		}
	}
	return set
}

// match tells whether the set holds the action, given in lower case and cut in
// two.
func (set *actionSet) match(a *actionName) value.Tri {
	out := set.all
	if out == value.Yes {
		return out
	}
	if sa := set.byService[string(a.service)]; sa != nil {
		if t, ok := sa.exact[string(a.name)]; ok {
			out = out.Or(t)
		}
		for i := range sa.patterns {
			if out == value.Yes {
				return out
			}
			if globASCII(sa.patterns[i].text, a.name) {
				out = out.Or(certain(sa.patterns[i].maybe))
			}
		}
	}
	for i := range set.other {
		p := &set.other[i]
		switch {
		case out == value.Yes:
			return out
		case p.open != nil:
			t := p.open.Glob(value.Lit(string(a.full)))
			if p.maybe && t == value.Yes {
				t = value.Unknown
			}
			out = out.Or(t)
		case globASCII(p.text, a.full):
			out = out.Or(certain(p.maybe))
		}
	}
	return out
}

func certain(maybe bool) value.Tri {
	if maybe {
		return value.Unknown
	}
	return value.Yes
}

// An actionName is a request's action in lower case, cut in two. Its bytes live
// with the caller, so that asking does not allocate.
type actionName struct {
	full, service, name []byte
}

// actionRoom is longer than any action that AWS has.
const actionRoom = 96

// lowerAction writes the action into the buffer, or a new one where that is
// too short.
func lowerAction(action string, buffer *[actionRoom]byte) actionName {
	low := buffer[:0]
	for i := range len(action) {
		c := action[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low = append(low, c)
	}
	a := actionName{full: low}
	if i := bytes.IndexByte(low, ':'); i >= 0 {
		a.service, a.name = low[:i], low[i+1:]
	} else {
		a.service = low
	}
	return a
}

// globASCII matches * and ? in time linear for one star, and in the product of
// the lengths at worst.
func globASCII[S string | []byte](p string, s S) bool {
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case pi < len(p) && p[pi] == '*':
			star, mark = pi, si
			pi++
		case pi < len(p) && (p[pi] == s[si] || p[pi] == '?'):
			pi++
			si++
		case star >= 0:
			mark++
			pi, si = star+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}
