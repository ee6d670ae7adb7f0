package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// readSARIF reads what WriteSARIF wrote, refuses what the standard does not
// know, and validates the rest against the schema of SARIF 2.1.0, which the
// library carries.
func readSARIF(t *testing.T, r *Report) *sarif.Report {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	strict := json.NewDecoder(bytes.NewReader(b.Bytes()))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&sarif.Report{}); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Validate(); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestSARIF(t *testing.T) {
	r := fixture()
	run := readSARIF(t, r).Runs[0]
	if want := len(r.Findings) + len(r.Paths) + len(r.Coverage.Undecided); len(run.Results) != want {
		t.Fatalf("%d results, want %d", len(run.Results), want)
	}
	for _, res := range run.Results {
		rule := run.Tool.Driver.Rules[res.RuleIndex]
		if *rule.ID != *res.RuleID {
			t.Errorf("result of %s has the index of %s", *res.RuleID, *rule.ID)
		}
		if res.PartialFingerprints[fingerprint] == "" {
			t.Errorf("result of %s without fingerprint", *res.RuleID)
		}
	}
	for i, p := range r.Paths {
		res := run.Results[i]
		if got := len(res.CodeFlows[0].ThreadFlows[0].Locations); got != len(p.Hops) {
			t.Errorf("%s: %d locations for %d hops", p.ID, got, len(p.Hops))
		}
	}
	suppressed := 0
	for _, res := range run.Results {
		suppressed += len(res.Suppressions)
	}
	if suppressed != r.Count(Ignored) {
		t.Errorf("%d results suppressed, want %d", suppressed, r.Count(Ignored))
	}
}

func TestSARIFOfNothing(t *testing.T) {
	r := &Report{}
	r.Normalize()
	if log := readSARIF(t, r); len(log.Runs[0].Results) != 0 {
		t.Error("results without findings")
	}
}

func TestRelativeURI(t *testing.T) {
	for in, want := range map[string]string{
		"api/template.yaml":   "api/template.yaml",
		"https://x.test/a":    "https%3A//x.test/a",
		"a b/ü.yaml":          "a%20b/%C3%BC.yaml",
		"javascript:alert(1)": "javascript%3Aalert%281%29",
	} {
		if got := relativeURI(in); got != want {
			t.Errorf("relativeURI(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMessageIsNoMarkup(t *testing.T) {
	m := message("see [docs](https://x.test) {0} in /orders/{id}").Text
	if strings.Contains(m, "[docs](") && !strings.Contains(m, `\[docs\](`) {
		t.Errorf("a link survived: %s", m)
	}
	if !strings.Contains(m, "{{0}}") || !strings.Contains(m, "/{id}") {
		t.Errorf("placeholders: %s", m)
	}
	if _, err := json.Marshal(m); err != nil {
		t.Fatal(err)
	}
}
