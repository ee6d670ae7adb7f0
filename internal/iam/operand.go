package iam

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// An operand is one value of a condition, in the form its operator needs.
type operand struct {
	template                 // strings
	arn      []value.Pattern // six parts, where the value has no variable
	text     value.Text
	maybe    bool
	ok       bool // number, date, block or boolean could be read
	open     bool // it has a hole
	number   float64
	at       time.Time
	block    netip.Prefix
	flag     bool
}

func compileOperand(kind policy.OperatorKind, it policy.Item, variables value.Tri) operand {
	o := operand{text: it.Text, maybe: it.Maybe}
	known, ok := it.Text.Known()
	o.open = !ok
	switch kind {
	case policy.StringEquals:
		o.template = compileTemplate(it.Text, variables, false)
	case policy.StringEqualsIgnoreCase:
		o.template = compileTemplate(it.Text, variables, false)
		if o.pieces == nil {
			o.pattern = value.Plain(it.Text.Map(strings.ToLower))
		}
	case policy.StringLike:
		o.template = compileTemplate(it.Text, variables, true)
	case policy.ArnLike:
		o.template = compileTemplate(it.Text, variables, true)
		if o.pieces == nil {
			o.arn = arnPatterns(it.Text)
		}
	case policy.Bool, policy.Null:
		o.flag, o.ok = parseBool(known)
	case policy.IPAddress:
		o.block, o.ok = parseBlock(known)
	case policy.DateEquals, policy.DateLessThan, policy.DateLessThanEquals, policy.DateGreaterThan, policy.DateGreaterThanEquals:
		o.at, o.ok = parseDate(known)
	case policy.NumericEquals, policy.NumericLessThan, policy.NumericLessThanEquals, policy.NumericGreaterThan, policy.NumericGreaterThanEquals:
		o.number, o.ok = parseNumber(known)
	}
	return o
}

func parseBool(s string) (bool, bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

func parseNumber(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && n == n
}

func parseBlock(s string) (netip.Prefix, bool) {
	if addr, bits, ok := strings.Cut(s, "/"); ok {
		if short := strings.TrimLeft(bits, "0"); short != bits { // "10.0.0.0/08"
			s = addr + "/" + cmp.Or(short, "0")
		}
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// parseDate reads the ISO 8601 forms that IAM takes, and seconds since 1970.
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02", "2006-01", "2006"} {
		if layout == "2006" && len(s) != 4 {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0).UTC(), true
	}
	return time.Time{}, false
}

func (o *operand) match(kind policy.OperatorKind, r *Request, subject value.Text, tr *trace) value.Tri {
	switch kind {
	case policy.StringEquals:
		if o.open && o.pieces == nil && ofStranger(subject) {
			return value.No // whatever the value turns out to be
		}
		return o.template.match(r, subject, false, tr)
	case policy.StringLike:
		return o.template.match(r, subject, true, tr)
	case policy.StringEqualsIgnoreCase:
		return o.fold(r, subject, tr)
	case policy.ArnLike:
		return o.matchARN(r, subject, tr)
	case policy.BinaryEquals:
		return o.text.Equal(subject)
	}
	known, ok := subject.Known()
	if kind == policy.IPAddress && o.ok && isFresh(subject) {
		return value.Of(o.anywhere())
	}
	switch {
	case o.open:
		return value.Unknown
	case !o.ok:
		return value.No // whatever the request says
	case !ok:
		return value.Unknown
	}
	switch kind {
	case policy.Bool:
		b, ok := parseBool(known)
		return value.Of(ok && b == o.flag)
	case policy.IPAddress:
		a, err := netip.ParseAddr(known)
		return value.Of(err == nil && o.block.Contains(a))
	case policy.DateEquals, policy.DateLessThan, policy.DateLessThanEquals, policy.DateGreaterThan, policy.DateGreaterThanEquals:
		t, ok := parseDate(known)
		return value.Of(ok && ordered(kind-policy.DateEquals, t.Compare(o.at)))
	}
	n, ok := parseNumber(known)
	return value.Of(ok && ordered(kind-policy.NumericEquals, cmp.Compare(n, o.number)))
}

// later compares a time that is not before since: what lies before it is over
// for good, what comes after it may hold once or not.
func (o *operand) later(kind policy.OperatorKind, since time.Time) value.Tri {
	at, rel := o.at, kind-policy.DateEquals
	switch kind {
	case policy.DateEquals, policy.DateLessThan, policy.DateLessThanEquals, policy.DateGreaterThan, policy.DateGreaterThanEquals:
	case policy.NumericEquals, policy.NumericLessThan, policy.NumericLessThanEquals, policy.NumericGreaterThan, policy.NumericGreaterThanEquals:
		at, rel = time.Unix(int64(o.number), 0), kind-policy.NumericEquals
	default:
		return value.Unknown // no comparison of times
	}
	switch {
	case o.open:
		return value.Unknown
	case !o.ok:
		return value.No
	case !at.Before(since):
		return value.Unknown
	}
	return value.Of(ordered(rel, 1))
}

// isFresh tells whether the text stands for what nobody wrote.
func isFresh(t value.Text) bool {
	parts := t.Parts()
	return len(parts) == 1 && parts[0].Fresh
}

// anywhere tells whether a block of addresses is so wide that it holds back
// nobody, by the bounds that S3 draws.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (o *operand) anywhere() bool {
	if o.block.Addr().Is4() {
		return o.block.Bits() < 8
	}
	return o.block.Bits() < 32
}

// ordered applies the comparison that stands so many places after Equals.
func ordered(rel policy.OperatorKind, cmp int) bool {
	switch rel {
	case 0:
		return cmp == 0
	case policy.NumericLessThan - policy.NumericEquals:
		return cmp < 0
	case policy.NumericLessThanEquals - policy.NumericEquals:
		return cmp <= 0
	case policy.NumericGreaterThan - policy.NumericEquals:
		return cmp > 0
	}
	return cmp >= 0
}

// fold compares without regard to case.
func (o *operand) fold(r *Request, subject value.Text, tr *trace) value.Tri {
	low := subject.Map(strings.ToLower)
	if o.pieces == nil {
		return o.pattern.Match(low)
	}
	lower := template{pieces: make([]piece, len(o.pieces))}
	for i, p := range o.pieces {
		p.text, p.dflt = p.text.Map(strings.ToLower), strings.ToLower(p.dflt)
		if p.key != "" {
			if f := r.lookup(p.key); f.has == value.Yes && f.len() == 1 && !f.at(0).IsEmpty() {
				p.text, p.key, p.plain = f.at(0).Map(strings.ToLower), "", true
			}
		}
		lower.pieces[i] = p
	}
	return lower.match(r, low, false, tr)
}
