package iam

import (
	"encoding/json"
	"math/big"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// refGlob is the meaning of * and ?, written as plainly as it can be.
func refGlob(p, s string) bool {
	switch {
	case p == "":
		return s == ""
	case p[0] == '*':
		return refGlob(p[1:], s) || s != "" && refGlob(p, s[1:])
	}
	return s != "" && (p[0] == '?' || p[0] == s[0]) && refGlob(p[1:], s[1:])
}

// FuzzGlobs compares every matcher of known text with the plain one.
func FuzzGlobs(f *testing.F) {
	for _, c := range [][2]string{{"*a*a*a*b", "aaaaaaab"}, {"a?c*", "abc"}, {"**", ""}, {"", "x"}, {"?*?", "a"}, {"a*b*c", "aXbYbc"}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, p, s string) {
		if len(p) > 14 || len(s) > 14 {
			return
		}
		want := refGlob(p, s)
		pattern := value.NewPattern(value.Lit(p))
		if got := pattern.MatchString(s); got != value.Of(want) {
			t.Errorf("pattern %q on %q: %v", p, s, got)
		}
		if got := globASCII(p, []byte(s)); got != want {
			t.Errorf("action %q on %q: %v", p, s, got)
		}
		// With a hole behind it, what matches is never denied for certain.
		if got := pattern.Match(value.Concat(value.Lit(s), value.Hole("h"))); want && got == value.No {
			t.Errorf("pattern %q on %q and more: no", p, s)
		}
	})
}

var (
	plainNumber = regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,5})?$`)
	plainTime   = regexp.MustCompile(`^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`)
	order       = []func(int) bool{func(c int) bool { return c == 0 }, func(c int) bool { return c < 0 }, func(c int) bool { return c <= 0 }, func(c int) bool { return c > 0 }, func(c int) bool { return c >= 0 }}
	orderNames  = []string{"Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"}
)

// reference is whether one value matches one value of a condition, by other
// means than the evaluator's; false where it does not know.
func reference(kind, rel uint8, want, have string) (operator string, match, known bool) {
	switch kind % 6 {
	case 0:
		if !plainNumber.MatchString(want) || !plainNumber.MatchString(have) {
			return "", false, false
		}
		x, _ := new(big.Rat).SetString(have)
		y, _ := new(big.Rat).SetString(want)
		return "Numeric" + orderNames[rel%5], order[rel%5](x.Cmp(y)), true
	case 1:
		x, err := time.Parse("2006-01-02T15:04:05Z", have)
		y, err2 := time.Parse("2006-01-02T15:04:05Z", want)
		if err != nil || err2 != nil || !plainTime.MatchString(want) || !plainTime.MatchString(have) {
			return "", false, false
		}
		return "Date" + orderNames[rel%5], order[rel%5](int(x.Unix() - y.Unix())), true
	case 2:
		x := net.ParseIP(have)
		ip, block, err := net.ParseCIDR(want)
		if x == nil || err != nil || strings.Contains(want, ".") == strings.Contains(want, ":") || strings.Contains(have, ".") == strings.Contains(have, ":") {
			return "", false, false
		}
		return "IpAddress", block.Contains(x) && (ip.To4() == nil) == (x.To4() == nil), true
	case 3:
		w, h := strings.SplitN(want, ":", 6), strings.SplitN(have, ":", 6)
		if len(w) != 6 || len(h) != 6 || strings.Contains(want, "${") {
			return "", false, false
		}
		match = true
		for i := range w {
			match = match && refGlob(w[i], h[i])
		}
		return []string{"ArnLike", "ArnEquals"}[rel%2], match, true
	case 4:
		if strings.Contains(want, "${") {
			return "", false, false
		}
		return "StringLike", refGlob(want, have), true
	}
	if strings.Contains(want, "${") {
		return "", false, false
	}
	return "StringEquals", want == have, true
}

// FuzzOperator compares operators with their reference, plain and negated, with
// one value and with two.
func FuzzOperator(f *testing.F) {
	for _, c := range []struct {
		kind, rel  uint8
		want, have string
	}{
		{0, 1, "10.5", "9"}, {0, 0, "-0", "0.0"}, {1, 3, "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z"}, {2, 0, "203.0.113.0/24", "203.0.113.255"}, {2, 0, "2001:db8::/33", "2001:db8:8000::1"},
		{2, 0, "::/0", "::1"}, {2, 0, "::/00", "::"}, {3, 0, "arn:aws:iam::*:role/a*", "arn:aws:iam::111122223333:role/a:b"}, {4, 0, "a*b?", "aXbc"}, {5, 0, "a*", "a*"},
	} {
		f.Add(c.kind, c.rel, c.want, c.have, "x")
	}
	f.Fuzz(func(t *testing.T, kind, rel uint8, want, have, other string) {
		if len(want) > 40 || len(have) > 40 || have == "" {
			return
		}
		operator, match, known := reference(kind, rel, want, have)
		if !known {
			return
		}
		negated := map[string]string{"IpAddress": "NotIpAddress", "ArnLike": "ArnNotLike", "ArnEquals": "ArnNotEquals", "StringLike": "StringNotLike", "StringEquals": "StringNotEquals", "NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals"}
		check := func(operator string, want any, match bool) {
			doc := map[string]any{"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": map[string]any{operator: map[string]any{"k:k": want}}}}
			text, err := json.Marshal(doc)
			if err != nil {
				t.Skip()
			}
			parsed, _ := policy.ParseJSON("p.json", text)
			for _, s := range []string{want0(want), have} {
				if strings.ToValidUTF8(s, "") != s {
					return // JSON cannot say it
				}
			}
			r := Request{Principal: ParsePrincipal(role), Action: "s3:GetObject", Resource: value.Lit("arn:aws:s3:::b/k")}
			r.Context.Closed = true
			r.Context.Set("k:k", have)
			if got := Decide(&r, &Policies{Identity: []*Policy{Compile(parsed)}}); (got == Allowed) != match || got == Unknown {
				t.Errorf("%s %q on %q: %v, want %t", operator, want, have, got, match)
			}
		}
		check(operator, want, match)
		check(operator+"IfExists", want, match)
		check("ForAnyValue:"+operator, want, match)
		check("ForAllValues:"+operator, want, match)
		if not := negated[operator]; not != "" {
			check(not, want, !match)
			check("ForAnyValue:"+not, want, !match)
		}
		if _, also, known := reference(kind, rel, other, have); known && strings.ToValidUTF8(other, "") == other {
			check(operator, []string{want, other}, match || also)
			if not := negated[operator]; not != "" {
				check(not, []string{want, other}, !match && !also)
			}
		}
	})
}

func want0(want any) string {
	if list, ok := want.([]string); ok {
		return strings.Join(list, "")
	}
	return want.(string)
}
