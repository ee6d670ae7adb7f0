package scan

import (
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/source"
)

func TestParseConfig(t *testing.T) {
	c, problems := ParseConfig(ConfigName, []byte(`
fail-on: medium
assets:
  - match: "*Payments*"
    weight: crown-jewel
ignore:
  - rule: CFG001
    resource: "template.yaml/*"
    until: 2027-03-01
    reason: internal
`), source.DefaultLimits)
	if len(problems) > 0 || c.FailOn != "medium" || len(c.Assets) != 1 || len(c.ignores) != 1 {
		t.Fatalf("config %+v, problems %v", c, problems)
	}
	if w := c.weights(); w[0].Match != "*Payments*" || w[0].Weight != 5 {
		t.Errorf("weights %+v", w)
	}
	if g := c.ignores[0]; g.until != "2027-03-01" || g.reason != "internal" {
		t.Errorf("ignore %+v", g)
	}
}

func TestWrongConfig(t *testing.T) {
	for text, want := range map[string]string{
		"just text":                    "must be a map",
		"include: other.yaml":          `no setting "include"`,
		"fail-on: always":              `"always" is none of`,
		"assets: everything":           "assets must be a list",
		"assets: [everything]":         "must be a map with match, weight",
		"assets: [{weight: high}]":     "needs match",
		"assets: [{match: a}]":         "the weight of an asset is one of",
		"ignore: [{reason: x}]":        "needs rule",
		"ignore: [{rule: [CFG001]}]":   "rule must be text",
		"ignore: [{rule: A, path: b}]": `has no "path"`,
		"a: &a [*a]":                   "refers to itself",
		"fail-on: \"high":              "not valid YAML",
	} {
		c, problems := ParseConfig(ConfigName, []byte(text), source.DefaultLimits)
		if len(problems) == 0 || !strings.Contains(problems[0].Message, want) {
			t.Errorf("%s: problems %v, want %q", text, problems, want)
		}
		if c == nil || c.FailOn != "" || len(c.Assets)+len(c.ignores) > 0 {
			t.Errorf("%s: something of it counts: %+v", text, c)
		}
	}
}

func TestConfigIgnores(t *testing.T) {
	for _, c := range []struct {
		config string
		status report.Status
	}{
		{"{rule: CFG001, reason: x}", report.Ignored},
		{"{rule: CFG001, reason: x, resource: template.yaml/Url}", report.Ignored},
		{"{rule: CFG001, reason: x, resource: '*/U*'}", report.Ignored},
		{"{rule: CFG001, reason: x, resource: template.yaml/Other}", report.Open},
		{"{rule: CFG001, reason: x, until: 2026-01-31}", report.Open},
		{"{rule: CFG001}", report.Open},
	} {
		r := scanText(t, "-- .remit.yaml --\nignore: ["+c.config+"]\n-- template.yaml --"+openURL+"\n").Report
		if got := r.Findings[0].Status; got != c.status {
			t.Errorf("%s: %s, want %s", c.config, got, c.status)
		}
	}
}

// Each of several folders speaks for itself; the strictest gate counts.
func TestJoinConfigs(t *testing.T) {
	var all Config
	a := &Config{FailOn: "critical", Assets: []Asset{{Match: "Orders*", Weight: "high"}}, ignores: []configIgnore{{rule: "CFG001"}}}
	b := &Config{FailOn: "medium", ignores: []configIgnore{{rule: "CFG001", resource: "template.yaml/*"}}}
	all.join(a, "services/a")
	all.join(b, "services/b")
	all.join(&Config{FailOn: "none"}, "services/c")
	if all.FailOn != "medium" {
		t.Errorf("gate %s, want medium", all.FailOn)
	}
	if all.ignores[0].resource != "services/a/*" || all.ignores[1].resource != "services/b/template.yaml/*" {
		t.Errorf("ignores %+v", all.ignores)
	}
	for _, w := range all.Assets {
		if !strings.HasPrefix(w.Match, "services/a/") {
			t.Errorf("the weight of %s reaches beyond its folder", w.Match)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("fail-on: high\nassets: [{match: a, weight: high}]\nignore: [{rule: CFG001, reason: x}]\n"))
	f.Add([]byte("assets: {}\nignore: 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, _ := ParseConfig(ConfigName, data, source.DefaultLimits); c == nil {
			t.Error("no configuration")
		}
	})
}
