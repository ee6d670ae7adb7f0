package attack

import (
	"slices"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func exhaustionTechniques() []*Technique { return []*Technique{flood, recursion, poisonMessage} }

var flood = &Technique{
	ID: "flood", Title: "Exhaust an open entry",
	Doc: "Requests to an entry without a limit of its own use up the account's concurrency, which all functions share, and the bill grows with them. " +
		"Set throttling on the stage, and reserved concurrency on the function.",
	Needs: []string{"an entry that anybody may call", "no throttling on its stage and no reserved concurrency on its function"}, Gives: "keep the function from serving, and run up the bill",
	Refs: Refs{ATTACK: []string{"T1499.003", "T1496"}, CWE: []string{"CWE-770"},
		AWS: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html", "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryRoute, func(f *function, e *app.Entry) {
			if e.Route == nil || e.Route.Method == "OPTIONS" {
				return
			}
			h := hop{by: t}
			if !b.openRouteHop(&h, e.Route) {
				return
			}
			h.weak = nil // an authoriser costs an attacker nothing here: refusing is work too
			span := stageSpan(e.Route)
			if span.IsZero() {
				span = e.Span
			}
			h.via = e.Route.Label()
			h.evidence = append(evidence(span, "nothing limits requests to "+e.Route.API.Label()), h.evidence...)
			b.floodHop(h, f, e.Route.Limited(), fault(WeakNoThrottle, e.Route.API.ID, "", span, 1, "nothing limits requests to "+e.Route.API.Label(),
				"set throttling on the stage of "+e.Route.API.Label()))
		})
		for _, f := range b.functions {
			for _, u := range f.URLs() {
				none := u.AuthType().Is("NONE")
				if none == value.No {
					continue
				}
				h := hop{by: t, from: []Capability{actor(Anonymous)}, via: "URL of " + f.Label(), evidence: evidence(u.Span, "a function URL has no throttling")}
				unsure(&h, none, "the URL of "+f.Label()+" has AuthType NONE")
				conditional(&h, f.Resource, u.Resource)
				b.floodHop(h, f, value.No, fault(WeakNoThrottle, f.ID, "", f.Span, 1, "nothing limits calls of "+f.Label(), "set reserved concurrency on "+f.Label()))
			}
		}
	},
}

func (b *building) floodHop(h hop, f *function, limited value.Tri, w Weakness) {
	limited = limited.Or(f.ReservedConcurrency().Exists())
	if limited == value.Yes {
		return
	}
	h.weak = []Weakness{w}
	h.evidence = append(h.evidence, Evidence{f.Span, f.Label() + " has no reserved concurrency"})
	unsure(&h, limited.Not(), "nothing limits requests to "+f.Label())
	h.why = "requests to " + f.Label() + " have no limit but the account's"
	h.way, h.to = f.ID, Capability{Kind: KindDeny, Of: f.ID}
	b.add(h)
	h.to = Capability{Kind: KindSpend, Of: Account}
	b.add(h)
}

// stageSpan is where a route's stage would limit its requests.
func stageSpan(r *app.Route) source.Span {
	for _, s := range app.AsAPI(r.API).Stages() {
		return s.Span
	}
	return source.Span{}
}

var recursion = &Technique{
	ID: "recursion", Title: "Start a loop that pays for itself",
	Doc: "A function that may write to what triggers it can start itself, over and over: one object, message or item is enough, of an attacker's or of a slip. " +
		"Lambda breaks such loops for SQS, SNS and S3 unless told not to, after some sixteen rounds. Write to another bucket, or filter by prefix or suffix.",
	Needs: []string{"a function whose role may write to its own trigger"}, Gives: "run up the bill and exhaust the function",
	Refs: Refs{ATTACK: []string{"T1496", "T1499.003"}, CWE: []string{"CWE-674", "CWE-834"},
		AWS: []string{"https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"}},
	Difficulty: 6,
	apply: func(b *building, t *Technique) {
		for _, f := range b.functions {
			if f.role == nil {
				continue
			}
			for _, e := range f.App.Entries(f.Function) {
				if e.Source == nil || !loops(e.Kind) {
					continue
				}
				b.recursive(t, f, &e)
			}
		}
	},
}

