package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG075 = &rule.Rule{
	ID:       "CFG075",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Sign-in hands tokens over where others can take them",
	Doc: `The implicit flow puts the tokens themselves into the address of the callback page, where history, logs, referrers and
		scripts of others read them; a callback over plain HTTP sends the code or token through the network in the clear. Use the
		code flow with PKCE and HTTPS callbacks. Callbacks to localhost, for development and native applications, are no finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html"},
		CWE:    []string{"CWE-598", "CWE-319"},
		OWASP:  []string{"A2:2017", "A3:2017"},
		ATTACK: []string{"T1528"},
	},
	Types: []string{"AWS::Cognito::UserPoolClient"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			flow, implicit := firstOf(r.Get("AllowedOAuthFlows").Items(), func(v *value.Value) value.Tri { return v.Is("implicit") })
			url, plain := firstOf(r.Get("CallbackURLs").Items(), plainCallback)
			if implicit == value.Yes {
				f := p.Report(r, flow.Span(), "%s puts tokens into the address of the callback page (implicit flow); use the code flow with PKCE", rule.Name(r))
				if plain == value.Yes {
					f.Step(url.Span(), "this callback is plain HTTP")
				}
				continue
			}
			p.Decide(implicit, r, flow, "%s puts tokens into the address of the callback page (implicit flow)", rule.Name(r))
			p.Decide(plain, r, url, "%s sends sign-ins to a callback over plain HTTP; use https", rule.Name(r))
		}
	},
}

// plainCallback tells whether a callback is reached over plain HTTP on another
// machine.
func plainCallback(v *value.Value) value.Tri {
	local := value.No
	for _, prefix := range []string{"http://localhost", "http://127.0.0.1", "http://[::1]"} {
		local = local.Or(v.Text().HasPrefix(prefix))
	}
	return v.Text().HasPrefix("http://").And(local.Not())
}
