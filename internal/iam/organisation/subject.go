package organisation

import (
	"slices"
	"strings"
	"sync"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// A subject is a class of ARNs that requests name: resources, or what lies in
// them, that the same patterns match and whose policies say the same.
type subject struct {
	form     *subjectForm
	patterns []uint32
	arn      string // one of them
	self     string // the resource that it is, or lies in
}

// A subjectForm is what a subject is made of without the patterns of
// principals' documents. Its number is the same in all accounts.
type subjectForm struct {
	number  uint32
	kind    *kind
	form    catalogue.Form
	shape   *shape // of the resource's document
	doc     *document
	rcp     *rail
	tags    []uint32 // words: key, value …
	open    bool
	bounded bool   // a principal with a boundary
	base    uint32 // the number of the form without its tags
	tagged  uint32 // the number of its tags
	traits  traits // of document and control policies, without names
	may     mask   // capabilities that the resource's document may allow
	// its policies tell tags of the resource, or these of principals, apart
	byTag      bool
	callerTags []string
}

// subjectForms interns them; accounts are classified side by side.
type subjectForms struct {
	lock  sync.Mutex
	all   map[string]*subjectForm
	parts map[string]uint32
}

// A resourceClass is a set of resources of one account with the same subjects:
// whoever may do something to one may do it to all.
type resourceClass struct {
	kind     *kind
	subjects []int32
	members  []int32
	mention  *mention
	doc      *document
	// of a principal: its own class, and the classes of what is attached to it.
	principal int32
	attached  []int32
	role      int32 // the resource class of the role that it runs as, -1
}

// classifier classifies the resources of one account.
type classifier struct {
	ix    *Index
	a     *account
	forms map[string]*subjectForm
	roles map[string]int32 // ARN -> resource class, of principals, policies and groups
	key   []byte
	list  []uint32
	seen  map[string]bool
	lost  map[uint32]bool // see account
	// of the current resource
	subjects []int32
}

func newClassifier(ix *Index, a *account) *classifier {
	return &classifier{ix: ix, a: a, forms: map[string]*subjectForm{}, roles: map[string]int32{}, seen: map[string]bool{}, lost: map[uint32]bool{}}
}

// run classifies all resources: first what principals have, then principals and
// what else escalations speak of, then the rest.
func (c *classifier) run() {
	a := c.a
	a.subjects, a.classes, a.granting, a.lost = nil, nil, nil, nil
	a.subjectAt, a.classAt = map[string]int32{}, map[string]int32{}
	principals := 0
	for i := range a.resources {
		switch c.ix.kinds.all[a.resources[i].kind].name {
		case policyType, groupType:
			c.resource(int32(i), -1)
			c.roles[a.names.at(a.resources[i].name)] = a.resources[i].class
		case roleType, userType:
			principals++
		}
	}
	// The principals stand in the order of the members.
	next := int32(0)
	for i := range a.resources {
		switch c.ix.kinds.all[a.resources[i].kind].name {
		case roleType, userType:
			c.resource(int32(i), next)
			a.principals[next].unit = a.resources[i].class
			c.roles[a.principals[next].arn] = a.resources[i].class
			next++
		}
	}
	for i := range a.resources {
		switch c.ix.kinds.all[a.resources[i].kind].use {
		case isHost, isProvider:
			c.resource(int32(i), -1)
		}
	}
	a.steps = int32(len(a.classes))
	for i := range a.resources {
		switch c.ix.kinds.all[a.resources[i].kind].use {
		case noUse, isMadeByCall:
			c.resource(int32(i), -1)
		}
	}
	a.subjectAt, a.classAt = nil, nil
	c.cells()
}

// cells groups the principals by class.
func (c *classifier) cells() {
	a := c.a
	a.cells, a.cellAt = nil, map[int32]int32{}
	for i := range a.principals {
		m := &a.principals[i]
		at, ok := a.cellAt[m.class]
		if !ok {
			at = int32(len(a.cells))
			a.cellAt[m.class] = at
			a.cells = append(a.cells, cell{class: m.class})
		}
		x := &a.cells[at]
		x.members = append(x.members, int32(i))
		if !slices.Contains(x.units, m.unit) {
			x.units = append(x.units, m.unit)
		}
	}
}

func (c *classifier) put(x uint32) {
	c.key = append(c.key, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
}

// resource puts a resource into its class; principal is the number of the one
// that it is, or -1.
func (c *classifier) resource(i, principal int32) {
	a, ix := c.a, c.ix
	t := &a.resources[i]
	k := ix.kinds.all[t.kind]
	arn := a.names.at(t.name)
	var doc *document
	var men *mention
	if t.doc >= 0 {
		doc = ix.docs.list[t.doc]
		men = a.mentions[mentionKeyOf(doc, arn)]
	}
	subjects := c.subjects[:0]
	for n, form := range k.forms {
		switch form {
		case catalogue.Own:
			subjects = append(subjects, c.subject(k, n, arn, arn, t, doc))
		case catalogue.AnyForm:
			subjects = append(subjects, c.subject(k, n, "*", arn, t, doc))
		default:
			subjects = c.inside(subjects, k, n, arn, t, doc)
		}
	}
	slices.Sort(subjects)
	subjects = slices.Compact(subjects)
	c.subjects = subjects
	rc := resourceClass{kind: k, subjects: subjects, mention: men, doc: doc, principal: -1, role: -1}
	if principal >= 0 {
		m := &a.principals[principal]
		rc.principal = m.class
		for _, w := range ix.lists.all[m.attached] {
			if at, ok := c.roles[ix.words.all[w]]; ok {
				rc.attached = append(rc.attached, at)
			}
		}
		slices.Sort(rc.attached)
		rc.attached = slices.Compact(rc.attached)
	}
	if t.role != 0 {
		if at, ok := c.roles[ix.words.all[t.role]]; ok {
			rc.role = at
		} else if !c.lost[t.role] {
			c.lost[t.role] = true
			a.lost = append(a.lost, t.role)
		}
	}
	c.key = c.key[:0]
	c.put(uint32(t.kind))
	c.put(uint32(rc.principal + 1))
	c.put(uint32(rc.role + 1))
	mentioned := uint32(0)
	if men != nil {
		mentioned = men.number + 1
	}
	c.put(mentioned)
	for _, s := range subjects {
		c.put(uint32(s))
	}
	c.put(^uint32(0))
	for _, s := range rc.attached {
		c.put(uint32(s))
	}
	at, ok := a.classAt[string(c.key)]
	if !ok {
		at = int32(len(a.classes))
		a.classAt[string(c.key)] = at
		rc.subjects = slices.Clone(subjects)
		a.classes = append(a.classes, rc)
		if men != nil && (men.open || len(men.named) > 0 || len(men.accounts) > 0) || t.open {
			a.granting = append(a.granting, at)
		}
	}
	t.class = at
	a.classes[at].members = append(a.classes[at].members, i)
}

func mentionKeyOf(d *document, self string) mentionKey {
	key := mentionKey{doc: d.id}
	for _, n := range d.shape.names {
		if strings.Contains(n, selfMark) {
			key.self = self
		}
	}
	return key
}

// inside adds the subjects that lie in a resource: something of a name that
// nobody wrote, and for each pattern that reaches below the resource something
// that it matches.
func (c *classifier) inside(out []int32, k *kind, form int, arn string, t *thing, doc *document) []int32 {
	prefix := arn + string(k.forms[form])
	out = append(out, c.subject(k, form, prefix+anything, arn, t, doc))
	clear(c.seen)
	take := func(rest string) {
		if rest != anything && !c.seen[rest] {
			c.seen[rest] = true
			out = append(out, c.subject(k, form, prefix+rest, arn, t, doc))
		}
	}
	c.ix.trie.below(prefix, take)
	if doc != nil {
		for _, p := range c.own(doc, arn) {
			if rest, ok := completion(p, prefix); ok {
				take(rest)
			}
		}
	}
	return out
}

// own are the resource patterns of a resource's own document.
func (c *classifier) own(doc *document, self string) []string {
	var out []string
	for i := range doc.shape.slots {
		p := doc.pattern(i).String()
		if doc.shape.parsed == nil {
			p = strings.ReplaceAll(strings.ReplaceAll(p, selfMark, self), ownMark, c.a.id)
		}
		if p != "*" {
			out = append(out, starred(doc.foreign(p)))
		}
	}
	return out
}

// starred writes a star for each variable and hole.
func starred(p string) string {
	for {
		before, rest, ok := strings.Cut(p, "${")
		_, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return p
		}
		p = before + "*" + after
	}
}

// subject is the number of the subject in its account.
func (c *classifier) subject(k *kind, form int, arn, of string, t *thing, doc *document) int32 {
	c.list = c.ix.trie.match(arn, c.list[:0])
	f := c.form(k, form, arn, of, t, doc)
	c.key = c.key[:0]
	c.put(f.number)
	for _, p := range c.list {
		c.put(p)
	}
	if doc != nil { // one that names its resource as a principal means another one there
		c.key = append(c.key, mentionKeyOf(doc, of).self...)
	}
	at, ok := c.a.subjectAt[string(c.key)]
	if !ok {
		at = int32(len(c.a.subjects))
		c.a.subjectAt[string(c.key)] = at
		c.a.subjects = append(c.a.subjects, subject{form: f, patterns: slices.Clone(c.list), arn: arn, self: of})
	}
	return at
}

// form is the subject's form: what kind it is, and what its own policies and
// control policies tell apart.
func (c *classifier) form(k *kind, form int, arn, of string, t *thing, doc *document) *subjectForm {
	c.key = c.key[:0]
	c.put(uint32(k.number))
	c.put(uint32(form))
	c.put(c.a.rcp.id)
	flags := uint32(0)
	if t.open {
		flags |= 1
	}
	if t.bounded {
		flags |= 2
	}
	c.put(flags)
	if doc != nil {
		c.put(doc.shape.id + 1)
		if doc.shape.parsed != nil {
			// What was parsed before may have holes, and has its names written out.
			c.key = append(c.key, of...)
		}
		c.bits(c.own(doc, of), arn)
	}
	c.put(^uint32(0))
	for _, l := range c.a.rcp.levels {
		for _, d := range l {
			c.bits(c.own(d, of), arn)
		}
	}
	base := len(c.key)
	var tags []uint32
	if t.tags != 0 && len(c.ix.resourceTags) > 0 {
		list := c.ix.lists.all[t.tags]
		for i := 0; i+1 < len(list); i += 2 {
			if c.ix.resourceTags[c.ix.words.all[list[i]]] {
				tags = append(tags, list[i], list[i+1])
				c.put(list[i])
				c.put(list[i+1])
			}
		}
	}
	f, ok := c.forms[string(c.key)]
	if ok {
		return f
	}
	forms := c.ix.subjects
	forms.lock.Lock()
	defer forms.lock.Unlock()
	if f, ok = forms.all[string(c.key)]; !ok {
		f = &subjectForm{number: uint32(len(forms.all)), kind: k, form: k.forms[form], doc: doc, rcp: c.a.rcp, tags: tags, open: t.open, bounded: t.bounded}
		if doc != nil {
			f.shape = doc.shape
			f.traits.byARN = doc.shape.byARN || doc.shape.varies
			f.traits.personal, f.traits.account, f.traits.broken = doc.shape.personal || doc.shape.varies, doc.shape.account, doc.shape.broken
		}
		f.traits.byARN = f.traits.byARN || c.a.rcp.byARN
		f.traits.personal, f.traits.account = f.traits.personal || c.a.rcp.personal, f.traits.account || c.a.rcp.account
		f.base, f.tagged = forms.number(string(c.key[:base])), forms.number("tags "+string(c.key[base:]))
		f.note(doc, c.a.rcp)
		forms.all[string(c.key)] = f
	}
	c.forms[string(c.key)] = f
	return f
}

func (fs *subjectForms) number(key string) uint32 {
	n, ok := fs.parts[key]
	if !ok {
		n = uint32(len(fs.parts))
		fs.parts[key] = n
	}
	return n
}

// note collects what the policies around a subject say.
func (f *subjectForm) note(doc *document, rcp *rail) {
	var docs []*document
	if doc != nil {
		docs = append(docs, doc)
		f.may = doc.shape.mask(f.kind)
	}
	if f.open {
		f.may = ^mask(0)
	}
	for _, l := range rcp.levels {
		docs = append(docs, l...)
	}
	for _, d := range docs {
		f.byTag = f.byTag || len(d.shape.resourceTags) > 0
		f.callerTags = append(f.callerTags, d.shape.tags...)
	}
	slices.Sort(f.callerTags)
}

// bits notes which of the patterns match.
func (c *classifier) bits(list []string, arn string) {
	x := uint32(0)
	for i, p := range list {
		if value.MatchGlob(p, arn) {
			x |= 1 << (i % 32)
		}
		if i%32 == 31 {
			c.put(x)
			x = 0
		}
	}
	c.put(x)
}
