package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/value"
)

// A judge decides for one class of principals and one subject what the one may
// do to the other, by asking the evaluator about one of each. What is decided
// holds for all classes and subjects with the same key, in whatever accounts.
// A judge belongs to one goroutine.
type judge struct {
	ix       *Index
	memo     map[judgeKey]grant
	compiled map[*document]*iam.Policy
	lately   map[*document]*iam.Policy
	kept     int // callers
	rails    map[*rail][][]*iam.Policy
	lists    *lists
	callers  [][]*caller // by class and kind
	whole    map[wholeKey]value.Tri
	moves    map[moveKey][]move
	made     map[makesKey]grant
	combos   map[comboKey]uint32
	asked    int     // decisions
	alike    []alike // by stance
	round    int     // of these
	news     map[newFormKey]*subjectForm
	// the last resource's own policy
	doc    *document
	self   string
	policy *iam.Policy
}

type judgeKey struct {
	combo, subject, tagged, tags uint32
	outside                      uint32 // the names that resource control policies tell apart
	bits, names                  uint64
	caller, owner, personal      int32 // where a policy tells them apart
	account                      int32 // which of those that the resource's document names is the caller's
	same                         bool
}

func newJudge(ix *Index) *judge {
	return &judge{ix: ix, memo: map[judgeKey]grant{}, compiled: map[*document]*iam.Policy{}, lately: map[*document]*iam.Policy{}, rails: map[*rail][][]*iam.Policy{}, lists: newLists(), whole: map[wholeKey]value.Tri{}, moves: map[moveKey][]move{}, made: map[makesKey]grant{}, combos: map[comboKey]uint32{}, news: map[newFormKey]*subjectForm{}}
}

// bitsOf folds the numbers of the patterns that match into one number: a set
// of bits, or the number of the list where there are many.
func (j *judge) bitsOf(ordinals []uint32, of int) uint64 {
	if of > 64 {
		slices.Sort(ordinals)
		return uint64(j.lists.id(ordinals))
	}
	var out uint64
	for _, o := range ordinals {
		out |= 1 << o
	}
	return out
}

// A pair is one question to the judge.
type pair struct {
	c       *class
	x       *caller
	caller  *account
	member  *member
	s       *subject
	owner   *account
	mention *mention
	doc     *document // of the resource
	bits    uint64
	newborn bool // the caller is yet to be made: its name and tags are free
	allow   mask // capabilities that a statement of the caller may allow
}

func (j *judge) judge(p *pair) grant {
	f := p.s.form
	if p.allow |= f.may; p.allow == 0 {
		return grant{}
	}
	v := p.x.view
	key := judgeKey{combo: p.x.combo, subject: f.base, bits: p.bits, caller: -1, owner: -1, personal: -1, same: p.caller == p.owner}
	if v.resourceTags || f.byTag {
		key.tagged = f.tagged
	}
	if len(f.callerTags) > 0 {
		key.tags = j.lists.id(j.ix.tagsOf(p.c.tags, f.callerTags))
	}
	if p.c.personal && f.traits.personal {
		key.personal = p.c.number
	}
	key.outside = j.outside(p.c, f.rcp)
	if p.mention != nil && len(p.c.names) > 0 && len(p.mention.names) > 0 {
		var room [16]uint32
		list := room[:0]
		for i, n := range p.mention.names {
			if _, ok := slices.BinarySearch(p.c.names, n); ok {
				list = append(list, uint32(i))
			}
		}
		key.names = j.bitsOf(list, len(p.mention.names))
	}
	if (f.traits.account || v.account) && (!key.same || v.account || f.paths()) {
		key.caller, key.owner = p.caller.number, p.owner.number
	}
	if p.mention != nil && !key.same {
		key.account = int32(slices.Index(p.named(), p.caller.id)) + 1
	}
	if out, ok := j.memo[key]; ok {
		return out
	}
	out := j.ask(p)
	j.memo[key] = out
	return out
}

// named are the accounts that the resource's document names, as principals or in
// conditions, in the order of its shape.
func (p *pair) named() []string {
	if p.doc == nil || p.doc.shape.parsed != nil {
		return p.mention.accounts
	}
	return p.doc.args
}

// outside are the names of a class that the resource's control policies tell
// apart.
func (j *judge) outside(c *class, rcp *rail) uint32 {
	if len(rcp.names) == 0 {
		return 0
	}
	return j.lists.id(both(c.names, rcp.names))
}

// paths tells whether a policy of the subject tells accounts of one owner
// apart: by their place in the organisation, or by an id that control policies
// write out.
func (f *subjectForm) paths() bool {
	return f.rcp.account || f.shape != nil && (f.shape.parsed != nil || f.shape.byPath)
}

