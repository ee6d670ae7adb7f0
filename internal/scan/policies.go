package scan

import (
	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
)

// checkPolicies reads every policy document of the project once more and
// returns what AWS would refuse in it, or what was not understood: the analyses
// take such a part for unknown, and here it is said why.
func checkPolicies(p *app.Project) []source.Problem {
	var out []source.Problem
	for _, a := range p.Apps {
		for _, r := range a.Resources() {
			for _, q := range rule.Policies(r) {
				out = append(out, q.Problems()...)
			}
		}
	}
	return out
}
