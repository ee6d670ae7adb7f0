package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// reach is how a statement's principal covers the caller. In one account what
// the caller gets by itself, what only its role gets and what its account gets
// weigh differently.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
type reach struct {
	direct  value.Tri // the user, the session, anyone, a service: beyond boundary and session policies
	role    value.Tri // the role: within boundary and session policies
	account value.Tri // the account: identity policies must allow too
}

var nobody = reach{value.No, value.No, value.No}

func (r reach) any() value.Tri { return r.direct.Or(r.role).Or(r.account) }

func (r reach) and(t value.Tri) reach {
	return reach{r.direct.And(t), r.role.And(t), r.account.And(t)}
}

func (r reach) or(o reach) reach {
	return reach{r.direct.Or(o.direct), r.role.Or(o.role), r.account.Or(o.account)}
}

// A principalSet is a compiled Principal or NotPrincipal.
type principalSet struct {
	written bool
	not     bool
	any     bool
	open    bool
	entries []principalEntry
}

type entryKind uint8

const (
	anyEntry entryKind = iota
	accountEntry
	userEntry
	roleEntry
	sessionEntry
	serviceEntry
	federatedEntry
	canonicalEntry
	nobodyEntry // nobody who makes requests here
	opaqueEntry // a hole: an account, or any ARN
)

type principalEntry struct {
	kind  entryKind
	text  value.Text // an account's id, an ARN, a service's name, a provider
	maybe bool
	named bool // by a reference to a resource of the sources
}

func compilePrincipal(s *policy.Statement) principalSet {
	p := s.Principal
	set := principalSet{written: true}
	if p == nil {
		p, set.not = s.NotPrincipal, true
	}
	if p == nil {
		return principalSet{}
	}
	set.any, set.open = p.Any, len(p.Open) > 0
	for _, e := range p.Entries {
		for _, it := range e.Values.Items {
			set.entries = append(set.entries, compileEntry(e.Type, it))
		}
	}
	return set
}

func compileEntry(typ string, it policy.Item) principalEntry {
	e := principalEntry{text: it.Text, maybe: it.Maybe, named: len(it.Refs) > 0}
	switch typ {
	case "Service":
		e.kind, e.text = serviceEntry, suffixed(it.Text)
	case "Federated":
		e.kind = federatedEntry
	case "CanonicalUser":
		e.kind = canonicalEntry
		for _, ref := range it.Refs {
			if ref.Attr == "S3CanonicalUserId" {
				// An origin access identity: CloudFront, and nobody else.
				e.kind = nobodyEntry
			}
		}
	default:
		e.kind, e.text = awsEntry(it.Text)
	}
	return e
}

// suffixed writes the usual URL suffix in the place of its pseudo parameter.
func suffixed(t value.Text) value.Text {
	var out []value.Text
	for _, p := range t.Parts() {
		switch {
		case p.Hole == "AWS::URLSuffix":
			out = append(out, value.Lit("amazonaws.com"))
		case p.Hole != "":
			out = append(out, value.Hole(p.Hole))
		default:
			out = append(out, value.Lit(p.Lit))
		}
	}
	return value.Concat(out...)
}

func awsEntry(t value.Text) (entryKind, value.Text) {
	if s, ok := t.Known(); ok {
		switch {
		case s == "*":
			return anyEntry, t
		case isAccount(s):
			return accountEntry, t
		}
	}
	if t.String() == "${AWS::AccountId}" && len(t.Parts()) == 1 {
		return accountEntry, t
	}
	parts := t.Split(':', 6)
	if len(parts) != 6 || strings.ContainsAny(t.String(), "*?") {
		return opaqueEntry, t
	}
	var head string
	if ps := parts[5].Parts(); len(ps) > 0 {
		head = ps[0].Lit
	}
	switch {
	case head == "root":
		return accountEntry, parts[4]
	case strings.HasPrefix(head, "user/"):
		return userEntry, t
	case strings.HasPrefix(head, "role/"):
		return roleEntry, t
	case strings.HasPrefix(head, "assumed-role/"), strings.HasPrefix(head, "federated-user/"):
		return sessionEntry, t
	}
	return opaqueEntry, t
}

// match tells how the set covers the caller.
func (set *principalSet) match(r *Request, bounded bool, effect value.Tri) reach {
	if !set.written {
		return nobody
	}
	out := nobody
	if set.any {
		out.direct = value.Yes
	}
	if set.open {
		out.direct = out.direct.Or(value.Unknown)
	}
	for i := range set.entries {
		e := &set.entries[i]
		m := e.match(&r.Principal)
		if e.maybe {
			m = m.and(value.Unknown)
		}
		out = out.or(m)
	}
	if !set.not {
		return out
	}
	return set.complement(r, out, bounded)
}

// complement is NotPrincipal: everybody but those listed. A session is
// excepted only where its role or itself is listed, and a caller with a
// boundary never is. An account that is listed beside one of its identities
// excepts no other; what it excepts alone, AWS does not say.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (set *principalSet) complement(r *Request, listed reach, bounded bool) reach {
	out := nobody
	out.direct = listed.direct.Or(listed.role).Not()
	if out.direct != value.No && listed.account != value.No && !set.details(r.Principal.Account) {
		out.direct = value.Unknown
	}
	if bounded {
		out.direct = value.Yes
	}
	return out
}

