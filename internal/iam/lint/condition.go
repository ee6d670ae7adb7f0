package lint

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// conditions looks at the conditions of the statement.
func (l *linter) conditions() {
	s := l.s
	if s.HasCondition && len(s.Condition) == 0 && len(s.OpenCondition) == 0 {
		l.add("empty-condition", Note, s.Span, "delete the element, or say what must hold", "Condition is empty and always holds")
	}
	for i := range s.Condition {
		c := &s.Condition[i]
		op, ok := policy.ParseOperator(c.Operator)
		if !ok {
			continue
		}
		if !c.Values.Present {
			l.add("empty-condition", Note, c.OperatorSpan, "delete the operator, or say what must hold", "Condition.%s has no keys and always holds", c.Operator)
			continue
		}
		l.values(c, op)
		l.key(c, op)
		l.traps(c, op)
	}
}

// values looks at the values of one condition.
func (l *linter) values(c *policy.Condition, op policy.Operator) {
	for _, it := range c.Values.Items {
		text := literal(it)
		if (op.Kind == policy.StringEquals || op.Kind == policy.StringEqualsIgnoreCase) && strings.ContainsAny(unescaped(text), "*?") {
			like := "StringLike"
			if op.Negated {
				like = "StringNotLike"
			}
			l.add("literal-wildcard", Warning, it.Span, "write "+like+", or the value whole", "Condition.%s.%s: %s takes the wildcard in %q as a character", c.Operator, c.Key, c.Operator, it)
		}
		if l.doc.Variables() == value.No && strings.Contains(text, "${") && variable(text) {
			l.add("version", Warning, it.Span, "write Version 2012-10-17", "Condition.%s.%s: %q has a variable, which only Version 2012-10-17 knows; here it is taken as it is written", c.Operator, c.Key, it)
		}
	}
}

// variable tells whether a text has what later versions take for a variable.
func variable(text string) bool {
	_, rest, _ := strings.Cut(text, "${")
	key, _, closed := strings.Cut(rest, "}")
	return closed && strings.Contains(key, ":")
}

// unescaped leaves ${…} out: ${*} is meant as a character, and variables are
// not the policy's own text.
func unescaped(s string) string {
	for {
		head, rest, found := strings.Cut(s, "${")
		if !found {
			return s
		}
		_, tail, closed := strings.Cut(rest, "}")
		if !closed {
			return s
		}
		s = head + tail
	}
}

func literal(it policy.Item) string {
	var b strings.Builder
	for _, p := range it.Text.Parts() {
		b.WriteString(p.Lit)
	}
	return b.String()
}

// key looks for a key that no action of the statement sends.
func (l *linter) key(c *policy.Condition, op policy.Operator) {
	low := strings.ToLower(c.Key)
	prefix, _, found := strings.Cut(low, ":")
	if !found || prefix == "aws" || !l.known || len(l.actions) == 0 || l.Kind == policy.Trust {
		return
	}
	if _, ok := catalogue.ServiceOf(prefix); !ok {
		return // claims of providers, and keys of services that are newer
	}
	for _, a := range l.actions {
		if sends(a, low) {
			return
		}
	}
	s, _ := catalogue.ServiceOf(prefix)
	exists := slices.ContainsFunc(s.Keys, func(k catalogue.ConditionKey) bool { return sameKey(k.Key, low) })
	what := "no action of the statement sends the key " + c.Key
	if !exists {
		what = "there is no key " + c.Key
	} else if len(l.actions) == 1 {
		what = l.actions[0].String() + " does not send the key " + c.Key
	}
	means := ", so that the condition never holds"
	switch {
	case op.Kind == policy.Null:
		return
	case op.IfExists || op.Negated || op.Set == policy.ForAllValues:
		means = ", so that the condition always holds"
	}
	sev := Warning
	if exists {
		for _, a := range l.actions {
			if a.Service != prefix {
				sev = Note // a key of another service, which forwarded calls may carry
			}
		}
	}
	l.add("unsent-key", sev, c.KeySpan, "correct the key, or give the actions that send it a statement of their own", "Condition.%s: %s%s", c.Operator, what, means)
}

