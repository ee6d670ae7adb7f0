package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
)

// maxPairs bounds how many actions are compared with how many resources.
const maxPairs = 200_000

// resources looks for resources that no action works on, and for actions that
// work on none of the resources.
func (l *linter) resources() {
	items := l.s.Resource.Items
	if !l.known || len(items) == 0 || len(l.actions) == 0 || len(items)*len(l.actions) > maxPairs {
		return
	}
	if l.Kind == policy.Trust || l.Kind == policy.OwnResource {
		return
	}
	templates := map[*catalogue.ResourceType]string{}
	fits := func(a *catalogue.Action, arn string) bool {
		for _, r := range a.Resources {
			t, ok := templates[r.Type]
			if !ok {
				t = openTemplate(r.Type.ARN)
				templates[r.Type] = t
			}
			if overlapARN(t, arn) && !inside(r.Type.ARN, arn) {
				return true
			}
		}
		return false
	}
	served := map[*catalogue.Action]bool{}
	var wrong []policy.Item
	for _, it := range items {
		arn := openText(it)
		if wide(arn) {
			for _, a := range l.actions {
				served[a] = true
			}
			continue
		}
		works := false
		for _, a := range l.actions {
			if fits(a, arn) {
				works, served[a] = true, true
			}
		}
		if !works {
			wrong = append(wrong, it)
		}
	}
	l.unserved(served)
	if l.mismatch[l.s] && len(wrong) == len(items) {
		return // the actions are to blame
	}
	for _, it := range wrong {
		sev := Warning
		if l.knowsService(it) {
			sev = Note // AWS's documentation of the resources of a service is not complete
		} else {
			l.mismatch[l.s] = true
		}
		l.add("mismatched-resource", sev, it.Span, "name a resource that the actions work on, or take it out", "none of the actions works on %q, by AWS's documentation%s", it, l.expected())
	}
}

// knowsService tells whether any action of the statement works on resources of
// the ARN's service.
func (l *linter) knowsService(it policy.Item) bool {
	parts := strings.SplitN(openText(it), ":", 6)
	if len(parts) < 3 {
		return true
	}
	for _, a := range l.actions {
		for _, r := range a.Resources {
			if t := strings.SplitN(r.Type.ARN, ":", 4); len(t) > 2 && Overlap(openTemplate(t[2]), parts[2]) {
				return true
			}
		}
	}
	return false
}

// unserved are the actions that work on none of the resources, as one message.
func (l *linter) unserved(served map[*catalogue.Action]bool) {
	var none, other []string
	var at policy.Item
	want := ""
	for _, it := range l.s.Action.Items {
		a, ok := catalogue.ActionOf(it.String())
		if !ok || served[a] || strings.ContainsAny(it.String(), "*?") {
			continue
		}
		if at.IsZero() {
			at = it
		}
		if !a.ResourceLevel() {
			none = append(none, it.String())
		} else {
			other, want = append(other, it.String()), wants(a)
		}
	}
	l.mismatch[l.s] = l.mismatch[l.s] || len(none)+len(other) > 0
	if len(none) > 0 {
		l.add("mismatched-action", Warning, at.Span, "grant it on \"*\", in a statement of its own", "AWS knows no single resources for %s, and these are single ones", words(none))
	}
	if len(other) > 0 {
		if len(other) > 1 {
			want = ""
		}
		l.add("mismatched-action", Warning, at.Span, "name such a resource, or take the action out", "%s is for none of the resources%s", words(other), want)
	}
}

// words are a few of a list.
func words(list []string) string {
	const few = 4
	if len(list) > few {
		return strings.Join(list[:few], ", ") + fmt.Sprintf(" and %d more", len(list)-few)
	}
	return strings.Join(list, ", ")
}

// wants says what ARNs an action works on.
func wants(a *catalogue.Action) string {
	var out []string
	for _, r := range a.Resources {
		out = append(out, r.Type.ARN)
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(a) - len(b) }) // the plain ones first
	out = out[:min(len(out), 2)]
	if len(out) == 0 {
		return ""
	}
	return "; it wants " + strings.Join(out, " or ")
}

