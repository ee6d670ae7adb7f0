package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var pipelineTrust = &Technique{
	ID: "pipeline-trust", Title: "Take on a deployment role from a foreign pipeline",
	Doc: "A role for a CI provider such as GitHub Actions trusts the provider's tokens. Without a condition on the subject, any repository of any " +
		"customer of the provider gets in; a wildcard in the place of the owner, or in the owner's name, does no better. Name the repository and branch.",
	Needs: []string{"a trust policy for an OIDC provider", "no condition on the subject, or one that anybody meets"}, Gives: "act as the role",
	Refs: Refs{ATTACK: []string{"T1199", "T1195"}, CWE: []string{"CWE-346"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			for _, p := range iam.TrustedBy(role.trust) {
				host, ok := sharedProvider(p)
				if !ok {
					continue
				}
				ans := b.strangersPipeline(role, p, host)
				if ans.holds == value.No || !slices.ContainsFunc(ans.statements, func(m iam.Match) bool { return m.Statement == p.Statement }) {
					continue
				}
				span := p.Statement.Span
				if loose := looseClaims(p.Statement, host); len(loose) > 0 {
					span = loose[0].span
				}
				h := hop{by: t, from: []Capability{actor(Vendor)}, to: Capability{Kind: KindCreds, Of: role.ID},
					why: role.Label() + " trusts the tokens of " + host + " whosever pipeline asks", evidence: evidence(span, "no subject is asked for that only you have"),
					weak: []Weakness{fault(WeakTrustSubject, role.ID, "", span, 1, role.Label()+" trusts every pipeline of "+host,
						"name the repository and branch in the trust policy of "+role.Label())}}
				b.answered(&h, ans)
				unsure(&h, p.Holds, "the statement is there")
				conditional(&h, role.Resource)
				b.add(h)
			}
		}
	},
}

// sharedProvider names the OIDC provider of a trusted principal, where its
// tokens are given to customers of all sorts. Providers that have an address
// for each customer are not shared.
func sharedProvider(p iam.Trusted) (string, bool) {
	if p.Type != "Federated" {
		return "", false
	}
	s := p.Item.String()
	for _, host := range []string{"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.vercel.com"} {
		if _, after, ok := strings.Cut(s, host); ok && !strings.HasPrefix(after, "/") {
			return host, true
		}
	}
	return "", false
}

// strangersPipeline asks whether a role lets in the pipeline of some stranger
// who has an account at the provider.
func (b *building) strangersPipeline(role *identity, p iam.Trusted, host string) answer {
	ask := func(claims []claim) answer {
		req := iam.AssumeRequest(iam.Federated(p.Item.Text), arnOf(role.Resource))
		req.Context = iam.Outside(&req.Principal)
		if host == "token.actions.githubusercontent.com" {
			req.Context.SetText(host+":sub", value.Concat(value.Lit("repo:"), value.Fresh("a stranger's repository")))
		} else {
			req.Context.SetText(host+":sub", value.Fresh("a stranger's subject"))
		}
		req.Context.SetText(host+":job_workflow_ref", value.Fresh("a stranger's workflow"))
		for _, c := range claims {
			req.Context.SetText(c.key, c.value)
		}
		return judge(&req, iam.Trust(&req, role.trust, nil))
	}
	own := ownClaims(role.trust, host)
	best := ask(own)
	if loose := looseClaims(p.Statement, host); !best.sure() && len(loose) > 0 {
		if ans := ask(append(own, loose...)); ans.better(best) {
			best = ans
		}
	}
	return best
}

// A claim is a statement of a token, by the condition key that compares it.
type claim struct {
	key   string
	value value.Text
	span  source.Span
}

// looseClaims are claims that a stranger's token can have: the conditions of a
// statement leave open whose repository it is.
func looseClaims(s *policy.Statement, host string) []claim {
	var out []claim
	for _, c := range s.Condition {
		key := strings.ToLower(c.Key)
		name, ours := strings.CutPrefix(key, host+":")
		op, known := policy.ParseOperator(c.Operator)
		if !ours || !known || op.Negated || op.Kind != policy.StringLike || !slices.Contains([]string{"sub", "repository", "repository_owner", "job_workflow_ref", "project_path", "namespace_path"}, name) {
			continue
		}
		for _, it := range c.Values.Items {
			if anyOwner(it.String()) && !slices.ContainsFunc(out, func(o claim) bool { return o.key == key }) {
				out = append(out, claim{key, filled(it.Text), it.Span})
			}
		}
	}
	return out
}

// anyOwner tells whether a pattern of subjects or repositories has a wildcard
// in the place of the owner, or in the owner's name, which anybody may take:
// "repo:*", "repo:acme*", "organization:*:project:x".
func anyOwner(pattern string) bool {
	for _, label := range []string{"repo:", "project_path:", "organization:", "owner:"} {
		if after, ok := strings.CutPrefix(pattern, label); ok {
			pattern = after
			break
		}
	}
	owner, _, _ := strings.Cut(pattern, "/")
	owner, _, _ = strings.Cut(owner, ":")
	return strings.ContainsAny(owner, "*?")
}

// ownClaims are the claims that the owner of a repository decides on, a stranger
// of its own too, with the values that a trust policy asks for.
func ownClaims(trust *iam.Policy, host string) []claim {
	var out []claim
	for i := range trust.Document.Statements {
		for _, c := range trust.Document.Statements[i].Condition {
			name, ours := strings.CutPrefix(strings.ToLower(c.Key), host+":")
			op, known := policy.ParseOperator(c.Operator)
			if !ours || !known || op.Negated || len(c.Values.Items) == 0 || !slices.Contains([]string{"environment", "ref", "ref_type", "ref_path", "base_ref", "head_ref", "workflow", "event_name", "run_phase", "workspace_name"}, name) {
				continue
			}
			out = append(out, claim{key: c.Key, value: filled(c.Values.Items[0].Text)})
		}
	}
	return out
}
