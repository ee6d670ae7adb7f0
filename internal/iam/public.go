package iam

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// Who is a class of callers from outside that a resource policy lets in.
type Who uint8

// The classes, the widest first.
const (
	Anyone         Who = iota // without credentials
	AnyAccount                // with credentials of any AWS account
	AnyFederated              // any identity of a provider that many share
	AnyService                // a service on behalf of anybody's resource: a confused deputy
	ForeignAccount            // one account that is named
)

func (w Who) String() string {
	return [...]string{"anyone", "any AWS account", "any identity of the provider", "a service on anybody's behalf", "another account"}[w]
}

// An Exposure is one statement that lets callers from outside in, whom it lets
// in, and what they may do.
type Exposure struct {
	Who       Who
	Statement *policy.Statement
	// Principal is what lets them in: an entry of the statement's principal.
	Principal policy.Item
	// Account is the named account; Service the deputy; Provider the provider.
	Account  value.Text
	Service  string
	Provider value.Text
	// Actions are those of the statement that they may do.
	Actions []string
	// Holds is Yes, or Unknown where something unresolved decides.
	Holds value.Tri
	// Hinges are the condition keys that decide where Holds is Unknown; Open
	// the elements that are not resolved.
	Hinges, Open []string
	// Chosen are condition keys that the caller must set, and can.
	Chosen []string
}

// Public tells whom a resource policy lets in from outside the account that
// owns the resource: for each Allow statement, with every Deny respected, each
// class of callers once. The caller is taken to set whatever condition keys a
// caller can set; where it comes from (network, organisation, account, the
// resource on whose behalf a service calls) it cannot choose, which gives the
// list of keys that S3 trusts.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
//
// S3's Block Public Access overrides the answer and is the caller's to apply.
// Conditions on one key in two statements are not weighed against each other:
// the answer may be too wide, never too narrow.
//
// kind is the CloudFormation type of the resource ("AWS::S3::Bucket"), or of a
// role for its trust policy; owner the account that owns it.
func Public(p *Policy, kind string, owner value.Text) []Exposure {
	if p == nil {
		return nil
	}
	var denies []statement
	for i := range p.statements {
		if p.statements[i].deny != value.No {
			denies = append(denies, p.statements[i])
		}
	}
	var out []Exposure
	each := 1 // what one question looks at besides the statement
	for i := range denies {
		each += 1 + len(denies[i].principal.entries)
	}
	left := maxAsked
	for i := range p.statements {
		st := &p.statements[i]
		if st.allow == value.No {
			continue
		}
		x := outside{owner: owner, st: st, service: serviceOfType(kind), denies: denies, each: each, left: &left}
		x.policy = &Policy{Document: p.Document, statements: append([]statement{*st}, denies...)}
		x.policies = Policies{Identity: []*Policy{allowAll()}, Resource: x.policy}
		out = append(out, x.classes()...)
	}
	return out
}

// allowAll is what callers from outside are allowed by their own account.
func allowAll() *Policy {
	return &Policy{statements: []statement{{
		allow: value.Yes, deny: value.No, actions: actionSet{all: value.Yes}, src: &policy.Statement{},
		resources: []resourcePattern{{template: compileTemplate(value.Lit("*"), value.No, true)}},
	}}}
}

// maxAsked bounds what the questions about one policy look at; whom it lets in
// besides is not known.
const maxAsked = 5_000_000

type outside struct {
	denies   []statement
	each     int
	left     *int
	service  string
	owner    value.Text
	st       *statement
	policy   *Policy
	policies Policies
}

