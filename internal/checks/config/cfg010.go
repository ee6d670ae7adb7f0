package config

import (
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG010 = &rule.Rule{
	ID:       "CFG010",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "A service may invoke the function for any customer",
	Doc: `A permission for a service without SourceArn or SourceAccount lets that service invoke the function on behalf of every
		AWS customer: somebody else's API, topic, rule or bucket can be pointed at it and send events of its owner's choice (the
		confused deputy). Add the SourceArn of the source; for S3, whose bucket names may pass to another owner, SourceAccount
		too: without it, a permission for a bucket of elsewhere is a finding of low severity. Permissions of one function and service are one finding.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
		},
		CWE:    []string{"CWE-441", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1648"},
	},
	Types: []string{"AWS::Lambda::Permission"},
	Check: func(p *rule.Pass) {
		first := map[string]*rule.Finding{}
		for r := range p.Resources() {
			service, ok := foreignSource(r)
			if !ok {
				continue
			}
			fn := target(p.App, r)
			at := r.Get("Principal")
			if bucket, open := app.AsPermission(r).ForBucketOfElsewhere(); open != value.No {
				p.Decide(open, r, r.Get("SourceArn"), "%s lets S3 invoke %s for whoever owns a bucket called %s; add SourceAccount", rule.Name(r), fn, bucket).
					As(rule.Low)
				continue
			}
			if f := first[fn+" "+service]; f != nil && tied(r) == value.No {
				f.Step(at.Span(), "%s is not tied to a source either", rule.Name(r))
				continue
			}
			f := p.Decide(tied(r).Not(), r, at,
				"%s lets %s invoke %s for any customer's resource; add SourceArn or SourceAccount", rule.Name(r), service, fn)
			if f != nil && !f.Undecided() {
				first[fn+" "+service] = f
			}
		}
	},
}

// foreignSource returns the service that a permission is for, where other
// customers' resources could make that service call.
func foreignSource(r *app.Resource) (string, bool) {
	service, ok := r.Get("Principal").Known()
	if !ok || !strings.HasSuffix(service, ".amazonaws.com") {
		return "", false
	}
	switch service {
	case "edgelambda.amazonaws.com", "replicator.lambda.amazonaws.com", "elasticloadbalancing.amazonaws.com":
		return "", false // no source to name, or only of the own account
	}
	return service, true
}
