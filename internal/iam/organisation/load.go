package organisation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/source"
)

// load reads an account: its principals and resources are noted, their
// documents interned, and what those mention is collected.
func (ix *Index) load(in *read) {
	a := &account{number: int32(len(ix.accounts)), id: in.ID, path: in.Path, management: in.Management, mentions: map[mentionKey]*mention{}}
	if _, ok := ix.accountAt[a.id]; ok || !isAccount(a.id) {
		ix.problem("account " + a.id + ": its id is not one of twelve digits that no other account has; give each account once")
		return
	}
	ix.accountAt[a.id] = a.number
	ix.accounts = append(ix.accounts, a)
	ix.read(a, in)
}

// read reads what an account has.
func (ix *Index) read(a *account, in *read) {
	a.scp, a.rcp = ix.rail(in.SCP), ix.rail(in.RCP)
	ix.mentionTags(false, a.scp.levels...)
	ix.mentionTags(true, a.rcp.levels...)
	ix.outsideNames = append(ix.outsideNames, a.rcp.names...)
	slices.Sort(ix.outsideNames)
	ix.outsideNames = slices.Compact(ix.outsideNames)
	attached := map[string]bool{}
	a.principals = make([]member, 0, len(in.principals))
	a.resources = make([]thing, 0, len(in.principals)+len(in.resources)+32)
	for i := range in.principals {
		ix.loadPrincipal(a, &in.principals[i], attached)
	}
	for _, m := range a.principals {
		kind := roleType
		if m.user {
			kind = userType
		}
		a.resources = append(a.resources, thing{name: a.names.add(m.arn), kind: ix.kinds.of(kind).number, doc: ix.document(a, m.trust, m.arn), tags: m.tags, bounded: m.boundary != nil})
	}
	for i := range in.resources {
		ix.loadResource(a, &in.resources[i])
	}
	// There are millions: no room beyond what is there.
	a.resources, a.principals = slices.Clone(a.resources), slices.Clone(a.principals)
	a.names.text, a.names.ends = slices.Clone(a.names.text), slices.Clone(a.names.ends)
}

func (ix *Index) problem(message string) {
	ix.problems = append(ix.problems, source.Problem{Message: "organisation: " + message})
}

func (ix *Index) loadPrincipal(a *account, p *Principal, attached map[string]bool) {
	kind, ok := kindOf(p.ARN, a.id)
	if !ok {
		ix.problem("principal " + p.ARN + " of account " + a.id + ": its ARN is not that of a user or role of the account; it is left out")
		return
	}
	m := member{arn: p.ARN, user: kind == userType, open: p.Open, class: -1, unit: -1}
	var docs []*document
	var own []uint32
	for _, x := range p.Policies {
		if x.Document == nil {
			m.open = true
			ix.problem("policy " + x.ARN + " of " + p.ARN + ": its document is not known; what the principal may do is only possible")
			continue
		}
		docs = append(docs, ix.docs.identity(x.Document))
		if x.ARN != "" && !strings.Contains(x.ARN, ":iam::aws:") {
			own = append(own, ix.words.id(x.ARN))
			ix.attach(a, x.ARN, policyType, attached)
		}
	}
	for _, g := range p.Groups {
		own = append(own, ix.words.id(g))
		ix.attach(a, g, groupType, attached)
	}
	slices.SortFunc(docs, func(x, y *document) int {
		if x.shape != y.shape {
			return int(x.shape.id) - int(y.shape.id)
		}
		return int(x.id) - int(y.id)
	})
	docs = slices.Compact(docs)
	m.docs, m.attached = ix.documentList(docs), ix.lists.id(own)
	ix.mentionTags(false, docs)
	if p.Boundary != nil {
		m.boundary = ix.docs.identity(p.Boundary)
		ix.mentionTags(false, []*document{m.boundary})
	}
	if p.Trust != nil {
		m.trust = ix.docs.resource(p.Trust, p.ARN, a.id)
		ix.mentionTags(true, []*document{m.trust})
		ix.mention(a, m.trust, p.ARN)
	}
	m.tags = ix.tagList(p.Tags)
	a.principals = append(a.principals, m)
}

// kindOf tells a user's ARN from a role's.
func kindOf(arn, account string) (string, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" || parts[4] != account {
		return "", false
	}
	switch {
	case strings.HasPrefix(parts[5], "role/"):
		return roleType, true
	case strings.HasPrefix(parts[5], "user/"):
		return userType, true
	}
	return "", false
}

// attach notes a policy or group of the account, once.
func (ix *Index) attach(a *account, arn, kind string, attached map[string]bool) {
	if !attached[arn] {
		attached[arn] = true
		a.resources = append(a.resources, thing{name: a.names.add(arn), kind: ix.kinds.of(kind).number, doc: -1, class: -1})
	}
}

