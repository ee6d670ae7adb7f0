package report

import "slices"

// Severity is how much a finding or path hurts.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Severities are all severities, worst first.
var severities = [...]Severity{Critical, High, Medium, Low}

// Rank orders severities: 4 for critical, 1 for low, 0 for what is none.
func (s Severity) Rank() int {
	if i := slices.Index(severities[:], s); i >= 0 {
		return len(severities) - i
	}
	return 0
}

// AtLeast reports whether s is as bad as the gate or worse. The gate "none"
// holds nothing back.
func (s Severity) AtLeast(gate Severity) bool {
	return gate.Rank() > 0 && s.Rank() >= gate.Rank()
}

// Certainty says how far a finding, hop or path is proved.
type Certainty string

// The certainties.
const (
	Exact       Certainty = "exact"       // follows from the sources
	Approximate Certainty = "approximate" // rests on a stated assumption
	Unknown     Certainty = "unknown"     // an unresolved value decides
)

func (c Certainty) rank() int {
	return slices.Index([]Certainty{Exact, Approximate, Unknown}, c)
}

// Weakest returns the weakest of the certainties; Exact for none.
func Weakest(list ...Certainty) Certainty {
	out := Exact
	for _, c := range list {
		if c.rank() > out.rank() {
			out = c
		}
	}
	return out
}

// Status says what is made of a finding.
type Status string

// The statuses.
const (
	Open     Status = "open"
	Ignored  Status = "ignored"  // by a decision in the sources, with a reason
	Baseline Status = "baseline" // known before, and not new
)

// Area is one of the four areas that a finding belongs to.
type Area string

// The areas.
const (
	AreaCode          Area = "code"
	AreaLibrary       Area = "library"
	AreaConfiguration Area = "configuration"
	AreaIAM           Area = "iam"
)

// Holder is who holds a duty.
type Holder string

// The holders.
const (
	AWS      Holder = "aws"
	Customer Holder = "customer"
	Shared   Holder = "shared"
)

// State says how it stands with a duty.
type State string

// The states.
const (
	Provided      State = "provided" // AWS does it, and nothing is left to configure
	Met           State = "met"
	Unmet         State = "unmet"
	Undetermined  State = "unknown" // an unresolved value decides; never a pass
	Manual        State = "manual"  // the sources cannot show it; somebody must attest it
	NotApplicable State = "n/a"
)

// Standing says in which section of a report a path belongs.
type Standing uint8

// The standings, strongest first.
const (
	// Proved paths follow from the sources.
	Proved Standing = iota
	// Conditional paths hold if their assumptions do.
	Conditional
	// Possible paths depend on a value that the sources do not tell.
	Possible
)

func (s Standing) String() string { return [...]string{"proved", "conditional", "possible"}[s] }

// Standing tells how far the path is proved.
func (p *Path) Standing() Standing {
	switch {
	case p.Certainty == Unknown:
		return Possible
	case p.Certainty != Exact || len(p.Assumptions) > 0:
		return Conditional
	}
	return Proved
}
