package iam

import (
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func compileJSON(t testing.TB, text string) *Policy {
	t.Helper()
	if text == "" {
		return nil
	}
	doc, problems := policy.ParseJSON("policy.json", []byte(text))
	if doc == nil {
		t.Fatalf("%s: %v", text, problems)
	}
	return Compile(doc)
}

func TestSmoke(t *testing.T) {
	p := compileJSON(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}]}`)
	r := Request{Principal: ParsePrincipal("arn:aws:iam::123456789012:role/r"), Action: "s3:GetObject", Resource: value.Lit("arn:aws:s3:::b/k")}
	if d := Decide(&r, &Policies{Identity: []*Policy{p}}); d != Allowed {
		t.Fatal(d)
	}
	r.Resource = value.Concat(value.Lit("arn:aws:s3:::b/"), value.Hole("key"))
	if d := Decide(&r, &Policies{Identity: []*Policy{p}}); d != Allowed {
		t.Fatal(d)
	}
	r.Action = "s3:PutObject"
	if d := Decide(&r, &Policies{Identity: []*Policy{p}}); d != DeniedImplicit {
		t.Fatal(d)
	}
}
