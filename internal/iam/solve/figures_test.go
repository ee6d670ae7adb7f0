package solve

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// figures prints what a kind of question costs.
type figures struct {
	times              []time.Duration
	yes, no, undecided int
	conditional        int // exact, and neither yes nor no
}

func (f *figures) add(d time.Duration, ans Answer) {
	f.times = append(f.times, d)
	switch {
	case ans.Holds == value.Yes:
		f.yes++
	case ans.Holds == value.No:
		f.no++
	case ans.Certainty == Exact:
		f.conditional++
	default:
		f.undecided++
	}
}

func (f *figures) String() string {
	slices.Sort(f.times)
	at := func(p float64) time.Duration { return f.times[int(p*float64(len(f.times)-1))] }
	return fmt.Sprintf("%d questions: %d yes, %d no, %d by conditions, %d not decided; median %s, p90 %s, p99 %s, max %s",
		len(f.times), f.yes, f.no, f.conditional, f.undecided, at(0.5), at(0.9), at(0.99), at(1))
}

// sample is a share of the AWS managed policies, always the same.
func sample(n int) []*policy.Document {
	r := rand.New(rand.NewPCG(1, 2))
	arns := catalogue.ManagedARNs()
	r.Shuffle(len(arns), func(i, j int) { arns[i], arns[j] = arns[j], arns[i] })
	var out []*policy.Document
	for _, arn := range arns[:min(n, len(arns))] {
		d, _ := catalogue.Managed(arn)
		out = append(out, d)
	}
	return out
}

// share is how many policies a test takes: few by default, more where oracles
// are asked.
func share(t *testing.T, few, more int) int {
	if testing.Short() {
		t.Skip("thousands of questions; run without -short")
	}
	if os.Getenv("REMIT_ORACLE") != "" {
		return more
	}
	return few
}

// check reports what the figures must not show.
func (f *figures) check(t *testing.T, kind string) {
	t.Helper()
	t.Logf("%s: %s", kind, f)
	if f.undecided > 0 {
		t.Errorf("%s: %d of %d not decided", kind, f.undecided, len(f.times))
	}
	if at := f.times[len(f.times)/2]; at > time.Millisecond {
		t.Errorf("%s: the median is %s", kind, at)
	}
}

// TestOracleManaged asks of every pair of a sample of AWS's managed policies
// whether one is within the other, which is equality too, asked both ways.
func TestOracleManaged(t *testing.T) {
	docs := sample(share(t, 80, 300))
	var list []*Access
	for _, d := range docs {
		list = append(list, Identity(d))
	}
	var f figures
	for i, a := range list {
		for j, b := range list {
			start := time.Now()
			ans := Within(a, b, Options{})
			f.add(time.Since(start), ans)
			if i == j && ans.Holds != value.Yes {
				t.Errorf("%s is not within itself: %s %q", docs[i].Span.File, ans.Holds, ans.Why)
			}
			if (i+j)%7 == 0 {
				replay(t, ans)
			}
		}
	}
	f.check(t, "within")
}

