package config

import (
	"github.com/remit-security/remit/internal/rule"
)

var CFG084 = &rule.Rule{
	ID:       "CFG084",
	Area:     rule.Configuration,
	Severity: rule.Low,
	Since:    "0.1",
	Title:    "Secret parameter is shown to whoever may describe the stack",
	Doc: `CloudFormation shows the values of parameters in its console, in change sets and to everybody who may describe the stack,
		unless the parameter says NoEcho; Terraform prints those of variables that are not sensitive in every plan. The rule looks at
		parameters whose value becomes a secret: a master password, a secret's value, a variable that is named after a secret.
		Parameters that hold a secret's name or ARN are no findings. Hide the parameter, or better refer to a secret of Secrets
		Manager, which no deployment needs to know.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
		},
		CWE:    []string{"CWE-200", "CWE-522"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1552"},
	},
	Types: secretTypes,
	Check: func(p *rule.Pass) {
		words := p.App.Words()
		for _, param := range p.App.Parameters {
			if param.Secret || param.HasDefault || !textual(param) {
				continue // a default is CFG083's matter
			}
			var first *rule.Finding
			for r := range p.Resources() {
				for _, f := range secretPlaces(r) {
					if !secretName(f.Key) || !wholly(f.Value, param) {
						continue
					}
					if first != nil {
						first.Step(f.KeySpan, "%s of %s gets it too", placeName(f.Key), rule.Name(r))
						continue
					}
					first = p.Report(r, param.Span, "the %s %s becomes %s of %s and is shown to %s; %s, or refer to a secret",
						words.Parameter, param.Name, placeName(f.Key), rule.Name(r), words.Shown, words.Hide)
				}
			}
		}
	},
}
