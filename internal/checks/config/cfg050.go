package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

var CFG050 = &rule.Rule{
	ID:       "CFG050",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Bucket is open to everybody",
	Doc: `A bucket is public where a policy or an ACL lets everybody in and Block Public Access does not stop it. All of this is one
		finding for a bucket; its trace lists the settings. Where everybody may write, anyone can plant or replace objects, and
		start the functions that the bucket notifies: critical. Where everybody may read: high; low for a bucket with a website
		configuration, which is public by design (CloudFront with an origin access control would keep it private). Where all
		four settings of Block Public Access are off and nothing opens the bucket yet: medium, because one object ACL or one
		policy does. Switch all four settings on, and remove the statement or ACL.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
			"https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
		},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017", "A3:2017", "A6:2017"},
		ATTACK: []string{"T1530", "T1190"},
	},
	Types: []string{"AWS::S3::Bucket"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			pub := publicityOf(r)
			var f *rule.Finding
			switch {
			case pub.writable():
				f = p.Report(r, openPlace(pub, pub.write), "anybody may write to %s; switch Block Public Access on and remove what opens it", rule.Name(r)).As(rule.Critical)
			case pub.readable() && isWebsite(r):
				f = p.Report(r, openPlace(pub, pub.read), "%s serves a website to everybody without CloudFront; put a distribution with an origin access control before it and switch Block Public Access on", rule.Name(r)).As(rule.Low)
			case pub.readable():
				f = p.Report(r, openPlace(pub, pub.read), "anybody may read %s; switch Block Public Access on and remove what opens it", rule.Name(r))
			case len(pub.maybe) > 0:
				p.Undecided(r, value.NewAbsent(rule.PrincipalSpan(pub.maybe[0])), "it cannot be decided whether %s is open to everybody", rule.Name(r))
			case pub.maybeACL != nil:
				p.Undecided(r, pub.maybeACL, "it cannot be decided whether the ACL of %s lets everybody in", rule.Name(r))
			case len(pub.unknown) > 0 && len(pub.off)+len(pub.unknown) == 4:
				p.Undecided(r, pub.unknown[0].value, "it cannot be decided whether %s has Block Public Access switched off", rule.Name(r))
			case len(pub.off) == 4:
				f = p.Report(r, pub.off[0].value.Span(), "%s has Block Public Access switched off, so one object ACL or policy opens it; switch all four settings on", rule.Name(r)).As(rule.Medium)
			}
			traceOpening(f, pub)
			for _, c := range app.AsBucket(r).CORS() {
				if c.Get("AllowedOrigins").Contains("*") == value.Yes {
					f.Step(c.Get("AllowedOrigins").Span(), "CORS lets every website in from a visitor's browser")
				}
			}
		}
	},
}

func isWebsite(r *app.Resource) bool { return r.Get("WebsiteConfiguration").Exists() != value.No }

// openPlace is what opens the bucket first of all.
func openPlace(pub publicity, list []*policy.Statement) source.Span {
	if len(list) > 0 {
		return rule.PrincipalSpan(list[0])
	}
	return pub.acl.Span()
}

func traceOpening(f *rule.Finding, pub publicity) {
	if f == nil {
		return
	}
	for _, s := range append(pub.write, pub.read...) {
		f.Step(s.Span, "%s allows everybody %s", s.Name(), rule.Actions(s))
	}
	if pub.acl != nil {
		f.Step(pub.acl.Span(), "the ACL is %s", pub.acl.Str())
	}
	for _, s := range pub.off {
		f.Step(s.value.Span(), "%s is off", s.key)
	}
}
