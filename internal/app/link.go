package app

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

func byResourceID(a, b *Resource) int { return strings.Compare(a.ID, b.ID) }

// linkUses records every reference in a resource's properties with the
// application of its target.
func linkUses(p *Project, r *Resource) {
	r.Props.Walk(func(v *value.Value) bool {
		for _, ref := range v.Refs() {
			if target := p.byID[ref.Resource]; target != nil {
				uses := target.App.users
				uses[target.ID] = append(uses[target.ID], Use{By: r, Value: v, Ref: ref})
			}
		}
		return true
	})
}