func loops(k app.EntryKind) bool {
	return slices.Contains([]app.EntryKind{app.EntryBucket, app.EntryQueue, app.EntryTopic, app.EntryTable, app.EntryStream, app.EntryRule}, k)
}

func (b *building) recursive(t *Technique, f *function, e *app.Entry) {
	if e.Kind == app.EntryBucket && e.Filter.Exists() == value.Yes {
		return // a filter is how loops are prevented
	}
	for _, eff := range effectsOn(e.Source.Type) {
		if eff.kind != KindWrite || eff.rewrites {
			continue
		}
		for _, action := range eff.actions {
			ans := b.mayObject(f.role, action, e.Source, &eff, b.reachOf(f.role), nil)
			if !ans.sure() || len(ans.statements) == 0 {
				continue
			}
			w := fault(WeakRecursion, f.ID, e.Source.ID, e.Span, 2, f.Label()+" may write to "+e.Source.Label()+", which runs it",
				"let "+f.Label()+" write somewhere else than "+e.Source.Label()+", or filter what runs it")
			h := hop{by: t, from: []Capability{actor(Careless)}, to: Capability{Kind: KindSpend, Of: Account}, via: f.Label(), way: f.ID, weak: []Weakness{w},
				why:      f.Label() + " may write to " + e.Source.Label() + ", which runs it again",
				evidence: []Evidence{{e.Span, e.Source.Label() + " runs " + f.Label()}, b.statementEvidence(f.role, ans.statements[0], action)},

				certainty: Approximate, assume: "the code of " + f.Label() + " writes to " + e.Source.Label()}
			if f.RecursiveLoop().Is("Allow") != value.No {
				h.evidence = append(h.evidence, Evidence{f.RecursiveLoop().Span(), "loop detection is switched off"})
				h.extra = -3
			}
			conditional(&h, f.Resource, e.Source)
			b.add(h)
			return
		}
	}
}

var poisonMessage = &Technique{
	ID: "poison-message", Title: "Block a queue with a message that fails",
	Doc: "A message that its function cannot process comes back until it expires. Without a dead-letter queue it is tried for days, a FIFO queue stands still " +
		"behind it, and then it is lost. Add a redrive policy.",
	Needs: []string{"to write to a queue that has a consumer and no dead-letter queue"}, Gives: "keep the queue's consumer from serving",
	Refs: Refs{ATTACK: []string{"T1499.004"}, CWE: []string{"CWE-703", "CWE-770"},
		AWS: []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"}},
	Difficulty: 2,
	apply: func(b *building, t *Technique) {
		b.eachEntry(app.EntryQueue, func(f *function, e *app.Entry) {
			if e.Source == nil {
				return
			}
			redrive := e.Source.Get("RedrivePolicy").Exists()
			if redrive == value.Yes {
				return
			}
			h := hop{by: t, from: []Capability{{Kind: KindWrite, Of: e.Source.ID}}, to: Capability{Kind: KindDeny, Of: e.Source.ID},
				why:      "a message that fails comes back to " + f.Label() + " until it expires",
				evidence: []Evidence{{e.Source.Span, e.Source.Label() + " has no RedrivePolicy"}, {e.Span, f.Label() + " reads it"}},
				weak: []Weakness{fault(WeakNoDeadLetter, e.Source.ID, "", e.Source.Span, 2, e.Source.Label()+" has no dead-letter queue",
					"give "+e.Source.Label()+" a RedrivePolicy with a dead-letter queue")}}
			unsure(&h, redrive.Not(), e.Source.Label()+" has no dead-letter queue")
			conditional(&h, e.Source)
			b.add(h)
		})
	},
}
