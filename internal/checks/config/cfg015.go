package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG015 = &rule.Rule{
	ID:       "CFG015",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Another account as a whole may invoke the function",
	Doc: `A permission for an account lets every identity there that may invoke functions call this one past its API, with an event of
		its choice: whoever gets into that account, and whoever it belongs to after the work together has ended. Name the one role
		that calls, or require the own organisation with PrincipalOrgID. An account given to the scan as that of the deployment is
		the application's own.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
		},
		CWE:    []string{"CWE-284", "CWE-732"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1199", "T1648"},
	},
	Types: []string{"AWS::Lambda::Permission"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			account, open := app.AsPermission(r).ForAccount()
			why := r.Get("Principal")
			if open == value.Unknown {
				why = value.NewUnresolved("whether it is tied to an organisation or source is not known", why.Span(), nil)
			}
			f := p.Decide(open, r, why, "%s lets every identity of the account %s invoke %s; name the role that calls, or add PrincipalOrgID",
				rule.Name(r), account, target(p.App, r))
			if open == value.Yes {
				f.Assuming("%s is not the account of this application", account)
			}
		}
	},
}
