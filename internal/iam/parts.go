package iam

import (
	"net/netip"
	"strings"
	"time"

	"github.com/remit-security/remit/internal/value"
)

// What the questions about sets of requests (package solve) need of a compiled
// policy and of a request, so that the rules stand in one place.

// Reach tells how the principal of the statement with the number covers the
// caller: by itself, by its role, or by its account, which then has its own
// policies decide. A statement without a principal reaches nobody. bounded
// says that the caller has a permissions boundary.
func (p *Policy) Reach(statement int, caller Principal, bounded bool) (direct, role, account value.Tri) {
	st := &p.statements[statement]
	r := Request{Principal: caller}
	out := st.principal.match(&r, bounded && st.deny != value.No, st.deny)
	return out.direct, out.role, out.account
}

// HasPrincipal tells whether the statement names principals at all.
func (p *Policy) HasPrincipal(statement int) bool { return p.statements[statement].principal.written }

// Lookup is what the request says of a condition key: whether it is there, and
// its values. What follows from the caller counts as said.
func (r *Request) Lookup(key string) (has value.Tri, values []value.Text) {
	f := r.lookup(key)
	if f.has != value.Yes || f.open {
		return f.has, nil
	}
	for i := range f.len() {
		values = append(values, f.at(i))
	}
	return value.Yes, values
}

// ServiceLinked tells whether the caller is a service-linked role, which the
// policies of an organisation do not bind.
func (p *Principal) ServiceLinked() bool { return p.serviceLinked() }

// UnderRCP tells whether resource control policies apply to a service; to one
// that the catalogue does not know they may.
func UnderRCP(service string) bool { return underRCP(service) }

// ResourceItem is the text that an item under Resource stands for, and whether
// AWS takes it for a resource at all.
func ResourceItem(t value.Text) (value.Text, bool) {
	long := longAPI(t)
	return long, !isBroken(long)
}

// The values of conditions, read as the operators read them.

// ReadNumber reads the value of a numeric condition.
func ReadNumber(s string) (float64, bool) { return parseNumber(s) }

// ReadDate reads the value of a date condition.
func ReadDate(s string) (time.Time, bool) { return parseDate(s) }

// ReadBlock reads the value of an address condition.
func ReadBlock(s string) (netip.Prefix, bool) { return parseBlock(s) }

// ReadBool reads the value of Bool and Null.
func ReadBool(s string) (bool, bool) { return parseBool(s) }

// Lists tells whether the context itself says something of the key.
func (c *Context) Lists(key string) bool {
	_, ok := c.listed(strings.ToLower(key))
	return ok
}
