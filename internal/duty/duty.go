// Package duty owns the responsibility matrix: for each resource, which
// duties AWS holds, which are the customer's, how it stands with them, and
// what moved one from AWS to the customer.
//
// It imports the application model, IAM and the rule framework's reading of
// policies, never a loader. What never changes: the matrix is computed from
// the sources and never copied from a table of services; what an unresolved
// value decides is unknown and never met; a fact that depends on the day takes
// the day as an argument.
package duty

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
)

// Holder is who holds a duty. AWS's model of shared responsibility:
// https://aws.amazon.com/compliance/shared-responsibility-model/
type Holder string

// The holders.
const (
	AWS      Holder = "aws"
	Customer Holder = "customer"
	Shared   Holder = "shared"
)

// State is how it stands with a duty.
type State string

// The states.
const (
	Provided State = "provided" // AWS does it and nothing is left to configure
	Met      State = "met"
	Unmet    State = "unmet"
	Unknown  State = "unknown" // an unresolved value decides
	Manual   State = "manual"  // the sources cannot show it: somebody must attest it
	NA       State = "n/a"
)

// A Duty is one control that somebody must hold for resources of its types.
type Duty struct {
	// ID is the service and what is at stake: "lambda-runtime-patches".
	ID string
	// Title is the duty in a few words, as an imperative without full stop.
	Title string
	// Types are the CloudFormation types that the duty is about.
	Types []string
	// Doc says who holds it, what moves it, and what to do.
	Doc  string
	Refs Refs
	// States are all states that Compute can give.
	States []State
	// Compute tells how it stands with the duty for one resource.
	Compute func(*View) Answer
}

// Refs are the controls that a duty maps to; a field is empty where no control
// of the framework applies. A control is named only where the duty, met, means
// that the control passes as far as the sources show: one that asks for more
// or for something else is left out.
type Refs struct {
	// AWS are documentation pages.
	AWS []string
	// Lens are questions of the Well-Architected Serverless Applications Lens.
	Lens string
	// FSBP are controls of AWS Foundational Security Best Practices.
	FSBP string
	// Hub are controls of AWS Security Hub that are not part of FSBP.
	Hub string
	// OWASP is a risk of the Top 10 (2017) in its Serverless interpretation.
	OWASP string
	// CIS are recommendations of the CIS AWS Foundations Benchmark 3.0.0.
	CIS string
	// NIST are controls of SP 800-53 revision 5.
	NIST string
}

// Controls are the references to frameworks in a line each.
func (r Refs) Controls() []string {
	var out []string
	for _, x := range [...][2]string{
		{"Serverless Lens ", r.Lens}, {"FSBP ", r.FSBP}, {"Security Hub ", r.Hub}, {"OWASP ", r.OWASP}, {"CIS AWS 3.0.0 ", r.CIS}, {"NIST 800-53 ", r.NIST},
	} {
		if x[1] != "" {
			out = append(out, x[0]+x[1])
		}
	}
	return out
}

// A View is one resource as a duty sees it.
type View struct {
	*app.Resource
	// Now is the day as of which dates are judged.
	Now time.Time

	facts *facts
}

// An Answer is what a duty comes to for one resource.
type Answer struct {
	Holder Holder
	State  State
	// Why says it in a sentence, in lower case and without full stop.
	Why      string
	Evidence []Place
}

// A Place is evidence: a span and what stands there.
type Place struct {
	Span    source.Span
	Message string
}

// A Row is one cell of the matrix.
type Row struct {
	Resource *app.Resource
	Duty     *Duty
	Answer
}

// Matrix computes the rows of all resources, in the order of resource ids and
// duties. now is the day as of which dates (the ends of runtimes) are judged.
func Matrix(p *app.Project, now time.Time) []Row {
	byType := map[string][]*Duty{}
	catalogue := Catalogue()
	for i := range catalogue {
		for _, t := range catalogue[i].Types {
			byType[t] = append(byType[t], &catalogue[i])
		}
	}
	var rows []Row
	known := newFacts()
	for _, a := range p.Apps {
		for _, r := range a.Resources() {
			view := &View{Resource: r, Now: now, facts: known}
			for _, d := range byType[r.Type] {
				answer := compute(d, view)
				if len(answer.Evidence) == 0 && answer.State != NA {
					answer.Evidence = []Place{{r.Span, r.Label()}}
				}
				rows = append(rows, Row{Resource: r, Duty: d, Answer: answer})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Resource.ID, b.Resource.ID), cmp.Compare(a.Duty.ID, b.Duty.ID))
	})
	return rows
}

// compute asks one duty. Should it fail, the answer is unknown, which is
// never a pass, and the rest of the matrix stands.
func compute(d *Duty, v *View) (answer Answer) {
	defer func() {
		if err := recover(); err != nil {
			answer = Answer{Holder: Customer, State: Unknown, Why: fmt.Sprintf("remit failed to work it out; report this as a bug: %v", err)}
		}
	}()
	return d.Compute(v)
}

// Find returns the duty with the id, or nil.
func Find(id string) *Duty {
	all := Catalogue()
	if i := slices.IndexFunc(all, func(d Duty) bool { return d.ID == id }); i >= 0 {
		return &all[i]
	}
	return nil
}
