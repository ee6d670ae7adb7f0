package iam

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
)

var IAM010 = &rule.Rule{
	ID:       "IAM010",
	Area:     rule.IAM,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Identity pools of strangers may assume the role",
	Doc: `Cognito signs identity tokens for the pools of all customers. A role that trusts cognito-identity.amazonaws.com without a
		condition on aud can be assumed with a token of anybody's pool, which anybody can set up to give tokens to themselves.
		Condition cognito-identity.amazonaws.com:aud on the own pool, and amr on authenticated where the role is for users who
		signed in.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html"},
		CWE:    []string{"CWE-287", "CWE-346"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1199", "T1078.004"},
	},
	Types: []string{"AWS::IAM::Role"},
	Check: func(p *rule.Pass) {
		trusts(p, func(role *app.Resource, _ *policy.Document, s *policy.Statement) {
			for _, i := range principals(s, "Federated") {
				if i.String() != "cognito-identity.amazonaws.com" || len(conditionsOn(s, "cognito-identity.amazonaws.com:aud")) > 0 {
					continue
				}
				if len(s.OpenCondition) > 0 {
					p.Undecided(role, s.OpenCondition[0], "it cannot be decided whether identity pools of strangers may assume %s", who(p, role))
					continue
				}
				p.Report(role, i.Span, "the identity pool of any customer may assume %s; condition cognito-identity.amazonaws.com:aud on yours", who(p, role))
			}
		})
	},
}
