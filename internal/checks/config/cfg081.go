package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG081 = &rule.Rule{
	ID:       "CFG081",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "A database's password is never changed",
	Doc: `A secret that is attached to a database and has no rotation stays valid for good: whoever saw it once, in a log, a dump or a
		former colleague's notes, keeps the way in. Secrets Manager changes passwords of its databases by itself; add a
		RotationSchedule. Secrets of other parties are left out, because only their owner can change them.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html"},
		CWE:    []string{"CWE-262", "CWE-324"},
		OWASP:  []string{"A2:2017", "A3:2017"},
		ATTACK: []string{"T1078"},
	},
	Types: []string{"AWS::SecretsManager::SecretTargetAttachment"},
	Check: func(p *rule.Pass) {
		rotated := map[*app.Resource]bool{}
		mark := func(v *value.Value) {
			r, _ := p.App.Lookup(v)
			if r != nil && r.Type == "AWS::SecretsManager::SecretTargetAttachment" {
				r, _ = p.App.Lookup(r.Get("SecretId"))
			}
			if r != nil {
				rotated[r] = true
			}
		}
		for s := range p.App.OfType("AWS::SecretsManager::RotationSchedule") {
			mark(s.Get("SecretId"))
		}
		for a := range p.Resources() {
			secret, _ := p.App.Lookup(a.Get("SecretId"), "AWS::SecretsManager::Secret")
			if secret == nil || rotated[secret] {
				continue
			}
			p.Report(secret, secret.Span, "%s is a database's password and is never changed; add a RotationSchedule", rule.Name(secret)).
				Step(a.Span, "it is attached to the database here")
		}
	},
}
