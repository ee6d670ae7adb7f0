package config

import (
	"strings"

	"github.com/remit-security/remit/internal/rule"
)

var CFG013 = &rule.Rule{
	ID:       "CFG013",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Function loads a layer of an unknown account",
	Doc: `A layer's code runs inside the function, with its role and its environment. A layer of an account that is neither the
		own one nor that of AWS or a known vendor is a library without a name, a licence or a lock file: its owner can be anybody,
		and its content cannot be reviewed from the template. Publish the layer from the own account, or package the library
		with the function. A layer that several functions load is one finding.`,
	Refs: rule.Refs{
		AWS:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html"},
		CWE:    []string{"CWE-829", "CWE-1357"},
		OWASP:  []string{"A9:2017"},
		ATTACK: []string{"T1195.002"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		first := map[string]*rule.Finding{}
		for r := range p.Resources() {
			for _, layer := range r.Get("Layers").Items() {
				if blank(layer) {
					p.Undecided(r, layer, "it cannot be decided whose layer %s loads", rule.Name(r))
					continue
				}
				parts := layer.Text().Split(':', 8)
				if len(parts) < 7 || parts[2].String() != "lambda" {
					continue
				}
				account, known := parts[4].Known()
				if !known || len(account) != 12 || knownVendor(account) {
					continue // the own account, by reference, or a known one
				}
				if f := first[layer.Str()]; f != nil {
					f.Step(layer.Span(), "%s loads it too", rule.Name(r))
					continue
				}
				name := strings.TrimPrefix(parts[6].String(), "layer:")
				first[layer.Str()] = p.Report(r, layer.Span(),
					"%s runs the code of the layer %s of account %s; publish it from your own account or package the library", rule.Name(r), name, account).
					Assuming("%s is not an account of yours", account)
			}
		}
	},
}