// wide tells whether a pattern names no resource of its service: "*", or
// "arn:aws:s3:::*", which AWS's own examples use for actions without resources.
func wide(arn string) bool {
	if !strings.HasPrefix(arn, "arn:") {
		return true
	}
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) < 6 || strings.Trim(parts[5], "*") == ""
}

// expected says what the statement's first action works on.
func (l *linter) expected() string {
	if len(l.actions) == 1 {
		if !l.actions[0].ResourceLevel() {
			return "; " + l.actions[0].String() + " works only on \"*\""
		}
		return strings.Replace(wants(l.actions[0]), "; it wants", "; "+l.actions[0].String()+" wants", 1)
	}
	return ""
}

// openTemplate is the ARN template of a resource type as a pattern.
func openTemplate(t string) string {
	var b strings.Builder
	for {
		head, rest, found := strings.Cut(t, "${")
		b.WriteString(head)
		if !found {
			return b.String()
		}
		b.WriteByte('*')
		_, t, _ = strings.Cut(rest, "}")
	}
}

// openText is a text of a policy with a star for what is not known: holes and
// policy variables.
func openText(it policy.Item) string {
	var b strings.Builder
	for _, p := range it.Text.Parts() {
		if p.Hole != "" {
			b.WriteByte('*')
		} else {
			b.WriteString(p.Lit)
		}
	}
	s := b.String()
	if strings.Contains(s, "${") {
		s = openTemplate(s)
	}
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	return s
}

// Works tells whether an action of the catalogue can be for a resource, which
// may be a pattern. Of an action that is not known it may be for any.
func Works(action, arn string) bool {
	a, ok := catalogue.ActionOf(action)
	arn = openTemplate(arn)
	if !ok || wide(arn) {
		return true
	}
	for _, r := range a.Resources {
		if overlapARN(openTemplate(r.Type.ARN), arn) && !inside(r.Type.ARN, arn) {
			return true
		}
	}
	return false
}

// overlapARN compares the six parts of two ARNs one by one: what stands in a
// template for a region is no region and something more.
func overlapARN(template, arn string) bool {
	a, b := strings.SplitN(template, ":", 6), strings.SplitN(arn, ":", 6)
	if len(a) != 6 || len(b) != 6 {
		return Overlap(template, arn)
	}
	for i := range a {
		if !Overlap(a[i], b[i]) {
			return false
		}
	}
	return true
}

// inside tells whether an ARN names something in what the template stands for:
// names of buckets and tables have no slash.
func inside(template, arn string) bool {
	if !strings.HasSuffix(template, ":${BucketName}") && !strings.HasSuffix(template, "/${TableName}") {
		return false
	}
	if i := strings.IndexAny(arn, "*?"); i >= 0 {
		arn = arn[:i]
	}
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && strings.Contains(strings.TrimPrefix(parts[5], "table/"), "/")
}

// Overlap tells whether two patterns of * and ? match a text in common.
func Overlap(a, b string) bool {
	// row[j]: the rest of a overlaps with b[j:].
	row := make([]bool, len(b)+1)
	row[len(b)] = true
	for j := len(b) - 1; j >= 0; j-- {
		row[j] = b[j] == '*' && row[j+1]
	}
	for i := len(a) - 1; i >= 0; i-- {
		next := make([]bool, len(b)+1)
		next[len(b)] = a[i] == '*' && row[len(b)]
		for j := len(b) - 1; j >= 0; j-- {
			switch {
			case a[i] == '*':
				next[j] = row[j] || next[j+1]
				if b[j] == '*' {
					next[j] = next[j] || row[j+1]
				}
			case b[j] == '*':
				next[j] = next[j+1] || row[j]
			default:
				next[j] = (a[i] == b[j] || a[i] == '?' || b[j] == '?') && row[j+1]
			}
		}
		row = next
	}
	return row[0]
}
