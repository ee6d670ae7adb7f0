package access

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// An Error is a mistake in a question; Hint says what to do.
type Error struct{ Message, Hint string }

func (e Error) Error() string { return e.Message }

// Principal finds the identity that a word names: by ARN, id, name, or a
// function that runs as it. What looks like a caller and is none of the
// identities is one from outside, whose own policies are not known.
func (m *Model) Principal(word string) (*Identity, error) {
	var found []*Identity
	add := func(id *Identity) {
		for _, f := range found {
			if f == id {
				return
			}
		}
		found = append(found, id)
	}
	for _, match := range []func(*Identity) bool{
		func(id *Identity) bool { return id.ID == word || id.Name == word || id.Principal.ARN.String() == word },
		func(id *Identity) bool { return id.Resource != nil && strings.HasSuffix(id.ID, "/"+word) },
		func(id *Identity) bool {
			return id.Resource != nil && (id.Resource.LogicalID == word || id.Resource.Label() == word || id.Resource.Name.String() == word)
		},
		func(id *Identity) bool {
			return id.Resource == nil && (path.Base(id.ID) == word || strings.TrimSuffix(path.Base(id.ID), path.Ext(id.ID)) == word)
		},
	} {
		for _, id := range m.Identities {
			if match(id) {
				add(id)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		for _, id := range m.runAs(word) {
			add(id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		var ids []string
		for _, id := range found {
			ids = append(ids, id.ID)
		}
		return nil, Error{fmt.Sprintf("%q may be %s", word, strings.Join(ids, " or ")), "write one of these"}
	}
	if id := m.sessionOf(word); id != nil {
		return id, nil
	}
	if !strings.HasPrefix(word, "arn:") && word != "*" && !isAccount(word) && !strings.Contains(word, ".amazonaws.com") && !strings.Contains(word, ".com") {
		for _, g := range m.Guarded {
			if g.File != nil && (g.Name == word || path.Base(g.Name) == word) {
				return nil, Error{word + " is a policy of a resource: it says who may use that, and nobody has it", "ask remit iam public or who-can about it"}
			}
		}
		return nil, Error{fmt.Sprintf("there is no role, user, function or policy %q", word), m.near(word)}
	}
	return m.outsider(word), nil
}

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }

// runAs are the roles of the functions that the word names.
func (m *Model) runAs(word string) []*Identity {
	var out []*Identity
	for _, a := range m.Project.Apps {
		for fn := range a.Functions() {
			if fn.LogicalID != word && fn.Label() != word && fn.ID != word && fn.Name.String() != word && fn.ARN().String() != word {
				continue
			}
			role, _ := a.RoleOf(fn)
			for _, id := range m.Identities {
				if id.Resource != nil && id.Resource == role.Resource {
					out = append(out, id)
				}
			}
		}
	}
	return out
}

// sessionOf is the role of a session's ARN, as that session.
func (m *Model) sessionOf(word string) *Identity {
	p := iam.ParsePrincipal(word)
	if p.Kind != iam.SessionKind || p.Role.IsEmpty() {
		return nil
	}
	for _, id := range m.Identities {
		if id.Kind == "role" && id.Principal.Account.Equal(p.Account) == value.Yes && id.Principal.Name.Equal(value.Lit(path.Base(p.Role.String()))) == value.Yes {
			session := *id
			session.Principal = iam.Session(value.Lit(word), id.Principal.ARN)
			return &session
		}
	}
	return nil
}

// outsider is a caller that is none of the identities read. A policy that
// stands alone, and is the only one, is taken for its policy.
func (m *Model) outsider(word string) *Identity {
	id := &Identity{ID: word, Name: word}
	id.Principal = iam.ParsePrincipal(word)
	id.Kind = id.Principal.Kind.String()
	switch id.Principal.Kind {
	case iam.AnonymousKind, iam.ServiceKind, iam.FederatedKind:
		return id
	}
	if len(m.Identities) == 1 && m.Identities[0].Kind == "policy" {
		id.Policies = m.Identities[0].Policies
		return id
	}
	id.Open = true
	id.Lacks = append(id.Lacks, "the policies of "+word+" are not among what was read")
	return id
}

// near says which names there are.
func (m *Model) near(word string) string {
	var names []string
	for _, id := range m.Identities {
		if strings.Contains(strings.ToLower(id.ID), strings.ToLower(word)) {
			names = append(names, id.ID)
		}
	}
	if len(names) == 0 {
		for _, id := range m.Identities {
			names = append(names, id.ID)
		}
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(alike(b, word), alike(a, word)) })
	}
	switch {
	case len(names) == 0:
		return "write the whole ARN"
	case len(names) > 5:
		return fmt.Sprintf("write the ARN, or the name of one of the %d identities, such as %s", len(names), strings.Join(names[:3], ", "))
	}
	return "write the ARN, or one of " + strings.Join(names, ", ")
}

// alike is how many letters a name begins with as the word does.
func alike(id, word string) int {
	name := strings.ToLower(path.Base(id))
	word = strings.ToLower(word)
	n := 0
	for n < min(len(name), len(word)) && name[n] == word[n] {
		n++
	}
	return n
}

// A target is a resource that a question is about.
type target struct {
	text    value.Text
	guarded *Guarded // with its policy, where that was read
	known   bool     // it is one of the resources read, or lies in one
	owner   value.Text
	api     app.API      // whose methods it is
	aliases []value.Text // what the sources call it, where a deployment calls it otherwise
	notes   []string
}

// Target reads a resource: an ARN, or the name of a resource that was read,
// perhaps with what lies in it after a slash.
func (m *Model) Target(word string) (target, error) {
	if strings.HasPrefix(word, "arn:") || word == "*" {
		return m.targetOf(value.Lit(word)), nil
	}
	name, rest, inside := strings.Cut(word, "/")
	for _, whole := range []bool{true, false} {
		for _, a := range m.Project.Apps {
			for _, r := range a.Resources() {
				is := func(s string) bool {
					return r.LogicalID == s || r.ID == s || strings.HasSuffix(r.ID, "/"+s) || r.Name.String() == s
				}
				arn := r.ARN()
				switch {
				case arn.IsEmpty():
				case whole && is(word):
					return m.targetOf(arn), nil
				case !whole && inside && is(name):
					return m.targetOf(value.Concat(arn, value.Lit("/"+rest))), nil
				}
			}
		}
	}
	return target{}, Error{fmt.Sprintf("there is no resource %q", word), "write its ARN, or the name of a resource in what is read"}
}

// targetOf finds the resource that an ARN names or lies in, and its policy.
func (m *Model) targetOf(t value.Text) target {
	out := target{text: t}
	for _, a := range m.Project.Apps {
		for _, r := range a.Resources() {
			if !covers(r, t) {
				continue
			}
			out.known = true
			if out.owner = ownerOf(r); out.owner.IsEmpty() {
				out.owner = value.Hole("AWS::AccountId")
			}
			for _, g := range m.Guarded {
				if g.Resource == r {
					out.guarded = g
				}
			}
		}
	}
	if out.guarded == nil {
		for _, g := range m.Guarded {
			if (g.File != nil || g.Loose) && fits(g.Policy, t) {
				out.guarded, out.known, out.owner = g, true, g.Owner
			}
		}
	}
	return out
}

func ownerOf(r *app.Resource) value.Text {
	if r.Place != nil {
		return r.Place.Account
	}
	return r.App.Place.Account
}

// covers tells whether the ARN is the resource's, or of something in it.
func covers(r *app.Resource, t value.Text) bool {
	arn := r.ARN()
	if arn.IsEmpty() {
		return false
	}
	if arn.Equal(t) == value.Yes {
		return true
	}
	whole, inside := arn.String(), t.String()
	return strings.HasPrefix(inside, whole+"/") || strings.HasPrefix(inside, whole+":")
}

// fits tells whether a resource policy that stands alone speaks of the
// resource: it does not say what it is attached to.
func fits(p *iam.Policy, t value.Text) bool {
	for i := range p.Document.Statements {
		s := &p.Document.Statements[i]
		if !s.Resource.Present && !s.NotResource.Present {
			return len(p.Document.Statements) == 1 || s.Open == nil
		}
		for _, it := range append(append([]policy.Item{}, s.Resource.Items...), s.NotResource.Items...) {
			if it.Text.Glob(t) != value.No {
				return true
			}
		}
	}
	return false
}
