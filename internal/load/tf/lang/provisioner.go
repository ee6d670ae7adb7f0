package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// provisioners says, once, which resources run programs when they are made:
// what those change is in no block of the configuration.
// https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax
func (r *run) provisioners() {
	var kinds, names []string
	var first source.Span
	seen := map[*resource]bool{}
	for _, in := range r.all { // in the order of their addresses
		if seen[in.res] {
			continue
		}
		seen[in.res] = true
		here := in.res.provisioners()
		if len(here) == 0 {
			continue
		}
		if names == nil {
			first = in.res.module.span(here[0].header)
		}
		names = append(names, in.res.address)
		for _, b := range here {
			kinds = append(kinds, b.label(0))
		}
	}
	if names == nil {
		return
	}
	r.problem(first, "%s", Unprovisioned(kinds, names))
}

// Unprovisioned says what remit does not see since it runs nothing: kinds are
// the provisioners in the resources of these names.
func Unprovisioned(kinds, names []string) string {
	who := names[0]
	if more := len(names) - 1; more == 1 {
		who += " and " + names[1]
	} else if more > 1 {
		who += fmt.Sprintf(" and %d more", more)
	}
	slices.Sort(kinds)
	return strings.Join(slices.Compact(kinds), " and ") + " in " + who + ": remit runs no provisioner, so what it changes in the deployment is not analysed"
}

// provisioners are the blocks that run when the resource is made, as far as
// the text is the user's.
func (r *resource) provisioners() []*block {
	if !r.module.at.IsZero() {
		return nil
	}
	return slices.DeleteFunc(r.block.nested("provisioner"), func(b *block) bool {
		when := b.arg("when")
		return when != nil && literal(when.expr) == "destroy"
	})
}
