package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A class is a set of principals of whom every policy says the same, whatever
// account they are of: their documents have the same statements and the same
// resource patterns, their boundary and control policies too, and the tags,
// names and accounts that any policy tells apart are equal.
type class struct {
	number   int32
	form     *form
	stance   uint32 // see stanceKey
	patterns []uint32
	names    []uint32
	account  int32  // the one account of its members, -1: of any
	personal bool   // it has one member
	tags     uint32 // those that conditions mention
	boundary uint32 // the number of the document; 0: none
	home     int32  // the account that it was first met in
	cells    []int32
	wideIn   []wideKind // see wideKinds
	looked   int        // at so many kinds, for these
	judged   bool
	isAdmin  value.Tri
}

type classKey struct {
	form, patterns, names, tags uint32
	account                     int32
	personal                    string
}

// A stanceKey is what matters of a class to resources that none of its patterns
// speaks of, but those that match everything, and whose policies do not tell its
// names apart.
type stanceKey struct {
	form, everything, names, tags uint32
	account, personal             int32
}

// A form is what a class is made of without the resource patterns: classes of
// one form differ in names alone.
type form struct {
	id         uint32
	docs       []*document // of the first class, for their shapes
	boundary   *document
	rail       *rail
	management bool
	flags      uint32
	open       bool
	views      []*view         // by kind
	tags       map[string]bool // keys that its documents mention
	traits
}

// classify puts a principal into its class.
func (ix *Index) classify(a *account, m *member) *class {
	docs := ix.documentsOf(m.docs)
	f := ix.formOf(a, m, docs)
	var list []uint32
	add := func(d *document) {
		for i := range d.shape.slots {
			list = append(list, ix.slotPatterns(d, i, a, m)...)
		}
	}
	for _, d := range docs {
		add(d)
	}
	if m.boundary != nil {
		add(m.boundary)
	}
	for _, l := range f.rail.levels {
		for _, d := range l {
			add(d)
		}
	}
	names := ix.nameTrie.match(m.arn, nil)
	tags := ix.mentioned(m.tags, ix.tags)
	key := classKey{form: f.id, patterns: ix.lists.id(list), names: ix.lists.id(names), tags: tags, account: -1}
	if f.account {
		key.account = a.number
	}
	if f.identityPersonal() {
		key.personal = m.arn
	}
	if at, ok := ix.classAt[key]; ok {
		return ix.classes[at]
	}
	c := &class{number: int32(len(ix.classes)), form: f, patterns: ix.lists.all[key.patterns],
		names: ix.lists.all[key.names], account: key.account, personal: key.personal != "", tags: tags, home: a.number}
	if m.boundary != nil {
		c.boundary = m.boundary.id
	}
	c.stance = ix.stanceOf(c)
	ix.classAt[key] = c.number
	ix.classes = append(ix.classes, c)
	return c
}

// stanceOf is the stance of a class. Names and tags count as far as its own
// documents tell them apart, or resource control policies, or for tags the
// document of any resource.
func (ix *Index) stanceOf(c *class) uint32 {
	var wide, tags []uint32
	for o, p := range c.patterns {
		if p == everything {
			wide = append(wide, uint32(o))
		}
	}
	list := ix.lists.all[c.tags]
	for i := 0; i+1 < len(list); i += 2 {
		if k := ix.words.all[list[i]]; c.form.tags[k] || ix.outsideTags[k] {
			tags = append(tags, list[i], list[i+1])
		}
	}
	key := stanceKey{form: c.form.id, everything: ix.lists.id(wide), names: ix.lists.id(union(both(c.names, c.form.names), both(c.names, ix.outsideNames))), tags: ix.lists.id(tags), account: c.account, personal: -1}
	if c.personal {
		key.personal = c.number
	}
	n, ok := ix.stances[key]
	if !ok {
		n = uint32(len(ix.stances))
		ix.stances[key] = n
	}
	return n
}

// identityPersonal tells whether the principal's own documents tell it from
// others of the same policies.
func (f *form) identityPersonal() bool {
	for _, d := range f.docs {
		if d.shape.personal {
			return true
		}
	}
	return f.boundary != nil && f.boundary.shape.personal
}

func (ix *Index) documentsOf(list uint32) []*document {
	ids := ix.lists.all[list]
	out := make([]*document, len(ids))
	for i, id := range ids {
		out[i] = ix.docs.list[id]
	}
	return out
}

