package access

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/value"
)

// requests are those that the policy is about: on the resource and what is in
// it, or to take on the role.
func (g *Guarded) requests() solve.Options {
	o := solve.Options{Owner: g.Owner}
	if g.Trust {
		o.Actions = []string{"sts:*"}
	}
	if g.ARN.IsEmpty() {
		return o
	}
	o.Resources = []value.Text{g.ARN}
	if !g.Trust {
		o.Resources = append(o.Resources, value.Concat(g.ARN, value.Lit("/*")), value.Concat(g.ARN, value.Lit(":*")))
		o.Resources = append(o.Resources, g.elsewhere()...)
	}
	return o
}

// elsewhere are the resources that the policy names by ARNs of their own: the
// methods of an API, the rules of an event bus.
func (g *Guarded) elsewhere() []value.Text {
	var out []value.Text
	for i := range g.Policy.Document.Statements {
		s := &g.Policy.Document.Statements[i]
		for _, it := range append(slices.Clone(s.Resource.Items), s.NotResource.Items...) {
			t, ok := iam.ResourceItem(it.Text)
			if !ok || t.Glob(g.ARN) == value.Yes || strings.HasPrefix(t.String(), g.ARN.String()) {
				continue
			}
			if !slices.ContainsFunc(out, func(x value.Text) bool { return x.String() == t.String() }) {
				out = append(out, t)
			}
		}
	}
	return out
}

// ofBoth are the requests that either version is about.
func ofBoth(a, b solve.Options) solve.Options {
	if len(a.Resources) == 0 || len(b.Resources) == 0 {
		a.Resources = nil
		return a
	}
	a.Resources = slices.Clone(a.Resources)
	for _, t := range b.Resources {
		if !slices.ContainsFunc(a.Resources, func(x value.Text) bool { return x.String() == t.String() }) {
			a.Resources = append(a.Resources, t)
		}
	}
	return a
}
