package solve

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// many is n statements that differ in their resource and condition.
func many(n int, effect string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"Effect":%q,"Action":["s3:GetObject","s3:Put*"],"Resource":"arn:aws:s3:::bucket-%d/*","Condition":{"StringLike":{"aws:PrincipalTag/team":"t%d*"}}}`, effect, i, i)
	}
	return strings.Join(list, ",")
}

// Documents made to hurt get an answer within the cap.
func TestRobust(t *testing.T) {
	star := strings.Repeat("*a", 200) + "*b*"
	other := strings.Repeat("*b", 200) + "*a*"
	long := make([]string, 100_000)
	for i := range long {
		long[i] = fmt.Sprintf(`"svc%d:Action%d"`, i%1000, i)
	}
	wide := `{"Effect":"Allow","Action":[` + strings.Join(long, ",") + `],"Resource":"*"}`
	names := make([]string, 20_000)
	if os.Getenv("REMIT_ORACLE") != "" {
		names = make([]string, 200_000) // 6 MB
	}
	for i := range names {
		names[i] = fmt.Sprintf(`"arn:aws:s3:::bucket-%d/*"`, i)
	}
	buckets := `{"Effect":"Allow","Action":"s3:GetObject","Resource":[` + strings.Join(names, ",") + `]}`
	for _, c := range []struct{ name, a, b string }{
		{"many resources", buckets, buckets},
		{"10,000 statements within themselves", many(10_000, "Allow"), many(10_000, "Allow")},
		{"10,000 denies", `{"Effect":"Allow","Action":"s3:*","Resource":"*"},` + many(10_000, "Deny"), many(10_000, "Allow")},
		{"everything within 10,000 statements", `{"Effect":"Allow","Action":"*","Resource":"*"}`, many(10_000, "Allow")},
		{"globs", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"` + star + `"}`, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"` + other + `"}`},
		{"globs and their complement", `{"Effect":"Allow","Action":"s3:GetObject","Resource":["` + star + `","` + other + `"]}`, `{"Effect":"Allow","Action":"s3:GetObject","NotResource":["` + other + `x*a?b","` + star + `"]}`},
		{"small globs", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*a*a*a*b"}`, `{"Effect":"Allow","Action":"s3:GetObject","Resource":["*a*a*b","*b*"]}`},
		{"100,000 actions", wide, wide},
		{"100,000 actions within *", wide, `{"Effect":"Allow","Action":"*","Resource":"*"}`},
	} {
		start := time.Now()
		a, b := loose(t, c.a), loose(t, c.b)
		compiled := time.Since(start)
		ans := Within(a, b, Options{Loose: true})
		took := time.Since(start) - compiled
		t.Logf("%s: %s %s %q, compiled in %s, answered in %s, %d steps", c.name, ans.Holds, ans.Certainty, ans.Why, compiled, took, ans.Steps)
		replay(t, ans)
		if took > 20*time.Second {
			t.Errorf("%s takes %s", c.name, took)
		}
	}
}

func loose(t testing.TB, statements string) *Access {
	d, _ := policy.ParseJSON("p.json", []byte(`{"Version":"2012-10-17","Statement":[`+statements+`]}`))
	return Identity(d)
}

// What is malformed or not resolved is never safe.
func TestOpenIsNeverSafe(t *testing.T) {
	all := Identity(doc(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`))
	none := Identity(doc(t, `{"Effect":"Deny","Action":"*","Resource":"*"}`))
	for _, s := range []string{
		`"no statement"`,
		`{"Effect":"Permit","Action":"*","Resource":"*"}`,
		`{"Action":"*","Resource":"*"}`,
		`{"Effect":"Allow","Resource":"*"}`,
		`{"Effect":"Allow","Action":"*"}`,
		`{"Effect":"Allow","Action":"*","Resource":"bucket"}`,
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}`,
		`{"Effect":"Allow","Action":"s3:*","Resource":"*","Frobnicate":true}`,
		`{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::${aws:username}"}`,
	} {
		a := loose(t, s)
		if ans := Within(a, none, Options{}); ans.Holds == value.Yes {
			t.Errorf("%s: within nothing", s)
		}
		if ans := Within(all, a, Options{}); ans.Holds == value.Yes {
			t.Errorf("%s: everything within it", s)
		}
	}
	hole := func(h string) *Access {
		d := doc(t, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"x"}`)
		d.Statements[0].Resource.Items[0].Text = value.Concat(value.Lit("arn:aws:s3:::"), value.Hole(h), value.Lit("/*"))
		return Identity(d)
	}
	known := func(s string) *Access {
		return Identity(doc(t, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"`+s+`"}`))
	}
	except := Identity(doc(t, `{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::x/*"}`))
	for _, c := range []struct {
		name string
		a, b *Access
		want value.Tri
	}{
		{"same hole", hole("bucket"), hole("bucket"), value.Yes},
		{"wider", hole("bucket"), known("arn:aws:s3:::*"), value.Yes},
		{"two holes", hole("bucket"), hole("other"), value.Unknown},
		{"hole within text", hole("bucket"), known("arn:aws:s3:::b/*"), value.Unknown},
		{"text within hole", known("arn:aws:s3:::b/*"), hole("bucket"), value.Unknown},
		{"hole beside text", hole("bucket"), except, value.Unknown},
		{"everything within hole", known("*"), hole("bucket"), value.No},
	} {
		if ans := Within(c.a, c.b, Options{}); ans.Holds != c.want {
			t.Errorf("%s: %s %q %s, want %s", c.name, ans.Holds, ans.Why, ans.Witness, c.want)
		}
	}
	if ans := Within(Compile(&iam.Policies{IdentityOpen: true}), all, Options{}); ans.Holds != value.Yes {
		t.Errorf("unknown policies within all: %s", ans.Holds)
	}
	if ans := Within(Compile(&iam.Policies{IdentityOpen: true}), none, Options{}); ans.Holds != value.Unknown {
		t.Errorf("unknown policies within nothing: %s", ans.Holds)
	}
}

func FuzzWithin(f *testing.F) {
	f.Add([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}/*","Condition":{"StringLike":{"aws:username":["a*","b"]}}}]}`),
		[]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"s3:Put*","NotResource":"arn:aws:s3:::b/?"},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"ForAnyValue:IpAddress":{"k":"10.0.0.0/8"},"DateLessThan":{"k":"2026"},"Null":{"k":"true"}}}]}`))
	f.Fuzz(func(t *testing.T, x, y []byte) {
		if len(x) > 2048 || len(y) > 2048 {
			return
		}
		dx, _ := policy.ParseJSON("x.json", x)
		dy, _ := policy.ParseJSON("y.json", y)
		o := Options{Steps: 2000, States: 20_000}
		a, b := Identity(dx), Identity(dy)
		replay(t, Within(a, b, o))
		if ans := Within(a, a, o); ans.Holds == value.No {
			t.Fatalf("not within itself: %s", ans.Witness)
		}
		replay(t, Within(Resource(dx), Resource(dy), o))
		Ways(a, o)
		Granted(a, o)
		Public(Resource(dx), value.Lit(someAccount))
	})
}
