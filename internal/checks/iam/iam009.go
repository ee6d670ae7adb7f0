package iam

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM009 = &rule.Rule{
	ID:       "IAM009",
	Area:     rule.IAM,
	Severity: rule.Critical,
	Since:    "0.1",
	Title:    "Pipelines of strangers may assume the role",
	Doc: `An OpenID Connect provider such as GitHub Actions or GitLab signs tokens for every project on the platform. A trust policy
		that does not condition on the token's subject, or whose pattern leaves the owner open, lets a pipeline in anybody's
		repository become the role. Condition sub on the own organisation and repository, with the branch or environment that
		deploys: repo:OWNER/REPOSITORY:ref:refs/heads/main.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html"},
		CWE:    []string{"CWE-287", "CWE-346"},
		OWASP:  []string{"A2:2017", "A5:2017"},
		ATTACK: []string{"T1199", "T1078.004"},
	},
	Types: []string{"AWS::IAM::Role"},
	Check: func(p *rule.Pass) {
		trusts(p, func(role *app.Resource, _ *policy.Document, s *policy.Statement) {
			for _, i := range principals(s, "Federated") {
				provider := sharedProvider(providerURL(p.App, i))
				if blank(i) && len(s.Condition) == 0 {
					p.Undecided(role, value.NewText(i.Text, i.Span), "it cannot be decided whether pipelines of strangers may assume %s", who(p, role))
				}
				if provider == "" {
					continue
				}
				subjects := conditionsOn(s, ":sub")
				subjects = append(subjects, conditionsOn(s, ":repository")...)
				subjects = append(subjects, conditionsOn(s, ":repository_owner")...)
				subjects = append(subjects, conditionsOn(s, ":job_workflow_ref")...)
				if len(subjects) == 0 {
					if len(s.OpenCondition) > 0 {
						p.Undecided(role, s.OpenCondition[0], "it cannot be decided whether pipelines of strangers may assume %s", who(p, role))
						continue
					}
					p.Report(role, i.Span, "any pipeline on %s may assume %s; condition its sub on your repository", provider, who(p, role))
					continue
				}
				if open, ok := openSubject(subjects); ok {
					p.Report(role, open.Span, "pipelines of any owner on %s may assume %s (the pattern %s); name your organisation and repository", provider, who(p, role), open)
				}
			}
		})
	},
}

// providerURL is the address of the identity provider that a principal names,
// by its ARN or as a resource.
func providerURL(a *app.App, i policy.Item) string {
	for _, ref := range i.Refs {
		if r := a.Project.Resource(ref.Resource); r != nil && r.Type == "AWS::IAM::OIDCProvider" {
			return r.Get("Url").Str()
		}
	}
	return i.String()
}

// sharedProvider is the platform behind an identity provider whose tokens
// everybody can get and whose subject alone tells projects apart. Platforms
// that give each customer an issuer or audience of its own are not among them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
func sharedProvider(arn string) string {
	host := strings.ToLower(arn)
	for _, before := range []string{"oidc-provider/", "https://"} {
		if _, after, ok := strings.Cut(host, before); ok {
			host = after
		}
	}
	host, _, _ = strings.Cut(host, "/")
	switch host {
	case "token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.codefresh.io":
		return host
	}
	return ""
}

// openSubject returns a pattern that leaves the owner open, where no condition
// on the subject is without one: conditions are joined by and, values by or.
func openSubject(list []policy.Condition) (policy.Item, bool) {
	var open policy.Item
	for _, c := range list {
		closed := true
		op, ok := policy.ParseOperator(c.Operator)
		for _, i := range c.Values.Items {
			wild := ok && op.Kind == policy.StringLike && !op.Negated && ownerOpen(i)
			if wild || !ok || op.Negated || op.Set == policy.ForAllValues || op.IfExists {
				open, closed = i, false
			}
		}
		if closed {
			return policy.Item{}, false
		}
	}
	return open, true
}

// ownerOpen tells whether a pattern starts with a wildcard where the owner of
// the project stands: "*", "repo:*", "repo:*/app:*".
func ownerOpen(i policy.Item) bool {
	text := i.Text.String()
	if i.Kind == value.Unresolved {
		return false
	}
	for _, prefix := range []string{"repo:", "project_path:", "organization:", "repository:"} {
		text = strings.TrimPrefix(text, prefix)
	}
	return strings.HasPrefix(text, "*")
}
