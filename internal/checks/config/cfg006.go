package config

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG006 = &rule.Rule{
	ID:       "CFG006",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "AWS does not apply runtime patches to the function",
	Doc: `By default AWS rolls security patches of a managed runtime out to functions. UpdateRuntimeOn Manual pins one runtime
		version: patching becomes the customer's duty, and nothing reminds of it. FunctionUpdate patches only when the function is
		deployed again. Use Auto; pin a version only to roll back, and for days. FunctionUpdate is a finding of low severity.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html"},
		CWE:    []string{"CWE-1104"},
		OWASP:  []string{"A9:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			mode := r.Get("RuntimeManagementConfig", "UpdateRuntimeOn")
			p.Decide(mode.Is("Manual"), r, mode,
				"%s stays on one version of its runtime (UpdateRuntimeOn Manual), so patching it is yours; use Auto", rule.Name(r))
			if mode.Is("FunctionUpdate") == value.Yes {
				p.Report(r, mode.Span(), "%s gets runtime patches only when it is deployed (UpdateRuntimeOn FunctionUpdate); use Auto, or deploy at least monthly",
					rule.Name(r)).As(rule.Low)
			}
		}
	},
}