func (ix *Index) tagList(tags []Tag) uint32 {
	if len(tags) == 0 {
		return 0
	}
	var list []uint32
	for _, t := range tags {
		list = append(list, ix.words.id(strings.ToLower(t.Key)), ix.words.id(t.Value))
	}
	return ix.lists.id(list)
}

// documentList interns a list of documents.
func (ix *Index) documentList(docs []*document) uint32 {
	var list []uint32
	for _, d := range docs {
		for int(d.id) >= len(ix.docs.list) {
			ix.docs.list = append(ix.docs.list, nil)
		}
		ix.docs.list[d.id] = d
		list = append(list, d.id)
	}
	return ix.lists.id(list)
}

// mentionTags notes the tags and principals that documents tell apart. Those of
// resources tell callers apart whatever policies these have.
func (ix *Index) mentionTags(ofResource bool, lists ...[]*document) {
	for _, docs := range lists {
		for _, d := range docs {
			if ofResource && !d.shape.notedOutside {
				d.shape.notedOutside = true
				for _, t := range d.shape.tags {
					ix.outsideTags[t] = true
				}
			}
			if d.shape.noted {
				continue
			}
			d.shape.noted = true
			for _, n := range d.shape.names {
				if !strings.Contains(n, mark) {
					ix.names.add(n)
				}
			}
			for _, t := range d.shape.tags {
				ix.tags[t] = true
			}
			for _, t := range d.shape.resourceTags {
				_, name, _ := strings.Cut(t, "resourcetag/")
				ix.resourceTags[name] = true
			}
		}
	}
}

func (ix *Index) loadResource(a *account, r *Resource) {
	k, ok := ix.kinds.byName[r.Type]
	if !ok {
		k = ix.kinds.add(r.Type)
		if len(catalogue.Effects(r.Type)) == 0 {
			ix.problem(fmt.Sprintf("resources of type %s: what actions do to them is not known; they are left out", r.Type))
		}
	}
	if k.use == isPrincipal {
		ix.problem("resource " + r.ARN + " of account " + a.id + ": it is a " + r.Type + "; give it as a principal; it is left out")
		return
	}
	if len(k.capabilities) == 0 {
		return
	}
	if strings.Count(r.ARN, ":") < 5 {
		ix.problem("resource " + r.ARN + " of account " + a.id + ": it has no ARN; it is left out")
		return
	}
	t := thing{name: a.names.add(r.ARN), kind: k.number, open: r.Open, doc: -1, class: -1}
	if r.Policy != nil {
		d := ix.docs.resource(r.Policy, r.ARN, a.id)
		ix.mentionTags(true, []*document{d})
		ix.mention(a, d, r.ARN)
		t.doc = ix.document(a, d, r.ARN)
	}
	if len(r.Tags) > 0 {
		t.tags = ix.tagList(r.Tags)
	}
	if r.Role != "" {
		t.role = ix.words.id(r.Role)
	}
	a.resources = append(a.resources, t)
}

// document keeps the document of a resource and returns its number.
func (ix *Index) document(_ *account, d *document, _ string) int32 {
	if d == nil {
		return -1
	}
	ix.documentList([]*document{d})
	return int32(d.id)
}

// A mention is what the document of a resource says of principals, with the
// owner's account and the resource's own ARN written in.
type mention struct {
	names    []uint32 // patterns of principals in the order of the shape's
	open     bool
	accounts []string // other than the owner
	named    []uint32 // those of the grants
	sorted   []uint32 // all names, sorted
	number   uint32
}

type mentionKey struct {
	doc  uint32
	self string // where the document names the resource as a principal
}

// mention notes whom the document of a resource names.
func (ix *Index) mention(a *account, d *document, self string) *mention {
	key := mentionKeyOf(d, self)
	if m, ok := a.mentions[key]; ok {
		return m
	}
	fill := strings.NewReplacer(selfMark, self, ownMark, a.id)
	m := &mention{open: d.shape.grants.open || d.shape.broken}
	for _, n := range d.shape.names {
		m.names = append(m.names, ix.names.add(d.foreign(fill.Replace(n))))
	}
	for _, n := range d.shape.grants.names {
		m.named = append(m.named, ix.names.add(d.foreign(fill.Replace(n))))
	}
	m.sorted = slices.Clone(m.names)
	slices.Sort(m.sorted)
	slices.Sort(m.named)
	m.named = slices.Compact(m.named)
	for _, x := range d.shape.grants.accounts {
		if x = d.foreign(fill.Replace(x)); x != a.id && !slices.Contains(m.accounts, x) {
			m.accounts = append(m.accounts, x)
		}
	}
	m.number = uint32(len(a.mentions))
	a.mentions[key] = m
	return m
}
