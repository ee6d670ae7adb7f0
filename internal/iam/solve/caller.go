package solve

import (
	"fmt"
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
	stranger  bool       // of an account that no policy names
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
	c := crowd{seen: map[string]bool{}, accounts: map[string]bool{}}
	if s, ok := owner.Known(); ok {
		c.accounts[s] = true
	}
	c.add(iam.Anonymous(), false)
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
	if owner.IsEmpty() {
		owner = value.Lit(c.unnamed(ownerAccount))
	}
	stranger := c.unnamed(otherAccount)
	c.add(someSession(stranger), true)
	c.add(someUser(stranger), true)
	for i := range c.list {
		x := &c.list[i]
		account, _ := x.principal.Account.Known()
		x.owner, x.stranger = owner, account == stranger
		x.trusted = x.principal.Account.Equal(owner) != value.Yes
	}
	return c.list
}

// unnamed is an account that no policy names, and names it.
func (c *crowd) unnamed(account string) string {
	for n := 0; c.accounts[account]; n++ {
		account = fmt.Sprintf("%012d", n)
	}
	c.accounts[account] = true
	return account
}

type crowd struct {
	list     []caller
	seen     map[string]bool
	accounts map[string]bool // that policies name
}

func (c *crowd) add(p iam.Principal, any bool) {
	key := p.Kind.String() + " " + p.ARN.String() + " " + p.Service + p.Provider.String()
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	if s, ok := p.Account.Known(); ok && s != "" {
		c.accounts[s] = true
	}
	c.list = append(c.list, caller{principal: p, any: any})
}

func (c *crowd) named(p *policy.Principal) {
	if p == nil {
		return
	}
	for _, e := range p.Entries {
		for _, it := range e.Values.Items {
			s, ok := it.Text.Known()
			switch {
			case s == "*" && ok:
				continue
			case !ok:
				if e.Type == "AWS" {
					c.open(it.Text)
				} else if e.Type == "Federated" {
					c.add(iam.Federated(it.Text), false)
				}
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

// open adds those whom a text with holes names. One that shows no ARN the
// evaluator leaves open to everybody.
func (c *crowd) open(t value.Text) {
	account := t
	switch parts := t.Split(':', 6); {
	case len(parts) == 6:
		account = parts[4]
		switch {
		case parts[5].HasPrefix("role/") == value.Yes:
			c.add(iam.Role(t), false)
			return
		case parts[5].HasPrefix("user/") == value.Yes:
			c.add(iam.User(t), false)
			return
		case parts[5].Equal(value.Lit("root")) != value.Yes:
			return
		}
	case t.String() != "${AWS::AccountId}":
		return
	}
	c.add(iam.User(value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":user/someone"))), true)
	c.add(iam.Role(value.Concat(value.Lit("arn:aws:iam::"), account, value.Lit(":role/some-role"))), true)
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
