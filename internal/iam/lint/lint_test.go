package lint

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
)

// TestNoise counts the messages on AWS's own managed policies: what fires on
// many good policies must be right. REMIT_NOISE prints them.
func TestNoise(t *testing.T) {
	counts, docs := map[string]int{}, map[string]int{}
	var slow time.Duration
	var slowest string
	for _, arn := range catalogue.ManagedARNs() {
		doc, ok := catalogue.Managed(arn)
		if !ok {
			continue
		}
		start := time.Now()
		seen := map[string]bool{}
		for _, m := range Document(doc, nil, Options{Kind: policy.Identity, Solver: os.Getenv("REMIT_NOISE_SOLVER") != ""}) {
			counts[m.Code]++
			if !seen[m.Code] {
				seen[m.Code] = true
				docs[m.Code]++
			}
			if os.Getenv("REMIT_NOISE") == m.Code || os.Getenv("REMIT_NOISE") == "all" {
				fmt.Println(m.Code, m.Severity, m.Span, m.Text)
			}
		}
		if d := time.Since(start); d > slow {
			slow, slowest = d, arn
		}
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%-20s %5d messages in %4d policies", code, counts[code], docs[code])
	}
	t.Logf("slowest %s %v", slowest, slow)
}