func (x *outside) classes() []Exposure {
	var out []Exposure
	add := func(e Exposure, caller Principal) {
		if x.ask(&e, caller) {
			out = append(out, e)
		}
	}
	if x.st.open {
		return []Exposure{{Who: Anyone, Statement: x.st.src, Holds: value.Unknown, Open: []string{"Statement"}}}
	}
	set := &x.st.principal
	if !set.written {
		return nil
	}
	if set.not || set.any || set.open || slices.ContainsFunc(set.entries, principalEntry.mayBeAnyone) {
		add(Exposure{Who: Anyone, Principal: x.anyItem()}, Anonymous())
		wide := Exposure{}
		if len(out) > 0 {
			wide = out[0]
		}
		account := Exposure{Who: AnyAccount, Principal: x.anyItem()}
		if x.ask(&account, Stranger()) && (account.Holds != wide.Holds || len(account.Actions) > len(wide.Actions)) {
			out = append(out, account)
		}
		for _, name := range x.st.sources() {
			add(Exposure{Who: AnyService, Service: name, Principal: x.anyItem()}, Service(name))
		}
	}
	if set.not {
		return out
	}
	many := len(set.entries) > 100
	for i, it := range principalItems(x.st.src.Principal) {
		e := &set.entries[i]
		if *x.left -= x.each; *x.left < 0 {
			return append(out, Exposure{Who: ForeignAccount, Statement: x.st.src, Principal: it, Account: value.Hole("one of many that are not asked about"), Holds: value.Unknown, Open: []string{"Principal"}})
		}
		if many { // ask about this one alone
			st := *x.st
			st.principal.entries = set.entries[i : i+1]
			x.policy.statements[0] = st
		}
		switch e.kind {
		case serviceEntry:
			if x.service == "sts" {
				// A service takes on a role only where somebody of the role's own
				// account passed it.
				// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
				continue
			}
			name := e.text.String()
			add(Exposure{Who: AnyService, Service: name, Principal: it}, Service(name))
		case federatedEntry:
			add(Exposure{Who: AnyFederated, Provider: e.text, Principal: it}, Federated(e.text))
		case accountEntry:
			add(Exposure{Who: ForeignAccount, Account: e.text, Principal: it}, Root(e.text))
		case userEntry:
			add(Exposure{Who: ForeignAccount, Account: accountOf(e.text), Principal: it}, User(e.text))
		case roleEntry:
			add(Exposure{Who: ForeignAccount, Account: accountOf(e.text), Principal: it}, Role(e.text))
		case sessionEntry:
			add(Exposure{Who: ForeignAccount, Account: accountOf(e.text), Principal: it}, Session(e.text, value.Text{}))
		case canonicalEntry:
			// Only AWS knows for which account the id stands.
			account := value.Hole("the account of the canonical user " + e.text.String())
			add(Exposure{Who: ForeignAccount, Account: account, Principal: it}, Root(account))
		case opaqueEntry:
			// An ARN of which it is not known whether it is a role's or a user's.
			if !e.text.IsKnown() && !e.named && !e.mayBeAnyone() {
				add(Exposure{Who: ForeignAccount, Account: accountOf(e.text), Principal: it}, Role(e.text))
			}
		}
	}
	return out
}

