package solve

import (
	"slices"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// Certainty tells how far an answer goes.
type Certainty uint8

// The certainties. The zero value is Undecided: what nobody decided is never
// safe.
const (
	// Undecided: a cap was hit.
	Undecided Certainty = iota
	// Approximate: parts of the policies are open, and the answer hinges on them.
	Approximate
	// Exact: the answer is proved, by a witness or by exhaustion.
	Exact
)

func (c Certainty) String() string { return [...]string{"unknown", "approximate", "exact"}[c] }

// Options narrow the requests that a question is about, and bound the search.
// The zero value asks about every well-formed request of any caller.
type Options struct {
	// Principal is the caller. Nil: whoever may have the policies.
	Principal *iam.Principal
	// Unlimited says that the caller's own policies allow everything, so that
	// the resource's policy decides.
	Unlimited bool
	// Actions are patterns ("s3:Get*"). None: every action, those included that
	// the catalogue does not know.
	Actions []string
	// Resources are patterns of ARNs. None: every resource.
	Resources []value.Text
	// Owner is the account of the resources. Empty: the caller's own; of a
	// resource policy without a known caller, an account that nobody is of.
	Owner value.Text
	// Context fixes keys: those that it lists; where it is closed, all others
	// are absent; where the caller chooses, nobody says what all others are that
	// the caller does not write, and the answer may depend on them. Otherwise all
	// others are whatever they like.
	Context iam.Context
	// Loose also counts requests that AWS never makes: resources that the
	// action does not take, keys that the caller cannot have.
	Loose bool
	// Steps and States bound the search: branches, and states of automata. 0:
	// the defaults.
	Steps, States int

	now bool // requests are those that are still to be made
}

// An Answer is the answer to a question that a yes or no decides.
//
// One that is neither has one of two reasons, which Certainty tells apart. It
// is Exact where the answer depends on condition keys alone, which Depends
// lists: both answers are possible, and the witness shows when the one that
// harms is right. Otherwise it is not known: Approximate where something in the
// policies or in the question is not resolved, Undecided where a bound ended
// the search. None of the three is safe.
type Answer struct {
	Holds     value.Tri
	Certainty Certainty
	// Depends are the conditions, on keys that nobody gave and the caller does
	// not write, under which the witness is one. There may be other ways, which
	// Ways lists.
	Depends []Hinge
	// Why says what keeps an answer from being exact.
	Why []string
	// Witness is a request that shows it, where a request can: a counterexample
	// of Within and Always, an example of Sometimes. Of an unknown answer it is
	// a request that may be one.
	Witness *Witness
	// Steps counts branches of the search.
	Steps int
}

// A Witness is one request, with the policies under which it is replayed.
type Witness struct {
	Request iam.Request
	// Keys are the condition keys that the request carries, sorted.
	Keys []KeyValue
	// A and B are the policies of both sides, with what the question assumed:
	// a resource without a policy hands over to its account. B is nil where
	// the question has one side.
	A, B *iam.Policies
}

// ByA is what the evaluator says of the request under a's policies.
func (w *Witness) ByA() iam.Result { return iam.Evaluate(&w.Request, w.A) }

// ByB is what it says under b's.
func (w *Witness) ByB() iam.Result { return iam.Evaluate(&w.Request, w.B) }

// KeyValue is a condition key with its values.
type KeyValue struct {
	Key    string
	Values []value.Text
}

// Within tells whether b allows everything that a allows. The witness of a no
// is allowed by a and not by b.
func Within(a, b *Access, o Options) Answer { return difference(a, b, &o) }

// Equal tells whether each is within the other.
func Equal(a, b *Access, o Options) (ab, ba Answer) { return Within(a, b, o), Within(b, a, o) }

// Sometimes tells whether any of the requests is allowed. The witness of a yes
// is one.
func Sometimes(a *Access, o Options) Answer {
	out := difference(a, nil, &o)
	out.Holds = out.Holds.Not()
	return out
}

// Always tells whether all of the requests are allowed. The witness of a no is
// one that is not.
func Always(a *Access, o Options) Answer { return difference(nil, a, &o) }

// difference looks for a request that a allows and b does not; yes is that
// there is none. First what is certain counts, whatever the keys are that
// nobody gave; where nothing is found, these are as they like.
func difference(a, b *Access, o *Options) Answer {
	if !o.Context.Chosen {
		ans, _ := decide(a, b, o)
		return ans
	}
	asked := *o
	asked.now = true
	o = &asked
	q := newQuestion(a, b, o)
	q.strict = true
	if st := q.search(); st == sat {
		return q.answer(st)
	}
	given := *o
	given.Context = o.Context.Clone()
	given.Context.Chosen = false
	ans, free := decide(a, b, &given)
	ans.Steps += q.begun - max(q.steps, 0)
	if ans.Holds == value.No {
		if ans.Depends = free.hinges(o); len(ans.Depends) > 0 {
			ans.Holds = value.Unknown
		}
	}
	return ans
}

// decide looks for a request where all keys are given, or free. Only where
// nothing certain is found, and something is open, counts what may be.
func decide(a, b *Access, o *Options) (Answer, *question) {
	q := newQuestion(a, b, o)
	open := a != nil && a.open || b != nil && b.open || o.open()
	q.strict = open
	st := q.search()
	if st != sat && open {
		spent := q.begun - max(q.steps, 0)
		q = newQuestion(a, b, o)
		q.spent = spent
		st = q.search()
		if p := newQuestion(a, b, o); st == sat && !q.sure && p.confirm(q) {
			q = p
		}
	}
	return q.answer(st), q
}

func (o *Options) open() bool {
	if o.Principal != nil {
		p := o.Principal
		if !p.ARN.IsKnown() || !p.Account.IsKnown() || !p.Provider.IsKnown() || p.Kind == iam.RoleKind {
			return true
		}
	}
	for _, r := range o.Resources {
		if !r.IsKnown() {
			return true
		}
	}
	return !o.Owner.IsKnown()
}

// search goes through the callers and the cases of each.
func (q *question) search() status {
	out := unsat
	for _, c := range callers(q.o, q.sides()...) {
		q.caller, q.kinds = c, nil
		for _, f := range q.foci() {
			if out = q.fold(out, q.look(f)); out == sat {
				return sat
			}
		}
	}
	return out
}

// look goes through the cases of some statements.
func (q *question) look(f focus) status {
	if len(f.stmts) > 0 {
		q.choose(nil)
		if f = q.living(f); len(f.stmts) == 0 {
			return unsat
		}
	}
	q.focus, q.kinds = f.stmts, nil
	list, ok := q.cases(f.vars)
	out := unsat
	if !ok {
		q.note("too many policy variables")
		out = capped
	}
	for choice := range list {
		q.choose(choice)
		if out = q.fold(out, q.one()); out == sat {
			return sat
		}
	}
	return out
}

func (q *question) note(why string) {
	if !slices.Contains(q.why, why) {
		q.why = append(q.why, why)
	}
}

// start is the cube of all requests of the question.
func (q *question) start() (state, status) {
	s := state{acts: q.asked}
	if len(q.o.Resources) > 0 {
		u := &union{}
		for _, r := range q.o.Resources {
			u.pattern(newPattern(r, globStyle, value.No))
		}
		q.scope = q.fill(u, false)
		s.all = append(s.all, q.scope.pats)
	}
	return q.solveResource(s)
}

// one searches one case.
func (q *question) one() status {
	s, st := q.start()
	if st != sat {
		return st
	}
	if q.a == nil {
		return q.against(s, nil)
	}
	f := q.formula(q.a, true)
	out := unsat
	for _, product := range f.products {
		if out = q.fold(out, q.pick(s, product, f.denies)); out == sat {
			return sat
		}
	}
	return out
}

// pick takes a statement of each clause.
func (q *question) pick(s state, product []clause, denies *group) status {
	if len(product) == 0 {
		return q.against(s, denies)
	}
	out := unsat
	for _, t := range product[0] {
		if len(s.held) == 0 && !q.looksAt(t) {
			continue
		}
		if q.steps--; q.steps < 0 {
			return capped
		}
		next, st := q.assertAll(s, t)
		next.held = append(s.held[:len(s.held):len(s.held)], t)
		if st == sat {
			st = q.pick(next, product[1:], denies)
		}
		if out = q.fold(out, st); out == sat {
			return sat
		}
	}
	return out
}

// against looks for a request of the cube that b does not allow.
func (q *question) against(s state, denies *group) status {
	if q.b == nil {
		return q.conclude(s, groupsOf(denies))
	}
	if q.negated == nil {
		q.negated = q.formula(q.b, false)
	}
	out := q.cut(s, q.negated.groups, groupsOf(denies))
	q.negated.denies.meeting(&s, func(d *use) bool {
		if out == sat {
			return false
		}
		if !d.acts.meets(&s.acts) || denies != nil && denies.has(d) {
			return true // where it holds, it holds for the other side too
		}
		next, st := q.assertAll(s, d)
		if st == sat {
			st = q.conclude(next, groupsOf(denies))
		}
		out = q.fold(out, st)
		return out != sat && q.steps >= 0
	})
	return out
}

func groupsOf(g *group) []*group {
	if g == nil || len(g.uses) == 0 {
		return nil
	}
	return []*group{g}
}

// cut takes a clause of each product that no statement of it may fulfil.
func (q *question) cut(s state, products [][]*group, fals []*group) status {
	if len(products) == 0 {
		return q.conclude(s, fals)
	}
	out := unsat
	for _, c := range products[0] {
		if s.holdsOne(c) {
			continue
		}
		next := append(fals[:len(fals):len(fals)], c)
		if out = q.fold(out, q.cut(s, products[1:], next)); out == sat {
			return sat
		}
	}
	return out
}

// holdsOne tells whether a statement of the clause holds anyway.
func (s *state) holdsOne(g *group) bool { return slices.ContainsFunc(s.held, g.has) }

// answer puts the outcome into words.
func (q *question) answer(st status) Answer {
	out := Answer{Witness: q.found, Steps: q.spent + q.begun - max(q.steps, 0), Why: q.why}
	switch {
	case st == sat && q.sure:
		out.Holds, out.Certainty, out.Why = value.No, Exact, nil
	case st == sat:
		out.Certainty = Approximate
		out.Why = append(out.Why, "parts of the policies are not known, and the answer hinges on them")
	case q.refused > 0:
		out.Certainty = Approximate
		out.Why = append(out.Why, "policy variables or several keys constrain one string, and no request shows it")
	case st == capped:
		out.Why = append(out.Why, "the search was cut short")
	default:
		out.Holds, out.Certainty = value.Yes, Exact
	}
	return out
}
