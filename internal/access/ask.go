package access

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/iam/solve"
	"github.com/remit-security/remit/internal/report"
	"github.com/remit-security/remit/internal/value"
)

// A question is about one caller, one action and one resource, or a pattern of
// resources.
type question struct {
	policies  *iam.Policies
	access    *solve.Access // of the policies, made when it is first needed
	principal iam.Principal
	context   iam.Context
	action    string
	resource  value.Text
	owner     value.Text
	// open names what is not known of the caller's policies.
	open bool
	// work is what the solver may still look at, in statements; nil: no bound.
	work *budget
}

// A finding is the answer to a question.
type finding struct {
	answer     string
	certainty  string
	every      string
	conditions []string
	chosen     []string
	why        []string // of an unknown answer
	matches    []iam.Match
	witness    *solve.Witness
	open       []string // what of the statement is not resolved
}

const exact = "exact"

// notAsked is why an answer is not known that a bound left out.
const notAsked = "it was not asked"

// statements is how many statements the question is about.
func (q *question) statements() int {
	n := 1
	for _, p := range append(slices.Clone(q.policies.Identity), q.policies.Boundary, q.policies.Resource) {
		if p != nil {
			n += len(p.Document.Statements)
		}
	}
	return n
}

func (q *question) compiled() *solve.Access {
	if q.access == nil {
		q.access = solve.Compile(q.policies)
	}
	return q.access
}

func (q *question) evaluate(resource value.Text) iam.Result {
	context := q.context.Clone()
	context.Chosen = true
	if day, ok := tableDay(); ok && !context.Lists("aws:CurrentTime") {
		context.Since("aws:CurrentTime", day, value.Yes)
	}
	r := iam.Request{Principal: q.principal, Action: q.action, Resource: resource, Account: q.owner, Context: context}
	return iam.Evaluate(&r, q.policies)
}

// ask answers: first by the evaluator, which knows most answers; what hinges on
// conditions or on a pattern the solver decides.
func (q *question) ask() finding {
	pattern := wild(q.resource)
	res := q.evaluate(holed(q.resource))
	switch res.Decision.Allows() {
	case value.No:
		return finding{answer: report.AccessNo, certainty: exact}
	case value.Yes:
		f := finding{answer: report.AccessYes, certainty: exact, chosen: res.Chosen, matches: allows(res.Statements)}
		if pattern {
			f.every = report.AccessYes
		}
		return f
	}
	if q.work != nil && !q.work.spend(q.statements()) {
		return finding{answer: report.AccessUnknown, certainty: "unknown", every: report.AccessNo, chosen: res.Chosen, matches: allows(res.Statements), why: []string{notAsked}}
	}
	context := q.context.Clone()
	context.Chosen = true
	ans := solve.Sometimes(q.compiled(), solve.Options{Principal: &q.principal, Actions: []string{q.action}, Resources: []value.Text{q.resource}, Owner: q.owner, Context: context})
	if ans.Holds == value.No {
		return finding{answer: report.AccessNo, certainty: ans.Certainty.String()}
	}
	f := finding{answer: report.AccessUnknown, certainty: ans.Certainty.String(), witness: ans.Witness}
	if pattern {
		f.every = report.AccessNo
		at := holed(q.resource)
		if ans.Witness != nil {
			at = ans.Witness.Request.Resource
		}
		res = q.evaluate(at)
	}
	f.chosen = res.Chosen
	f.matches = allows(res.Statements)
	switch {
	case ans.Holds == value.Yes:
		f.answer = report.AccessYes // all else the caller chooses
		if len(f.matches) == 1 {
			f.matches[0].Holds = value.Yes
		}
	case len(ans.Depends) > 0:
		f.answer, f.conditions = report.AccessConditional, literals(ans.Depends)
	default:
		f.conditions = remaining(res.Statements, slices.DeleteFunc(slices.Clone(res.Hinges), iam.CallerWrites))
		f.why = append(append(f.why, ans.Why...), res.Open...)
	}
	return f
}

// tableDay is the day of the tables of actions, which stands for today.
func tableDay() (time.Time, bool) {
	_, date := catalogue.Version()
	return iam.ReadDate(date)
}

// certaintyOf ranks certainties; unknown is the weakest.
func weaker(a, b string) string {
	for _, c := range []string{"unknown", "approximate"} {
		if a == c || b == c {
			return c
		}
	}
	return exact
}

func allows(list []iam.Match) []iam.Match {
	return slices.DeleteFunc(slices.Clone(list), func(m iam.Match) bool { return m.Effect != policy.Allow })
}

// wild tells whether a text is a pattern.
func wild(t value.Text) bool {
	s := t.String()
	return s != "*" && slices.ContainsFunc(t.Parts(), func(p value.Part) bool { return strings.ContainsAny(p.Lit, "*?") })
}

// holed puts a hole in the place of each wildcard: what may be anything. The
// bare star is the resource of actions without resource level.
func holed(t value.Text) value.Text {
	if !wild(t) {
		return t
	}
	holes := 0
	return t.Expand(func(rest string) (out []value.Text) {
		for rest != "" {
			i := strings.IndexAny(rest, "*?")
			if i < 0 {
				return append(out, value.Lit(rest))
			}
			holes++
			out = append(out, value.Lit(rest[:i]), value.Hole("any "+strconv.Itoa(holes)))
			rest = strings.TrimLeft(rest[i:], "*?")
		}
		return out
	})
}
