package rule

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// restricting are the condition keys that tie a statement to callers whom its
// author knows. AWS's own list for "public" is the basis; keys that a caller
// sets at will (aws:Referer, aws:UserAgent) and that hold for everybody
// (aws:SecureTransport) are not on it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
var restricting = []string{
	"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principalservicename",
	"aws:principalisawsservice", "aws:userid", "aws:username", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths",
	"aws:sourceowner", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:viaawsservice",
	"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "kms:calleraccount", "kms:viaservice", "s3:dataaccesspointarn",
	"s3:dataaccesspointaccount", "sns:endpoint", "sts:externalid", "lambda:eventsourcetoken", "elasticfilesystem:accesspointarn",
	"elasticfilesystem:accessedviamounttarget", "secretsmanager:resourcepolicy", "cloudwatch:namespace",
}

// Restricts tells whether a condition ties the statement to known callers.
func Restricts(c policy.Condition) value.Tri {
	key := strings.ToLower(c.Key)
	op, ok := policy.ParseOperator(c.Operator)
	if !ok || op.Negated || op.IfExists || op.Set == policy.ForAllValues {
		return value.No
	}
	if op.Kind == policy.Null || !slices.Contains(restricting, key) && !strings.HasPrefix(key, "aws:principaltag/") {
		return value.No
	}
	if len(c.Values.Items) == 0 {
		return value.No
	}
	out := value.Yes
	for _, i := range c.Values.Items {
		switch s, known := i.Text.Known(); {
		case known && (strings.Trim(s, "*") == "" || s == "0.0.0.0/0" || s == "::/0"):
			return value.No
		case i.Kind == value.Unresolved:
			out = value.Unknown
		}
	}
	return out
}

// Restricted tells whether any condition ties the statement to known callers.
func Restricted(s *policy.Statement) value.Tri {
	out := value.No
	for _, c := range s.Condition {
		out = out.Or(Restricts(c))
	}
	if len(s.OpenCondition) > 0 {
		out = out.Or(value.Unknown)
	}
	return out
}

// Anyone tells whether the element names everybody: "*", {"AWS": "*"}.
func Anyone(p *policy.Principal) value.Tri {
	if p == nil {
		return value.No
	}
	if p.Any {
		return value.Yes
	}
	out := value.No
	if len(p.Open) > 0 {
		out = value.Unknown
	}
	for _, e := range p.Entries {
		if e.Type != "AWS" {
			continue
		}
		for _, i := range e.Values.Items {
			t := i.Text.Equal(value.Lit("*"))
			if len(i.Refs) > 0 {
				t = value.No // a resource's own ARN or id is no bare star
			}
			if i.Maybe && t == value.Yes {
				t = value.Unknown
			}
			out = out.Or(t)
		}
	}
	return out
}

// OpenToAnyone tells whether the statement allows everybody in: an Allow to
// "*" (or to all but some) without a condition that ties it to known callers.
func OpenToAnyone(s *policy.Statement) value.Tri {
	who := Anyone(s.Principal)
	if s.NotPrincipal != nil {
		who = value.Yes
	}
	if s.Open != nil {
		return value.Unknown
	}
	out := s.Is(policy.Allow).And(who).And(Restricted(s).Not())
	if s.Maybe && out == value.Yes {
		return value.Unknown
	}
	return out
}

// Fenced tells whether a Deny of the same document keeps strangers out of what
// the statement allows: a Deny to everybody, under a negated condition on a key
// that ties requests to known callers, for all of the statement's actions.
func Fenced(doc *policy.Document, s *policy.Statement) bool {
	for i := range doc.Statements {
		d := &doc.Statements[i]
		if d.Is(policy.Deny) != value.Yes || Anyone(d.Principal) != value.Yes || !slices.ContainsFunc(d.Condition, excludes) {
			continue
		}
		covered := !slices.ContainsFunc(s.Action.Items, func(a policy.Item) bool {
			return !slices.ContainsFunc(d.Action.Items, func(p policy.Item) bool {
				return p.Text.Map(strings.ToLower).Glob(a.Text.Map(strings.ToLower)) == value.Yes
			})
		})
		if covered && s.Action.Present {
			return true
		}
	}
	return false
}

// excludes tells whether a condition holds for all but known callers.
func excludes(c policy.Condition) bool {
	op, ok := policy.ParseOperator(c.Operator)
	return ok && op.Negated && op.Set == policy.NoSet && slices.Contains(restricting, strings.ToLower(c.Key))
}

// Actions are the actions of the statement as messages list them.
func Actions(s *policy.Statement) string {
	list, prefix := s.Action, ""
	if !s.Action.Present && s.NotAction.Present {
		list, prefix = s.NotAction, "everything but "
	}
	var words []string
	for _, i := range list.Items {
		words = append(words, i.String())
	}
	return prefix + Enumerate(words, 4)
}

// PrincipalSpan is where the statement says whom it allows.
func PrincipalSpan(s *policy.Statement) source.Span {
	switch {
	case s.Principal != nil && !s.Principal.Span.IsZero():
		return s.Principal.Span
	case s.NotPrincipal != nil && !s.NotPrincipal.Span.IsZero():
		return s.NotPrincipal.Span
	}
	return s.Span
}

// Grants tells whether the statement allows the action, which is written whole
// ("s3:GetObject"), on at least some resource.
func Grants(s *policy.Statement, action string) value.Tri {
	if s.Open != nil {
		return value.Unknown
	}
	match := func(list policy.List) value.Tri {
		out := value.No
		for _, i := range list.Items {
			t := i.Text.Map(strings.ToLower).Glob(value.Lit(strings.ToLower(action)))
			if i.Maybe && t == value.Yes {
				t = value.Unknown
			}
			out = out.Or(t)
		}
		return out
	}
	covers := match(s.Action)
	if s.NotAction.Present {
		covers = match(s.NotAction).Not()
	}
	return s.Is(policy.Allow).And(covers)
}

// WildResource returns the item by which the statement names every resource of
// a kind: "*", or an ARN whose name is a bare star.
func WildResource(s *policy.Statement) (policy.Item, bool) {
	for _, i := range s.Resource.Items {
		if Wild(i.Text) {
			return i, true
		}
	}
	return policy.Item{}, false
}

// kinds are the words that stand before the name in the last part of an ARN.
var kinds = []string{
	"table", "function", "secret", "key", "parameter", "stateMachine", "execution", "event-bus", "identity", "role", "user", "group",
	"policy", "userpool", "identitypool", "stream", "deliverystream", "log-group", "alias", "layer", "domain", "cluster", "db", "repository", "project",
}

// Wild reports whether a resource pattern leaves the name open: "*",
// "arn:aws:dynamodb:eu-west-1:111122223333:table/*", "arn:aws:s3:::*/*". A
// pattern for all objects of one bucket names the bucket and is not wild.
func Wild(t value.Text) bool {
	if s, ok := t.Known(); ok && s == "*" {
		return true
	}
	parts := t.Split(':', 6)
	if len(parts) < 6 || parts[0].String() != "arn" {
		return false
	}
	name := parts[5].String()
	if i := strings.IndexAny(name, "/:"); i >= 0 && slices.Contains(kinds, name[:i]) {
		name = name[i+1:]
	}
	return name != "" && strings.Trim(name, "*/:") == ""
}

// OwnAccount reports whether a principal is one of the own account: it is
// written with a reference to the account or to a resource of the application.
func OwnAccount(i policy.Item) bool {
	return len(i.Refs) > 0 || strings.Contains(i.String(), "${AWS::AccountId}")
}
