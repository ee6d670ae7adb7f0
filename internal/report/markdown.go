package report

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// How much of a report a pull-request comment shows; GitHub refuses comments
// of more than 65,536 characters.
const (
	markdownPaths    = 20
	markdownFindings = 30
	markdownFixes    = 10
	markdownProblems = 10
	markdownCell     = 300 // characters of a text
)

// WriteMarkdown writes the report as a comment for a pull request: the
// headline, the paths, the worst of them hop by hop, the fixes, the findings.
func WriteMarkdown(w io.Writer, r *Report) error {
	m := markdown{r: r}
	m.headline()
	m.paths()
	m.worst()
	m.fixes()
	m.findings()
	m.coverage()
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct {
	strings.Builder
	r *Report
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

func (m *markdown) headline() {
	proved := m.r.PathsOf(Proved)
	lead, kind := proved, "attack path"
	if len(proved) == 0 {
		lead, kind = m.r.PathsOf(Conditional), "conditional attack path"
	}
	m.printf("## remit: ")
	switch {
	case len(m.r.Paths) == 0:
		m.printf("no attack path found\n\n")
	case len(lead) == 0:
		m.printf("no attack path proved, %d possible\n\n", len(m.r.Paths))
	default:
		m.printf("%s\n\n", count(len(lead), kind, kind+"s"))
		m.printf("From %s to **%s**.\n",
			cell(names(lead, func(p Path) string { return p.ActorName })),
			cell(names(lead, func(p Path) string { return p.AssetName })))
		t := text{r: m.r}
		for _, x := range t.more(proved, m.r.PathsOf(Conditional), m.r.PathsOf(Possible)) {
			m.printf("%s", cell(x.text))
		}
		m.printf("\n\n")
	}
	if s := m.r.Accepted.sentence(); s != "" {
		m.printf("%s\n\n", s)
	}
	open := m.r.Open()
	m.printf("%s%s", count(len(open), "finding", "findings"), bySeverity(open))
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{m.r.Count(Ignored), "ignored", "ignored"}, {m.r.Count(Baseline), "in the baseline", "in the baseline"},
		{len(m.r.Undecided()), "undecided", "undecided"}, {len(m.r.Coverage.Problems), "problem", "problems"},
	} {
		if x.n > 0 {
			m.printf(", %s", count(x.n, x.one, x.many))
		}
	}
	m.printf(".\n")
}

func (m *markdown) paths() {
	if len(m.r.Paths) == 0 {
		return
	}
	m.printf("\n### Paths\n\n| severity | path | hops | same shape | |\n|---|---|--:|--:|---|\n")
	shown := min(len(m.r.Paths), markdownPaths)
	for i := range shown {
		p := &m.r.Paths[i]
		m.printf("| %s | %s | %d | %d | %s |\n", p.Severity, cell(capital(p.Title)), len(p.Hops), p.Count, m.standing(p))
	}
	m.left(len(m.r.Paths)-shown, "path", "paths")
}

func (m *markdown) standing(p *Path) string {
	out := p.Standing().String()
	for i, a := range p.Assumptions {
		out += pick(i+1, ", if ", " and if ") + cell(strings.TrimPrefix(a, "if "))
	}
	return out
}

func (m *markdown) left(n int, one, many string) {
	if n > 0 {
		m.printf("\nand %s.\n", count(n, "more "+one, "more "+many))
	}
}

// worst shows the worst path hop by hop, and the worst conditional one where
// it hurts as much.
func (m *markdown) worst() {
	worst := m.r.Worst()
	if worst == nil {
		return
	}
	m.hops("The worst path", worst)
	if list := m.r.PathsOf(Conditional); len(list) > 0 && list[0].ID != worst.ID && list[0].Severity.Rank() >= worst.Severity.Rank() {
		m.hops("The worst conditional path", &list[0])
	}
}

func (m *markdown) hops(title string, p *Path) {
	m.printf("\n<details><summary>%s, hop by hop: %s</summary>\n\n", title, cell(capital(p.Title)))
	for i, h := range p.Hops {
		m.printf("%d. %s (%s)\n", i+1, cell(capital(h.Why)), codeSpan(h.Technique))
		for _, e := range h.Evidence {
			m.printf("   - %s %s\n", codeSpan(place(e.Span)), cell(e.Message+e.Origin.madeAt()))
		}
	}
	m.printf("\n</details>\n")
}

func (m *markdown) fixes() {
	c := m.r.Cut
	if len(c.Fixes) == 0 {
		return
	}
	m.printf("\n### Least cut: %s, %s\n\n", count(len(c.Fixes), "fix", "fixes"), c.note())
	t := text{r: m.r}
	shown := min(len(c.Fixes), markdownFixes)
	for i, id := range c.Fixes[:shown] {
		f := m.r.Fix(id)
		if f == nil {
			continue
		}
		m.printf("%d. %s (%s)", i+1, cell(capital(f.Title)), t.closes(f))
		if !f.Span.IsZero() {
			m.printf(" %s", codeSpan(place(f.Span)))
		}
		m.printf("\n")
	}
	m.left(len(c.Fixes)-shown, "fix", "fixes")
}

func (m *markdown) findings() {
	open := m.r.Open()
	if len(open) == 0 {
		return
	}
	m.printf("\n### Findings\n\n| severity | rule | where | what | on a path |\n|---|---|---|---|---|\n")
	shown := min(len(open), markdownFindings)
	for _, f := range open[:shown] {
		on := ""
		if len(f.Paths) > 0 {
			on = "yes"
		}
		m.printf("| %s | %s | %s | %s | %s |\n", f.Severity, cell(f.Rule), codeSpan(place(f.Span)), cell(f.Message), on)
	}
	m.left(len(open)-shown, "finding", "findings")
}

func (m *markdown) coverage() {
	c := m.r.Coverage
	m.printf("\n<details><summary>Coverage: %s, %s, %s</summary>\n\n",
		count(c.Files, "file", "files"), count(c.Resources, "resource", "resources"), count(len(c.Problems), "problem", "problems"))
	list := func(title string, n int, at func(int) (source.Span, string)) {
		if n == 0 {
			return
		}
		m.printf("%s:\n\n", title)
		for i := range min(n, markdownProblems) {
			span, text := at(i)
			m.printf("- %s %s\n", codeSpan(place(span)), cell(text))
		}
		if n > markdownProblems {
			m.printf("- and %d more\n", n-markdownProblems)
		}
		m.printf("\n")
	}
	list("Not read, resolved or understood", len(c.Problems), func(i int) (source.Span, string) {
		return c.Problems[i].Span, c.Problems[i].Message
	})
	open := m.r.Undecided()
	list("Undecided, and no pass", len(open), func(i int) (source.Span, string) {
		return open[i].Span, open[i].Why
	})
	m.printf("</details>\n")
}

// WriteDutiesMarkdown writes the responsibility matrix as a table for each
// resource.
func WriteDutiesMarkdown(w io.Writer, r *Report) error {
	m := markdown{r: r}
	m.printf("# Responsibility matrix\n")
	for _, rows := range byResource(r.Duties) {
		title := rows[0].Resource
		if res := m.r.resource(title); res != nil && res.Label != "" {
			title = res.Label + ", " + title
		}
		m.printf("\n## %s\n\n| duty | holder | state | why | evidence |\n|---|---|---|---|---|\n", cell(title))
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b Duty) int { return a.State.order() - b.State.order() })
		for _, d := range rows {
			var at []string
			for _, e := range d.Evidence {
				at = append(at, codeSpan(place(e.Span)))
			}
			m.printf("| %s | %s | %s | %s | %s |\n", cell(capital(d.Title)), d.Holder, d.State, cell(d.Why), strings.Join(unique(at), ", "))
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// WriteRulesMarkdown writes a catalogue of rules as one table.
func WriteRulesMarkdown(w io.Writer, rules []Rule) error {
	m := markdown{}
	m.printf("| rule | area | severity | defect |\n|---|---|---|---|\n")
	for _, r := range rules {
		m.printf("| %s | %s | %s | %s |\n", markdownText(r.ID), r.Area, r.Severity, markdownText(r.Title))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// WriteTopicMarkdown writes one topic as a page.
func WriteTopicMarkdown(w io.Writer, t Topic) error {
	m := markdown{}
	m.printf("# %s: %s\n\n", markdownText(t.ID), markdownText(t.Title))
	for _, f := range t.Facts {
		if f.Value != "" {
			m.printf("- %s: %s\n", markdownText(f.Name), markdownText(f.Value))
		}
	}
	for _, p := range paragraphs(t.Doc) {
		m.printf("\n%s\n", markdownText(p))
	}
	if refs := t.Refs.markdown(); refs != "" {
		m.printf("\n%s", refs)
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// markdown lists the references.
func (r Refs) markdown() string {
	var b strings.Builder
	for _, l := range r.lines() {
		if isAddress(l) {
			fmt.Fprintf(&b, "- <%s>\n", l)
			continue
		}
		fmt.Fprintf(&b, "- %s\n", markdownText(l))
	}
	return b.String()
}

// isAddress reports whether text is a whole https address and nothing else.
func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.String() == s && !strings.ContainsAny(s, " <>`|\"'()[]{}\\^@")
}

// markup is every character that Markdown or HTML may give a meaning inside a
// line or a table; "@" and "#", which name people and issues on GitHub, are
// apart.
const markup = "\\`*_{}[]()<>+!|~&$"

// markdownText is text that Markdown shows as it is: markup characters become
// references, so that no renderer sees them as markup. Mentions are found in
// the rendered text, so a space without width parts them.
func markdownText(s string) string {
	s = clean(s)
	var b strings.Builder
	for i, c := range s {
		switch {
		case c == '@' || c == '#':
			fmt.Fprintf(&b, "&#%d;&#8203;", c)
		case strings.ContainsRune(markup, c), c == ':' && strings.HasPrefix(s[i:], "://"), i == 0 && (c == '-' || c == '='):
			fmt.Fprintf(&b, "&#%d;", c)
		default:
			b.WriteRune(c)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

// cell is text in a comment, of bounded length.
func cell(s string) string { return markdownText(shorten(clean(s), markdownCell)) }

// shorten cuts a text that only a hostile or broken source makes this long.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	head, _ := breakWord(s, n-1)
	return head + "…"
}

// codeSpan is text in a code span. It must hold no backtick, and in a table
// no bar.
func codeSpan(s string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "¦").Replace(shorten(clean(s), markdownCell)) + "`"
}
