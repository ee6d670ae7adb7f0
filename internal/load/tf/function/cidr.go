package function

import (
	"math/big"
	"net/netip"
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// prefix reads an address range as Terraform does, which accepts leading
// zeros; its host bits are cleared.
func (c *call) prefix(i int) (p netip.Prefix, known bool, bad *value.Value) {
	s, ok, bad := c.known(i)
	if bad != nil || !ok {
		return p, false, bad
	}
	p, err := netip.ParsePrefix(unpadded(s))
	if err != nil {
		return p, false, c.wrong("%.60q is no CIDR range", s)
	}
	return p.Masked(), true, nil
}

func unpadded(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	parts := strings.Split(s, ".")
	for i, p := range parts {
		for len(p) > 1 && p[0] == '0' && p[1] >= '0' && p[1] <= '9' {
			p = p[1:]
		}
		parts[i] = p
	}
	return strings.Join(parts, ".")
}

// big is a whole number of any size.
func (c *call) big(i int) (*big.Int, bool, *value.Value) {
	s, ok, bad := c.known(i)
	if bad != nil || !ok {
		return nil, false, bad
	}
	if n, ok := new(big.Int).SetString(s, 10); ok && len(s) < 50 {
		return n, true, nil
	}
	return nil, false, c.wrong("argument %d must be a whole number, not %.60q", i+1, s)
}

// plus adds a number to an address; false where it overflows.
func plus(a netip.Addr, n *big.Int) (netip.Addr, bool) {
	sum := new(big.Int).SetBytes(a.AsSlice())
	sum.Add(sum, n)
	if sum.Sign() < 0 || sum.BitLen() > a.BitLen() {
		return a, false
	}
	return netip.AddrFromSlice(sum.FillBytes(make([]byte, a.BitLen()/8)))
}

func (c *call) cidrhost() *value.Value {
	p, ok, bad := c.prefix(0)
	if bad != nil {
		return bad
	}
	n, ok2, bad := c.big(1)
	if bad != nil {
		return bad
	}
	if !ok || !ok2 {
		return c.hole()
	}
	hosts := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	at := n
	if n.Sign() < 0 {
		at = new(big.Int).Add(hosts, n)
	}
	if at.Sign() < 0 || at.Cmp(hosts) >= 0 {
		return c.wrong("%s has no host number %s", p, n)
	}
	a, _ := plus(p.Addr(), at)
	return c.text(value.Lit(a.String()))
}

func (c *call) cidrnetmask() *value.Value {
	p, ok, bad := c.prefix(0)
	if bad != nil {
		return bad
	}
	if !ok {
		return c.hole()
	}
	if !p.Addr().Is4() {
		return c.wrong("%s is no IPv4 range; only those have a netmask", p)
	}
	mask := ^uint32(0)
	mask <<= 32 - p.Bits()
	return c.text(value.Lit(netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String()))
}

// subnet is the range of a number among those that more bits make.
func subnet(p netip.Prefix, more int, n *big.Int) (netip.Prefix, bool) {
	bits := p.Bits() + more
	if more < 0 || bits > p.Addr().BitLen() || n.Sign() < 0 || n.BitLen() > more {
		return p, false
	}
	a, ok := plus(p.Addr(), new(big.Int).Lsh(n, uint(p.Addr().BitLen()-bits)))
	return netip.PrefixFrom(a, bits), ok
}

func (c *call) cidrsubnet() *value.Value {
	p, ok, bad := c.prefix(0)
	if bad != nil {
		return bad
	}
	more, ok2, bad := c.integer(1)
	if bad != nil {
		return bad
	}
	n, ok3, bad := c.big(2)
	if bad != nil {
		return bad
	}
	if !ok || !ok2 || !ok3 {
		return c.hole()
	}
	s, fits := subnet(p, more, n)
	if !fits {
		return c.wrong("%s has no network number %s with %d more bits", p, n, more)
	}
	return c.text(value.Lit(s.String()))
}

// cidrsubnets are ranges that follow each other, each aligned to its size.
func (c *call) cidrsubnets() *value.Value {
	p, ok, bad := c.prefix(0)
	if bad != nil {
		return bad
	}
	items := make([]*value.Value, 0, len(c.args))
	next := p.Addr()
	for i := 1; i < len(c.args); i++ {
		more, known, bad := c.integer(i)
		if bad != nil {
			return bad
		}
		if ok = ok && known; !ok {
			items = append(items, value.NewText(value.Hole(c.label()+"["+c.int(i-1).Str()+"]"), c.at, c.refs()...))
			continue
		}
		bits := p.Bits() + more
		if more < 1 || bits > p.Addr().BitLen() {
			return c.wrong("%s cannot be extended by %d bits", p, more)
		}
		one := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-bits))
		at := netip.PrefixFrom(next, bits).Masked()
		if at.Addr() != next { // the next address of that alignment
			a, fits := plus(at.Addr(), one)
			if !fits {
				return c.wrong("%s has no room for network %d", p, i)
			}
			at = netip.PrefixFrom(a, bits)
		}
		if !p.Contains(at.Addr()) || !next.IsValid() {
			return c.wrong("%s has no room for network %d", p, i)
		}
		items = append(items, value.NewText(value.Lit(at.String()), c.at))
		if n, fits := plus(at.Addr(), one); fits {
			next = n
		} else {
			next = netip.Addr{}
		}
	}
	return c.list(items)
}

// cidrcontains tells whether a range holds an address or another range.
func (c *call) cidrcontains() *value.Value {
	p, ok, bad := c.prefix(0)
	if bad != nil {
		return bad
	}
	s, ok2, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok || !ok2 {
		return c.either()
	}
	if a, err := netip.ParseAddr(unpadded(s)); err == nil {
		return value.NewBool(p.Contains(a), c.at)
	}
	q, ok, bad := c.prefix(1)
	if bad != nil || !ok {
		return bad
	}
	return value.NewBool(p.Bits() <= q.Bits() && p.Contains(q.Addr()), c.at)
}
