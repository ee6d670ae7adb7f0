package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// olderVersion tells whether another version of a managed policy that an
// identity has, once it is the default, makes an administrator of the identity,
// or lets it make one of itself. An account's details have the versions; where
// no source has them it is not known.
func (b *building) olderVersion(h *hop, x attempt) value.Tri {
	versions := x.place.Get("OtherVersions")
	if versions.Exists() != value.Yes {
		return value.Unknown
	}
	out := value.No
	for _, v := range versions.Items() {
		p := b.compile(parse(v))
		if p == nil {
			out = value.Unknown
			continue
		}
		as := x.id.withPolicy(x.place.ID, p)
		ans := b.adminAnswer(as)
		if ans.holds == value.No {
			_, ans = b.ask(need{"iam:PutRolePolicy|iam:AttachRolePolicy|iam:PutUserPolicy|iam:AttachUserPolicy", onSelf}, attempt{id: as})
		}
		switch {
		case ans.sure():
			h.evidence = append(h.evidence, Evidence{v.Span(), "a version of " + x.place.Label() + " allows more"})
			return value.Yes
		case ans.holds != value.No:
			out = value.Unknown
		}
	}
	return out
}

// withPolicy is an identity that has another policy in the place of a managed
// policy of the project.
func (id *identity) withPolicy(of string, p *iam.Policy) *identity {
	as := *id
	as.attached, as.iam.Policies, as.asked, as.reach = slices.Clone(id.attached), nil, nil, nil
	for i := range as.attached {
		if from := as.attached[i].from; from != nil && from.ID == of {
			as.attached[i].policy = p
		}
		as.iam.Policies = append(as.iam.Policies, as.attached[i].policy)
	}
	return &as
}
