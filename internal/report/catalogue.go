package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteRules writes a catalogue of rules as text, a line each.
func WriteRules(w io.Writer, rules []Rule, o Options) error {
	p := newPage(o)
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(a, b Rule) int {
		if a.Area != b.Area {
			return strings.Compare(string(a.Area), string(b.Area))
		}
		return strings.Compare(a.ID, b.ID)
	})
	p.para("", "", run{count(len(rules), "rule", "rules"), bold}, run{"; remit explain RULE says more of one.", dim})
	for i, r := range rules {
		if i == 0 || rules[i-1].Area != r.Area {
			p.heading(strings.ToUpper(string(r.Area)), "")
		}
		p.columns("  ", []int{6, 8}, []run{{r.ID, bold}, {string(r.Severity), r.Severity.style()}}, run{r.Title, plain})
	}
	return p.flush(w)
}

// A Topic is what `explain` says of one rule, technique or duty.
type Topic struct {
	Kind  string `json:"kind"` // "rule", "technique", "duty"
	ID    string `json:"id"`
	Title string `json:"title"`
	// Facts are short answers in the order given: severity, resource types …
	Facts []Fact `json:"facts"`
	// Doc holds paragraphs, parted by an empty line.
	Doc  string `json:"doc"`
	Refs Refs   `json:"refs"`
}

// A Fact is one short answer about a topic.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Topic makes the topic of a rule.
func (r *Rule) Topic() Topic {
	return Topic{Kind: "rule", ID: r.ID, Title: r.Title, Doc: r.Doc, Refs: r.Refs, Facts: []Fact{
		{"severity", string(r.Severity)}, {"area", string(r.Area)}, {"looks at", strings.Join(r.Types, ", ")}, {"since", r.Since},
	}}
}

// WriteTopic writes one topic as text.
func WriteTopic(w io.Writer, t Topic, o Options) error {
	p := newPage(o)
	p.para("", "", run{t.ID, bold}, run{"  " + t.Title, plain})
	p.blank()
	column := 0
	for _, f := range t.Facts {
		column = max(column, width(f.Name))
	}
	for _, f := range t.Facts {
		if f.Value != "" {
			p.columns("  ", []int{column}, []run{{f.Name, dim}}, run{f.Value, plain})
		}
	}
	for _, paragraph := range paragraphs(t.Doc) {
		p.blank()
		p.para("", "", run{paragraph, plain})
	}
	if lines := t.Refs.lines(); len(lines) > 0 {
		p.heading("REFERENCES", "")
		for _, l := range lines {
			p.para("  ", "    ", run{l, plain})
		}
	}
	return p.flush(w)
}

// WriteTopicJSON writes one topic as JSON.
func WriteTopicJSON(w io.Writer, t Topic) error {
	t.Facts = some(t.Facts)
	return writeJSON(w, t)
}

// paragraphs joins the lines of each paragraph of a doc.
func paragraphs(doc string) []string {
	var out []string
	for _, p := range strings.Split(doc, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// lines names the references, addresses first.
func (r Refs) lines() []string {
	out := slices.Clone(r.AWS)
	for _, group := range []struct {
		prefix string
		ids    []string
	}{{"", r.CWE}, {"OWASP ", r.OWASP}, {"ATT&CK ", r.ATTACK}, {"", r.Controls}} {
		if len(group.ids) > 0 {
			out = append(out, fmt.Sprintf("%s%s", group.prefix, strings.Join(group.ids, ", "+group.prefix)))
		}
	}
	return out
}
