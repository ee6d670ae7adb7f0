package config

import (
	"strings"

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
			var f *rule.Finding
			for _, flow := range r.Get("AllowedOAuthFlows").Items() {
				if flow.Is("implicit") == value.Yes {
					f = p.Report(r, flow.Span(), "%s puts tokens into the address of the callback page (implicit flow); use the code flow with PKCE", rule.Name(r))
				}
			}
			for _, u := range r.Get("CallbackURLs").Items() {
				plain := u.Text().HasPrefix("http://")
				if url := u.Str(); plain == value.Yes && !strings.HasPrefix(url, "http://localhost") && !strings.HasPrefix(url, "http://127.0.0.1") && !strings.HasPrefix(url, "http://[::1]") {
					if f != nil {
						f.Step(u.Span(), "this callback is plain HTTP")
						continue
					}
					f = p.Report(r, u.Span(), "%s sends sign-ins to a callback over plain HTTP; use https", rule.Name(r))
				}
			}
		}
	},
}
