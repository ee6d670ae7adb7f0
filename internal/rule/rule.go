// Package rule owns what a rule is, what it is given and what it gives back:
// Rule, Pass, Finding and the runner. The rules themselves live in
// internal/checks, one file each.
//
// It imports the application model and the analyses below it, never a loader.
// What never changes: a rule is a value with its documentation and one
// function; it reads the frozen model and reports, and keeps no state between
// applications; what it cannot decide it says, and that is never a pass.
package rule

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Area is one of the four areas that a finding belongs to.
type Area string

// The areas.
const (
	Code          Area = "code"
	Library       Area = "library"
	Configuration Area = "configuration"
	IAM           Area = "iam"
)

// prefix is how the ids of the area's rules start.
func (a Area) prefix() string {
	return map[Area]string{Code: "COD", Library: "LIB", Configuration: "CFG", IAM: "IAM"}[a]
}

// Severity is how much a finding hurts by itself, before any path is known.
type Severity uint8

// The severities, mildest first.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

func (s Severity) String() string {
	return [...]string{"none", "low", "medium", "high", "critical"}[s]
}

// MarshalText gives the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Rule looks for one defect.
type Rule struct {
	// ID is the area's prefix and three digits; it never changes meaning and
	// is never used again.
	ID       string
	Area     Area
	Severity Severity
	// Since is the version of remit that brought the rule.
	Since string
	// Title names the defect in a few words, without a full stop.
	Title string
	// Doc says why it matters, when the rule keeps quiet, and what to do.
	Doc  string
	Refs Refs
	// Types are the resource types that the rule looks at; it does not run
	// for applications that have none of them.
	Types []string
	Check func(*Pass)
}

// Refs are where the rule comes from. AWS holds documentation pages; CWE,
// OWASP and ATTACK hold ids ("CWE-306", "SAS-02", "T1190").
type Refs struct {
	AWS    []string
	CWE    []string
	OWASP  []string
	ATTACK []string
}

var (
	idForm     = regexp.MustCompile(`^(CFG|IAM|COD|LIB)\d{3}$`)
	cweForm    = regexp.MustCompile(`^CWE-\d+$`)
	attackForm = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
)

// owasp holds the risks of OWASP's Serverless Top 10 interpretation (2018),
// which keeps the numbering of the Top 10 of 2017.
var owasp = map[string]string{
	"A1:2017":  "Injection",
	"A2:2017":  "Broken Authentication",
	"A3:2017":  "Sensitive Data Exposure",
	"A4:2017":  "XML External Entities",
	"A5:2017":  "Broken Access Control",
	"A6:2017":  "Security Misconfiguration",
	"A7:2017":  "Cross-Site Scripting",
	"A8:2017":  "Insecure Deserialization",
	"A9:2017":  "Using Components with Known Vulnerabilities",
	"A10:2017": "Insufficient Logging and Monitoring",
}

// OWASPTitle is the name of an OWASP risk, empty for an unknown id.
func OWASPTitle(id string) string { return owasp[id] }

// Validate tells what a rule lacks; a catalogue holds only valid rules.
func (r *Rule) Validate() error {
	var lacks []string
	need := func(ok bool, what string) {
		if !ok {
			lacks = append(lacks, what)
		}
	}
	all := func(list []string, ok func(string) bool) bool {
		return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
	}
	need(idForm.MatchString(r.ID) && strings.HasPrefix(r.ID, r.Area.prefix()), "an id with its area's prefix and three digits")
	need(r.Severity >= Low && r.Severity <= Critical, "a severity")
	need(r.Since != "", "the version that brought it")
	need(r.Title != "" && !strings.HasSuffix(r.Title, "."), "a title without a full stop")
	need(len(strings.Fields(r.Doc)) >= 15, "a doc of at least a few sentences")
	need(len(r.Types) > 0, "the resource types that it looks at")
	need(all(r.Types, func(t string) bool { return strings.HasPrefix(t, "AWS::") }), "types under their CloudFormation names")
	need(len(r.Refs.AWS) > 0 && all(r.Refs.AWS, func(u string) bool { return strings.HasPrefix(u, "https://docs.aws.amazon.com/") }), "a page of AWS's documentation")
	need(len(r.Refs.CWE) > 0 && all(r.Refs.CWE, cweForm.MatchString), "a CWE number")
	need(len(r.Refs.OWASP) > 0 && all(r.Refs.OWASP, func(id string) bool { return owasp[id] != "" }), "an OWASP risk")
	need(all(r.Refs.ATTACK, attackForm.MatchString), "well-formed ATT&CK ids")
	need(r.Check != nil, "a check")
	if len(lacks) > 0 {
		return fmt.Errorf("rule %s needs %s", cmp.Or(r.ID, "without id"), strings.Join(lacks, "; "))
	}
	return nil
}
