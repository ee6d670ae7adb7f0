package solve

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// An Exposure is one class of callers from outside that a resource policy lets
// in.
type Exposure struct {
	// Caller stands for the class: nobody in particular, somebody with an
	// account of their own, a service on anybody's behalf, a provider's
	// identities, or the account that is named.
	Caller iam.Principal
	Who    iam.Who
	Answer
}

// Public tells which classes of callers outside the owner's account, and
// outside the trusted ones, a resource policy lets in, for some request that
// they can make: they write the keys that a caller writes, and do not choose
// where they come from, which gives the list of keys that S3 trusts. Unlike
// iam.Public it weighs all conditions on one key against each other.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func Public(a *Access, owner value.Text, trusted ...string) []Exposure {
	var out []Exposure
	for _, c := range outsiders(&Options{Owner: owner}, []*Access{a}) {
		p := c.principal
		who := iam.ForeignAccount
		switch {
		case p.Kind == iam.AnonymousKind:
			who = iam.Anyone
		case p.Kind == iam.ServiceKind:
			who = iam.AnyService
		case p.Kind == iam.FederatedKind:
			who = iam.AnyFederated
		case c.stranger:
			who = iam.AnyAccount
			p = iam.Stranger()
		}
		if who == iam.ForeignAccount && (among(trusted, p.Account) || p.Account.Equal(owner) == value.Yes) {
			continue
		}
		if who == iam.AnyAccount && c.principal.Kind == iam.UserKind {
			continue // a stranger is asked for once
		}
		ans := Admits(a, p, owner)
		if ans.Holds == value.No {
			continue
		}
		out = append(out, Exposure{Caller: p, Who: who, Answer: ans})
	}
	slices.SortStableFunc(out, func(a, b Exposure) int { return int(a.Who) - int(b.Who) })
	return out
}

// Admits tells whether a resource policy lets a caller from outside in, whose
// own account allows it everything: for any of the actions, or for any at all.
func Admits(a *Access, caller iam.Principal, owner value.Text, actions ...string) Answer {
	o := Options{Principal: &caller, Owner: owner, Unlimited: true, Actions: actions, Context: iam.Outside(&caller)}
	ans := Sometimes(a, o)
	if ans.Holds == value.Yes || caller.Kind == iam.ServiceKind || !a.keys["aws:sourcevpc"] && !a.keys["aws:sourcevpce"] {
		return ans
	}
	// It has a network of its own, too.
	o.Context = iam.Outside(&caller).Network()
	more := Sometimes(a, o)
	if more.Holds == value.Yes || ans.Holds == value.No {
		return more
	}
	return ans
}

func among(list []string, account value.Text) bool {
	s, ok := account.Known()
	for _, l := range list {
		if ok && l == s {
			return true
		}
	}
	return false
}