// sends tells whether an action sends a key, itself or for its resources.
func sends(a *catalogue.Action, low string) bool {
	has := func(keys []string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return sameKey(k, low) })
	}
	if has(a.Keys) {
		return true
	}
	for _, r := range a.Resources {
		if has(r.Keys) || has(r.Type.Keys) {
			return true
		}
	}
	return false
}

// sameKey compares a key of the catalogue, which may end in a variable part.
func sameKey(k, low string) bool {
	k = strings.ToLower(k)
	if i := strings.IndexAny(k, "$<"); i > 0 {
		return strings.HasPrefix(low, k[:i])
	}
	if head, _, found := strings.Cut(k, "/"); found { // "secretsmanager:ResourceTag/tag-key"
		return strings.HasPrefix(low, head+"/")
	}
	return k == low || strings.HasPrefix(low, k+"/")
}

// single tells whether a key has one value; false for one that is not known.
func single(low string) bool {
	prefix, _, _ := strings.Cut(low, ":")
	if prefix == "aws" {
		return slices.Contains([]string{"aws:principalarn", "aws:principalorgid", "aws:principalaccount", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce",
			"aws:sourcearn", "aws:sourceaccount", "aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid", "aws:securetransport",
			"aws:multifactorauthpresent", "aws:userid", "aws:username", "aws:viaawsservice", "aws:principaltype"}, low) ||
			strings.HasPrefix(low, "aws:principaltag/") || strings.HasPrefix(low, "aws:resourcetag/") || strings.HasPrefix(low, "aws:requesttag/")
	}
	s, ok := catalogue.ServiceOf(prefix)
	if !ok {
		return false
	}
	for _, k := range s.Keys {
		if sameKey(k.Key, low) {
			return k.Type != "" && !strings.HasPrefix(k.Type, "ArrayOf")
		}
	}
	return false
}

// traps looks for conditions that do not say what they seem to.
func (l *linter) traps(c *policy.Condition, op policy.Operator) {
	low := strings.ToLower(c.Key)
	allow, deny := l.s.Is(policy.Allow) == value.Yes, l.s.Is(policy.Deny) == value.Yes
	if op.Set == policy.ForAllValues && allow && single(low) && !l.demanded(low) {
		l.add("for-all-values", Warning, c.OperatorSpan, "leave ForAllValues out: the key has one value", "Condition.%s.%s holds for requests without the key", c.Operator, c.Key)
	}
	if low == "aws:multifactorauthpresent" && op.Kind == policy.Bool {
		is := func(want string) bool {
			return slices.ContainsFunc(c.Values.Items, func(it policy.Item) bool { return strings.EqualFold(it.String(), want) })
		}
		switch {
		case deny && !op.IfExists && is("false"):
			l.add("mfa", Warning, c.OperatorSpan, "write BoolIfExists", "Condition.%s.%s: requests with long-lived keys do not carry the key and are not denied", c.Operator, c.Key)
		case allow && op.IfExists && is("true"):
			l.add("mfa", Warning, c.OperatorSpan, "write Bool", "Condition.%s.%s: requests with long-lived keys do not carry the key and are allowed", c.Operator, c.Key)
		}
	}
	if allow && op.IfExists && op.Set == policy.NoSet && !op.Negated && absentForOthers(low) && !l.demanded(low) {
		l.add("if-exists", Warning, c.OperatorSpan, "leave IfExists out, or demand the key with Null", "Condition.%s.%s holds for requests without the key, which are those of everybody else", c.Operator, c.Key)
	}
}

// demanded tells whether another condition demands the key, or limits the
// statement to a known caller.
func (l *linter) demanded(low string) bool {
	for _, c := range l.s.Condition {
		op, ok := policy.ParseOperator(c.Operator)
		if !ok || !strings.EqualFold(c.Key, low) {
			continue
		}
		if op.Kind == policy.Null && slices.ContainsFunc(c.Values.Items, func(it policy.Item) bool { return strings.EqualFold(it.String(), "false") }) {
			return true
		}
		if op.Kind != policy.Null && !op.IfExists && !op.Negated && op.Set != policy.ForAllValues {
			return true
		}
	}
	return false
}

// absentForOthers tells the keys that only calls of services, or of callers of
// an organisation or network, carry.
func absentForOthers(low string) bool {
	return slices.Contains([]string{"aws:principalorgid", "aws:principalorgpaths", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "sts:externalid"}, low)
}
