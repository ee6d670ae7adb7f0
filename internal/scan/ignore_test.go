package scan

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/checks"
	"github.com/remit-security/remit/internal/report"
)

func TestIgnores(t *testing.T) {
	const ignore = "remit:ignore CFG001 -- internal tool"
	for _, c := range []struct {
		name, template string
		status         report.Status
		problem        string // part of one; empty for none
	}{
		{"on the line", openURL + " # " + ignore, report.Ignored, ""},
		{"above the line", strings.Replace(openURL, "      AuthType", "      # "+ignore+"\n\n      # more\n      AuthType", 1), report.Ignored, ""},
		{"at the resource", strings.Replace(openURL, "  Url:", "  # "+ignore+"\n  Url:", 1), report.Ignored, ""},
		{"several rules", openURL + " # remit:ignore CFG001,CFG002 -- both", report.Ignored, "CFG002 covers no finding"},
		{"elsewhere", strings.Replace(openURL, "Resources:", "Resources: # "+ignore, 1), report.Open, "covers no finding"},
		{"another rule", openURL + " # remit:ignore CFG002 -- wrong one", report.Open, "CFG002 covers no finding"},
		{"without reason", openURL + " # remit:ignore CFG001", report.Open, "has no reason"},
		{"with an empty reason", openURL + " # remit:ignore CFG001 --  ", report.Open, "has no reason"},
		{"no such rule", openURL + " # remit:ignore CFG999 -- x", report.Open, "no such rule"},
		{"no such day", openURL + " # remit:ignore CFG001 until=2026-02-31 -- x", report.Open, "is no date"},
		{"all rules", openURL + " # remit:ignore * -- x", report.Open, "cannot be read"},
		{"the last day", openURL + " # remit:ignore CFG001 until=2026-11-24 -- x", report.Ignored, ""},
		{"the day after", openURL + " # remit:ignore CFG001 until=2026-11-23 -- x", report.Open, ""},
		{"no comment", openURL + "\nDescription: x#remit:ignore CFG001 -- x", report.Open, ""},
		{"metadata", strings.Replace(openURL, "    Properties", "    Metadata: {remit: {ignore: [CFG001 -- internal]}}\n    Properties", 1), report.Ignored, ""},
		{"metadata that is no list", strings.Replace(openURL, "    Properties", "    Metadata: {remit: {ignore: CFG001 -- internal}}\n    Properties", 1), report.Open, "must be a list"},
		{"metadata that is no text", strings.Replace(openURL, "    Properties", "    Metadata: {remit: {ignore: [{rule: CFG001}]}}\n    Properties", 1), report.Open, "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := scanText(t, "-- template.yaml --"+c.template+"\n").Report
			found := false
			for _, f := range r.Findings {
				if f.Rule != "CFG001" {
					continue
				}
				found = true
				if f.Status != c.status {
					t.Errorf("status %s, want %s", f.Status, c.status)
				}
				if (f.Status == report.Ignored) != (f.Reason != "" && f.IgnoredAt != nil) {
					t.Errorf("ignored without reason and place, or the other way round: %+v", f)
				}
			}
			if !found {
				t.Error("no finding of CFG001")
			}
			if got := problems(r); c.problem == "" && got != "" || !strings.Contains(got, c.problem) {
				t.Errorf("problems %q, want %q", got, c.problem)
			}
		})
	}
}

func TestExpiredIgnoreSaysSo(t *testing.T) {
	r := scanText(t, "-- template.yaml --"+openURL+" # remit:ignore CFG001 until=2026-01-31 -- pilot\n").Report
	if got, want := r.Findings[0].Expired, "ignored until 2026-01-31: pilot"; got != want {
		t.Errorf("expired %q, want %q", got, want)
	}
}

// Of two ignores of one finding, the one that still counts wins.
func TestTwoIgnores(t *testing.T) {
	r := scanText(t, "-- template.yaml --"+strings.Replace(openURL, "      AuthType", "      # remit:ignore CFG001 until=2026-01-31 -- pilot\n      AuthType", 1)+" # remit:ignore CFG001 -- for good\n").Report
	if f := r.Findings[0]; f.Status != report.Ignored || f.Reason != "for good" || f.Expired != "" {
		t.Errorf("finding %+v", f)
	}
}

func FuzzIgnores(f *testing.F) {
	for _, seed := range []string{
		"a: b # remit:ignore CFG001 -- x", "# remit:ignore CFG001,IAM001 until=2027-01-01 -- y\nz: 1", "#remit:ignore", "\x00#\tremit:ignore \r\n",
	} {
		f.Add([]byte(seed))
	}
	rules := checks.Rules()
	f.Fuzz(func(t *testing.T, data []byte) {
		set := newIgnores(rules)
		set.comments("a.yaml", data)
		for _, p := range set.finish() {
			if p.Span.Line < 1 || p.Span.Column < 1 || p.Span.EndColumn < p.Span.Column {
				t.Errorf("span %+v", p.Span)
			}
		}
	})
}
