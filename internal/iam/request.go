package iam

import (
	"slices"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/value"
)

// A Request is one call of one action on one resource.
type Request struct {
	Principal Principal
	Action    string     // "s3:GetObject"
	Resource  value.Text // ARN; "*" for actions without resource level
	// Account owns the resource. Empty: the account in the resource's ARN, or,
	// where that has none (S3), the caller's own.
	Account value.Text
	Context Context
}

// owner is the account that owns the resource.
func (r *Request) owner() value.Text {
	if !r.Account.IsEmpty() {
		return r.Account
	}
	if a := accountOf(r.Resource); !a.IsEmpty() {
		return a
	}
	return r.Principal.Account
}

// sameAccount tells whether caller and resource are of one account.
func (r *Request) sameAccount() value.Tri {
	switch {
	case r.Principal.Account.IsEmpty():
		return value.No
	case r.Account.IsEmpty() && r.Resource.IsKnown():
		// The usual case, without a copy of the account.
		arn, _ := r.Resource.Known()
		owner := accountPart(arn)
		if mine, ok := r.Principal.Account.Known(); owner == "" || ok {
			return value.Of(owner == "" || owner == mine)
		}
	}
	if mine := r.Principal.Account.Parts(); r.Account.IsEmpty() && len(mine) == 1 {
		if hole, ok := accountHole(r.Resource); ok && *hole == mine[0] {
			return value.Yes
		}
	}
	return r.Principal.Account.Equal(r.owner())
}

// A Context is the request context: condition keys and their values.
type Context struct {
	keys []contextKey
	// Closed says that keys which are not listed, and which do not follow from
	// the caller, are absent. Otherwise they are unknown.
	Closed bool
	// Chosen says that keys which are not listed, and which the caller writes
	// (CallerWrites), have whatever value lets the request through: the answer
	// is then what the caller can reach. Result.Chosen names those that matter.
	// Two conditions on one key are not weighed against each other.
	Chosen bool
}

type contextKey struct {
	name   string // lower case
	has    value.Tri
	values []value.Text
	since  time.Time // the key is a time, this one or later
}

// Clone is a copy that can be changed without changing c.
func (c Context) Clone() Context {
	c.keys = slices.Clone(c.keys)
	return c
}

func (c *Context) put(k contextKey) {
	for i := range c.keys {
		if c.keys[i].name == k.name {
			c.keys[i] = k
			return
		}
	}
	c.keys = append(c.keys, k)
}

// Set gives a key its value, or the values of a key that has several. No
// values: the key is there and empty.
func (c *Context) Set(key string, values ...string) {
	texts := make([]value.Text, len(values))
	for i, v := range values {
		texts[i] = value.Lit(v)
	}
	c.SetText(key, texts...)
}

// SetText is Set with values that may have holes.
func (c *Context) SetText(key string, values ...value.Text) {
	c.put(contextKey{name: strings.ToLower(key), has: value.Yes, values: values})
}

// Absent says that the request does not carry the key.
func (c *Context) Absent(key string) { c.put(contextKey{name: strings.ToLower(key), has: value.No}) }

// Since says that the key, where it is there, is a time, and not before t: that
// of requests which are still to be made.
func (c *Context) Since(key string, t time.Time, there value.Tri) {
	c.put(contextKey{name: strings.ToLower(key), has: there, since: t})
}

// Unknown says that nothing is known of the key, whatever Closed says.
func (c *Context) Unknown(key string) { c.put(contextKey{name: strings.ToLower(key)}) }

// found is what is known of one key: whether it is there, and its values.
type found struct {
	has  value.Tri
	one  value.Text
	many []value.Text // instead of one, where the context lists them
	open bool         // there, but its values are not known
	// since is the earliest that a time can be whose value is not known.
	since time.Time
}

func (f *found) len() int {
	if f.many != nil {
		return len(f.many)
	}
	return 1
}

func (f *found) at(i int) value.Text {
	if f.many != nil {
		return f.many[i]
	}
	return f.one
}

// listed returns what the context says of the key.
func (c *Context) listed(key string) (*contextKey, bool) {
	for i := range c.keys {
		if c.keys[i].name == key {
			return &c.keys[i], true
		}
	}
	return nil, false
}

