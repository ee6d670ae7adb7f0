package solve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// Access is what policies allow, compiled for questions.
type Access struct {
	policies iam.Policies
	compiled map[*iam.Policy][]*stmt
	order    []*iam.Policy
	varied   []*stmt  // statements with variables
	extras   []string // actions beyond the catalogue that are mentioned
	vars     []string // keys that variables name
	keys     map[string]bool
	// conditioned are the keys that conditions are on, without those that only
	// variables name.
	conditioned map[string]bool
	sets        map[string]bool // keys under a set operator
	open        bool            // something in it is not known
}

// A stmt is one compiled statement.
type stmt struct {
	policy      *iam.Policy
	index       int
	src         *policy.Statement
	allow, deny value.Tri
	open        bool // nothing is known of it
	maybe       bool // it may not be written, or its element is odd
	actions     *actionSet
	resource    *union // nil: every resource
	notResource bool
	unwritten   bool // the element is missing
	conds       []*cond
	vars        []string
	text        string // of a statement that is not all known, to tell it again
}

// same tells whether both are one statement.
func (st *stmt) same(o *stmt) bool {
	return st.src != nil && (st.src == o.src || st.text != "" && st.text == o.text)
}

// Compile prepares all the policies that apply to a caller, to a resource, or
// to both.
func Compile(p *iam.Policies) *Access {
	a := &Access{policies: *p, compiled: map[*iam.Policy][]*stmt{}, keys: map[string]bool{}, conditioned: map[string]bool{}, sets: map[string]bool{}}
	a.each(func(_ iam.Source, p *iam.Policy) { a.compile(p) })
	a.open = a.open || p.IdentityOpen || p.ResourceOpen
	slices.Sort(a.extras)
	a.extras = slices.Compact(a.extras)
	slices.Sort(a.vars)
	a.vars = slices.Compact(a.vars)
	return a
}

// Identity prepares identity policies alone.
func Identity(docs ...*policy.Document) *Access {
	p := iam.Policies{}
	for _, d := range docs {
		p.Identity = append(p.Identity, iam.Compile(d))
	}
	return Compile(&p)
}

// Resource prepares a resource policy alone: what it grants to callers whose
// own policies allow everything.
func Resource(doc *policy.Document) *Access {
	return Compile(&iam.Policies{Resource: iam.Compile(doc)})
}

// each visits every policy.
func (a *Access) each(visit func(iam.Source, *iam.Policy)) {
	all := func(s iam.Source, list []*iam.Policy) {
		for _, p := range list {
			if p != nil {
				visit(s, p)
			}
		}
	}
	p := &a.policies
	all(iam.FromIdentity, p.Identity)
	all(iam.FromBoundary, []*iam.Policy{p.Boundary})
	all(iam.FromSession, p.Session)
	all(iam.FromResource, []*iam.Policy{p.Resource})
	for _, l := range p.SCP {
		all(iam.FromSCP, l)
	}
	for _, l := range p.RCP {
		all(iam.FromRCP, l)
	}
	all(iam.FromEndpoint, p.Endpoint)
}

func (a *Access) compile(p *iam.Policy) {
	if _, done := a.compiled[p]; done {
		return
	}
	list := make([]*stmt, 0, len(p.Document.Statements))
	for i := range p.Document.Statements {
		variables := p.Document.VariablesIn(&p.Document.Statements[i])
		st := compileStatement(&p.Document.Statements[i], variables)
		st.policy, st.index = p, i
		before := a.open
		a.open = false
		if a.note(st); a.open {
			if st.text = spell(st.src); st.text != "" {
				st.text = variables.String() + st.text
			}
		}
		a.open = a.open || before
		if len(st.vars) > 0 {
			a.varied = append(a.varied, st)
		}
		list = append(list, st)
	}
	a.compiled[p] = list
	a.order = append(a.order, p)
}

