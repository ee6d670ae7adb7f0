package duty

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:generate go test . -run TestDocs -update

// WriteMarkdown writes the page that documents the duties, as docs/duties.md.
func WriteMarkdown(w io.Writer) error {
	all := Catalogue()
	var b strings.Builder
	b.WriteString("# The duties\n\n<!-- Generated from the duties' own documentation by go generate ./internal/duty; edit the duties. -->\n\n")
	fmt.Fprintf(&b, `%d duties, by the service that they belong to. For each resource remit computes who holds a duty and how it stands:
**provided** by AWS with nothing left to configure, **met** or **unmet** by the customer, **unknown** where a value that the sources
do not tell decides, **manual** where no source can show it and somebody must attest it, **n/a** where the resource does not have it.
AWS, the customer, or both (**shared**) hold it; a choice such as a container image or a key of one's own moves it.

OWASP numbers are those of the Top 10 (2017) in its Serverless interpretation, CIS ones those of the AWS Foundations Benchmark 3.0.0,
NIST ones those of SP 800-53 revision 5, FSBP ones those of AWS Foundational Security Best Practices, Security Hub ones further controls of
AWS Security Hub; SEC and REL are questions of the Well-Architected Serverless Applications Lens. A control is named only where the duty, met,
means that the control passes as far as the sources show; where no control says the same, none is named.
`, len(all))
	for _, service := range services(all) {
		fmt.Fprintf(&b, "\n## %s\n", service)
		for i := range all {
			if serviceOf(&all[i]) == service {
				all[i].section(&b)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// services are the services of the duties in the order of their names.
func services(all []Duty) []string {
	var out []string
	for i := range all {
		out = append(out, serviceOf(&all[i]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// serviceOf is the middle of the duty's first type.
func serviceOf(d *Duty) string {
	parts := strings.Split(d.Types[0], "::")
	service := parts[1]
	if service == "ApiGatewayV2" {
		return "ApiGateway"
	}
	return service
}

func (d *Duty) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n**%s.** %s\n\n", d.ID, d.Title, paragraph(d.Doc))
	states := make([]string, len(d.States))
	for i, s := range d.States {
		states[i] = string(s)
	}
	fmt.Fprintf(b, "For `%s`; can be %s.\n", strings.Join(d.Types, "`, `"), strings.Join(states, ", "))
	if controls := d.Refs.Controls(); len(controls) > 0 {
		fmt.Fprintf(b, "%s.\n", strings.Join(controls, "; "))
	}
	for _, u := range d.Refs.AWS {
		fmt.Fprintf(b, "<%s>\n", u)
	}
}

// paragraph joins the lines of a doc that is indented in the source.
func paragraph(doc string) string { return strings.Join(strings.Fields(doc), " ") }
