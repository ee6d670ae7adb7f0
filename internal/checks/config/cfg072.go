package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG072 = &rule.Rule{
	ID:       "CFG072",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "A password alone signs users in",
	Doc: `With MfaConfiguration OFF, which is the default, a password that was guessed, reused or phished is enough. Set OPTIONAL so
		that users can protect their account, or ON where accounts hold much. Pools whose users come only from another identity
		provider, or sign in by passkey or one-time code, leave this to that side.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html"},
		CWE:    []string{"CWE-308"},
		OWASP:  []string{"A2:2017"},
		ATTACK: []string{"T1110", "T1078.004"},
	},
	Types: []string{"AWS::Cognito::UserPool"},
	Check: func(p *rule.Pass) {
		for range p.App.OfType("AWS::Cognito::UserPoolIdentityProvider") {
			return
		}
		for r := range p.Resources() {
			mfa := r.Get("MfaConfiguration").Or(value.NewText(value.Lit("OFF"), r.Span))
			at := mfa
			if mfa.IsDefault() {
				at = value.NewAbsent(r.Span)
			}
			first := r.Get("Policies", "SignInPolicy", "AllowedFirstAuthFactors")
			passwordless := written(first).And(first.Contains("PASSWORD").Not())
			p.Decide(mfa.Is("OFF").And(passwordless.Not()), r, at,
				"a password alone signs users of %s in; set MfaConfiguration to OPTIONAL or ON", rule.Name(r))
		}
	},
}
