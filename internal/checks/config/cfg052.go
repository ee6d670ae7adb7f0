package config

import (
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG052 = &rule.Rule{
	ID:       "CFG052",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Others may use the bucket over plain HTTP",
	Doc: `S3 answers on plain HTTP too. Where a bucket policy lets others in (accounts, services or everybody), a Deny on
		aws:SecureTransport false makes sure that nobody reads or writes in the clear. Buckets without such a policy are left
		out: their users are functions of the own account, whose SDK uses HTTPS.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"},
		CWE:    []string{"CWE-319"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1040"},
	},
	Types: []string{"AWS::S3::Bucket"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			if pub := publicityOf(r); isWebsite(r) || pub.writable() || pub.readable() {
				continue // website endpoints speak HTTP only; an open bucket has its finding
			}
			var grant *policy.Statement
			denied := false
			for _, s := range bucketStatements(r) {
				denied = denied || s.Is(policy.Deny) == value.Yes && onPlainHTTP(s.Statement)
				if grant == nil && s.Is(policy.Allow) == value.Yes && !onlyServices(s.Statement) {
					grant = s.Statement
				}
			}
			if grant != nil && !denied && !onTLS(grant) {
				p.Report(r, r.Span, "%s lets others in over plain HTTP; deny requests with aws:SecureTransport false in its policy", rule.Name(r)).
					Step(grant.Span, "%s lets others in", grant.Name())
			}
		}
	},
}

func onPlainHTTP(s *policy.Statement) bool { return hasCondition(s, "aws:securetransport", "false") }
func onTLS(s *policy.Statement) bool       { return hasCondition(s, "aws:securetransport", "true") }

func hasCondition(s *policy.Statement, key, want string) bool {
	for _, c := range s.Condition {
		if strings.EqualFold(c.Key, key) && len(c.Values.Items) == 1 && c.Values.Items[0].Text.EqualFold(value.Lit(want)) == value.Yes {
			return true
		}
	}
	return len(s.OpenCondition) > 0
}

// onlyServices tells whether the statement is for AWS services, which use TLS,
// or for identities that CloudFront makes.
func onlyServices(s *policy.Statement) bool {
	if s.Principal == nil || s.Principal.Any || len(s.Principal.Open) > 0 {
		return false
	}
	for _, e := range s.Principal.Entries {
		if e.Type == "Service" || e.Type == "CanonicalUser" {
			continue
		}
		for _, i := range e.Values.Items {
			if !strings.Contains(i.String(), "cloudfront:user") && !rule.OwnAccount(i) {
				return false
			}
		}
	}
	return true
}