// ask puts every capability of the subject's form to the evaluator.
func (j *judge) ask(p *pair) grant {
	policies := j.policies(p)
	r := iam.Request{Principal: principalOf(p.member), Resource: value.Lit(p.s.arn), Account: value.Lit(p.owner.id)}
	var out grant
	for i := range p.s.form.kind.capabilities {
		c := &p.s.form.kind.capabilities[i]
		if c.form != p.s.form.form || p.allow&(1<<i) == 0 {
			continue
		}
		trusted := value.Yes
		if c.service != "" { // few trust a service, and what a role trusts is quick to ask
			if trusted = j.trusts(p, c.service); trusted == value.No {
				continue
			}
		}
		r.Context = j.context(p, c)
		t := value.No
		for _, action := range c.actions {
			if t = t.Or(j.decide(p, &r, policies, action)); t == value.Yes {
				break
			}
		}
		out = out.with(i, t.And(trusted))
	}
	return out
}

func (j *judge) decide(p *pair, r *iam.Request, policies *iam.Policies, action string) value.Tri {
	j.asked++
	r.Action = action
	use := *policies
	if p.s.form.kind.name == roleType && !strings.HasPrefix(action, "sts:") {
		use.Resource, use.ResourceOpen = nil, false // a trust policy speaks of taking the role on
	}
	t := iam.Decide(r, &use).Allows()
	if t == value.Yes && p.s.form.bounded && strings.HasPrefix(action, "iam:") && !givesBoundary(action) {
		other := *r
		other.Context = r.Context.Clone()
		other.Context.Set("iam:PermissionsBoundary", someBoundary)
		if iam.Decide(&other, &use).Allows() != value.Yes {
			return value.Unknown // which boundary the target has is not known
		}
	}
	return t
}

// trusts tells whether a role may be taken on by a service.
func (j *judge) trusts(p *pair, service string) value.Tri {
	r := iam.AssumeRequest(iam.Service(service), value.Lit(p.s.self))
	r.Account = value.Lit(p.owner.id)
	t := iam.Decide(&r, &iam.Policies{Resource: j.resourcePolicy(p), ResourceOpen: p.s.form.open}).Allows()
	return t
}

func principalOf(m *member) iam.Principal {
	if m.user {
		return iam.User(value.Lit(m.arn))
	}
	return iam.Role(value.Lit(m.arn))
}

func (j *judge) policies(p *pair) *iam.Policies {
	out := &iam.Policies{IdentityOpen: p.member.open, Management: p.caller.management, ResourceOpen: p.s.form.open || p.s.form.traits.broken}
	for _, d := range j.ix.documentsOf(p.member.docs) {
		out.Identity = append(out.Identity, j.compile(d))
		out.IdentityOpen = out.IdentityOpen || d.shape.broken
	}
	if p.member.boundary != nil {
		out.Boundary = j.compile(p.member.boundary)
	}
	out.SCP, out.RCP = j.rail(p.caller.scp), j.rail(p.owner.rcp)
	out.Resource = j.resourcePolicy(p)
	return out
}

func (j *judge) resourcePolicy(p *pair) *iam.Policy {
	if p.doc == nil {
		return nil
	}
	if j.doc != p.doc || j.self != p.s.self {
		j.doc, j.self, j.policy = p.doc, p.s.self, p.doc.compile(p.s.self, p.owner.id)
	}
	return j.policy
}

func (j *judge) compile(d *document) *iam.Policy {
	p, ok := j.compiled[d]
	if !ok {
		if p, ok = j.lately[d]; ok {
			return p
		}
		p = d.compile("", "")
		if d.shape.parsed != nil || len(d.args) == 0 {
			j.compiled[d] = p // many share it
			return p
		}
		if len(j.lately) > keepCompiled {
			clear(j.lately)
		}
		j.lately[d] = p
	}
	return p
}

// Documents that one principal has are compiled again rather than kept, and so
// are views of classes.
const (
	keepCompiled = 500
	keepCallers  = 50_000
)

func (j *judge) rail(r *rail) [][]*iam.Policy {
	out, ok := j.rails[r]
	if !ok {
		for _, l := range r.levels {
			var level []*iam.Policy
			for _, d := range l {
				level = append(level, j.compile(d))
			}
			out = append(out, level)
		}
		j.rails[r] = out
	}
	return out
}