// details tells whether the set names identities of the account one by one.
func (set *principalSet) details(account value.Text) bool {
	for i := range set.entries {
		switch e := &set.entries[i]; e.kind {
		case userEntry, roleEntry, sessionEntry:
			if !e.maybe && accountOf(e.text).Equal(account) == value.Yes {
				return true
			}
		}
	}
	return false
}

func (e *principalEntry) match(p *Principal) reach {
	out := nobody
	hasAccount := !p.Account.IsEmpty()
	switch e.kind {
	case anyEntry:
		out.direct = value.Yes
	case accountEntry:
		if !hasAccount {
			return out
		}
		eq := p.Account.Equal(e.text)
		if p.Kind == RootKind {
			out.direct = eq
		} else {
			out.account = eq
		}
	case userEntry:
		if p.Kind == UserKind {
			out.direct = p.ARN.Equal(e.text)
		}
	case roleEntry:
		switch {
		case p.Kind == SessionKind && p.bare:
			out.role = sameName(p.Role, e.text)
		case p.Kind == RoleKind, p.Kind == SessionKind:
			out.role = p.Role.Equal(e.text)
		}
	case sessionEntry:
		switch p.Kind {
		case SessionKind:
			out.direct = p.ARN.Equal(e.text)
		case RoleKind:
			// Some session of the role: this one, perhaps.
			out.direct = sameName(roleOfSession(e.text), p.Role).And(value.Unknown)
		}
	case serviceEntry:
		if p.Kind == ServiceKind {
			out.direct = sameService(e.text, p.Service)
		}
	case federatedEntry:
		if p.Kind == FederatedKind {
			out.direct = e.text.Equal(p.Provider)
		}
	case canonicalEntry:
		// The id stands for an account, and only AWS knows for which.
		if hasAccount {
			out.account = value.Unknown
		}
	case opaqueEntry:
		out = e.opaque(p)
	}
	return out
}

// sameName compares roles by account and name, which are unique together; a
// session's ARN does not tell the path of its role.
func sameName(a, b value.Text) value.Tri {
	return accountOf(a).Equal(accountOf(b)).And(lastPart(a).Equal(lastPart(b)))
}

// opaque compares a principal of which it is not known what it is: it has a
// hole, or AWS refuses it, or it is the unique id of an identity.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
func (e *principalEntry) opaque(p *Principal) reach {
	out := nobody
	if e.text.IsKnown() {
		switch p.Kind {
		case AnonymousKind:
		case ServiceKind:
			out.direct = sameService(e.text, p.Service)
		case FederatedKind:
			out.direct = e.text.Equal(p.Provider)
		default:
			out.direct = value.Yes
		}
		return out.and(value.Unknown)
	}
	switch p.Kind {
	case AnonymousKind:
		if !e.named {
			out.direct = e.text.Equal(value.Lit("*"))
		}
	case ServiceKind:
		out.direct = sameService(e.text, p.Service)
	case FederatedKind:
		out.direct = e.text.Equal(p.Provider)
	case RoleKind, SessionKind:
		out.role = p.Role.Equal(e.text)
		if p.Kind == SessionKind {
			out.direct = p.ARN.Equal(e.text)
		}
	default:
		out.direct = p.ARN.Equal(e.text)
	}
	if !p.Account.IsEmpty() && !e.text.IsKnown() {
		root := value.Concat(value.Lit("arn:aws:iam::"), p.Account, value.Lit(":root"))
		out.account = e.text.Equal(p.Account).Or(e.text.Equal(root))
	}
	return out
}

// sameService compares service names; a regional name is the service's own in
// that region.
func sameService(t value.Text, name string) value.Tri {
	known, ok := t.Known()
	if !ok {
		return t.Equal(value.Lit(name))
	}
	if strings.ContainsAny(known, "*?") {
		return value.Unknown // AWS refuses it
	}
	return value.Of(strings.EqualFold(known, name) || strings.EqualFold(global(known), global(name)))
}

// global drops the region of "states.us-east-1.amazonaws.com".
func global(service string) string {
	host, rest, ok := strings.Cut(service, ".")
	if !ok || strings.HasPrefix(rest, "amazonaws.com") {
		return service
	}
	if _, suffix, ok := strings.Cut(rest, "."); ok && strings.HasPrefix(suffix, "amazonaws.com") && strings.Count(rest[:strings.IndexByte(rest, '.')], "-") >= 2 {
		return host + "." + suffix
	}
	return service
}

// matchTarget tells whether action and resource are those of the statement.
func (st *statement) matchTarget(a *actionName, r *Request, tr *trace) value.Tri {
	t := st.actions.match(a)
	if st.notAction {
		t = t.Not()
	}
	if t == value.No {
		return t
	}
	res := value.Yes
	if !st.noResource {
		res = value.No
		for i := range st.resources {
			rp := &st.resources[i]
			m := rp.match(r, r.Resource, true, tr)
			if rp.broken {
				m = value.Unknown
			}
			if rp.maybe && m == value.Yes {
				m = value.Unknown
			}
			if st.notResource && m == value.No {
				// A variable that cannot be resolved may make the whole statement
				// invalid, so everything else is not covered for certain.
				if key, found := rp.valueless(r); found {
					tr.hinge(key)
					m = value.Unknown
				}
			}
			if res = res.Or(m); res == value.Yes {
				break
			}
		}
		if st.notResource {
			res = res.Not()
		}
	}
	if res == value.Unknown {
		tr.open("Resource")
	}
	if t == value.Unknown {
		tr.open("Action")
	}
	return t.And(res)
}
