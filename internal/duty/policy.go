package duty

import (
	"regexp"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An audience is whom the resource policies of a resource let in.
type audience struct {
	public  []Place // statements that let anyone in
	maybe   []Place // statements that do, or not: a value decides
	foreign []Place // statements that name an account by its number
	read    []Place // the policies there are
}

var accountForm = regexp.MustCompile(`\b\d{12}\b`)

// audienceOf reads the policies of a resource; grants limits what counts to
// statements that allow one of the actions, none means all.
func audienceOf(r *app.Resource, grants ...string) audience {
	return audienceIn(r, r.App.PolicyDocumentsOn(r), grants...)
}

func audienceIn(r *app.Resource, docs []app.Attached, grants ...string) audience {
	var out audience
	own, _ := r.App.Place.Account.Known()
	for _, d := range docs {
		out.read = append(out.read, at(d.Span, "the policy in %s", d.In.Label()))
		doc, _ := policy.Parse(d.Document)
		if doc == nil {
			out.maybe = append(out.maybe, at(d.Span, "a policy that cannot be read"))
			continue
		}
		open := rule.Open(doc, r.Type)
		for i := range doc.Statements {
			s := &doc.Statements[i]
			out.add(s, open[s], d, own, grants)
		}
	}
	return out
}

func (x *audience) add(s *policy.Statement, open value.Tri, d app.Attached, own string, grants []string) {
	if len(grants) > 0 && !slices.ContainsFunc(grants, func(a string) bool { return rule.Grants(s, a) != value.No }) {
		return
	}
	span := rule.PrincipalSpan(s)
	if span.IsZero() {
		span = d.Span
	}
	if open == value.Yes && d.Sure == value.Unknown {
		open = value.Unknown
	}
	switch open {
	case value.Yes:
		x.public = append(x.public, at(span, "%s lets anyone use %s", s.Name(), rule.Actions(s)))
		return
	case value.Unknown:
		x.maybe = append(x.maybe, at(span, "%s may let anyone use %s", s.Name(), rule.Actions(s)))
		return
	}
	if s.Principal == nil || s.Is(policy.Allow) == value.No {
		return
	}
	for _, v := range s.Principal.Open {
		x.maybe = append(x.maybe, at(v.Span(), "the principal of %s is not known", s.Name()))
	}
	for _, e := range s.Principal.Entries {
		if e.Type != "AWS" {
			continue
		}
		for _, i := range e.Values.Items {
			if n := accountForm.FindString(i.String()); n != "" && n != own {
				x.foreign = append(x.foreign, at(i.Span, "%s lets account %s in", s.Name(), n))
			}
		}
	}
}

// keepOut answers the duty to let in only whom one knows. what is what the
// policies protect, as a message names it.
func (x audience) keepOut(what string) Answer {
	switch {
	case len(x.public) > 0:
		return unmet("a policy lets anyone use "+what, x.public...)
	case len(x.maybe) > 0:
		return unknown("it cannot be decided whom a policy of "+what+" lets in", nil, x.maybe...)
	case len(x.foreign) > 0:
		return manual("a policy of "+what+" names accounts by their number: attest that each is known and needed", x.foreign...)
	case len(x.read) == 0:
		return met("the sources give " + what + " no policy, so it is open to no other account")
	}
	return met("the policies of "+what+" let nobody in but services and callers of this account", first(x.read, 6)...)
}

// Privileges are what an identity's policies allow too widely.
type privileges struct {
	admin []Place // everything on everything
	wide  []Place // all actions of a service, or a name left open
	maybe []Place // a value decides
	read  []Place // the policies there are
}

// privilegesOf reads the policies attached to an identity.
func privilegesOf(list []app.Attached) privileges {
	var out privileges
	for _, p := range list {
		out.read = append(out.read, policyPlace(p))
		if p.Document == nil {
			out.managed(p)
			continue
		}
		doc, _ := policy.Parse(p.Document)
		if doc == nil {
			out.maybe = append(out.maybe, at(p.Span, "a policy that cannot be read"))
			continue
		}
		for i := range doc.Statements {
			out.statement(&doc.Statements[i], p.Sure)
		}
	}
	return out
}

// managed reads one of AWS's managed policies. What it grants too widely is
// said once, for the policy.
func (x *privileges) managed(p app.Attached) {
	name := rule.ManagedPolicyName(p.ARN)
	arn, _ := p.ARN.Known()
	if name != "" {
		arn = "arn:aws:iam::aws:policy/" + name
	}
	doc, ok := catalogue.Managed(arn)
	switch {
	case !p.ARN.IsResolved() && name == "":
		x.maybe = append(x.maybe, at(p.Span, "a managed policy whose ARN is not known"))
		return
	case !ok:
		x.maybe = append(x.maybe, at(p.Span, "the managed policy %s lies outside the sources", arn))
		return
	}
	var in privileges
	for i := range doc.Statements {
		in.statement(&doc.Statements[i], p.Sure)
	}
	switch {
	case len(in.admin) > 0:
		x.admin = append(x.admin, at(p.Span, "the managed policy %s allows everything", name))
	case len(in.wide) > 0:
		x.wide = append(x.wide, at(p.Span, "the managed policy %s: %s", name, in.wide[0].Message))
	case len(in.maybe) > 0:
		x.maybe = append(x.maybe, at(p.Span, "the managed policy %s, if its condition holds", name))
	}
}

func (x *privileges) statement(s *policy.Statement, sure value.Tri) {
	if s.Open != nil {
		x.maybe = append(x.maybe, at(s.Open.Span(), "a statement that is not known"))
		return
	}
	if s.Is(policy.Allow) == value.No {
		return
	}
	item, wildResource := rule.WildResource(s)
	var wildAction policy.Item
	for _, a := range s.Action.Items {
		if t, ok := a.Text.Known(); !ok {
			x.maybe = append(x.maybe, at(a.Span, "an action that is not known"))
		} else if wildAction.IsZero() && strings.HasSuffix(":"+t, ":*") {
			wildAction = a
		}
	}
	bounded := rule.Restricted(s) != value.No
	span := s.Span
	if sure == value.Unknown || s.Maybe {
		if !wildAction.IsZero() || wildResource {
			x.maybe = append(x.maybe, at(span, "%s, if its condition holds", s.Name()))
		}
		return
	}
	switch {
	case everyAction(s) && wildResource && !bounded:
		x.admin = append(x.admin, at(wildAction.Span, "%s allows every action on every resource", s.Name()))
	case s.NotAction.Present && wildResource:
		x.wide = append(x.wide, at(s.NotAction.Span, "%s allows %s", s.Name(), rule.Actions(s)))
	case !wildAction.IsZero():
		x.wide = append(x.wide, at(wildAction.Span, "%s allows %s", s.Name(), rule.Actions(s)))
	case wildResource && !bounded && namesResources(s):
		x.wide = append(x.wide, at(item.Span, "%s allows %s on %s", s.Name(), rule.Actions(s), item.String()))
	}
}

// everyAction reports whether the statement's actions are a bare star.
func everyAction(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Action.Items, func(i policy.Item) bool { return i.String() == "*" || i.String() == "*:*" })
}

