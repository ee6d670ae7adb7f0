package report

import (
	"io"

	"github.com/remit-security/remit/internal/source"
)

// AccessSchema names the shapes of the answers of remit iam.
const AccessSchema = "remit-iam/1"

// The answers to a question about access. Conditional is certain: a yes if
// conditions hold, which are listed, on keys that the caller does not decide.
// Unknown is not: something in the sources is not resolved (certainty
// "approximate"), or a bound was hit ("unknown"). Neither is ever safe.
const (
	AccessYes         = "yes"
	AccessNo          = "no"
	AccessConditional = "conditional"
	AccessUnknown     = "unknown"
)

// AccessHead begins every answer of remit iam.
type AccessHead struct {
	Schema   string `json:"schema"`
	Question string `json:"question"` // "can", "who-can" …
	// Notes say what the answer rests on and what was left out.
	Notes []string `json:"notes"`
	// Problems are what was not read, resolved or understood.
	Problems []source.Problem `json:"problems"`
}

// An AccessStatement is one statement of a policy that decides something.
type AccessStatement struct {
	Policy string `json:"policy"` // what messages call the policy
	Kind   string `json:"kind"`   // "identity policy", "resource policy" …
	Name   string `json:"statement"`
	Effect string `json:"effect"`
	Says   string `json:"says"` // actions and resources in a few words
	// Conditions are those of the statement, one a line.
	Conditions []string    `json:"conditions"`
	Span       source.Span `json:"span"`
	// Attached is where a managed policy of AWS is attached: the statement
	// itself stands in no file of the project.
	Attached *source.Span `json:"attached,omitempty"`
	Holds    string       `json:"holds"` // "yes" or "unknown"
	Hinges   []string     `json:"hinges"`
	Open     []string     `json:"open"`
}

// An AccessRequest is one request.
type AccessRequest struct {
	Principal string      `json:"principal"`
	Action    string      `json:"action"`
	Resource  string      `json:"resource"`
	Context   []AccessKey `json:"context"`
}

// An AccessKey is a condition key with its values.
type AccessKey struct {
	Key    string   `json:"key"`
	Values []string `json:"values"`
}

// AccessCan answers whether one request is allowed.
type AccessCan struct {
	AccessHead
	Request    AccessRequest     `json:"request"`
	Answer     string            `json:"answer"`
	Decision   string            `json:"decision"`
	Statements []AccessStatement `json:"statements"`
	// Hinges are the condition keys on which an unknown decision hinges; Open
	// is what else is not known; Blocked the kinds of policy that stand in the
	// way of a denied request.
	Hinges  []string `json:"hinges"`
	Open    []string `json:"open"`
	Blocked []string `json:"blocked"`
}

// An AccessGrant is what one caller may do.
type AccessGrant struct {
	Principal string `json:"principal"`
	Kind      string `json:"kind"`         // "role", "user", "service", "anyone" …
	ID        string `json:"id,omitempty"` // of the resource, where it is one
	Answer    string `json:"answer"`       // "yes", "conditional" or "unknown"
	Certainty string `json:"certainty"`    // "exact", "approximate", "unknown"
	// Every tells, of a pattern, whether all that it matches is granted.
	Every     string   `json:"every,omitempty"`
	Actions   []string `json:"actions"`
	Resources []string `json:"resources"`
	// Conditions remain: keys that the caller does not write. Chosen are keys
	// that the caller must set, and can. Why says what keeps an answer from being
	// certain.
	Conditions []string          `json:"conditions"`
	Chosen     []string          `json:"chosen"`
	Why        []string          `json:"why"`
	Statements []AccessStatement `json:"statements"`
	Witness    *AccessRequest    `json:"witness,omitempty"`
}

// AccessWho answers who may do something.
type AccessWho struct {
	AccessHead
	Action   string        `json:"action"`
	Resource string        `json:"resource"`
	Asked    int           `json:"asked"` // identities that were asked about
	Grants   []AccessGrant `json:"grants"`
}

