package organisation

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A pattern's rest is the same whether its places fit into one number or not.
func TestResidue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	text := func(letters string, n int) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteByte(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	matched := 0
	for range 20000 {
		p, prefix := "*"+text("ab*?", 8), text("ab", 8)
		// The same pattern, made long by what follows.
		end := strings.Repeat("z", 64)
		want, ok := residue(p+"z"+end, prefix)
		got, have := residue(p+"z", prefix)
		if have != ok || ok && got+end != want {
			t.Fatalf("what is left of %q after %q: %q, %v; of the long one %q, %v", p, prefix, got, have, want, ok)
		}
		if ok {
			matched++
		}
	}
	if matched < 1000 {
		t.Errorf("only %d matched", matched)
	}
}
