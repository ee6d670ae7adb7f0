package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG082 = &rule.Rule{
	ID:       "CFG082",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Key material is never changed",
	Doc: `A customer-managed symmetric key without rotation encrypts everything with one key material for good. KMS rotates it every
		year at no effort; data that was encrypted before stays readable. Set EnableKeyRotation. Asymmetric and HMAC keys, keys
		with imported material and replicas are left out: KMS does not rotate them.`,
	Refs: rule.Refs{
		AWS:   []string{"https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"},
		CWE:   []string{"CWE-324"},
		OWASP: []string{"A3:2017"},
	},
	Types: []string{"AWS::KMS::Key"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			spec := r.Get("KeySpec").Or(value.NewText(value.Lit("SYMMETRIC_DEFAULT"), r.Span))
			origin := r.Get("Origin").Or(value.NewText(value.Lit("AWS_KMS"), r.Span))
			rotates := spec.Is("SYMMETRIC_DEFAULT").And(origin.Is("AWS_KMS"))
			on := r.Get("EnableKeyRotation")
			p.Decide(rotates.And(on.IsTrue().Not()), r, on, "%s never changes its material; set EnableKeyRotation", rule.Name(r))
		}
	},
}
