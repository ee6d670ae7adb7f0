package access

import (
	"fmt"

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
	seen := map[source.Span]bool{}
	for p := range m.policies {
		for i := range p.Document.Statements {
			seen[p.Document.Statements[i].Span] = true
		}
	}
	var out []*subject
	for _, a := range m.Project.Apps {
		for _, r := range a.Resources() {
			n := 0
			for _, doc := range held(r) {
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

// held are the policy documents that a resource holds, those included that no
// rule asks about: of an access point, a permission set, log groups.
func held(r *app.Resource) []*policy.Document {
	var out []*policy.Document
	for _, q := range rule.Policies(r) {
		out = append(out, q.Doc)
	}
	if len(out) > 0 {
		return out
	}
	for _, key := range []string{"Policy", "PolicyDocument", "InlinePolicy", "ResourcePolicy"} {
		v := r.Get(key)
		if v.Exists() == value.No || v.Get("Statement").Exists() == value.No && r.Type != "AWS::Logs::ResourcePolicy" {
			continue
		}
		if doc, _ := policy.Parse(v); doc != nil {
			out = append(out, doc)
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
