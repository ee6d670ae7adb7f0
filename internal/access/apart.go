package access

import (
	"fmt"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// apart are the policies that belong to no identity and no resource of the
// sources: of a bucket or role that stands elsewhere, of a group without
// members, or attached to nothing yet. What they allow may still grow.
func (m *Model) apart(name func(*app.Resource, string) string) []*subject {
	seen := m.seen()
	var out []*subject
	for _, a := range m.Project.Apps {
		for _, r := range a.Resources() {
			n := 0
			for _, h := range held(r) {
				doc := h.doc
				// A managed policy is compared attached or not: to detach one is no growth.
				if r.Type != "AWS::IAM::ManagedPolicy" && compared(doc, seen) {
					continue
				}
				p := iam.Compile(doc)
				m.policies[p] = origin{name: "the policy in " + r.Label()}
				s := &subject{name: name(r, arnOrID(r)), kind: "policy in " + r.Type, docs: []*policy.Document{doc}, maybe: r.Exists == value.Unknown, when: r.When}
				s.hang = []string{hanging(&app.Attached{Document: r.Props})}
				if n++; n > 1 {
					s.kind += fmt.Sprintf(" (%d)", n)
				}
				s.policies = &iam.Policies{Identity: []*iam.Policy{p}}
				if kindOf(doc) != policy.Identity {
					s.policies = &iam.Policies{Resource: p}
				}
				out = append(out, s)
			}
		}
	}
	return out
}

// A holding is a policy document that a resource holds.
type holding struct {
	doc      *policy.Document
	kind     policy.Kind
	problems []source.Problem
	when     string
}

// held are the policy documents that a resource holds, those included that no
// rule asks about: of an access point, a permission set, log groups, devices.
func held(r *app.Resource) []holding {
	var out []holding
	for _, q := range rule.Policies(r) {
		out = append(out, holding{q.Doc, q.Grammar(), q.Unread(), ""})
	}
	if len(out) > 0 {
		return out
	}
	for _, key := range []string{"Policy", "PolicyDocument", "InlinePolicy", "ResourcePolicy", "PolicyText", "RegistryPolicyText", "RepositoryPolicyText",
		"PermissionsPolicyDocument", "AccessPolicy", "AccessPolicies", "ResourcePolicyDocument", "Content"} {
		v := r.Get(key)
		if v.Exists() == value.No || v.Get("Statement").Exists() == value.No && r.Type != "AWS::Logs::ResourcePolicy" {
			continue
		}
		if doc, problems := policy.Parse(v); doc != nil {
			h := holding{doc, kindOf(doc), problems, hanging(&app.Attached{Document: v, In: r})}
			if r.Type == "AWS::Organizations::Policy" || r.Type == "AWS::SSO::PermissionSet" || strings.HasPrefix(r.Type, "AWS::IoT::") {
				h.kind = policy.Identity
			}
			out = append(out, h)
		}
	}
	return out
}

// addLoose adds the policies of resources that stand elsewhere, and of those
// that no other part of the model tells of; and says what is neither.
func (m *Model) addLoose() {
	seen := m.seen()
	for _, a := range m.Project.Apps {
		for _, r := range a.Resources() {
			list := held(r)
			if doc, problems := policy.Parse(r.PermissionDocument()); doc != nil && len(list) == 0 {
				list = append(list, holding{doc, policy.Resource, problems, r.When})
			}
			for _, h := range list {
				if compared(h.doc, seen) {
					continue
				}
				m.loose = append(m.loose, r)
				switch h.kind {
				case policy.Resource, policy.OwnResource:
					m.Problems = append(m.Problems, h.problems...)
					doc := h.doc
					if r.Exists == value.Unknown {
						doc = doubtful(doc)
					}
					m.guard(&Guarded{Resource: r, Name: r.ID, Loose: true}, doc, "the policy in "+r.Label(), h.when)
				}
			}
		}
	}
}

// seen are the statements that identities and resources have.
func (m *Model) seen() map[source.Span]bool {
	out := map[source.Span]bool{}
	for p := range m.policies {
		for i := range p.Document.Statements {
			out[p.Document.Statements[i].Span] = true
		}
	}
	return out
}

// beside says which policies are about something else than who may use a
// resource of the account.
func (m *Model) beside() []string {
	var out []string
	for _, r := range m.loose {
		switch {
		case r.Type == "AWS::EC2::VPCEndpoint":
			out = append(out, "the policy of "+r.ID+" says what may pass the endpoint: it lets nobody in")
		case strings.HasPrefix(r.Type, "AWS::IoT::"):
			out = append(out, "the policy "+r.ID+" says what devices may do that it is attached to: it lets nobody in by itself")
		}
	}
	return out
}

// compared tells whether all statements of the document are compared already.
func compared(doc *policy.Document, seen map[source.Span]bool) bool {
	for i := range doc.Statements {
		if !seen[doc.Statements[i].Span] {
			return false
		}
	}
	return true
}
