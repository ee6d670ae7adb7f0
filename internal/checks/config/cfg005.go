package config

import (
	"slices"
	"time"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

var CFG005 = &rule.Rule{
	ID:       "CFG005",
	Area:     rule.Configuration,
	Severity: rule.Medium,
	Since:    "0.1",
	Title:    "Nobody patches the runtime any more",
	Doc: `After the end of a runtime AWS no longer patches the language and the system below the function: its flaws stay open, and
		later the function can no longer be updated either. Move to a runtime that is maintained. Functions of one application
		with the same runtime are one finding. A runtime that ends within 90 days is a finding of low severity.`,
	Refs: rule.Refs{
		AWS: []string{
			"https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
			"https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html",
		},
		CWE:    []string{"CWE-1104"},
		OWASP:  []string{"A9:2017"},
		ATTACK: []string{"T1190"},
	},
	Types: []string{"AWS::Lambda::Function"},
	Check: func(p *rule.Pass) {
		users := map[string][]*app.Resource{}
		var order []string
		for r := range p.Resources() {
			runtime := r.Get("Runtime")
			id, ok := runtime.Known()
			if !ok {
				if runtime.Exists() != value.No && runtime.Kind() != value.Absent {
					p.Undecided(r, runtime, "it cannot be told whether AWS still patches the runtime of %s", rule.Name(r))
				}
				continue
			}
			if users[id] == nil {
				order = append(order, id)
			}
			users[id] = append(users[id], r)
		}
		for _, id := range order {
			reportRuntime(p, id, users[id])
		}
	},
}

const soon = 90 * 24 * time.Hour

func reportRuntime(p *rule.Pass, id string, users []*app.Resource) {
	runtime, known := app.RuntimeOf(id)
	if !known || runtime.PatchedOn(p.Now.Add(soon)) {
		return
	}
	slices.SortFunc(users, func(a, b *app.Resource) int { return a.Get("Runtime").Span().Compare(b.Get("Runtime").Span()) })
	who := rule.Name(users[0]) + " runs"
	if len(users) > 1 {
		who = rule.Count(len(users), "function", "functions") + " (" + rule.Names(users) + ") run"
	}
	end := runtime.Deprecated.Format(time.DateOnly)
	at := users[0].Get("Runtime").Span()
	var f *rule.Finding
	if runtime.PatchedOn(p.Now) {
		f = p.Report(users[0], at, "%s %s, which AWS stops patching on %s; move to %s", who, id, end, runtime.Successor).As(rule.Low)
	} else {
		f = p.Report(users[0], at, "%s %s, which AWS has not patched since %s; move to %s", who, id, end, runtime.Successor)
	}
	for _, r := range users[1:] {
		if span := r.Get("Runtime").Span(); span != at {
			f.Step(span, "%s runs %s too", rule.Name(r), id)
		}
	}
}
