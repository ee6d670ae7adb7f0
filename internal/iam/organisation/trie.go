package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// patterns is the table of all patterns of resources, each once. Numbers stay
// what they are when more are added.
type patterns struct {
	ids  map[string]uint32
	list []pattern
}

// A pattern is a glob over a whole ARN.
type pattern struct {
	text string // holes and open variables are stars
	// open is the pattern with its holes, where it has any.
	open *value.Pattern
	// sure asks of an open pattern that it match whatever the holes stand for.
	sure bool
}

func newPatterns() *patterns { return &patterns{ids: map[string]uint32{}} }

func (ps *patterns) add(text string) uint32 { return ps.put(text, pattern{text: text}) }

func (ps *patterns) put(key string, p pattern) uint32 {
	id, ok := ps.ids[key]
	if !ok {
		id = uint32(len(ps.list))
		ps.ids[key] = id
		ps.list = append(ps.list, p)
	}
	return id
}

func (p *pattern) match(arn string) bool {
	switch {
	case p.open == nil:
		return value.MatchGlob(p.text, arn)
	case p.sure:
		return p.open.MatchString(arn) == value.Yes
	}
	return p.open.MatchString(arn) != value.No
}

// A trie finds the patterns that match an ARN. Patterns whose service and
// account are written out lie in a bucket of these, those whose account is a
// wildcard in the bucket of the service, all others in one of their own; in a
// bucket they are found by the text before the first wildcard.
type trie struct {
	from    *patterns
	buckets map[bucketKey]*bucket
	service map[string]bool
	loose   bucket
	held    int // the patterns up to this number are in it
}

// A bucketKey is a service with an account; the account is "*" for a wildcard.
type bucketKey struct{ service, account string }

// A bucket is a trie in an array: its heads are sorted, and each knows the
// longest other head that it starts with.
type bucket struct {
	heads    []head
	patterns []uint32
}

type head struct {
	text     string
	parent   int32
	from, to int32 // in patterns
}

func newTrie(ps *patterns) *trie {
	t := &trie{from: ps}
	t.build()
	return t
}

// build files all patterns anew.
func (t *trie) build() {
	t.buckets, t.service = map[bucketKey]*bucket{}, map[string]bool{}
	t.held = everything + 1
	t.extend()
}

// A filed pattern is one with the text before its first wildcard.
type filed struct {
	head string
	id   uint32
}

// extend files the patterns that are not in the trie yet: the buckets that they
// lie in are made again.
func (t *trie) extend() {
	groups := map[bucketKey][]filed{}
	var loose []filed
	for i := t.held; i < len(t.from.list); i++ {
		key, tail, ok := fileUnder(t.from.list[i].text)
		f := filed{literal(tail), uint32(i)}
		if ok {
			groups[key] = append(groups[key], f)
		} else {
			loose = append(loose, f)
		}
	}
	for key, list := range groups {
		if old := t.buckets[key]; old != nil {
			list = old.all(list)
		}
		b := fill(list)
		t.buckets[key], t.service[key.service] = &b, true
	}
	if len(loose) > 0 {
		t.loose = fill(t.loose.all(loose))
	}
	t.held = len(t.from.list)
}

// all adds what a bucket has to the list.
func (b *bucket) all(list []filed) []filed {
	for i := range b.heads {
		h := &b.heads[i]
		for _, id := range b.patterns[h.from:h.to] {
			list = append(list, filed{h.text, id})
		}
	}
	return list
}

func fill(list []filed) bucket {
	slices.SortFunc(list, func(a, b filed) int {
		if c := strings.Compare(a.head, b.head); c != 0 {
			return c
		}
		return int(a.id) - int(b.id)
	})
	b := bucket{patterns: make([]uint32, len(list))}
	var open []int32 // the heads that the current one starts with
	for i, f := range list {
		b.patterns[i] = f.id
		if n := len(b.heads); n > 0 && b.heads[n-1].text == f.head {
			b.heads[n-1].to++
			continue
		}
		for len(open) > 0 && !strings.HasPrefix(f.head, b.heads[open[len(open)-1]].text) {
			open = open[:len(open)-1]
		}
		h := head{text: f.head, parent: -1, from: int32(i), to: int32(i) + 1}
		if len(open) > 0 {
			h.parent = open[len(open)-1]
		}
		open = append(open, int32(len(b.heads)))
		b.heads = append(b.heads, h)
	}
	return b
}

