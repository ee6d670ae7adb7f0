package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// A capability is something to do with a kind of resource: an effect of the
// catalogue, or what a row of escalation needs.
type capability struct {
	name    string
	form    catalogue.Form
	actions []string
	service string // who a role is passed to
}

// A kind is a type of resource with what may be done with it.
type kind struct {
	number       uint16
	name         string
	capabilities []capability
	forms        []catalogue.Form // Own first
}

// kinds are those of an organisation, by number.
type kinds struct {
	byName map[string]*kind
	all    []*kind
	rows   []row
}

// A row is an escalation with its needs as capabilities of kinds.
type row struct {
	escalation.Row
	needs []rowNeed
}

type rowNeed struct {
	on   escalation.Target
	bits [firstKinds]uint32 // by kind: any of the capabilities
}

// firstKinds is how many kinds the rows speak of.
const firstKinds = 6

// maxCapabilities is the room in a grant.
const maxCapabilities = 32

func newKinds() *kinds {
	ks := &kinds{byName: map[string]*kind{}}
	for _, name := range []string{roleType, userType, policyType, groupType, newType, functionType} {
		ks.add(name)
	}
	for _, r := range escalation.Rows() {
		x := row{Row: r}
		for _, n := range r.Needs {
			need := rowNeed{on: n.On}
			for _, name := range targets(n.On) {
				k := ks.of(name)
				if n.On == escalation.New || n.On == escalation.Anything {
					// Which of the actions it is makes no difference here.
					need.bits[k.number] |= 1 << k.capability(n.Service, n.Actions...)
					continue
				}
				for _, a := range n.Actions {
					if n.On == escalation.Self && !strings.Contains(a, strings.TrimPrefix(name, "AWS::IAM::")) {
						continue
					}
					need.bits[k.number] |= 1 << k.capability(n.Service, a)
				}
			}
			x.needs = append(x.needs, need)
		}
		ks.rows = append(ks.rows, x)
	}
	return ks
}

// targets are the kinds that a row's target may be of.
func targets(t escalation.Target) []string {
	switch t {
	case escalation.Self:
		return []string{roleType, userType}
	case escalation.Role:
		return []string{roleType}
	case escalation.User:
		return []string{userType}
	case escalation.Policy, escalation.PolicyOf:
		return []string{policyType}
	case escalation.Group:
		return []string{groupType}
	case escalation.Function:
		return []string{functionType}
	}
	return []string{newType}
}

// capability is the number of the capability of an action, or of any of several,
// which is added where the kind has none.
func (k *kind) capability(service string, actions ...string) int {
	for i := range k.capabilities {
		c := &k.capabilities[i]
		if slices.Equal(c.actions, actions) && c.service == service && c.form == catalogue.Own {
			return i
		}
	}
	k.capabilities = append(k.capabilities, capability{name: strings.Join(actions, "|"), actions: actions, service: service})
	return min(len(k.capabilities), maxCapabilities) - 1
}

func (ks *kinds) add(name string) *kind {
	k := &kind{number: uint16(len(ks.all)), name: name, forms: []catalogue.Form{catalogue.Own}}
	for _, e := range catalogue.Effects(name) {
		k.capabilities = append(k.capabilities, capability{name: e.Effect.String(), form: e.Form, actions: e.Actions})
		if !slices.Contains(k.forms, e.Form) {
			k.forms = append(k.forms, e.Form)
		}
	}
	ks.byName[name] = k
	ks.all = append(ks.all, k)
	return k
}

// of is the kind with the name.
func (ks *kinds) of(name string) *kind {
	if k, ok := ks.byName[name]; ok {
		return k
	}
	return ks.add(name)
}

// has tells whether the grant has one of the capabilities.
func (g grant) has(bits uint32) value.Tri {
	switch {
	case uint32(g)&bits != 0:
		return value.Yes
	case uint32(g>>32)&bits != 0:
		return value.Unknown
	}
	return value.No
}
