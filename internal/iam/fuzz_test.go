package iam

import (
	"encoding/json"
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// FuzzARN reads any text as a principal and as a resource: what is no ARN is
// somebody or something else, and never a defect.
func FuzzARN(f *testing.F) {
	for _, s := range []string{"", "*", "arn:", "arn:aws:iam::111122223333:root", role, session, "arn:aws:iam::aws:policy/X", "111122223333", ":::::", "arn:aws:s3:::b/\x00", "arn:aws:sts::1:assumed-role"} {
		f.Add(s)
	}
	every := Compile(mustParse(f, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`))
	f.Fuzz(func(t *testing.T, s string) {
		p := ParsePrincipal(s)
		r := Request{Principal: p, Action: "s3:GetObject", Resource: value.Lit(s)}
		Evaluate(&r, &Policies{Identity: []*Policy{every}, Resource: every})
		if p.Kind == AnonymousKind && Decide(&r, &Policies{Identity: []*Policy{every}}) == Allowed {
			t.Errorf("%q is nobody, and its own policies allow something", s)
		}
	})
}

// FuzzCondition reads any operator, key and value, and any value of the request.
func FuzzCondition(f *testing.F) {
	for _, c := range [][4]string{
		{"StringLike", "aws:PrincipalTag/x", "a*${aws:username}", "ab"}, {"ForAllValues:StringEqualsIfExists", "k", "", ""}, {"NumericLessThan", "k", "1e400", "NaN"},
		{"DateGreaterThan", "aws:CurrentTime", "2026-13-01", "1700000000"}, {"IpAddress", "aws:SourceIp", "::/129", "1.2.3.4"}, {"Null", "k", "maybe", "x"}, {"ArnLike", "k", "arn:*:*", "arn:a:b"}, {"Bool", "k", "TRUE", "true"},
		{"StringEquals", "${x}", "${", "${*}"}, {"", "", "", ""},
	} {
		f.Add(c[0], c[1], c[2], c[3])
	}
	f.Fuzz(func(t *testing.T, operator, key, want, have string) {
		text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": map[string]any{
			"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": map[string]any{operator: map[string]any{key: want}}}})
		if err != nil {
			t.Skip()
		}
		doc, _ := policy.ParseJSON("p.json", text)
		p := Compile(doc)
		r := Request{Principal: ParsePrincipal(role), Action: "s3:GetObject", Resource: value.Lit("arn:aws:s3:::b/k")}
		open := Decide(&r, &Policies{Identity: []*Policy{p}})
		r.Context.Set(key, have)
		r.Context.Closed = true
		if closed := Decide(&r, &Policies{Identity: []*Policy{p}}); open != Unknown && closed != open && closed != Unknown {
			t.Errorf("%s %q %q: %v whatever the request says, and %v for %q", operator, key, want, open, closed, have)
		}
	})
}

func mustParse(t testing.TB, text string) *policy.Document {
	t.Helper()
	doc, problems := policy.ParseJSON("p.json", []byte(text))
	if doc == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	return doc
}