// namesResources tells whether any action of the statement could be limited
// to a resource; a star beside the others says nothing.
func namesResources(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Action.Items, func(i policy.Item) bool {
		name, ok := i.Text.Known()
		if !ok {
			return true
		}
		for _, one := range catalogue.Expand(name) {
			if a, ok := catalogue.ActionOf(one); ok && a.ResourceLevel() && !runsFunctions(a) {
				return true
			}
		}
		return false
	})
}

// runsFunctions reports whether Lambda itself needs the action to run a
// function; AWS's own policies for that name no resource.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func runsFunctions(a *catalogue.Action) bool {
	switch a.Service {
	case "logs":
		return slices.Contains([]string{"CreateLogGroup", "CreateLogStream", "PutLogEvents"}, a.Name)
	case "ec2":
		return slices.Contains([]string{"CreateNetworkInterface", "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"}, a.Name)
	}
	return a.Service == "xray"
}

// least answers the duty of least privilege.
func (x privileges) least(who string) Answer {
	switch {
	case len(x.admin) > 0:
		return unmet(who+" may do everything in the account", x.admin...)
	case len(x.wide) > 0:
		return unmet(who+" may do more than one task needs: "+rule.Count(len(x.wide), "grant names", "grants name")+" all of a service or all of its resources", first(x.wide, 6)...)
	case len(x.maybe) > 0:
		return unknown("it cannot be decided what "+who+" may do", nil, first(x.maybe, 6)...)
	}
	if len(x.read) == 0 {
		return met(who + " is granted nothing by the sources")
	}
	return met("no grant of "+who+" names a whole service or all resources of one", first(x.read, 6)...)
}

// policyPlace is a policy as evidence that it was read.
func policyPlace(p app.Attached) Place {
	if p.Document == nil {
		if name := rule.ManagedPolicyName(p.ARN); name != "" {
			return at(p.Span, "the managed policy %s", name)
		}
		return at(p.Span, "a managed policy")
	}
	return at(p.Span, "the policy in %s", p.In.Label())
}

// first limits evidence.
func first(list []Place, n int) []Place { return list[:min(n, len(list))] }

// spanOr is the first span that points somewhere.
func spanOr(spans ...source.Span) source.Span {
	for _, s := range spans {
		if !s.IsZero() {
			return s
		}
	}
	return source.Span{}
}
