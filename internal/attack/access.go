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
	// holds is Unknown where something unresolved in the sources decides.
	holds      value.Tri
	statements []iam.Match
	// assume says what was taken for granted: with Yes, under which conditions
	// it holds.
	assume string
	// with is the change of tags under which it holds.
	with *retag
	// given is what the call is given so that it holds, and before are the calls
	// that make it.
	given  string
	before []granted
}

// sure tells whether the answer is yes, whatever the conditions.
func (a answer) sure() bool { return a.holds == value.Yes && a.assume == "" }

// settled is the answer with what holds only sometimes as Unknown.
func (a answer) settled() value.Tri {
	if a.holds == value.Yes && a.assume != "" {
		return value.Unknown
	}
	return a.holds
}

// better tells whether an answer says more than another.
func (a answer) better(o answer) bool { return a.rank() > o.rank() }

// rank is how much an answer says: 3 for a sure yes, 0 for no.
func (a answer) rank() int {
	switch {
	case a.sure():
		return 3
	case a.holds == value.Yes:
		return 2
	case a.holds == value.Unknown:
		return 1
	}
	return 0
}

// judge turns an evaluation into an answer. Where all that an unknown one
// hinges on are conditions on what only the moment of the call decides, the
// answer is yes, and names them.
func judge(req *iam.Request, res iam.Result) answer {
	a := answer{holds: res.Decision.Allows(), statements: allows(res.Statements)}
	if a.holds != value.Unknown {
		return a
	}
	var bySource [iam.FromEndpoint + 1]struct{ any, clean bool }
	open := ""
	if len(res.Open) > 0 {
		open = "what is not known of the " + join(res.Open) + " lets it"
	}
	for _, m := range res.Statements {
		what := unresolved(req, m)
		switch s := &bySource[m.Source]; {
		case m.Effect == policy.Allow:
			s.any, s.clean = true, s.clean || what == ""
		case what != "" && open == "":
			open = what
		}
	}
	for _, m := range res.Statements {
		if s := bySource[m.Source]; open == "" && m.Effect == policy.Allow && s.any && !s.clean {
			open = unresolved(req, m)
		}
	}
	if open != "" {
		a.assume = open
		return a
	}
	a.holds, a.assume = value.Yes, "an unresolved part of the policies covers it"
	if len(res.Hinges) > 0 {
		a.assume = "the condition on " + join(res.Hinges) + " holds"
	} else {
		a.holds = value.Unknown
	}
	return a
}

// unresolved says what in the sources a statement's match hinges on; empty
// where it is the moment of the call.
func unresolved(req *iam.Request, m iam.Match) string {
	if len(m.Open) > 0 {
		return "the unresolved " + m.Open[0] + " of " + m.Statement.Name() + " covers it"
	}
	for _, h := range m.Hinges {
		if !momentary(h) && (tagKey(h) != "" || req.Knows(h)) {
			return "the condition on " + h + " holds"
		}
	}
	return ""
}

func allows(list []iam.Match) []iam.Match {
	return slices.DeleteFunc(slices.Clone(list), func(m iam.Match) bool { return m.Effect != policy.Allow })
}

// A query is one action of an identity on something.
type query struct {
	action string
	arn    value.Text
	on     *app.Resource // what it is done to; nil for what does not exist yet
	policy *iam.Policy   // of the resource
	set    func(*iam.Context)
	with   *retag // what the caller has changed before
}

// may asks whether an identity may do an action on a resource.
func (f *facts) may(id *identity, q query) answer {
	req := iam.Request{Principal: id.iam.Principal, Action: q.action, Resource: q.arn, Context: f.context(id, &q)}
	if q.on == nil {
		req.Account = id.iam.Principal.Account
	}
	p := iam.Policies{Identity: id.iam.Policies, Boundary: id.iam.Boundary, Resource: q.policy}
	a := f.answer(id, &req, &p, q.with)
	if a.holds == value.No && f.askedOf(id, q.policy).service {
		// The caller itself may not; a service that calls in its name may.
		req.Context = req.Context.Clone()
		req.Context.Set("aws:ViaAWSService", "true")
		req.Context.Unknown("aws:CalledVia")
		if a = f.answer(id, &req, &p, q.with); a.holds != value.No {
			a.assume = joined(a.assume, "a service makes the call in the caller's name (aws:ViaAWSService)")
		}
	}
	return a
}

// answer evaluates a request of an identity's.
func (f *facts) answer(id *identity, req *iam.Request, p *iam.Policies, with *retag) answer {
	switch iam.Decide(req, p) {
	case iam.DeniedExplicit, iam.DeniedImplicit:
		return answer{holds: value.No}
	}
	a := id.bounded(judge(req, iam.Evaluate(req, p)))
	a.with = with
	return a
}

// mayAnyone asks whether a caller without credentials, or with those of a
// foreign account, may do an action on a resource by its policy alone.
// What is known beside that may be set.
func (f *facts) mayAnyone(who iam.Principal, action string, arn value.Text, rp *iam.Policy, set ...func(*iam.Context)) answer {
	req := iam.Request{Principal: who, Action: action, Resource: arn, Context: iam.Outside(&who), Account: value.Hole("AWS::AccountId")}
	for _, s := range set {
		s(&req.Context)
	}
	p := iam.Policies{Identity: []*iam.Policy{everything()}, Resource: rp}
	switch iam.Decide(&req, &p) {
	case iam.DeniedExplicit, iam.DeniedImplicit:
		return answer{holds: value.No}
	}
	return judge(&req, iam.Evaluate(&req, &p))
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
func (f *facts) statementEvidence(id *identity, m iam.Match, actions ...string) Evidence {
	what := join(actions)
	if m.Source == iam.FromResource {
		return Evidence{m.Statement.Span, "the resource's policy allows " + what + " (" + m.Statement.Name() + ")"}
	}
	at := id.attachmentOf(m)
	if at == nil {
		return Evidence{m.Statement.Span, "allows " + what}
	}
	text := statementText(m.Statement, actions[0])
	if at.managed {
		return Evidence{at.span, at.name + " on " + id.owner() + " allows " + what + " (" + m.Statement.Name() + ": " + text + ")"}
	}
	if s := m.Statement; s.Action.Present && !slices.ContainsFunc(s.Action.Items, func(it policy.Item) bool {
		return !slices.ContainsFunc(actions, func(a string) bool { return strings.EqualFold(a, it.String()) })
	}) {
		_, on, _ := strings.Cut(text, " on ") // the statement allows nothing else
		return Evidence{s.Span, id.owner() + " is allowed " + what + " on " + on}
	}
	return Evidence{m.Statement.Span, id.owner() + " is allowed " + what + " (" + text + ")"}
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

// conditional adds to a hop what the conditions of resources make of it.
func conditional(h *hop, list ...*app.Resource) {
	for _, r := range list {
		if r != nil && r.Exists == value.Unknown {
			h.takes(Approximate, "the condition of "+r.Label()+" holds")
		}
	}
}