// context is what is known of a request: who calls, and that the caller writes
// what it likes.
func (j *judge) context(p *pair, c *capability) iam.Context {
	ix := j.ix
	ctx := iam.Context{Chosen: true}
	ctx.Set("aws:ViaAWSService", "false")
	ctx.Absent("aws:CalledVia")
	if ix.id != "" {
		ctx.Set("aws:PrincipalOrgID", ix.id)
		ctx.Set("aws:ResourceOrgID", ix.id)
	}
	if p.caller.path != "" {
		ctx.Set("aws:PrincipalOrgPaths", p.caller.path)
	}
	if p.owner.path != "" {
		ctx.Set("aws:ResourceOrgPaths", p.owner.path)
	}
	list := ix.lists.all[p.member.tags]
	for tag := range ix.tags {
		ctx.Absent("aws:PrincipalTag/" + tag)
	}
	for i := 0; i+1 < len(list); i += 2 {
		if ix.tags[ix.words.all[list[i]]] {
			ctx.Set("aws:PrincipalTag/"+ix.words.all[list[i]], ix.words.all[list[i+1]])
		}
	}
	if p.s.form.kind.name != newType {
		for tag := range ix.resourceTags {
			ctx.Absent("aws:ResourceTag/" + tag)
		}
		for i := 0; i+1 < len(p.s.form.tags); i += 2 {
			ctx.Set("aws:ResourceTag/"+ix.words.all[p.s.form.tags[i]], ix.words.all[p.s.form.tags[i+1]])
		}
	}
	if !p.c.personal && (p.s.form.traits.personal || p.caller.scp.personal) {
		// A policy beside the principal's own tells the members of the class apart.
		if p.s.form.traits.byARN || p.caller.scp.byARN {
			ctx.Unknown("aws:PrincipalArn")
		}
		ctx.Unknown("aws:userid")
		if p.member.user {
			ctx.Unknown("aws:username") // a role has none
		}
	}
	if p.newborn {
		ctx.Unknown("aws:PrincipalArn")
		ctx.Unknown("aws:userid")
		for tag := range ix.tags {
			ctx.Unknown("aws:PrincipalTag/" + tag)
		}
	}
	if c.service != "" {
		ctx.Set("iam:PassedToService", c.service)
	}
	for _, a := range c.actions {
		if strings.HasPrefix(a, "iam:Attach") {
			ctx.Set("iam:PolicyARN", administratorAccess)
		}
		if strings.HasPrefix(a, "iam:") {
			p.s.form.setBoundary(&ctx, a)
		}
	}
	return ctx
}

// setBoundary sets the boundary that the target of an action has, or that it is
// given: none, or one that holds nothing back. What the target has is not known by
// its name: decide sees to it.
func (f *subjectForm) setBoundary(ctx *iam.Context, action string) {
	switch {
	case givesBoundary(action):
		ctx.Set("iam:PermissionsBoundary", administratorAccess)
	case !f.bounded:
		ctx.Absent("iam:PermissionsBoundary")
	}
}

func givesBoundary(action string) bool {
	return strings.HasPrefix(action, "iam:Put") && strings.HasSuffix(action, "PermissionsBoundary")
}

// someBoundary is the name of a boundary that no policy knows.
const someBoundary = "arn:aws:iam::000000000000:policy/some-boundary"

const administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"

// anyAction stands for the actions that no policy names.
const anyAction = "remit:any"

// administers tells whether a class administers an account where it has members:
// it may do everything, and no guardrail takes the ways to more rights away by
// name. identity stands in the place of the class's own policies where it is
// given.
func (j *judge) administers(c *class, caller *account, identity []*iam.Policy, unbound bool) value.Tri {
	s := subject{form: &subjectForm{kind: j.ix.kinds.of(newType), rcp: caller.rcp}, arn: "arn:aws:iam::" + caller.id + ":role/" + anything}
	m := &caller.principals[caller.cells[caller.cellAt[c.number]].members[0]]
	return j.administersBy(&pair{c: c, caller: caller, member: m, s: &s, owner: caller}, identity, unbound)
}

// newborn tells whether a principal that is made with every right administers
// the account: control policies may hold it back, whatever it is called.
func (j *judge) newborn(a *account, every []*iam.Policy) value.Tri {
	arn := "arn:aws:iam::" + a.id + ":role/" + anything
	s := subject{form: &subjectForm{kind: j.ix.kinds.of(newType), rcp: a.rcp}, arn: arn}
	return j.administersBy(&pair{c: &class{}, caller: a, member: &member{arn: arn}, s: &s, owner: a, newborn: true}, every, true)
}

func (j *judge) administersBy(p *pair, identity []*iam.Policy, unbound bool) value.Tri {
	policies := j.policies(p)
	policies.Resource, policies.RCP = nil, nil
	if identity != nil {
		policies.Identity, policies.IdentityOpen = identity, false
	}
	if unbound {
		policies.Boundary = nil
	}
	r := iam.Request{Principal: principalOf(p.member), Account: value.Lit(p.caller.id), Context: j.context(p, &capability{})}
	out := value.Yes
	for _, action := range []string{anyAction, "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole", "iam:PutUserPolicy"} {
		r.Action, r.Resource = action, value.Fresh("any resource")
		if out = out.And(iam.Decide(&r, policies).Allows()); out == value.No {
			break
		}
	}
	return out
}
