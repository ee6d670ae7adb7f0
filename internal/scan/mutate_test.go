package scan

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/load/cfn"
)

// noCrash scans one template; whatever it holds, no stage may fail.
func noCrash(t *testing.T, data []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "template.yaml"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range scanDir(t, dir).Report.Coverage.Problems {
		if strings.Contains(p.Message, "report this as a bug") {
			t.Errorf("a stage failed: %s", p)
		}
	}
}

// mutate damages a template as editing does: lines go, come twice, change
// places or their values.
func mutate(r *rand.Rand, data []byte) []byte {
	lines := strings.SplitAfter(string(data), "\n")
	for range 1 + r.IntN(6) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(6) {
		case 0:
			lines[i] = ""
		case 1:
			lines[i] += lines[j]
		case 2:
			lines[i], lines[j] = lines[j], lines[i]
		case 3:
			lines[i] = strings.Replace(lines[i], ":", ": [", 1)
		case 4:
			if key, _, ok := strings.Cut(lines[i], ":"); ok {
				lines[i] = key + ": " + oddities[r.IntN(len(oddities))] + "\n"
			}
		case 5:
			lines[i] = strings.TrimPrefix(lines[i], "  ")
		}
	}
	return []byte(strings.Join(lines, ""))
}

// oddities stand where a template has something else.
var oddities = []string{
	"", "null", "[]", "{}", "0", "-1", "true", `""`, "'*'", "[[]]", "[null]", "{Ref: Nothing}", "!Ref AWS::NoValue", "!GetAtt [A]", "!Sub '${'",
	"!If [A, B]", "!Select [9, [a]]", "!Join [',', !Ref X]", "arn:aws:::", "{Fn::If: 1}", "!ImportValue [x]", "{Effect: Allow}", "99999999999999999999",
}

func FuzzScan(f *testing.F) {
	examples, err := filepath.Glob("../../examples/*/template.yaml")
	if err != nil || len(examples) == 0 {
		f.Fatal("no examples", err)
	}
	for _, name := range examples {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		r := rand.New(rand.NewPCG(1, 2))
		for range 100 {
			f.Add(mutate(r, data))
		}
	}
	f.Add([]byte("Resources:" + openURL))
	f.Fuzz(noCrash)
}

// TestCorpusMutations damages real templates.
func TestCorpusMutations(t *testing.T) {
	dir := corpus(t, "REMIT_PATTERNS")
	var templates [][]byte
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".yaml") && !strings.HasSuffix(p, ".yml") && !strings.HasSuffix(p, ".json") {
			return err
		}
		data, err := os.ReadFile(p)
		if err == nil && len(data) < 1<<20 && cfn.MayBeTemplate(data) {
			templates = append(templates, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	const n = 1000
	for range n {
		noCrash(t, mutate(r, templates[r.IntN(len(templates))]))
	}
	t.Logf("%d damaged copies of %d templates", n, len(templates))
}
