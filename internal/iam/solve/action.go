package solve

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
)

// newAction stands for the actions that the catalogue does not know yet: of
// one service, and of a service that it does not know either.
const (
	newAction  = "XNotKnownYet"
	newService = "x-not-known-yet"
)

// A universe is the catalogue's actions by number, in the order of their lower
// case names, and the resources that each takes.
type universe struct {
	names     []string // "s3:GetObject"
	lower     []string
	templates []int        // of each action: the number of what it takes
	takes     [][]*pattern // patterns of the resources, by that number
	having    []words      // the actions that take it
	all       words
	rcp       words             // under resource control policies
	guarded   words             // sts: the role's own policy must allow
	keyed     words             // kms: the key's own policy must allow
	writes    words             // iam and kms: what may change things
	unsigned  words             // answered without a signature
	permits   words             // iam: what changes who may do what
	keyTypes  map[string]string // of condition keys, in lower case
}

var actions = sync.OnceValue(readUniverse)

func readUniverse() *universe {
	u := &universe{keyTypes: map[string]string{}}
	var list []*catalogue.Action
	for _, prefix := range catalogue.Services() {
		s, _ := catalogue.ServiceOf(prefix)
		for _, k := range s.Keys {
			if k.Type != "" {
				u.keyTypes[strings.ToLower(k.Key)] = k.Type
			}
		}
		list = append(list, s.Actions...)
	}
	slices.SortFunc(list, func(a, b *catalogue.Action) int {
		return strings.Compare(strings.ToLower(a.String()), strings.ToLower(b.String()))
	})
	n := (len(list) + 63) / 64
	sets := make([][]uint64, 7)
	for i := range sets {
		sets[i] = make([]uint64, n)
	}
	numbers := map[string]int{}
	having := [][]uint64{}
	for i, a := range list {
		u.names, u.lower = append(u.names, a.String()), append(u.lower, strings.ToLower(a.String()))
		set(sets[0], i)
		if s, ok := catalogue.ServiceOf(a.Service); ok && s.RCP && u.lower[i] != "kms:retiregrant" {
			set(sets[1], i)
		}
		switch u.lower[i] {
		case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext":
			set(sets[2], i)
		}
		if a.Service == "kms" && a.ResourceLevel() {
			set(sets[3], i)
		}
		if (a.Service == "kms" || a.Service == "iam") && a.Level&(catalogue.Read|catalogue.List) == 0 {
			set(sets[4], i)
		}
		if iam.TakesAnonymous(u.lower[i]) {
			set(sets[5], i)
		}
		if a.Service == "iam" && a.Level.Has(catalogue.PermissionsManagement) {
			set(sets[6], i)
		}
		arns := templatesOf(a)
		key := strings.Join(arns, "\n")
		k, ok := numbers[key]
		if !ok {
			k = len(u.takes)
			numbers[key] = k
			u.takes = append(u.takes, arnPatterns(arns))
			having = append(having, make([]uint64, n))
		}
		u.templates = append(u.templates, k)
		set(having[k], i)
	}
	for i, into := range []*words{&u.all, &u.rcp, &u.guarded, &u.keyed, &u.writes, &u.unsigned, &u.permits} {
		into.off, into.w = trim(0, sets[i])
	}
	for _, w := range having {
		off, w := trim(0, w)
		u.having = append(u.having, words{off: off, w: slices.Clone(w)})
	}
	return u
}

