package solve

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A generator draws policies and requests from words that meet at corners:
// each request uses what some policy mentions, or its neighbour.
type generator struct {
	r         *rand.Rand
	variables bool
}

func draw[T any](g *generator, list ...T) T { return list[g.r.IntN(len(list))] }

var (
	genActions   = []string{"*", "s3:*", "s3:Get*", "s3:?etObject", "s3:GetObject", "s3:PutObject", "S3:GET*", "s3:*Object", "sqs:*", "sqs:SendMessage"}
	genAsked     = []string{"s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "sqs:SendMessage", "sqs:ReceiveMessage"}
	genPatterns  = []string{"*", "arn:aws:s3:::*", "arn:aws:s3:::docs/*", "arn:aws:s3:::docs/a*", "arn:aws:s3:::docs/a.txt", "arn:*:s3:::docs/*", "arn:aws:s3:::d?cs/*", "arn:aws:s3:::docs/*.txt", "arn:aws:s3:::*/a*", "arn:aws:sqs:*:*:q", "arn:aws:sqs:*:*:q*"}
	genVariables = []string{"arn:aws:s3:::docs/${aws:username}/*", "arn:aws:s3:::docs/${aws:PrincipalTag/team, 'ann'}/?", "arn:aws:s3:::docs/${aws:PrincipalTag/team}/*", "arn:aws:s3:::${*}/*"}
	genObjects   = []string{"arn:aws:s3:::docs/a.txt", "arn:aws:s3:::docs/ann/b", "arn:aws:s3:::docs/", "arn:aws:s3:::other/a.txt", "arn:aws:s3:::docs/b", "arn:aws:s3:::docs/bob/b.txt", "arn:aws-cn:s3:::docs/ab"}
	genQueues    = []string{"arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:q2", "arn:aws:sqs:us-east-1:123456789012:p"}
	genKeys      = []string{"aws:PrincipalTag/team", "aws:ResourceTag/team", "s3:prefix"}
	genValues    = []string{"ann", "Ann", "a*", "?nn", "b", "", "a"}
	genGiven     = []string{"ann", "Ann", "a*", "ANN", "b", "", "bnn", "a", "xyz"}
)

func (g *generator) values(list []string) string {
	if g.variables && g.r.IntN(4) == 0 {
		list = []string{"${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'x'}*", "a${aws:username}"}
	}
	out := make([]string, 1+g.r.IntN(2))
	for i := range out {
		out[i] = fmt.Sprintf("%q", draw(g, list...))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func (g *generator) condition() string {
	one := func(op, key, values string) string { return fmt.Sprintf(`{%q:{%q:%s}}`, op, key, values) }
	switch g.r.IntN(12) {
	case 0:
		return one("Null", draw(g, genKeys...), draw(g, `"true"`, `"false"`, `["true","false"]`))
	case 1:
		return one(draw(g, "NumericLessThan", "NumericEquals", "NumericGreaterThanEquals", "NumericNotEquals", "NumericLessThanEqualsIfExists"), "s3:max-keys", draw(g, `"5"`, `"10"`, `["5","10"]`))
	case 2:
		return one(draw(g, "IpAddress", "NotIpAddress", "IpAddressIfExists"), "aws:SourceIp", draw(g, `"203.0.113.0/24"`, `"203.0.113.7"`, `["2001:db8::/32","203.0.0.0/16"]`))
	case 3, 4:
		return one(draw(g, "ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike", "ForAnyValue:StringNotEquals", "ForAllValues:StringEqualsIgnoreCase", "StringEquals", "StringNotLike"), "aws:TagKeys", g.values(genValues))
	case 5:
		return one(draw(g, "ArnLike", "ArnEquals", "ArnNotLike"), "aws:PrincipalArn", draw(g, `"arn:aws:iam::*:user/*"`, `"arn:aws:iam::*:role/a*"`, `"arn:*:iam::123456789012:*"`, `"arn:aws:iam::123456789012:role/app"`))
	case 6:
		return one("Bool", "aws:SecureTransport", draw(g, `"true"`, `"false"`))
	case 7:
		return one(draw(g, "DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals"), "aws:CurrentTime", draw(g, `"2026-01-01T00:00:00Z"`, `"2026-06-30T12:00:00Z"`))
	}
	return one(draw(g, "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringEqualsIfExists", "StringNotLikeIfExists", "StringLikeIfExists"), draw(g, genKeys...), g.values(genValues))
}

func (g *generator) statement() string {
	resources := genPatterns
	if g.variables && g.r.IntN(3) == 0 {
		resources = genVariables
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"Effect":%q,%q:[%q,%q],%q:[%q,%q]`, draw(g, "Allow", "Allow", "Allow", "Deny"),
		draw(g, "Action", "Action", "Action", "NotAction"), draw(g, genActions...), draw(g, genActions...),
		draw(g, "Resource", "Resource", "Resource", "NotResource"), draw(g, resources...), draw(g, resources...))
	if g.r.IntN(2) == 0 {
		c := g.condition()
		if g.r.IntN(3) == 0 {
			d := g.condition()
			if a, _, _ := strings.Cut(c, ":{"); !strings.HasPrefix(d, a) {
				c = c[:len(c)-1] + "," + d[1:]
			}
		}
		b.WriteString(`,"Condition":` + c)
	}
	b.WriteString("}")
	return b.String()
}

func (g *generator) policy(n int) string {
	list := make([]string, 1+g.r.IntN(n))
	for i := range list {
		list[i] = g.statement()
	}
	return strings.Join(list, ",")
}

// rounds is how often a test draws: less in short runs, more where oracles are
// asked.
func rounds(usual, oracle int) int {
	switch {
	case testing.Short():
		return usual / 4
	case os.Getenv("REMIT_ORACLE") != "":
		return oracle
	}
	return usual
}

// request draws one well-formed request.
func (g *generator) request() iam.Request {
	r := iam.Request{Account: value.Lit(someAccount), Principal: someSession(someAccount)}
	r.Action = draw(g, genAsked...)
	r.Resource = value.Lit(draw(g, genObjects...))
	if strings.HasPrefix(r.Action, "sqs") {
		r.Resource = value.Lit(draw(g, genQueues...))
	}
	r.Context.Closed = true
	name := draw(g, "ann", "bob", "app")
	if g.r.IntN(2) == 0 {
		r.Principal = iam.User(value.Lit("arn:aws:iam::" + someAccount + ":user/" + name))
	} else {
		r.Principal = iam.Session(value.Lit("arn:aws:sts::"+someAccount+":assumed-role/"+name+"/s"), value.Lit("arn:aws:iam::"+someAccount+":role/"+name))
	}
	for _, k := range genKeys {
		if g.r.IntN(2) == 0 {
			r.Context.Set(k, draw(g, genGiven...))
		}
	}
	if g.r.IntN(2) == 0 {
		r.Context.Set("aws:TagKeys", draw(g, genGiven...), draw(g, genGiven...))
	}
	r.Context.Set("aws:SecureTransport", draw(g, "true", "false"))
	r.Context.Set("aws:CurrentTime", draw(g, "2026-01-01T00:00:00Z", "2025-06-30T12:00:00Z", "2027-06-30T12:00:00Z", "2026-06-30T12:00:00Z"))
	if g.r.IntN(2) == 0 {
		r.Context.Set("s3:max-keys", draw(g, "5", "10", "11", "7"))
	}
	if g.r.IntN(2) == 0 {
		r.Context.Set("aws:SourceIp", draw(g, "203.0.113.7", "203.0.113.9", "203.0.7.7", "198.51.100.1", "2001:db8::1"))
	}
	return r
}

// TestOracleRequests compares answers with requests drawn at the corners: of
// what is within, none is allowed by the first side and not by the second.
func TestOracleRequests(t *testing.T) {
	rounds := rounds(800, 6000)
	for _, variables := range []bool{false, true} {
		g := &generator{r: rand.New(rand.NewPCG(3, 4)), variables: variables}
		var count [3]int
		var certain [3]int
		for range rounds {
			ta, tb := g.policy(3), g.policy(3)
			if g.r.IntN(2) == 0 {
				tb = ta + "," + tb // related, so that one may be within the other
			} else if g.r.IntN(2) == 0 {
				tb = tb + "," + ta
				ta = ta + "," + strings.Replace(g.statement(), `"Effect":"Allow"`, `"Effect":"Deny"`, 1)
			}
			a, b := Identity(doc(t, ta)), Identity(doc(t, tb))
			ans := Within(a, b, Options{Loose: g.r.IntN(3) == 0})
			replay(t, ans)
			count[ans.Holds]++
			certain[ans.Certainty]++
			if ans.Holds == value.Unknown && !variables {
				t.Fatalf("not decided: %q\n%s\n%s\n%s", ans.Why, ta, tb, ans.Witness)
			}
			if ans.Holds != value.Yes {
				continue
			}
			for range 200 {
				r := g.request()
				if iam.Decide(&r, &a.policies) == iam.Allowed && iam.Decide(&r, &b.policies) != iam.Allowed {
					w := Witness{Request: r}
					t.Fatalf("yes, but %s: %s and %s\n%s\n%s", &w, iam.Decide(&r, &a.policies), iam.Decide(&r, &b.policies), ta, tb)
				}
			}
		}
		t.Logf("variables %t: %d no, %d yes, %d open", variables, count[value.No], count[value.Yes], count[value.Unknown])
	}
}

// split makes a statement of each action and resource.
func split(d *policy.Document) *policy.Document {
	out := *d
	out.Statements = nil
	for _, s := range d.Statements {
		if s.NotAction.Present || s.NotResource.Present {
			out.Statements = append(out.Statements, s)
			continue
		}
		for _, a := range s.Action.Items {
			for _, r := range s.Resource.Items {
				one := s
				one.Sid = policy.Item{Text: value.Lit("renamed")}
				one.Action.Items, one.Resource.Items = []policy.Item{a}, []policy.Item{r}
				out.Statements = append([]policy.Statement{one}, out.Statements...)
			}
		}
	}
	return &out
}

// TestLaws: a policy is within itself and any other; a deny never grows
// access; splitting, renaming and putting in another order changes nothing.
func TestLaws(t *testing.T) {
	rounds := rounds(400, 3000)
	for _, variables := range []bool{false, true} {
		g := &generator{r: rand.New(rand.NewPCG(5, 6)), variables: variables}
		open := 0
		for range rounds {
			ta, tb := g.policy(3), g.policy(3)
			allows := strings.ReplaceAll(tb, `"Effect":"Deny"`, `"Effect":"Allow"`)
			denies := strings.ReplaceAll(tb, `"Effect":"Allow"`, `"Effect":"Deny"`)
			d := doc(t, ta)
			p := Identity(d)
			for _, c := range []struct {
				law  string
				a, b *Access
			}{
				{"p within p or q", p, Identity(doc(t, ta+","+allows))},
				{"p without q within p", Identity(doc(t, ta+","+denies)), p},
				{"p within its parts", p, Identity(split(d))},
				{"its parts within p", Identity(split(d)), p},
				{"p and p within p", Identity(d, d), p},
			} {
				ans := Within(c.a, c.b, Options{})
				replay(t, ans)
				if ans.Holds == value.No || ans.Holds == value.Unknown && !variables {
					t.Fatalf("%s: %s %q\n%s\n%s\n%s", c.law, ans.Holds, ans.Why, ta, tb, ans.Witness)
				}
				if ans.Holds == value.Unknown {
					open++
				}
			}
		}
		t.Logf("variables %t: %d of %d not decided", variables, open, 5*rounds)
	}
}

// FuzzPair asks about pairs of policies that are drawn at corners: witnesses
// replay, laws hold, and no request that is drawn speaks against a yes.
func FuzzPair(f *testing.F) {
	for i := range uint64(4) {
		f.Add(i, i*i, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, x, y uint64, variables bool) {
		g := &generator{r: rand.New(rand.NewPCG(x, y)), variables: variables}
		ta, tb := g.policy(4), g.policy(4)
		if g.r.IntN(2) == 0 {
			tb = ta + "," + tb
		}
		a, b := Identity(doc(t, ta)), Identity(doc(t, tb))
		ans := Within(a, b, Options{Loose: g.r.IntN(3) == 0})
		replay(t, ans)
		if ans.Holds == value.Unknown && !variables {
			t.Fatalf("not decided: %q\n%s\n%s", ans.Why, ta, tb)
		}
		if self := Within(a, a, Options{}); self.Holds == value.No {
			t.Fatalf("not within itself: %s\n%s", self.Witness, ta)
		}
		some := Sometimes(a, Options{Loose: true})
		replay(t, some)
		for range 40 {
			r := g.request()
			first := iam.Decide(&r, &a.policies) == iam.Allowed
			if first && some.Holds == value.No {
				t.Fatalf("never, but %s\n%s", &Witness{Request: r}, ta)
			}
			if first && ans.Holds == value.Yes && iam.Decide(&r, &b.policies) != iam.Allowed {
				t.Fatalf("yes, but %s: %s\n%s\n%s", &Witness{Request: r}, iam.Decide(&r, &b.policies), ta, tb)
			}
		}
	})
}
