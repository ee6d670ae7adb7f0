// Package attack computes what an attacker could do with an application: an
// AND-OR graph of capabilities and techniques, its cheapest proofs as paths
// from actors to assets, and the least set of fixes that cuts them.
//
// It may import app, value, source and iam. Analyze reads a frozen Project
// and changes nothing; its Result is a function of the Project and Options
// alone, byte for byte.
//
// Three things never change. A path is reported only where a hop rests on a
// weakness, a shortfall that a fix can mend: a chain that works as designed
// is none (docs/decisions/0010). A hop that hangs on an unresolved value makes
// its path possible, and possible paths are never mixed with others. Every
// hop shows the line that it rests on.
package attack

import (
	"github.com/remit-security/remit/internal/source"
)

// Options are what a caller may choose.
type Options struct {
	// Assets gives assets another weight than their type and name do, in the
	// order of the configuration; the last that matches counts.
	Assets []AssetWeight
	// CutSteps bounds the search for the least cut; 0 takes the default.
	CutSteps int
	// Accepted tells of a weakness that somebody decided to live with. It stays
	// a fact on which hops rest, but like a Choice it is no shortfall, and no
	// cut asks to mend it. nil accepts none. Groups ask at the same time.
	Accepted func(*Weakness) bool
}

// An AssetWeight sets the weight of the resources whose id, logical id or
// type matches a glob.
type AssetWeight struct {
	Match  string
	Weight int // 0 (worthless) to 5 (a crown jewel)
}

// A Result is the analysis of a whole project.
type Result struct {
	// Groups are sets of applications that import from each other, in the
	// order of their first application's id.
	Groups []Group
}

// A Group is what was analysed together.
type Group struct {
	Apps []string // application ids, sorted
	// Paths are sorted: those that are certain or rest on a stated assumption
	// before those that are only possible, then by severity, then by rank.
	Paths []Path
	// Weaknesses are all that a path rests on, sorted by id.
	Weaknesses []Weakness
	// Cut closes every path that is not merely possible.
	Cut Cut
	// Worst closes the critical and high ones among them.
	Worst Cut
	// Accepted are the accepted weaknesses on which a path would rest, and
	// Untold is how many paths rest on nothing else and are therefore not told.
	Accepted []Weakness
	Untold   int
	// Blind is what could not be looked into: roles and policies that are not
	// part of the project. Paths through them are not told.
	Blind []Evidence
	// Size says how much was searched.
	Size Size
	// Failure says why the analysis of the group broke off, which is a defect
	// of remit; empty if it did not.
	Failure string
}

// Size counts the graph.
type Size struct{ Capabilities, Hops, Weaknesses int }

// Actor is who attacks, and from where.
type Actor string

// The actors.
const (
	Anonymous Actor = "anonymous"         // anybody on the internet
	SignedUp  Actor = "signed-up-user"    // holds a token of the application's user pool
	AnyAWS    Actor = "any-aws-account"   // holds credentials of some other AWS account
	Library   Actor = "malicious-library" // runs code in a function that loads it
	Insider   Actor = "insider"           // holds the credentials of one identity of the account
	Careless  Actor = "careless-engineer" // no intent: a slip in daily work
	Vendor    Actor = "other-tenant"      // an account or provider that is or was trusted
)

// Severity ranks paths.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Rank orders severities, 0 for critical.
func (s Severity) Rank() int {
	switch s {
	case Critical:
		return 0
	case High:
		return 1
	case Medium:
		return 2
	}
	return 3
}

// Certainty says how far a hop or path is proved.
type Certainty string

// The certainties; a path has the weakest of its hops'.
const (
	Exact       Certainty = "exact"       // the sources prove it
	Approximate Certainty = "approximate" // under a stated assumption
	Unknown     Certainty = "unknown"     // an unresolved value decides: possible
)

func (c Certainty) rank() int {
	switch c {
	case Exact, "":
		return 0
	case Approximate:
		return 1
	}
	return 2
}

// A Path is a way from an actor to assets, and stands for Count ways of the
// same shape.
type Path struct {
	// ID is made from the actor, the techniques and the resources, so that it
	// stays the same while they do.
	ID    string
	Title string // "anonymous internet -> feedback bucket -> FeedbackUploadFunction -> 3 tables"
	Actor Actor
	// Asset is the worthiest asset reached: a resource id, or "account".
	Asset string
	// Assets are all that the same chain reaches, Asset first, the rest sorted.
	Assets []string
	// Impact says what happens to the assets, as a sentence.
	Impact    string
	Severity  Severity
	Certainty Certainty
	// Count is how many ways of this shape there are, this one included.
	Count int
	// Others are the starting points of those other ways (resource ids).
	Others []string
	// Difficulty is the sum over the hops; less is easier.
	Difficulty int
	Hops       []Hop
	// Assumptions are what must hold besides what the sources prove.
	Assumptions []string
	// Further is what else the same way in leads to, by other last steps.
	Further []Further
	// Weaknesses are the ids of the weaknesses this path rests on; fixing any
	// one of them breaks it. Sorted.
	Weaknesses []string

	admin bool
	score int
	goals []int32
}

// Further is a branch of a path: other assets that the same way in leads to.
type Further struct {
	Title      string
	Impact     string
	Assets     []string
	Severity   Severity
	Weaknesses []string
}

// A Node is a capability as a report names it.
type Node struct {
	// Capability says what is held, for people: "run code in".
	Capability string
	Kind       Kind
	// Of is a resource id, an actor, "account" or "internet".
	Of string
}

// A Hop is one technique applied.
type Hop struct {
	Technique string // its id
	From, To  Node
	// Also are capabilities needed besides From.
	Also     []Node
	Why      string // one sentence that names the resources
	Evidence []Evidence
	// Certainty and Assumption are this hop's own.
	Certainty  Certainty
	Assumption string
	Difficulty int
	// Weaknesses are ids.
	Weaknesses []string
}

// Evidence is a line of the sources.
type Evidence struct {
	Span    source.Span
	Message string
}

// A Weakness is a fact that a fix can change and on which hops rest.
type Weakness struct {
	ID       string // kind, and the resource's id: "route-open:template.yml/Api#POST /order"
	Kind     WeaknessKind
	Resource string // the id of the resource that the fix changes
	Span     source.Span
	Title    string // what is wrong
	Fix      string // what to change, imperative
	// Cost is how much work the fix is, 1 (a line) to 10.
	Cost int
	// Choice marks what may be so by design (open sign-up): it can be changed,
	// but is no shortfall, and no path is reported for it alone.
	Choice bool
}

// A Cut is a set of fixes that leaves no path.
type Cut struct {
	Weaknesses []string // ids, sorted
	Cost       int
	// ProvedLeast tells that no cheaper set exists; otherwise none cheaper
	// than Bound does.
	ProvedLeast bool
	Bound       int
}
