package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG011 = &rule.Rule{
	ID:       "CFG011",
	Area:     rule.Configuration,
	Severity: rule.High,
	Since:    "0.1",
	Title:    "Permission on a function allows more than invoking it",
	Doc: `A function's resource policy is meant to let others invoke it. lambda:* or an action such as lambda:UpdateFunctionCode
		lets the principal replace the code, read it with its environment, or open the function further: whoever holds it holds
		the function's role. Grant lambda:InvokeFunction (or InvokeFunctionUrl) only.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"},
		CWE:    []string{"CWE-250", "CWE-732"},
		OWASP:  []string{"A5:2017", "A6:2017"},
		ATTACK: []string{"T1098", "T1648"},
	},
	Types: []string{"AWS::Lambda::Permission"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			action := r.Get("Action")
			invoke := action.IsFold("lambda:InvokeFunction").Or(action.IsFold("lambda:InvokeFunctionUrl")).Or(action.IsFold("lambda:InvokeAsync"))
			p.Decide(invoke.Not(), r, action, "%s grants %s on %s to %s; grant lambda:InvokeFunction only",
				rule.Name(r), action.Str(), target(p.App, r), r.Get("Principal").Str())
		}
	},
}
