package lint

import "testing"

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"getitem", "getitem", 0},
		{"sendmesage", "sendmessage", 1},
		{"getcalleridentify", "getcalleridentity", 1},
		{"a", "abcdefgh", 4},
		{"put", "get", 2},
		{"", "abc", 3},
	} {
		if got := edits(c.a, c.b, 4); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
