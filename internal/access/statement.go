package access

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// statement is a statement that decides, as answers show it.
func (m *Model) statement(x iam.Match) report.AccessStatement {
	o := m.policies[x.Policy]
	out := report.AccessStatement{
		Policy: o.name, Kind: x.Source.String(), Name: x.Statement.Name(), Effect: x.Effect, Says: says(x.Statement),
		Conditions: conditions(x.Statement), Span: x.Statement.Span, Attached: o.attached, Holds: x.Holds.String(),
		Hinges: list(x.Hinges), Open: list(x.Open),
	}
	if o.kind != "" {
		out.Kind = o.kind
	}
	return out
}

// statements are those of the policies that were read; what a question adds
// itself is left out.
func (m *Model) statements(matches []iam.Match, effect string) []report.AccessStatement {
	out := []report.AccessStatement{}
	for _, x := range matches {
		if _, ours := m.policies[x.Policy]; ours && (effect == "" || x.Effect == effect) {
			out = append(out, m.statement(x))
		}
	}
	return out
}

// list is never null in JSON.
func list(in []string) []string { return append([]string{}, in...) }

// says is a statement in a few words: "s3:GetObject on arn:aws:s3:::a/*".
func says(s *policy.Statement) string {
	out := rule.Actions(s)
	words := func(l policy.List) []string {
		var out []string
		for _, it := range l.Items {
			out = append(out, it.String())
		}
		return out
	}
	switch {
	case s.Open != nil:
		return "a statement that is not known"
	case s.Resource.Present:
		out += " on " + rule.Enumerate(words(s.Resource), 3)
	case s.NotResource.Present:
		out += " on everything but " + rule.Enumerate(words(s.NotResource), 3)
	}
	return out
}

// conditions are the conditions of a statement, one a line.
func conditions(s *policy.Statement) []string {
	out := []string{}
	for _, c := range s.Condition {
		var values []string
		for _, it := range c.Values.Items {
			values = append(values, it.String())
		}
		out = append(out, c.Operator+" "+c.Key+" "+rule.Enumerate(values, 4))
	}
	for range s.OpenCondition {
		out = append(out, "a condition that is not known")
	}
	return out
}

// literals are conditions that make a difference, one a line.
func literals(list []solve.Hinge) []string {
	out := []string{}
	for _, h := range list {
		var values []string
		for _, v := range h.Values {
			values = append(values, v.String())
		}
		line := h.Operator + " " + h.Key + " " + rule.Enumerate(values, 4)
		if h.Operator == "" {
			line = "with the value of " + h.Key + " the statement names the resource"
		}
		if h.Deny {
			line = "not: " + line
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// remaining are the conditions on the keys in the statements that hinge on them.
func remaining(matches []iam.Match, hinges []string) []string {
	out := []string{}
	keys, told, written := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, h := range hinges {
		keys[strings.ToLower(h)] = true
	}
	for _, x := range matches {
		for _, c := range x.Statement.Condition {
			key := strings.ToLower(c.Key)
			if !keys[key] {
				continue
			}
			written[key] = true
			one := &policy.Statement{Condition: []policy.Condition{c}}
			line := conditions(one)[0]
			if x.Effect == policy.Deny {
				line = "not: " + line
			}
			if !told[line] {
				told[line] = true
				out = append(out, line)
			}
		}
	}
	text := strings.ToLower(strings.Join(out, "\n"))
	for _, h := range hinges {
		if key := strings.ToLower(h); !written[key] && !strings.Contains(text, key) { // a variable may stand in a value
			out = append(out, h+" is not known")
		}
	}
	slices.Sort(out)
	return out
}

// request shows a request with what it carries.
func request(r *iam.Request, keys []solve.KeyValue) report.AccessRequest {
	out := report.AccessRequest{Principal: caller(&r.Principal), Action: r.Action, Resource: r.Resource.String(), Context: []report.AccessKey{}}
	for _, k := range keys {
		values := []string{}
		for _, v := range k.Values {
			values = append(values, v.String())
		}
		out.Context = append(out.Context, report.AccessKey{Key: k.Key, Values: values})
	}
	return out
}

// witness shows the request that proves an answer; nil without one.
func witness(w *solve.Witness) *report.AccessRequest {
	if w == nil {
		return nil
	}
	out := request(&w.Request, w.Keys)
	return &out
}

// caller is how messages call a caller.
func caller(p *iam.Principal) string {
	switch p.Kind {
	case iam.AnonymousKind:
		return "anyone"
	case iam.ServiceKind:
		return p.Service
	case iam.FederatedKind:
		return p.Provider.String()
	}
	return p.ARN.String()
}

// holds turns a truth value into the word of the answers.
func holds(t value.Tri) string {
	switch t {
	case value.Yes:
		return report.AccessYes
	case value.No:
		return report.AccessNo
	}
	return report.AccessUnknown
}
