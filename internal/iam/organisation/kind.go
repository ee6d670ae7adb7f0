package organisation

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
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
	use          use
	capabilities []capability
	forms        []catalogue.Form // Own first
}

// A use is what a kind is to escalation.
type use uint8

const (
	noUse        use = iota
	isPrincipal      // a role or user
	isAttached       // a policy or group
	isHost           // it runs as a role, or a role is passed to it
	isProvider       // roles trust it
	isMadeByCall     // it does not exist yet
)

// kinds are those of an organisation, by number.
type kinds struct {
	byName map[string]*kind
	all    []*kind
	first  uint16 // the kinds before this number are those that the rows speak of
	rows   []row
	hosts  [][]int16 // by kind before first: the rows to the role that it runs as
	places [][]int16 // the rows that pass a role to one of it that exists
	agent  mask      // of an instance: what lets Systems Manager manage it
}

// mask are capabilities, by their number in the kind.
type mask uint64

// maxCapabilities is the room in a mask; a test holds all kinds to it.
const maxCapabilities = 64

// grant are the capabilities that are certain, and those that are possible
// only.
type grant struct{ yes, maybe mask }

func (g grant) or(h grant) grant {
	yes := g.yes | h.yes
	return grant{yes, (g.maybe | h.maybe) &^ yes}
}

func (g grant) none() bool { return g.yes|g.maybe == 0 }

// has tells whether the grant has one of the capabilities.
func (g grant) has(bits mask) value.Tri {
	switch {
	case g.yes&bits != 0:
		return value.Yes
	case g.maybe&bits != 0:
		return value.Unknown
	}
	return value.No
}

func (g grant) with(i int, t value.Tri) grant {
	switch t {
	case value.Yes:
		g.yes |= 1 << i
	case value.Unknown:
		g.maybe |= 1 << i
	}
	return g
}

func newKinds() *kinds {
	ks := &kinds{byName: map[string]*kind{}}
	for _, x := range []struct {
		name string
		use  use
	}{{roleType, isPrincipal}, {userType, isPrincipal}, {policyType, isAttached}, {groupType, isAttached}, {newType, isMadeByCall}, {functionType, isHost}} {
		ks.add(x.name).use = x.use
	}
	ks.read()
	return ks
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
	return len(k.capabilities) - 1
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
