package solve

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// offer takes a model that no use covers, for any of the actions. Unless the
// question is loose, the resource must be one that the action takes: what a
// group of actions takes is asked for where the model is not.
func (q *question) offer(s state, rest words, fals []*group) status {
	u := actions()
	out := unsat
	for {
		i, ok := rest.first(len(u.names))
		if !ok {
			return out
		}
		if q.o.Loose || i >= len(u.names) {
			if q.candidate(&s, q.actionName(i)) {
				return sat
			}
			q.refuse()
			return out
		}
		t := u.templates[i]
		group := rest.and(&u.having[t])
		st := q.fitting(s, u.takes[t], group, fals)
		if out = q.fold(out, st); out == sat {
			return sat
		}
		if out == capped && (q.steps < 0 || q.states < 0) {
			return capped
		}
		rest.minus(&group)
	}
}

// fitting makes the resource one that the group of actions takes.
func (q *question) fitting(s state, takes []*pattern, group words, fals []*group) status {
	for _, p := range takes {
		if p.matches(&s.resource, &q.tokens) {
			i, _ := group.first(len(actions().names))
			if q.candidate(&s, q.actionName(i)) {
				return sat
			}
			q.refuse()
			return unsat
		}
	}
	s.acts = group
	for _, u := range s.all {
		if len(u) == len(takes) && len(u) > 0 && &u[0] == &takes[0] {
			// It was asked for, and fits only by what a token may stand for.
			i, _ := group.first(len(actions().names))
			if q.candidate(&s, q.actionName(i)) {
				return sat
			}
			q.refuse()
			return unsat
		}
	}
	s.all = append(s.all[:len(s.all):len(s.all)], takes)
	s, st := q.solveResource(s)
	if st != sat {
		return st
	}
	return q.run(s, fals)
}

// refuse notes that the evaluator did not confirm a candidate: the search goes
// on, and cannot end with a proof that there is none.
func (q *question) refuse() {
	if q.refused++; q.refused > maxRejected {
		q.steps = -1
	}
}

// actionName is the action with the number, or one that only the question
// knows.
func (q *question) actionName(i int) string {
	u := actions()
	if i < len(u.names) {
		return u.names[i]
	}
	service, name, _ := strings.Cut(q.extras[i-len(u.names)], ":")
	if strings.EqualFold(name, newAction) {
		name = newAction
	}
	return service + ":" + name
}

// candidate builds the request of a model and asks the evaluator. A request
// that it decides as claimed is a witness; one that it leaves open may be.
func (q *question) candidate(s *state, action string) bool {
	w := q.witness(s, action)
	a, b := value.Yes, value.No
	if q.a != nil {
		a = iam.Decide(&w.Request, w.A).Allows()
	}
	if q.b != nil {
		b = iam.Decide(&w.Request, w.B).Allows()
	}
	// That a resource with a hole is one of those asked about, only a sure match
	// shows.
	inside := q.scope == nil || q.scope.holds(&s.resource, &q.tokens, false)
	if !inside && !q.strict && a == value.Yes && b == value.No {
		q.propose(s)
	}
	switch {
	case a == value.Yes && b == value.No && inside:
		q.found, q.sure, q.model = w, true, s
		return true
	case a == value.No || b == value.Yes || q.strict:
		return false
	}
	q.found = w
	return true
}

func (q *question) witness(s *state, action string) *Witness {
	f := spelling{q: q, s: s}
	w := &Witness{}
	r := &w.Request
	r.Principal, r.Action, r.Account = q.caller.principal, action, q.caller.owner
	r.Resource = f.text(&s.resource, 0)
	r.Context = q.o.Context.Clone()
	r.Context.Closed = true
	for _, key := range q.carried(s) {
		k := q.kind(key)
		if k.opaque {
			r.Context.Unknown(key)
			continue
		}
		if k.fixed && !q.chosen(key) {
			continue // it follows from the caller, or is given
		}
		st := q.stateOf(key, s)
		if !st.there {
			if !k.never || q.chosen(key) || q.caller.any && freedKey(key) {
				r.Context.Absent(key)
			}
			continue
		}
		values := []value.Text{}
		for i := range st.values {
			values = append(values, f.text(&st.values[i], 0))
		}
		if len(values) == 0 {
			r.Context.Set(key)
		} else {
			r.Context.SetText(key, values...)
		}
		w.Keys = append(w.Keys, KeyValue{key, values})
	}
	slices.SortFunc(w.Keys, func(a, b KeyValue) int { return strings.Compare(a.Key, b.Key) })
	w.A, w.B = q.assumed(q.a), q.assumed(q.b)
	return w
}

// chosen tells whether the case of the search fixes the key.
func (q *question) chosen(key string) bool {
	for i := range q.choice {
		if q.choice[i].key == key {
			return true
		}
	}
	return false
}

// carried are the keys that a witness tells: all that the policies mention.
func (q *question) carried(s *state) []string {
	var out []string
	for _, a := range q.sides() {
		for k := range a.keys {
			out = append(out, k)
		}
	}
	for i := range s.keys {
		out = append(out, s.keys[i].key)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

type spelling struct {
	q *question
	s *state
}

// text puts values in the place of the tokens of variables.
func (f *spelling) text(s *str, depth int) value.Text {
	if !s.open {
		return value.Lit(s.text)
	}
	var out []value.Text
	for _, x := range s.syms {
		if x < tokenBase {
			out = append(out, value.Lit(string([]byte{byte(x)})))
			continue
		}
		n := x - tokenBase
		t := &f.q.tokens
		switch {
		case t.fresh[n]:
			out = append(out, value.Fresh(t.names[n]))
		case t.vars[n] == "":
			out = append(out, value.Hole(t.names[n]))
		case depth < 4:
			if st := f.q.stateOf(t.vars[n], f.s); len(st.values) == 1 {
				out = append(out, f.text(&st.values[0], depth+1))
			}
		}
	}
	return value.Concat(out...)
}

// assumed are the policies of a side with what the question assumes: a
// resource without a policy hands over to its account, and callers that only a
// resource policy knows are allowed everything by their own.
func (q *question) assumed(a *Access) *iam.Policies {
	if a == nil {
		return nil
	}
	p := a.policies
	if p.Resource == nil && !p.ResourceOpen {
		account := q.caller.owner
		p.Resource = iam.Compile(&policy.Document{Statements: []policy.Statement{{
			Effect: item(policy.Allow), Action: policy.List{Items: []policy.Item{item("kms:*"), item("sts:*")}, Present: true}, Resource: list("*"),
			Principal: &policy.Principal{Entries: []policy.Entry{{Type: "AWS", Values: policy.List{Items: []policy.Item{{Text: value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":root")), Kind: value.String}}, Present: true}}}},
		}}})
	}
	if q.caller.trusted {
		p.Identity = []*iam.Policy{iam.Compile(&policy.Document{Statements: []policy.Statement{{Effect: item(policy.Allow), Action: list("*"), Resource: list("*")}}})}
	}
	return &p
}

func item(s string) policy.Item { return policy.Item{Text: value.Lit(s), Kind: value.String} }

func list(s string) policy.List { return policy.List{Items: []policy.Item{item(s)}, Present: true} }
