// Package lint owns what is wrong with a policy document beyond its grammar:
// names that match nothing, statements that never hold or add nothing,
// conditions that do not say what they seem to.
//
// It imports the policy grammar, the catalogue, the evaluator and the solver.
// A document is only read. A message says what is wrong, where, and what to
// do; what fires on many good policies is no message, so each was counted on
// AWS's own managed policies (TestNoise).
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Severity is how bad a message is.
type Severity uint8

// The severities.
const (
	Note    Severity = iota // could be clearer
	Warning                 // does not do what it seems to
	Error                   // AWS refuses it, or it never matches
)

func (s Severity) String() string { return [...]string{"note", "warning", "error"}[s] }

// A Message is one mistake.
type Message struct {
	Code     string
	Severity Severity
	Text     string
	Advice   string
	Span     source.Span
}

// Options say what is asked of a document.
type Options struct {
	Kind policy.Kind
	// Type is the CloudFormation type of what a resource policy protects;
	// empty where it is not known.
	Type string
	// Statements bounds the documents whose statements are compared with each
	// other; 0: 100.
	Statements int
	// Solver leaves comparisons out where it is false.
	Solver bool
}

type linter struct {
	Options
	doc *policy.Document
	s   *policy.Statement
	// actions are those of the statement, as the catalogue knows them; known
	// is false where there are others too.
	actions []*catalogue.Action
	known   bool
	// mismatch are the statements whose actions and resources do not go together.
	mismatch map[*policy.Statement]bool
	alike    map[string]int // messages by code
	out      []Message
}

