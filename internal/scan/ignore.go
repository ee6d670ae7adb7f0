package scan

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An ignore is a decision, written in the sources with its reason, that a
// finding is not to be acted on. It hides nothing: what it covers stays in
// the report as ignored and is counted.
type ignore struct {
	rule   string
	until  time.Time // the last day on which it counts; zero for always
	reason string
	span   source.Span // of the ignore itself
	covers func(*rule.Finding) bool
	used   bool
}

// expired reports whether the last day is over.
func (g *ignore) expired(now time.Time) bool {
	return !g.until.IsZero() && !now.Before(g.until.AddDate(0, 0, 1))
}

// ignores are all those of one scan, by the rule that they name.
type ignores struct {
	byRule   map[string][]*ignore
	known    map[string]bool // ids of the rules there are
	problems source.Problems
}

func newIgnores(rules []*rule.Rule) *ignores {
	set := &ignores{byRule: map[string][]*ignore{}, known: map[string]bool{}}
	for _, r := range rules {
		set.known[r.ID] = true
	}
	return set
}

// ignoreForm is what follows "remit:ignore": rules, a last day, a reason.
var ignoreForm = regexp.MustCompile(`^([A-Z]{3}\d{3}(?:,[A-Z]{3}\d{3})*)(?:\s+until=(\S+))?(?:\s+--\s*(.*))?$`)

// add reads one ignore as written and keeps it if it is complete. covers
// tells which findings of the rule it is about.
func (set *ignores) add(text string, span source.Span, covers func(*rule.Finding) bool) {
	m := ignoreForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		set.problems.Add(span, "the ignore cannot be read and does not count; write remit:ignore RULE until=YYYY-MM-DD -- reason, where until may be left out")
		return
	}
	for _, id := range strings.Split(m[1], ",") {
		set.keep(&ignore{rule: id, reason: strings.TrimSpace(m[3]), span: span, covers: covers}, m[2])
	}
}

func (set *ignores) keep(g *ignore, until string) {
	switch {
	case !set.known[g.rule]:
		set.problems.Add(g.span, "the ignore of %s does not count: there is no such rule; remit rules lists them", g.rule)
		return
	case g.reason == "":
		set.problems.Add(g.span, "the ignore of %s has no reason and does not count; write it after --", g.rule)
		return
	}
	if until != "" {
		day, err := time.Parse(time.DateOnly, until)
		if err != nil {
			set.problems.Add(g.span, "the ignore of %s does not count: until=%s is no date; write until=YYYY-MM-DD", g.rule, until)
			return
		}
		g.until = day
	}
	set.byRule[g.rule] = append(set.byRule[g.rule], g)
}

var ignoreMark = []byte("remit:ignore")

// comments takes the ignores that stand in a file's comments. One behind
// something covers its own line, one on a line of its own the next line that
// is neither empty nor a comment. A finding is on a line if it starts there
// or if its resource is declared there.
func (set *ignores) comments(file string, data []byte) {
	if !bytes.Contains(data, ignoreMark) {
		return
	}
	lines := bytes.Split(data, []byte("\n"))
	for i, line := range lines {
		at, text, ok := commentIgnore(line)
		if !ok {
			continue
		}
		target := i + 1
		if len(bytes.TrimSpace(line[:at])) == 0 {
			target = nextLine(lines, i+1)
		}
		span := source.Span{File: file, Line: i + 1, Column: at + 1, EndLine: i + 1, EndColumn: len(bytes.TrimRight(line, " \t\r")) + 1}
		set.add(text, span, func(f *rule.Finding) bool {
			return f.Span.File == file && f.Span.Line == target ||
				f.Resource.Span.File == file && f.Resource.Span.Line == target
		})
	}
}

// commentIgnore finds "# remit:ignore ..." in a line: the column of the #
// and what follows the mark.
func commentIgnore(line []byte) (at int, text string, ok bool) {
	i := bytes.Index(line, ignoreMark)
	if i < 0 {
		return 0, "", false
	}
	before := bytes.TrimRight(line[:i], " \t")
	if len(before) == 0 || before[len(before)-1] != '#' {
		return 0, "", false
	}
	at = len(before) - 1
	if at > 0 && line[at-1] != ' ' && line[at-1] != '\t' {
		return 0, "", false // part of a word, not a comment
	}
	return at, string(line[i+len(ignoreMark):]), true
}

// nextLine is the number of the first line from index i on that is neither
// empty nor a comment.
func nextLine(lines [][]byte, i int) int {
	for ; i < len(lines); i++ {
		if t := bytes.TrimSpace(lines[i]); len(t) > 0 && t[0] != '#' {
			break
		}
	}
	return i + 1
}

// metadata takes the ignores of a resource's Metadata, which JSON templates
// need because they have no comments: {"remit": {"ignore": ["CFG012 -- why"]}}.
func (set *ignores) metadata(r *app.Resource) {
	list := r.Metadata.Get("remit", "ignore")
	switch list.Kind() {
	case value.Absent:
		return
	case value.List:
	default:
		set.problems.Add(list.Span(), "Metadata.remit.ignore of %s must be a list of strings such as \"CFG012 -- reason\"; it does not count", r.Label())
		return
	}
	for _, item := range list.Items() {
		text, ok := item.Known()
		if !ok {
			set.problems.Add(item.Span(), "the ignore of %s cannot be read and does not count; write a string such as \"CFG012 -- reason\"", r.Label())
			continue
		}
		set.add(text, item.Span(), func(f *rule.Finding) bool { return f.Resource == r })
	}
}

// judge writes into a finding what the ignores say of it. One that still
// counts wins over one that has expired.
func (set *ignores) judge(f *rule.Finding, now time.Time, out *report.Finding) {
	for _, g := range set.byRule[f.Rule.ID] {
		if !g.covers(f) {
			continue
		}
		g.used = true
		if g.expired(now) {
			out.Expired = fmt.Sprintf("ignored until %s: %s", g.until.Format(time.DateOnly), g.reason)
			continue
		}
		span := g.span
		out.Status, out.Reason, out.IgnoredAt, out.Expired = report.Ignored, g.reason, &span, ""
		if !g.until.IsZero() {
			out.Until = g.until.Format(time.DateOnly)
		}
		return
	}
}

// finish returns the problems of the ignores; those that covered nothing are
// among them.
func (set *ignores) finish() []source.Problem {
	rules := make([]string, 0, len(set.byRule))
	for id := range set.byRule {
		rules = append(rules, id)
	}
	slices.Sort(rules)
	for _, id := range rules {
		for _, g := range set.byRule[id] {
			if !g.used {
				set.problems.Add(g.span, "the ignore of %s covers no finding; remove it", id)
			}
		}
	}
	return set.problems.Sorted()
}