// fileUnder tells the bucket of a pattern, and what of it follows the account.
func fileUnder(p string) (key bucketKey, tail string, ok bool) {
	parts := strings.SplitN(p, ":", 6)
	if len(parts) != 6 || strings.ContainsAny(parts[2], "*?") {
		return key, p, false
	}
	account := parts[4]
	if strings.ContainsAny(account, "*?") {
		account = "*"
	}
	return bucketKey{parts[2], account}, parts[5], true
}

func literal(p string) string {
	if i := strings.IndexAny(p, "*?"); i >= 0 {
		return p[:i]
	}
	return p
}

// match appends the patterns that match the ARN, sorted, each once; not the one
// that matches everything.
func (t *trie) match(arn string, out []uint32) []uint32 {
	start := len(out)
	t.probe(arn, func(b *bucket, tail string) {
		for h := b.last(tail); h >= 0; h = b.heads[h].parent {
			if !strings.HasPrefix(tail, b.heads[h].text) {
				continue
			}
			for _, id := range b.patterns[b.heads[h].from:b.heads[h].to] {
				if t.from.list[id].match(arn) {
					out = append(out, id)
				}
			}
		}
	})
	// What was added since the trie was built.
	for id := max(t.held, everything+1); id < len(t.from.list); id++ {
		if t.from.list[id].match(arn) {
			out = append(out, uint32(id))
		}
	}
	slices.Sort(out[start:])
	return out[:start+len(slices.Compact(out[start:]))]
}

