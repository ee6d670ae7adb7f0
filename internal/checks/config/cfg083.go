package config

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG083 = &rule.Rule{
	ID:       "CFG083",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Template holds the default of a secret parameter",
	Doc: `The default of a parameter stands in the repository and in its history, and every stack that is deployed without a value
		runs with it. NoEcho (in Terraform sensitive) hides a value in what is printed and not in the sources. The rule looks at
		parameters that are hidden so, and at those that are named after a secret; what terraform.tfvars gives counts as a default. A
		default that is plainly a placeholder is no finding, and neither is one of a parameter that is not hidden, where its use is
		reported. Remove the default, or better the parameter: let Secrets Manager generate the secret and refer to it.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
		},
		CWE:    []string{"CWE-798", "CWE-1392"},
		OWASP:  []string{"A3:2017"},
		ATTACK: []string{"T1552.001"},
	},
	Types: secretTypes,
	Check: func(p *rule.Pass) {
		words := p.App.Words()
		for _, param := range p.App.Parameters {
			if !param.HasDefault || param.Placeholder || !textual(param) {
				continue
			}
			if !param.Secret {
				if r := defaultedSecret(p.App, param); r != nil {
					p.Report(r, param.DefaultSpan, "the %s %s, which %s uses, has a secret by its name as its default; remove the default and %s", words.Parameter, param.Name, rule.Name(r), words.Hide)
				}
				continue
			}
			for _, r := range p.App.Resources() {
				if usesParameter(r.Props, param) {
					p.Report(r, param.DefaultSpan, "the secret %s %s, which %s uses, %s", words.Parameter, param.Name, rule.Name(r), kept(param, words)).
						Assuming("the default is no placeholder")
					break
				}
			}
		}
	},
}

// secretTypes are the types that secretPlaces knows places of.
var secretTypes = slices.Concat([]string{"AWS::Lambda::Function"}, CFG080.Types)

// secretPlaces are the values of a resource that rules for secrets look at:
// the environment of a function, and what CFG080 reads.
func secretPlaces(r *app.Resource) []value.Field {
	switch {
	case r.Type == "AWS::Lambda::Function":
		return r.Get("Environment", "Variables").Fields()
	case slices.Contains(CFG080.Types, r.Type):
		return keptSecrets(r)
	}
	return nil
}

// placeName is how messages call a place: without what keptSecrets adds for
// the name's sake.
func placeName(key string) string { return strings.TrimSuffix(key, ".secret") }
