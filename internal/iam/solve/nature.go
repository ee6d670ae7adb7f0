package solve

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
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

// ownOrganisation is the key of the organisation that owns the resource.
const ownOrganisation = "aws:resourceorgid"

// plainKind reads it from the caller, the question and the catalogue.
func (q *question) plainKind(key string) *keyKind {
	k := &keyKind{}
	c := &q.caller
	freed := c.any && freedKey(key)
	if !freed || q.o.Context.Lists(key) {
		r := iam.Request{Principal: c.principal, Account: c.owner, Context: q.o.Context}
		switch has, values := r.Lookup(key); {
		case has == value.Yes && len(values) == 1 && chooses(values[0]):
			k.must, k.lone, k.within = true, true, q.asChosen(values[0])
			return k
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
		k.opaque = !q.o.writes(c, key)
	}
	keyNature(k, key, q.sets[key])
	if key == "aws:currenttime" && q.o.now {
		k.usual, k.within = today(), fromToday()
	}
	for _, of := range []string{"aws:principalorgid", "aws:sourceorgid"} {
		if key != ownOrganisation || !q.o.Context.Lists(of) {
			continue
		}
		// The owner's organisation is none of a stranger's.
		if theirs := q.plainKind(of); theirs.fixed && len(theirs.state.values) == 1 && q.tokens.ofStranger(&theirs.state.values[0]) {
			k.without = &union{pats: []*pattern{{syms: theirs.state.values[0].symbols(), kind: general, tokens: true}}, tokens: true}
		}
	}
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

// today is the day of the tables of actions: an answer does not depend on when
// it is asked for.
func today() string {
	_, date := catalogue.Version()
	return date + "T00:00:00Z"
}

// fromToday are the times from then on.
func fromToday() *union {
	at, _ := iam.ReadDate(today())
	return &union{domain: dateDomain, bounds: []bound{{rel: greaterEqual, at: at}}}
}

// chooses tells whether the caller picks part of the value.
func chooses(t value.Text) bool {
	return slices.ContainsFunc(t.Parts(), func(p value.Part) bool { return p.Hole == iam.Any })
}

// asChosen are the values that the caller can pick.
func (q *question) asChosen(t value.Text) *union {
	p := &pattern{kind: general}
	for _, x := range t.Parts() {
		switch {
		case x.Hole == iam.Any:
			p.syms = append(p.syms, partStar)
		case x.Hole != "":
			p.syms = append(p.syms, q.tokens.of(&piece{token: x.Hole, fresh: x.Fresh}))
			p.tokens = true
		default:
			p.syms = append(p.syms, symsOf(x.Lit)...)
		}
	}
	if n := len(p.syms); p.syms[n-1] == partStar {
		p.syms[n-1] = star
	}
	return &union{pats: []*pattern{p}, tokens: true}
}

// freedKey tells the keys that follow from a caller's name.
func freedKey(key string) bool {
	switch key {
	case "aws:username", "aws:principalarn", "aws:principalaccount", "aws:userid", "aws:resourceaccount", "s3:resourceaccount":
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
