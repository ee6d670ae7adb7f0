package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// trusts visits the Allow statements of the roles' trust policies.
func trusts(p *rule.Pass, visit func(role *app.Resource, doc *policy.Document, s *policy.Statement)) {
	for r := range p.Resources() {
		for _, q := range rule.Policies(r) {
			if q.Kind != rule.TrustPolicy {
				continue
			}
			for i := range q.Doc.Statements {
				if s := &q.Doc.Statements[i]; s.Is(policy.Allow) != value.No {
					visit(r, q.Doc, s)
				}
			}
		}
	}
}

// principals are the values of one type of the statement's principal.
func principals(s *policy.Statement, typ string) []policy.Item {
	if s.Principal == nil {
		return nil
	}
	var out []policy.Item
	for _, e := range s.Principal.Entries {
		if e.Type == typ {
			out = append(out, e.Values.Items...)
		}
	}
	return out
}

// conditionsOn are the statement's conditions whose key ends so, in any case.
func conditionsOn(s *policy.Statement, suffix string) []policy.Condition {
	var out []policy.Condition
	for _, c := range s.Condition {
		if strings.HasSuffix(strings.ToLower(c.Key), suffix) {
			out = append(out, c)
		}
	}
	return out
}
