package attack

import (
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// newSources are ARNs of resources that do not exist, for which a role's trust
// policy lets services in: of the patterns it has for those of its account.
func newSources(role *identity) []value.Text {
	var out []value.Text
	for i := range role.trust.Document.Statements {
		for _, c := range role.trust.Document.Statements[i].Condition {
			if !strings.EqualFold(c.Key, "aws:SourceArn") {
				continue
			}
			for _, it := range c.Values.Items {
				parts := it.Text.Split(':', 6)
				if len(parts) == 6 && strings.HasSuffix(parts[5].String(), "*") && parts[4].Glob(role.iam.Principal.Account) == value.Yes {
					out = append(out, filled(inPartition(it.Text)))
				}
			}
		}
	}
	return out
}

// A serviceTrust asks whether a role trusts a service.
type serviceTrust struct {
	role    *identity
	service string
}

// trustsService tells whether a service may take on a role for a resource of
// the account.
func (b *building) trustsService(role *identity, service string) answer {
	key := serviceTrust{role, service}
	if a, ok := b.serviceOf[key]; ok {
		return a
	}
	req := iam.AssumeRequest(iam.Service(service), arnOf(role.Resource))
	req.Context = b.callers.people.Clone()
	req.Context.SetText("aws:SourceAccount", role.iam.Principal.Account)
	a := judge(&req, iam.Trust(&req, role.trust, nil))
	for _, arn := range newSources(role) {
		req.Context.SetText("aws:SourceArn", arn)
		if other := judge(&req, iam.Trust(&req, role.trust, nil)); other.better(a) {
			a = other
		}
	}
	if a.holds == value.Yes && a.assume != "" {
		a.assume = "the trust policy of " + role.Label() + " lets " + service + " in: " + a.assume
	}
	b.serviceOf[key] = a
	return a
}