func compileStatement(s *policy.Statement, variables value.Tri) *stmt {
	st := &stmt{src: s, allow: s.Is(policy.Allow), deny: s.Is(policy.Deny), maybe: s.Maybe, open: s.Open != nil}
	if st.open {
		return st
	}
	st.actions = compileActionSet(s)
	st.notResource = s.NotResource.Present && !s.Resource.Present
	st.unwritten = !s.NotResource.Present && !s.Resource.Present
	list := s.Resource
	if st.notResource {
		list = s.NotResource
	}
	if !st.unwritten {
		st.resource = compileResources(list, variables)
		if !st.notResource && slices.ContainsFunc(st.resource.pats, isEverything) {
			st.resource = nil
		}
	}
	for i := range s.Condition {
		if s.Condition[i].Values.Present {
			st.conds = append(st.conds, compileCond(&s.Condition[i], variables))
		}
	}
	if len(s.OpenCondition) > 0 {
		st.conds = append(st.conds, &cond{free: true})
	}
	return st
}

func isEverything(p *pattern) bool { return p.kind == everything && !p.maybe && !p.vague }

func compileResources(list policy.List, variables value.Tri) *union {
	u := &union{}
	for _, it := range list.Items {
		t, ok := iam.ResourceItem(it.Text)
		if !ok {
			u.vague = true
			continue
		}
		p := newPattern(t, globStyle, variables)
		p.maybe = it.Maybe
		u.pattern(p)
	}
	return u
}

// note collects what questions must know of the statement.
func (a *Access) note(st *stmt) {
	if st.open {
		a.open = true
		return
	}
	a.open = a.open || st.maybe || st.allow == value.Unknown || st.deny == value.Unknown || st.actions.vague || st.unwritten
	a.open = a.open || len(st.actions.possible.w) != len(st.actions.certain.w)
	a.extras = append(a.extras, st.actions.extras...)
	if st.resource != nil {
		a.open = a.open || st.resource.open()
		a.tokens(st, st.resource)
	}
	for _, c := range st.conds {
		a.open = a.open || c.open()
		a.keys[c.key], a.conditioned[c.key] = true, true
		if c.op.Set != policy.NoSet {
			a.sets[c.key] = true
		}
		if c.values != nil {
			a.tokens(st, c.values)
		}
	}
	for _, p := range []*policy.Principal{st.src.Principal, st.src.NotPrincipal} {
		a.open = a.open || p != nil && openPrincipal(p)
	}
}

func (a *Access) tokens(st *stmt, u *union) {
	for _, p := range u.pats {
		for i := range p.pieces {
			if key := p.pieces[i].key; key != "" {
				a.vars = append(a.vars, key)
				a.keys[key] = true
				st.vars = append(st.vars, key)
				a.open = true // without a value it may leave its statement open
			}
		}
	}
}

func openPrincipal(p *policy.Principal) bool {
	if len(p.Open) > 0 {
		return true
	}
	for _, e := range p.Entries {
		for _, it := range e.Values.Items {
			s, ok := it.Text.Known()
			if !ok || it.Maybe || e.Type == "CanonicalUser" || e.Type == "AWS" && s != "*" && !strings.HasPrefix(s, "arn:") && len(s) != 12 {
				return true
			}
		}
	}
	return false
}

// spell writes out what a statement says, but for its name.
func spell(s *policy.Statement) string {
	if s.Open != nil || len(s.OpenCondition) > 0 || len(s.Extra) > 0 {
		return "" // what is not understood is like nothing else
	}
	var b strings.Builder
	maybe := s.Maybe || s.Effect.Maybe
	list := func(name string, l policy.List) {
		if l.Present {
			b.WriteString("\n" + name)
		}
		for _, it := range l.Items {
			for _, p := range it.Text.Parts() {
				b.WriteString("\x00" + p.Lit + "\x01" + p.Hole)
				if p.Fresh {
					b.WriteByte(2)
				}
			}
			maybe = maybe || it.Maybe // which items there are is not known
			b.WriteByte(3)
		}
	}
	list("E", policy.List{Items: []policy.Item{s.Effect}})
	list("A", s.Action)
	list("NA", s.NotAction)
	list("R", s.Resource)
	list("NR", s.NotResource)
	for i, p := range []*policy.Principal{s.Principal, s.NotPrincipal} {
		if p == nil {
			continue
		}
		if len(p.Open) > 0 {
			return ""
		}
		fmt.Fprintf(&b, "\nP%d%t", i, p.Any)
		for _, e := range p.Entries {
			list(e.Type, e.Values)
		}
	}
	for i := range s.Condition {
		b.WriteString("\n" + s.Condition[i].Operator + "\x00" + s.Condition[i].Key)
		list("", s.Condition[i].Values)
	}
	if maybe {
		return ""
	}
	return b.String()
}
