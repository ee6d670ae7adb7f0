package organisation_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam/organisation"
	"github.com/remit-security/remit/internal/iam/organisation/synthetic"
)

// changed is an account in which one customer managed policy, of a team, says
// something new.
func changed(s synthetic.Sizes, n int) *organisation.Account {
	in := &synthetic.New(s).Accounts[n]
	ps := slices.Collect(in.Principals)
	doc := organisation.JSON("team00", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:`+in.ID+`:table/team00-new-*"}]}`)
	for i := range ps {
		for k, x := range ps[i].Policies {
			if strings.HasSuffix(x.ARN, ":policy/team00") {
				ps[i].Policies[k].Document = doc
			}
		}
	}
	in.Principals = slices.Values(ps)
	return in
}

func administrators(ix *organisation.Index) (direct, chains int) {
	for a := range ix.Administrators() {
		if len(a.Chain) == 0 {
			direct++
		} else {
			chains++
		}
	}
	return direct, chains
}

// TestOrganisation prints what an organisation of the size costs that
// REMIT_ORGANISATION names: accounts, principals and resources of each.
func TestOrganisation(t *testing.T) {
	s := synthetic.Sizes{Seed: 1}
	if _, err := fmt.Sscan(os.Getenv("REMIT_ORGANISATION"), &s.Accounts, &s.Principals, &s.Resources); err != nil {
		t.Skip(`REMIT_ORGANISATION is not set; "1000 1000 10000" are that many accounts, principals and resources of each`)
	}
	start := time.Now()
	step := func(what string) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("%s: %.2f s, %d MB in use, %d MB of the system", what, time.Since(start).Seconds(), m.HeapAlloc>>20, (m.Sys-m.HeapReleased)>>20)
		start = time.Now()
	}
	for _, a := range synthetic.New(s).Accounts { // what Build waits for where it is quicker
		for range a.Principals {
		}
		for range a.Resources {
		}
	}
	step("made up, and not looked at")
	ix := organisation.Build(synthetic.New(s))
	step("who reaches what")
	direct, chains := administrators(ix)
	step(fmt.Sprintf("%d administrators, %d who become it", direct, chains))
	t.Logf("%+v", ix.Counts())
	in := changed(s, s.Accounts/2)
	runtime.GC() // what building left is not the change's
	start = time.Now()
	ix.Update(in)
	step("one changed policy: who reaches what")
	administrators(ix)
	step("one changed policy: administrators")
	if p := ix.Problems(); len(p) > 0 {
		t.Errorf("%d problems, the first %v", len(p), p[0])
	}
}

// Cost grows in step with the accounts.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{4, 16, 64} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				ix := organisation.Build(synthetic.New(synthetic.Sizes{Seed: 1, Accounts: n, Principals: 200, Resources: 1000}))
				administrators(ix)
			}
		})
	}
}

func BenchmarkUpdate(b *testing.B) {
	for _, n := range []int{4, 16, 64} {
		s := synthetic.Sizes{Seed: 1, Accounts: n, Principals: 200, Resources: 1000}
		ix := organisation.Build(synthetic.New(s))
		was, is := &synthetic.New(s).Accounts[1], changed(s, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				ix.Update(is)
				is, was = was, is
			}
		})
	}
}
