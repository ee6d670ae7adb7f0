package solve

import (
	"iter"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// The default bounds of a search.
const (
	defaultSteps  = 200_000
	defaultStates = 400_000
	maxRejected   = 48
)

// A question is one search. It is used once.
type question struct {
	a, b   *Access // allowed by a, not by b; nil: everything, nothing
	o      *Options
	strict bool // only what is certain counts: a witness is one for sure

	extras    []string // actions beyond the catalogue, lower case
	asked     words    // the actions that it is about
	vars      []string // keys that variables name
	vocab     map[string][]string
	sets      map[string]bool
	steps     int
	states    int
	why       []string
	found     *Witness // a witness, or with !sure what may be one
	sure      bool
	proposals [][]choice // values of variables to try
	scope     *union     // the resources that it is about; nil: all
	refused   int        // candidates that the evaluator did not confirm
	begun     int        // steps at the start
	spent     int        // steps of an earlier pass

	cube     *state   // the cube in which the witness was found
	obstacle []*group // what must not hold there
	model    *state   // the witness

	negated *formula // of b, in the case

	caller caller
	focus  map[*stmt]bool // statements of a to look at; nil: all
	choice []choice       // of the variables' values, and of the way in
	kinds  map[string]*keyKind
	tokens tokenTable
	filled map[filler]*union
	keep   []string // keys that the state must hold
}

type filler struct {
	u       *union
	negated bool
}

// A choice fixes one key for a case of the search.
type choice struct {
	key   string
	kind  choiceKind
	value string
	not   []string // of anyValue: values that other cases have
}

type choiceKind uint8

const (
	isAbsent choiceKind = iota
	isValue
	anyValue // one that is not empty
	isSeveral
)

func newQuestion(a, b *Access, o *Options) *question {
	q := &question{a: a, b: b, o: o, steps: o.Steps, states: o.States, sets: map[string]bool{}}
	if q.steps == 0 {
		q.steps = defaultSteps
	}
	if q.states == 0 {
		q.states = defaultStates
	}
	for _, s := range q.sides() {
		q.extras = append(q.extras, s.extras...)
		q.vars = append(q.vars, s.vars...)
		for k := range s.sets {
			q.sets[k] = true
		}
	}
	q.begun = q.steps
	asked := q.ask()
	slices.Sort(q.extras)
	q.extras = slices.Compact(q.extras)
	slices.Sort(q.vars)
	q.vars = slices.Compact(q.vars)
	q.asked = asked.of(q.extras, false)
	if p := o.Principal; p != nil && p.Kind == iam.AnonymousKind && !o.Loose {
		q.asked = q.unsigned()
	}
	if k, ok := slices.BinarySearch(actions().lower, "sts:getcalleridentity"); ok {
		// Everybody may always call it.
		q.asked = q.asked.clone()
		one := words{off: k / 64, w: []uint64{1 << (k % 64)}}
		q.asked.minus(&one)
	}
	if len(q.vars) > 0 {
		q.vocabulary()
	}
	return q
}

// unsigned are the actions of the question that services answer without a
// signature.
func (q *question) unsigned() words {
	return q.beyond(q.asked.and(&actions().unsigned), iam.TakesAnonymous)
}

// and are the actions of a set of the catalogue's that the question asks for,
// with those beyond the catalogue whose service fits.
func (q *question) and(set *words, fits func(service string) bool) words {
	return q.beyond(q.asked.and(set), func(name string) bool {
		service, _, _ := strings.Cut(name, ":")
		return fits(service)
	})
}

func (q *question) beyond(out words, fits func(name string) bool) words {
	out.extra = make([]uint64, len(q.asked.extra))
	for i, e := range q.extras {
		if has(q.asked.extra, i) && fits(e) {
			set(out.extra, i)
		}
	}
	return out
}

func (q *question) sides() []*Access {
	var out []*Access
	for _, s := range []*Access{q.a, q.b} {
		if s != nil {
			out = append(out, s)
		}
	}
	return out
}

// ask reads the actions of the question.
func (q *question) ask() *actionSet {
	list := policy.List{Present: true}
	for _, a := range q.o.Actions {
		list.Items = append(list.Items, policy.Item{Text: value.Lit(a)})
	}
	if len(list.Items) == 0 {
		u := actions()
		return &actionSet{certain: u.all, possible: u.all, every: true}
	}
	out := compileActionSet(&policy.Statement{Action: list})
	q.extras = append(q.extras, out.extras...)
	return out
}

// vocabulary collects the values that conditions name for the keys of
// variables: each is a case of its own.
func (q *question) vocabulary() {
	q.vocab = map[string][]string{}
	for _, s := range q.sides() {
		for _, list := range s.compiled {
			for _, st := range list {
				for _, c := range st.conds {
					if c.values == nil || !slices.Contains(q.vars, c.key) {
						continue
					}
					for _, p := range c.values.pats {
						if p.kind == exactly && p.text != "" && p.pieces == nil && !p.never {
							q.vocab[c.key] = append(q.vocab[c.key], p.text)
						}
					}
				}
			}
		}
	}
	for k, list := range q.vocab {
		slices.Sort(list)
		q.vocab[k] = slices.Compact(list)
	}
}

// asksFor tells whether a condition is on the key: an empty value then differs
// from none.
func (q *question) asksFor(key string) bool {
	return slices.ContainsFunc(q.sides(), func(a *Access) bool { return a.conditioned[key] })
}

const (
	maxVocabulary = 6
	maxCases      = 8192
	maxChoices    = 100_000 // of all cases together, where there are too many
)

// cases are the combinations of choices, made as they are asked for; ok is
// false where there are too many, and some are left out.
func (q *question) cases(vars []string) (all iter.Seq[[]choice], ok bool) {
	var lists [][][]choice
	n := 1
	ok = true
	for _, key := range vars {
		k := q.kind(key)
		if k.fixed || k.never {
			continue
		}
		token := choice{key: key, kind: anyValue}
		list := []choice{}
		if words := q.vocab[key]; len(words) <= maxVocabulary {
			for _, w := range words {
				if c := concrete(w); k.within != nil && !k.within.holds(&c, &q.tokens, true) {
					continue
				}
				list = append(list, choice{key: key, kind: isValue, value: w})
			}
			token.not = words
		}
		list = append([]choice{token}, list...)
		if !k.must {
			list = append(list, choice{key: key, kind: isAbsent})
		}
		if !k.lone && q.asksFor(key) {
			list = append(list, choice{key: key, kind: isValue})
		}
		if k.many {
			list = append(list, choice{key: key, kind: isSeveral})
		}
		if !ok || n*len(list) > maxCases {
			list, ok = list[:1], false
		}
		n *= len(list)
		var singles [][]choice
		for _, x := range list {
			singles = append(singles, []choice{x})
		}
		lists = append(lists, singles)
	}
	if way := q.wayIn(); way != nil {
		lists = append(lists, way)
	}
	return func(yield func([]choice) bool) {
		left := 1 + maxChoices/max(1, len(vars))
		cross(lists, nil, func(c []choice) bool {
			left--
			return yield(c) && (ok || left > 0)
		})
	}, ok
}

// cross makes each combination of one of each list, the last list turning
// the fastest.
func cross(lists [][][]choice, head []choice, yield func([]choice) bool) bool {
	if len(lists) == 0 {
		return yield(slices.Clone(head))
	}
	for _, x := range lists[0] {
		if !cross(lists[1:], append(head[:len(head):len(head)], x...), yield) {
			return false
		}
	}
	return true
}

var throughEndpoint = []string{"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"}

// wayIn tells requests through a VPC endpoint, which carry no aws:SourceIp,
// from the others, where the policies ask for both.
func (q *question) wayIn() [][]choice {
	both, ip := false, false
	for _, s := range q.sides() {
		ip = ip || s.keys["aws:sourceip"]
		for _, k := range throughEndpoint {
			both = both || s.keys[k]
		}
	}
	if !both || !ip || q.o.Loose {
		return nil
	}
	var direct []choice
	for _, k := range throughEndpoint {
		if !q.kind(k).fixed {
			direct = append(direct, choice{key: k, kind: isAbsent})
		}
	}
	if q.kind("aws:sourceip").fixed {
		return [][]choice{direct}
	}
	return [][]choice{direct, {{key: "aws:sourceip", kind: isAbsent}}}
}

// choose sets up one case.
func (q *question) choose(list []choice) {
	q.choice, q.kinds, q.filled, q.keep = list, map[string]*keyKind{}, map[filler]*union{}, nil
	q.negated = nil
	q.tokens = tokenTable{strict: q.strict}
	for _, c := range list {
		k := q.plainKind(c.key)
		switch c.kind {
		case isAbsent:
			k.never, k.must = true, false
		case isSeveral:
			k.must = true
		case isValue:
			k.fixed, k.state = true, keyState{true, []str{concrete(c.value)}}
		case anyValue:
			k.must, k.lone, k.many = true, true, false
			if c.key == ownOrganisation && k.without != nil && !q.asksFor(c.key) {
				// A name of its own, which no caller's organisation has.
				k.fixed, k.state = true, keyState{true, []str{q.text(value.Concat(value.Lit("o-"), value.Fresh("the owner's organisation")))}}
			}
			if len(c.not) > 0 && k.without == nil {
				k.without = &union{}
			}
			if len(c.not) > 0 {
				k.without = &union{pats: append(exactUnion(c.not).pats, k.without.pats...), tokens: k.without.tokens}
			}
		}
		q.kinds[c.key] = k
		if c.kind != isAbsent {
			q.keep = append(q.keep, c.key)
		}
	}
}

func exactUnion(list []string) *union {
	u := &union{}
	for _, s := range list {
		u.pats = append(u.pats, &pattern{syms: symsOf(s), kind: exactly, text: s})
	}
	return u
}
