package solve

import (
	"bufio"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/value"
)

// The questions are asked of Z3 as well, as formulas over strings and regular
// expressions that are written here from the documents alone.

// z3 is a running solver.
type z3 struct {
	in  io.WriteCloser
	out *bufio.Reader
}

func startZ3(t *testing.T) *z3 {
	path, err := exec.LookPath("z3")
	if err != nil {
		t.Skip("the comparison with Z3 needs the program z3 (Debian package z3, PyPI package z3-solver)")
	}
	cmd := exec.CommandContext(t.Context(), path, "-in", "-smt2")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("z3 does not start: %v", err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // how it ends says nothing about the answers
	})
	z := &z3{in, bufio.NewReader(out)}
	return z
}

func (z *z3) ask(t *testing.T, script string) string {
	if _, err := io.WriteString(z.in, script); err != nil {
		t.Fatal(err)
	}
	line, err := z.out.ReadString('\n')
	if err != nil {
		t.Fatalf("z3: %v", err)
	}
	return strings.TrimSpace(line)
}

// TestOracleZ3 compares verdicts with Z3's on random policies: none may
// contradict. REMIT_ORACLE=1 asks for many more.
func TestOracleZ3(t *testing.T) {
	rounds := 100
	if os.Getenv("REMIT_ORACLE") != "" {
		rounds = 10_000
	}
	if testing.Short() {
		rounds = 50
	}
	z := startZ3(t)
	var ours, theirs []time.Duration
	undecided, open, agree := 0, 0, 0
	g := &generator{r: rand.New(rand.NewPCG(7, 8))}
	for i := range rounds {
		g.variables = i%3 == 0
		ta, tb := g.policy(3), g.policy(3)
		if g.r.IntN(2) == 0 {
			tb = ta + "," + tb
		}
		da, db := doc(t, ta), doc(t, tb)
		a, b := Identity(da), Identity(db)
		start := time.Now()
		ans := Within(a, b, Options{Actions: genAsked, Loose: true})
		ours = append(ours, time.Since(start))
		replay(t, ans)
		smt, partly := script(da, db)
		start = time.Now()
		verdict := z.ask(t, smt)
		theirs = append(theirs, time.Since(start))
		switch {
		case verdict == "sat" && ans.Holds == value.Yes, verdict == "unsat" && ans.Holds == value.No && !partly:
			t.Fatalf("formula %d: z3 says %s, remit %s\n%s\n%s\nwitness %s\n%s", i, verdict, ans.Holds, ta, tb, ans.Witness, smt)
		case verdict != "sat" && verdict != "unsat":
			undecided++
			if strings.HasPrefix(verdict, "(error") {
				t.Fatalf("%s\n%s", verdict, smt)
			}
		case ans.Holds == value.Unknown:
			open++
		default:
			agree++
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	t.Logf("%d formulas: %d agree, %d remit leaves open, %d z3 leaves open; median %s here, %s there", rounds, agree, open, undecided, ours[rounds/2], theirs[rounds/2])
}
