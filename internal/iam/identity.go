package iam

import (
	"slices"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// An Identity is a user or role with the policies attached to it.
type Identity struct {
	Principal Principal
	Policies  []*Policy
	Boundary  *Policy
	// Open says that some of its policies are not known.
	Open bool
}

// can builds the policies of a request that the identity makes itself.
func (id *Identity) policies(resource *Policy) Policies {
	return Policies{Identity: id.Policies, IdentityOpen: id.Open, Boundary: id.Boundary, Resource: resource}
}

// Can evaluates one action of the identity on a resource, whose policy may be
// nil.
func (id *Identity) Can(action string, resource value.Text, policy *Policy) Result {
	p := id.policies(policy)
	return Evaluate(&Request{Principal: id.Principal, Action: action, Resource: resource}, &p)
}

// Decide is Can without the statements.
func (id *Identity) Decide(action string, resource value.Text, policy *Policy) Decision {
	p := id.policies(policy)
	return Decide(&Request{Principal: id.Principal, Action: action, Resource: resource}, &p)
}

// anyAction stands for the actions that no policy names: an identity that may
// do it may do everything it is not denied by name.
const (
	anyAction = "remit:" + anyName
	anyName   = "any"
)

// Admin tells whether the identity administers its account: it may do
// everything on everything, and nothing by which it could give itself more is
// taken away by name.
func (id *Identity) Admin() Result {
	p := id.policies(nil)
	ask := func(action string) Result {
		return Evaluate(&Request{Principal: id.Principal, Action: action, Resource: value.Fresh("any resource"), Account: id.Principal.Account}, &p)
	}
	every := ask(anyAction)
	if every.Decision != Allowed {
		return every
	}
	// A NotAction or a deny may take the ways to more rights away.
	for _, action := range []string{"iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole", "iam:PutUserPolicy"} {
		if r := ask(action); r.Decision != Allowed {
			return r
		}
	}
	return every
}

// AssumeRequest is the request by which a caller takes on a role: the action
// follows from the kind of the caller.
func AssumeRequest(caller Principal, role value.Text) Request {
	action := "sts:AssumeRole"
	if caller.Kind == FederatedKind {
		action = "sts:AssumeRoleWithWebIdentity"
		if known, ok := caller.Provider.Known(); ok && isSAML(known) {
			action = "sts:AssumeRoleWithSAML"
		}
	}
	return Request{Principal: caller, Action: action, Resource: role, Account: accountOf(role)}
}

func isSAML(provider string) bool {
	return len(provider) > 4 && provider[:4] == "arn:" && globASCII("*:saml-provider/*", provider)
}

// Trust tells whether a caller may take on a role: by the trust policy, and,
// where that trusts the caller's account or the caller is of another account,
// by the caller's own policies. Context keys of the request may be set first;
// what is not set (aud, sub, sts:ExternalId) shows among the hinges.
func Trust(r *Request, trust *Policy, caller *Identity) Result {
	p := Policies{Resource: trust}
	if caller != nil {
		p = caller.policies(trust)
	}
	return Evaluate(r, &p)
}

// Trusted lists the principals that the trust policy names, each once: what a
// graph of roles starts from.
type Trusted struct {
	Type      string // AWS, Service, Federated, CanonicalUser; "*" for anyone
	Item      policy.Item
	Statement *policy.Statement
	Holds     value.Tri // Unknown where the statement or the principal is open
}

// TrustedBy lists whom the Allow statements of a resource or trust policy
// name, in the order written.
func TrustedBy(p *Policy) []Trusted {
	var out []Trusted
	if p == nil {
		return nil
	}
	for i := range p.statements {
		st := &p.statements[i]
		pr := st.src.Principal
		if st.allow == value.No || pr == nil {
			continue
		}
		holds := st.allow
		if st.maybe {
			holds = value.Unknown
		}
		if pr.Any {
			out = append(out, Trusted{Type: "*", Item: policy.Item{Text: value.Lit("*"), Kind: value.String, Span: pr.Span}, Statement: st.src, Holds: holds})
		}
		for _, e := range pr.Entries {
			for _, it := range e.Values.Items {
				h := holds
				if it.Maybe {
					h = value.Unknown
				}
				typ := e.Type
				if s, ok := it.Text.Known(); ok && s == "*" && typ == "AWS" {
					typ = "*"
				}
				out = append(out, Trusted{Type: typ, Item: it, Statement: st.src, Holds: h})
			}
		}
	}
	return slices.Clip(out)
}
