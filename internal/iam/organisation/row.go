package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// A row is an escalation with its needs as capabilities of kinds.
type row struct {
	escalation.Row
	needs []rowNeed
	// holds is Unknown where the row asks for what the input does not tell.
	holds value.Tri
	wants []mask // each is to be made, or may be there
	// raises says that the row gives every right to a victim, as whom all who take
	// it then act.
	raises bool
	// aside says that the row is about a host, and no need of it is on the host.
	aside bool
}

type rowNeed struct {
	on   escalation.Target
	bits []mask // by kind that rows speak of: any of the capabilities
}

// read makes kinds and capabilities of the table of escalations.
func (ks *kinds) read() {
	rows := escalation.Rows()
	for _, r := range rows {
		if r.Host != "" {
			if k := ks.of(r.Host); r.Host == escalation.SAMLProvider || r.Host == escalation.OIDCProvider {
				k.use = isProvider
			} else {
				k.use = isHost
			}
		}
	}
	ks.first = uint16(len(ks.all))
	ks.hosts, ks.places = make([][]int16, ks.first), make([][]int16, ks.first)
	for _, r := range rows {
		x := row{Row: r, holds: known(r.Is)}
		victim := false
		for _, n := range r.Needs {
			need := rowNeed{on: n.On, bits: make([]mask, ks.first)}
			for _, name := range targets(n.On, r.Host) {
				ks.need(&need, &n, ks.byName[name])
			}
			x.needs = append(x.needs, need)
			victim = victim || n.On == escalation.Role || n.On == escalation.User || n.On == escalation.PolicyOf
		}
		for _, w := range r.Wants {
			if len(w.Make) == 0 {
				x.holds = x.holds.And(value.Unknown)
			}
			for i := range w.Make {
				x.wants = append(x.wants, ks.made(&w.Make[i]))
			}
		}
		x.raises = victim && r.Gain == escalation.Administer
		if r.Host != "" {
			n, at := ks.byName[r.Host].number, int16(len(ks.rows))
			switch {
			case r.Gain != escalation.HostRole:
				ks.places[n] = append(ks.places[n], at)
			case slices.ContainsFunc(r.Needs, func(n escalation.Need) bool { return n.On == escalation.Host }):
				ks.hosts[n] = append(ks.hosts[n], at)
			default:
				x.aside = true
			}
		}
		ks.rows = append(ks.rows, x)
	}
	ks.agent = 1 << ks.byName[instanceType].capability("", "ssm:UpdateInstanceInformation")
}

// known tells whether the input tells a condition, or it is the usual case. That
// of Managed is asked of each host.
func known(c escalation.Condition) value.Tri {
	switch c {
	case escalation.Whatever, escalation.RoomForKey, escalation.Managed:
		return value.Yes
	}
	return value.Unknown
}

// need notes the capabilities of a kind that meet a need.
func (ks *kinds) need(out *rowNeed, n *escalation.Need, k *kind) {
	if n.On == escalation.Anything {
		out.bits[k.number] = ks.made(n)
		return
	}
	services := n.Services
	if len(services) == 0 {
		services = []string{""}
	}
	for _, a := range n.Actions {
		if n.On == escalation.Self && !strings.Contains(a, strings.TrimPrefix(k.name, "AWS::IAM::")) {
			continue
		}
		for _, s := range services {
			out.bits[k.number] |= 1 << k.capability(s, a)
		}
	}
}

// made is the capability of what calls make: which of the actions it is makes no
// difference there.
func (ks *kinds) made(n *escalation.Need) mask {
	return 1 << ks.byName[newType].capability("", n.Actions...)
}

// targets are the kinds that a row's target may be of.
func targets(t escalation.Target, host string) []string {
	switch t {
	case escalation.Self:
		return []string{roleType, userType}
	case escalation.Role:
		return []string{roleType}
	case escalation.User:
		return []string{userType}
	case escalation.Policy, escalation.PolicyOf:
		return []string{policyType}
	case escalation.Group, escalation.OwnGroup:
		return []string{groupType}
	case escalation.Host:
		return []string{host}
	}
	return []string{newType}
}

// met tells whether what the row asks for besides its needs is there, as far as
// the input tells or what may be made makes it so.
func (r *row) met(fresh grant) value.Tri {
	holds := r.holds
	for _, w := range r.wants {
		if fresh.has(w) != value.Yes {
			holds = holds.And(value.Unknown)
		}
	}
	return holds
}
