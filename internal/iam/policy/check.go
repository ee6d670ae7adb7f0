package policy

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Kind is the kind of a policy: what it is attached to decides which elements
// it may have.
type Kind uint8

// The kinds of policies.
const (
	Identity        Kind = iota // of a user, group or role; a boundary or session policy too
	Resource                    // of a bucket, queue, key …
	OwnResource                 // of a repository, file system …: a resource policy that need not name its resource
	Trust                       // of a role
	ServiceControl              // of an organisation
	ResourceControl             // of an organisation
	Endpoint                    // of a VPC endpoint
)

func (k Kind) String() string {
	return [...]string{"identity policy", "resource policy", "resource policy", "trust policy", "service control policy", "resource control policy", "VPC endpoint policy"}[k]
}

func article(k Kind) string {
	if k == Identity {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// Check returns what AWS would refuse, and what it would accept and never
// match, in a document of the kind. Parse has reported what is wrong with the
// document's shape; whether an action exists, the catalogue knows.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func (d *Document) Check(kind Kind) []source.Problem {
	c := checker{doc: d, kind: kind}
	sids := map[string]bool{}
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Open != nil {
			continue
		}
		c.statement = s
		if sid, ok := s.Sid.Text.Known(); ok && sid != "" && !s.Maybe {
			if sids[sid] {
				c.problem(s.Sid.Span, "the Sid %q stands twice; Sids must differ", sid)
			}
			sids[sid] = true
			if kind == Identity && strings.ContainsFunc(sid, notAlphanumeric) {
				c.problem(s.Sid.Span, "the Sid %q may hold only letters and digits", sid)
			}
		}
		c.elements(s)
		c.principal("Principal", s.Principal)
		c.principal("NotPrincipal", s.NotPrincipal)
		c.actions("Action", s.Action)
		c.actions("NotAction", s.NotAction)
		c.resources("Resource", s.Resource)
		c.resources("NotResource", s.NotResource)
		for j := range s.Condition {
			c.condition(&s.Condition[j])
		}
	}
	return c.problems
}

func notAlphanumeric(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
}

type checker struct {
	doc       *Document
	kind      Kind
	statement *Statement
	problems  []source.Problem
}

func (c *checker) problem(span source.Span, format string, args ...any) {
	msg := "policy: " + c.statement.Name() + ": " + fmt.Sprintf(format, quoted(args)...)
	c.problems = append(c.problems, source.Problem{Span: span, Message: msg})
}

// elements checks which elements the kind needs and forbids.
func (c *checker) elements(s *Statement) {
	principal := s.Principal != nil || s.NotPrincipal != nil
	span := s.Span
	if s.Principal != nil {
		span = s.Principal.Span
	} else if s.NotPrincipal != nil {
		span = s.NotPrincipal.Span
	}
	resource := s.Resource.Present || s.NotResource.Present
	switch c.kind {
	case Identity, ServiceControl:
		if principal {
			c.problem(span, "a Principal has no place here: %s applies to whom it is attached to", article(c.kind))
		}
	case Resource, OwnResource, Trust, ResourceControl:
		if !principal {
			c.problem(span, "Principal is missing; %s must say whom it is about", article(c.kind))
		}
	}
	switch c.kind {
	case Trust:
		if resource {
			c.problem(s.Resource.Span, "a Resource has no place in a trust policy; the role itself is meant")
		}
	case OwnResource:
	default:
		if !resource {
			c.problem(s.Span, "has neither Resource nor NotResource; say what it is about")
		}
	}
	if c.kind == ResourceControl && (s.Principal == nil || !s.Principal.Any) {
		c.problem(span, "the Principal of a resource control policy must be \"*\"")
	}
}

func (c *checker) principal(name string, p *Principal) {
	if p == nil || p.Bare {
		return // Parse has said what is wrong
	}
	for _, e := range p.Entries {
		for _, it := range e.Values.Items {
			if text, ok := it.Text.Known(); ok {
				c.entry(name, e.Type, text, it.Span)
			} else if strings.ContainsAny(literal(it.Text), "*?") {
				c.problem(it.Span, "%s.%s %q has a wildcard in it; name the whole principal, or \"*\"", name, e.Type, it)
			}
		}
	}
}

// literal joins the known parts.
func literal(t value.Text) string {
	var b strings.Builder
	for _, p := range t.Parts() {
		b.WriteString(p.Lit)
	}
	return b.String()
}

