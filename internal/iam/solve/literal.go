package solve

import (
	"net/netip"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A domain is what the values of a condition are compared as.
type domain uint8

const (
	stringDomain domain = iota
	numberDomain
	dateDomain
	addressDomain
)

// A union is a set of values: what one condition, or one element, lists.
type union struct {
	domain domain
	pats   []*pattern
	bounds []bound
	vague  bool // it may hold values that are not known
	tokens bool // a pattern has tokens
}

// A bound is one value of a condition on numbers, dates or addresses.
type bound struct {
	rel    relation
	number float64
	at     time.Time
	block  netip.Prefix
	maybe  bool
}

// relation is how a subject stands to a bound.
type relation uint8

const (
	equal relation = iota
	less
	lessEqual
	greater
	greaterEqual
)

func (r relation) holds(cmp int) bool {
	switch r {
	case equal:
		return cmp == 0
	case less:
		return cmp < 0
	case lessEqual:
		return cmp <= 0
	case greater:
		return cmp > 0
	}
	return cmp >= 0
}

// A cond is one condition on one key.
type cond struct {
	src      *policy.Condition
	key      string // lower case
	name     string // as written
	op       policy.Operator
	values   *union
	null     [2]bool // of Null: holds where the key is there, where it is absent
	free     bool    // nothing is known of it
	presence bool    // it is Null
}

func compileCond(c *policy.Condition, variables value.Tri) *cond {
	out := &cond{src: c, key: strings.ToLower(c.Key), name: c.Key}
	op, known := policy.ParseOperator(c.Operator)
	out.op = op
	if !known || strings.Contains(c.Key, "${") {
		out.free = true
		return out
	}
	if op.Kind == policy.Null {
		out.presence = true
		for _, it := range c.Values.Items {
			s, ok := it.Text.Known()
			flag, read := iam.ReadBool(s)
			switch {
			case !ok || it.Maybe && read:
				out.free = true
			case read && flag:
				out.null[1] = true
			case read:
				out.null[0] = true
			}
		}
		return out
	}
	out.values = &union{}
	for _, it := range c.Values.Items {
		out.values.add(op.Kind, it, variables)
	}
	return out
}

func (u *union) add(kind policy.OperatorKind, it policy.Item, variables value.Tri) {
	how := plainStyle
	switch kind {
	case policy.StringEquals:
	case policy.BinaryEquals:
		variables = value.No
	case policy.StringEqualsIgnoreCase:
		how = foldStyle
	case policy.StringLike:
		how = globStyle
	case policy.ArnLike:
		how = arnStyle
	case policy.Bool:
		u.flag(it)
		return
	default:
		u.bound(kind, it)
		return
	}
	p := newPattern(it.Text, how, variables)
	p.maybe = it.Maybe
	u.pattern(p)
}

func (u *union) pattern(p *pattern) {
	if p.vague {
		u.vague = true
		return
	}
	u.tokens = u.tokens || p.pieces != nil
	u.pats = append(u.pats, p)
}

// flag adds a value of Bool: the word in any case.
func (u *union) flag(it policy.Item) {
	s, ok := it.Text.Known()
	flag, read := iam.ReadBool(s)
	switch {
	case !ok:
		u.vague = true
	case read:
		word := "false"
		if flag {
			word = "true"
		}
		p := newPattern(value.Lit(word), foldStyle, value.No)
		p.maybe = it.Maybe
		u.pattern(p)
	}
}

func (u *union) bound(kind policy.OperatorKind, it policy.Item) {
	b := bound{maybe: it.Maybe}
	s, known := it.Text.Known()
	ok := false
	switch {
	case kind == policy.IPAddress:
		u.domain = addressDomain
		b.block, ok = iam.ReadBlock(s)
		ok = ok && b.block.IsValid()
	case kind >= policy.DateEquals && kind <= policy.DateGreaterThanEquals:
		u.domain, b.rel = dateDomain, relation(kind-policy.DateEquals)
		b.at, ok = iam.ReadDate(s)
	default:
		u.domain, b.rel = numberDomain, relation(kind-policy.NumericEquals)
		b.number, ok = iam.ReadNumber(s)
	}
	switch {
	case !known:
		u.vague = true
	case ok:
		u.bounds = append(u.bounds, b)
	}
}

// holds tells whether the union has the string for certain: items that may not
// be written do not count unless maybe is given.
func (u *union) holds(s *str, tokens *tokenTable, maybe bool) bool {
	if u.domain == stringDomain {
		for _, p := range u.pats {
			if (maybe || !p.maybe) && p.matches(s, tokens) {
				return true
			}
		}
		return false
	}
	if s.open && u.domain == addressDomain && len(s.syms) == 1 && tokens.isFresh(s.syms[0]) {
		// A stranger's address: only a block that holds back nobody has it for
		// certain, as S3 draws the line.
		return u.some(maybe, func(b *bound) bool { return b.wide() })
	}
	if s.open || len(u.bounds) == 0 {
		return false
	}
	switch u.domain {
	case addressDomain:
		a, err := netip.ParseAddr(s.text)
		return err == nil && u.some(maybe, func(b *bound) bool { return b.block.Contains(a) })
	case dateDomain:
		t, ok := iam.ReadDate(s.text)
		return ok && u.some(maybe, func(b *bound) bool { return b.rel.holds(t.Compare(b.at)) })
	}
	n, ok := iam.ReadNumber(s.text)
	return ok && u.some(maybe, func(b *bound) bool {
		cmp := 0
		if n < b.number {
			cmp = -1
		} else if n > b.number {
			cmp = 1
		}
		return b.rel.holds(cmp)
	})
}

// wide tells a block of addresses that holds back nobody.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (b *bound) wide() bool {
	if b.block.Addr().Is4() {
		return b.block.Bits() < 8
	}
	return b.block.Bits() < 32
}

func (u *union) some(maybe bool, f func(*bound) bool) bool {
	for i := range u.bounds {
		if (maybe || !u.bounds[i].maybe) && f(&u.bounds[i]) {
			return true
		}
	}
	return false
}

// open reports whether what the condition asks for is not all known.
func (c *cond) open() bool {
	if c.free {
		return true
	}
	return c.values != nil && c.values.open()
}

func (u *union) open() bool {
	if u.vague {
		return true
	}
	for i := range u.bounds {
		if u.bounds[i].maybe {
			return true
		}
	}
	for _, p := range u.pats {
		if p.maybe || p.holes() {
			return true
		}
	}
	return false
}

// holes reports whether the pattern has a token that is no variable.
func (p *pattern) holes() bool {
	for i := range p.pieces {
		if p.pieces[i].token != "" && p.pieces[i].key == "" && !p.pieces[i].fresh {
			return true
		}
	}
	return false
}

// absent is what the condition says where the key is absent, or there without
// a value.
func (c *cond) absent() bool {
	switch c.op.Set {
	case policy.ForAllValues:
		return true
	case policy.ForAnyValue:
		return false
	}
	return c.op.IfExists || c.op.Negated
}

// some reports whether the condition asks it of some value, not of every.
func (c *cond) some() bool {
	if c.op.Set == policy.NoSet {
		return !c.op.Negated
	}
	return c.op.Set == policy.ForAnyValue
}