// templatesOf are the ARN templates that an action takes; "*" where it takes
// none, or need not.
func templatesOf(a *catalogue.Action) []string {
	var out []string
	required := false
	for _, r := range a.Resources {
		out = append(out, r.Type.ARN)
		required = required || r.Required
	}
	if !required {
		out = append(out, "*")
	}
	if a.Service == "s3" && a.Name == "ListAllMyBuckets" {
		// AWS asks for it on all buckets, by this text.
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_id-based-policy-examples.html
		out = append(out, "arn:aws:s3:::*")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// arnPatterns turns templates into patterns: a variable of the first five
// parts holds no colon.
func arnPatterns(templates []string) []*pattern {
	var out []*pattern
	for _, t := range templates {
		p := &pattern{}
		if !strings.Contains(t, "${") {
			p.syms = symsOf(t)
		} else {
			p.syms = templateSyms(t)
			if f := strings.SplitN(t, ":", 4); len(f) == 4 && !strings.ContainsAny(f[2], "$*") {
				p.service = f[2]
			}
		}
		p.classify()
		out = append(out, p)
	}
	return out
}

func templateSyms(t string) []sym {
	var out []sym
	colons := 0
	for t != "" {
		if strings.HasPrefix(t, "${") {
			end := strings.IndexByte(t, '}')
			if end < 0 {
				break
			}
			x := partStar
			switch {
			case colons >= 5:
				x = star
			case t[:end] == "${Partition":
				out = append(out, 'a', 'w', 's')
			}
			out = append(out, x)
			t = t[end+1:]
			continue
		}
		if t[0] == ':' {
			colons++
		}
		x := sym(t[0])
		if t[0] == '*' {
			x = star
		}
		out = append(out, x)
		t = t[1:]
	}
	return out
}

// An actionSet is what Action or NotAction lists.
type actionSet struct {
	not      bool
	certain  words           // of the catalogue: what it holds for certain
	possible words           // and what it may hold
	exact    map[string]bool // lower case; beyond the catalogue
	whole    map[string]bool // services, by "s3:*"
	wild     []string        // other patterns with wildcards, lower case
	every    bool            // by "*"
	vague    bool            // it may hold more, which is not known
	extras   []string        // names that questions must consider
}

func compileActionSet(s *policy.Statement) *actionSet {
	out := &actionSet{not: s.NotAction.Present && !s.Action.Present, exact: map[string]bool{}, whole: map[string]bool{}}
	list := s.Action
	if out.not {
		list = s.NotAction
	}
	u := actions()
	n := (len(u.names) + 63) / 64
	certain, maybe := make([]uint64, n), make([]uint64, n)
	any := false
	for _, it := range list.Items {
		s, ok := it.Text.Known()
		if !ok {
			out.vague = true
			continue
		}
		if it.Maybe {
			// Apart, so that the set's own names stay certain.
			aside := &actionSet{exact: map[string]bool{}, whole: map[string]bool{}}
			aside.add(u, strings.ToLower(s), maybe)
			out.extras = append(out.extras, aside.extras...)
			out.vague = out.vague || len(aside.extras) > 0
			any = true
			continue
		}
		out.add(u, strings.ToLower(s), certain)
	}
	out.certain.off, out.certain.w = trim(0, certain)
	out.possible = out.certain
	if any {
		for i := range maybe {
			maybe[i] |= certain[i]
		}
		out.possible.off, out.possible.w = trim(0, maybe)
	}
	if out.vague {
		out.possible = u.all
	}
	if out.not {
		out.complement(u)
	}
	return out
}

// add marks the catalogue's actions that a pattern matches, and notes what
// else a question must consider.
func (a *actionSet) add(u *universe, s string, into []uint64) {
	if s == "*" || s == "*:*" {
		a.every = true
		for i := range u.names {
			set(into, i)
		}
		a.extras = append(a.extras, strings.ToLower(newService+":"+newAction))
		return
	}
	service, name, found := strings.Cut(s, ":")
	i := strings.IndexAny(s, "*?")
	if i < 0 {
		if k, ok := slices.BinarySearch(u.lower, s); ok {
			set(into, k)
			return
		}
		a.exact[s] = true
		a.extras = append(a.extras, s)
		return
	}
	head := s[:i]
	p := pattern{syms: globSyms(s)}
	p.classify()
	hit := false
	from := sort.SearchStrings(u.lower, head)
	for k := from; k < len(u.lower) && strings.HasPrefix(u.lower[k], head); k++ {
		if c := concrete(u.lower[k]); p.matches(&c, nil) {
			set(into, k)
			hit = true
		}
	}
	if found && name == "*" && !strings.ContainsAny(service, "*?") {
		a.whole[service] = true
		a.extras = append(a.extras, strings.ToLower(service+":"+newAction))
		return
	}
	a.wild = append(a.wild, s)
	if !hit {
		a.extras = append(a.extras, strings.NewReplacer("*", "x", "?", "x").Replace(s))
	}
}

func globSyms(s string) []sym {
	out := symsOf(s)
	for i, x := range out {
		switch x {
		case '*':
			out[i] = star
		case '?':
			out[i] = anyByte
		}
	}
	return out
}

// holdsName tells whether the list names the action, given in lower case.
func (a *actionSet) holdsName(name string) bool {
	service, _, _ := strings.Cut(name, ":")
	if a.every || a.whole[service] || a.exact[name] {
		return true
	}
	for _, w := range a.wild {
		if globbing(globSyms(w), name) {
			return true
		}
	}
	return false
}

// of is the set in one question: its actions, those that only the question
// knows included. possible asks for all that it may hold.
func (a *actionSet) of(extras []string, possible bool) words {
	out := a.certain
	if possible {
		out = a.possible
	}
	if len(extras) == 0 {
		return out
	}
	out.extra = make([]uint64, (len(extras)+63)/64)
	for i, e := range extras {
		in := a.holdsName(e)
		switch {
		case a.not && possible:
			in = !in
		case a.not:
			in = !in && !a.vague
		case possible:
			in = in || a.vague
		}
		if in {
			set(out.extra, i)
		}
	}
	return out
}

// complement turns the sets of a NotAction around.
func (a *actionSet) complement(u *universe) {
	certain, possible := u.all.clone(), u.all.clone()
	certain.minus(&a.possible)
	possible.minus(&a.certain)
	a.certain.off, a.certain.w = trim(certain.off, certain.w)
	a.possible.off, a.possible.w = trim(possible.off, possible.w)
}
