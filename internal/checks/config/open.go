package config

import (
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// openPolicies reports the statements of resource policies that let anyone in.
// The say gets the name of what the policy protects and what it allows.
func openPolicies(p *rule.Pass, say string) {
	for r := range p.Resources() {
		for _, q := range rule.Policies(r) {
			if q.Kind != rule.ResourcePolicy {
				continue
			}
			open := rule.Open(q.Doc, r.Type)
			for i := range q.Doc.Statements {
				s := &q.Doc.Statements[i]
				what := rule.Name(q.Holder(p.App))
				switch open[s] {
				case value.Yes:
					p.Report(r, rule.PrincipalSpan(s), say, what, rule.Actions(s)).
						Step(s.Span, "%s has no condition that ties it to known callers", s.Name())
				case value.Unknown:
					p.Undecided(r, value.NewUnresolved("", openSpan(s), nil), "it cannot be decided whether "+say, what, rule.Actions(s))
				}
			}
		}
	}
}

// openSpan is the part of a statement that is not known.
func openSpan(s *policy.Statement) source.Span {
	switch {
	case s.Open != nil:
		return s.Open.Span()
	case len(s.OpenCondition) > 0:
		return s.OpenCondition[0].Span()
	}
	return rule.PrincipalSpan(s)
}