// sources are the services whose resources a condition on aws:SourceArn names:
// they come in where everybody may, if they come for such a resource.
func (st *statement) sources() []string {
	var out []string
	for i := range st.src.Condition {
		c := &st.src.Condition[i]
		if !strings.EqualFold(c.Key, "aws:SourceArn") {
			continue
		}
		for _, it := range c.Values.Items {
			parts := it.Text.Split(':', 6)
			if len(parts) < 3 {
				continue
			}
			service, ok := parts[2].Known()
			if name := service + ".amazonaws.com"; ok && catalogue.KnownService(service) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// mayBeAnyone tells whether an entry is "*", or may turn out to be. What a
// resource of the sources is called is no star, nor is an ARN of which parts are
// not known.
func (e principalEntry) mayBeAnyone() bool {
	return e.kind == anyEntry || e.kind == opaqueEntry && !e.text.IsKnown() && !e.named && e.text.Equal(value.Lit("*")) != value.No
}

// Stranger is somebody with an account of their own.
func Stranger() Principal {
	account := value.Fresh("a stranger's account")
	p := Root(account)
	p.ARN = value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":"), value.Hole(Any))
	return p
}

// principalItems are the items of a principal in the order of its compiled
// entries.
func principalItems(p *policy.Principal) []policy.Item {
	var out []policy.Item
	if p != nil {
		for _, e := range p.Entries {
			out = append(out, e.Values.Items...)
		}
	}
	return out
}

func (x *outside) anyItem() policy.Item {
	p := x.st.src.Principal
	if p == nil {
		p = x.st.src.NotPrincipal
	}
	for _, it := range principalItems(p) {
		if it.Text.String() == "*" {
			return it
		}
	}
	return policy.Item{Text: value.Lit("*"), Kind: value.String, Span: p.Span}
}

func (x *outside) actions() []policy.Item {
	if x.st.notAction {
		return x.st.src.NotAction.Items
	}
	return x.st.src.Action.Items
}

// ask evaluates the statement for one caller and fills the exposure; false
// where the caller is not let in.
func (x *outside) ask(e *Exposure, caller Principal) bool {
	e.Statement, e.Holds = x.st.src, value.No
	if e.Who == ForeignAccount {
		if known, ok := e.Account.Known(); ok && !isAccount(known) {
			return false // AWS's own, such as CloudFront's origin access identities
		}
		if own := e.Account.Equal(x.owner); own == value.Yes {
			return false
		} else if own == value.Unknown {
			e.Open = []string{"Account"}
		}
	}
	for _, it := range x.actions() {
		t := value.No
		for _, action := range x.sample(it.Text) {
			if caller.Kind == AnonymousKind && !TakesAnonymous(x.meant(action)) {
				continue
			}
			for _, res := range x.resources() {
				t = t.Or(x.one(e, caller, action, res))
			}
			if t == value.Yes {
				break
			}
		}
		if t == value.No {
			continue
		}
		name := it.Text.String()
		if x.st.notAction {
			name = "*"
		}
		if !slices.Contains(e.Actions, name) {
			e.Actions = append(e.Actions, name)
		}
		e.Holds = e.Holds.Or(t)
	}
	if e.Holds == value.Yes && len(e.Open) > 0 && e.Who == ForeignAccount && slices.Contains(e.Open, "Account") {
		e.Holds = value.Unknown
	}
	slices.Sort(e.Hinges)
	slices.Sort(e.Chosen)
	return e.Holds != value.No
}

// meant is the action, or any of the resource's service for any at all.
func (x *outside) meant(action string) string {
	if action == anyAction {
		return x.service + ":" + anyName
	}
	return action
}

func (x *outside) one(e *Exposure, caller Principal, action string, res value.Text) value.Tri {
	t := x.from(e, caller, action, res, Outside(&caller))
	if t != value.Yes && caller.Kind != ServiceKind && x.asksForNetwork() {
		t = t.Or(x.from(e, caller, action, res, Outside(&caller).Network()))
	}
	return t
}

func (x *outside) from(e *Exposure, caller Principal, action string, res value.Text, context Context) value.Tri {
	r := Request{Principal: caller, Action: action, Resource: res, Account: x.owner}
	r.Context = context
	var buffer [actionRoom]byte
	low := lowerAction(action, &buffer)
	ev := evaluation{request: &r, policies: &x.policies, trace: &trace{}}
	d := ev.run(&low)
	t := d.Allows()
	if t != value.No {
		union(&e.Chosen, slices.Sorted(maps.Keys(ev.trace.chosen)))
	}
	if t == value.Unknown {
		for _, m := range ev.trace.result(d, nil).Statements {
			if m.Source == FromResource {
				union(&e.Hinges, m.Hinges)
				union(&e.Open, m.Open)
			}
		}
	}
	return t
}

func union(into *[]string, more []string) {
	for _, s := range more {
		if !slices.Contains(*into, s) {
			*into = append(*into, s)
		}
	}
}
