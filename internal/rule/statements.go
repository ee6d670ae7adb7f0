package rule

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
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

// Open tells of the statements of a resource or trust policy which let
// everybody in: whoever has no credentials, or those of any AWS account, every
// Deny of the policy respected. typ is the type of the resource that holds the
// policy. An external id keeps out who does not know it.
func Open(doc *policy.Document, typ string) map[*policy.Statement]value.Tri {
	out := map[*policy.Statement]value.Tri{}
	for i := range doc.Statements {
		out[&doc.Statements[i]] = value.No
	}
	for _, e := range iam.Public(iam.Compile(doc), typ, value.Hole("AWS::AccountId")) {
		if e.Who <= iam.AnyAccount && !slices.ContainsFunc(e.Chosen, func(key string) bool { return strings.EqualFold(key, "sts:ExternalId") }) {
			out[e.Statement] = out[e.Statement].Or(e.Holds)
		}
	}
	return out
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
