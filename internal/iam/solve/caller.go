package solve

import (
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/value"
)

// A caller is one case of who calls: a principal that stands for all that the
// policies cannot tell from it.
type caller struct {
	principal iam.Principal
	owner     value.Text // of the resources
	any       bool       // its names are not given: they are as the conditions want them
	trusted   bool       // its own policies allow everything
}

// The accounts of callers and owners that the question leaves open.
const (
	someAccount  = "123456789012"
	ownerAccount = "210987654321"
	otherAccount = "999999999999"
)

func someUser(account string) iam.Principal {
	return iam.User(value.Lit("arn:aws:iam::" + account + ":user/someone"))
}

func someSession(account string) iam.Principal {
	return iam.Session(value.Lit("arn:aws:sts::"+account+":assumed-role/some-role/session"), value.Lit("arn:aws:iam::"+account+":role/some-role"))
}

// callers are the cases of a question over some accesses.
func callers(o *Options, sides ...*Access) []caller {
	if o.Principal != nil {
		c := caller{principal: *o.Principal, owner: o.Owner, trusted: o.Unlimited}
		if c.owner.IsEmpty() {
			c.owner = o.Principal.Account
		}
		return []caller{c}
	}
	named, resource := false, false
	kinds := false
	for _, s := range sides {
		p := &s.policies
		named = named || len(p.Identity) > 0 || p.IdentityOpen || p.Boundary != nil || len(p.Session) > 0
		resource = resource || p.Resource != nil || p.ResourceOpen
		for _, k := range []string{"aws:username", "aws:principaltype", "aws:principalarn"} {
			kinds = kinds || s.keys[k]
		}
		kinds = kinds || len(p.RCP) > 0 || len(p.Endpoint) > 0
	}
	if resource && !named {
		return outsiders(o, sides)
	}
	owner := o.Owner
	if owner.IsEmpty() {
		owner = value.Lit(someAccount)
	}
	out := []caller{{principal: someSession(someAccount), owner: owner, any: true}}
	if kinds {
		out = append(out, caller{principal: someUser(someAccount), owner: owner, any: true})
	}
	return out
}

// outsiders are the callers that resource policies can tell apart: those they
// name, and one of each class that they do not.
func outsiders(o *Options, sides []*Access) []caller {
	owner := o.Owner
	if owner.IsEmpty() {
		owner = value.Lit(ownerAccount)
	}
	c := crowd{owner: owner, seen: map[string]bool{}}
	c.add(iam.Anonymous(), false)
	c.add(someSession(otherAccount), true)
	c.add(someUser(otherAccount), true)
	c.add(iam.Service("other-service.amazonaws.com"), false)
	for _, s := range sides {
		s.each(func(_ iam.Source, p *iam.Policy) {
			for i := range p.Document.Statements {
				st := &p.Document.Statements[i]
				c.named(st.Principal)
				c.named(st.NotPrincipal)
			}
		})
	}
	return c.list
}

type crowd struct {
	owner value.Text
	list  []caller
	seen  map[string]bool
}

func (c *crowd) add(p iam.Principal, any bool) {
	key := p.Kind.String() + " " + p.ARN.String() + " " + p.Service + p.Provider.String()
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	own := p.Account.Equal(c.owner) == value.Yes
	c.list = append(c.list, caller{principal: p, owner: c.owner, any: any, trusted: !own})
}

func (c *crowd) named(p *policy.Principal) {
	if p == nil {
		return
	}
	for _, e := range p.Entries {
		for _, it := range e.Values.Items {
			s, ok := it.Text.Known()
			if !ok || s == "*" {
				continue
			}
			switch e.Type {
			case "Service":
				c.add(iam.Service(s), false)
			case "Federated":
				c.add(iam.Federated(it.Text), false)
			case "AWS":
				c.arn(s)
			}
		}
	}
}

func (c *crowd) arn(s string) {
	p := iam.ParsePrincipal(s)
	switch p.Kind {
	case iam.RootKind:
		account, _ := p.Account.Known()
		c.add(p, false)
		c.add(someSession(account), true)
		c.add(someUser(account), true)
	case iam.RoleKind:
		account, _ := p.Account.Known()
		name := s[strings.LastIndexByte(s, '/')+1:]
		c.add(iam.Session(value.Lit("arn:aws:sts::"+account+":assumed-role/"+name+"/session"), value.Lit(s)), false)
	case iam.UserKind, iam.SessionKind:
		c.add(p, false)
	}
}