// lookup finds a key (lower case) in the context, or derives it from the
// caller and the resource.
func (r *Request) lookup(key string) found {
	if k, ok := r.Context.listed(key); ok {
		switch {
		case !k.since.IsZero() && k.has != value.No:
			return found{has: k.has, one: value.Hole(key), open: true, since: k.since}
		case k.has != value.Yes:
			return found{has: k.has}
		case len(k.values) == 1:
			return found{has: value.Yes, one: k.values[0]}
		case k.values == nil:
			return found{has: value.Yes, many: []value.Text{}}
		}
		return found{has: value.Yes, many: k.values}
	}
	if f, ok := r.derive(key); ok {
		return f
	}
	if r.Context.Closed {
		return found{has: value.No}
	}
	return found{}
}

// Knows tells whether it is known if the request carries a condition key: by
// the context, or because it follows from the caller.
func (r *Request) Knows(key string) bool { return r.lookup(strings.ToLower(key)).has != value.Unknown }

// chooses tells whether the caller gives the key the value that it likes: who
// has an account of its own also tags its own identities.
func (r *Request) chooses(key string) bool {
	return r.Context.Chosen && (CallerWrites(key) || strings.HasPrefix(key, "aws:principaltag/") && isFresh(r.Principal.Account))
}

func text(t value.Text) (found, bool) { return found{has: value.Yes, one: t}, true }

func lit(s string) (found, bool) { return text(value.Lit(s)) }

var absent = found{has: value.No}

// derive knows the keys that AWS itself fills from who calls. A key that it
// does not decide is left to the context.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (r *Request) derive(key string) (found, bool) {
	if key == "s3:resourceaccount" {
		key = "aws:resourceaccount"
	}
	if !strings.HasPrefix(key, "aws:") {
		return found{}, false
	}
	p := &r.Principal
	signed := p.Kind != AnonymousKind && p.Kind != FederatedKind
	identity := signed && p.Kind != ServiceKind
	switch key[len("aws:"):] {
	case "principalarn":
		switch {
		case p.Kind == SessionKind && !p.Role.IsEmpty():
			return text(p.Role)
		case identity:
			return text(p.ARN)
		}
		return absent, true
	case "principalaccount":
		if identity {
			return text(p.Account)
		}
		return absent, true
	case "principaltype":
		return r.principalType()
	case "username":
		if p.Kind == UserKind {
			return text(p.Name)
		}
		return absent, true
	case "principalservicename", "principalservicenameslist":
		if p.Kind == ServiceKind {
			return lit(p.Service)
		}
		return absent, true
	case "principalisawsservice":
		switch {
		case p.Kind == ServiceKind:
			return lit("true")
		case signed:
			return lit("false")
		}
		return absent, true
	case "sourcearn", "sourceaccount", "sourceorgid", "sourceorgpaths", "sourceowner":
		// Only calls that a service makes for a resource carry these.
		if p.Kind != ServiceKind {
			return absent, true
		}
	case "userid":
		if !signed {
			return absent, true
		}
	case "principalorgid", "principalorgpaths", "multifactorauthpresent", "multifactorauthage":
		if !identity {
			return absent, true
		}
	case "resourceaccount":
		if o := r.owner(); !o.IsEmpty() {
			return text(o)
		}
	case "sourceip":
		// A request through a VPC endpoint carries aws:VpcSourceIp instead.
		if r.carries("aws:sourcevpce") || r.carries("aws:sourcevpc") {
			return absent, true
		}
	case "sourcevpce", "sourcevpc", "vpcsourceip":
		if r.carries("aws:sourceip") {
			return absent, true
		}
	default:
		if strings.HasPrefix(key, "aws:principaltag/") && !identity {
			return absent, true
		}
	}
	return found{}, false
}

func (r *Request) carries(key string) bool {
	k, ok := r.Context.listed(key)
	return ok && k.has == value.Yes
}

func (r *Request) principalType() (found, bool) {
	switch r.Principal.Kind {
	case AnonymousKind:
		return lit("Anonymous")
	case RootKind:
		return lit("Account")
	case UserKind:
		return lit("User")
	case RoleKind, SessionKind:
		if strings.Contains(r.Principal.ARN.String(), ":federated-user/") {
			return lit("FederatedUser")
		}
		return lit("AssumedRole")
	}
	return found{}, false
}