// last is the greatest head that is not after the text: all heads that the
// text starts with are that one or what it starts with.
func (b *bucket) last(text string) int32 {
	lo, hi := 0, len(b.heads)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if b.heads[mid].text <= text {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return int32(lo) - 1
}

// probe visits the buckets in which patterns of the ARN may lie, with what of
// the ARN follows the account. An ARN of six parts has one place for service
// and account; where its last part has colons too, a wildcard may take up more
// than one part, so that they may stand further behind.
func (t *trie) probe(arn string, visit func(*bucket, string)) {
	visit(&t.loose, arn)
	var at [64]int // where the parts start
	n := 1
	for i := 0; i < len(arn) && n < len(at); i++ {
		if arn[i] == ':' {
			at[n] = i + 1
			n++
		}
	}
	part := func(i int) string {
		if i+1 < n {
			return arn[at[i] : at[i+1]-1]
		}
		return arn[at[i]:]
	}
	for s := 2; s+3 < n; s++ {
		service := part(s)
		if !t.service[service] {
			continue
		}
		wide := t.buckets[bucketKey{service, "*"}]
		for a := s + 2; a+1 < n; a++ {
			if wide != nil {
				visit(wide, arn[at[a+1]:])
			}
			if a > 4 && !isAccount(part(a)) {
				continue
			}
			if b := t.buckets[bucketKey{service, part(a)}]; b != nil {
				visit(b, arn[at[a+1]:])
			}
		}
	}
}

// below finds what may follow the prefix, an ARN's own and a separator, so that
// some pattern matches.
func (t *trie) below(prefix string, found func(rest string)) {
	take := func(id uint32) {
		if rest, ok := completion(t.from.list[id].text, prefix); ok {
			found(rest)
		}
	}
	t.probe(prefix, func(b *bucket, tail string) {
		i := b.last(tail)
		for h := i; h >= 0; h = b.heads[h].parent {
			if strings.HasPrefix(tail, b.heads[h].text) {
				for _, id := range b.patterns[b.heads[h].from:b.heads[h].to] {
					take(id)
				}
			}
		}
		for h := int(i) + 1; h < len(b.heads) && strings.HasPrefix(b.heads[h].text, tail); h++ {
			for _, id := range b.patterns[b.heads[h].from:b.heads[h].to] {
				take(id)
			}
		}
	})
	for id := max(t.held, everything+1); id < len(t.from.list); id++ {
		take(uint32(id))
	}
}

// anything is a name that no policy writes out: it matches stars alone.
const anything = "\u2063\u2063any\u2063\u2063"

// aligned tells whether the parts of a pattern that is written as an ARN stand
// for the same parts of what it matches: a name in a resource that looks like
// the end of another ARN is none that anybody gives.
func aligned(p, prefix, rest string) bool {
	n := strings.Count(p, ":")
	return n < 5 || n == strings.Count(prefix, ":")+strings.Count(rest, ":")
}

// completion is what must follow the prefix so that the pattern matches, the
// least particular way.
func completion(p, prefix string) (string, bool) {
	head := literal(p)
	n := min(len(head), len(prefix))
	switch {
	case head[:n] != prefix[:n]:
		return "", false
	case len(head) >= len(prefix):
		rest := instance(p[len(prefix):])
		return rest, rest != "" && aligned(p, prefix, rest)
	case p[len(head):] == "*":
		return anything, aligned(p, prefix, "")
	}
	rest, ok := residue(p[len(head):], prefix[len(head):])
	if rest = instance(rest); !ok || !aligned(p, prefix, rest) {
		return "", false
	}
	return rest, true
}

// residue is the shortest rest of a pattern after it has matched the prefix.
func residue(p, prefix string) (string, bool) {
	if len(p) < 64 {
		return residueOfShort(p, prefix)
	}
	// at are the places in the pattern that the prefix may lead to.
	var room [2][128]bool
	at, next := room[0][:], room[1][:]
	if len(p) >= len(at) {
		at, next = make([]bool, len(p)+1), make([]bool, len(p)+1)
	}
	at, next = at[:len(p)+1], next[:len(p)+1]
	at[0] = true
	for i := 0; ; i++ {
		some := false
		for j := range at { // a star may stand for nothing
			if at[j] && j < len(p) && p[j] == '*' {
				at[j+1] = true
			}
			some = some || at[j]
		}
		if !some {
			return "", false
		}
		if i == len(prefix) {
			break
		}
		clear(next)
		for j := range len(p) {
			switch {
			case !at[j]:
			case p[j] == '*':
				next[j] = true
			case p[j] == '?' || p[j] == prefix[i]:
				next[j+1] = true
			}
		}
		at, next = next, at
	}
	for j := len(p) - 1; j >= 0; j-- { // the shortest rest
		if at[j] && p[j:] != "" {
			return p[j:], true
		}
	}
	return "", false
}

// residueOfShort is residue for patterns whose places fit into one number: bit n
// is set where the prefix may lead to place n.
func residueOfShort(p, prefix string) (string, bool) {
	var is [256]uint64 // by byte: the places before it
	star, any := uint64(0), uint64(0)
	for j := range len(p) {
		switch p[j] {
		case '*':
			star |= 1 << j
		case '?':
			any |= 1 << j
		default:
			is[p[j]] |= 1 << j
		}
	}
	at := uint64(1)
	for i := 0; ; i++ {
		for next := at | at&star<<1; next != at; next = at | at&star<<1 {
			at = next // a star may stand for nothing
		}
		if i == len(prefix) {
			break
		}
		if at = at&star | at&(is[prefix[i]]|any)<<1; at == 0 {
			return "", false
		}
	}
	for j := len(p) - 1; j >= 0; j-- { // the shortest rest
		if at>>j&1 != 0 {
			return p[j:], true
		}
	}
	return "", false
}

// instance puts something in the place of each wildcard.
func instance(p string) string {
	if !strings.ContainsAny(p, "*?") {
		return p
	}
	var b strings.Builder
	for i := range len(p) {
		switch {
		case p[i] == '*' && i > 0 && p[i-1] == '*':
		case p[i] == '*':
			b.WriteString(anything)
		case p[i] == '?':
			b.WriteByte('x')
		default:
			b.WriteByte(p[i])
		}
	}
	return b.String()
}

func isAccount(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
