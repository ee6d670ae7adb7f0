package rule

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
)

// A Result is what all rules found in all applications, in the order of the
// findings' places, and the rules that failed.
type Result struct {
	Findings []*Finding
	Problems []source.Problem
}

// Run runs all rules over all applications, on all processors. The result
// does not depend on their number. A rule that panics becomes a problem that
// names it; what it had found in that application is kept.
func Run(project *app.Project, rules []*Rule, now time.Time) Result {
	type slot struct {
		findings []*Finding
		problem  *source.Problem
	}
	slots := make([]slot, len(project.Apps)*len(rules))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(slots) {
					return
				}
				a, r := project.Apps[i/len(rules)], rules[i%len(rules)]
				slots[i].findings, slots[i].problem = runOne(a, r, now)
			}
		})
	}
	wg.Wait()
	var out Result
	var problems source.Problems
	for _, s := range slots {
		out.Findings = append(out.Findings, s.findings...)
		if s.problem != nil {
			problems.Append(*s.problem)
		}
	}
	out.Findings = finish(out.Findings)
	out.Problems = problems.Sorted()
	return out
}

func runOne(a *app.App, r *Rule, now time.Time) (findings []*Finding, problem *source.Problem) {
	p := &Pass{Rule: r, App: a, Now: now}
	defer func() {
		if err := recover(); err != nil {
			findings = p.findings
			problem = &source.Problem{
				Span:    source.FileSpan(a.Root),
				Message: fmt.Sprintf("rule %s failed on this application and may have missed something; report this as a bug: %v", r.ID, err),
			}
		}
	}()
	for range p.Resources() {
		r.Check(p)
		break
	}
	return p.findings, nil
}
