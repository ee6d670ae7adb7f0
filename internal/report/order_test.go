package report

import (
	"slices"
	"testing"
)

func TestCompareNames(t *testing.T) {
	want := []string{"", "a", "q", "q10", "q2", `q["10"]`, `q["2"]`, "q[0]", "q[1]", "q[1x]", "q[2].a[9]", "q[2].a[10]", "q[10]", "q[x]", "r"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNames)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, a := range want {
		for _, b := range want {
			if compareNames(a, b) != -compareNames(b, a) || (compareNames(a, b) == 0) != (a == b) {
				t.Errorf("%q and %q have no order", a, b)
			}
		}
	}
}
