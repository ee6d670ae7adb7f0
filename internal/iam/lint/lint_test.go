package lint

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

func codes(t *testing.T, kind policy.Kind, text string) string {
	t.Helper()
	doc, problems := policy.ParseJSON("p.json", []byte(text))
	var out []string
	for _, m := range Document(doc, problems, Options{Kind: kind, Solver: true}) {
		if m.Text == "" || m.Span.Line == 0 {
			t.Errorf("the message %+v says nothing or stands nowhere", m)
		}
		out = append(out, m.Code)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestMessages(t *testing.T) {
	const head = `{"Version": "2012-10-17", "Statement": [`
	tests := []struct{ name, statements, want string }{
		{"good", `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]}`, ""},
		{"typo", `{"Effect": "Allow", "Action": "s3:GetObjet", "Resource": "*"}`, "unknown-action"},
		{"bucket for objects", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"}`, "mismatched-action"},
		{"objects for bucket", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::a/*"}`, "mismatched-action"},
		{"a variable in the bucket's name", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::${aws:username}"}`, ""},
		{"a list of all", `{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}`, ""},
		{"an ARN too many", `{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:sns:eu-west-1:111122223333:t"]}`, "mismatched-resource"},
		{"one action", `{"Effect": "Allow", "Action": "sqs:SendMessage*", "Resource": "*"}`, "exact-action"},
		{"many actions", `{"Effect": "Allow", "Action": "sqs:Get*", "Resource": "*"}`, ""},
		{"covered", `{"Effect": "Allow", "Action": ["sqs:Get*", "sqs:GetQueueUrl"], "Resource": "*"}`, "covered-action"},
		{"twice", `{"Effect": "Allow", "Action": ["sqs:GetQueueUrl", "SQS:getqueueurl"], "Resource": "*"}`, "repeated-action"},
		{"a wildcard in equals", `{"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": "b*"}}}`, "literal-wildcard"},
		{"an escaped wildcard", `{"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": "b${*}"}}}`, ""},
		{"a key of another service", `{"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "b"}}}`, "unsent-key"},
		{"a key that there is", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "b"}}}`, ""},
		{"a tag of a secret", `{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"secretsmanager:ResourceTag/x": "b"}}}`, ""},
		{"no condition", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {}}`, "empty-condition"},
		{"no values", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": []}}}`, "grammar never"},
		{"all values", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a"}}}`, "for-all-values"},
		{"all values of several", `{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}}`, ""},
		{"all values, demanded", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a"}, "Null": {"aws:PrincipalOrgID": "false"}}}`, ""},
		{"MFA that keys pass", `{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}`, "mfa"},
		{"MFA", `{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`, ""},
		{"if exists", `{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}}`, "if-exists"},
		{"everything but", `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, "allow-not-action"},
		{"everywhere but", `{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"}`, "allow-not-resource"},
		{"denied", `{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}`, "shadowed"},
		{"granted twice", `{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}, {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}`, "redundant"},
		{"denied twice", `{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"}`, "redundant"},
		{"a Deny for others", `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"}`, ""},
		{"parts that exclude each other", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}, "StringLike": {"aws:PrincipalOrgID": "o-b*"}}}`, "never"},
		{"a comparison of keys", `{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgMasterAccountId": "${aws:PrincipalAccount}"}}}`, ""},
		{"grammar", `{"Effect": "Allow", "Action": "GetObject", "Resource": "*"}`, "grammar"},
		{"nothing known", `"x"`, "grammar"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := codes(t, policy.Identity, head+tt.statements+"]}"); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if got := codes(t, policy.Identity, `{"Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "${aws:username}"}}}]}`); got != "version" {
		t.Errorf("an old version with a variable: %q", got)
	}
	const resource = `"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:q"`
	for _, tt := range []struct{ statement, want string }{
		{`{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, ` + resource + `}`, "confused-deputy"},
		{`{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, ` + resource + `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:t"}}}`, ""},
		{`{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, ` + resource + `}`, "allow-not-principal"},
		{`{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:root", "AIDAEXAMPLEEXAMPLE12"]}, ` + resource + `}`, "stale-principal"},
		{`{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, ` + resource + `}`, "not-principal"},
	} {
		if got := codes(t, policy.Resource, head+tt.statement+"]}"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.statement, got, tt.want)
		}
	}
}

// TestOverlap compares with a search of texts that both patterns match.
func TestOverlap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	make := func(n int, alphabet string) string {
		var b strings.Builder
		for range random.IntN(n) {
			b.WriteByte(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	var texts []string
	var all func(prefix string, n int)
	all = func(prefix string, n int) {
		texts = append(texts, prefix)
		if n > 0 {
			all(prefix+"a", n-1)
			all(prefix+"b", n-1)
		}
	}
	all("", 8)
	for range 2000 {
		a, b := make(5, "ab*?"), make(5, "ab*?")
		pa, pb := value.NewPattern(value.Lit(a)), value.NewPattern(value.Lit(b))
		want := slices.ContainsFunc(texts, func(s string) bool { return pa.MatchString(s) == value.Yes && pb.MatchString(s) == value.Yes })
		if got := Overlap(a, b); got != want {
			t.Fatalf("Overlap(%q, %q) = %v", a, b, got)
		}
	}
}

// TestNoise counts the messages on AWS's own managed policies: what fires on
// many good policies must be right. REMIT_NOISE prints those of one code.
func TestNoise(t *testing.T) {
	docs := map[string]int{}
	n := 0
	for _, arn := range catalogue.ManagedARNs() {
		doc, ok := catalogue.Managed(arn)
		if !ok {
			continue
		}
		n++
		seen := map[string]bool{}
		for _, m := range Document(doc, nil, Options{Kind: policy.Identity, Solver: !testing.Short()}) {
			if key := m.Code + " " + m.Severity.String(); !seen[key] {
				seen[key] = true
				docs[key]++
			}
			if want := os.Getenv("REMIT_NOISE"); want == m.Code || want == "all" {
				fmt.Println(m.Code, m.Severity, m.Span, m.Text)
			}
		}
	}
	// Of the policies that AWS wrote itself, so many may be wrong at most. That
	// an action has no resources many of them overlook.
	limits := map[string]int{"mismatched-action warning": 210, "mismatched-resource note": 80, "exact-action note": 70, "unknown-action warning": 60, "redundant note": 30, "mismatched-resource warning": 40}
	for _, code := range slices.Sorted(maps.Keys(docs)) {
		t.Logf("%-28s in %4d of %d policies", code, docs[code], n)
		limit, ok := limits[code]
		if !ok {
			limit = 20
		}
		if docs[code] > limit {
			t.Errorf("%s fires on %d of %d managed policies", code, docs[code], n)
		}
	}
}