// Document returns the mistakes of a document, in the order of their places.
// What Parse and Check say of it is among them; problems are Parse's.
func Document(doc *policy.Document, problems []source.Problem, o Options) []Message {
	l := &linter{Options: o, doc: doc, mismatch: map[*policy.Statement]bool{}, alike: map[string]int{}}
	for _, p := range slices.Concat(problems, doc.Check(o.Kind)) {
		if l.alike["grammar"]++; l.alike["grammar"] > maxAlike {
			continue
		}
		l.out = append(l.out, Message{"grammar", Error, strings.TrimPrefix(p.Message, "policy: "), "", p.Span})
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Open != nil {
			continue
		}
		l.s = s
		l.expand()
		l.actionNames()
		l.resources()
		l.effects()
		l.principals()
		l.conditions()
	}
	l.deputies()
	if o.Solver {
		l.statements()
	}
	for code, n := range l.alike {
		if n > maxAlike {
			l.out = append(l.out, Message{code, Note, fmt.Sprintf("%d more messages of this kind are left out", n-maxAlike), "", doc.Span})
		}
	}
	slices.SortStableFunc(l.out, func(a, b Message) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(l.out)
}

// maxAlike bounds the messages of one kind on one document.
const maxAlike = 200

func (l *linter) add(code string, sev Severity, span source.Span, advice, format string, args ...any) {
	if l.alike[code]++; l.alike[code] > maxAlike {
		return
	}
	for i := range args {
		if s, ok := args[i].(string); ok {
			args[i] = policy.Short(s)
		}
	}
	l.out = append(l.out, Message{code, sev, l.s.Name() + ": " + fmt.Sprintf(format, args...), advice, span})
}

// expand finds the statement's actions in the catalogue.
func (l *linter) expand() {
	l.actions, l.known = nil, l.s.Action.Present
	seen := map[*catalogue.Action]bool{}
	for _, it := range l.s.Action.Items {
		text, ok := it.Text.Known()
		if !ok || it.Maybe || text == "*" || strings.HasPrefix(text, "*") {
			l.known = false
			return
		}
		names := []string{text}
		if strings.ContainsAny(text, "*?") {
			names = catalogue.Expand(text)
		}
		if len(names) == 0 {
			l.known = false
		}
		for _, n := range names {
			a, ok := catalogue.ActionOf(n)
			if !ok {
				l.known = false
			} else if !seen[a] {
				seen[a] = true
				l.actions = append(l.actions, a)
			}
		}
	}
}

// actionNames looks for names that match nothing, and patterns that are none.
func (l *linter) actionNames() {
	for _, list := range []policy.List{l.s.Action, l.s.NotAction} {
		for _, it := range list.Items {
			text, known := it.Text.Known()
			if !known {
				continue
			}
			if hint, wrong := UnknownAction(it); wrong {
				l.add("unknown-action", Warning, it.Span, "correct the name; if it is newer than remit's catalogue, leave it", "%q is no action%s", text, cmp.Or(hint, " that is known"))
				continue
			}
			service, name := policy.SplitAction(text)
			if !strings.ContainsAny(name, "*?") || name == "*" || strings.ContainsAny(service, "*?") {
				continue
			}
			if names := catalogue.Expand(text); len(names) == 1 && !strings.EqualFold(names[0], text) {
				l.add("exact-action", Note, it.Span, "write "+names[0]+", so that no later action is allowed unseen", "%q matches %s alone", text, names[0])
			}
		}
		l.covered(list)
	}
}

// covered looks for actions that another pattern of the list covers.
func (l *linter) covered(list policy.List) {
	if len(list.Items) > 2000 {
		return
	}
	type pattern struct {
		glob value.Pattern
		it   policy.Item
	}
	var wide []pattern
	for _, it := range list.Items {
		if text, ok := it.Text.Known(); ok && !it.Maybe && strings.ContainsAny(text, "*?") {
			wide = append(wide, pattern{value.NewPattern(value.Lit(strings.ToLower(text))), it})
		}
	}
	seen := map[string]bool{}
	for _, it := range list.Items {
		text, ok := it.Text.Known()
		if !ok || it.Maybe {
			continue
		}
		low := strings.ToLower(text)
		if seen[low] {
			l.add("repeated-action", Note, it.Span, "delete it", "%q stands twice", text)
			continue
		}
		seen[low] = true
		for i := range wide {
			other := wide[i].it.String()
			// A pattern that matches another's text with its stars in place
			// matches all that it does.
			if strings.ToLower(other) != low && wide[i].glob.MatchString(low) == value.Yes && !strings.Contains(low, "?") {
				l.add("covered-action", Note, it.Span, "delete one of them", "%q is covered by %q", text, other)
				break
			}
		}
	}
}

// principals looks for ids in the place of identities that were deleted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (l *linter) principals() {
	for _, p := range []*policy.Principal{l.s.Principal, l.s.NotPrincipal} {
		if p == nil {
			continue
		}
		for _, e := range p.Entries {
			for _, it := range e.Values.Items {
				text, ok := it.Text.Known()
				if !ok || e.Type != "AWS" || !policy.IsUniqueID(text) {
					continue
				}
				what := "a user"
				if strings.HasPrefix(text, "AROA") {
					what = "a role"
				}
				l.add("stale-principal", Warning, it.Span, "take it out, or name the identity that is meant by its ARN",
					"%q is the id of %s, which AWS shows where it was deleted: it stands for nobody, and one of the same name has another", text, what)
			}
		}
	}
}

// effects looks at what Allow does not go well with.
func (l *linter) effects() {
	s := l.s
	if s.Is(policy.Allow) != value.Yes {
		if s.NotPrincipal != nil && s.Is(policy.Deny) == value.Yes {
			l.add("not-principal", Note, s.NotPrincipal.Span, "deny \"*\" with a condition ArnNotLike on aws:PrincipalArn: sessions and callers with a permissions boundary are not excepted here",
				"NotPrincipal excepts fewer callers than it seems to")
		}
		return
	}
	if s.NotPrincipal != nil {
		l.add("allow-not-principal", Error, s.NotPrincipal.Span, "name whom it allows, in Principal", "Allow with NotPrincipal lets in everybody else, whoever has no credentials too")
	}
	if s.NotAction.Present && !s.Action.Present {
		everywhere := slices.ContainsFunc(s.Resource.Items, func(it policy.Item) bool { return it.String() == "*" }) || s.NotResource.Present
		if everywhere && len(s.Condition) == 0 {
			l.add("allow-not-action", Warning, s.NotAction.Span, "list what it allows, or deny the exceptions in a statement of their own",
				"Allow with NotAction grants every other action of every service, those that AWS adds later too")
		}
	}
	if s.NotResource.Present && !s.Resource.Present {
		l.add("allow-not-resource", Warning, s.NotResource.Span, "name the resources that it allows", "Allow with NotResource grants the actions on every other resource, those of other accounts too")
	}
}