func (ix *Index) formOf(a *account, m *member, docs []*document) *form {
	key := make([]byte, 0, 64)
	put := func(x uint32) { key = append(key, byte(x), byte(x>>8), byte(x>>16), byte(x>>24)) }
	flags := uint32(0)
	for i, b := range []bool{m.user, m.open, a.management, m.boundary != nil, strings.Contains(m.arn, ":role/aws-service-role/")} {
		if b {
			flags |= 1 << i
		}
	}
	put(flags)
	put(a.scp.id)
	if m.boundary != nil {
		put(m.boundary.shape.id)
	}
	for _, d := range docs {
		put(d.shape.id)
	}
	f, ok := ix.forms[string(key)]
	if !ok {
		f = &form{id: uint32(len(ix.forms)), docs: docs, boundary: m.boundary, rail: a.scp, management: a.management, flags: flags, open: m.open, tags: map[string]bool{}}
		all := slices.Clone(docs)
		if m.boundary != nil {
			all = append(all, m.boundary)
		}
		for _, l := range a.scp.levels {
			all = append(all, l...)
		}
		ix.traitsOf(all, &f.traits)
		for _, d := range all {
			for _, t := range d.shape.tags {
				f.tags[t] = true
			}
		}
		ix.forms[string(key)] = f
	}
	return f
}

// both are the numbers in both sorted lists.
func both(a, b []uint32) []uint32 {
	var out []uint32
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// union is what is in either sorted list.
func union(a, b []uint32) []uint32 {
	if len(b) == 0 {
		return a
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// meet tells whether a number is in both sorted lists.
func meet(a, b []uint32) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			return true
		}
	}
	return false
}

// mentioned are those tags whose keys a condition mentions, by key.
func (ix *Index) mentioned(list uint32, keys map[string]bool) uint32 {
	if list == 0 || len(keys) == 0 {
		return 0
	}
	tags := ix.lists.all[list]
	var out []uint32
	for i := 0; i+1 < len(tags); i += 2 {
		if keys[ix.words.all[tags[i]]] {
			out = append(out, tags[i], tags[i+1])
		}
	}
	for i := 2; i < len(out); i += 2 {
		for j := i; j > 0 && out[j] < out[j-2]; j -= 2 {
			out[j], out[j-2], out[j+1], out[j-1] = out[j-2], out[j], out[j-1], out[j+1]
		}
	}
	return ix.lists.id(out)
}

// everything is the number of the pattern that matches whatever there is.
const everything = 0

// slotPatterns are the patterns of a document's slot for one principal: two
// where holes leave open whether it matches.
func (ix *Index) slotPatterns(d *document, i int, a *account, m *member) []uint32 {
	s := &d.shape.slots[i]
	t := d.pattern(i)
	if known, ok := t.Known(); ok {
		if s.variables && strings.Contains(known, "${") {
			known = ix.resolve(known, a, m)
		}
		return []uint32{ix.patterns.add(known)}
	}
	return ix.openPatterns(t)
}

// openPatterns are those of a text with holes: one that matches where it may,
// one that matches where it must.
func (ix *Index) openPatterns(t value.Text) []uint32 {
	var star strings.Builder
	for _, p := range t.Parts() {
		if p.Hole != "" {
			star.WriteByte('*')
			continue
		}
		rest := p.Lit
		for {
			before, after, ok := strings.Cut(rest, "${")
			star.WriteString(before)
			if !ok {
				break
			}
			star.WriteByte('*')
			_, rest, _ = strings.Cut(after, "}")
		}
	}
	if len(variablesOf(t)) > 0 {
		return []uint32{ix.patterns.add(star.String())}
	}
	open := value.NewPattern(t)
	key := t.String()
	return []uint32{
		ix.patterns.put("may "+key, pattern{text: star.String(), open: &open}),
		ix.patterns.put("must "+key, pattern{text: star.String(), open: &open, sure: true}),
	}
}

// resolve writes the values of variables into a pattern. One that has no value
// makes a pattern that matches nothing, one whose value is not known a star.
func (ix *Index) resolve(s string, a *account, m *member) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, "${")
		inner, rest, closed := strings.Cut(after, "}")
		if !ok || !closed {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(before)
		key, dflt, has := strings.Cut(inner, ",")
		v, known := ix.valueOf(strings.ToLower(strings.TrimSpace(key)), a, m)
		dflt = strings.TrimSpace(dflt)
		switch {
		case inner == "$":
			b.WriteByte('$')
		case inner == "*" || inner == "?":
			b.WriteByte('?')
		case !known:
			b.WriteByte('*')
		case v != "":
			b.WriteString(v)
		case has && len(dflt) >= 2:
			b.WriteString(dflt[1 : len(dflt)-1])
		default:
			return "arn:" // no resource is called so
		}
		s = rest
	}
}

// valueOf is the value of a condition key that follows from the principal;
// empty where it has none.
func (ix *Index) valueOf(key string, a *account, m *member) (v string, known bool) {
	switch key {
	case "aws:username":
		if m.user {
			return m.arn[strings.LastIndexByte(m.arn, '/')+1:], true
		}
		return "", true
	case "aws:principalaccount":
		return a.id, true
	case "aws:principalarn":
		return m.arn, true
	case "aws:principalorgid":
		return ix.id, ix.id != ""
	}
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
		list := ix.lists.all[m.tags]
		for i := 0; i+1 < len(list); i += 2 {
			if ix.words.all[list[i]] == tag {
				return ix.words.all[list[i+1]], true
			}
		}
		return "", true
	}
	return "", false
}
