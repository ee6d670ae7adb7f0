package organisation_test

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam/organisation"
	"github.com/remit-security/remit/internal/iam/organisation/synthetic"
)

func TestTry(t *testing.T) {
	var n, p, r int
	if _, err := fmt.Sscan(os.Getenv("SIZES"), &n, &p, &r); err != nil {
		n, p, r = 4, 100, 200
	}
	start := time.Now()
	ix := organisation.Build(synthetic.New(synthetic.Sizes{Seed: 1, Accounts: n, Principals: p, Resources: r}))
	built := time.Since(start)
	start = time.Now()
	direct, chains, foreign, hops := 0, 0, 0, map[int]int{}
	for a := range ix.Administrators() {
		hops[len(a.Chain)]++
		if len(a.Chain) == 0 {
			direct++
		} else {
			chains++
		}
		if a.Principal[13:25] != a.Account {
			foreign++
		}
	}
	adm := time.Since(start)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%v build, %v administrators: %d direct, %d chains, %d foreign, %v; sys %d MB heap %d MB\n%+v", built, adm, direct, chains, foreign, hops, m.Sys>>20, m.HeapAlloc>>20, ix.Counts())
	if name := os.Getenv("MEM"); name != "" {
		f, _ := os.Create(name)
		runtime.GC()
		_ = pprof.WriteHeapProfile(f)
		_ = f.Close()
	}
	for i, pr := range ix.Problems() {
		if i < 5 {
			t.Log(pr)
		}
	}
}
