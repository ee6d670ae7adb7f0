package iam

import (
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var IAM014 = &rule.Rule{
	ID:       "IAM014",
	Area:     rule.IAM,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Template makes a long-lived access key",
	Doc: `An access key of a user works from anywhere until somebody deletes it, and a template that makes one has to hand its secret
		on, through an output, a parameter or an environment. Use a role: functions, pipelines (through OpenID Connect) and people
		(through IAM Identity Center) get temporary credentials. A key whose status is Inactive is no finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html", "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"},
		CWE:    []string{"CWE-522"},
		OWASP:  []string{"A2:2017", "A3:2017"},
		ATTACK: []string{"T1098.001", "T1552"},
	},
	Types: []string{"AWS::IAM::AccessKey"},
	Check: func(p *rule.Pass) {
		for r := range p.Resources() {
			name := "a user"
			if user, _ := p.App.Lookup(r.Get("UserName"), "AWS::IAM::User"); user != nil {
				name = rule.Name(user)
			}
			status := r.Get("Status").Or(value.NewText(value.Lit("Active"), r.Span))
			p.Decide(status.Is("Inactive").Not(), r, value.NewAbsent(r.Props.Span()),
				"%s is a long-lived credential of %s; use a role with temporary credentials", rule.Name(r), name)
		}
	},
}
