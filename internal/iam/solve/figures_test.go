package solve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// figures prints what a kind of question costs.
type figures struct {
	times              []time.Duration
	yes, no, undecided int
}

func (f *figures) add(d time.Duration, ans Answer) {
	f.times = append(f.times, d)
	switch {
	case ans.Holds == value.Yes:
		f.yes++
	case ans.Holds == value.No:
		f.no++
	default:
		f.undecided++
	}
}

func (f *figures) String() string {
	slices.Sort(f.times)
	at := func(p float64) time.Duration { return f.times[int(p*float64(len(f.times)-1))] }
	return fmt.Sprintf("%d questions: %d yes, %d no, %d not decided; median %s, p90 %s, p99 %s, max %s",
		len(f.times), f.yes, f.no, f.undecided, at(0.5), at(0.9), at(0.99), at(1))
}

// TestManagedFigures asks whether one AWS managed policy is within another, for
// every pair of a sample.
func TestManagedFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of questions; run without -short")
	}
	r := rand.New(rand.NewPCG(1, 2))
	arns := catalogue.ManagedARNs()
	r.Shuffle(len(arns), func(i, j int) { arns[i], arns[j] = arns[j], arns[i] })
	n := 300
	var list []*Access
	start := time.Now()
	for _, arn := range arns[:n] {
		d, _ := catalogue.Managed(arn)
		list = append(list, Identity(d))
	}
	t.Logf("compiled %d in %s", n, time.Since(start))
	var f figures
	shown := 0
	for i, a := range list {
		for j, b := range list {
			start := time.Now()
			ans := Within(a, b, Options{})
			d := time.Since(start)
			f.add(d, ans)
			if (ans.Holds == value.Unknown || d > 100*time.Millisecond || i == j && ans.Holds != value.Yes) && shown < 20 {
				shown++
				t.Logf("%s within %s: %s %s %q %s, %d steps; %s", arns[i], arns[j], ans.Holds, ans.Certainty, ans.Why, d, ans.Steps, ans.Witness)
			}
		}
	}
	t.Log(&f)
}
