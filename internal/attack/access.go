package attack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// An answer is whether a caller may do something, with the statements that
// say so.
type answer struct {
	holds      value.Tri
	statements []iam.Match
	// assume says what was taken for granted of conditions.
	assume string
}

// insideContext is what is known of a request that code of the application
// makes: it is encrypted, of no MFA session, and made by no service.
func insideContext() iam.Context {
	c := userContext()
	c.Absent("aws:MultiFactorAuthPresent")
	c.Absent("aws:MultiFactorAuthAge")
	return c
}

// userContext is the same of a request that a user makes: whether the session
// is one of MFA is not known.
func userContext() iam.Context {
	var c iam.Context
	c.Set("aws:SecureTransport", "true")
	c.Set("aws:ViaAWSService", "false")
	c.Absent("aws:FederatedProvider")
	return c
}

// context is what is known of a request that the identity makes.
func (id *identity) context() iam.Context {
	if id.user {
		return userContext()
	}
	return insideContext()
}

// judge turns an evaluation into an answer: where all that an unknown one
// hinges on are keys that the caller writes, the caller gets its way.
func judge(res iam.Result) answer {
	a := answer{holds: res.Decision.Allows(), statements: allows(res.Statements)}
	if a.holds != value.Unknown {
		return a
	}
	open := false
	keys := false
	for _, m := range res.Statements {
		open = open || len(m.Open) > 0
		if m.Effect == policy.Deny {
			open = true
		}
	}
	for _, h := range res.Hinges {
		if iam.CallerWrites(h) {
			keys = true
			continue
		}
		open = true
	}
	if keys && !open {
		a.holds = value.Yes
		return a
	}
	a.assume = whyOpen(res)
	return a
}

func whyOpen(res iam.Result) string {
	var keys []string
	for _, h := range res.Hinges {
		if !iam.CallerWrites(h) {
			keys = append(keys, h)
		}
	}
	if len(keys) > 0 {
		return "the condition on " + join(keys) + " holds"
	}
	for _, m := range res.Statements {
		if len(m.Open) > 0 {
			return "the unresolved " + m.Open[0] + " of " + m.Statement.Name() + " covers it"
		}
	}
	return "an unresolved part of the policies covers it"
}

func allows(list []iam.Match) []iam.Match {
	return slices.DeleteFunc(slices.Clone(list), func(m iam.Match) bool { return m.Effect != policy.Allow })
}

// may asks whether an identity may do an action on a resource.
func (f *facts) may(id *identity, action string, arn value.Text, rp *iam.Policy) answer {
	req := iam.Request{Principal: id.iam.Principal, Action: action, Resource: arn, Context: f.inside}
	if id.user {
		req.Context = f.byUser
	}
	p := iam.Policies{Identity: id.iam.Policies, Boundary: id.iam.Boundary, Resource: rp}
	switch iam.Decide(&req, &p) {
	case iam.DeniedExplicit, iam.DeniedImplicit:
		return answer{holds: value.No}
	}
	return id.bounded(judge(iam.Evaluate(&req, &p)))
}

// mayAnyone asks whether a caller without credentials, or with those of a
// foreign account, may do an action on a resource by its policy alone.
func (f *facts) mayAnyone(who iam.Principal, action string, arn value.Text, rp *iam.Policy) answer {
	req := iam.Request{Principal: who, Action: action, Resource: arn, Context: iam.Outside(&who), Account: value.Hole("AWS::AccountId")}
	p := iam.Policies{Resource: rp}
	switch iam.Decide(&req, &p) {
	case iam.DeniedExplicit, iam.DeniedImplicit:
		return answer{holds: value.No}
	}
	return judge(iam.Evaluate(&req, &p))
}

// attachmentOf finds the policy that a statement stands in.
func (id *identity) attachmentOf(m iam.Match) *attachment {
	for i := range id.attached {
		if id.attached[i].policy == m.Policy {
			return &id.attached[i]
		}
	}
	return nil
}

// in translates a statement of the identity's policies to another identity of
// the same class, whose own copies say the same elsewhere.
func (id *identity) in(other *identity, m iam.Match) iam.Match {
	for i := range id.attached {
		if id != other && id.attached[i].policy == m.Policy {
			m.Policy = other.attached[i].policy
			m.Statement = &m.Policy.Document.Statements[m.Statement.Index]
			return m
		}
	}
	return m
}

// statementEvidence shows the statement that allows something: the line where
// a managed policy is attached, or the statement itself.
func (f *facts) statementEvidence(id *identity, m iam.Match, action string) Evidence {
	if m.Source == iam.FromResource {
		return Evidence{m.Statement.Span, "the resource's policy allows " + action + " (" + m.Statement.Name() + ")"}
	}
	at := id.attachmentOf(m)
	if at == nil {
		return Evidence{m.Statement.Span, "allows " + action}
	}
	if at.managed {
		return Evidence{at.span, at.name + " on " + id.owner() + " allows " + action + " (" + m.Statement.Name() + ": " + statementText(m.Statement, action) + ")"}
	}
	return Evidence{m.Statement.Span, id.owner() + " is allowed " + action + " (" + statementText(m.Statement, action) + ")"}
}

// statementText is a statement in a few words: "s3:* on *". Of many actions
// it shows the one that covers the action at hand.
func statementText(s *policy.Statement, action string) string {
	actions, except := s.Action, ""
	if !actions.Present {
		actions, except = s.NotAction, "everything but "
	}
	resources, but := s.Resource, ""
	if !resources.Present {
		resources, but = s.NotResource, "everything but "
	}
	subject := value.Lit(strings.ToLower(action))
	covers := func(it policy.Item) bool { return it.Text.Map(strings.ToLower).Glob(subject) != value.No }
	return except + few(actions, covers) + " on " + but + few(resources, nil)
}

// few shows a list of items: all of three, or the first one wanted of more.
func few(l policy.List, wanted func(policy.Item) bool) string {
	var out []string
	for _, it := range l.Items {
		out = append(out, it.String())
	}
	if len(out) <= 3 {
		return strings.Join(out, ", ")
	}
	at := 0
	if wanted != nil {
		at = max(slices.IndexFunc(l.Items, wanted), 0)
	}
	return fmt.Sprintf("%s and %d more", out[at], len(out)-1)
}

// witness is some object of a resource for actions that work on objects.
func witness(arn value.Text, tail catalogue.Form) value.Text {
	switch tail {
	case catalogue.Own:
		return arn
	case catalogue.AnyForm:
		return value.Lit("*")
	}
	return value.Concat(arn, value.Lit(string(tail)), value.Fresh("any object"))
}

// arnKey is the service and the resource part of an ARN: what is left when
// the place of the deployment is taken off.
func arnKey(t value.Text) (service, resource string, ok bool) {
	parts := t.Split(':', 6)
	if len(parts) != 6 {
		return "", "", false
	}
	return parts[2].String(), parts[5].String(), true
}

// exists adds to a hop what the conditions of resources make of it.
func conditional(h *hop, list ...*app.Resource) {
	for _, r := range list {
		if r != nil && r.Exists == value.Unknown && h.certainty != Unknown {
			if h.certainty == "" || h.certainty == Exact {
				h.certainty = Approximate
			}
			if h.assume == "" {
				h.assume = "the condition of " + r.Label() + " holds"
			}
		}
	}
}
