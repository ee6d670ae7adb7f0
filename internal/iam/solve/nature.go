package solve

import (
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// kind is what is known of a key in the case.
func (q *question) kind(key string) *keyKind {
	if k := q.kinds[key]; k != nil {
		return k
	}
	k := q.plainKind(key)
	if q.kinds == nil {
		q.kinds = map[string]*keyKind{}
	}
	q.kinds[key] = k
	return k
}

// plainKind reads it from the caller, the question and the catalogue.
func (q *question) plainKind(key string) *keyKind {
	k := &keyKind{}
	c := &q.caller
	freed := c.any && freedKey(key)
	if !freed || q.o.Context.Lists(key) {
		r := iam.Request{Principal: c.principal, Account: c.owner, Context: q.o.Context}
		switch has, values := r.Lookup(key); {
		case has == value.Yes:
			k.fixed, k.state.there = true, true
			for _, v := range values {
				k.state.values = append(k.state.values, q.text(v))
			}
			return k
		case has == value.No && !(q.o.Loose && !q.o.Context.Lists(key) && !q.o.Context.Closed):
			k.never = true
			return k
		}
	}
	if x := &q.o.Context; x.Chosen && !x.Lists(key) && !freed {
		foreign := strings.HasPrefix(key, "aws:principaltag/") && !c.principal.Account.IsKnown()
		k.opaque = !iam.CallerWrites(key) && !foreign
	}
	keyNature(k, key, q.sets[key])
	switch p := c.principal.Kind; {
	case key == "aws:username" && p != iam.UserKind:
		k.never = !q.o.Loose
	case key == "aws:username":
		k.must, k.lone = true, true
	case key == "aws:principalarn" && c.any:
		who := "role"
		if p == iam.UserKind {
			who = "user"
		}
		k.must, k.within = true, &union{pats: []*pattern{newPattern(value.Lit("arn:*:iam::*:"+who+"/*"), arnStyle, value.No)}}
	case key == "aws:principalaccount" && c.any:
		k.must, k.usual = true, someAccount
	}
	if q.o.Loose {
		k.must, k.within = false, nil
	}
	return k
}

// freedKey tells the keys that follow from a caller's name.
func freedKey(key string) bool {
	switch key {
	case "aws:username", "aws:principalarn", "aws:principalaccount", "aws:userid", "aws:resourceaccount":
		return true
	}
	return false
}

// keyNature is what AWS says of a key: how many values, which, and whether
// every request has it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func keyNature(k *keyKind, key string, underSet bool) {
	kind, known := actions().keyTypes[key]
	boolean := kind == "Bool"
	k.many = strings.HasPrefix(kind, "ArrayOf")
	switch key {
	case "aws:principalorgpaths", "aws:principalservicenameslist", "aws:calledvia", "aws:sourceorgpaths", "aws:resourceorgpaths", "aws:vpceorgpaths":
		k.many = true
	case "aws:securetransport":
		boolean, k.must = true, true
	case "aws:currenttime":
		k.must, k.usual = true, "2026-01-01T00:00:00Z"
	case "aws:epochtime":
		k.must, k.usual = true, "1767225600"
	case "aws:requestedregion":
		k.must, k.usual = true, "us-east-1"
	case "aws:multifactorauthpresent", "aws:viaawsservice", "aws:principalisawsservice":
		boolean = true
	default:
		if !known && !strings.HasPrefix(key, "aws:") {
			k.many = underSet
		}
	}
	if boolean {
		k.within = exactUnion([]string{"true", "false"})
	}
}