// AccessWhat answers what a caller may do.
type AccessWhat struct {
	AccessHead
	Principal string        `json:"principal"`
	Grants    []AccessGrant `json:"grants"`
}

// An AccessGrowth is one direction of a comparison: whether one side allows
// what the other does not.
type AccessGrowth struct {
	Answer    string   `json:"answer"` // "yes" it does, "no", "unknown"
	Certainty string   `json:"certainty"`
	Why       []string `json:"why"`
	// Examples are requests that one side allows and the other does not, one
	// for each statement that lets such requests through.
	Examples []AccessExample `json:"examples"`
}

// An AccessExample is a request with the statements that allow it.
type AccessExample struct {
	Request AccessRequest     `json:"request"`
	By      []AccessStatement `json:"by"`
}

// An AccessChange compares one policy, identity or resource in two versions.
type AccessChange struct {
	Subject string `json:"subject"`
	Kind    string `json:"kind"`  // "policy", "role", "resource policy" …
	State   string `json:"state"` // "both", "new", "old": where it is
	// Identities are those that have the policy in both versions, and get what
	// it allows more, or lose what it allows less: they are not told again.
	Identities []string `json:"identities,omitempty"`
	// Grows is what the new version allows beyond the old, Shrinks the other
	// way round, which only diff asks.
	Grows   AccessGrowth  `json:"grows"`
	Shrinks *AccessGrowth `json:"shrinks,omitempty"`
}

// AccessDiff compares two versions.
type AccessDiff struct {
	AccessHead
	New     string         `json:"new"`
	Old     string         `json:"old"`
	Changes []AccessChange `json:"changes"`
}

// An AccessExposure is whom a resource's policy lets in from outside.
type AccessExposure struct {
	Resource  string   `json:"resource"`
	Type      string   `json:"type"`
	Who       string   `json:"who"`
	Name      string   `json:"name,omitempty"` // account, service or provider
	Actions   []string `json:"actions"`
	Answer    string   `json:"answer"`    // "yes", "conditional" or "unknown"
	Certainty string   `json:"certainty"` // "exact", "approximate", "unknown"
	// Conditions are those of a conditional answer, Hinges their keys; Open and
	// Why say what is not known of an unknown one.
	Conditions []string        `json:"conditions"`
	Hinges     []string        `json:"hinges"`
	Open       []string        `json:"open"`
	Why        []string        `json:"why"`
	Chosen     []string        `json:"chosen"`
	Statement  AccessStatement `json:"statement"`
	Witness    *AccessRequest  `json:"witness,omitempty"`
}

// AccessPublic lists what is open to the outside.
type AccessPublic struct {
	AccessHead
	Asked     int              `json:"asked"` // policies that were asked about
	Exposures []AccessExposure `json:"exposures"`
}

// AccessExcess is what one identity is granted beyond what it needs.
type AccessExcess struct {
	Principal string         `json:"principal"`
	Answer    string         `json:"answer"` // whether it is granted more than it needs
	Certainty string         `json:"certainty"`
	Excess    []AccessGrant  `json:"excess"`
	Missing   []string       `json:"missing"`
	Witness   *AccessRequest `json:"witness,omitempty"`
	// Policy grants what is needed and no more, in the fewest statements.
	Policy any `json:"policy"`
}

// AccessNeeded compares what is granted with what is needed.
type AccessNeeded struct {
	AccessHead
	Identities []AccessExcess `json:"identities"`
}

// An AccessMessage is one mistake in a policy.
type AccessMessage struct {
	Code     string      `json:"code"`
	Severity string      `json:"severity"` // "error", "warning", "note"
	Policy   string      `json:"policy"`
	Message  string      `json:"message"`
	Advice   string      `json:"advice"`
	Span     source.Span `json:"span"`
}

// AccessCheck lists the mistakes in policies.
type AccessCheck struct {
	AccessHead
	Policies int             `json:"policies"`
	Messages []AccessMessage `json:"messages"`
}

// WriteAccessJSON writes an answer of remit iam.
func WriteAccessJSON(w io.Writer, answer any) error { return writeJSON(w, answer) }