// TestOracleVariants asks of each policy and changed copies of it: without a
// statement, with a deny, with one resource narrowed.
func TestOracleVariants(t *testing.T) {
	docs := sample(share(t, 150, 2000))
	var less, more, narrow figures
	for _, d := range docs {
		full := Identity(d)
		ask := func(f *figures, a, b *Access, want value.Tri) {
			start := time.Now()
			ans := Within(a, b, Options{})
			f.add(time.Since(start), ans)
			replay(t, ans)
			if want != value.Unknown && ans.Holds != want {
				t.Errorf("%s: %s %q, want %s; %s", d.Span.File, ans.Holds, ans.Why, want, ans.Witness)
			}
		}
		for i := range min(len(d.Statements), 4) {
			part := *d
			part.Statements = slices.Delete(slices.Clone(d.Statements), i, i+1)
			if d.Statements[i].Is(policy.Allow) == value.Yes {
				ask(&less, Identity(&part), full, value.Yes)
				ask(&less, full, Identity(&part), value.Unknown)
			}
		}
		denied := *d
		denied.Statements = append(slices.Clone(d.Statements), policy.Statement{
			Effect: item(policy.Deny), Action: d.Statements[0].Action, NotAction: d.Statements[0].NotAction, Resource: list("arn:aws:*:*:*:x*"),
		})
		ask(&more, Identity(&denied), full, value.Yes)
		ask(&more, full, Identity(&denied), value.Unknown)
		thin := *d
		thin.Statements = slices.Clone(d.Statements)
		st := &thin.Statements[0]
		if st.Is(policy.Allow) == value.Yes && st.Resource.Present {
			st.Resource = list("arn:aws:*:*:123456789012:narrow*")
			if first := d.Statements[0].Resource.Items[0].Text.String(); first == "*" {
				ask(&narrow, Identity(&thin), full, value.Yes)
			}
			ask(&narrow, full, Identity(&thin), value.Unknown)
		}
	}
	less.check(t, "without a statement")
	more.check(t, "with a deny")
	narrow.check(t, "narrowed")
}

// TestOracleQueries asks of each policy who can do some things, and, as the
// policy of a resource for everybody, whom it lets in.
func TestOracleQueries(t *testing.T) {
	docs := sample(share(t, 200, 2000))
	var can, always, public figures
	for _, d := range docs {
		a := Identity(d)
		for _, o := range []Options{
			{Actions: []string{"iam:PassRole"}, Resources: []value.Text{value.Lit("arn:aws:iam::123456789012:role/admin")}},
			{Actions: []string{"s3:GetObject"}, Resources: []value.Text{value.Lit("arn:aws:s3:::secrets/*")}},
			{Actions: []string{"lambda:*"}},
			{Actions: []string{"*"}},
		} {
			start := time.Now()
			ans := Sometimes(a, o)
			can.add(time.Since(start), ans)
			if ans.Holds == value.Yes && ans.Witness.ByA().Decision != iam.Allowed {
				t.Errorf("%s: %s is not allowed", d.Span.File, ans.Witness)
			}
			start = time.Now()
			ans = Always(a, o)
			always.add(time.Since(start), ans)
			replay(t, ans)
		}
		open := *d
		open.Statements = slices.Clone(d.Statements)
		for i := range open.Statements {
			open.Statements[i].Principal = &policy.Principal{Any: true}
		}
		r := Resource(&open)
		start := time.Now()
		list := Public(r, value.Lit(someAccount))
		spent := time.Since(start)
		// The widest answer is the policy's: yes, then if conditions hold.
		ans := Answer{Holds: value.No, Certainty: Exact}
		for _, x := range list {
			switch {
			case x.Holds == value.Yes:
				ans = x.Answer
			case ans.Holds != value.Yes && (ans.Holds == value.No || x.Certainty == Exact):
				ans = x.Answer
			}
			if x.Certainty == Exact && x.Holds == value.Unknown && (len(x.Depends) == 0 || x.Witness.ByA().Decision != iam.Allowed) {
				t.Errorf("%s: depends on %v, shown by %s", d.Span.File, x.Depends, x.Witness)
			}
		}
		public.add(spent, ans)
	}
	can.check(t, "who can")
	always.check(t, "always")
	public.check(t, "public")
}

func BenchmarkWithin(b *testing.B) {
	var list []*Access
	for _, d := range sample(40) {
		list = append(list, Identity(d))
	}
	b.Run("managed", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			Within(list[i%40], list[i/40%40], Options{})
			i++
		}
	})
	for _, n := range []int{625, 2500, 10_000} {
		a, c := loose(b, many(n, "Allow")), loose(b, many(n, "Allow"))
		b.Run(fmt.Sprint("statements-", n), func(b *testing.B) {
			for b.Loop() {
				if ans := Within(a, c, Options{}); ans.Holds != value.Yes {
					b.Fatal(ans.Holds)
				}
			}
		})
	}
}
