package config

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG009 = &rule.Rule{
	ID:       "CFG009",
	Area:     rule.Configuration,
	Severity: rule.Critical,
	Since:    "0.1",
	Title:    "Any AWS account may invoke the function",
	Doc: `A permission with Principal "*" and no condition lets everybody with an AWS account invoke the function with an event of
		their choice, past the API or queue that stands before it. A function URL with AuthType NONE needs such a permission for
		lambda:InvokeFunctionUrl, and one for lambda:InvokeFunction that is tied to the URL by InvokedViaFunctionUrl: without
		that condition the function can be invoked directly, with any event. Name the principal, or add SourceArn,
		SourceAccount, PrincipalOrgID or InvokedViaFunctionUrl.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
			"https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
		},
		CWE:    []string{"CWE-732", "CWE-284"},
		OWASP:  []string{"A5:2017"},
		ATTACK: []string{"T1648", "T1190"},
	},
	Types: []string{"AWS::Lambda::Permission"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			who := r.Get("Principal")
			open := who.Is("*").And(tied(r).Not())
			url := r.Get("Action").IsFold("lambda:InvokeFunctionUrl")
			if url != value.No {
				// The rule on function URLs reports those that are open by design.
				open = open.And(r.Get("FunctionUrlAuthType").Is("NONE").Not())
			} else {
				open = open.And(r.Get("InvokedViaFunctionUrl").IsTrue().Not())
			}
			p.Decide(open, r, who, "%s lets any AWS account invoke %s; name the principal, or tie the permission to a source or organisation",
				rule.Name(r), target(p.App, r))
		}
	},
}

// tied tells whether a permission holds only for a source or organisation
// that its author knows.
func tied(r *app.Resource) value.Tri {
	out := value.No
	for _, key := range []string{"SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken"} {
		out = out.Or(written(r.Get(key)).And(r.Get(key).Is("*").Not()))
	}
	return out
}

// target is how messages call the function of a permission.
func target(a *app.App, r *app.Resource) string {
	if f := functionOf(a, r.Get("FunctionName")); f != nil {
		return rule.Name(f)
	}
	return "the function " + r.Get("FunctionName").Str()
}