func (c *checker) entry(name, typ, text string, span source.Span) {
	if text == "*" && typ == "AWS" {
		return
	}
	if strings.ContainsAny(text, "*?") {
		c.problem(span, "%s.%s %q has a wildcard in it; name the whole principal, or \"*\" and a condition on aws:PrincipalArn", name, typ, text)
		return
	}
	ok := true
	switch typ {
	case "AWS":
		ok = isAccount(text) || IsUniqueID(text) || principalARN(text)
	case "Service":
		ok = strings.Contains(text, ".") && !strings.ContainsAny(text, ":/ ")
	case "Federated":
		ok = strings.Contains(text, ".") || strings.HasPrefix(text, "arn:")
	}
	if !ok {
		c.problem(span, "%s.%s %q is not a principal", name, typ, text)
	}
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// IsUniqueID tells the ids that AWS puts in the place of deleted principals.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
func IsUniqueID(s string) bool {
	return len(s) >= 16 && (strings.HasPrefix(s, "AROA") || strings.HasPrefix(s, "AIDA")) && !strings.ContainsFunc(s, notAlphanumeric)
}

func principalARN(s string) bool {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || !isAccount(parts[4]) && !(parts[4] == "cloudfront" && parts[2] == "iam") {
		return false
	}
	for _, p := range []string{"user/", "role/", "assumed-role/", "federated-user/", "self"} {
		if strings.HasPrefix(parts[5], p) {
			return true
		}
	}
	return parts[5] == "root"
}

func (c *checker) actions(name string, l List) {
	for _, it := range l.Items {
		text, ok := it.Text.Known()
		if !ok || text == "*" {
			continue
		}
		service, action, found := strings.Cut(text, ":")
		switch {
		case !found:
			c.problem(it.Span, "%s %q lacks its service; write service:Action", name, text)
		case action == "" || strings.ContainsAny(text, " ,\t\n"):
			c.problem(it.Span, "%s %q is no action; it matches nothing", name, text)
		case strings.ContainsAny(service, "*?"):
			if service != "*" || action != "*" {
				c.problem(it.Span, "%s %q has a wildcard in its service, which AWS refuses", name, text)
			}
		}
	}
}

// ShortAPI is how the resource of an API's policy may start; API Gateway writes
// the ARN up to the stage in its place.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
const ShortAPI = "execute-api:/"

func (c *checker) resources(name string, l List) {
	for _, it := range l.Items {
		text, known := it.Text.Known()
		if known && text == "*" || c.kind == Resource && strings.HasPrefix(it.String(), ShortAPI) {
			continue
		}
		if !known {
			// Only what stands before the first hole can be judged.
			head := it.Text.Parts()[0].Lit
			if head != "" && !strings.HasPrefix(head, "arn:") && !strings.HasPrefix("arn:", head) && head != "*" {
				c.problem(it.Span, "%s %q is not an ARN; write arn:partition:service:region:account:resource, or \"*\"", name, it)
			}
			continue
		}
		if !strings.HasPrefix(text, "arn:") || strings.Count(text, ":") < 5 && !strings.HasSuffix(text, "*") {
			c.problem(it.Span, "%s %q is not an ARN; write arn:partition:service:region:account:resource, or \"*\"", name, text)
			continue
		}
		if c.doc.Variables() == value.No && strings.Contains(text, "${") {
			c.problem(it.Span, "%s %q has a variable, which only Version 2012-10-17 knows; it matches nothing here", name, text)
		}
	}
}

// condition checks that values are of the operator's type.
func (c *checker) condition(con *Condition) {
	op, ok := ParseOperator(con.Operator)
	if !ok {
		return
	}
	if con.Key == "" && con.Values.Present {
		c.problem(con.KeySpan, "Condition.%s has an empty key", con.Operator)
	}
	for _, it := range con.Values.Items {
		text, known := it.Text.Known()
		if !known || strings.Contains(text, "${") {
			continue
		}
		want := ""
		switch {
		case op.Kind == Null || op.Kind == Bool:
			if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
				want = "true or false"
			}
		case op.Kind >= NumericEquals && op.Kind <= NumericGreaterThanEquals:
			if _, err := strconv.ParseFloat(text, 64); err != nil {
				want = "a number"
			}
		case op.Kind == IPAddress:
			if _, err := netip.ParsePrefix(text); err != nil {
				if _, err := netip.ParseAddr(text); err != nil {
					want = "an address or a block such as 203.0.113.0/24"
				}
			}
		case op.Kind == ArnLike:
			if text != "*" && strings.Count(text, ":") < 5 {
				want = "an ARN of six parts"
			}
		}
		if want != "" {
			c.problem(it.Span, "Condition.%s.%s: %q is not %s; the condition never matches", con.Operator, con.Key, text, want)
		}
	}
}
