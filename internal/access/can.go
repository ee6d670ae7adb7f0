package access

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// policies are all that applies to a request of the identity on the target.
func (m *Model) policiesOf(id *Identity, t *target) *iam.Policies {
	p := &iam.Policies{Identity: id.Policies, IdentityOpen: id.Open, Boundary: id.Boundary, SCP: m.scp, RCP: nil}
	if len(m.rcp) > 0 {
		p.RCP = [][]*iam.Policy{m.rcp}
	}
	if t != nil && t.guarded != nil {
		p.Resource = t.guarded.Policy
	} else if t != nil && !t.known && t.decides() {
		p.Resource = perhaps(id.Principal.Account)
	}
	return p
}

// decides tells whether a resource of its kind has a policy without which what
// identities are allowed counts for nothing: keys and roles.
func (t *target) decides() bool {
	s := t.text.String()
	parts := strings.SplitN(s, ":", 6)
	return len(parts) == 6 && (parts[2] == "kms" || parts[2] == "iam" && strings.HasPrefix(parts[5], "role/"))
}

// perhaps is such a policy where it is not read: it may hand over to the
// account, or not.
func perhaps(account value.Text) *iam.Policy {
	doc, _ := policy.ParseJSON("", []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}}`))
	doc.Statements[0].Maybe = true
	items := doc.Statements[0].Principal.Entries[0].Values.Items
	items[0].Text = value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":root"))
	return iam.Compile(doc)
}

// Can answers whether one request is allowed.
func (m *Model) Can(principal, action, resource string, context iam.Context) (*report.AccessCan, error) {
	id, err := m.Principal(principal)
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(action, "*?") {
		return nil, Error{"a request has one action, not the pattern " + action, "write the action whole, or ask who-can"}
	}
	if !strings.Contains(action, ":") {
		return nil, Error{"the action " + action + " lacks its service", "write it as s3:GetObject"}
	}
	t, err := m.Target(resource)
	if err != nil {
		return nil, err
	}
	t = m.methods(t, action)
	id, taken := id.near(&t)
	r := iam.Request{Principal: id.Principal, Action: action, Resource: t.text, Account: t.owner, Context: context}
	res := iam.Evaluate(&r, m.policiesOf(id, &t))
	for _, alias := range t.aliases {
		if res.Decision == iam.Allowed || res.Decision == iam.DeniedExplicit {
			break
		}
		other := r
		other.Resource = alias
		if by := iam.Evaluate(&other, m.policiesOf(id, &t)); by.Decision != iam.DeniedImplicit {
			res = by
		}
	}
	out := &report.AccessCan{
		AccessHead: m.head("can"), Request: request(&r, nil), Answer: holds(res.Decision.Allows()), Decision: res.Decision.String(),
		Statements: m.statements(res.Statements, ""), Hinges: list(res.Hinges), Open: list(res.Open), Blocked: []string{},
	}
	out.Request.Principal = id.Name
	for _, b := range res.Blocked {
		out.Blocked = append(out.Blocked, b.String())
	}
	out.Notes = append(append(out.Notes, m.about(id, &t)...), taken...)
	if t.api.Resource != nil && isInvoke(action) {
		for _, g := range m.admission(&t).grants {
			out.Notes = append(out.Notes, g.Principal+" may invoke "+g.Resources[0]+" without IAM's permission")
		}
	}
	return out, nil
}

// near takes whoever holds a policy that stands alone to be of the account
// that the resource is of, where nothing else is known.
func (id *Identity) near(t *target) (*Identity, []string) {
	parts := t.text.Split(':', 6)
	if id.Kind != "policy" || id.Principal.Account.IsKnown() || len(parts) != 6 || !parts[4].IsKnown() || parts[4].IsEmpty() {
		return id, nil
	}
	x := *id
	x.Principal = holder(parts[4], id.ID)
	return &x, []string{"whoever has " + id.ID + " is taken to be of the account " + parts[4].String()}
}

// about says what an answer on the identity and the target leaves out.
func (m *Model) about(id *Identity, t *target) []string {
	out := slices.Clone(id.Lacks)
	if t != nil {
		out = append(out, t.notes...)
	}
	if t != nil && !t.known && t.text.String() != "*" {
		if t.decides() {
			out = append(out, "the policy of "+t.text.String()+" is not among what was read: whether it lets the account's own policies decide is not known, nor whom it names")
		} else {
			out = append(out, "the resource "+t.text.String()+" is not among what was read: a policy of its own is not considered")
		}
	}
	if t != nil && t.guarded != nil && (t.guarded.File != nil || t.guarded.Loose) {
		out = append(out, "the policy in "+t.guarded.Name+" is taken for that of "+t.text.String())
	}
	return out
}

// Control adds a service control policy, or several of one level, and says
// what is taken for granted.
func (m *Model) Control(level []*PolicyFile) {
	var compiled []*iam.Policy
	denies := true
	for _, f := range level {
		m.Problems = append(m.Problems, f.Problems...)
		p := iam.Compile(f.Doc)
		m.policies[p] = origin{name: f.Path}
		compiled = append(compiled, p)
		denies = denies && !slices.ContainsFunc(f.Doc.Statements, func(s policy.Statement) bool { return s.Is(policy.Allow) != value.No })
	}
	if denies {
		compiled = append(compiled, everything())
		m.Notes = append(m.Notes, level[0].Path+" only denies: FullAWSAccess is taken to be attached beside it")
	}
	m.scp = append(m.scp, compiled)
}

// ControlResources adds resource control policies.
func (m *Model) ControlResources(files []*PolicyFile) {
	for _, f := range files {
		m.Problems = append(m.Problems, f.Problems...)
		p := iam.Compile(f.Doc)
		m.policies[p] = origin{name: f.Path}
		m.rcp = append(m.rcp, p)
	}
}

// everything allows everything to everybody.
func everything() *iam.Policy {
	doc, _ := policy.ParseJSON("", []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`))
	return iam.Compile(doc)
}
