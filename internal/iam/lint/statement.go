package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/value"
)

// statements looks for statements that add nothing: what others grant too,
// what others take away, what never holds.
func (l *linter) statements() {
	list := l.doc.Statements
	limit := l.Statements
	if limit == 0 {
		limit = 100
	}
	if len(list) == 0 || l.Kind != policy.Identity && l.Kind != policy.Resource {
		return
	}
	if len(list) > limit {
		l.out = append(l.out, Message{"not-compared", Note, fmt.Sprintf("%d statements are too many to compare with each other: redundant ones are not looked for", len(list)), "", l.doc.Span})
		return
	}
	access := func(with func(*policy.Statement) bool, more ...policy.Statement) *solve.Access {
		d := *l.doc
		d.Statements = slices.Clone(more)
		for i := range list {
			if with(&list[i]) {
				s := list[i]
				s.Index = len(d.Statements)
				d.Statements = append(d.Statements, s)
			}
		}
		if l.Kind == policy.Identity {
			return solve.Identity(&d)
		}
		return solve.Resource(&d)
	}
	whole := access(func(*policy.Statement) bool { return true })
	o := l.bounds()
	gone := map[*policy.Statement]bool{} // redundant ones, so that of two equal ones one stays
	for i := range list {
		s := &list[i]
		if s.Open != nil || s.Maybe || l.mismatch[s] || l.Kind != policy.Identity && l.compared(s) {
			continue
		}
		l.s = s
		if s.Is(policy.Allow) == value.Yes {
			alone := access(func(x *policy.Statement) bool { return x == s })
			if ans := solve.Sometimes(alone, o); ans.Holds == value.No && ans.Certainty == solve.Exact && !l.compared(s) {
				l.add("never", Warning, s.Span, "correct its conditions and resources, or delete it", "no request is allowed by it: its parts exclude each other")
				continue
			}
			left := access(func(x *policy.Statement) bool { return x == s || x.Is(policy.Deny) != value.No })
			if ans := solve.Sometimes(left, o); ans.Holds == value.No && ans.Certainty == solve.Exact && !l.compared(s) {
				l.add("shadowed", Warning, s.Span, "delete it, or narrow the Deny", "all that it allows is denied by other statements")
				continue
			}
		}
		if len(list) < 2 {
			continue
		}
		l.redundant(s, access, whole, gone)
	}
}

// redundant looks whether the other statements do all that one does. A Deny is
// compared with the other denies alone: it works on what other policies allow.
func (l *linter) redundant(s *policy.Statement, access func(func(*policy.Statement) bool, ...policy.Statement) *solve.Access, whole *solve.Access, gone map[*policy.Statement]bool) {
	var ans solve.Answer
	what := "the other statements grant all that it grants"
	if s.Is(policy.Allow) == value.Yes {
		ans = solve.Within(whole, access(func(x *policy.Statement) bool { return x != s && !gone[x] }), l.bounds())
	} else {
		denies := 0
		for i := range l.doc.Statements {
			if l.doc.Statements[i].Is(policy.Deny) == value.Yes {
				denies++
			}
		}
		if denies < 2 || s.Is(policy.Deny) != value.Yes {
			return
		}
		deny := func(x *policy.Statement) bool { return x.Is(policy.Deny) == value.Yes && !gone[x] }
		all := access(deny, everything(l.Kind))
		rest := access(func(x *policy.Statement) bool { return x != s && deny(x) }, everything(l.Kind))
		ans = solve.Within(rest, all, l.bounds())
		what = "the other statements deny all that it denies"
	}
	if ans.Holds == value.Yes && ans.Certainty == solve.Exact {
		gone[s] = true
		l.add("redundant", Note, s.Span, "delete it", "%s", what)
	}
}

// everything is a statement that allows all.
func everything(kind policy.Kind) policy.Statement {
	text := `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`
	if kind != policy.Identity {
		text = `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}`
	}
	doc, _ := policy.ParseJSON("", []byte(text))
	return doc.Statements[0]
}

// bounds keep one comparison short: what is not decided soon is not reported.
// Requests that AWS never makes count, since its documentation of resources
// and keys is not complete.
func (l *linter) bounds() solve.Options {
	return solve.Options{Steps: 2_000, States: 20_000, Loose: true}
}

// compared tells whether a condition compares keys with each other, a
// principal is not known, or the statement allows what nobody can be denied:
// none of these is judged here.
func (l *linter) compared(s *policy.Statement) bool {
	if s.Principal != nil {
		for _, e := range s.Principal.Entries {
			if e.Type == "CanonicalUser" || len(s.Principal.Open) > 0 || slices.ContainsFunc(e.Values.Items, func(it policy.Item) bool { return !it.Text.IsKnown() }) {
				return true
			}
		}
	}
	for _, it := range s.Action.Items {
		if strings.EqualFold(it.String(), "sts:GetCallerIdentity") {
			return true
		}
	}
	for _, c := range s.Condition {
		for _, it := range c.Values.Items {
			if strings.Contains(literal(it), "${") {
				return true
			}
		}
	}
	return false
}
