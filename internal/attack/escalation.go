package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/escalation"
	"github.com/remit-security/remit/internal/value"
)

// A row is one known way from permissions to another identity, of the table of
// iam/escalation, with what this analysis asks of the model besides.
type row struct {
	id, title, doc string
	pathfinding    []string
	attack         []string
	// needs are the actions that must all be allowed; each on what its target
	// says.
	needs []need
	// wants are what must be there besides.
	wants []prerequisite
	// existing is the type of what needs on onHost work on: any one will do.
	existing string
	// victim asks what the victim must be like: No rules it out, and what comes
	// with Yes is taken for granted.
	victim func(*building, *identity) (value.Tri, string)
	// gives is what follows.
	gives escalation.Gain
	cost  int
	// asVictim asks that the victim can be acted as, by whatever way.
	asVictim bool
	// unbinds tells that the row takes the boundary away.
	unbinds bool
}

// A need is an action on one kind of target: one of several where "|" stands
// between them, and with the services that a role is passed to after a space.
type need struct {
	action string
	on     target
}

// A prerequisite is something that must exist: a resource of a type, or what is
// there tells for the victim, or what actions make; else what says what is taken
// for granted, with %s for the victim.
type prerequisite struct {
	typ   string
	there func(*building, *identity) bool
	make  []string
	what  string
}

// target is what an action of a row works on.
type target = escalation.Target

const (
	onAnything = escalation.Anything // the action has no resource level, or makes a new resource
	onSelf     = escalation.Self     // the identity that acts
	onRole     = escalation.Role     // a role of the application, the victim
	onUser     = escalation.User     // a user of the application, the victim
	onGroup    = escalation.Group    // a group that the user who acts is not in, the victim
	onOwnGroup = escalation.OwnGroup // a group that the user who acts is in
	onPolicy   = escalation.Policy   // a managed policy that the identity which acts has
	onPolicyOf = escalation.PolicyOf // a managed policy that the victim has
	onHost     = escalation.Host     // what exists: what runs code as the victim, or what a row names
)

// apart are the rows of the table whose techniques are written by themselves:
// taking on a role is a matter of two policies, and code in a function leads to
// more than its role.
var apart = []*Technique{assumeRole, codeToExec, layerSwap}

// rows are the escalations that need nothing but permissions.
func rows() []*Technique {
	var out []*Technique
	for _, r := range tables() {
		out = append(out, r.technique())
	}
	return out
}

// tables are the rows of the table but those over hosts, and those apart.
func tables() []row {
	var out []row
	for _, r := range escalation.Rows() {
		if r.Gain == escalation.HostRole || slices.ContainsFunc(apart, func(t *Technique) bool { return t.ID == r.ID }) {
			continue
		}
		x := row{id: r.ID, title: r.Title, doc: r.Doc, pathfinding: r.Pathfinding, attack: r.ATTACK, needs: needsOf(r.Needs), existing: r.Host,
			victim: victimIs[r.Is], gives: r.Gain, cost: r.Cost, asVictim: r.AsVictim, unbinds: r.Unbinds}
		for _, w := range r.Wants {
			p := prerequisite{typ: w.Type, there: victimHas[w.Is], what: w.What}
			for _, n := range needsOf(w.Make) {
				p.make = append(p.make, n.action)
			}
			x.wants = append(x.wants, p)
		}
		out = append(out, x)
	}
	return out
}

func needsOf(list []escalation.Need) []need {
	var out []need
	for _, n := range list {
		x := need{strings.Join(n.Actions, "|"), n.On}
		if len(n.Services) > 0 {
			x.action += " " + strings.Join(n.Services, "|")
		}
		out = append(out, x)
	}
	return out
}

// fromTable fills in what the table says of a technique that is written by
// itself.
func fromTable(t *Technique) *Technique {
	for _, r := range escalation.Rows() {
		if r.ID == t.ID {
			t.Title, t.Doc, t.Difficulty = r.Title, r.Doc, r.Cost
			t.Refs.ATTACK, t.Refs.CWE, t.Refs.Pathfinding = r.ATTACK, []string{"CWE-269"}, r.Pathfinding
		}
	}
	return t
}

// administers tells whether the row ends with every right.
func (r *row) administers() bool {
	return r.gives == escalation.Administer || r.gives == escalation.NewAdministrator
}
