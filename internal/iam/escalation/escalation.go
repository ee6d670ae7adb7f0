// Package escalation owns the ways from permissions to another identity, as
// data: which actions, on what, what must be there besides, and what follows.
//
// It imports nothing. The rows never change while the program runs. They are
// the one table of escalations: internal/attack makes a technique of each and
// looks for its evidence in one application, internal/iam/organisation searches
// the principals of many accounts with them. Another way is another row, in the
// file of its family. Pathfinding has the ids of the public catalogue
// pathfinding.cloud.
//
// What a row asks beyond permissions is data too, where those who read it can
// find it out: a Condition says what the victim must be like, a Want what must
// exist. Each analysis answers as far as its input tells.
package escalation

// A Row is one way. All of its needs must be met, those that name a victim by
// the same one, those that name a host by the same one.
type Row struct {
	ID          string // kebab-case
	Title       string
	Doc         string
	Pathfinding []string
	ATTACK      []string // MITRE ATT&CK
	Cost        int      // how hard it is: see attack.Technique
	Needs       []Need
	Wants       []Want
	// Host is the type of what needs on Host work on: what runs as the victim, or,
	// where a role is passed, any that exists.
	Host string
	// Is is what the victim, or the host, must be like.
	Is   Condition
	Gain Gain
	// AsVictim asks that the identity can act as the victim, by another way.
	AsVictim bool
	// Unbinds tells that the way takes the permissions boundary away.
	Unbinds bool
}

// A Need is an action on a target: one of several will do.
type Need struct {
	Actions []string
	On      Target
	// Services are whom a role is passed to, iam:PassedToService: one will do.
	Services []string
}

// A Want is something that must be there besides: a resource of a type, or what
// is true of the victim, or what actions make. What says it in words, with %s
// for the victim or host, for those who must take it for granted.
type Want struct {
	Type string
	Is   Condition
	Make []Need
	What string
}

// A Condition is what a row asks of a victim or host that permissions do not
// tell.
type Condition uint8

// The conditions.
const (
	Whatever      Condition = iota
	RoomForKey              // the user has one access key at most
	TwoKeys                 // the user has two
	Password                // the user has a password for the console
	NoPassword              // it has none
	ReadsSource             // the role may read what can run a function
	Profiled                // an instance profile holds the role
	Managed                 // Systems Manager manages the instance
	TakesCommands           // the service lets commands be run in its containers
)

// Target is what an action of a row works on.
type Target uint8

// The targets.
const (
	Anything Target = iota // the action has no resource level, or makes something whose name is free
	Self                   // the identity that acts
	Role                   // the victim, a role
	User                   // the victim, a user
	Group                  // a group that the user who acts is not in
	OwnGroup               // a group that the user who acts is in
	Policy                 // a managed policy that the identity which acts has
	PolicyOf               // a managed policy that the victim has
	Host                   // what exists: see Row.Host
)

// Gain is what a row leads to.
type Gain uint8

// The gains.
const (
	Administer       Gain = iota // the identity, or the victim, gets every right that its guardrails leave
	NewAdministrator             // the identity makes an administrator, that nothing denies or bounds
	Victim                       // the identity comes to act as the victim
	PassedRole                   // the same, of a role that the service may take on
	HostRole                     // the same, of the role that the host runs as
)

// Rows are the ways: to take a role on, to more rights for oneself, to another
// identity, by passing a role, and over what exists.
func Rows() []Row {
	out := []Row{{ID: "assume-role", Title: "Take on another role", Pathfinding: []string{"sts-001"}, ATTACK: []string{"T1550.001", "T1548.005"},
		Doc: "A role whose trust policy names an identity, or its account, can be taken on by it; where the account is named the identity's own policies " +
			"must allow sts:AssumeRole too. Name single roles in trust policies.",
		Needs: []Need{on(Role, "sts:AssumeRole")}, Gain: Victim, Cost: 1}}
	out = append(out, selfRows()...)
	out = append(out, accessRows()...)
	out = append(out, passRows()...)
	return append(out, hostRows()...)
}

// on is a need: one of the actions on the target.
func on(t Target, actions ...string) Need { return Need{Actions: actions, On: t} }
