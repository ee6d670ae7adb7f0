package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// read notes what of a document tells callers and resources apart.
func (s *shape) read(doc *policy.Document) {
	if doc == nil {
		s.broken = true
		return
	}
	variables := doc.Variables() != value.No
	for i := range doc.Statements {
		st := &doc.Statements[i]
		allow := st.Is(policy.Allow) != value.No
		s.say(st, allow)
		s.resources(st, i, allow, variables)
		s.principals(st, allow)
		for j := range st.Condition {
			s.condition(&st.Condition[j], variables)
		}
		if len(st.OpenCondition) > 0 {
			s.personal, s.byARN, s.account = true, true, true
		}
	}
	slices.Sort(s.tags)
	s.tags = slices.Compact(s.tags)
	slices.Sort(s.resourceTags)
	s.resourceTags = slices.Compact(s.resourceTags)
	slices.Sort(s.names)
	s.names = slices.Compact(s.names)
}

func (s *shape) say(st *policy.Statement, allow bool) {
	x := saying{allow: allow, open: st.Open != nil, not: !st.Action.Present}
	list := st.Action
	if x.not {
		list = st.NotAction
	}
	for _, it := range list.Items {
		a, ok := it.Text.Known()
		switch {
		case !ok || it.Maybe:
			x.open = true
		case a == "*":
			a = "*:*"
		}
		x.actions = append(x.actions, strings.ToLower(a))
	}
	x.open = x.open || !list.Present
	s.statements = append(s.statements, x)
}

func (s *shape) resources(st *policy.Statement, at int, allow, variables bool) {
	list, not := st.Resource, false
	if !list.Present {
		list, not = st.NotResource, true
	}
	if st.Open != nil || !list.Present {
		// It may cover whatever there is.
		s.slots = append(s.slots, slot{arg: -1, text: value.Lit("*"), statement: at, allow: allow})
		return
	}
	for _, it := range list.Items {
		x := slot{arg: -1, text: it.Text, statement: at, allow: allow, not: not, variables: variables}
		if n, ok := markNumber(it.Text); ok {
			x.arg = n
		}
		s.slots = append(s.slots, x)
		if variables {
			s.resourceVariables(it.Text)
		}
	}
}

// resourceVariables notes the variables of a resource pattern. For a principal
// they are written out in the pattern, so that only tags tell more: whether
// they are there.
func (s *shape) resourceVariables(t value.Text) {
	for _, key := range variablesOf(t) {
		if strings.HasPrefix(key, "aws:principaltag/") {
			s.key(key)
		}
		s.varies = true
	}
}

// variables notes the variables of a string.
func (s *shape) variables(t value.Text) {
	for _, key := range variablesOf(t) {
		s.key(key)
	}
}

// variablesOf are the keys of the variables in a string, lower case.
func variablesOf(t value.Text) []string {
	var out []string
	for _, p := range t.Parts() {
		rest := p.Lit
		for {
			_, after, ok := strings.Cut(rest, "${")
			inner, tail, closed := strings.Cut(after, "}")
			if !ok || !closed {
				break
			}
			key, _, _ := strings.Cut(inner, ",")
			out = append(out, strings.ToLower(strings.TrimSpace(key)))
			rest = tail
		}
	}
	return out
}

// key notes a condition key, of which any property of its value may matter.
func (s *shape) key(key string) {
	service, name, _ := strings.Cut(key, ":")
	switch {
	case strings.HasPrefix(name, "resourcetag/"):
		s.resourceTags = append(s.resourceTags, key)
	case service != "aws":
	case strings.HasPrefix(name, "principaltag/"):
		s.tags = append(s.tags, strings.TrimPrefix(name, "principaltag/"))
	default:
		switch name {
		case "principalarn":
			s.personal, s.byARN = true, true
		case "username", "userid":
			s.personal = true
		case "principalaccount", "resourceaccount", "sourceaccount":
			s.account = true
		case "principalorgpaths", "resourceorgpaths":
			s.account, s.byPath = true, true
		}
	}
}

func (s *shape) condition(c *policy.Condition, variables bool) {
	key := strings.ToLower(c.Key)
	plain := key == "aws:principalarn"
	for _, it := range c.Values.Items {
		if variables {
			s.variables(it.Text)
		}
		known, ok := it.Text.Known()
		plain = plain && ok && !strings.Contains(known, "${")
	}
	op, ok := policy.ParseOperator(c.Operator)
	switch op.Kind {
	case policy.StringEquals, policy.StringLike, policy.ArnLike:
	default:
		plain = plain && op.Kind == policy.Null
	}
	if !plain || !ok {
		s.key(key)
		return
	}
	for _, it := range c.Values.Items {
		s.names = append(s.names, it.Text.String())
	}
}

// principals notes whom the statements of a resource's document name.
func (s *shape) principals(st *policy.Statement, allow bool) {
	g := &grants{}
	p := st.Principal
	switch {
	case st.Open != nil || st.NotPrincipal != nil:
		g.open = true
		if p == nil {
			p = st.NotPrincipal
		}
	case p == nil:
		return
	}
	if p != nil {
		g.open = g.open || p.Any || len(p.Open) > 0
		for _, e := range p.Entries {
			for _, it := range e.Values.Items {
				g.entry(e.Type, it.Text)
			}
		}
	}
	s.names = append(s.names, g.names...)
	if allow {
		s.grants.open = s.grants.open || g.open
		s.grants.accounts = append(s.grants.accounts, g.accounts...)
		s.grants.names = append(s.grants.names, g.names...)
	}
}

func (g *grants) entry(typ string, t value.Text) {
	if typ == "Service" || typ == "Federated" {
		return
	}
	s, known := t.Known()
	parts := strings.SplitN(s, ":", 6)
	switch {
	case typ != "AWS" || !known || s == "*":
		g.open = true
	case strings.HasPrefix(s, mark+"P"), strings.HasPrefix(s, selfMark): // itself, or one whose name begins with its own
		g.names = append(g.names, s)
	case isAccount(s) || strings.HasPrefix(s, mark):
		g.accounts = append(g.accounts, s)
	case len(parts) != 6 || strings.ContainsAny(s, "*?"):
		g.open = true
	case parts[5] == "root":
		g.accounts = append(g.accounts, parts[4])
	case strings.HasPrefix(parts[5], "role/"), strings.HasPrefix(parts[5], "user/"):
		g.names = append(g.names, s)
	case strings.HasPrefix(parts[5], "assumed-role/"):
		role, _, _ := strings.Cut(strings.TrimPrefix(parts[5], "assumed-role/"), "/")
		head := "arn:*:iam::" + parts[4] + ":role/"
		g.names = append(g.names, head+role, head+"*/"+role)
	default:
		g.open = true
	}
}
