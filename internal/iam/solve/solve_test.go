package solve

import (
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func parse(t testing.TB, text string) *policy.Document {
	t.Helper()
	doc, problems := policy.ParseJSON("policy.json", []byte(text))
	if doc == nil {
		t.Fatalf("%s: %v", text, problems)
	}
	return doc
}

// doc writes a document of the statements.
func doc(t testing.TB, statements string) *policy.Document {
	return parse(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
}

// replay checks what an answer claims.
func replay(t testing.TB, ans Answer) {
	t.Helper()
	if ans.Certainty != Exact || ans.Witness == nil {
		return
	}
	w := ans.Witness
	if w.A != nil {
		if d := w.ByA().Decision; d != iam.Allowed {
			t.Fatalf("the first side says %s of the witness %s", d, w)
		}
	}
	if w.B != nil {
		if d := w.ByB().Decision; d == iam.Allowed || d == iam.Unknown {
			t.Fatalf("the second side says %s of the witness %s", d, w)
		}
	}
}

func TestWithin(t *testing.T) {
	allow := func(action, resource, rest string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"` + rest + `}`
	}
	cond := func(s string) string { return `,"Condition":{` + s + `}` }
	for _, c := range []struct {
		name, a, b string
		want       value.Tri
		certainty  Certainty
	}{
		{"same", allow("s3:Get*", "arn:aws:s3:::b/*", ""), allow("s3:Get*", "arn:aws:s3:::b/*", ""), value.Yes, Exact},
		{"narrow", allow("s3:GetObject", "arn:aws:s3:::b/k*", ""), allow("s3:Get*", "arn:aws:s3:::b/*", ""), value.Yes, Exact},
		{"wide", allow("s3:Get*", "arn:aws:s3:::b/*", ""), allow("s3:GetObject", "arn:aws:s3:::b/k*", ""), value.No, Exact},
		{"new actions", allow("s3:*", "*", ""), allow("s3:*", "*", ""), value.Yes, Exact},
		{"every service", allow("*", "*", ""), allow("s3:*", "*", ""), value.No, Exact},
		{"unknown action", allow("s3:Frobnicate", "*", ""), allow("s3:Get*", "*", ""), value.No, Exact},
		{"union", allow("s3:GetObject", "arn:aws:s3:::b/*", ""), allow("s3:GetObject", "arn:aws:s3:::b/a*", "") + `,{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/a*"}`, value.Yes, Exact},
		{"all buckets", allow("s3:ListAllMyBuckets", "arn:aws:s3:::*", ""), allow("s3:ListBucket", "*", ""), value.No, Exact},
		{"one bucket is not all", allow("s3:ListAllMyBuckets", "arn:aws:s3:::b", ""), allow("s3:ListBucket", "*", ""), value.Yes, Exact},
		{"deny", allow("s3:GetObject", "*", ""), allow("s3:*", "*", "") + `,{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`, value.No, Exact},
		{"both deny", allow("s3:GetObject", "*", "") + `,{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`, allow("s3:*", "*", "") + `,{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`, value.Yes, Exact},
		{"condition", allow("s3:GetObject", "*", cond(`"StringEquals":{"aws:PrincipalTag/t":"a"}`)), allow("s3:GetObject", "*", cond(`"StringLike":{"aws:PrincipalTag/t":"a*"}`)), value.Yes, Exact},
		{"condition wide", allow("s3:GetObject", "*", cond(`"StringLike":{"aws:PrincipalTag/t":"a*"}`)), allow("s3:GetObject", "*", cond(`"StringEquals":{"aws:PrincipalTag/t":"a"}`)), value.No, Exact},
		{"boolean", allow("s3:GetObject", "*", ""), allow("s3:GetObject", "*", cond(`"Bool":{"aws:SecureTransport":"true"}`)) + `,` + allow("s3:GetObject", "*", cond(`"Bool":{"aws:SecureTransport":"false"}`)), value.Yes, Exact},
		{"addresses", allow("s3:GetObject", "*", cond(`"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`)), allow("s3:GetObject", "*", cond(`"IpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9"]}`)), value.Yes, Exact},
		{"numbers", allow("s3:ListBucket", "*", cond(`"NumericLessThan":{"s3:max-keys":"5"}`)), allow("s3:ListBucket", "*", cond(`"NumericLessThanEquals":{"s3:max-keys":"5"}`)), value.Yes, Exact},
		{"variable", allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", ""), allow("s3:GetObject", "arn:aws:s3:::b/*", ""), value.Yes, Exact},
		{"same variable", allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", ""), allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", ""), value.Yes, Exact},
		{"variable known", allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", cond(`"StringEquals":{"aws:username":"bob"}`)), allow("s3:GetObject", "arn:aws:s3:::b/bob/*", ""), value.Yes, Exact},
		{"variable wide", allow("s3:GetObject", "arn:aws:s3:::b/*", ""), allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", ""), value.No, Exact},
		{"two variables", allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", ""), allow("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/x}/*", ""), value.No, Exact},
		{"keys", allow("kms:Decrypt", "*", ""), allow("kms:Decrypt", "arn:aws*:kms:*:*:key/*", ""), value.Yes, Exact},
		{"partitions", allow("kms:Decrypt", "*", ""), allow("kms:Decrypt", "arn:aws:kms:*:*:key/*", ""), value.No, Exact},
		{"all values", allow("s3:PutBucketTagging", "*", cond(`"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}`)), allow("s3:PutBucketTagging", "*", cond(`"ForAllValues:StringLike":{"aws:TagKeys":"?"}`)), value.Yes, Exact},
		{"any value", allow("s3:PutBucketTagging", "*", cond(`"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}`)), allow("s3:PutBucketTagging", "*", cond(`"ForAllValues:StringLike":{"aws:TagKeys":"?"}`)), value.No, Exact},
	} {
		a, b := Identity(doc(t, c.a)), Identity(doc(t, c.b))
		ans := Within(a, b, Options{})
		replay(t, ans)
		if ans.Holds != c.want || ans.Certainty != c.certainty {
			t.Errorf("%s: %s, %s, %q, want %s; witness %v", c.name, ans.Holds, ans.Certainty, ans.Why, c.want, ans.Witness)
		} else {
			t.Logf("%s: %s %s", c.name, ans.Holds, ans.Witness)
		}
	}
}
