package rule

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the page that documents the rules, as docs/rules.md.
func WriteMarkdown(w io.Writer, rules []*Rule) error {
	var b strings.Builder
	b.WriteString("# The rules\n\n<!-- Generated from the rules' own documentation by go generate ./internal/checks; edit the rules. -->\n\n")
	fmt.Fprintf(&b, "%d rules. Each has its fixtures in `testdata/ID.txtar` beside it; [adding a rule](adding-a-rule.md) tells how to write one.\n", len(rules))
	b.WriteString("OWASP numbers are those of the OWASP Top 10 (2017) in its Serverless interpretation.\n")
	area := Area("")
	for _, r := range rules {
		if r.Area != area {
			area = r.Area
			fmt.Fprintf(&b, "\n## %s\n\n| rule | severity | defect |\n|---|---|---|\n", strings.ToUpper(string(area[:1]))+string(area[1:]))
			for _, x := range rules {
				if x.Area == area {
					fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", x.ID, strings.ToLower(x.ID), x.Severity, x.Title)
				}
			}
		}
		r.section(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Rule) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n**%s** (%s, since %s)\n\n%s\n\n", r.ID, r.Title, r.Severity, r.Since, Paragraphs(r.Doc))
	fmt.Fprintf(b, "Looks at: `%s`.\n\n", strings.Join(r.Types, "`, `"))
	for _, u := range r.Refs.AWS {
		fmt.Fprintf(b, "- <%s>\n", u)
	}
	refs := append([]string(nil), r.Refs.CWE...)
	for _, id := range r.Refs.OWASP {
		refs = append(refs, fmt.Sprintf("OWASP %s (%s)", id, OWASPTitle(id)))
	}
	for _, id := range r.Refs.ATTACK {
		refs = append(refs, "ATT&CK "+id)
	}
	fmt.Fprintf(b, "- %s\n", strings.Join(refs, ", "))
}

// Paragraphs joins the lines of a doc, which is indented in the source, into
// paragraphs of one line each.
func Paragraphs(doc string) string {
	var out []string
	for _, para := range strings.Split(strings.TrimSpace(doc), "\n\n") {
		out = append(out, strings.Join(strings.Fields(para), " "))
	}
	return strings.Join(out, "\n\n")
}
