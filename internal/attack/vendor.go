package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

var vendorTrust = &Technique{
	ID: "vendor-trust", Title: "Take on a role as a trusted foreign account",
	Doc: "A role that trusts a vendor's account can be taken on by whatever the vendor's system is talked into using it for, and by a former vendor for as long " +
		"as nobody looks. An external id that only your account was given stops the first; a regular review the second.",
	Needs: []string{"a trust policy for a foreign account", "no external id"}, Gives: "act as the role",
	Refs: Refs{ATTACK: []string{"T1199"}, CWE: []string{"CWE-441"},
		AWS: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"}},
	Difficulty: 3,
	apply: func(b *building, t *Technique) {
		for _, role := range b.identities {
			for _, p := range foreignAccounts(role.trust, role.iam.Principal.Account) {
				ans := b.vendorMay(role, p)
				if ans.holds == value.No || !slices.ContainsFunc(ans.statements, func(m iam.Match) bool { return m.Statement == p.Statement }) {
					continue
				}
				how := "without an external id"
				if asksFor(p.Statement, "sts:externalid") {
					how = "with an external id that anybody may give"
				}
				h := hop{by: t, from: []Capability{actor(Vendor)}, to: Capability{Kind: KindCreds, Of: role.ID},
					why: role.Label() + " trusts the account " + p.Item.String() + " " + how, evidence: evidence(p.Item.Span, "the trust policy names "+p.Item.String()),
					certainty: Approximate, assume: "the account in " + p.Item.String() + " is not the application's own",
					weak: []Weakness{fault(WeakTrustNoID, role.ID, p.Item.String(), p.Item.Span, 2, role.Label()+" trusts a foreign account "+how,
						"ask for an external id in the trust policy of "+role.Label())}}
				b.answered(&h, ans)
				unsure(&h, p.Holds, "the statement is there")
				conditional(&h, role.Resource)
				b.add(h)
			}
		}
	},
}

// vendorMay asks whether a trusted foreign account, or an identity of one, may
// take on a role when it is talked into it: it gives no external id, or that of
// another of its customers.
func (b *building) vendorMay(role *identity, p iam.Trusted) answer {
	best := answer{holds: value.No}
	for _, caller := range foreignCallers(p.Item.Text, role.trust) {
		for _, id := range []bool{false, true} {
			req := iam.AssumeRequest(caller, arnOf(role.Resource))
			req.Account = value.Fresh("the application's account")
			req.Context = iam.Outside(&caller)
			req.Context.SetText("aws:PrincipalOrgID", value.Fresh("a foreign organisation"))
			req.Context.SetText("aws:PrincipalOrgPaths", value.Fresh("a foreign organisation"))
			for _, key := range []string{"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce"} {
				req.Context.Unknown(key) // that the foreign system comes from there is no hindrance to who talks it into it
			}
			req.Context.Absent("sts:ExternalId")
			if id {
				req.Context.SetText("sts:ExternalId", value.Fresh("the external id of another customer"))
			}
			as := iam.Identity{Principal: caller, Policies: []*iam.Policy{everything()}}
			if ans := judge(&req, iam.Trust(&req, role.trust, &as)); ans.better(best) {
				best = ans
			}
		}
	}
	return best
}

// foreignCallers are the identities by which a foreign principal of a policy
// calls: itself; or one of an account, whose name is one that the policy asks for.
func foreignCallers(who value.Text, p *iam.Policy) []iam.Principal {
	s := who.String()
	switch {
	case strings.Contains(s, ":role/"):
		return []iam.Principal{iam.Role(who)}
	case strings.Contains(s, ":user/"):
		return []iam.Principal{iam.User(who)}
	case strings.HasPrefix(s, "arn:"):
		s = who.Split(':', 6)[4].String()
	}
	out := []iam.Principal{iam.Role(value.Concat(value.Lit("arn:aws:iam::"+s+":role/"), value.Fresh("any role")))}
	for _, arn := range askedARNs(p, "aws:PrincipalArn") {
		if parts := arn.Split(':', 6); parts[4].Glob(value.Lit(s)) != value.No {
			out = append(out, identityOf(value.Lit(s), parts[5]))
		}
	}
	return out
}

// askedARNs are the ARNs that the conditions of a policy on a key name.
func askedARNs(p *iam.Policy, key string) []value.Text {
	var out []value.Text
	for i := range p.Document.Statements {
		for _, c := range p.Document.Statements[i].Condition {
			if !strings.EqualFold(c.Key, key) {
				continue
			}
			for _, it := range c.Values.Items {
				if len(it.Text.Split(':', 6)) == 6 {
					out = append(out, it.Text)
				}
			}
		}
	}
	return out
}

// identityOf is an identity of an account whose name a pattern covers.
func identityOf(account, name value.Text) iam.Principal {
	arn := value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":"), filled(name))
	if name.HasPrefix("user/") == value.Yes {
		return iam.User(arn)
	}
	return iam.Role(arn)
}

// foreignAccounts are the foreign accounts, and identities of such, that a
// policy of a resource in an account names.
func foreignAccounts(p *iam.Policy, own value.Text) []iam.Trusted {
	var out []iam.Trusted
	for _, p := range iam.TrustedBy(p) {
		if p.Type != "AWS" {
			continue
		}
		s, ok := p.Item.Text.Known()
		if !ok {
			continue // the application's own account, or a parameter
		}
		account := s
		if strings.HasPrefix(s, "arn:") {
			parts := strings.Split(s, ":")
			if len(parts) < 6 {
				continue
			}
			account = parts[4]
		}
		if len(account) == 12 && strings.Trim(account, "0123456789") == "" && own.String() != account {
			out = append(out, p)
		}
	}
	return out
}

// asksFor tells whether a statement has a condition on one of the keys.
func asksFor(s *policy.Statement, keys ...string) bool {
	return slices.ContainsFunc(s.Condition, func(c policy.Condition) bool { return slices.Contains(keys, strings.ToLower(c.Key)) })
}
